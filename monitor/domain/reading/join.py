"""Joins what the rules find in a text with the readings of that text, and lists where they differ. A reading gives
commitment, effect and a quote; our own code derives part, amount, date and speaker from the quote."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

from monitor.domain.matching.document import TITLE, Document, Place
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.modality import HEDGES, ClauseModality, read_modality
from monitor.domain.matching.rules import PERSON, READER, ActRule, Rulebook, Topic, is_outside
from monitor.domain.matching.signal_builder import build_signal
from monitor.domain.model.enums import EFFECT_PRECEDENCE, NEGATIVE_EFFECTS, POSITIVE_EFFECTS, Effect, Modality, Tier
from monitor.domain.model.news import ReadBy, ReaderKind, ReaderMode, Reading, ReadMatch, Signal, Story
from monitor.domain.reading.exchange import is_plausible
from monitor.domain.text.segments import Match

READER_RULES = frozenset({READER, PERSON})
_RULE_OF = {ReaderKind.MODEL: READER, ReaderKind.PERSON: PERSON}
DEEDS = ({Effect.PROGRESS, Effect.DELIVERED}, {Effect.SETBACK, Effect.BREACH})
"""Effects of completed acts, by direction. Which of the two applies depends on the promise: in 13 labelled stories
where a rule and a model differ this way, the rule is right in 11."""
OPEN_EFFECTS = frozenset({Effect.PLEDGE, Effect.THREAT})
"""Effects of something not done yet, which hedging words belong to."""
_RANK = {effect: rank for rank, effect in enumerate(EFFECT_PRECEDENCE)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A disagreement. rule: the rules' signal, None if they find nothing; reader: the reading that disagrees; read: its
    match, None if it does not see the commitment."""

    commitment: str
    rule: Signal | None
    reader: Reading
    read: ReadMatch | None


@dataclass(frozen=True, slots=True)
class RefusedMatch:
    """A match of a reading that does not count, and why."""

    match: ReadMatch
    why: str


@dataclass(frozen=True, slots=True)
class JoinedText:
    """Rules and readings of one text together. readings: those that count."""

    signals: tuple[Signal, ...]
    readings: tuple[Reading, ...] = ()
    differences: tuple[Difference, ...] = ()
    refused: tuple[RefusedMatch, ...] = ()


def join(story: Story, rulebook: Rulebook, readings: Sequence[Reading] = ()) -> JoinedText:
    """Join the rules' signals with the readings of a text.

    1. The reading that counts is the last one of a person, else for each deal the last one of a model that was asked
       about it, unless policy's `reader` is off. On other deals the rules decide alone.
    2. A match with an unknown commitment, or a quote that is not in the text, is refused; so is the whole reading of a
       model that no single text can support.
    3. Where reader and rules agree, the rule's signal stays. The rule decides how far an act goes (setback or breach)
       if a model agrees on the direction.
    4. A reader that leads (a person, or a model with the lead in mode `leads`): its match alone becomes a signal, and a
       signal of the rules that it does not see is dropped, if it was asked about it.
    5. A reader that only confirms adds and drops nothing.
    """
    traced = {result.commitment: result for result in trace(story, rulebook)}
    found = {name: result.signal for name, result in traced.items() if result.signal is not None}
    whole = JoinedText(())
    for reading in readings_that_count(readings, rulebook.policy.reader):
        own = {name: one for name, one in found.items() if reading.covers(rulebook.deal_of(name))}
        pairs = [(match.commitment, match.effect.value) for match in reading.matches]
        if reading.kind is ReaderKind.MODEL and not is_plausible(pairs, rulebook.commitments):
            why = "no single text can support this whole reading"
            refused = tuple(RefusedMatch(match, why) for match in reading.matches)
            whole = replace(whole, refused=whole.refused + refused)
            continue
        models = [other for other in readings if other.kind is ReaderKind.MODEL]
        overruled = readings_that_count(models, ReaderMode.LEADS) if reading.kind is ReaderKind.PERSON else ()
        may_lead = rulebook.policy.reader is ReaderMode.LEADS and not reading.confirms
        leads = reading.kind is ReaderKind.PERSON or may_lead
        part = _Joining(story, rulebook, reading, overruled, leads, traced, own).joined()
        found = {name: signal for name, signal in found.items() if name not in own}
        whole = JoinedText(*(getattr(whole, each.name) + getattr(part, each.name) for each in fields(JoinedText)))
    signals = (*found.values(), *whole.signals)
    if whole.readings:
        order = rulebook.matcher.order
        signals = tuple(sorted(signals, key=lambda signal: order[signal.commitment]))
    return replace(whole, signals=signals)


def readings_that_count(readings: Iterable[Reading], mode: ReaderMode) -> tuple[Reading, ...]:
    """The last reading of a person, else of a model the last one on each deal unless `mode` is off; the newest
    first."""
    kinds = {ReaderKind.PERSON} if mode is ReaderMode.OFF else {ReaderKind.PERSON, ReaderKind.MODEL}
    counting = [reading for reading in readings if reading.kind in kinds]
    counting.sort(key=lambda r: (r.kind is ReaderKind.PERSON, r.at, r.name, r.version), reverse=True)
    if counting and counting[0].kind is ReaderKind.PERSON:
        return (counting[0],)
    last = dict[tuple[str, ...], Reading]()
    for reading in counting:
        last.setdefault(reading.deals, reading)
    return tuple(last.values())


def reading_that_counts(readings: Iterable[Reading], mode: ReaderMode) -> Reading | None:
    """The readings that count as one, which bears the name of the newest; None if there is none."""
    counting = readings_that_count(readings, mode)
    if len(counting) < 2:
        return counting[0] if counting else None
    matches = tuple(match for each in counting for match in each.matches)
    unsure = tuple(name for each in counting for name in each.unsure)
    return replace(counting[0], matches=matches, unsure=unsure, deals=tuple(d for each in counting for d in each.deals))


def direction(effect: Effect) -> str:
    """good, bad or none: how an effect changes its commitment. A moved date counts as good, as in the codebook."""
    if effect in POSITIVE_EFFECTS or effect is Effect.DEADLINE:
        return "good"
    return "bad" if effect in NEGATIVE_EFFECTS else "none"


def as_read_by(reading: Reading, match: ReadMatch | None) -> ReadBy:
    """A match as signals and transitions store it; None: the reading does not see the commitment."""
    found = (match.effect, match.says, match.sense) if match else (None, None, "")
    return ReadBy(reading.kind, reading.name, reading.version, *found)


def reads_commitment(reading: Reading, commitment: str, effect: Effect | None = None) -> ReadBy:
    """How a reading reads a commitment: with this effect if one of its matches has it, else as its first match does."""
    own = [match for match in reading.matches if in_family(commitment, match.commitment)]
    same = (match for match in own if match.effect is effect)
    return as_read_by(reading, next(same, own[0] if own else None))


@dataclass
class _Joining:
    """One text under one reading. overruled: a model's readings that a person's reading replaces; they are only named.
    leads: whether the reader decides against the rules. found: the rules' signals on the deals of the reading."""

    story: Story
    rulebook: Rulebook
    reading: Reading
    overruled: Sequence[Reading]
    leads: bool
    traced: Mapping[str, MatchResult]
    found: Mapping[str, Signal]
    signals: dict[str, Signal] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    refused: list[RefusedMatch] = field(default_factory=list)

    @cached_property
    def document(self) -> Document:
        """The text under the rules of what the reader names, too: words of the quoted sentence decide the part."""
        named = [match.commitment for match in self.reading.matches]
        besides = [own for own in self.rulebook.matcher.order if any(in_family(own, name) for name in named)]
        return Document(self.story, self.rulebook, besides)

    def joined(self) -> JoinedText:
        taken: set[str] = set()
        placed = list(self._placed_matches())
        named = {match.commitment for match, _ in placed}
        # The named commitment nearest to each: itself, else the promise that it is a part of, else ''.
        nearest = {own: max((n for n in named if in_family(own, n)), key=len, default="") for own in self.found}
        for match, place in sorted(placed, key=lambda pair: _RANK[pair[0].effect]):
            # A part that the reader names itself is not meant where it names the promise.
            own = [name for name in self.found if nearest[name] == match.commitment]
            family = [self.found[name] for name in own if self._was_asked(self.found[name])]
            taken.update(signal.commitment for signal in family)
            agreeing = [signal for signal in family if self._agrees(match, signal)]
            for signal in agreeing:
                if self.leads and signal.effect is not match.effect:
                    self.differences.append(Difference(signal.commitment, signal, self.reading, match))
                self._keep(replace(signal, read_by=self._read_by(match, signal.commitment, signal)))
            if agreeing:
                continue
            self.differences += [Difference(signal.commitment, signal, self.reading, match) for signal in family]
            if not family:
                self.differences.append(Difference(match.commitment, None, self.reading, match))
            if self.leads:
                self._keep(self._signal_of(match, place, family, named - {match.commitment}))
                continue
            for signal in family:
                self._keep(replace(signal, read_by=self._read_by(match, signal.commitment, signal)))
        for signal in (signal for name, signal in self.found.items() if name not in taken):
            self._join_unseen(signal)
        signals = tuple(self.signals.values())
        return JoinedText(signals, (self.reading,), tuple(self.differences), tuple(self.refused))

    def _join_unseen(self, signal: Signal) -> None:
        """A signal of the rules on a commitment that the reader does not see."""
        if not self._was_asked(signal):
            if signal.commitment not in self.signals:
                self._keep(signal)
            return
        self.differences.append(Difference(signal.commitment, signal, self.reading, None))
        if not self.leads:
            self._keep(replace(signal, read_by=self._read_by(None, signal.commitment, signal)))

    def _placed_matches(self) -> Iterator[tuple[ReadMatch, Place]]:
        """The matches that can count, each with the place of its quote."""
        for match in self.reading.matches:
            place = place_of(match.quote, self.document)
            if place is None and self.reading.kind is ReaderKind.PERSON and not match.quote:
                end = max(1, len(self.document.title.text.folded))
                place = Place(self.document.title, Match(0, end, ((0, end),)))
            if match.commitment not in self.rulebook.commitments:
                self.refused.append(RefusedMatch(match, f"there is no commitment {match.commitment!r}"))
            elif place is None:
                self.refused.append(RefusedMatch(match, "its quote is not in the text"))
            else:
                yield match, place

    def _was_asked(self, signal: Signal) -> bool:
        """Whether the reader was asked about a rule's signal: its commitment is in the question and without a refused
        match, the act is not an outside one, and the reader was shown the whole sentence."""
        in_question, name = self.rulebook.reads, signal.commitment
        if in_question and not any(in_family(name, asked) for asked in in_question):
            return False
        refused = (refused.match.commitment for refused in self.refused)
        if any(in_family(name, unsure) for unsure in (*self.reading.unsure, *refused)):
            return False
        if signal.experimental or is_outside(signal, self.rulebook):
            return False
        return signal.field == TITLE or signal.end <= self.reading.summary_read

    def _agrees(self, match: ReadMatch, signal: Signal) -> bool:
        if not self.leads:
            return direction(signal.effect) == direction(match.effect)
        if signal.effect is match.effect:
            return True
        # A model and a firm act of the rules see the same act, and differ only in how far it goes.
        rule = self.rulebook.rules.get(signal.rule)
        firm = rule is not None and not rule.weak
        return self.reading.kind is ReaderKind.MODEL and firm and {signal.effect, match.effect} in DEEDS

    def _keep(self, signal: Signal) -> None:
        """Keep a signal; of two for one commitment, the one whose effect takes precedence."""
        kept = self.signals.get(signal.commitment)
        if kept is None or _RANK[signal.effect] < _RANK[kept.effect]:
            self.signals[signal.commitment] = signal

    def _signal_of(
        self, match: ReadMatch, place: Place, family: Sequence[Signal], other_names: Collection[str]
    ) -> Signal:
        """The signal of a match that no winning act agrees with. other_names: other commitments the reader names."""
        topic = part_meant(self.document, match.commitment, place, self.traced, other_names)
        own = [signal for signal in family if signal.commitment == topic.commitment]
        by = self._read_by(match, topic.commitment, *own)
        presumed = next((signal.presumed for signal in own if signal.presumed), "")
        result = self.traced.get(topic.commitment)
        if result is not None and match.effect is not Effect.NONE and result.rejection is None:
            # The first counting act of the rules with this effect, even if another act took precedence.
            acts = [c for c in result.candidates if c.counts and c.effect is match.effect and not c.act.experimental]
            same = min(acts, key=lambda candidate: candidate.rank_key, default=None)
            if same is not None:
                signal = build_signal(self.document, topic, same.place, match.effect, same.act, same.modality)
                return replace(signal, read_by=by, presumed=presumed)
        modality = modality_of(place, match.effect, self.document)
        act = None
        if match.effect is not Effect.NONE:
            # A stand-in for the act, with the object and terms of an act of its sentence and direction.
            rule, way = f"{topic.commitment}/{_RULE_OF[self.reading.kind]}", direction(match.effect)
            act = ActRule(rule, self.reading.version, None, (), effect=match.effect)
            for candidate in result.candidates if result else ():
                in_sentence = (candidate.place.field, candidate.place.sentence) == (place.field, place.sentence)
                if in_sentence and direction(candidate.effect) == way:
                    own_act = candidate.act
                    act = replace(act, object=own_act.object, stalls=own_act.stalls, terms=own_act.terms)
                    break
        signal = build_signal(self.document, topic, place, match.effect, act, modality)
        turn = self.document.turn_at(place.view, place.sentence)
        # A reporter's question in a transcript is not what its publisher reports.
        is_question = self.reading.kind is ReaderKind.MODEL and turn is not None and turn.is_question
        tier = Tier.AGGREGATOR if is_question else signal.tier
        return replace(signal, read_by=by, tier=tier, presumed=presumed)

    def _read_by(self, match: ReadMatch | None, commitment: str, *rule_signals: Signal) -> tuple[ReadBy, ...]:
        """Who reads a commitment: the rules of these signals, this reader, and the model that a person overruled."""
        rules = (ReadBy(ReaderKind.RULE, s.rule, s.rule_version, s.effect) for s in rule_signals)
        deal = self.rulebook.deal_of(commitment)
        effect = match.effect if match is not None else None
        models = (reads_commitment(model, commitment, effect) for model in self.overruled if model.covers(deal))
        return *rules, as_read_by(self.reading, match), *models


def place_of(quote: str, document: Document) -> Place | None:
    """The place of a quote in the title, else in the summary; None if it is in the matched part of neither."""
    for view in document.views:
        text = view.text
        start = text.raw.find(quote) if quote.strip() else -1
        if start < 0:
            continue
        first, end = text.folded_span(start, start + len(quote))
        if first < end:
            return Place(view, Match(first, end, ((first, end),)))
    return None


def modality_of(place: Place, effect: Effect, document: Document) -> ClauseModality:
    """The modality of a quote's clause, from the words up to its end.

    An effect that the reader takes as done is not hedged: hedging words then belong to something else in the clause.
    """
    span = place.span
    clause = place.view.text.clause_at(span.start)
    end = Match(span.start, span.end, ((span.end - 1, span.end),))
    found = read_modality(place.view, clause, end, document.matcher.cues)
    hedged = found.modality in HEDGES and effect not in OPEN_EFFECTS
    return ClauseModality(found.shift, Modality.NONE if hedged else found.modality, found.cues)


def in_family(commitment: str, named: str) -> bool:
    """Whether a commitment is the named one or a part of it, as `soybeans-annual` is of `soybeans`."""
    return commitment == named or commitment.startswith(f"{named}-")


def part_meant(
    document: Document, named: str, place: Place, results: Mapping[str, MatchResult], other_names: Collection[str] = ()
) -> Topic:
    """The part of the commitment `named` that a place is about. other_names: parts that the reader names itself, so
    they are not meant here.

    1. If the rules find parts in the story: the part in the place's sentence, else the first; the promise before its
       parts.
    2. Else the part that `named` gives way to on words of that sentence or of the title.
    3. Else `named`: a story that names no part counts for the promise.
    """
    topic_of = document.matcher.topic
    family = sorted((name for name in results if in_family(name, named) and name not in other_names), key=len)
    found = [results[name] for name in family if results[name].rejection is None]
    if found:
        spot = (place.field, place.sentence)
        hits = ((result, hit.place) for result in found for hit in result.effective_about)
        here = (result for result, at in hits if (at.field, at.sentence) == spot)
        return topic_of(next(here, found[0]).commitment)
    published = document.story.published_at.date()
    for rule in topic_of(named).gives_way:
        if not in_family(rule.commitment, named) or (rule.since is not None and published < rule.since):
            continue
        for view, sentence in ((place.view, place.sentence), (document.title, None)):
            if document.first_match(view, rule.when, sentence, rule.unless):
                return topic_of(named if rule.commitment in other_names else rule.commitment)
    return topic_of(named)
