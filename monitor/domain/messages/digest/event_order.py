"""Which events of a period a digest tells, and in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.messages.briefs import LEADING_EVENTS
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.period_changes import SAME_EVENT, is_background, is_past, of_period, turns
from monitor.domain.messages.digest.period_events import PeriodEvent, by_hand, period_event
from monitor.domain.messages.digest.reported_acts import is_read_alike, known_outlets, reported_acts, tells_plainly
from monitor.domain.messages.digest.same_event import best_told, is_like, told_once
from monitor.domain.messages.headline import is_settled
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
    Tier,
    Transition,
    TransitionKind,
    changes,
    reasons,
)
from monitor.domain.text.labels import local_day
from monitor.domain.verdicts.events import direction_of
from monitor.domain.verdicts.evidence import FINAL_STANDINGS
from monitor.domain.verdicts.standing import HEDGED, WELL_REPORTED, importance

TOLD_BEFORE = timedelta(days=14)
"""What is reported again within this time is mostly the same act (estimate)."""
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
    acts = (act for act in reported_acts(reports, context) if act.commitment in commitments)
    found = [period_event(move, moves, context, recorded=True) for move in sorted(moves, key=importance, reverse=True)]
    found += [period_event(act, moves, context, recorded=False) for act in sorted(acts, key=importance, reverse=True)]
    events = told_once([event for event in found if event], context)
    events = [event for event in events if is_news(event, start, context)]
    events = [best_told(event, context) for event in events if not is_overtaken(event, events, context)]
    alike = defaultdict[tuple[str, Direction], set[str]](set)
    for signal in (s for s in context.signals.values() if s.effect is not Effect.NONE):
        alike[signal.story, direction_of(signal.effect)].add(signal.commitment)
    events = [
        replace(event, beside=tuple(sorted(alike[event.report.story, event.way] & commitments.keys())))
        if event.report
        else event
        for event in events
    ]
    return sorted(events, key=lambda event: weight(event, context), reverse=True)


def leading_events(
    ranked: Sequence[PeriodEvent], context: RenderContext
) -> tuple[list[PeriodEvent], list[PeriodEvent], list[PeriodEvent]]:
    """The events that a digest tells in full, what else moved, and the rest, each by rank. The fourth and the fifth
    moved something, or several outlets report them. What was no recorded change needs two outlets, unless there is
    nothing else. A commitment has one of them, and another one only if several report what may push it the other way.
    All moves of a commitment are one line; what few report is left out of the rest if one like it is told."""
    first, moved, rest = list[PeriodEvent](), list[PeriodEvent](), list[PeriodEvent]()
    talk = [event for event in ranked if is_talk(event, context)]
    sure = [event for event in ranked if event not in talk] or ranked
    for event in sure:
        same, outlets = [e for e in first if e.commitment == event.commitment], _outlets(event, context)
        wide = event.has_moved or outlets >= WELL_REPORTED or (len(first) < FEWEST and (event.moves or outlets > 1))
        room = len(first) < LEADING_EVENTS and (wide or not first)
        if room and all(_turns_after(event, each, context) for each in same):
            first.append(event)
        else:
            (moved if event.has_moved else rest).append(event)
    lines = list[PeriodEvent]()
    for event in moved:
        known = _of_commitment(event, [each for each in (*first, *lines) if each.has_turned])
        if known is None or not event.has_turned:
            lines.append(event)
        else:
            group = first if known in first else lines
            group[group.index(known)] = known.folded(event)
    left = LEADING_EVENTS - len(first)
    first, lines = [*first, *lines[:left]], lines[left:]
    also = list[PeriodEvent]()
    for event in (*rest, *(each for each in talk if each not in sure and _may_end_trouble(each, context))):
        known, outlets = (
            _of_commitment(event, [e for e in first if not by_hand(e.changes[0])]),
            _outlets(event, context),
        )
        opposite = known is not None and {known.way, event.way} == {Direction.UP, Direction.DOWN}
        again = any(is_like(event, each) for each in (*first, *lines, *also)) or (known and event.report is None)
        if known is not None and opposite and not known.further and event.head and tells_plainly(event.head, context):
            first[first.index(known)] = replace(known, further=(event,))
        elif outlets >= WELL_REPORTED or not again:
            also.append(event)
    told = {event.commitment for event in (*first, *lines)}
    return first, lines, sorted(also, key=lambda event: event.commitment in told)


def _may_end_trouble(event: PeriodEvent, context: RenderContext) -> bool:
    """Whether it tells that a commitment in trouble may soon do better."""
    return event.way is Direction.UP and context.verdicts[event.commitment].outlook is not Outlook.STEADY


def _of_commitment(event: PeriodEvent, told: Iterable[PeriodEvent]) -> PeriodEvent | None:
    return next((each for each in told if each.commitment == event.commitment), None)


def _outlets(event: PeriodEvent, context: RenderContext) -> int:
    return len(known_outlets(event.signals, context))


def _turns_after(event: PeriodEvent, other: PeriodEvent, context: RenderContext) -> bool:
    """Whether it is the turn of a commitment that the other one leaves as it was, or what several report that may push
    it the other way."""
    if {event.way, other.way} == {Direction.UP, Direction.DOWN}:
        return not event.has_moved and _outlets(event, context) >= WELL_REPORTED
    return event.has_turned and not other.has_moved


def weight(event: PeriodEvent, context: RenderContext) -> tuple[float, ...]:
    """The importance of an event, the highest first: leaders meet, as several report; else what it moves, the form of
    its act and how many report it."""
    level = max((signal.level for signal in event.signals), default=Level.ORDINARY)
    announced = tuple(move for move in event.moves if move.severity > Severity.ROUTINE)
    verdict, outlets = context.verdicts[event.commitment], _outlets(event, context)
    moved = any(move.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE) for move in announced)
    news = [move for move in announced if move.cause is not Cause.CLOCK]  # the clock brings what was known before
    final = (isinstance(m.change, changes.StatusChanged) and m.change.new in FINAL_STANDINGS for m in news)
    points: float = MOVED * moved + FINAL * any(final)
    points += PENDING * any(isinstance(move.reason.detail, reasons.CountedByOne) for move in news)
    points += ORDERED * (level >= Level.ORDER and (bool(announced) or outlets > 1))
    hedged = event.head is not None and event.head.modality is Modality.RUMOUR
    known = not event.moves and event.way is Direction.DOWN and verdict.outlook is not Outlook.STEADY
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
    meant = event.changes[0].level is Level.SUMMIT and not is_summit(event, context)
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
    if event.report is None and _was_told(signal, context):
        return False  # the same words again, of a document or a late page
    promised = signal.effect is Effect.PLEDGE
    talk = promised and rule is not None and rule.weak
    undated = promised and series and not any(s.date or s.starts for s in event.signals)
    of_others = signal.effect is Effect.THREAT and not signal.by.parties
    settled = event.report is None or is_settled(context.stories[event.report.story].title)
    by_side = bool(event.moves) or signal.by is not By.UNKNOWN
    sure = settled and by_side and signal.modality is not Modality.RUMOUR
    return not (talk or undated or of_others) and (sure or outlets >= WELL_REPORTED)


def _was_told(head: Signal, context: RenderContext) -> bool:
    """Whether earlier days brought the act of a report: of the same side, by the same rule, with its amount and its
    date."""
    known = [s for s in context.signals.values() if s.tier <= Tier.TRADE and is_read_alike(s, head)]
    known = [s for s in known if SAME_EVENT < head.happened.end - s.happened.end <= TOLD_BEFORE]
    dates, amounts = {s.date and s.date.date for s in known}, {s.quantity and s.quantity.low for s in known}
    ahead = head.date if head.date and head.date.date > local_day(head.happened.end, context.zone) else None
    new = (ahead and ahead.date not in dates) or (head.quantity and head.quantity.low not in amounts)
    return bool(known) and not new


def is_overtaken(event: PeriodEvent, events: Iterable[PeriodEvent], context: RenderContext) -> bool:
    """Whether the period itself brought what an event only expects: the meeting, the result; or a promise came before
    an event of as many outlets that moved its commitment."""
    signal = event.head
    if event.has_moved or signal is None or signal.effect is not Effect.PLEDGE or by_hand(event.changes[0]):
        return False
    series = context.commitments[event.commitment].kind is Kind.SERIES
    plan, outlets = series or signal.modality in HEDGED, _outlets(event, context)
    for later in (each for each in events if each is not event and each.at >= event.at and each.way is event.way):
        own = event.commitment in {later.commitment, *(move.commitment for move, _, _ in turns(later.moves))}
        done = later.head is not None and later.head.effect in (Effect.PROGRESS, Effect.DELIVERED)
        as_wide = _outlets(later, context) >= outlets
        if own and ((later.has_moved and as_wide) or (plan and done and (series or later.has_moved))):
            return True
    return False
