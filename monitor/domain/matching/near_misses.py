"""What would have fired but for one clause: the veto that killed an act, the gap a word too narrow, the missing group
of words, the unmet condition, the words of `about` that did not stand beside an act.

Nothing here changes what a story means; it tells whoever writes rules where a rule came close.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TypeAlias

from monitor.domain.matching.document import TITLE, Document, Place, place_of
from monitor.domain.matching.match import Candidate, MatchResult, candidate_at, exclusions, rejections, trace
from monitor.domain.matching.partial_match import Mismatch, MismatchKind, mismatches
from monitor.domain.matching.rejections import EXCLUSIONS, Rejection, RejectionKind
from monitor.domain.matching.rules import ActRule, Topic
from monitor.domain.model import Effect
from monitor.domain.text.pattern_eval import CompiledNode, FieldView

Fault: TypeAlias = RejectionKind | MismatchKind

_USEFUL: tuple[Fault, ...] = (
    MismatchKind.GAP,
    MismatchKind.START,
    MismatchKind.CLAUSE,
    RejectionKind.NONE,
    RejectionKind.CONDITION,
    MismatchKind.ORDER,
    RejectionKind.YIELDS,
    RejectionKind.ABOUT_NONE,
    RejectionKind.NEVER,
    MismatchKind.ABOUT,
    RejectionKind.FRAME,
    MismatchKind.GROUP,
)
"""Kinds of fault, those first that most often turn out to be the rule's own."""
_ALL_WORDS_STAND = frozenset((MismatchKind.GAP, MismatchKind.START, MismatchKind.CLAUSE))
"""Faults worth reporting where another act was read too. A missing word says nothing there."""


@dataclass(frozen=True, slots=True)
class TopicNearMiss:
    """How a story came near to concerning a commitment: a pattern of `about`, what stands of it and what does not.
    `rare`: the rarest group of the pattern's words stands."""

    commitment: str
    pattern: str
    place: Place
    mismatch: Mismatch
    rare: bool

    @property
    def rank_key(self) -> tuple[bool, bool, bool, int, int, int]:
        """Lower is nearer: gaps and borders before order and missing groups, then by how much of the pattern stands."""
        kind, letters = self.mismatch.kind, sum(map(len, self.place.words))
        parts = len(self.place.span.parts)
        return (
            kind is MismatchKind.GROUP,
            kind is MismatchKind.ORDER,
            not self.rare,
            self.mismatch.short,
            -parts,
            -letters,
        )


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One act that would have decided what a story reports, and the one thing that kept it from it.

    cause: what rejected the act, what its own pattern lacks, or what a pattern of `about` lacks beside it;
    pattern: the act's, as written; effect: what the story would have reported; new: how many of the act's words are not
    already those that make the story about the commitment.
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
        """What a pattern lacks; None for a rejection."""
        if isinstance(self.cause, Rejection):
            return None
        return self.cause.mismatch if isinstance(self.cause, TopicNearMiss) else self.cause

    @property
    def missing(self) -> CompiledNode | None:
        """The group of words of which nothing stands, if that is the fault."""
        return self.mismatch.missing if self.mismatch else None

    @property
    def short(self) -> int:
        """Words by which a gap is too narrow; 0 for other faults."""
        return self.mismatch.short if self.mismatch else 0

    @property
    def rank_key(self) -> tuple[int, bool, int, int]:
        """Lower is more useful to whoever wrote the rule."""
        return _USEFUL.index(self.fault), self.place.field != TITLE, self.short, -self.new


def near_misses(document: Document, topic: Topic, result: MatchResult | None = None) -> tuple[NearMiss, ...]:
    """Every act that would have changed what a story reports of a commitment but for one clause, the most useful first;
    one miss an act. `result` is what `trace` made of the commitment; computed here if it is None."""
    if result is None:
        traced = trace(document.story, document.rulebook)
        result = next((one for one in traced if one.commitment == topic.commitment), MatchResult(topic.commitment, ()))
    best: dict[str, NearMiss] = {}
    for miss in sorted(_Search(document, topic, result).all(), key=attrgetter("rank_key")):
        best.setdefault(miss.rule, miss)
    return tuple(best.values())


def topic_near_misses(document: Document, topic: Topic, least: int = 2) -> tuple[TopicNearMiss, ...]:
    """How near a story comes to concerning a commitment, nearest first; one a pattern, if `least` of its groups
    stand."""
    found = [
        TopicNearMiss(
            topic.commitment,
            pattern.source,
            place_of(view, mismatch.span),
            mismatch,
            pattern.number in document.candidates[view.name],
        )
        for view in document.views
        for pattern in topic.about(view.name)
        for mismatch in mismatches(view, pattern, least)
    ]
    best: dict[str, TopicNearMiss] = {}
    for near in sorted(found, key=attrgetter("rank_key")):
        best.setdefault(near.pattern, near)
    return tuple(best.values())


def pattern_at(candidate: Candidate) -> str:
    """The pattern of an act that stands at a candidate's place, as its author wrote it."""
    view, at = candidate.place.view, (candidate.place.span.start, candidate.place.span.end)
    standing = (p.source for p in candidate.act.any if any((s.start, s.end) == at for s in view.find(p.node)))
    return next(standing, "")


@dataclass(frozen=True)
class _Search:
    """The search for near misses of one commitment in one story."""

    document: Document
    topic: Topic
    result: MatchResult

    def all(self) -> list[NearMiss]:
        if not self.result.about:
            return list(self._without_about())
        if self.result.rejection is not None:
            return list(self._rejected_story(self.result.rejection))
        return [*self._rejected_acts(), *self._mismatched_acts()]

    # ------------------------------------------------------------ the story concerns the commitment

    def _rejected_acts(self) -> Iterator[NearMiss]:
        """Acts that stand and were rejected, by one thing alone: one rejection, and that by one pattern."""
        for candidate in self.result.candidates:
            if candidate.rejection is None or not self._would_decide(candidate):
                continue
            place, act = candidate.place, candidate.act
            vetoes = self.document.first_matches(place.view, act.none, place.sentence)
            single = candidate.rejection.kind is not RejectionKind.NONE or len(list(vetoes)) == 1
            if single and len(self._rejections(candidate)) == 1:
                yield _rejected(candidate, candidate.rejection)

    def _mismatched_acts(self) -> Iterator[NearMiss]:
        """Acts that do not stand, but for one clause of a pattern."""
        standing = {candidate.act.rule for candidate in self.result.candidates}
        for act in self.topic.acts:
            if act.rule not in standing:
                for view, pattern in ((view, pattern) for view in self.document.views for pattern in act.any):
                    for mismatch in mismatches(view, pattern):
                        if self._tells(view, mismatch):
                            yield from self._mismatched(view, act, pattern.source, mismatch)

    def _tells(self, view: FieldView, mismatch: Mismatch) -> bool:
        """Whether a mismatch tells anything: its sentence speaks of the commitment, and its act would not only repeat
        in other words what was read."""
        winner = self.result.winner
        silent = winner is None or winner.effect is Effect.NONE
        start = view.text.sentence_at(mismatch.span.start).start
        return (silent or mismatch.kind in _ALL_WORDS_STAND) and (
            view.name == TITLE or (view.name, start) in self._spoken
        )

    def _mismatched(self, view: FieldView, act: ActRule, pattern: str, mismatch: Mismatch) -> Iterator[NearMiss]:
        candidate = candidate_at(self.document, self.topic, view, act, mismatch.span)
        if candidate.rejection is None and self._would_decide(candidate):
            new = sum(part not in self._own[view.name] for part in mismatch.span.parts)
            yield NearMiss(act.rule, mismatch, pattern, candidate.place, candidate.effect, new)

    @cached_property
    def _spoken(self) -> frozenset[tuple[str, int]]:
        """The sentences that speak of the commitment, by field and start."""
        return frozenset((hit.place.field, hit.place.sentence.start) for hit in self.result.effective_about)

    @cached_property
    def _own(self) -> dict[str, frozenset[tuple[int, int]]]:
        """The words that make the story about the commitment, by field."""
        return {
            view.name: frozenset(
                part for hit in self.result.about if hit.place.field == view.name for part in hit.place.span.parts
            )
            for view in self.document.views
        }

    # ------------------------------------------------------------ it does not, or was rejected

    def _rejected_story(self, rejection: Rejection) -> Iterator[NearMiss]:
        """The act that would have been read, had an exclusion, a frame or another commitment not gone first."""
        best = self._best_act(self.document.views, rejection.kind)
        if best is None:
            return
        if rejection.kind not in EXCLUSIONS:
            yield _rejected(best, rejection)
        elif len(found := self._exclusions(best.place)) == 1:
            yield _rejected(best, found[0])

    def _exclusions(self, place: Place) -> list[Rejection]:
        """The patterns of `about` that shut out the title, or the sentence of the summary that an act stands in."""
        found = list(exclusions(self.document, self.topic, self.document.title, None))
        if place.field != TITLE:
            found += exclusions(self.document, self.topic, place.view, place.sentence)
        return found

    def _without_about(self) -> Iterator[NearMiss]:
        """An act that stands in a sentence where a pattern of `about` lacks one clause."""
        excluding = self.topic.never + self.topic.none
        for view in self.document.views:
            best = self._best_act((view,))
            near = self._nearest_about(best.place) if best else None
            if best and near and self.document.first_match(view, excluding, None) is None:
                new = len(best.place.words)
                yield NearMiss(best.act.rule, near, pattern_at(best), best.place, best.effect, new)

    def _nearest_about(self, act: Place) -> TopicNearMiss | None:
        """The pattern of `about` nearest to standing in the sentence of an act. Of one group it must be the rarest."""
        for near in topic_near_misses(self.document, self.topic, least=1):
            telling = near.rare or near.mismatch.standing > 1
            if telling and near.place.field == act.field and near.place.sentence.start == act.sentence.start:
                return near
        return None

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

    # ------------------------------------------------------------ what an act would mean, and what stands in its way

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
