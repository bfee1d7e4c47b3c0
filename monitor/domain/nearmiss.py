"""What would have fired but for one clause: the veto that killed an act, the gap a word too narrow, the missing group
of words, the unmet condition, the words of `about` that did not stand beside an act.

Nothing here changes what a story means; it tells whoever writes rules where a rule came close.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from monitor.domain.matching import Candidate, Judgment, candidate_at, obstacles, trace
from monitor.domain.model import Effect
from monitor.domain.places import Place, place_of
from monitor.domain.reading import TITLE, Reading
from monitor.domain.rules import ActRule, Pattern, Topic, spans_of
from monitor.domain.shortfall import Fault, Shortfall, shortfalls
from monitor.domain.spans import Compiled, Span, View
from monitor.domain.text import Sentence

_USEFUL = (
    Fault.GAP, Fault.START, Fault.CLAUSE, Fault.NONE, Fault.CONDITION, Fault.ALL, Fault.ORDER, Fault.GIVES_WAY,
    Fault.SHUT_OUT, Fault.NEVER, Fault.ABOUT, Fault.FRAME, Fault.GROUP,
)  # fmt: skip
"""Kinds of fault, those first that most often turn out to be the rule's own."""
_EXCLUSIONS = frozenset((Fault.NEVER, Fault.SHUT_OUT))
_TOLD = frozenset((Fault.GAP, Fault.START, Fault.CLAUSE))
"""Faults worth telling where another act was read too: all the words stand. A missing word says nothing there."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One act that would have decided what a story reports, and the one clause that kept it from it.

    clause: the part of the rules at fault, as written; the same for every story that fails at it. words: those of the
    text that stand, or that a veto saw. effect: what the story would have reported. new: how many of the act's words
    are not already those that make the story about the commitment.
    """

    rule: str
    fault: Fault
    clause: str
    detail: str
    pattern: str
    place: Place
    effect: Effect
    words: tuple[str, ...] = ()
    short: int = 0
    new: int = 0
    missing: Compiled | None = None
    """The group of words of which nothing stands, if that is the fault."""

    @property
    def rank(self) -> tuple[int, bool, int, int]:
        """Lower is more useful to whoever wrote the rule."""
        return _USEFUL.index(self.fault), self.place.field != TITLE, self.short, -self.new


@dataclass(frozen=True, slots=True)
class Opening:
    """How a story came near to concerning a commitment: a pattern of `about`, what stands of it and what does not."""

    commitment: str
    pattern: str
    place: Place
    shortfall: Shortfall
    rare: bool
    """The rarest group of the pattern's words stands."""

    @property
    def rank(self) -> tuple[bool, bool, bool, int, int, int]:
        """Lower is nearer: gaps and borders before order and missing groups, then by how much of the pattern stands."""
        letters, short, fault = sum(map(len, self.place.words)), self.shortfall.short, self.shortfall.fault
        parts = len(self.place.span.parts)
        return fault is Fault.GROUP, fault is Fault.ORDER, not self.rare, short, -parts, -letters


def near_misses(reading: Reading, topic: Topic, judgment: Judgment | None = None) -> tuple[NearMiss, ...]:
    """Every act that would have changed what a story reports of a commitment but for one clause, the most useful first;
    one miss an act. `judgment` is what `trace` made of the commitment; worked out here where it is not given."""
    search = _Search(reading, topic, judgment or _judged(reading, topic))
    best: dict[str, NearMiss] = {}
    for miss in sorted(search.all(), key=attrgetter("rank")):
        best.setdefault(miss.rule, miss)
    return tuple(best.values())


def _judged(reading: Reading, topic: Topic) -> Judgment:
    found = trace(reading.story, reading.rulebook)
    return next((one for one in found if one.commitment == topic.commitment), Judgment(topic.commitment, ()))


def openings(reading: Reading, topic: Topic, least: int = 2) -> tuple[Opening, ...]:
    """How near a story comes to concerning a commitment, nearest first; one a pattern, if `least` of its groups
    stand."""
    best: dict[str, Opening] = {}
    found = [
        Opening(
            topic.commitment, p.source, place_of(view, short.span), short, p.number in reading.candidates[view.name]
        )
        for view in reading.views
        for p in topic.about(view.name)
        for short in shortfalls(view, p, least)
    ]
    for opening in sorted(found, key=attrgetter("rank")):
        best.setdefault(opening.pattern, opening)
    return tuple(best.values())


def pattern_at(candidate: Candidate) -> str:
    """The pattern of an act that stands at a candidate's place, as its author wrote it."""
    view, at = candidate.place.view, (candidate.place.span.start, candidate.place.span.end)
    standing = (p.source for p in candidate.act.any if any((s.start, s.end) == at for s in view.find(p.node)))
    return next(standing, "")


@dataclass(frozen=True)
class _Search:
    """The search for near misses of one commitment in one story."""

    reading: Reading
    topic: Topic
    judgment: Judgment

    def all(self) -> list[NearMiss]:
        if not self.judgment.about:
            return list(self._unopened())
        if self.judgment.blocked:
            return list(self._shut_out())
        return [*self._vetoed(), *self._short()]

    # ------------------------------------------------------------ the story concerns the commitment

    def _vetoed(self) -> Iterator[NearMiss]:
        """Acts that stand and were blocked, by one thing alone."""
        for candidate in self.judgment.candidates:
            if candidate.blocked and self._would_decide(candidate) and self._alone(candidate):
                yield self._blocked(candidate, candidate.blocked)

    def _short(self) -> Iterator[NearMiss]:
        """Acts that do not stand, but for one clause of a pattern."""
        standing = {candidate.act.rule for candidate in self.judgment.candidates}
        for act in self.topic.acts:
            if act.rule not in standing:
                for view, pattern in ((view, pattern) for view in self.reading.views for pattern in act.any):
                    for short in shortfalls(view, pattern):
                        if self._counts(view, short):
                            yield from self._close(view, act, pattern, short)

    def _counts(self, view: View, short: Shortfall) -> bool:
        """Whether a shortfall tells anything: its sentence speaks of the commitment, and its act would not only repeat
        in other words what was read."""
        winner = self.judgment.winner
        silent = winner is None or winner.effect is Effect.NONE
        start = view.text.sentence_at(short.span.start).start
        return (silent or short.fault in _TOLD) and (view.name == TITLE or (view.name, start) in self._spoken)

    def _close(self, view: View, act: ActRule, pattern: Pattern, short: Shortfall) -> Iterator[NearMiss]:
        candidate = self.candidate_at(view, act, short.span)
        if not candidate.blocked and self._would_decide(candidate):
            yield NearMiss(
                act.rule, short.fault, short.clause, short.detail, pattern.source, candidate.place, candidate.effect,
                candidate.place.words, short.short, sum(part not in self._own[view.name] for part in short.span.parts),
                short.missing,
            )  # fmt: skip

    @cached_property
    def _spoken(self) -> frozenset[tuple[str, int]]:
        """The sentences that speak of the commitment, by field and start."""
        places = (hit.place for hit in self.judgment.about if not hit.blocked)
        return frozenset((place.field, _sentence(place).start) for place in places)

    @cached_property
    def _own(self) -> dict[str, frozenset[tuple[int, int]]]:
        """The words that make the story about the commitment, by field."""
        return {
            view.name: frozenset(
                part for hit in self.judgment.about if hit.place.field == view.name for part in hit.place.span.parts
            )
            for view in self.reading.views
        }

    # ------------------------------------------------------------ it does not, or was shut out

    def _shut_out(self) -> Iterator[NearMiss]:
        """The act that would have been read, had an exclusion, a frame or another commitment not gone first."""
        fault = _fault_of(self.judgment.blocked)
        best = self._best_act(self.reading.views, fault)
        if best is not None and (fault not in _EXCLUSIONS or len(self._exclusions(best)) == 1):
            yield self._blocked(best, self.judgment.blocked)

    def _unopened(self) -> Iterator[NearMiss]:
        """An act that stands in a sentence where a pattern of `about` lacks one clause."""
        for view in self.reading.views:
            best = self._best_act((view,))
            near = self._nearest_opening(best.place) if best else None
            if (
                best is not None
                and near is not None
                and self._first(view, self.topic.never + self.topic.none, None) is None
            ):
                short = near.shortfall
                yield NearMiss(
                    best.act.rule, Fault.ABOUT, f"about: {short.clause}", f"about {near.pattern}: {short.detail}",
                    pattern_at(best), best.place, best.effect, near.place.words, short.short, len(best.place.words),
                    short.missing,
                )  # fmt: skip

    def _nearest_opening(self, act: Place) -> Opening | None:
        """The pattern of `about` nearest to standing in the sentence of an act. Of one group it must be the rarest."""
        start = _sentence(act).start
        for opening in openings(self.reading, self.topic, least=1):
            telling = opening.rare or opening.shortfall.groups > 1
            if telling and opening.place.field == act.field and _sentence(opening.place).start == start:
                return opening
        return None

    def _best_act(self, views: Iterable[View], blame: Fault | None = None) -> Candidate | None:
        """The act that would win, were the story about the commitment and `blame` set aside."""
        standing = (
            self.candidate_at(view, act, span)
            for view in views
            for act in self.topic.acts
            for _, span in spans_of(view, act.any, self.reading.candidates[view.name])
        )
        free = (c for c in standing if c.effect is not Effect.NONE and self._faults(c) <= {blame})
        return min(free, key=attrgetter("rank"), default=None)

    # ------------------------------------------------------------ what an act would mean, and what stands in its way

    def candidate_at(self, view: View, act: ActRule, span: Span) -> Candidate:
        """An act as the matcher would read it at a place."""
        return candidate_at(self.reading, self.topic, view, act, span, view.text.sentence_at(span.start))

    def _would_decide(self, candidate: Candidate) -> bool:
        """Whether the story would report another effect, had this candidate counted."""
        winner = self.judgment.winner
        if winner is None:
            return candidate.effect is not Effect.NONE
        return candidate.rank < winner.rank and candidate.effect is not winner.effect

    def obstacles(self, candidate: Candidate) -> list[str]:
        place = candidate.place
        found = obstacles(self.reading, self.topic, candidate.act, place, _sentence(place))
        return [reason for reason in found if reason]

    def _faults(self, candidate: Candidate) -> frozenset[Fault]:
        return frozenset(map(_fault_of, self.obstacles(candidate)))

    def _alone(self, candidate: Candidate) -> bool:
        """Whether an act is kept from counting by one reason, and that reason by one pattern."""
        place, sentence = candidate.place, _sentence(candidate.place)
        vetoes = [p for p in candidate.act.none if self._first(place.view, (p,), sentence) is not None]
        single = _fault_of(candidate.blocked) is not Fault.NONE or len(vetoes) == 1
        return single and len(self.obstacles(candidate)) == 1

    def _blocked(self, candidate: Candidate, reason: str) -> NearMiss:
        fault, (_, _, words) = _fault_of(reason), reason.partition(": ")
        seen = tuple(words.split(_BETWEEN)) if words else ()
        if fault is Fault.FRAME:
            seen = frame_words(self.reading, candidate.place, reason)
        return NearMiss(
            candidate.act.rule, fault, self._clause(candidate, fault, reason), reason, pattern_at(candidate),
            candidate.place, candidate.effect, seen, new=len(candidate.place.words),
        )  # fmt: skip

    def _clause(self, candidate: Candidate, fault: Fault, reason: str) -> str:
        """The pattern at fault as written, with the key it stands under; else the reason without the words it saw."""
        view, sentence, found = candidate.place.view, _sentence(candidate.place), None
        if fault is Fault.NONE:
            found = self._first(view, candidate.act.none, sentence)
        elif fault in _EXCLUSIONS:
            found = next(iter(self._exclusions(candidate)), None)
        if found is not None:
            return f"{fault}: {found.source}"
        return reason if fault in (Fault.FRAME, Fault.ALL) else reason.partition(": ")[0]

    def _exclusions(self, candidate: Candidate) -> list[Pattern]:
        """The patterns of `about` that shut out the title, or the sentence of the summary that an act stands in."""
        fields: list[tuple[View, Sentence | None]] = [(self.reading.title, None)]
        if candidate.place.field != TITLE:
            fields.append((candidate.place.view, _sentence(candidate.place)))
        return [
            pattern
            for view, sentence in fields
            for pattern in self.topic.never + self._open_to_exceptions(view, sentence)
            if self._first(view, (pattern,), sentence) is not None
        ]

    def _open_to_exceptions(self, view: View, sentence: Sentence | None) -> tuple[Pattern, ...]:
        return self.topic.none if self._first(view, self.topic.unless, sentence) is None else ()

    def _first(self, view: View, patterns: tuple[Pattern, ...], sentence: Sentence | None) -> Pattern | None:
        found = spans_of(view, patterns, self.reading.candidates[view.name])
        return next((p for p, span in found if sentence is None or sentence.start <= span.start < sentence.end), None)


def _sentence(place: Place) -> Sentence:
    return place.view.text.sentence_at(place.span.start)


# ---------------------------------------------------------------- reasons as the matcher words them

_BETWEEN = " … "
_NAMED = {
    "none": Fault.NONE, "never": Fault.NEVER, "about.none": Fault.SHUT_OUT, "all": Fault.ALL,
    "only_if": Fault.CONDITION, "gives": Fault.GIVES_WAY,
}  # fmt: skip


def frame_words(reading: Reading, place: Place, reason: str) -> tuple[str, ...]:
    """The words by which the frame that a reason names was known; none where no words but a question mark or the turn
    of a reporter made it one."""
    whole = "title" in reason
    view = reading.title if whole else place.view
    named = (frame for frame in reading.matcher.frames if reason.endswith((f" {frame.name}", f"'{frame.name}'")))
    spans = (span for frame in named for span in view.find(frame.words))
    near = (span for span in spans if whole or view.text.sentence_at(span.start) == _sentence(place))
    return next((view.words(span) for span in near), ())


def _fault_of(reason: str) -> Fault:
    """The kind of a reason by its first word; what names none of these is a frame."""
    return _NAMED.get(reason.partition(" ")[0].rstrip(":"), Fault.FRAME)
