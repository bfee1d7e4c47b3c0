"""Rules that read nothing while their commitment was in the news.

Most acts are rare, so a rule that never matches is no fault by itself. Two silences are worth a reader's minute: news of a
commitment in which no rule found any act, and a rule that used to match week after week and no longer does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.brief_model import SourceLine
from monitor.domain.brief_words import clean, listed
from monitor.domain.model import Commitment
from monitor.domain.rules import ABOUT

QUIET = timedelta(days=60)
LOOKED_BACK = timedelta(days=240)
NEWS = 5
"""With fewer stories about a commitment, silence says nothing."""
MISSED = 3
"""So many matches must have been expected where there was none."""
WEEKS = 4
"""In so many different weeks a rule must have matched: one event that every paper told of is no habit."""
NAMED = 3
LINES = 2


@dataclass(frozen=True, slots=True)
class Match:
    """A rule matched a story: `rule` is commitment/act, or commitment/about for a story without an act."""

    rule: str
    story: str
    at: datetime

    @property
    def commitment(self) -> str:
        return self.rule.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Watched:
    """What matched since the program looks, or as far back as is worth telling."""

    since: datetime
    matches: tuple[Match, ...]


def silent_rules(
    commitments: Sequence[Commitment], rules: Collection[str], watched: Watched, now: datetime
) -> tuple[SourceLine, ...]:
    """At most two lines, the commitments most in the news first; none before the program has looked for long enough."""
    start = now - QUIET
    if watched.since > start:
        return ()
    views = [_view(commitment, rules, watched.matches, start) for commitment in commitments]
    told = sorted((view for view in views if len(view.stories) >= NEWS), key=lambda view: -len(view.stories))
    deaf = [_deaf(view) for view in told if view.acts and not view.matched]
    fallen = [line for view in told if view.matched for line in _fallen(view)]
    return tuple([*deaf, *fallen][:LINES])


@dataclass(frozen=True, slots=True)
class _View:
    """One commitment: its rules, and what matched lately and before. stories: those that came lately."""

    short: str
    acts: tuple[str, ...]
    stories: frozenset[str]
    matched: frozenset[str]
    before: tuple[Match, ...]


def _view(commitment: Commitment, rules: Collection[str], matches: Sequence[Match], start: datetime) -> _View:
    own = [match for match in matches if match.commitment == commitment.id]
    lately = [match for match in own if match.at >= start]
    acts = tuple(rule for rule in rules if _act_of(rule, commitment.id))
    return _View(
        clean(commitment.short, 60),
        acts,
        frozenset(match.story for match in lately),
        frozenset(match.rule for match in lately) & frozenset(acts),
        tuple(match for match in own if match.at < start),
    )


def _act_of(rule: str, commitment: str) -> str:
    """The act that a rule of this commitment reads, '' for any other."""
    owner, _, act = rule.partition("/")
    return act if owner == commitment and act != ABOUT else ""


def _deaf(view: _View) -> SourceLine:
    names = [rule.partition("/")[2] for rule in view.acts]
    shown = names if len(names) <= NAMED + 1 else [*names[:NAMED], f"{len(names) - NAMED} others"]
    return SourceLine(
        f"Rules for {view.short}",
        "deaf",
        f"found no act in {len(view.stories)} stories of the last {QUIET.days} days ({clean(listed(shown), 160)}): none may "
        "have happened, or the news has new words for it. `deal-monitor rules drift` shows the stories.",
    )


def _fallen(view: _View) -> Iterator[SourceLine]:
    """The rules that matched week after week and do not any more, though their stories go on."""
    stories = {match.story for match in view.before}
    for rule in view.acts:
        hits = [match for match in view.before if match.rule == rule]
        weeks = {match.at.isocalendar()[:2] for match in hits}
        share = len({match.story for match in hits}) / max(1, len(stories))
        if rule not in view.matched and len(weeks) >= WEEKS and share * len(view.stories) >= MISSED:
            yield SourceLine(f"Rule {clean(rule, 80)}", "deaf", _fell_silent(view, round(1 / share)))


def _fell_silent(view: _View, every: int) -> str:
    usual = f"about one story in {every}" if every > 1 else "nearly every story"
    return (
        f"used to match {usual} on {view.short}, and matched none of the last {len(view.stories)} in {QUIET.days} days: the act "
        "may have ceased, or be told in new words. See `deal-monitor rules drift`."
    )
