"""Scores a reader's answers on labelled texts, at three levels.

A judgment is a commitment (for a part, its promise) with an effect. About: the commitment is the same. Direction: the
effect is as good or as bad. Effect: it is the same. A judgment with effect none counts only at the first level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.model import Effect
from monitor.domain.reading.agreement import promise_of
from monitor.domain.reading.join import direction

Judgments = Mapping[str, Effect]
"""Commitment -> effect, of one text."""


class Level(StrEnum):
    ABOUT = "about"
    DIRECTION = "direction"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True)
class Hits:
    """Numbers of judgments: right, only the reader's (extra), only the labels' (missed)."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The correct share of the reader's judgments; 0 without any."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 0.0

    @property
    def recall(self) -> float:
        """The share of labels that the reader found; 0 without any."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 0 without a correct judgment."""
        return 2 * self.right / (2 * self.right + self.extra + self.missed) if self.right else 0.0


@dataclass(frozen=True, slots=True)
class Misread:
    """A text whose reading differs from its label, both by promise."""

    name: str
    expected: Judgments
    read: Judgments


@dataclass(frozen=True, slots=True)
class ReaderScore:
    """Hits at each level, in total and by promise, and the misread texts in their order."""

    texts: int
    whole: Mapping[Level, Hits]
    commitments: Mapping[str, Mapping[Level, Hits]]
    misread: tuple[Misread, ...]


def by_promise(judgments: Iterable[tuple[str, Effect]], known: Collection[str]) -> dict[str, Effect]:
    """One effect per promise: the first that is not none. known: the commitments of the rules."""
    found: dict[str, Effect] = {}
    for commitment, effect in judgments:
        promise = promise_of(commitment, known)
        if found.get(promise, Effect.NONE) is Effect.NONE:
            found[promise] = effect
    return found


def score(
    labels: Mapping[str, Judgments], read: Mapping[str, Sequence[tuple[str, Effect]]], known: Collection[str]
) -> ReaderScore:
    """Score a reader's answers against labels, both by the name of the text. A text without an answer is ignored.

    known: the commitments of the rules, in the order of the report.
    """
    counts = Counter[tuple[str, Level, str]]()
    misread = []
    texts = [name for name in labels if name in read]
    for name in texts:
        expected, answered = by_promise(labels[name].items(), known), by_promise(read[name], known)
        for level in Level:
            counts.update((promise, level, kind) for promise, kind in _outcomes(expected, answered, level))
        if expected != answered:
            misread.append(Misread(name, expected, answered))
    order = dict.fromkeys(promise_of(name, known) for name in known)
    named = [promise for promise in order if any(key[0] == promise for key in counts)]
    of_promise = {promise: {level: _hits(counts, level, {promise}) for level in Level} for promise in named}
    return ReaderScore(len(texts), {lv: _hits(counts, lv, set(named)) for lv in Level}, of_promise, tuple(misread))


def _outcomes(expected: Judgments, answered: Judgments, level: Level) -> Iterator[tuple[str, str]]:
    """Each judgment of one text by its promise: right, extra or missed."""

    def counted(judgments: Judgments) -> set[tuple[str, str]]:
        if level is Level.ABOUT:
            return {(promise, "") for promise in judgments}
        firm = [(promise, effect) for promise, effect in judgments.items() if effect is not Effect.NONE]
        return {(promise, direction(effect) if level is Level.DIRECTION else effect.value) for promise, effect in firm}

    labels, found = counted(expected), counted(answered)
    yield from ((promise, "right") for promise, _ in labels & found)
    yield from ((promise, "extra") for promise, _ in found - labels)
    yield from ((promise, "missed") for promise, _ in labels - found)


def _hits(counts: Counter[tuple[str, Level, str]], level: Level, promises: Collection[str]) -> Hits:
    kinds = (sum(counts[promise, level, kind] for promise in promises) for kind in ("right", "extra", "missed"))
    return Hits(*kinds)
