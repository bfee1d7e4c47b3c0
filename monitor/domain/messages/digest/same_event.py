"""Which events of a period are the same one, and the words that tell it best."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.domain.messages.change_text import ChangeText, change_text
from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.messages.digest.period_changes import SAME_EVENT, is_confirmation, turns
from monitor.domain.messages.digest.period_events import PeriodEvent, by_hand
from monitor.domain.messages.digest.reported_acts import is_read_alike, known_outlets, leads_its_title, tells_plainly
from monitor.domain.model import (
    Cause,
    Direction,
    Effect,
    Kind,
    Level,
    Modality,
    ReasonCode,
    Signal,
    Tier,
    Transition,
    changes,
)
from monitor.domain.stories.titles import title_words
from monitor.domain.verdicts.events import direction_of
from monitor.domain.verdicts.standing import WELL_REPORTED

SAME_WORDS = 0.6
"""The share of the words of a headline with which it tells the same as another one of the period (estimate)."""
SAME_REPORTS = 0.5
"""The share of the reports of an event that make another one of those days the same (estimate)."""
SAME_STEP = timedelta(days=1)
"""What one side does within this time on one commitment is mostly one step (estimate)."""
_FIGURE = re.compile(r"\d[\d.,]*\s?(?:%|per ?cent\b|bn\b|[bm]illion\b|trillion\b|m?t\b|ton)|[$€£¥]\s?\d", re.IGNORECASE)
"""An amount in a headline."""


def told_once(found: Sequence[PeriodEvent], context: RenderContext) -> list[PeriodEvent]:
    """The events, most important first, the less important of the same ones joined to the others: to one of their own
    commitment before another. What a title tells only behind another act goes with that one."""

    def is_minor(event: PeriodEvent) -> bool:
        return not event.moves and not any(leads_its_title(signal, context) for signal in event.signals)

    events = [event for event in found if not is_minor(event)]
    for across in (False, True, True):  # what is joined has other words, which may show that it is the same as another
        events, known = [], events
        for event in known:
            own = ((at, e) for at, e in enumerate(events) if across or e.commitment == event.commitment)
            at = next((at for at, each in own if _is_same(each, event, context)), None)
            if at is None:
                events.append(event)
            else:
                events[at] = _joined(events[at], event)
    for event in filter(is_minor, found):
        with_it = (at for at, each in enumerate(events) if event.head and event.head.story in _stories(each))
        at = next(with_it, None)
        if at is not None:
            events[at] = _joined(events[at], event)
    return events


def _stories(event: PeriodEvent) -> set[str]:
    return {signal.story for signal in event.signals if signal.tier <= Tier.TRADE}


def is_like(event: PeriodEvent, other: PeriodEvent) -> bool:
    """Whether the two are steps of one side on one commitment the same way within a few days."""
    sides = [(each.commitment, each.way, each.head and each.head.by) for each in (event, other)]
    return sides[0] == sides[1] and abs(event.at - other.at) <= SAME_EVENT


def _is_same(known: PeriodEvent, event: PeriodEvent, context: RenderContext) -> bool:
    """Whether a less important event is the same as a known one."""
    first, second = known.changes[0], event.changes[0]
    near, own = abs(first.happened - second.happened) <= SAME_EVENT, first.commitment == second.commitment
    if known.head is None or event.head is None:  # a whole moves with its part
        by_parts = second.reason.code is ReasonCode.PARTS and first.commitment.startswith(f"{second.commitment}-")
        return near and known.has_moved and known.way is event.way and by_parts
    apart = Cause.CLOCK in (first.cause, second.cause) or first.level is Level.SUMMIT is not second.level
    if apart and not own:
        return False  # what takes effect on one day, and what a meeting of leaders brought
    if own and is_confirmation(second) and any(_reached(move) is second.standing for move in known.moves):
        return True
    if own and near and first.level is Level.SUMMIT and second.level is Level.SUMMIT:
        return True  # leaders meet once, however often it is told
    if {known.way, event.way} == {Direction.UP, Direction.DOWN} or by_hand(first) or by_hand(second):
        return False
    if _share_reports(known, event, near=near, own=own) or _is_same_step(known, event, context):
        return True
    if near:
        # What has no headline of its own is the formal act of that side of which others tell.
        formal = known.report is None and event.head.level is Level.ORDER and event.head.by is known.head.by
        if is_read_alike(known.head, event.head) or (own and formal):
            return True
    words = [frozenset(title_words(each.text.headline)) for each in (known, event)]
    titled = own or (known.report and event.report)
    if titled and len(words[0] & words[1]) >= max(1, SAME_WORDS * min(map(len, words))):
        return True
    return own and near and any(word[:1].isdigit() for word in words[0] & words[1])


def _share_reports(known: PeriodEvent, event: PeriodEvent, *, near: bool, own: bool) -> bool:
    """Whether the two rest on the same reports: of one commitment on one that leads, or on half of those of one of
    them; of two commitments on one that leads and half of those of the less important one."""
    stories = [_stories(each) for each in (known, event)]
    shared = len(stories[0] & stories[1])
    half = shared >= SAME_REPORTS * min(map(len, stories[0 if own else 1 :]))
    leads = any(each.head and each.head.story in other for each, other in ((event, stories[0]), (known, stories[1])))
    return (leads and (own or half)) or (own and near and shared > 1 and half)


def _is_same_step(known: PeriodEvent, event: PeriodEvent, context: RenderContext) -> bool:
    """Whether the two are steps of one side on one commitment, a threat and its deed among them, or what both sides did
    in one round of talks."""
    first, second = known.changes[0], event.changes[0]
    apart = abs(first.happened - second.happened)
    if apart > SAME_EVENT or known.way is not event.way:
        return False
    one, other = known.head, event.head
    if one is None or other is None:
        return False
    if (one.commitment, one.by) == (other.commitment, other.by) and one.by.parties:
        threatened = (one.effect is Effect.THREAT) is not (other.effect is Effect.THREAT)
        small = apart <= SAME_STEP and len(known_outlets(event.signals, context)) < WELL_REPORTED
        return threatened or small or (known.has_moved and event.has_moved)
    joint = [len(each.by.parties) > 1 for each in (one, other)]
    is_series = context.commitments[event.commitment].kind is Kind.SERIES
    together = one.effect is other.effect if event.has_moved else is_series
    agreed = joint[1] and any(move.commitment == event.commitment for move, _, _ in turns(known.moves))
    return known.has_moved and (agreed or (all(joint) and together))


def _joined(known: PeriodEvent, event: PeriodEvent) -> PeriodEvent:
    """The event with the changes and reports of the same one. The words of a report lead before generated ones,
    those of a formal act before those about it, and those of the last status before those of one on the way."""
    effect = known.head.effect if known.head else None
    alike = (s for s in known.signals if event.report and s.effect is effect and is_read_alike(event.report, s))
    same = next(alike, None) is not None
    formal = event.report is not None and event.report.level is Level.ORDER and not known.has_moved
    better = not known.report or (formal and known.report.level < Level.ORDER)
    last = known.has_turned and event.has_turned and event.at > known.at and event.commitment == known.commitment
    told = event if last or (same and better) else known
    signals = {signal.id: signal for signal in (*known.signals, *event.signals)}
    return PeriodEvent(
        (*known.changes, *event.changes), (*known.moves, *event.moves), told.text, told.report, tuple(signals.values())
    )


def _reached(change: Transition) -> object:
    return change.change.new if isinstance(change.change, changes.StatusChanged) else None


def best_told(event: PeriodEvent, context: RenderContext) -> PeriodEvent:
    """The event with the words that tell its act best of all its reports: a deed before the threat of it, the act that
    moved a status, one with an amount, and of these the words that share most with the others. Of leaders who meet the
    last report leads, which tells what came of it."""
    change, head = event.changes[0], event.head
    if head is None or change.cause is not Cause.NEWS:
        return event
    pool, meet = {signal.id: signal for signal in event.signals}, change.level is Level.SUMMIT and event.has_turned
    if meet:
        pool |= {key: s for key, s in context.signals.items() if s.happened.end >= change.happened}
    alike = [s for s in pool.values() if s.commitment == head.commitment and direction_of(s.effect) is event.way]
    titles = {s.id: context.stories[s.story].title for s in (head, *alike)}
    plain = [s for s in alike if tells_plainly(s, context)]
    deeds = [s for s in plain if s.by is head.by and s.effect is not head.effect is Effect.THREAT]
    deeds = [s for s in deeds if s.level is Level.ORDER or _FIGURE.search(titles[s.id])]
    if event.report and not deeds and tells_plainly(head, context):
        return event
    fit = [s for s in plain if s.effect is head.effect or s in deeds]
    fit = [s for s in fit if event.has_turned or s.by is head.by]
    fit = [s for s in fit if not meet or (s.level is change.level and s.modality is not Modality.UNDER_WAY)]
    told = [text for text in ((s, change_text(change, context, [s])) for s in fit) if text[1].report]
    moved_by = {signal.rule for signal in known_signals(change.reason.signals, context)}
    series = context.commitments[event.commitment].kind is Kind.SERIES  # which any round of talks moves
    words = Counter(word for s in pool.values() for word in {*title_words(context.stories[s.story].title)})

    def rank(each: tuple[Signal, ChangeText]) -> tuple[object, ...]:
        signal, title = each[0], titles[each[0].id]
        own = {*title_words(title)}
        shared, threat = sum(words[word] for word in own) / len(own), signal.effect is Effect.THREAT
        other = not series and signal.rule not in moved_by
        best_words = (threat, other and not deeds, _FIGURE.search(title) is None, -shared, signal.id)
        return (-signal.happened.end.timestamp(),) if meet else best_words

    best = min(told, key=rank, default=None)
    if best is None:
        return event
    first = min((head, best[0]), key=lambda each: each.happened.end) if is_read_alike(head, best[0]) else best[0]
    report = best[0] if meet else replace(best[0], happened=first.happened)  # an act is told for its first day
    signals = (*event.signals, *(() if report.id in {signal.id for signal in event.signals} else (report,)))
    return replace(event, text=best[1], report=report, signals=signals)
