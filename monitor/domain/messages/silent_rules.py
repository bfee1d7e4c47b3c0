"""Rules that read nothing while their commitment was in the news.

Most acts are rare, so a rule that never matches is no fault by itself. Two silences are worth a reader's minute: news of a
commitment in which no rule found any act, and a rule that used to match week after week and no longer does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.matching.rules import ABOUT
from monitor.domain.messages.models import SourceLine
from monitor.domain.model import Commitment
from monitor.domain.text.labels import join_list
from monitor.domain.text.plain import one_line

SILENCE_PERIOD = timedelta(days=60)
LOOKBACK = timedelta(days=240)
MIN_STORIES = 5
"""With fewer stories about a commitment, silence says nothing."""
MIN_EXPECTED_MATCHES = 3
"""So many matches must have been expected where there was none."""
MIN_WEEKS = 4
"""In so many different weeks a rule must have matched: one event that every paper told of is no habit."""
MAX_RULES_NAMED = 3
MAX_LINES = 2


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule matched a story: `rule` is commitment/act, or commitment/about for a story without an act."""

    rule: str
    story: str
    at: datetime

    @property
    def commitment(self) -> str:
        return self.rule.partition("/")[0]


@dataclass(frozen=True, slots=True)
class RuleActivity:
    """What matched since the program looks, or as far back as is worth telling."""

    since: datetime
    matches: tuple[RuleMatch, ...]


def silent_rules(
    commitments: Sequence[Commitment], rules: Collection[str], watched: RuleActivity, now: datetime
) -> tuple[SourceLine, ...]:
    """At most two lines, the commitments most in the news first; none before the program has looked for long enough."""
    start = now - SILENCE_PERIOD
    if watched.since > start:
        return ()
    views = [_activity_of(commitment, rules, watched.matches, start) for commitment in commitments]
    told = sorted((view for view in views if len(view.stories) >= MIN_STORIES), key=lambda view: -len(view.stories))
    deaf = [_no_act_line(view) for view in told if view.acts and not view.matched]
    fallen = [line for view in told if view.matched for line in _fallen_silent(view)]
    return tuple([*deaf, *fallen][:MAX_LINES])


@dataclass(frozen=True, slots=True)
class _CommitmentActivity:
    """One commitment: its rules, and what matched lately and before. stories: those that came lately."""

    short: str
    acts: tuple[str, ...]
    stories: frozenset[str]
    matched: frozenset[str]
    before: tuple[RuleMatch, ...]


def _activity_of(
    commitment: Commitment, rules: Collection[str], matches: Sequence[RuleMatch], start: datetime
) -> _CommitmentActivity:
    own = [match for match in matches if match.commitment == commitment.id]
    lately = [match for match in own if match.at >= start]
    acts = tuple(rule for rule in rules if _act_of(rule, commitment.id))
    return _CommitmentActivity(
        one_line(commitment.short, 60),
        acts,
        frozenset(match.story for match in lately),
        frozenset(match.rule for match in lately) & frozenset(acts),
        tuple(match for match in own if match.at < start),
    )


def _act_of(rule: str, commitment: str) -> str:
    """The act that a rule of this commitment reads, '' for any other."""
    owner, _, act = rule.partition("/")
    return act if owner == commitment and act != ABOUT else ""


def _no_act_line(view: _CommitmentActivity) -> SourceLine:
    names = [rule.partition("/")[2] for rule in view.acts]
    shown = (
        names
        if len(names) <= MAX_RULES_NAMED + 1
        else [*names[:MAX_RULES_NAMED], f"{len(names) - MAX_RULES_NAMED} others"]
    )
    return SourceLine(
        f"Rules for {view.short}",
        "deaf",
        f"found no act in {len(view.stories)} stories of the last {SILENCE_PERIOD.days} days ({one_line(join_list(shown), 160)}): none may "
        "have happened, or the news has new words for it. `deal-monitor rules drift` shows the stories.",
    )


def _fallen_silent(view: _CommitmentActivity) -> Iterator[SourceLine]:
    """The rules that matched week after week and do not any more, though their stories go on."""
    stories = {match.story for match in view.before}
    for rule in view.acts:
        hits = [match for match in view.before if match.rule == rule]
        weeks = {match.at.isocalendar()[:2] for match in hits}
        share = len({match.story for match in hits}) / max(1, len(stories))
        if rule not in view.matched and len(weeks) >= MIN_WEEKS and share * len(view.stories) >= MIN_EXPECTED_MATCHES:
            yield SourceLine(f"Rule {one_line(rule, 80)}", "deaf", _has_fallen_silent(view, round(1 / share)))


def _has_fallen_silent(view: _CommitmentActivity, every: int) -> str:
    usual = f"about one story in {every}" if every > 1 else "nearly every story"
    return (
        f"used to match {usual} on {view.short}, and matched none of the last {len(view.stories)} in {SILENCE_PERIOD.days} days: the act "
        "may have ceased, or be told in new words. See `deal-monitor rules drift`."
    )
