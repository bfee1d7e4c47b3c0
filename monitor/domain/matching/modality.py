"""How firmly a clause speaks, and what that makes of an act: its polarity and the shift by the words around it give the
effect.

This is the one table of its kind. A rule says what an act is in itself ("buys" is good, "bans" is bad); whether it is
rumoured, planned, denied, negated or stopped is read from the words that stand before it in its clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.domain.model import Effect, Modality
from monitor.domain.text.pattern_eval import CompiledNode, FieldView, Match
from monitor.domain.text.segments import WORD_COST, TextClause


class Polarity(StrEnum):
    """What an act is for its commitment when it is simply done."""

    GOOD = "good"
    DONE = "done"
    BAD = "bad"
    BREAK = "break"
    THREAT = "threat"
    PLEDGE = "pledge"
    DEADLINE = "deadline"


class Cue(StrEnum):
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
    """No cue itself: what looks like one inside such words is none ("a trip to Beijing", "in May")."""


class PolarityShift(StrEnum):
    """What the words around an act do to it."""

    PLAIN = "plain"
    HEDGED = "hedged"
    NEGATED = "negated"
    DENIED = "denied"
    STOPPED = "stopped"
    STOP_HEDGED = "stop hedged"
    STOP_DENIED = "stop denied"


_LADDER = {
    Cue.RUMOUR: Modality.RUMOUR,
    Cue.PLAN: Modality.PLAN,
    Cue.UNDER_WAY: Modality.UNDER_WAY,
    Cue.FORMAL: Modality.FORMAL,
    Cue.DONE: Modality.DONE,
}
HEDGES = frozenset({Modality.RUMOUR, Modality.PLAN})

_TABLE = {
    # plain, hedged, negated, denied, stopped, stop hedged, stop denied: the members of PolarityShift in their order
    Polarity.GOOD: "progress pledge setback setback setback threat none",
    Polarity.DONE: "delivered pledge setback setback delivered pledge none",
    Polarity.BAD: "setback threat none none progress pledge setback",
    Polarity.BREAK: "breach threat none none progress pledge setback",
    Polarity.THREAT: "threat threat none none none none threat",
    Polarity.PLEDGE: "pledge pledge setback setback pledge pledge none",
    Polarity.DEADLINE: "deadline pledge setback setback deadline pledge none",
}
EFFECT_TABLE: Mapping[Polarity, Mapping[PolarityShift, Effect]] = {
    polarity: dict(zip(PolarityShift, map(Effect, row.split()), strict=True)) for polarity, row in _TABLE.items()
}
"""What each act is under each shift. See `effect_of` for the one thing that the table does not say."""

_STOPPED_ONLY_BESIDE = frozenset({Polarity.GOOD})
"""Polarities that a word of stopping turns only when it stands beside the act, one word between at most: "halts all
purchases" is a setback, "ends its boycott, resumes purchases" is none."""
_BESIDE = WORD_COST

_REACH = {Cue.NEGATION: 5 * WORD_COST, Cue.STOP: 4 * WORD_COST, Cue.EASE: 4 * WORD_COST}
"""How far before one of an act's words, in half words, a cue still belongs to it. Hedges and denials reach to the start of
the clause."""


@dataclass(frozen=True, slots=True)
class ClauseModality:
    """What was read around one act. `cues`: the words that decided, for the trace."""

    shift: PolarityShift
    modality: Modality
    cues: tuple[tuple[Cue, Match], ...] = ()
    beside: bool = False
    """Whether a word of stopping stands right beside the act."""

    @property
    def denied(self) -> bool:
        """Whether the clause says that the act did not happen."""
        return self.shift in (PolarityShift.NEGATED, PolarityShift.DENIED)


def effect_of(polarity: Polarity, clause: ClauseModality) -> Effect:
    """The effect of an act with this polarity in its clause. Acts that name their effect are not asked here."""
    shift = clause.shift
    if polarity in _STOPPED_ONLY_BESIDE and not clause.beside:
        shift = _UNSTOPPED.get(shift, shift)
    return EFFECT_TABLE[polarity][shift]


_UNSTOPPED = {
    PolarityShift.STOPPED: PolarityShift.PLAIN,
    PolarityShift.STOP_HEDGED: PolarityShift.HEDGED,
    PolarityShift.STOP_DENIED: PolarityShift.NEGATED,
}


def read_modality(view: FieldView, clause: TextClause, act: Match, cues: Mapping[Cue, CompiledNode]) -> ClauseModality:
    """Read the words of a clause that bear on an act: those before its head (its last word, unless its pattern marks
    another) that are not its own words."""
    found = {cue: near for cue, node in effective_cues(cues) if (near := _bearing(view, clause, act, cue, node, cues))}
    modality = _modality(found, _own_firmness(view, act, cues))
    decided = tuple((cue, span) for cue, spans in found.items() for span in spans)
    return ClauseModality(_shift(found, hedged=modality in HEDGES), modality, decided, _beside(view, found, act))


def effective_cues(cues: Mapping[Cue, CompiledNode]) -> Iterator[tuple[Cue, CompiledNode]]:
    """The cues that do something to an act."""
    return ((cue, node) for cue, node in cues.items() if cue is not Cue.PLAIN)


def exempting_span(view: FieldView, span: Match, cues: Mapping[Cue, CompiledNode]) -> Match | None:
    """The words around a cue that make it none ("in May"), or None where it stands for itself."""
    plain = view.find(cues[Cue.PLAIN]) if Cue.PLAIN in cues else ()
    return next((s for s in plain if any(start <= span.start and span.end <= end for start, end in s.parts)), None)


def _modality(found: Mapping[Cue, list[Match]], own: tuple[int, Modality] | None) -> Modality:
    """The weakest word caps the act, unless the act's own firm word governs it: "met its pledge" is met."""
    steps = [(span.start, _LADDER[cue]) for cue, spans in found.items() if cue in _LADDER for span in spans]
    if own is not None:
        steps = [step for step in steps if step[0] < own[0]]
    weakest = min((modality for _, modality in steps), default=Modality.NONE)
    return own[1] if own is not None and weakest not in HEDGES else weakest


def _own_firmness(view: FieldView, act: Match, cues: Mapping[Cue, CompiledNode]) -> tuple[int, Modality] | None:
    """The first firm word (done, formal, under way) among the act's own, with its place."""
    firm = [cue for cue in (Cue.DONE, Cue.FORMAL, Cue.UNDER_WAY) if cue in cues]
    own = ((span.start, _LADDER[cue]) for cue in firm for span in view.find(cues[cue]) if _overlaps(span, act))
    return min(own, default=None)


_STOPS = (Cue.STOP, Cue.EASE)
_HEDGING = (Cue.RUMOUR, Cue.PLAN)


def _shift(found: Mapping[Cue, list[Match]], *, hedged: bool) -> PolarityShift:
    """Of a stop and a hedge the first governs the other: "drops plan to raise" is stopped, "may drop" is hedged."""
    stops = [span.start for cue in _STOPS for span in found.get(cue, ())]
    if Cue.DENIAL in found or Cue.NEGATION in found:
        if stops:
            return PolarityShift.STOP_DENIED
        return PolarityShift.DENIED if Cue.DENIAL in found else PolarityShift.NEGATED
    if not stops:
        return PolarityShift.HEDGED if hedged else PolarityShift.PLAIN
    hedges = [span.start for cue in _HEDGING for span in found.get(cue, ())]
    return PolarityShift.STOP_HEDGED if hedged and min(hedges) < min(stops) else PolarityShift.STOPPED


def _beside(view: FieldView, found: Mapping[Cue, list[Match]], act: Match) -> bool:
    """Whether a stop stands right before the act, or before a hedge of it ("suspends plan to buy")."""
    hedges = [span for cue in _HEDGING for span in found.get(cue, ())]
    for stop in found.get(Cue.STOP, ()):
        starts = [hedge.start for hedge in hedges if hedge.start >= stop.end]
        if _distance(view, stop, act) <= _BESIDE or any(view.text.distance(stop.end, at) <= _BESIDE for at in starts):
            return True
    return False


def _bearing(
    view: FieldView, clause: TextClause, act: Match, cue: Cue, node: CompiledNode, cues: Mapping[Cue, CompiledNode]
) -> list[Match]:
    """The words of one kind that bear on an act: before its head in its clause, near enough, and not exempt."""
    head = act.head if act.head >= 0 else act.parts[-1][0]
    reach = _REACH.get(cue)
    return [
        span
        for span in view.find(node)
        if clause.start <= span.start
        and span.end <= head
        and not _overlaps(span, act)
        and (reach is None or _distance(view, span, act) <= reach)
        and exempting_span(view, span, cues) is None
    ]


def _overlaps(span: Match, act: Match) -> bool:
    return any(span.start < end and start < span.end for start, end in act.parts)


def _distance(view: FieldView, span: Match, act: Match) -> int:
    """Half words from a cue to the next of the act's words."""
    return view.text.distance(span.end, next(start for start, _ in act.parts if start >= span.end))
