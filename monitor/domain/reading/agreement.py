"""Compares readings with the rules, counted over texts that both have read, and with labels, at three levels.

A text counts once for each commitment, parts included. Rules and reader agree if they name the same effect, whatever
policy's `reader` makes of the reading. Of a label, the commitment, the direction or the effect may be the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import islice

from monitor.domain.matching.rules import ABOUT, Rulebook
from monitor.domain.model import Effect, ReaderKind, ReaderMode, Reading, Story
from monitor.domain.reading.join import direction, in_family, join, reading_that_counts

MOST_TELLING = 10
"""Disagreements that a report names, as many as a person reads in one sitting: an estimate."""


class Outcome(StrEnum):
    """How rules and a reader read one text for one commitment."""

    SAME = "same"
    OTHER_EFFECT = "other_effect"
    RULE_ALONE = "rule_alone"
    READER_ALONE = "reader_alone"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One text for one commitment. commitment: the promise, for a part; part: the commitment that the rules, or else
    the reader, name; rule: '' if the rules find nothing; effect: the reader's, None if it does not see the commitment;
    quote: the reader's."""

    commitment: str
    story: Story
    outcome: Outcome
    reader: Reading
    part: str
    rule: str = ""
    rule_effect: Effect | None = None
    effect: Effect | None = None
    quote: str = ""

    @property
    def moves(self) -> bool:
        """Whether rules or reader name an effect that can change a verdict."""
        return any(effect not in (None, Effect.NONE) for effect in (self.rule_effect, self.effect))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Numbers of texts by outcome."""

    same: int = 0
    other_effect: int = 0
    rule_alone: int = 0
    reader_alone: int = 0

    @property
    def readers(self) -> int:
        """Texts about the commitment according to a reader."""
        return self.same + self.other_effect + self.reader_alone

    @property
    def total(self) -> int:
        """Texts about the commitment according to rules or reader."""
        return self.readers + self.rule_alone

    @property
    def differing(self) -> int:
        return self.total - self.same

    @property
    def share(self) -> float | None:
        """The share of texts on which both agree; None without any text."""
        return self.same / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class ReaderAgreement:
    """Rules and readers over many texts.

    texts: number of texts read by both; kinds: kinds of readers; acts: by act, the most contradicted first; months:
    month -> commitment -> counts; telling: the most telling disagreements.
    """

    texts: int
    kinds: frozenset[ReaderKind]
    whole: Agreement
    commitments: Mapping[str, Agreement]
    acts: Mapping[str, Agreement]
    months: Mapping[str, Mapping[str, Agreement]]
    telling: tuple[Comparison, ...]


def promise_of(commitment: str, known: Iterable[str]) -> str:
    """The promise that a commitment is a part of, else the commitment itself."""
    return min((name for name in known if in_family(commitment, name)), key=len, default=commitment)


def compare(story: Story, rulebook: Rulebook, readings: Sequence[Reading]) -> tuple[Comparison, ...]:
    """Compare the rules with the reading that counts, by commitment; empty if there is none."""
    # Policy decides what changes a verdict; here the effects themselves are compared.
    leading = replace(rulebook, policy=replace(rulebook.policy, reader=ReaderMode.LEADS))
    joined = join(story, leading, [replace(reading, confirms=False) for reading in readings])
    reader = reading_that_counts(joined.readings, ReaderMode.LEADS)
    if reader is None:
        return ()
    found: dict[str, Comparison] = {}
    order = {name: number for number, name in enumerate(rulebook.commitments)}
    for difference in sorted(joined.differences, key=lambda each: order.get(each.commitment, len(order))):
        rule, read = difference.rule, difference.read
        outcome = Outcome.READER_ALONE if rule is None else Outcome.RULE_ALONE if read is None else Outcome.OTHER_EFFECT
        promise = promise_of(difference.commitment, rulebook.commitments)
        own = Comparison(promise, story, outcome, reader, difference.commitment)
        if rule is not None:
            own = replace(own, rule=rule.rule, rule_effect=rule.effect, quote=rule.quote)
        if read is not None:
            own = replace(own, effect=read.effect, quote=read.quote)
        if outcome is Outcome.READER_ALONE:
            alike = (signal.commitment for signal in joined.signals if signal.effect is own.effect)
            own = replace(own, part=next((name for name in alike if in_family(name, own.part)), own.part))
        kept = found.get(own.commitment)
        if kept is None or own.moves > kept.moves:
            found[own.commitment] = own
    for signal in joined.signals:
        by_rule = {by.kind is ReaderKind.RULE for by in signal.read_by if by.effect is signal.effect}
        if by_rule == {True, False}:  # a rule and a reader name its effect
            promise = promise_of(signal.commitment, rulebook.commitments)
            own = Comparison(promise, story, Outcome.SAME, reader, signal.commitment, signal.rule)
            found[promise] = replace(own, rule_effect=signal.effect, effect=signal.effect, quote=signal.quote)
    return tuple(found.values())


Counts = Counter[tuple[str, Outcome]]


def reader_agreement(texts: Iterable[tuple[Story, Sequence[Reading]]], rulebook: Rulebook) -> ReaderAgreement:
    """Count agreement and disagreement over these texts; texts without a reading are ignored."""
    counted, by_act, months = Counts(), Counts(), defaultdict[str, Counts](Counts)
    kinds, differing, texts_read = set[ReaderKind](), list[Comparison](), 0
    for story, readings in texts:
        texts_read += bool(readings)
        for own in compare(story, rulebook, readings) if readings else ():
            kinds.add(own.reader.kind)
            counted[own.commitment, own.outcome] += 1
            months[f"{story.published_at:%Y-%m}"][own.commitment, own.outcome] += 1
            if own.rule and not own.rule.endswith(f"/{ABOUT}"):
                by_act[own.rule, own.outcome] += 1
            if own.outcome is not Outcome.SAME:
                differing.append(own)
    promises = list(dict.fromkeys(promise_of(name, rulebook.commitments) for name in rulebook.commitments))

    def by_key(counts: Counts, keys: Iterable[str]) -> dict[str, Agreement]:
        found = {key: Agreement(**{outcome.value: counts[key, outcome] for outcome in Outcome}) for key in keys}
        return {key: agreement for key, agreement in found.items() if agreement.total}

    def rank(own: Comparison) -> tuple[bool, int, float, str]:
        tier = rulebook.publishers.find(own.story.source, own.story.url).tier
        return not own.moves, tier, -own.story.published_at.timestamp(), own.story.id

    # The most telling first: possible verdict changes, then the strongest tier, then the newest. A headline counts
    # once.
    telling: dict[str, Comparison] = {}
    for own in sorted(differing, key=rank):
        telling.setdefault(" ".join(own.story.title.casefold().split()), own)
    whole = {o.value: sum(n for (_, outcome), n in counted.items() if outcome is o) for o in Outcome}
    acts = by_key(by_act, sorted({rule for rule, _ in by_act}))
    return ReaderAgreement(
        texts_read,
        frozenset(kinds),
        Agreement(**whole),
        by_key(counted, promises),
        dict(sorted(acts.items(), key=lambda pair: (-pair[1].differing, pair[0]))),
        {month: by_key(counts, promises) for month, counts in sorted(months.items())},
        tuple(islice(telling.values(), MOST_TELLING)),
    )


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
            wanted, found = _at_level(expected, level), _at_level(answered, level)
            for kind, those in (("right", wanted & found), ("extra", found - wanted), ("missed", wanted - found)):
                counts.update((promise, level, kind) for promise, _ in those)
        if expected != answered:
            misread.append(Misread(name, expected, answered))
    order = dict.fromkeys(promise_of(name, known) for name in known)
    named = [promise for promise in order if any(key[0] == promise for key in counts)]
    kinds = [kind.name for kind in fields(Hits)]
    of_promise = {
        promise: {level: Hits(*(counts[promise, level, kind] for kind in kinds)) for level in Level}
        for promise in named
    }
    whole = {
        level: Hits(*(sum(counts[promise, level, kind] for promise in named) for kind in kinds)) for level in Level
    }
    return ReaderScore(len(texts), whole, of_promise, tuple(misread))


def _at_level(judgments: Judgments, level: Level) -> set[tuple[str, str]]:
    """The judgments of one text as a level compares them: by promise alone, by direction or by effect."""
    if level is Level.ABOUT:
        return {(promise, "") for promise in judgments}
    firm = [(promise, effect) for promise, effect in judgments.items() if effect is not Effect.NONE]
    return {(promise, direction(effect) if level is Level.DIRECTION else effect.value) for promise, effect in firm}
