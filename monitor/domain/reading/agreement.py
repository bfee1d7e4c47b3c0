"""Agreement of rules and readings, counted over texts that both have read, and the most telling disagreements.

A text counts once for each commitment, parts included. Rules and reader agree if they name the same effect, whatever
policy's `reader` makes of the reading.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from monitor.domain.matching.rules import ABOUT, Rulebook
from monitor.domain.model import Effect, ReaderKind, ReaderMode, Reading, Story
from monitor.domain.reading.join import in_family, join

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
    """One text for one commitment.

    commitment: the promise, for a part; part: the commitment that the rules, or else the reader, name; rule: the act
    with its effect, '' if the rules find nothing; effect: the reader's, None if it does not see the commitment; quote:
    the reader's.
    """

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
    """Compare the rules with the reading that counts, by commitment; empty if there is none, or neither finds a
    commitment."""
    # Policy decides what changes a verdict; here the effects themselves are compared.
    leading = replace(rulebook, policy=replace(rulebook.policy, reader=ReaderMode.LEADS))
    joined = join(story, leading, readings)
    if joined.reading is None:
        return ()
    found: dict[str, Comparison] = {}
    order = {name: number for number, name in enumerate(rulebook.commitments)}
    for difference in sorted(joined.differences, key=lambda each: order.get(each.commitment, len(order))):
        rule, read = difference.rule, difference.read
        outcome = Outcome.READER_ALONE if rule is None else Outcome.RULE_ALONE if read is None else Outcome.OTHER_EFFECT
        promise = promise_of(difference.commitment, rulebook.commitments)
        own = Comparison(promise, story, outcome, difference.reader, difference.commitment)
        if rule is not None:
            own = replace(own, rule=rule.rule, rule_effect=rule.effect, quote=rule.quote)
        if read is not None:
            own = replace(own, effect=read.effect, quote=read.quote)
        if outcome is Outcome.READER_ALONE:
            parts = (
                s.commitment for s in joined.signals if s.effect is own.effect and in_family(s.commitment, own.part)
            )
            own = replace(own, part=next(parts, own.part))
        kept = found.get(own.commitment)
        if kept is None or own.moves > kept.moves:
            found[own.commitment] = own
    for signal in joined.signals:
        by_rule = {by.kind is ReaderKind.RULE for by in signal.read_by if by.effect is signal.effect}
        if by_rule == {True, False}:  # a rule and a reader name its effect
            promise = promise_of(signal.commitment, rulebook.commitments)
            own = Comparison(promise, story, Outcome.SAME, joined.reading, signal.commitment, signal.rule)
            found[promise] = replace(own, rule_effect=signal.effect, effect=signal.effect, quote=signal.quote)
    return tuple(found.values())


Counts = Counter[tuple[str, Outcome]]


@dataclass(slots=True)
class _Tally:
    counts: Counts = field(default_factory=Counts)
    acts: Counts = field(default_factory=Counts)
    months: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    kinds: set[ReaderKind] = field(default_factory=set)
    differing: list[Comparison] = field(default_factory=list)

    def add(self, own: Comparison) -> None:
        self.kinds.add(own.reader.kind)
        self.counts[own.commitment, own.outcome] += 1
        self.months[f"{own.story.published_at:%Y-%m}"][own.commitment, own.outcome] += 1
        if own.rule and not own.rule.endswith(f"/{ABOUT}"):
            self.acts[own.rule, own.outcome] += 1
        if own.outcome is not Outcome.SAME:
            self.differing.append(own)


def reader_agreement(
    texts: Iterable[tuple[Story, Sequence[Reading]]], rulebook: Rulebook, *, most: int = MOST_TELLING
) -> ReaderAgreement:
    """Count agreement and disagreement over these texts; texts without a reading are ignored. most: disagreements to
    keep."""
    tally, texts_read = _Tally(), 0
    for story, readings in texts:
        texts_read += bool(readings)
        for own in compare(story, rulebook, readings) if readings else ():
            tally.add(own)
    promises = list(dict.fromkeys(promise_of(name, rulebook.commitments) for name in rulebook.commitments))

    def by_key(counts: Counts, keys: Iterable[str]) -> dict[str, Agreement]:
        found = {key: Agreement(**{outcome.value: counts[key, outcome] for outcome in Outcome}) for key in keys}
        return {key: agreement for key, agreement in found.items() if agreement.total}

    whole = {o.value: sum(n for (_, outcome), n in tally.counts.items() if outcome is o) for o in Outcome}
    acts = by_key(tally.acts, sorted({rule for rule, _ in tally.acts}))
    return ReaderAgreement(
        texts_read,
        frozenset(tally.kinds),
        Agreement(**whole),
        by_key(tally.counts, promises),
        dict(sorted(acts.items(), key=lambda pair: (-pair[1].differing, pair[0]))),
        {month: by_key(counts, promises) for month, counts in sorted(tally.months.items())},
        tuple(most_telling(tally.differing, rulebook, most)),
    )


def most_telling(differing: Iterable[Comparison], rulebook: Rulebook, most: int) -> Iterator[Comparison]:
    """The most telling disagreements: possible verdict changes first, then the strongest tier, then the newest. A
    headline counts once."""

    def rank(own: Comparison) -> tuple[bool, int, float, str]:
        tier = rulebook.publishers.find(own.story.source, own.story.url).tier
        return not own.moves, tier, -own.story.published_at.timestamp(), own.story.id

    seen = set[str]()
    for own in sorted(differing, key=rank):
        title = " ".join(own.story.title.casefold().split())
        if title not in seen and len(seen) < most:
            seen.add(title)
            yield own
