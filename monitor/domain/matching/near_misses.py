"""Near misses: acts that would have been read but for one clause. It may be a veto, a gap one word too narrow, a
missing group of words, an unmet condition, or a pattern of `about` that is missing.

Near misses never change a signal. They show rule authors where a rule came close. A mismatch is computed from the
compiled pattern: the matcher evaluates it again with one link wider or one group left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, product
from operator import attrgetter
from typing import NamedTuple, TypeAlias, TypeVar

from monitor.domain.matching.document import TITLE, Document, Place
from monitor.domain.matching.match import (
    EXCLUSIONS,
    Candidate,
    MatchResult,
    Rejection,
    RejectionKind,
    candidate_at,
    exclusions,
    rejections,
    trace,
)
from monitor.domain.matching.rules import CompiledPattern, Topic
from monitor.domain.model import Effect
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.pattern_syntax import written_groups, written_parts
from monitor.domain.text.patterns import AtStart, Head, InOrder, Link, Node, Reach, RoleFrame, Together
from monitor.domain.text.segments import WORD_COST, Match, Sentence

MAX_WORDS_SHORT = 3
"""A gap at most this many words too narrow is a near miss. An estimate: a wider one mostly joins unrelated words."""
FRAME_SEPARATOR = " · "
"""Between the roles of a frame in the text of its pattern: "event {buy} · agent {cn}"."""
_ROOM = 10
"""Words allowed in place of a missing group, in addition to the gaps around it. An estimate."""


class MismatchKind(StrEnum):
    """Why a pattern fails. The values are those of `fault` in the JSON of near misses."""

    GAP = "gap"
    START = "start"
    CLAUSE = "clause"
    ORDER = "order"
    GROUP = "group"
    ROLE = "role"
    """Of a frame: its event or one of its roles is missing in the sentence."""
    ROLES = "roles"
    """Of a frame: all parts are in the sentence, but in no valid order or window."""
    ABOUT = "about"
    """Of an act that matches: a pattern of `about` is missing."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why a pattern fails although nearly all of it matches.

    clause: the part at fault, as written; groups: the groups at fault, as written; span: the place of the rest.
    Of a gap: it allows `allowed` words (None: its groups must adjoin) and has `found`, which is `short` too many.
    Of an order: `stands_after` is whether the first group comes after the second.
    Of a missing group: `missing` is the group; `standing` is the number of groups that occur.
    """

    kind: MismatchKind
    clause: str
    groups: tuple[str, ...]
    span: Match
    allowed: int | None = None
    found: int = 0
    short: int = 0
    stands_after: bool = False
    missing: Node | None = None
    standing: int = 2


# ---------------------------------------------------------------- near misses


Fault: TypeAlias = RejectionKind | MismatchKind
_ALL_WORDS_STAND: tuple[Fault, ...] = (MismatchKind.GAP, MismatchKind.START, MismatchKind.CLAUSE, MismatchKind.ROLES)
"""Faults worth reporting where another act was read too. A missing word says nothing there."""
_USEFUL = (*_ALL_WORDS_STAND, RejectionKind.EXCLUDED, RejectionKind.CONDITION, RejectionKind.ACTOR, MismatchKind.ORDER)
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
    """One act that would have decided a story's effect, and the single cause that prevented it. cause: the rejection of
    the act, or the mismatch of its own pattern or of a pattern of `about`; pattern: the act's, as written; effect: the
    effect the story would have had; new: the number of the act's words that do not already make the story concern the
    commitment."""

    rule: str
    cause: Rejection | Mismatch | TopicNearMiss
    pattern: str
    place: Place
    effect: Effect
    new: int

    @property
    def fault(self) -> Fault:
        return MismatchKind.ABOUT if isinstance(self.cause, TopicNearMiss) else self.cause.kind

    @property
    def mismatch(self) -> Mismatch | None:
        """The mismatch of a pattern; None for a rejection."""
        if isinstance(self.cause, Rejection):
            return None
        return self.cause.mismatch if isinstance(self.cause, TopicNearMiss) else self.cause

    @property
    def short(self) -> int:
        """Words by which a gap is too narrow; 0 for other faults."""
        return self.mismatch.short if self.mismatch else 0

    @property
    def rank_key(self) -> tuple[int, bool, int, int]:
        """Lower is more useful to the rule's author."""
        return _USEFUL.index(self.fault), self.place.field != TITLE, self.short, -self.new


Ranked = TypeVar("Ranked", NearMiss, TopicNearMiss)


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
    return _best(misses, lambda miss: miss.rule)


def topic_near_misses(document: Document, topic: Topic, least: int = 2) -> tuple[TopicNearMiss, ...]:
    """The patterns of `about` with `least` groups that nearly match, the nearest first; one miss a pattern."""
    near = []
    for view in document.views:
        for pattern in topic.about(view.name):
            # The first group is the rarest: the pattern matches nothing without one of its phrases.
            rare = not view.hits.keys().isdisjoint(pattern.node.rarest)
            for mismatch in mismatches(view, pattern, least):
                place = Place(view, mismatch.span)
                near.append(TopicNearMiss(topic.commitment, pattern.source, place, mismatch, rare))
    return _best(near, lambda miss: miss.pattern)


def _best(misses: Iterable[Ranked], key: Callable[[Ranked], str]) -> tuple[Ranked, ...]:
    """The best miss of each key, in order of rank."""
    best: dict[str, Ranked] = {}
    for miss in sorted(misses, key=attrgetter("rank_key")):
        best.setdefault(key(miss), miss)
    return tuple(best.values())


def standing_pattern(candidate: Candidate) -> CompiledPattern | None:
    """The pattern of an act that matched at a candidate's place: several may begin and end there."""
    view, span = candidate.place.view, candidate.place.span
    return next((pattern for pattern in candidate.act.any if span in view.find(pattern.node)), None)


@dataclass(frozen=True)
class _Search:
    """The search for near misses of one commitment in one story."""

    document: Document
    topic: Topic
    result: MatchResult

    def rejected_acts(self) -> Iterator[NearMiss]:
        """Acts that matched and were rejected once, by a single pattern."""
        for candidate in self.result.candidates:
            rejection, place = candidate.rejection, candidate.place
            if rejection is None or not self._would_decide(candidate):
                continue
            if len(list(rejections(self.document, self.topic, candidate.act, place))) != 1:
                continue
            excluding = list(self.document.first_matches(place.view, candidate.act.excluded, place.sentence))
            if rejection.kind is not RejectionKind.EXCLUDED or len(excluding) == 1:
                yield _miss(candidate, rejection)

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
            excluding = list(exclusions(self.document, self.topic, self.document.title, None))
            if best.place.field != TITLE:
                excluding += exclusions(self.document, self.topic, best.place.view, best.place.sentence)
            if len(excluding) != 1:
                return
            rejection = excluding[0]
        yield _miss(best, rejection)

    def without_about(self) -> Iterator[NearMiss]:
        """An act in a sentence in which a pattern of `about` lacks one clause: the nearest of these patterns. If only
        one of its groups occurs, it must be the rarest."""
        excluding = self.topic.never + self.topic.excluded
        for view in self.document.views:
            best = self._best_act((view,))
            if best is None or self.document.first_match(view, excluding, None) is not None:
                continue
            at = (best.place.field, best.place.sentence.start)
            for near in topic_near_misses(self.document, self.topic, least=1):
                in_sentence = (near.place.field, near.place.sentence.start) == at
                if in_sentence and (near.rare or near.mismatch.standing > 1):
                    yield _miss(best, near)
                    break

    def _best_act(self, views: Iterable[FieldView], blame: RejectionKind | None = None) -> Candidate | None:
        """The act that would win, were the story about the commitment and `blame` set aside."""
        standing = (
            candidate_at(self.document, self.topic, view, act, span)
            for view in views
            for act in self.topic.acts
            for _, span in self.document.matches(view, act.any)
        )
        free = []
        for candidate in standing:
            against = rejections(self.document, self.topic, candidate.act, candidate.place)
            if candidate.effect is not Effect.NONE and {rejection.kind for rejection in against} <= {blame}:
                free.append(candidate)
        return min(free, key=attrgetter("rank_key"), default=None)

    def _would_decide(self, candidate: Candidate) -> bool:
        """Whether the story would report another effect, had this candidate counted."""
        winner = self.result.winner
        if winner is None:
            return candidate.effect is not Effect.NONE
        return candidate.rank_key < winner.rank_key and candidate.effect is not winner.effect


def _miss(candidate: Candidate, cause: Rejection | TopicNearMiss) -> NearMiss:
    pattern, place = standing_pattern(candidate), candidate.place
    return NearMiss(
        candidate.act.rule, cause, pattern.source if pattern else "", place, candidate.effect, len(place.words)
    )


# ---------------------------------------------------------------- mismatches


def mismatches(view: FieldView, pattern: CompiledPattern, least: int = 2) -> Iterator[Mismatch]:
    """Every place of a field where the pattern fails because of one of its clauses. Empty if more than one is at fault,
    if fewer than `least` of its groups occur, and for patterns of a single group."""
    node = pattern.node
    if isinstance(node, RoleFrame):
        yield from _frame_mismatches(view, node, pattern.source, least)
        return
    if isinstance(node, Together):
        yield from _incomplete(view, node, pattern.source, least)
        return
    names = written_groups(pattern.source)
    if isinstance(node, AtStart):
        for span in view.find(node.inner):
            if not view.text.is_clause_start(span.start):
                yield Mismatch(MismatchKind.START, "^", names[:1], span)
        node = node.inner
    while isinstance(node, Head):
        node = node.inner
    if not isinstance(node, InOrder) or len(node.parts) != len(names):
        return
    missing = [number for number, part in enumerate(node.parts) if not view.find(part)]
    if not missing:
        far = list(_too_far(view, node, names))
        yield from far or _misplaced(view, node, names)
    elif len(missing) == 1 and len(node.parts) > least:
        number = missing[0]
        name, part = names[number], node.parts[number]
        # Words in a pattern belong to one language, and a text in the other never contains them. A set may have both.
        other_script = any(map(is_unspaced, name)) is not any(map(is_unspaced, view.text.raw))
        if "{" in name or not other_script:
            for span in _without(view, node, number):
                yield Mismatch(MismatchKind.GROUP, name, (name,), span, missing=part, standing=len(node.parts) - 1)


class PatternPart(NamedTuple):
    """The event or a role of a frame, or a part of `a + b`, which has no name: its text as written, its nodes, and its
    places in a sentence."""

    name: str
    written: str
    nodes: tuple[Node, ...]
    places: list[Match]


def pattern_parts(view: FieldView, node: Node, source: str, sentence: Sentence) -> list[PatternPart]:
    """The event and the roles of a frame, or the parts of `a + b`, with their places in a sentence; none of others."""
    named: list[tuple[str, str, tuple[Node, ...]]] = []
    if isinstance(node, RoleFrame):
        written = dict(part.split(" ", 1) for part in source.split(FRAME_SEPARATOR) if " " in part)
        roles = (("event", node.events), *((name, (role,)) for name, role in node.roles))
        named = [(name, written.get(name, ""), nodes) for name, nodes in roles]
    elif isinstance(node, Together):
        texts = written_parts(source)
        known = len(texts) == len(node.parts)  # a set of one entry hides its parts
        named = [("", text, (part,)) for text, part in zip(texts, node.parts, strict=True)] if known else []
    parts = []
    for name, text, nodes in named:
        found = [match for part in nodes for match in view.find(part)]
        places = [match for match in found if sentence.start <= match.start and match.end <= sentence.end]
        parts.append(PatternPart(name, text, nodes, places))
    return parts


def _incomplete(view: FieldView, node: Together, source: str, least: int) -> Iterator[Mismatch]:
    """Each sentence in which one part of `a + b` is missing."""
    for sentence in view.text.sentences if not view.find(node) else ():
        parts = pattern_parts(view, node, source, sentence)
        standing = [part.places[0] for part in parts if part.places]
        if len(standing) == len(parts) - 1 >= least:
            (lacking,) = (part for part in parts if not part.places)
            span, missing = standing[0].merged(*standing[1:]), lacking.nodes[0]
            name = lacking.written
            yield Mismatch(MismatchKind.GROUP, name, (name,), span, missing=missing, standing=len(standing))


def _frame_mismatches(view: FieldView, node: RoleFrame, source: str, least: int) -> Iterator[Mismatch]:
    """Each sentence in which one role of a frame is missing, or all of them are in no valid order."""
    if not node.roles or view.find(node):
        return
    for sentence in view.text.sentences:
        parts = pattern_parts(view, node, source, sentence)
        standing = [part.places[0] for part in parts if part.places]
        if len(standing) < max(1, least, len(parts) - 1):
            continue
        groups = tuple(f"{part.name} {part.written}" for part in parts)
        span = standing[0].merged(*standing[1:])
        lacking = [number for number, part in enumerate(parts) if not part.places]
        if not lacking:
            yield Mismatch(MismatchKind.ROLES, FRAME_SEPARATOR.join(groups), groups, span)
        for number in lacking:
            name, missing = groups[number], parts[number].nodes[0]
            yield Mismatch(MismatchKind.ROLE, name, (name,), span, missing=missing, standing=len(standing))


def _too_far(view: FieldView, node: InOrder, names: tuple[str, ...]) -> Iterator[Mismatch]:
    """Neighbouring groups that only a wider link joins: more words between them, or a clause border."""
    for number, link in enumerate(node.links):
        match link.reach:
            case Reach.WORDS:
                wider, sign = replace(link, words=link.words + MAX_WORDS_SHORT), f"..{link.words} "
            case Reach.ADJACENT:
                wider, sign = Link(Reach.WORDS, MAX_WORDS_SHORT), ""
            case Reach.CLAUSE:
                wider, sign = Link(Reach.SENTENCE, either=link.either), "... "
            case Reach.SENTENCE:
                continue
        if link.either:
            sign = "~near " if link.reach is Reach.WORDS else "~clause "
        groups = names[number : number + 2]
        clause = f"{groups[0]} {sign}{groups[1]}"
        links = (*node.links[:number], wider, *node.links[number + 1 :])
        # A key of its own for each change to a node. The compiler numbers upwards from 1, so no other key is below 0.
        for span in view.find(replace(node, links=links).numbered(-(node.key * 256 + 128 + number), node.groups)):
            if link.reach is Reach.CLAUSE:
                if len({view.text.clause_at(start) for start, _ in span.parts}) > 1:
                    yield Mismatch(MismatchKind.CLAUSE, clause, groups, span)
                continue
            distance = _distance(view, node, number, span)
            short = -(-(distance - link.words * WORD_COST) // WORD_COST)
            if short > 0:
                allowed = None if link.reach is Reach.ADJACENT else link.words
                yield Mismatch(MismatchKind.GAP, clause, groups, span, allowed, -(-distance // WORD_COST), short)


def _distance(view: FieldView, node: InOrder, number: int, span: Match) -> int:
    """Half words between two neighbouring parts: the smallest distance over the limit of their link, or the limit."""
    lefts, rights = (
        [inner for inner in view.find(part) if span.start <= inner.start and inner.end <= span.end]
        for part in node.parts[number : number + 2]
    )
    limit = node.links[number].words * WORD_COST
    distances = []
    for left in lefts:
        for right in rights:
            start, end = left.end, right.start
            if node.links[number].either:
                start, end = min(left.end, right.end), max(left.start, right.start)
            if start <= end:
                distances.append(view.text.distance(start, end))
    return min((distance for distance in distances if distance > limit), default=limit)


def _misplaced(view: FieldView, node: InOrder, names: tuple[str, ...]) -> Iterator[Mismatch]:
    """One group of the pattern is in the sentence, but on the wrong side of its neighbours."""
    for number, name in enumerate(names if len(node.parts) > 1 else ()):
        others = names[:number] + names[number + 1 :]
        for span in _without(view, node, number):
            sentence = view.text.sentence_at(span.start)
            for part in view.find(node.parts[number]):
                if not sentence.start <= part.start < sentence.end or part.end > sentence.end:
                    continue
                if number < len(others) and part.start >= span.end:
                    yield Mismatch(MismatchKind.ORDER, name, (name, others[number]), span, stands_after=True)
                elif number > 0 and part.end <= span.start:
                    yield Mismatch(MismatchKind.ORDER, name, (name, others[number - 1]), span)


def _without(view: FieldView, node: InOrder, number: int) -> list[Match]:
    """The places where the pattern matches without one of its parts."""
    parts = node.parts[:number] + node.parts[number + 1 :]
    if len(parts) == 1:
        return view.find(parts[0])
    links = node.links[1:] if number == 0 else node.links[: number - 1]
    if 0 < number < len(node.links):
        left, right = node.links[number - 1 : number + 1]
        bridge = Link(Reach.WORDS, left.words + right.words + _ROOM)
        for reach in (Reach.CLAUSE, Reach.SENTENCE):  # the wider of the two comes last
            if reach in (left.reach, right.reach):
                bridge = Link(reach)
        links = (*links, bridge, *node.links[number + 1 :])
    return view.find(InOrder(parts, links).numbered(-(node.key * 256 + 127 - number), ()))
