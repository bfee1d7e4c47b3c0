"""The lead of a model. A full check on labelled examples earns it; live readings far below that check lose it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import Rulebook, is_outside
from monitor.domain.model import Effect, Reading, Signal, Story
from monitor.domain.reading.agreement import Level
from monitor.domain.reading.join import direction, in_family

BARS: Mapping[Level, float] = {Level.ABOUT: 0.90, Level.DIRECTION: 0.85, Level.EFFECT: 0.85}
"""The F1 that a reader needs. Two careful people agree at 0.96, 0.91 and 0.88."""
MOST_UNREAD = 0.05
"""The allowed share of examples without a usable answer, an estimate."""
LEAST_EXAMPLES = 40
"""Fewer examples earn no lead: with 40, an F1 of 0.90 is good to about 0.05."""
WATCHED = 200
"""The last stories of a leading model that are compared with its check, some days of news."""
LEAST_WATCHED = 20
"""Cases without which a share is not compared: of 20, half of the usual share is no accident."""
FALL = 0.5
"""The part of its check's share below which a model loses the lead."""


@dataclass(frozen=True, slots=True)
class Share:
    """A number of good cases among all."""

    good: int = 0
    of: int = 0

    @property
    def value(self) -> float:
        return self.good / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class ReadingShares:
    """How a model reads, as far as a program can see it without labels.

    agreed: the firm acts of the rules, in texts where the model sees an effect too, that it reads in the same
    direction. accepted: its matches that were not refused. found: the texts with a firm act in which it finds anything.
    """

    agreed: Share = Share()
    accepted: Share = Share()
    found: Share = Share()


SHARE_NAMES: Mapping[str, str] = {
    "agreed": "agreement with firm acts of the rules",
    "accepted": "accepted matches",
    "found": "answers other than empty ones on firm acts of the rules",
}


def reading_shares(texts: Iterable[tuple[Story, Reading]], rulebook: Rulebook) -> ReadingShares:
    """Count a model's readings of these texts."""
    good, of = Counter[str](), Counter[str]()
    for story, reading in texts:
        acts = list(_firm_acts(story, reading, rulebook))
        good["accepted"] += len(reading.matches)
        of["accepted"] += len(reading.matches) + reading.refused
        if acts:
            of["found"] += 1
            good["found"] += bool(reading.matches)
        moving = [match for match in reading.matches if match.effect is not Effect.NONE]
        for act in acts if moving else ():
            same = [match for match in moving if direction(match.effect) == direction(act.effect)]
            of["agreed"] += 1
            good["agreed"] += any(_of_one_promise(act.commitment, match.commitment) for match in same)
    return ReadingShares(**{name: Share(good[name], of[name]) for name in SHARE_NAMES})


def _firm_acts(story: Story, reading: Reading, rulebook: Rulebook) -> Iterator[Signal]:
    """The rules' signals of firm acts that a model was asked about and shown."""
    for result in trace(story, rulebook):
        signal = result.signal
        if signal is None or signal.effect is Effect.NONE or signal.experimental or signal.passing:
            continue
        rule = rulebook.rules.get(signal.rule)
        if rule is None or rule.weak or is_outside(signal, rulebook) or signal.end > reading.summary_read:
            continue
        asked = any(in_family(signal.commitment, name) for name in rulebook.reads)
        if asked and reading.covers(rulebook.deal_of(signal.commitment)):
            yield signal


def _of_one_promise(one: str, other: str) -> bool:
    return in_family(one, other) or in_family(other, one)


@dataclass(frozen=True, slots=True)
class ReaderCheck:
    """The last full check of a model with one template of the question. unread: examples without a usable answer;
    shares: of the same answers; lost_why: how it lost the lead since, '' if it did not."""

    model: str
    template: str
    at: datetime
    examples: int
    unread: int
    f1: Mapping[Level, float]
    shares: ReadingShares = ReadingShares()
    lost_at: datetime | None = None
    lost_why: str = ""

    def lost(self, why: str, at: datetime) -> ReaderCheck:
        return replace(self, lost_at=at, lost_why=why)


def below_bars(f1: Mapping[Level, float]) -> tuple[Level, ...]:
    """The levels at which a reader is below its bar."""
    return tuple(level for level, bar in BARS.items() if f1[level] < bar)


def lead_refused(check: ReaderCheck | None) -> str:
    """Why a model may not lead, as the end of a sentence about it; '' if it may."""
    if check is None:
        return "it has not been checked with this template of the question"
    on = f"its check of {check.at:%-d %b %Y}"
    if check.lost_at is not None:
        return f"it lost the lead on {check.lost_at:%-d %b %Y}: {check.lost_why}"
    if check.examples < LEAST_EXAMPLES:
        return f"{on} had {check.examples} examples, and a lead needs {LEAST_EXAMPLES}"
    if check.unread > MOST_UNREAD * check.examples:
        return f"{on} left {check.unread} of {check.examples} examples unread"
    low = ", ".join(f"{level} {check.f1[level]:.2f} (bar {BARS[level]:.2f})" for level in below_bars(check.f1))
    return f"{on} was below the bar: {low}" if low else ""


def fallen_shares(now: ReadingShares, then: ReadingShares) -> str:
    """The shares that have fallen below FALL of those of the check, in words; '' if none has."""
    fallen = []
    for name, words in SHARE_NAMES.items():
        new, old = getattr(now, name), getattr(then, name)
        if new.of >= LEAST_WATCHED and new.value < FALL * old.value:
            fallen.append(f"{words} {new.value:.0%}, in its check {old.value:.0%}")
    return "; ".join(fallen)
