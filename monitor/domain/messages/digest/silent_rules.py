"""Finds rules that read nothing while their commitment was in the news, for the digest.

Most acts are rare, so a rule without matches is no fault. Two kinds of silence are worth a line: news of a commitment
without any act found by its rules, and a rule that used to match week after week and no longer does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.matching.rules import ABOUT
from monitor.domain.messages.briefs import UncheckedLine
from monitor.domain.model import Commitment
from monitor.domain.text.labels import join_list
from monitor.domain.text.plain import one_line

# The numbers here are estimates: a line is to appear a few times a year, and never after one quiet month.
SILENCE_PERIOD = timedelta(days=60)
LOOKBACK = timedelta(days=240)
MIN_STORIES = 5
"""With fewer stories about a commitment, silence means nothing."""
MIN_EXPECTED_MATCHES = 3
"""Matches to expect, by the earlier share of stories, before their absence counts."""
MIN_WEEKS = 4
"""Different weeks in which a rule must have matched: one event in every paper is no habit."""
MAX_RULES_NAMED = 3
MAX_LINES = 2


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule matched a story. rule: commitment/act, or commitment/about for a story without an act."""

    rule: str
    story: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleActivity:
    """The matches since the program started to watch, or since LOOKBACK."""

    since: datetime
    matches: tuple[RuleMatch, ...]


def silent_rules(
    commitments: Sequence[Commitment], rules: Collection[str], watched: RuleActivity, now: datetime
) -> tuple[UncheckedLine, ...]:
    """At most two lines, the commitments with the most news first; none before SILENCE_PERIOD has been watched.
    commitments: with cleaned texts; rules: all rules as commitment/act."""
    start = now - SILENCE_PERIOD
    if watched.since > start:
        return ()
    no_act: list[tuple[int, UncheckedLine]] = []
    fallen: list[tuple[int, UncheckedLine]] = []
    for commitment in commitments:
        own = [match for match in watched.matches if match.rule.partition("/")[0] == commitment.id]
        stories = {match.story for match in own if match.at >= start}
        acts = [rule for rule in rules if rule.startswith(f"{commitment.id}/") and rule != f"{commitment.id}/{ABOUT}"]
        matched = {match.rule for match in own if match.at >= start} & {*acts}
        if len(stories) < MIN_STORIES or not acts:
            continue
        if not matched:
            names = [rule.partition("/")[2] for rule in acts]
            if len(names) > MAX_RULES_NAMED + 1:
                names = [*names[:MAX_RULES_NAMED], f"{len(names) - MAX_RULES_NAMED} others"]
            found = f"found no act in the {len(stories)} stories of the last {SILENCE_PERIOD.days} days"
            text = f"{found} ({one_line(join_list(names), 160)}); `deal-monitor inbox list` shows these stories."
            no_act.append((-len(stories), UncheckedLine("deaf", f"Rules for {commitment.short}", text)))
            continue
        earlier = [match for match in own if match.at < start]
        for rule in acts:
            hits = [match for match in earlier if match.rule == rule]
            weeks = {match.at.isocalendar()[:2] for match in hits}
            share = len({match.story for match in hits}) / max(1, len({match.story for match in earlier}))
            if rule in matched or len(weeks) < MIN_WEEKS or share * len(stories) < MIN_EXPECTED_MATCHES:
                continue  # it read something, or it never matched week after week
            every = round(1 / share)
            usual = f"about one story in {every}" if every > 1 else "nearly every story"
            silent = f"but has matched none of the last {len(stories)} in {SILENCE_PERIOD.days} days"
            text = f"used to match {usual} about {commitment.short} {silent}; see `deal-monitor model check`."
            fallen.append((-len(stories), UncheckedLine("deaf", f"Rule {one_line(rule, 80)}", text)))
    ranked = [*sorted(no_act, key=lambda item: item[0]), *sorted(fallen, key=lambda item: item[0])]
    return tuple(line for _, line in ranked[:MAX_LINES])
