"""How firmly a clause speaks, and what that makes of an act: polarity and mood give the effect.

This is the one table of its kind. A rule says what an act is in itself ("buys" is good, "bans" is bad); whether it is
rumoured, planned, denied, negated or stopped is read from the words that stand before it in its clause.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.model import Effect, Modality
from monitor.domain.spans import Compiled, Span, View
from monitor.domain.text import WORD_COST, Clause


class Polarity(StrEnum):
    """What an act is for its commitment when it is simply done."""

    GOOD = "good"
    DONE = "done"
    BAD = "bad"
    BREAK = "break"
    THREAT = "threat"
    PLEDGE = "pledge"
    DEADLINE = "deadline"


class Mark(StrEnum):
    """Kinds of words that change how an act is meant; the keys of `modality` in the vocabulary."""

    RUMOUR = "rumour"
    PLAN = "plan"
    UNDER_WAY = "under_way"
    FORMAL = "formal"
    DONE = "done"
    NEGATION = "negation"
    DENIAL = "denial"
    STOP = "stop"
    EASE = "ease"
    """Like a stop for a bad act; a good one is not stopped by being eased ("eases exports", 放宽)."""
    PLAIN = "plain"
    """No mark itself: what looks like one inside such words is none ("a trip to Beijing", "in May")."""


class Turn(StrEnum):
    """What the words around an act do to it."""

    PLAIN = "plain"
    HEDGED = "hedged"
    NEGATED = "negated"
    DENIED = "denied"
    STOPPED = "stopped"
    STOP_HEDGED = "stop hedged"
    STOP_DENIED = "stop denied"


_LADDER = {
    Mark.RUMOUR: Modality.RUMOUR,
    Mark.PLAN: Modality.PLAN,
    Mark.UNDER_WAY: Modality.UNDER_WAY,
    Mark.FORMAL: Modality.FORMAL,
    Mark.DONE: Modality.DONE,
}
HEDGES = frozenset({Modality.RUMOUR, Modality.PLAN})

_E = Effect
EFFECTS: Mapping[Polarity, Mapping[Turn, Effect]] = {
    Polarity.GOOD: {
        Turn.PLAIN: _E.PROGRESS, Turn.HEDGED: _E.PLEDGE, Turn.NEGATED: _E.SETBACK, Turn.DENIED: _E.SETBACK,
        Turn.STOPPED: _E.SETBACK, Turn.STOP_HEDGED: _E.THREAT, Turn.STOP_DENIED: _E.NONE,
    },
    Polarity.DONE: {
        Turn.PLAIN: _E.DELIVERED, Turn.HEDGED: _E.PLEDGE, Turn.NEGATED: _E.SETBACK, Turn.DENIED: _E.SETBACK,
        Turn.STOPPED: _E.DELIVERED, Turn.STOP_HEDGED: _E.PLEDGE, Turn.STOP_DENIED: _E.NONE,
    },
    Polarity.BAD: {
        Turn.PLAIN: _E.SETBACK, Turn.HEDGED: _E.THREAT, Turn.NEGATED: _E.NONE, Turn.DENIED: _E.NONE,
        Turn.STOPPED: _E.PROGRESS, Turn.STOP_HEDGED: _E.PLEDGE, Turn.STOP_DENIED: _E.SETBACK,
    },
    Polarity.BREAK: {
        Turn.PLAIN: _E.BREACH, Turn.HEDGED: _E.THREAT, Turn.NEGATED: _E.NONE, Turn.DENIED: _E.NONE,
        Turn.STOPPED: _E.PROGRESS, Turn.STOP_HEDGED: _E.PLEDGE, Turn.STOP_DENIED: _E.SETBACK,
    },
    Polarity.THREAT: {
        Turn.PLAIN: _E.THREAT, Turn.HEDGED: _E.THREAT, Turn.NEGATED: _E.NONE, Turn.DENIED: _E.NONE,
        Turn.STOPPED: _E.NONE, Turn.STOP_HEDGED: _E.NONE, Turn.STOP_DENIED: _E.THREAT,
    },
    Polarity.PLEDGE: {
        Turn.PLAIN: _E.PLEDGE, Turn.HEDGED: _E.PLEDGE, Turn.NEGATED: _E.SETBACK, Turn.DENIED: _E.SETBACK,
        Turn.STOPPED: _E.PLEDGE, Turn.STOP_HEDGED: _E.PLEDGE, Turn.STOP_DENIED: _E.NONE,
    },
    Polarity.DEADLINE: {
        Turn.PLAIN: _E.DEADLINE, Turn.HEDGED: _E.PLEDGE, Turn.NEGATED: _E.SETBACK, Turn.DENIED: _E.SETBACK,
        Turn.STOPPED: _E.DEADLINE, Turn.STOP_HEDGED: _E.PLEDGE, Turn.STOP_DENIED: _E.NONE,
    },
}  # fmt: skip
"""What each act is under each mood. See `effect_of` for the one thing that the table does not say."""

_STOPPED_ONLY_BESIDE = frozenset({Polarity.GOOD})
"""Polarities that a word of stopping turns only when it stands beside the act, one word between at most: "halts all
purchases" is a setback, "ends its boycott, resumes purchases" is none."""
_BESIDE = WORD_COST

_REACH = {Mark.NEGATION: 5 * WORD_COST, Mark.STOP: 4 * WORD_COST, Mark.EASE: 4 * WORD_COST}
"""How far before one of an act's words, in half words, a mark still belongs to it. Hedges and denials reach to the start of
the clause."""


@dataclass(frozen=True, slots=True)
class Mood:
    """What was read around one act. `marks`: the words that decided, for the trace."""

    turn: Turn
    modality: Modality
    marks: tuple[tuple[Mark, Span], ...] = ()
    beside: bool = False
    """Whether a word of stopping stands right beside the act."""

    @property
    def denied(self) -> bool:
        """Whether the clause says that the act did not happen."""
        return self.turn in (Turn.NEGATED, Turn.DENIED)


def effect_of(polarity: Polarity, mood: Mood) -> Effect:
    """The effect of an act under a mood. Acts that name their effect are not asked here."""
    if polarity in _STOPPED_ONLY_BESIDE and not mood.beside:
        return EFFECTS[polarity][_UNSTOPPED.get(mood.turn, mood.turn)]
    return EFFECTS[polarity][mood.turn]


_UNSTOPPED = {Turn.STOPPED: Turn.PLAIN, Turn.STOP_HEDGED: Turn.HEDGED, Turn.STOP_DENIED: Turn.NEGATED}


def read_mood(view: View, clause: Clause, act: Span, marks: Mapping[Mark, Compiled]) -> Mood:
    """Read the words of a clause that bear on an act: those before its head (its last word, unless its pattern marks
    another) that are not its own words."""
    found = {mark: near for mark, node in telling(marks) if (near := _bearing(view, clause, act, mark, node, marks))}
    modality = _modality(found, _own_firmness(view, act, marks))
    decided = tuple((mark, span) for mark, spans in found.items() for span in spans)
    return Mood(_turn(found, hedged=modality in HEDGES), modality, decided, _beside(view, found, act))


def telling(marks: Mapping[Mark, Compiled]) -> Iterator[tuple[Mark, Compiled]]:
    """The marks that do something to an act."""
    return ((mark, node) for mark, node in marks.items() if mark is not Mark.PLAIN)


def shield(view: View, span: Span, marks: Mapping[Mark, Compiled]) -> Span | None:
    """The words around a mark that make it none ("in May"), or None where it stands for itself."""
    plain = view.find(marks[Mark.PLAIN]) if Mark.PLAIN in marks else ()
    return next((s for s in plain if any(start <= span.start and span.end <= end for start, end in s.parts)), None)


def _modality(found: Mapping[Mark, list[Span]], own: tuple[int, Modality] | None) -> Modality:
    """The weakest word caps the act, unless the act's own firm word governs it: "met its pledge" is met."""
    steps = [(span.start, _LADDER[mark]) for mark, spans in found.items() if mark in _LADDER for span in spans]
    if own is not None:
        steps = [step for step in steps if step[0] < own[0]]
    weakest = min((modality for _, modality in steps), default=Modality.NONE)
    return own[1] if own is not None and weakest not in HEDGES else weakest


def _own_firmness(view: View, act: Span, marks: Mapping[Mark, Compiled]) -> tuple[int, Modality] | None:
    """The first firm word (done, formal, under way) among the act's own, with its place."""
    own = (
        (span.start, _LADDER[mark])
        for mark in (Mark.DONE, Mark.FORMAL, Mark.UNDER_WAY) if mark in marks
        for span in view.find(marks[mark]) if _overlaps(span, act)
    )  # fmt: skip
    return min(own, default=None)


def _turn(found: Mapping[Mark, list[Span]], *, hedged: bool) -> Turn:
    """Of a stop and a hedge the first governs the other: "drops plan to raise" is stopped, "may drop" is hedged."""
    stops = [span.start for mark in _STOPS for span in found.get(mark, ())]
    if Mark.DENIAL in found or Mark.NEGATION in found:
        if stops:
            return Turn.STOP_DENIED
        return Turn.DENIED if Mark.DENIAL in found else Turn.NEGATED
    if not stops:
        return Turn.HEDGED if hedged else Turn.PLAIN
    return Turn.STOP_HEDGED if hedged and _first(found, _HEDGING) < min(stops) else Turn.STOPPED


_STOPS = (Mark.STOP, Mark.EASE)
_HEDGING = (Mark.RUMOUR, Mark.PLAN)


def _first(found: Mapping[Mark, list[Span]], marks: Iterable[Mark]) -> int:
    """Where the first of these marks stands."""
    return min(span.start for mark in marks for span in found.get(mark, ()))


def _beside(view: View, found: Mapping[Mark, list[Span]], act: Span) -> bool:
    """Whether a stop stands right before the act, or before a hedge of it ("suspends plan to buy")."""
    hedges = [span for mark in _HEDGING for span in found.get(mark, ())]
    stops = found.get(Mark.STOP, ())
    return any(_distance(view, stop, act) <= _BESIDE or _adjoins(view, stop, hedges) for stop in stops)


def _adjoins(view: View, stop: Span, hedges: Iterable[Span]) -> bool:
    return any(h.start >= stop.end and view.text.distance(stop.end, h.start) <= _BESIDE for h in hedges)


def _bearing(
    view: View, clause: Clause, act: Span, mark: Mark, node: Compiled, marks: Mapping[Mark, Compiled]
) -> list[Span]:
    head = act.head if act.head >= 0 else act.parts[-1][0]
    return [
        span
        for span in view.find(node)
        if clause.start <= span.start and span.end <= head
        and not _overlaps(span, act) and _reaches(view, span, act, mark) and shield(view, span, marks) is None
    ]  # fmt: skip


def _overlaps(span: Span, act: Span) -> bool:
    return any(span.start < end and start < span.end for start, end in act.parts)


def _reaches(view: View, span: Span, act: Span, mark: Mark) -> bool:
    """Whether a mark is near enough to the next of the act's words."""
    return mark not in _REACH or _distance(view, span, act) <= _REACH[mark]


def _distance(view: View, span: Span, act: Span) -> int:
    """Half words from a mark to the next of the act's words."""
    return view.text.distance(span.end, next(start for start, _ in act.parts if start >= span.end))
