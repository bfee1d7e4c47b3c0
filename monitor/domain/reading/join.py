"""Rules and readings together: what one text says, as signals, and where those who read it differ.

One function for all who ask: live news, `match`, `replay`, `explain`, the inbox and the drift report. A reading is evidence like a
rule's: it gives commitment, effect and a quote that stands in the text; our own code reads part, amount, date and speaker there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.domain.matching.document import TITLE, Document, Place
from monitor.domain.matching.match import Candidate, MatchResult, trace
from monitor.domain.matching.rules import PERSON, READER, ActRule, Rulebook, Topic, is_outside
from monitor.domain.matching.signals import build_signal
from monitor.domain.model import (
    EFFECT_PRECEDENCE,
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    Effect,
    ReadBy,
    ReaderKind,
    ReaderMode,
    Reading,
    ReadMatch,
    Signal,
    Story,
    Tier,
)
from monitor.domain.reading.exchange import is_plausible
from monitor.domain.reading.parts import in_family, most_specific, part_meant
from monitor.domain.reading.quotes import modality_of, place_of, whole_title
from monitor.domain.reading.read_by import as_read_by, reads_commitment

READER_RULES = frozenset({READER, PERSON})
_RULE_OF = {ReaderKind.MODEL: READER, ReaderKind.PERSON: PERSON}
DEEDS = ({Effect.PROGRESS, Effect.DELIVERED}, {Effect.SETBACK, Effect.BREACH})
"""Effects of what was done, by way. Which of the two it is depends on what was promised, which an act of the rules knows and a
headline does not: of 13 labelled stories in which a rule and a model differ so, the rule is right in 11."""
_RANK = {effect: rank for rank, effect in enumerate(EFFECT_PRECEDENCE)}

ReadingsOf = Callable[[Story], Sequence[Reading]]
"""The function that gives the readings of the text of a story."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a reader and the rules read one text otherwise.

    rule: the rules' signal, None where they find nothing. reader, read: who reads it otherwise and what, None where it does not
    see the commitment.
    """

    commitment: str
    rule: Signal | None
    reader: Reading
    read: ReadMatch | None


@dataclass(frozen=True, slots=True)
class RefusedMatch:
    """A match of a reading that cannot count, and why."""

    match: ReadMatch
    why: str


@dataclass(frozen=True, slots=True)
class JoinedText:
    """What rules and readings together find in one text. reading: the one that counts, None where nobody has read it."""

    signals: tuple[Signal, ...]
    reading: Reading | None = None
    differences: tuple[Difference, ...] = ()
    refused: tuple[RefusedMatch, ...] = ()


def read_text(story: Story, rulebook: Rulebook, readings: Sequence[Reading] = ()) -> tuple[Signal, ...]:
    """What a text reports, by the rules and by those who have read it: at most one signal a commitment."""
    return join(story, rulebook, readings).signals


def reads_with(readings_of: ReadingsOf) -> Callable[[Story, Rulebook], tuple[Signal, ...]]:
    """`read_text` with the readings that a function finds for each text."""
    return lambda story, rulebook: read_text(story, rulebook, readings_of(story))


def join(story: Story, rulebook: Rulebook, readings: Sequence[Reading] = ()) -> JoinedText:
    """Join what the rules find with the readings of a text.

    1. The reading that counts is a person's, the last of several; else a model's, the last of several, unless policy's `reader`
       is off. Without one the rules speak alone.
    2. A match of it whose commitment is unknown or whose quote does not stand in the text is refused. So is a model's reading as a
       whole that no text can say (`exchange.is_plausible`): then the rules speak alone.
    3. What the reader reads and the rules agree with keeps the rule's signal. In mode `leads`, or for a person, what the reader
       reads alone is a signal of its own; in mode `confirms` it moves nothing.
    4. How far a deed goes, a step or the whole of it, a blow or a breach, is the rule's to say where a model agrees on the way.
    5. What the rules find and the reader does not see moves nothing. It does not contradict what it was not asked: a commitment
       that readers are not asked about, an act that touches one only from outside, and a sentence of which it was not shown the
       end, on a commitment or a part that it does not see before. Nor does it contradict anything on a commitment of which a
       match of its own is refused.
    6. What a model quotes from a reporter's question repeats what others say: it counts as the word of an aggregator.
    """
    traced = {result.commitment: result for result in trace(story, rulebook)}
    found = {name: result.signal for name, result in traced.items() if result.signal is not None}
    reading = reading_that_counts(readings, rulebook.policy.reader)
    if reading is None:
        return JoinedText(tuple(found.values()))
    said = [(match.commitment, match.effect.value) for match in reading.matches]
    if reading.kind is ReaderKind.MODEL and not is_plausible(said, rulebook.commitments):
        senseless = (RefusedMatch(match, "one text cannot say all that this reading says") for match in reading.matches)
        return JoinedText(tuple(found.values()), refused=tuple(senseless))
    models = [other for other in readings if other.kind is ReaderKind.MODEL]
    beside = reading_that_counts(models, ReaderMode.LEADS) if reading.kind is ReaderKind.PERSON else None
    return _Joining(story, rulebook, reading, beside, traced, found).joined()


def reading_that_counts(readings: Sequence[Reading], mode: ReaderMode) -> Reading | None:
    """The last reading of a person, else the last of a model unless policy's `reader` is off; None if there is none."""
    kinds = {ReaderKind.PERSON} if mode is ReaderMode.OFF else {ReaderKind.PERSON, ReaderKind.MODEL}
    able = [reading for reading in readings if reading.kind in kinds]
    return max(able, key=lambda r: (r.kind is ReaderKind.PERSON, r.at, r.name, r.version), default=None)


def way(effect: Effect) -> str:
    """Whether an effect is good or bad for its commitment, or moves nothing. A moved date is good, as the codebook counts it."""
    if effect in POSITIVE_EFFECTS or effect is Effect.DEADLINE:
        return "good"
    return "bad" if effect in NEGATIVE_EFFECTS else "none"


@dataclass(slots=True)
class _Joining:
    """One text under one reading. beside: a model's, where a person's goes before it: it is named and counts for nothing."""

    story: Story
    rulebook: Rulebook
    reading: Reading
    beside: Reading | None
    traced: Mapping[str, MatchResult]
    found: Mapping[str, Signal]
    signals: dict[str, Signal] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    refused: list[RefusedMatch] = field(default_factory=list)
    _document: Document | None = None

    @property
    def document(self) -> Document:
        """The text under all rules, whether they open it or not: words of the quoted sentence tell the part."""
        if self._document is None:
            self._document = Document(self.story, self.rulebook)
        return self._document

    @property
    def leads(self) -> bool:
        """Whether what the reader reads alone counts."""
        return self.reading.kind is ReaderKind.PERSON or self.rulebook.policy.reader is ReaderMode.LEADS

    def joined(self) -> JoinedText:
        taken: set[str] = set()
        placed = list(self._placed_matches())
        said = {read.commitment for read, _ in placed}
        for read, place in sorted(placed, key=lambda pair: _RANK[pair[0].effect]):
            # A part that the reader names by itself is not meant where it names the promise.
            named = [name for name in self.found if most_specific(name, said) == read.commitment]
            family = [self.found[name] for name in named if self._asked(self.found[name])]
            taken.update(signal.commitment for signal in family)
            agreeing = [signal for signal in family if self._agrees(read, signal)]
            if agreeing:
                self.differences += [
                    Difference(signal.commitment, signal, self.reading, read)
                    for signal in agreeing
                    if self.leads and signal.effect is not read.effect
                ]
                for signal in agreeing:
                    by = (self._rule_reads(signal), *self._readers_read(read, signal.commitment))
                    self._keep(replace(signal, read_by=by))
                continue
            self._differ(read, family)
            if self.leads:
                self._keep(self._signal_of(read, place, family, said - {read.commitment}))
            else:
                for signal in family:
                    by = (self._rule_reads(signal), *self._readers_read(read, signal.commitment))
                    self._keep(replace(signal, effect=Effect.NONE, quantity=None, read_by=by))
        for name, signal in self.found.items():
            if name in taken:
                continue
            if self._asked(signal):
                self.differences.append(Difference(name, signal, self.reading, None))
            elif name not in self.signals:
                self._keep(signal)
        order = {topic.commitment: number for number, topic in enumerate(self.rulebook.matcher.topics)}
        signals = tuple(sorted(self.signals.values(), key=lambda signal: order[signal.commitment]))
        return JoinedText(signals, self.reading, tuple(self.differences), tuple(self.refused))

    def _placed_matches(self) -> Iterator[tuple[ReadMatch, Place]]:
        """The matches that can count, each with the place of its quote."""
        for read in self.reading.matches:
            place = place_of(read.quote, self.document)
            if place is None and self.reading.kind is ReaderKind.PERSON and not read.quote:
                place = whole_title(self.document)
            if read.commitment not in self.rulebook.commitments:
                self.refused.append(RefusedMatch(read, f"there is no commitment {read.commitment!r}"))
            elif place is None:
                self.refused.append(RefusedMatch(read, "its quote does not stand in the text"))
            else:
                yield read, place

    def _asked(self, signal: Signal) -> bool:
        """Whether the reader was asked what a rule's signal says, and gave an answer that can be checked: its commitment is one
        that readers are asked about, the act is no outside one, and the reader was shown its sentence to the end."""
        reads, name = self.rulebook.reads, signal.commitment
        if reads and not any(in_family(name, asked) for asked in reads):
            return False
        refused = (refused.match.commitment for refused in self.refused)
        if any(in_family(name, unsure) for unsure in (*self.reading.unsure, *refused)):
            return False
        if signal.experimental or is_outside(signal, self.rulebook):
            return False
        return signal.field == TITLE or signal.end <= self.reading.summary_read

    def _agrees(self, read: ReadMatch, signal: Signal) -> bool:
        if self.leads:
            return signal.effect is read.effect or self._is_same_deed(read, signal)
        return way(signal.effect) == way(read.effect)

    def _is_same_deed(self, read: ReadMatch, signal: Signal) -> bool:
        """Whether a model and a firm act of the rules read one deed and differ only in how far it goes."""
        rule = self.rulebook.rules.get(signal.rule)
        firm = rule is not None and not rule.weak
        return self.reading.kind is ReaderKind.MODEL and firm and {signal.effect, read.effect} in DEEDS

    def _differ(self, read: ReadMatch, family: Sequence[Signal]) -> None:
        self.differences += [Difference(signal.commitment, signal, self.reading, read) for signal in family]
        if not family:
            self.differences.append(Difference(read.commitment, None, self.reading, read))

    def _keep(self, signal: Signal) -> None:
        """Keep a signal; of two of one commitment the one whose effect goes before."""
        known = self.signals.get(signal.commitment)
        if known is None or _RANK[signal.effect] < _RANK[known.effect]:
            self.signals[signal.commitment] = signal

    def _signal_of(self, read: ReadMatch, place: Place, family: Sequence[Signal], apart: Collection[str]) -> Signal:
        """The signal of what the reader reads alone, or with an act of the rules that another one has outdone. apart: the other
        commitments that it names."""
        topic = part_meant(self.document, read.commitment, place, self.traced, apart)
        rule_reads = tuple(map(self._rule_reads, (s for s in family if s.commitment == topic.commitment)))
        by = (*rule_reads, *self._readers_read(read, topic.commitment))
        same = self._act_that_agrees(topic, read.effect)
        if same is not None:
            signal = build_signal(self.document, topic, same.place, read.effect, same.act, same.modality)
            return replace(signal, read_by=by)
        modality = modality_of(place, read.effect, self.document)
        act = self._stand_in(topic, read.effect, place) if read.effect is not Effect.NONE else None
        signal = build_signal(self.document, topic, place, read.effect, act, modality)
        return replace(signal, read_by=by, tier=Tier.AGGREGATOR if self._is_only_asked(place) else signal.tier)

    def _is_only_asked(self, place: Place) -> bool:
        """Whether a model quotes what a reporter asks in a document of several speakers: whoever publishes it does not say so."""
        turn = self.document.turn_at(place.view, place.sentence)
        return self.reading.kind is ReaderKind.MODEL and turn is not None and turn.is_question

    def _act_that_agrees(self, topic: Topic, effect: Effect) -> Candidate | None:
        """The first act of the rules that reads the effect and counts, though another went before it."""
        result = self.traced.get(topic.commitment)
        if result is None or effect is Effect.NONE or result.rejection is not None:
            return None
        same = [c for c in result.candidates if c.counts and c.effect is effect and not c.act.experimental]
        return min(same, key=lambda candidate: candidate.rank_key, default=None)

    def _stand_in(self, topic: Topic, effect: Effect, place: Place) -> ActRule:
        """An act for what no rule names. Where an act of the rules stands in the quoted sentence and points the same way, it says
        which object, step or terms are meant, and whether the thing stalls."""
        result = self.traced.get(topic.commitment)
        near = (
            candidate.act
            for candidate in (result.candidates if result else ())
            if candidate.place.field == place.field
            and candidate.place.sentence == place.sentence
            and way(candidate.effect) == way(effect)
        )
        act = next(near, None)
        rule = f"{topic.commitment}/{_RULE_OF[self.reading.kind]}"
        stand_in = ActRule(rule, self.reading.version, None, (), effect=effect)
        if act is None:
            return stand_in
        return replace(stand_in, object=act.object, stalls=act.stalls, terms=act.terms)

    def _rule_reads(self, signal: Signal) -> ReadBy:
        return ReadBy(ReaderKind.RULE, signal.rule, signal.rule_version, signal.effect)

    def _readers_read(self, read: ReadMatch, commitment: str) -> tuple[ReadBy, ...]:
        """How the reader reads it, and the model whose reading a person's goes before."""
        beside = (reads_commitment(self.beside, commitment, read.effect),) if self.beside else ()
        return as_read_by(self.reading, read), *beside
