"""Which events of a period a digest tells, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.briefs import LEADING_EVENTS
from monitor.domain.messages.cause import ANSWERED
from monitor.domain.messages.context import RenderContext, is_english
from monitor.domain.messages.events.reported_acts import (
    SAME_EVENT,
    acts_in_effect,
    is_background,
    is_past,
    is_read_alike,
    known_outlets,
    noted_act,
    of_period,
    reported_acts,
    tells_plainly,
    turns,
)
from monitor.domain.messages.events.told import SAME_STEP, ToldEvent, by_hand, tell, told_once
from monitor.domain.messages.events.weight import MOVED, blow_weight, is_order, points, weight
from monitor.domain.model import (
    POSITIVE_EFFECTS,
    By,
    Cause,
    Commitment,
    Direction,
    Effect,
    Kind,
    Level,
    Modality,
    Outlook,
    Signal,
    Tier,
    Transition,
    changes,
)
from monitor.domain.model.sides import parties_in
from monitor.domain.verdicts.events import direction_of
from monitor.domain.verdicts.standing import WELL_REPORTED, importance

WEEK = timedelta(weeks=1)
FEWEST = 4
"""Events that a digest tells in full whatever their weight."""


def period_events(
    commitments: Mapping[str, Commitment],
    transitions: Sequence[Transition],
    reports: Sequence[Signal],
    start: datetime,
    context: RenderContext,
) -> list[ToldEvent]:
    """What a digest can tell, most important first: the recorded changes of these commitments, and the acts that known
    outlets report. reports: all of the period."""
    own = [move for move in transitions if move.commitment in commitments and not is_past(move, start)]
    dates = {(m.commitment, m.change.new) for m in own if isinstance(m.change, changes.DeadlineMoved)}
    moves = [of_period(move, start, context) for move in own if not is_background(move, dates)]
    turned, acts = {move.commitment for move, _, _ in turns(moves)}, [*reported_acts(reports, context)]
    acts += [act for act in acts_in_effect(start, context) if act.commitment not in turned]
    acts = [act for act in acts if act.commitment in commitments]
    found = [tell(move, moves, context, recorded=True) for move in sorted(moves, key=importance, reverse=True)]
    found += [tell(act, moves, context, recorded=False) for act in sorted(acts, key=importance, reverse=True)]
    events = told_once([event for event in found if event.worded], context, context.now - start)
    events = [event for event in events if is_news(event, start, context)]
    events = [replace(event, beside=tuple(_beside(event, commitments, context))) for event in events]
    return sorted(events, key=lambda event: weight(event, context), reverse=True)


def _beside(event: ToldEvent, commitments: Collection[str], context: RenderContext) -> list[str]:
    """The commitments of which its best report tells the like."""
    told = context.acts_in(event.report.story) if event.report else ()
    alike = {s.commitment for s in told if s.effect is not Effect.NONE and direction_of(s.effect) is event.way}
    return sorted(alike & {*commitments})


def leading_events(
    ranked: Sequence[ToldEvent], context: RenderContext
) -> tuple[list[ToldEvent], list[ToldEvent], list[ToldEvent]]:
    """The events that a digest tells in full, what else moved, and the rest, each by rank. The fourth and the fifth
    weigh as much as a new status, or several outlets report them. What was no recorded change needs two outlets, unless
    there is nothing else. A commitment has one event: its other moves, what may push it the other way, and a second
    order or one as weighty as two new statuses stand with that. Of the rest, where a second line on a commitment needs
    a recorded change or two outlets, those of commitments with fewer lines come first."""
    first, moved, also = list[ToldEvent](), list[ToldEvent](), list[ToldEvent]()
    sure = [event for event in ranked if not (is_talk(event, context) or is_aside(event, context))]
    for event in sure or ranked:
        known = next((each for each in (*first, *moved) if each.commitment == event.commitment), None)
        same = next((each for each in (*first, *moved) if event.has_headline_of(each)), known)
        outlets = _outlets(event, context)
        if same is None:
            moves = event.has_moved or event.changes[0].cause is Cause.CLOCK
            wide = moves or outlets >= WELL_REPORTED or points(event, context) >= MOVED
            wide = wide or (len(first) < FEWEST and (bool(event.moves) or outlets > 1))
            room = len(first) < LEADING_EVENTS and (wide or not first)
            (first if room else moved if event.has_moved else also).append(event)
            continue
        if same is known and _answers(same, event, context):
            group = first if same in first else moved
            group[group.index(same)] = replace(event, moves=(*same.moves, *event.moves), further=(same,))
            continue
        other_way = {same.way, event.way} == {Direction.UP, Direction.DOWN} and not by_hand(same.changes[0])
        plain = event.head is not None and tells_plainly(event.head, context) and not same.further
        second = plain and ((outlets >= WELL_REPORTED and is_order(event)) or points(event, context) >= 2 * MOVED)
        if same is not known or event.has_moved or (plain and other_way) or second:
            group = first if same in first else moved
            group[group.index(same)] = same.folded(event, named=second)
        elif event.moves or is_order(event) or (outlets > 1 and all(e.commitment != event.commitment for e in also)):
            also.append(event)
    # What a single outlet has is better than no line on its commitment.
    quiet = {event.commitment for event in ranked} - {event.commitment for event in (*first, *moved, *also)}
    also += [event for event in ranked if event.commitment in quiet and event.report is not None and event not in sure]
    names, turn = Counter(event.commitment for event in (*first, *moved)), list[int]()
    for event in also:
        turn.append(min(names[event.commitment], 1 if _outlets(event, context) >= WELL_REPORTED else len(also)))
        names[event.commitment] += 1
    return first, moved, [also[at] for at in sorted(range(len(also)), key=turn.__getitem__)]


def _answers(answer: ToldEvent, act: ToldEvent, context: RenderContext) -> bool:
    """Whether the blow that moved a status only answers the act of the side that owes the promise, told in a title."""
    owed_by, heads = parties_in(context.commitments[act.commitment].owed_by), (answer.head, act.report)
    if not (answer.has_turned and answer.way is act.way is Direction.DOWN and heads[0] and heads[1]):
        return False
    sides = heads[0].by.parties, heads[1].by.parties
    near = timedelta() <= answer.at - act.at + SAME_STEP <= ANSWERED + SAME_STEP
    return near and sides[1] == owed_by and sides[0] != frozenset() and sides[0].isdisjoint(owed_by)


def settled_besides(first: Sequence[ToldEvent], others: Sequence[ToldEvent], context: RenderContext) -> list[ToldEvent]:
    """The leading events, of which the first agreement of both sides names what they settled besides: of each
    commitment that no event (first, others) tells of, the promise or agreement of these days that most outlets have."""
    named = {name for event in (*first, *others) for name in event.named}
    for at, event in enumerate(first):
        head = event.head
        joint = head is not None and len(head.by.parties) > 1 and event.way is Direction.UP
        if not joint or _outlets(event, context) < WELL_REPORTED:
            continue
        found = dict[str, list[Signal]]()
        for s in context.signals.values():
            agreed = s.effect is Effect.PLEDGE or (s.effect in POSITIVE_EFFECTS and len(s.by.parties) > 1)
            own = s.commitment in context.commitments and s.commitment not in named and agreed and not s.passing
            if own and context.commitments[s.commitment].kind is not Kind.SERIES:
                near = abs(s.happened.end - event.at) <= SAME_EVENT
                if near and tells_plainly(s, context, Tier.TRADE):
                    found.setdefault(s.commitment, []).append(s)
        best = [max(own, key=lambda s: (len(known_outlets([s], context)), s.happened.end)) for own in found.values()]
        return [*first[:at], replace(event, settled=tuple(best[:LEADING_EVENTS])), *first[at + 1 :]]
    return [*first]


def heard_of(
    silent: Collection[str],
    above: Sequence[ToldEvent],
    reports: Sequence[Signal],
    start: datetime,
    context: RenderContext,
) -> list[ToldEvent]:
    """Of each of these commitments the act of a side that weighs most among those that the headline of one wire has, if
    only as a plan, or the headlines of two lesser outlets, without those that an event above or before the period
    tells."""
    acts, told_above = dict[tuple[str, str, By], list[Signal]](), {s.id for event in above for s in event.signals}
    for s in sorted(reports, key=lambda each: each.happened.end):
        rule = context.rules.get(s.rule)
        act = rule is not None and not rule.weak and s.effect is not Effect.NONE and s.by.parties and not s.passing
        by_press = s.tier > Tier.OFFICIAL and s.tier is not Tier.AGGREGATOR
        news = s.field == TITLE and s.title_is_news and by_press and is_english(context.stories[s.story])
        if s.happened.end >= start and s.commitment in silent and act and news and s.id not in told_above:
            acts.setdefault((s.commitment, s.rule, s.by), []).append(s)
    best = dict[str, list[Signal]]()
    for (name, _, _), told in acts.items():
        if any(s.tier <= Tier.WIRE for s in told) or len({s.story for s in told}) > 1:
            best[name] = max(best.get(name, told), told, key=lambda own: blow_weight(own, context))
    groups = sorted(best.values(), key=lambda own: blow_weight(own, context), reverse=True)
    events = (tell(noted_act(own, context.verdicts[own[0].commitment]), [], context, recorded=False) for own in groups)
    new = [event for event in events if event.report is not None and not was_told(event, start, context)]
    found = told_once(new, context, SAME_EVENT)
    return [each for each in found if all(len(told_once([old, each], context, SAME_EVENT)) > 1 for old in above)]


def is_widely_told(event: ToldEvent, context: RenderContext) -> bool:
    """Whether it matters although no status changed: several outlets report it, or it is an order."""
    return is_order(event) or _outlets(event, context) >= WELL_REPORTED


def _outlets(event: ToldEvent, context: RenderContext) -> int:
    return len(known_outlets(event.signals, context))


def is_news(event: ToldEvent, start: datetime, context: RenderContext) -> bool:
    """Whether a digest can tell an event: it moved something, or a known outlet reports an act of this period."""
    if event.has_moved or by_hand(event.changes[0]):
        return True
    outlets = _outlets(event, context)
    meant = event.changes[0].level is Level.SUMMIT and outlets < WELL_REPORTED
    fresh = event.changes[0].happened >= start and not was_told(event, start, context)
    return fresh and bool(outlets) and not meant and _is_act(event, outlets, context)


def was_told(event: ToldEvent, start: datetime, context: RenderContext) -> bool:
    """Whether its act is one of the last days before the period, or one of the last week for the same day, which
    several known outlets had by then."""
    head = event.head
    if head is None or event.moves or event.changes[0].cause is Cause.CLOCK or event.at - start > SAME_EVENT:
        return False
    alike = [s for s in context.signals.values() if s.happened.end < start and is_read_alike(s, head)]
    days = {s.starts.date for s in event.signals if s.starts}
    last = (s for s in alike if s.happened.end >= start - SAME_EVENT)
    same = (s for s in alike if s.happened.end >= start - WEEK and s.starts and s.starts.date in days)
    return len(known_outlets([*last, *same], context)) > 1


def is_talk(event: ToldEvent, context: RenderContext) -> bool:
    """Whether it is only what one outlet has of the intentions of one side, whose office or leader does not announce
    them, and no way out of a trouble."""
    signal, verdict = event.head, context.verdicts[event.commitment]
    if event.way is Direction.UP and verdict.outlook is not Outlook.STEADY:
        return False
    talk = signal is not None and signal.effect in (Effect.PLEDGE, Effect.THREAT) and len(signal.by.parties) < 2
    announced = signal is not None and signal.announcer not in ("", signal.by)
    return talk and not announced and not event.moves and _outlets(event, context) < 2


def is_aside(event: ToldEvent, context: RenderContext) -> bool:
    """Whether it moved nothing, and a single outlet has it that is no wire."""
    wired = any(signal.tier <= Tier.WIRE for signal in event.signals)
    return not event.moves and event.changes[0].cause is Cause.NEWS and not wired and _outlets(event, context) < 2


def _is_act(event: ToldEvent, outlets: int, context: RenderContext) -> bool:
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
