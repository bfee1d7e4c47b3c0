"""Where readers and the rules differ, counted over texts that both have read, and the stories that tell most about it.

A text is counted once for each commitment with its parts. The two read it the same way if they name the same effect, whatever
policy's `reader` makes of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from monitor.domain.matching.rules import ABOUT, Rulebook
from monitor.domain.model import Effect, ReaderKind, ReaderMode, Reading, ReadMatch, Signal, Story
from monitor.domain.reading.join import Difference, join
from monitor.domain.reading.parts import in_family

MOST_TELLING = 10
"""Stories that a report names, as many as a person reads at a sitting: an estimate."""


class Outcome(StrEnum):
    """How rules and a reader read one text for one commitment."""

    SAME = "same"
    OTHER_EFFECT = "other_effect"
    RULE_ALONE = "rule_alone"
    READER_ALONE = "reader_alone"


@dataclass(frozen=True, slots=True)
class Compared:
    """One text for one commitment. commitment: of a promise with parts the promise. part: the commitment that the rules, or
    else the reader, name. rule: the act, '' where the rules find nothing, with its effect. effect: the reader's, None where it
    does not see the commitment; quote: its words."""

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
        """Whether one of the two reads an effect that can move a verdict."""
        return any(effect not in (None, Effect.NONE) for effect in (self.rule_effect, self.effect))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often rules and readers read texts so or so."""

    same: int = 0
    other_effect: int = 0
    rule_alone: int = 0
    reader_alone: int = 0

    @property
    def readers(self) -> int:
        """Texts that a reader reads as about it."""
        return self.same + self.other_effect + self.reader_alone

    @property
    def total(self) -> int:
        """Texts that anybody reads as about it."""
        return self.readers + self.rule_alone

    @property
    def differing(self) -> int:
        """Texts that the two read otherwise."""
        return self.total - self.same

    @property
    def share(self) -> float | None:
        """The share of the texts that both read the same way; None where nobody reads any as about it."""
        return self.same / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class ReaderDrift:
    """Rules and readers over many texts.

    texts: read by both; kinds: who has read. whole: all commitments together. acts: by act, those that readers contradict
    most first. missed: what readers read and no rule does, by commitment and effect, the most frequent first. months: month
    -> commitment -> counts. telling: the stories that tell most.
    """

    texts: int
    kinds: frozenset[ReaderKind]
    whole: Agreement
    commitments: Mapping[str, Agreement]
    acts: Mapping[str, Agreement]
    missed: Mapping[tuple[str, Effect], int]
    months: Mapping[str, Mapping[str, Agreement]]
    telling: tuple[Compared, ...]


def promise_of(commitment: str, known: Iterable[str]) -> str:
    """The promise that a commitment is a part of, else the commitment itself."""
    return min((name for name in known if in_family(commitment, name)), key=len, default=commitment)


def compare(story: Story, rulebook: Rulebook, readings: Sequence[Reading]) -> tuple[Compared, ...]:
    """How the rules and the reading that counts read one text, by commitment; empty where neither is about one, or nobody
    has read it."""
    # What moves a verdict is policy's matter; here the effects themselves are compared.
    leading = replace(rulebook, policy=replace(rulebook.policy, reader=ReaderMode.LEADS))
    joined = join(story, leading, readings)
    if joined.reading is None:
        return ()
    found: dict[str, Compared] = {}
    order = {name: number for number, name in enumerate(rulebook.commitments)}
    for difference in sorted(joined.differences, key=lambda each: order.get(each.commitment, len(order))):
        own = _of_difference(difference, story, promise_of(difference.commitment, rulebook.commitments))
        if own.outcome is Outcome.READER_ALONE:
            parts = (
                s.commitment for s in joined.signals if s.effect is own.effect and in_family(s.commitment, own.part)
            )
            own = replace(own, part=next(parts, own.part))
        known = found.get(own.commitment)
        if known is None or own.moves > known.moves:
            found[own.commitment] = own
    for signal in joined.signals:
        if _agreed(signal):
            promise = promise_of(signal.commitment, rulebook.commitments)
            found[promise] = _of_agreement(signal, story, promise, joined.reading)
    return tuple(found.values())


def _agreed(signal: Signal) -> bool:
    """Whether a rule and another reader read the effect of a signal."""
    same = {by.kind is ReaderKind.RULE for by in signal.read_by if by.effect is signal.effect}
    return same == {True, False}


def _of_agreement(signal: Signal, story: Story, promise: str, reading: Reading) -> Compared:
    both = (signal.rule, signal.effect, signal.effect)
    return Compared(promise, story, Outcome.SAME, reading, signal.commitment, *both, signal.quote)


def _of_difference(difference: Difference, story: Story, promise: str) -> Compared:
    rule, read = difference.rule, difference.read
    outcome = Outcome.READER_ALONE if rule is None else Outcome.RULE_ALONE if read is None else Outcome.OTHER_EFFECT
    compared = Compared(promise, story, outcome, difference.reader, difference.commitment)
    if rule is not None:
        compared = replace(compared, rule=rule.rule, rule_effect=rule.effect, quote=rule.quote)
    return _with_read(compared, read) if read is not None else compared


def _with_read(compared: Compared, read: ReadMatch) -> Compared:
    return replace(compared, effect=read.effect, quote=read.quote)


def reader_drift(
    texts: Iterable[tuple[Story, Sequence[Reading]]],
    rulebook: Rulebook,
    *,
    promises: Collection[str] | None = None,
    most: int = MOST_TELLING,
) -> ReaderDrift:
    """Count where readers and the rules differ over these texts with their readings; texts without one are left out.

    promises: only these, None for all; most: the number of telling stories kept.
    """
    tally = _Tally()
    read = 0
    for story, readings in texts:
        read += bool(readings)
        for own in compare(story, rulebook, readings) if readings else ():
            if promises is None or own.commitment in promises:
                tally.note(own)
    by_act = {rule: _agreement(tally.acts, rule) for rule in sorted({rule for rule, _ in tally.acts})}
    return ReaderDrift(
        texts=read,
        kinds=frozenset(tally.kinds),
        whole=Agreement(**{o.value: sum(n for (_, own), n in tally.counts.items() if own is o) for o in Outcome}),
        commitments=_by_promise(tally.counts, rulebook),
        acts=dict(sorted(by_act.items(), key=lambda pair: (-pair[1].differing, pair[0]))),
        missed=dict(sorted(tally.missed.items(), key=lambda pair: (-pair[1], pair[0]))),
        months={month: _by_promise(counts, rulebook) for month, counts in sorted(tally.months.items())},
        telling=tuple(most_telling(tally.differing, rulebook, most)),
    )


Counts = Counter[tuple[str, Outcome]]


@dataclass(slots=True)
class _Tally:
    """What is counted of each text."""

    counts: Counts = field(default_factory=Counts)
    acts: Counts = field(default_factory=Counts)
    months: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    missed: Counter[tuple[str, Effect]] = field(default_factory=Counter[tuple[str, Effect]])
    kinds: set[ReaderKind] = field(default_factory=set)
    differing: list[Compared] = field(default_factory=list)

    def note(self, own: Compared) -> None:
        self.kinds.add(own.reader.kind)
        self.counts[own.commitment, own.outcome] += 1
        self.months[f"{own.story.published_at:%Y-%m}"][own.commitment, own.outcome] += 1
        if own.rule and not own.rule.endswith(f"/{ABOUT}"):
            self.acts[own.rule, own.outcome] += 1
        if own.outcome is Outcome.READER_ALONE and own.effect is not None:
            self.missed[own.commitment, own.effect] += 1
        if own.outcome is not Outcome.SAME:
            self.differing.append(own)


def _by_promise(counts: Counts, rulebook: Rulebook) -> dict[str, Agreement]:
    """The counts of each promise that has any, in the order of the rulebook."""
    order = dict.fromkeys(promise_of(name, rulebook.commitments) for name in rulebook.commitments)
    return {name: _agreement(counts, name) for name in order if any(counts[name, o] for o in Outcome)}


def _agreement(counts: Counts, key: str) -> Agreement:
    return Agreement(**{outcome.value: counts[key, outcome] for outcome in Outcome})


def most_telling(differing: Iterable[Compared], rulebook: Rulebook, most: int) -> Iterator[Compared]:
    """The differences that tell most: of effects that can move a verdict first, then of the strongest tier, then the newest.
    A headline counts once."""

    def rank(own: Compared) -> tuple[bool, int, float, str]:
        tier = rulebook.publishers.find(own.story.source, own.story.url).tier
        return not own.moves, tier, -own.story.published_at.timestamp(), own.story.id

    seen = set[str]()
    for own in sorted(differing, key=rank):
        title = " ".join(own.story.title.casefold().split())
        if title not in seen and len(seen) < most:
            seen.add(title)
            yield own
