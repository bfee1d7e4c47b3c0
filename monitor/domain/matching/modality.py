"""Modality: how firm a clause is. Polarity and the shift by the words around an act give the effect.

A rule gives the polarity of an act ("buys" is good, "bans" is bad). The words before it in its clause show whether it
is rumoured, planned, denied, negated or stopped. This is the only table of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from monitor.domain.model import Effect, Modality
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import Node
from monitor.domain.text.segments import WORD_COST, Match, TextClause, matches_between


class Polarity(StrEnum):
    """The effect of a completed act on its commitment."""

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
    DEMAND = "demand"
    """Hedges, and what one side asks of another is no promise ("urges Washington to lift")."""
    UNDER_WAY = "under_way"
    FORMAL = "formal"
    DONE = "done"
    NEGATION = "negation"
    DENIAL = "denial"
    STOP = "stop"
    EASE = "ease"
    """Like a stop for a bad act; a good one is not stopped by being eased ("eases exports", 放宽)."""
    PAST = "past"
    """What had been done or decided before the news ("had previously banned"): background, and no act."""
    MENTION = "mention"
    """Words that only speak of an act ("blames it for raising", "doubts about", "which")."""
    PLAIN = "plain"
    """Words that exempt: a cue inside them is none ("a trip to Beijing", "in May")."""


class PolarityShift(StrEnum):
    """The change that the words around an act make to it."""

    PLAIN = "plain"
    HEDGED = "hedged"
    NEGATED = "negated"
    DENIED = "denied"
    STOPPED = "stopped"
    STOP_HEDGED = "stop hedged"
    STOP_DENIED = "stop denied"
    PAST = "past"


_FIRMNESS = {cue: Modality[cue.name] for cue in (Cue.RUMOUR, Cue.PLAN, Cue.UNDER_WAY, Cue.FORMAL, Cue.DONE)}
_FIRMNESS[Cue.DEMAND] = Modality.RUMOUR
HEDGES = frozenset({Modality.RUMOUR, Modality.PLAN})
HEDGING = (Cue.RUMOUR, Cue.PLAN, Cue.DEMAND)

_TABLE = {
    # plain, hedged, negated, denied, stopped, stop hedged, stop denied, past: the members of PolarityShift in order
    Polarity.GOOD: "progress pledge setback setback setback threat none none",
    Polarity.DONE: "delivered pledge setback setback setback threat none none",
    Polarity.BAD: "setback threat none none progress pledge setback none",
    Polarity.BREAK: "breach threat none none progress pledge setback none",
    Polarity.THREAT: "threat threat none none none none threat none",
    Polarity.PLEDGE: "pledge pledge setback setback pledge pledge none none",
    Polarity.DEADLINE: "deadline pledge setback setback deadline pledge none none",
}
EFFECT_TABLE: Mapping[Polarity, Mapping[PolarityShift, Effect]] = {
    polarity: dict(zip(PolarityShift, map(Effect, row.split()), strict=True)) for polarity, row in _TABLE.items()
}
"""The effect of each polarity under each shift. `effect_of` makes the one exception."""

BLOWS = frozenset({Polarity.BAD, Polarity.BREAK})
STOPS = frozenset({PolarityShift.STOPPED, PolarityShift.STOP_HEDGED})
_UNSTOPPED = {
    PolarityShift.STOPPED: PolarityShift.PLAIN,
    PolarityShift.STOP_HEDGED: PolarityShift.HEDGED,
    PolarityShift.STOP_DENIED: PolarityShift.NEGATED,
}
_REACH = {Cue.NEGATION: 5 * WORD_COST, Cue.STOP: 4 * WORD_COST, Cue.EASE: 4 * WORD_COST, Cue.MENTION: 5 * WORD_COST}
"""Half words at which a cue before an act still belongs to it, estimates. Other cues reach from the clause start."""
LIFTING = (Cue.STOP, Cue.EASE)


class ClauseModality(NamedTuple):
    """The modality of one act. cues: the words that decided; beside: a word of stopping is adjacent to it; asked: it is
    asked for before any of its words."""

    shift: PolarityShift
    modality: Modality
    cues: tuple[tuple[Cue, Match], ...] = ()
    beside: bool = False
    asked: bool = False

    @property
    def denied(self) -> bool:
        """Whether the clause says that the act did not happen."""
        return self.shift in (PolarityShift.NEGATED, PolarityShift.DENIED)


_COORDINATED = re.compile(r"(?:,|,? and|,? then)\s(?:then |also |again )?$")
_COORDINATED_LENGTH = len(", then again ")
_FINITE = re.compile(r"[a-z]{2,}(?:(?<!s)s|ed)(?![^\W_])")
"""A form in -s or -ed; irregular past forms are left as they are, most of them participles too."""


def effect_of(polarity: Polarity, clause: ClauseModality) -> Effect:
    """The effect of an act with this polarity in its clause; not for acts that name their effect."""
    shift = clause.shift
    # A word of stopping changes a good act only if adjacent, with one word between at most: "halts all purchases" is a
    # setback, "ends its boycott, resumes purchases" is none.
    if polarity in (Polarity.GOOD, Polarity.DONE) and not clause.beside:
        shift = _UNSTOPPED.get(shift, shift)
    effect = EFFECT_TABLE[polarity][shift]
    return Effect.NONE if effect is Effect.PLEDGE and clause.asked else effect


def read_modality(view: FieldView, clause: TextClause, act: Match, cues: Mapping[Cue, Node]) -> ClauseModality:
    """Read the cues of a clause that apply to an act: those before its head (its last word, unless its pattern marks
    another) that are near enough, not exempt and not its own words."""
    head = act.head if act.head >= 0 else act.parts[-1][0]
    # The words that may change an act begin with its clause; or at its head, if it is a finite verb after a comma or
    # "and", with a predicate of its own ("calls on NATO to stop buying oil, threatens duties").
    begins = head if opens_predicate(view.text.folded, clause.start, head) else clause.start
    applying: dict[Cue, list[Match]] = {}
    for cue, node in cues.items():
        found = view.find(node) if cue is not Cue.PLAIN else []
        spans = [s for s in matches_between(found, begins, head) if s.end <= head and not _overlaps(s, act)]
        if spans:
            reach = _REACH.get(cue)
            spans = [
                span
                for span in spans
                if (reach is None or _distance(view, span, act) <= reach) and exempting_span(view, span, cues) is None
            ]
        if spans:
            applying[cue] = spans
    # The weakest cue limits the act, unless the act's own firm word governs it: "met its pledge" is met.
    steps = [(span.start, _FIRMNESS[cue]) for cue, spans in applying.items() if cue in _FIRMNESS for span in spans]
    firm = ((cue, view.find(cues[cue])) for cue in (Cue.DONE, Cue.FORMAL, Cue.UNDER_WAY) if cue in cues)
    sentence = view.text.sentence_at(act.start).start
    own = [
        (span.start, _FIRMNESS[cue])
        for cue, spans in firm
        for span in matches_between(spans, sentence, act.end)
        if _overlaps(span, act)
    ]
    governing = min(own, default=None)
    limits = (step for start, step in steps if governing is None or start < governing[0])
    modality = min(limits, default=Modality.NONE)
    if governing is not None and modality not in HEDGES:
        modality = governing[1]
    decided = tuple((cue, span) for cue, spans in applying.items() for span in spans)
    hedges = [span.start for cue in HEDGING for span in applying.get(cue, ())]
    # A stop is adjacent to the act, or to a hedge of it ("suspends plan to buy").
    beside = any(
        _distance(view, stop, act) <= WORD_COST
        or any(start >= stop.end and view.text.distance(stop.end, start) <= WORD_COST for start in hedges)
        for stop in applying.get(Cue.STOP, ())
    )
    # Of a stop and a hedge the first governs the other: "drops plan to raise" is stopped, "may drop" is hedged.
    hedges = hedges if modality in HEDGES else []
    stops = [span.start for cue in LIFTING for span in applying.get(cue, ())]
    if Cue.PAST in applying:
        shift = PolarityShift.PAST
    elif Cue.DENIAL in applying or Cue.NEGATION in applying:
        shift = PolarityShift.DENIED if Cue.DENIAL in applying else PolarityShift.NEGATED
        shift = PolarityShift.STOP_DENIED if stops else shift
    elif stops:
        shift = PolarityShift.STOP_HEDGED if hedges and min(hedges) < min(stops) else PolarityShift.STOPPED
    else:
        shift = PolarityShift.HEDGED if hedges else PolarityShift.PLAIN
    asked = any(span.end <= act.start for span in applying.get(Cue.DEMAND, ()))
    return ClauseModality(shift, modality, decided, beside, asked)


def opens_predicate(folded: str, begins: int, head: int) -> bool:
    """Whether the word at `head` is a finite verb after a comma or "and" in the clause that begins at `begins`."""
    before = folded[max(begins, head - _COORDINATED_LENGTH) : head]
    return _COORDINATED.search(before) is not None and _FINITE.match(folded, head) is not None


def says_of_itself(view: FieldView, act: Match, cues: Mapping[Cue, Node], *kinds: Cue) -> bool:
    """Whether the act's own words are such cues: "sees a deal" is a rumour of itself, "lifts a ban" an ease."""
    begins = view.text.sentence_at(act.start).start
    found = (matches_between(view.find(cues[cue]), begins, act.end) for cue in kinds if cue in cues)
    return any(_overlaps(span, act) for spans in found for span in spans)


def cue_behind(view: FieldView, act: Match, cues: Mapping[Cue, Node], cue: Cue) -> bool:
    """Whether a cue of this kind stands right behind an act, or leaves it to others behind it in its clause ("a deal on
    farm goods for their leaders to approve")."""
    folded, end = view.text.folded, max(end for _, end in act.parts)
    behind = matches_between(view.find(cues[cue]), end, view.text.clause_at(act.start).end) if cue in cues else ()
    return any(folded[end : span.start] == " " or folded.startswith("for ", span.start) for span in behind)


def exempting_span(view: FieldView, span: Match, cues: Mapping[Cue, Node]) -> Match | None:
    """The words around a cue that exempt it ("in May"), or None where it counts."""
    plain = view.find(cues[Cue.PLAIN]) if Cue.PLAIN in cues else []
    plain = matches_between(plain, view.text.sentence_at(span.start).start, span.end)
    return next((s for s in plain if any(start <= span.start and span.end <= end for start, end in s.parts)), None)


def _overlaps(span: Match, act: Match) -> bool:
    return any(span.start < end and start < span.end for start, end in act.parts)


def _distance(view: FieldView, span: Match, act: Match) -> int:
    """Half words from a cue to the next of the act's words."""
    return view.text.distance(span.end, next(start for start, _ in act.parts if start >= span.end))
