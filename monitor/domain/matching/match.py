"""match: a story and a rulebook in, at most one signal a commitment out. Stateless; `trace` is the same with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from monitor.domain.matching.conditions import first_failure
from monitor.domain.matching.document import SHORT_SUMMARY, TITLE, Document, FrameHit, Place, place_of
from monitor.domain.matching.modality import ClauseModality, PolarityShift, effect_of, read_modality
from monitor.domain.matching.rejections import FrameScope, Rejection, RejectionKind
from monitor.domain.matching.rules import ActRule, Rulebook, Topic, Yields
from monitor.domain.matching.signals import build_signal
from monitor.domain.model import EFFECT_PRECEDENCE, Effect, Modality, Signal, Story
from monitor.domain.text.pattern_eval import FieldView, Match
from monitor.domain.text.segments import Sentence

_RANK = {effect: rank for rank, effect in enumerate(EFFECT_PRECEDENCE)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place where an act's pattern stands.

    rejection: why it does not count, None if it does; covered_by: the rule of a longer act that holds all its words and so
    goes before it, '' if there is none.
    """

    act: ActRule
    place: Place
    effect: Effect
    modality: ClauseModality
    subordinate: bool
    rejection: Rejection | None = None
    covered_by: str = ""

    @property
    def counts(self) -> bool:
        return self.rejection is None and not self.covered_by

    @property
    def rank_key(self) -> tuple[bool, int, bool, bool, bool, int, int]:
        """Lower wins: stable rules before experimental, named acts before weak ones, the title before the summary, effects
        before none, the main clause before others, then what a reader must hear of first."""
        return (
            self.act.experimental,
            self._weakness,
            self.place.field != TITLE,
            self.effect is Effect.NONE,
            self.subordinate,
            _RANK[self.effect],
            self.place.span.start,
        )

    @property
    def _weakness(self) -> int:
        """Weak acts come last, but a title's goes before a summary that says no more than what is not so."""
        if self.place.field == TITLE:
            return int(self.act.weak)
        if self.act.weak:
            return 3
        return 2 if self.effect is Effect.NONE else 0


@dataclass(frozen=True, slots=True)
class AboutMatch:
    """One place that makes a story concern a commitment, or would but for `rejection`. `pattern` is as its author wrote it."""

    pattern: str
    place: Place
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What the rules saw in one story for one commitment. Without a signal the story does not concern it: `rejection` says
    why."""

    commitment: str
    about: tuple[AboutMatch, ...]
    candidates: tuple[Candidate, ...] = ()
    winner: Candidate | None = None
    signal: Signal | None = None
    rejection: Rejection | None = None

    @property
    def effective_about(self) -> tuple[AboutMatch, ...]:
        """The places that make the story concern the commitment."""
        return tuple(hit for hit in self.about if hit.rejection is None)


def match(story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
    """What a story reports: at most one signal a commitment, effect NONE where it concerns one and moves nothing."""
    return tuple(result.signal for result in trace(story, rulebook) if result.signal is not None)


def trace(story: Story, rulebook: Rulebook) -> tuple[MatchResult, ...]:
    """Every commitment that a story could concern, with all that was seen, what was rejected and what lost.

    1. Find where the story speaks of each commitment, and whether an exclusion or a frame rejects it.
    2. Let a commitment yield the story to another that it concerns too.
    3. Of what is left read the acts; of what was rejected those alone that weigh on a commitment from outside.
    """
    document = Document(story, rulebook)
    named = document.candidate_commitments
    if not named:
        return ()
    topics = [topic for topic in rulebook.matcher.topics if topic.commitment in named]
    results = {topic.commitment: _about_matches(document, topic) for topic in topics}
    for topic in topics:
        result = results[topic.commitment]
        if result.rejection is None:
            others = {name for name, other in results.items() if other.rejection is None} - {topic.commitment}
            results[topic.commitment] = replace(result, rejection=_yields(document, topic, result, others))
    read = (_read(document, topic, results[topic.commitment]) for topic in topics)
    return tuple(result for result in read if result.about or result.candidates)


# ---------------------------------------------------------------- what a story is about


def _about_matches(document: Document, topic: Topic) -> MatchResult:
    """Where a story speaks of a commitment, and what rejects it as a whole."""
    about = tuple(
        AboutMatch(
            pattern.source, place_of(view, span), _excluded(document, topic, view, view.text.sentence_at(span.start))
        )
        for view in document.views
        for pattern, span in document.matches(view, topic.about(view.name))
    )
    if not about:
        return MatchResult(topic.commitment, (), rejection=Rejection(RejectionKind.NOT_ABOUT))
    rejection = _excluded(document, topic, document.title, None)
    if rejection is None and document.title_frame and all(hit.place.field != TITLE for hit in about):
        rejection = _framed(document.title_frame, FrameScope.STORY)
    if rejection is None and all(hit.rejection for hit in about):
        rejection = about[0].rejection
    return MatchResult(topic.commitment, about, rejection=rejection)


def _excluded(document: Document, topic: Topic, view: FieldView, sentence: Sentence | None) -> Rejection | None:
    """The first exclusion that shuts a sentence (None: the whole field) out, or None."""
    return next(exclusions(document, topic, view, sentence), None)


def exclusions(document: Document, topic: Topic, view: FieldView, sentence: Sentence | None) -> Iterator[Rejection]:
    """Every pattern of `never`, and of `none` without an exception, that stands in a sentence (None: in the whole field)."""
    never = document.first_matches(view, topic.never, sentence)
    yield from (Rejection(RejectionKind.NEVER, pattern, place_of(view, span)) for pattern, span in never)
    none = list(document.first_matches(view, topic.none, sentence))
    if none and document.first_match(view, topic.unless, sentence) is None:
        yield from (Rejection(RejectionKind.ABOUT_NONE, pattern, place_of(view, span)) for pattern, span in none)


def _framed(frame: FrameHit, scope: FrameScope) -> Rejection:
    return Rejection(RejectionKind.FRAME, place=frame.place, frame=frame.name, scope=scope)


def _yields(document: Document, topic: Topic, result: MatchResult, others: set[str]) -> Rejection | None:
    """The words on which one of these other commitments takes the story, or None."""
    fields = {hit.place.field for hit in result.effective_about}
    views = [view for view in document.views if view.name == TITLE or TITLE not in fields]
    for rule in topic.gives_way:
        if rule.commitment in others and (rule.since is None or document.story.published_at.date() >= rule.since):
            for view in views:
                if rejection := _taken(document, rule, view):
                    return rejection
    return None


def _taken(document: Document, rule: Yields, view: FieldView) -> Rejection | None:
    found = document.first_match(view, rule.when, None)
    if found is None or document.first_match(view, rule.unless, None) is not None:
        return None
    pattern, span = found
    return Rejection(RejectionKind.YIELDS, pattern, place_of(view, span), commitment=rule.commitment)


# ---------------------------------------------------------------- what it reports


def _read(document: Document, topic: Topic, result: MatchResult) -> MatchResult:
    """The result with the acts that were read, the winner and the signal."""
    if result.rejection is not None:
        return _from_outside(document, topic, result)
    acts = [act for act in topic.acts if not act.outside]
    candidates = _with_covers(
        [c for view in document.views for c in _candidates(document, topic, view, acts, _scope(document, view, result))]
    )
    winner = min((c for c in candidates if c.counts), key=attrgetter("rank_key"), default=None)
    if winner is None:
        plain = ClauseModality(PolarityShift.PLAIN, Modality.NONE)
        signal = build_signal(document, topic, result.effective_about[0].place, Effect.NONE, None, plain)
    else:
        signal = build_signal(document, topic, winner.place, winner.effect, winner.act, winner.modality)
    return replace(result, candidates=candidates, winner=winner, signal=signal)


def _from_outside(document: Document, topic: Topic, result: MatchResult) -> MatchResult:
    """The result of a story that is not about the commitment, with what its title reports that weighs on it from outside."""
    acts = [act for act in topic.acts if act.outside]
    view = document.title
    found = tuple(_candidates(document, topic, view, acts, frozenset(view.text.sentences)) if acts else ())
    winner = min((c for c in found if c.counts), key=attrgetter("rank_key"), default=None)
    if winner is None:
        return result
    signal = build_signal(document, topic, winner.place, winner.effect, winner.act, winner.modality)
    return replace(result, candidates=found, winner=winner, signal=signal)


def _candidates(
    document: Document, topic: Topic, view: FieldView, acts: Sequence[ActRule], scope: frozenset[Sentence]
) -> Iterator[Candidate]:
    """The places in these sentences where one of the acts stands."""
    for act in acts:
        for _, span in document.matches(view, act.any):
            if view.text.sentence_at(span.start) in scope:
                yield candidate_at(document, topic, view, act, span)


def _with_covers(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """An act all of whose words belong to a longer act says less than that one: "cancel" inside "threatens to cancel"."""
    counted = [candidate for candidate in candidates if candidate.rejection is None]
    return tuple(replace(candidate, covered_by=_longer(candidate, counted)) for candidate in candidates)


def _longer(candidate: Candidate, others: list[Candidate]) -> str:
    own = frozenset(candidate.place.span.parts)
    return next(
        (
            other.act.rule
            for other in others
            if other.act is not candidate.act
            and not other.act.weak
            and other.place.field == candidate.place.field
            and own < frozenset(other.place.span.parts)
        ),
        "",
    )


def _scope(document: Document, view: FieldView, result: MatchResult) -> frozenset[Sentence]:
    """The sentences whose acts are about the commitment: all of the title; of a summary those that speak of it and
    the one after each, or all of a short one under a title that speaks of it; of a document the whole turn that speaks
    of it, and the answer to a question that does."""
    sentences = view.text.sentences
    if view.name == TITLE:
        return frozenset(sentences)
    hits = result.effective_about
    if len(sentences) <= SHORT_SUMMARY and any(hit.place.field == TITLE for hit in hits):
        return frozenset(sentences)
    spoken = {hit.place.sentence for hit in hits if hit.place.field == view.name}
    if document.speaker_turns:
        return document.with_answers(view, spoken)
    after = (following for sentence, following in pairwise(sentences) if sentence in spoken)
    return frozenset(spoken) | frozenset(after)


def candidate_at(document: Document, topic: Topic, view: FieldView, act: ActRule, span: Match) -> Candidate:
    """An act as it is read at one place, with the first reason why it does not count."""
    clause = view.text.clause_at(span.start)
    modality = read_modality(view, clause, span, document.matcher.cues)
    effect = act.effect if act.polarity is None else effect_of(act.polarity, modality)
    place = place_of(view, span)
    rejection = next(rejections(document, topic, act, place), None)
    return Candidate(act, place, effect, modality, clause.subordinate, rejection)


def rejections(document: Document, topic: Topic, act: ActRule, place: Place) -> Iterator[Rejection]:
    """Every reason why an act at a place does not count, at most one of each kind and scope: the title's frame, the frame of
    its sentence, an exclusion of `about`, a veto of its own, a condition."""
    view, sentence = place.view, place.sentence
    if view.name != TITLE and document.title_frame:
        yield _framed(document.title_frame, FrameScope.TITLE)
    if frame := document.frame_at(view, place.span.start):
        yield _framed(frame, FrameScope.SENTENCE)
    if view.name != TITLE and (excluded := _excluded(document, topic, view, sentence)):
        yield excluded
    veto = document.first_match(view, act.none, sentence)
    if veto is not None and document.first_match(view, act.unless, sentence) is None:
        yield Rejection(RejectionKind.NONE, veto[0], place_of(view, veto[1]))
    if failed := first_failure(act.only, document, place):
        yield Rejection(RejectionKind.CONDITION, condition=failed)
