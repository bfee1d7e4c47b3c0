"""Which events of a period a digest tells, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.domain.messages.briefs import LEADING_EVENTS
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.period_changes import (
    acts_in_effect,
    is_background,
    is_past,
    known_outlets,
    of_period,
    reported_acts,
    tells_plainly,
    turns,
)
from monitor.domain.messages.digest.period_events import PeriodEvent, best_told, by_hand, period_event, told_once
from monitor.domain.model import (
    By,
    Cause,
    Commitment,
    Direction,
    Effect,
    Kind,
    Level,
    Modality,
    Outlook,
    Severity,
    Signal,
    Transition,
    TransitionKind,
    changes,
    reasons,
)
from monitor.domain.verdicts.events import direction_of
from monitor.domain.verdicts.evidence import FINAL_STANDINGS
from monitor.domain.verdicts.standing import WELL_REPORTED, importance

FEWEST = 3
"""Events that a digest tells in full whatever their weight."""
MOVED, PENDING, FINAL, ORDERED, MOST_COUNTED = 4, 2, 8, 3, 15
"""What a new status, a count that moves one if it is confirmed, a final standing, and a formal act weigh, in outlets
that report an event, and the outlets that count at most: so an event in every paper leads before a status that one
paper moved (estimates)."""


def period_events(
    commitments: Mapping[str, Commitment],
    transitions: Sequence[Transition],
    reports: Sequence[Signal],
    start: datetime,
    context: RenderContext,
) -> list[PeriodEvent]:
    """What a digest can tell, most important first: the recorded changes of these commitments, and the acts that known
    outlets report. reports: all of the period."""
    own = [move for move in transitions if move.commitment in commitments and not is_past(move, start)]
    dates = {(m.commitment, m.change.new) for m in own if isinstance(m.change, changes.DeadlineMoved)}
    moves = [of_period(move, start, context) for move in own if not is_background(move, dates)]
    turned, acts = {move.commitment for move, _, _ in turns(moves)}, [*reported_acts(reports, context)]
    acts += [act for act in acts_in_effect(start, context) if act.commitment not in turned]
    acts = [act for act in acts if act.commitment in commitments]
    found = [period_event(move, moves, context, recorded=True) for move in sorted(moves, key=importance, reverse=True)]
    found += [period_event(act, moves, context, recorded=False) for act in sorted(acts, key=importance, reverse=True)]
    events = told_once([event for event in found if event], context)
    events = [best_told(event, context) for event in events if is_news(event, start, context)]
    events = [replace(event, beside=tuple(_beside(event, commitments, context))) for event in events]
    return sorted(events, key=lambda event: weight(event, context), reverse=True)


def _beside(event: PeriodEvent, commitments: Collection[str], context: RenderContext) -> list[str]:
    """The commitments of which its best report tells the like."""
    told = (s for s in context.signals.values() if event.report and s.story == event.report.story)
    alike = {s.commitment for s in told if s.effect is not Effect.NONE and direction_of(s.effect) is event.way}
    return sorted(alike & {*commitments})


def leading_events(
    ranked: Sequence[PeriodEvent], context: RenderContext
) -> tuple[list[PeriodEvent], list[PeriodEvent], list[PeriodEvent]]:
    """The events that a digest tells in full, what else moved, and the rest, each by rank. The fourth and the fifth
    moved something, or several outlets report them. What was no recorded change needs two outlets, unless there is
    nothing else. A commitment has one event: its other moves, and what may push it the other way, stand with that. Of
    the rest those of commitments with fewer lines come first."""
    first, moved, also = list[PeriodEvent](), list[PeriodEvent](), list[PeriodEvent]()
    talk = [event for event in ranked if is_talk(event, context)]
    sure = [event for event in ranked if event not in talk] or ranked
    for event in (*sure, *(each for each in talk if each not in sure and _may_end_trouble(each, context))):
        known = next((each for each in (*first, *moved) if each.commitment == event.commitment), None)
        same = next((each for each in (*first, *moved) if event.has_headline_of(each)), known)
        outlets = _outlets(event, context)
        if same is None:
            moves = event.has_moved or event.changes[0].cause is Cause.CLOCK
            wide = moves or outlets >= WELL_REPORTED or (len(first) < FEWEST and (event.moves or outlets > 1))
            room = len(first) < LEADING_EVENTS and (wide or not first)
            (first if room else moved if event.has_moved else also).append(event)
            continue
        other_way = {same.way, event.way} == {Direction.UP, Direction.DOWN} and not by_hand(same.changes[0])
        plain = event.head is not None and tells_plainly(event.head, context) and not same.further
        if same is not known or event.has_moved or (other_way and plain):
            group = first if same in first else moved
            group[group.index(same)] = same.folded(event)
        elif outlets >= WELL_REPORTED or event.report is not None:
            also.append(event)
    names, turn = Counter(event.commitment for event in (*first, *moved)), list[int]()
    for event in also:
        turn.append(min(names[event.commitment], 1 if _outlets(event, context) >= WELL_REPORTED else len(also)))
        names[event.commitment] += 1
    return first, moved, [also[at] for at in sorted(range(len(also)), key=turn.__getitem__)]


def _may_end_trouble(event: PeriodEvent, context: RenderContext) -> bool:
    """Whether it tells that a commitment in trouble may soon do better."""
    return event.way is Direction.UP and context.verdicts[event.commitment].outlook is not Outlook.STEADY


def _outlets(event: PeriodEvent, context: RenderContext) -> int:
    return len(known_outlets(event.signals, context))


def weight(event: PeriodEvent, context: RenderContext) -> tuple[float, ...]:
    """The importance of an event, the highest first: leaders meet, as several report; else what it moves, the form of
    its act and how many report it."""
    level = max((signal.level for signal in event.signals), default=Level.ORDINARY)
    announced = tuple(move for move in event.moves if move.severity > Severity.ROUTINE)
    verdict, outlets = context.verdicts[event.commitment], _outlets(event, context)
    moved = any(move.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE) for move in announced)
    news = [move for move in announced if move.cause is not Cause.CLOCK]  # the clock brings what was known before
    final = (isinstance(m.change, changes.StatusChanged) and m.change.new in FINAL_STANDINGS for m in news)
    acts = not event.moves and event.changes[0].cause is Cause.CLOCK  # an act takes effect
    moved = moved or acts or event.begins_trouble(verdict)
    points: float = MOVED * moved + FINAL * any(final)
    points += PENDING * any(isinstance(move.reason.detail, reasons.CountedByOne) for move in news)
    points += ORDERED * (level >= Level.ORDER)
    hedged = event.head is not None and event.head.modality is Modality.RUMOUR
    known = not moved and not event.moves and event.way is Direction.DOWN and verdict.outlook is not Outlook.STEADY
    told = bool(announced) + min(outlets, MOST_COUNTED)
    points += told / 4 if hedged else told / 2 if known else told
    return is_summit(event, context), points, len(event.signals), *importance(event.changes[0])


def is_summit(event: PeriodEvent, context: RenderContext) -> bool:
    """Whether leaders meet: no single outlet reports that alone."""
    told = (signal for signal in event.signals if signal.level is Level.SUMMIT)
    return len(known_outlets(told, context)) >= WELL_REPORTED


def is_news(event: PeriodEvent, start: datetime, context: RenderContext) -> bool:
    """Whether a digest can tell an event: it moved something, or a known outlet reports an act of this period."""
    if event.has_moved or by_hand(event.changes[0]):
        return True
    outlets = _outlets(event, context)
    meant = event.changes[0].level is Level.SUMMIT and outlets < WELL_REPORTED
    return event.changes[0].happened >= start and bool(outlets) and not meant and _is_act(event, outlets, context)


def is_talk(event: PeriodEvent, context: RenderContext) -> bool:
    """Whether it is only what one outlet has of the intentions of one side."""
    signal = event.head
    talk = signal is not None and signal.effect in (Effect.PLEDGE, Effect.THREAT) and len(signal.by.parties) < 2
    return talk and not event.moves and _outlets(event, context) < 2


def _is_act(event: PeriodEvent, outlets: int, context: RenderContext) -> bool:
    """Whether its best report tells an act of a side: no talk of a bargain, no meeting without a day, no warning of
    others, and a rumour or what may come only if several outlets have it."""
    signal = event.head
    if signal is None or not isinstance(event.changes[0].change, changes.EventNoted):
        return True
    rule, series = context.rules.get(signal.rule), context.commitments[event.commitment].kind is Kind.SERIES
    if event.report is None and not event.moves and outlets < 2 and signal.level < Level.ORDER:
        return False
    promised = signal.effect is Effect.PLEDGE
    talk = promised and rule is not None and rule.weak
    undated = promised and series and not event.moves and not any(s.date or s.starts for s in event.signals)
    of_others = signal.effect is Effect.THREAT and not signal.by.parties
    by_side = bool(event.moves) or signal.by is not By.UNKNOWN
    sure = by_side and signal.modality is not Modality.RUMOUR
    return not (talk or undated or of_others) and (sure or outlets >= WELL_REPORTED)
