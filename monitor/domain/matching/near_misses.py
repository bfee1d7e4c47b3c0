"""Near misses: acts that would have been read but for one clause. It may be a veto, a gap one word too narrow, a
missing group of words, an unmet condition, or a pattern of `about` that is missing.

Near misses never change a signal. They show rule authors where a rule came close.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product
from operator import attrgetter
from typing import TypeAlias

from monitor.domain.matching.document import TITLE, Document, Place
from monitor.domain.matching.match import Candidate, MatchResult, candidate_at, exclusions, rejections, trace
from monitor.domain.matching.partial_match import Mismatch, MismatchKind, mismatches
from monitor.domain.matching.rejections import EXCLUSIONS, Rejection, RejectionKind
from monitor.domain.matching.rules import CompiledPattern, Topic
from monitor.domain.model import Effect
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import Node

Fault: TypeAlias = RejectionKind | MismatchKind

_ALL_WORDS_STAND: tuple[Fault, ...] = (MismatchKind.GAP, MismatchKind.START, MismatchKind.CLAUSE, MismatchKind.ROLES)
"""Faults worth reporting where another act was read too. A missing word says nothing there."""
_USEFUL = (*_ALL_WORDS_STAND, RejectionKind.EXCLUDED, RejectionKind.CONDITION, MismatchKind.ORDER)
_USEFUL += (RejectionKind.YIELDS, RejectionKind.ABOUT_EXCLUDED, RejectionKind.NEVER)
_USEFUL += (MismatchKind.ABOUT, RejectionKind.FRAME, MismatchKind.ROLE, MismatchKind.GROUP)
"""Kinds of fault, those first that most often turn out to be the rule's own."""


@dataclass(frozen=True, slots=True)
class TopicNearMiss:
    """A pattern of `about` that nearly matches. `rare`: the rarest group of its words occurs."""

    commitment: str
    pattern: str
    place: Place
    mismatch: Mismatch
    rare: bool

    @property
    def rank_key(self) -> tuple[bool, bool, bool, int, int, int]:
        """Lower is nearer: gaps and borders before order and missing groups, then by how much of the pattern stands."""
        kind, short = self.mismatch.kind, self.mismatch.short
        parts, letters = len(self.place.span.parts), sum(map(len, self.place.words))
        return kind is MismatchKind.GROUP, kind is MismatchKind.ORDER, not self.rare, short, -parts, -letters


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One act that would have decided a story's effect, and the single cause that prevented it.

    cause: the rejection of the act, or the mismatch of its own pattern or of a pattern of `about`;
    pattern: the act's, as written; effect: the effect the story would have had; new: the number of the act's words that
    do not already make the story concern the commitment.
    """

    rule: str
    cause: Rejection | Mismatch | TopicNearMiss
    pattern: str
    place: Place
    effect: Effect
    new: int

    @property
    def fault(self) -> Fault:
        """The kind of the cause."""
        return MismatchKind.ABOUT if isinstance(self.cause, TopicNearMiss) else self.cause.kind

    @property
    def mismatch(self) -> Mismatch | None:
        """The mismatch of a pattern; None for a rejection."""
        if isinstance(self.cause, Rejection):
            return None
        return self.cause.mismatch if isinstance(self.cause, TopicNearMiss) else self.cause

    @property
    def missing(self) -> Node | None:
        """The missing group of words; None for other faults."""
        return self.mismatch.missing if self.mismatch else None

    @property
    def short(self) -> int:
        """Words by which a gap is too narrow; 0 for other faults."""
        return self.mismatch.short if self.mismatch else 0

    @property
    def rank_key(self) -> tuple[int, bool, int, int]:
        """Lower is more useful to the rule's author."""
        return _USEFUL.index(self.fault), self.place.field != TITLE, self.short, -self.new


def near_misses(document: Document, topic: Topic, result: MatchResult | None = None) -> tuple[NearMiss, ...]:
    """Every act that would have changed a story's effect on a commitment but for one clause, the most useful first; one
    miss an act. `result`: that of `trace` for the commitment; computed here if it is None."""
    if result is None:
        traced = trace(document.story, document.rulebook)
        result = next((r for r in traced if r.commitment == topic.commitment), MatchResult(topic.commitment, ()))
    search = _Search(document, topic, result)
    if not result.about:
        misses = search.without_about()
    elif result.rejection is not None and result.rejection.kind is not RejectionKind.MENTIONED:
        misses = search.of_rejected_story(result.rejection)
    else:
        misses = chain(search.rejected_acts(), search.mismatched_acts())
    best: dict[str, NearMiss] = {}
    for miss in sorted(misses, key=attrgetter("rank_key")):
        best.setdefault(miss.rule, miss)
    return tuple(best.values())


def topic_near_misses(document: Document, topic: Topic, least: int = 2) -> tuple[TopicNearMiss, ...]:
    """The patterns of `about` with `least` groups that nearly match, the nearest first; one miss a pattern."""
    near = []
    for view in document.views:
        for pattern in topic.about(view.name):
            rare = not view.hits.keys().isdisjoint(document.matcher.anchor(pattern))
            for mismatch in mismatches(view, pattern, least):
                place = Place(view, mismatch.span)
                near.append(TopicNearMiss(topic.commitment, pattern.source, place, mismatch, rare))
    best: dict[str, TopicNearMiss] = {}
    for miss in sorted(near, key=attrgetter("rank_key")):
        best.setdefault(miss.pattern, miss)
    return tuple(best.values())


def standing_pattern(candidate: Candidate) -> CompiledPattern | None:
    """The pattern of an act that matched at a candidate's place: several may begin and end there."""
    view, span = candidate.place.view, candidate.place.span
    return next((pattern for pattern in candidate.act.any if span in view.find(pattern.node)), None)


def pattern_at(candidate: Candidate) -> str:
    """The same, as its author wrote it; '' if none matches there."""
    pattern = standing_pattern(candidate)
    return pattern.source if pattern is not None else ""


@dataclass(frozen=True)
class _Search:
    """The search for near misses of one commitment in one story."""

    document: Document
    topic: Topic
    result: MatchResult

    def rejected_acts(self) -> Iterator[NearMiss]:
        """Acts that matched and were rejected once, by a single pattern."""
        for candidate in self.result.candidates:
            rejection = candidate.rejection
            if rejection is None or not self._would_decide(candidate) or len(self._rejections(candidate)) != 1:
                continue
            if rejection.kind is RejectionKind.EXCLUDED:
                place = candidate.place
                if len(list(self.document.first_matches(place.view, candidate.act.excluded, place.sentence))) != 1:
                    continue
            yield _rejected(candidate, rejection)

    def mismatched_acts(self) -> Iterator[NearMiss]:
        """Acts that did not match because of one clause of a pattern.

        The sentence must concern the commitment. If another act was read, one with a missing word would only repeat it.
        """
        silent = self.result.winner is None or self.result.winner.effect is Effect.NONE
        speaking = {(hit.place.field, hit.place.sentence.start) for hit in self.result.effective_about}
        own = {(hit.place.field, part) for hit in self.result.about for part in hit.place.span.parts}
        standing = {candidate.act.rule for candidate in self.result.candidates}
        others = [(act, pattern) for act in self.topic.acts if act.rule not in standing for pattern in act.any]
        for (act, pattern), view in product(others, self.document.views):
            for mismatch in mismatches(view, pattern):
                start = view.text.sentence_at(mismatch.span.start).start
                if view.name != TITLE and (view.name, start) not in speaking:
                    continue
                if not silent and mismatch.kind not in _ALL_WORDS_STAND:
                    continue
                candidate = candidate_at(self.document, self.topic, view, act, mismatch.span)
                if candidate.rejection is None and self._would_decide(candidate):
                    new = sum((view.name, part) not in own for part in mismatch.span.parts)
                    yield NearMiss(act.rule, mismatch, pattern.source, candidate.place, candidate.effect, new)

    def of_rejected_story(self, rejection: Rejection) -> Iterator[NearMiss]:
        """The act that would have been read, had one exclusion, frame or commitment not rejected the story."""
        best = self._best_act(self.document.views, rejection.kind)
        if best is None:
            return
        if rejection.kind in EXCLUSIONS:
            place = best.place
            excluding = list(exclusions(self.document, self.topic, self.document.title, None))
            if place.field != TITLE:
                excluding += exclusions(self.document, self.topic, place.view, place.sentence)
            if len(excluding) != 1:
                return
            rejection = excluding[0]
        yield _rejected(best, rejection)

    def without_about(self) -> Iterator[NearMiss]:
        """An act in a sentence in which a pattern of `about` lacks one clause: the nearest of these patterns. If only
        one of its groups occurs, it must be the rarest."""
        excluding = self.topic.never + self.topic.excluded
        for view in self.document.views:
            best = self._best_act((view,))
            if best is None or self.document.first_match(view, excluding, None) is not None:
                continue
            place = best.place
            for near in topic_near_misses(self.document, self.topic, least=1):
                in_sentence = (near.place.field, near.place.sentence.start) == (place.field, place.sentence.start)
                if in_sentence and (near.rare or near.mismatch.standing > 1):
                    yield NearMiss(best.act.rule, near, pattern_at(best), place, best.effect, len(place.words))
                    break

    def _best_act(self, views: Iterable[FieldView], blame: RejectionKind | None = None) -> Candidate | None:
        """The act that would win, were the story about the commitment and `blame` set aside."""
        standing = (
            candidate_at(self.document, self.topic, view, act, span)
            for view in views
            for act in self.topic.acts
            for _, span in self.document.matches(view, act.any)
        )
        free = (c for c in standing if c.effect is not Effect.NONE and {r.kind for r in self._rejections(c)} <= {blame})
        return min(free, key=attrgetter("rank_key"), default=None)

    def _would_decide(self, candidate: Candidate) -> bool:
        """Whether the story would report another effect, had this candidate counted."""
        winner = self.result.winner
        if winner is None:
            return candidate.effect is not Effect.NONE
        return candidate.rank_key < winner.rank_key and candidate.effect is not winner.effect

    def _rejections(self, candidate: Candidate) -> list[Rejection]:
        return list(rejections(self.document, self.topic, candidate.act, candidate.place))


def _rejected(candidate: Candidate, rejection: Rejection) -> NearMiss:
    new = len(candidate.place.words)
    return NearMiss(candidate.act.rule, rejection, pattern_at(candidate), candidate.place, candidate.effect, new)
