"""The events that the pages tell: which are more than minor, which moved a status, and what came after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.cause import blow_behind
from monitor.domain.messages.digest.trouble import TROUBLE
from monitor.domain.messages.events.reported_acts import (
    SAME_EVENT,
    is_background,
    is_past,
    is_read_alike,
    is_still_ahead,
    known_outlets,
    turns,
)
from monitor.domain.messages.events.told import ToldEvent
from monitor.domain.messages.events.weight import blow_weight, points, weight
from monitor.domain.messages.headline import moves_status, status_after
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Cause,
    Direction,
    Effect,
    FlagState,
    Kind,
    Level,
    Modality,
    Outlook,
    Standing,
    Status,
    Tier,
    Transition,
)
from monitor.domain.model.changes import EventNoted, FlagChanged, TermsChanged
from monitor.domain.pages.material import OwnMaterial
from monitor.domain.pages.recorded_events import (
    LONE,
    is_first_date,
    is_lone,
    last_move,
    moved_from,
    reported_at,
    reports_of,
)
from monitor.domain.pages.standing_view import since_text
from monitor.domain.text.labels import capitalised, format_date, local_day, number_word, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.standing import HEDGED, NEXT_ROUND

LATELY = timedelta(days=30)
"""How long a report by few outlets is news (estimate)."""
FEWEST_SINCE = 2
"""Events since the status moved that are told, if need be with older acts of a single outlet (estimate)."""
KEY, ECHO = 2, 4
"""The points of an event that the timelines tell: of two outlets with an alert, of three, or of a side's own text; and
of one in the days of a weightier one in the same direction."""
NEW_ROUND = "a new round"
"""How talks leave a goal behind that they have met."""


def key_events(own: OwnMaterial) -> list[ToldEvent]:
    """The events that the board and the timelines tell, oldest first: moves of the status, what a trouble rests on now,
    and what has enough weight, unless it is the eve or the echo of a weightier event in the same direction; the blow of
    one side that such an event of the other one answers; and every act in the headline of a known outlet if it is of
    the last month or, but for a threat, little else came since the status moved; no plan in the days of a deed, and
    nothing of talks, of which the press tells daily."""
    context, told, minor = own.context, list[ToldEvent](), list[ToldEvent]()
    apart = timedelta(days=context.policy.event_again_days)
    behind = set(own.verdict.outlook_evidence if own.verdict.outlook is not Outlook.STEADY else ())
    # Doubts that a later report ended within these days.
    flags = [(c.change, c.at) for c in own.history if isinstance(c.change, FlagChanged)]
    ended = [(flag.subject, at) for flag, at in flags if flag.new is FlagState.EXPIRED]
    for event in sorted(
        (event for event in own.told if not is_lone(event)),
        key=lambda event: (moved_from(event) is not None, weight(event, context)),
        reverse=True,
    ):
        lead = event.changes[0]
        doubt = lead.change.subject if isinstance(lead.change, FlagChanged) else None
        over = any(subject == doubt and lead.at <= at <= lead.at + apart for subject, at in ended)
        quiet = not isinstance(lead.change, EventNoted) and is_background(lead)
        least = ECHO if _is_near(event, told, own) else KEY
        key = is_first_date(lead) or (points(event, context) >= least and not _is_preview(event, own))
        # The next round of a series, or of a target, is neither good nor bad.
        moved = moved_from(event) is not None and lead.way is not Direction.OTHER
        alerted = moved_from(event) is None and key and not (over or quiet)
        (told if moved or alerted or behind & reports_of(event) else minor).append(event)
    moved_at = max((event.changes[0].at for event in told if moved_from(event) is not None), default=None)
    since = sum(moved_at is None or event.changes[0].at > moved_at for event in told)
    for event in sorted(minor, key=lambda event: event.changes[0].at, reverse=True):
        # The press has a headline for what is news; the title of an official text may name it in passing.
        titled = (
            event.report is not None and event.report.field == TITLE and bool(known_outlets([event.report], context))
        )
        head = event.head
        headed = titled and head is not None and head.modality is not Modality.RUMOUR
        aged = head is not None and head.effect is Effect.THREAT  # one that no one else told
        lonely = since < FEWEST_SINCE and not aged and (moved_at is None or event.changes[0].at > moved_at)
        late = lonely or event.changes[0].happened > context.now - LATELY
        late = late and own.commitment.kind is not Kind.SERIES
        late = late and head is not None and head.tier is not Tier.OFFICIAL
        late = late and not any(_is_repeated(known, event, apart) for known in told)
        planned = head is not None and head.modality in HEDGED and _is_near(event, told, own)
        late = late and not planned
        noted = isinstance(event.changes[0].change, EventNoted) and headed
        if noted and (late or any(_answers(known.changes[0], event.changes[0], apart) for known in told)):
            told.append(event)
            since += late
    return sorted(told, key=lambda event: event.changes[0].at)


def _is_preview(event: ToldEvent, own: OwnMaterial) -> bool:
    """Whether it only plans a meeting of a series of which one has been held since."""
    agreed = event.head is not None and event.head.effect is Effect.PLEDGE and own.commitment.kind is Kind.SERIES
    return agreed and event.head is not None and not is_still_ahead(event.head, own.context)


def _is_near(event: ToldEvent, told: Sequence[ToldEvent], own: OwnMaterial) -> bool:
    """Whether an event is the eve or the echo of one that is told; another date is none."""
    at, apart = reported_at(event, own), timedelta(days=own.context.policy.event_again_days)
    dated = any(map(is_first_date, event.changes))
    spans = ((reported_at(known, own), max(map(_day_of, known.changes))) for known in told if known.way is event.way)
    return not dated and any(first - apart <= at <= last + apart for first, last in spans)


def _is_repeated(known: ToldEvent, event: ToldEvent, apart: timedelta) -> bool:
    """Whether the press tells again, within these days, the act of a known event."""
    if known.head is None or event.head is None or event.head.says.parties:
        return False
    return timedelta() <= event.changes[0].at - known.changes[0].at <= apart and is_read_alike(known.head, event.head)


def is_of_one(event: ToldEvent, own: OwnMaterial) -> bool:
    """Whether a single outlet reports the blow, and no side speaks of it."""
    blow = event.way is Direction.DOWN and moved_from(event) is None and event.signals != ()
    silent = all(s.tier is not Tier.OFFICIAL and not s.says.parties for s in event.signals)
    return blow and silent and len(known_outlets(event.signals, own.context)) <= 1


def _echoes(event: ToldEvent, told: Sequence[ToldEvent], own: OwnMaterial) -> bool:
    """Whether a single outlet tells a blow of the last days again."""
    days = timedelta(days=own.context.policy.corroborate_days)
    return is_of_one(event, own) and any(_is_repeated(known, event, days) for known in told)


def _lone_deed(own: OwnMaterial, since: datetime, told: Sequence[ToldEvent]) -> ToldEvent | None:
    """The newest deed of these months that a single outlet has in a headline, and that none of these events tells."""
    apart, since = timedelta(days=own.context.policy.event_again_days), max(since, own.context.now - LONE)
    for event in reversed(own.told):
        head = event.head
        deed = head and head.effect in NEGATIVE_EFFECTS - {Effect.THREAT} and head.modality is not Modality.RUMOUR
        titled = deed and head and head.field == TITLE and head.title_is_news and event.changes[0].at > since
        if titled and is_of_one(event, own) and not any(k == event or _is_repeated(k, event, apart) for k in told):
            return event
    return None


def _answers(change: Transition, blow: Transition, apart: timedelta) -> bool:
    """Whether an event of one side comes within these days after a blow of the other one."""
    if not (isinstance(change.change, EventNoted) and isinstance(blow.change, EventNoted)):
        return False
    sides, later = {change.change.by, blow.change.by}, timedelta() <= change.at - blow.at <= apart
    return later and change.way is blow.way is Direction.DOWN and [len(side.parties) for side in sides] == [1, 1]


def _day_of(change: Transition) -> datetime:
    return change.happened if change.late else change.at


def left_behind(event: ToldEvent, own: OwnMaterial) -> str:
    """The standing and the status that an event ended, before those it left: 'PLEDGED, AT RISK →', of the next round
    of talks 'a new round:'; '' without."""
    old, last = moved_from(event), last_move(event)
    if old is None:
        return ""
    if (old, status_after(last)) == NEXT_ROUND:
        return f"{NEW_ROUND}:"
    earlier = [*takewhile(lambda move: move not in event.changes, (move for move, *_ in turns(own.history)))]
    first = baseline_at(own.commitment, last.at).standing if own.commitment.baselines else old
    before = shown_after(earlier[-1]) if earlier else _both(first, old)
    return f"{before} →" if before != shown_after(last) else ""


def ends_trouble(event: ToldEvent) -> bool:
    return moved_from(event) in TROUBLE and status_after(last_move(event)) not in TROUBLE


def newest_word(events: Sequence[ToldEvent], own: OwnMaterial, most: int) -> list[ToldEvent]:
    """Of the events, oldest first, the newest one, and of the others the newest weighty ones before light ones; those
    that a remark doubts are weighty, and so is the worst blow of a trouble that is not over."""
    doubted = {key for flag in own.verdict.flags for key in flag.evidence}
    blows = [e for e in events if e.way is Direction.DOWN and e.signals and own.verdict.outlook is not Outlook.STEADY]
    worst = max(blows, key=lambda event: blow_weight(event.signals, own.context), default=None)

    def rank(event: ToldEvent) -> tuple[bool, bool]:
        return event is not worst, points(event, own.context) < KEY and not doubted & reports_of(event)

    newest = events[::-1]
    first = [*newest[:1], *sorted(newest[1:], key=rank)][:most]
    return [event for event in newest if event in first]


def shown_after(change: Transition) -> str:
    """The standing and the status when the change was recorded: 'IN FORCE, AT RISK'."""
    return _both(change.standing, status_after(change))


def _both(standing: Status, status: Status) -> str:
    return ", ".join(map(status_caps, dict.fromkeys((standing.value, status.value))))


@dataclass(frozen=True, slots=True)
class Course:
    """How a commitment came to its status. move: the event that moved it last or brought its trouble; why: that
    event, after the announcement of the days before that dates what it puts into effect, with a worse blow
    since, and the one that the status rests on now; later: the events since then, oldest first; alone: the newest
    deed that a single outlet reports since then, and that is none of these; terms: what orders and rulings changed
    in its text, each with its event; until: 'no longer AT RISK since 16 May', if the move only ended a trouble, with
    the number of several troubles since the status began; trouble: what began that trouble, the worst blow after
    that if it is worse, and the last one of the same side."""

    move: ToldEvent | None
    why: tuple[ToldEvent, ...]
    later: tuple[ToldEvent, ...]
    alone: ToldEvent | None
    terms: tuple[tuple[str, ToldEvent], ...]
    until: str
    trouble: tuple[ToldEvent, ...]

    @classmethod
    def of(cls, own: OwnMaterial) -> Course:
        events = [event for event in own.told if not is_lone(event)]
        later, terms = key_events(own), own.verdict.terms
        # A standing that moved under a trouble did not bring it; that of the starting point rests on its last blow.
        moves = [event for event in reversed(events) if any(map(moves_status, event.changes))]
        blows = _rests_on(events, own)
        move = next(iter(moves or blows), None)
        why = [move] if move else []
        if move:
            lead = move.changes[0]
            dated = (e for e in events if timedelta() < lead.at - e.changes[0].at <= SAME_EVENT)
            before = [e for e in dated if e.changes[0].cause is Cause.NEWS and is_first_date(e.changes[0])]
            worse = _worse_than(move, events, own) if own.verdict.outlook is not Outlook.STEADY else ()
            now = [event for event in blows[-1:] if event.changes[0].at > lead.at]
            stood = [e for e in later if isinstance(moved_from(e), Standing) and e.changes[0].at > lead.at]
            why = [*(before[:1] if lead.way is Direction.UP else ()), move, *stood[-1:], *worse, *now]
            why = sorted(dict(zip(map(id, why), why, strict=True)).values(), key=lambda event: event.changes[0].at)
            after = (e for e in later if e.changes[0].at > lead.at and e not in why)
            later = [e for e in after if not is_past(e.changes[0], lead.happened) and not _echoes(e, why, own)]
        ordered = ((each, event) for event in events for each in event.changes if each.level >= Level.ORDER)
        named = ((each.change.new, event) for each, event in ordered if isinstance(each.change, TermsChanged))
        new_terms = [(capitalised(one_line(name, 80)), event) for name, event in named if name and name in terms]
        alone = _lone_deed(own, move.changes[0].at if move else own.verdict.since, (*why, *later))
        return cls(move, tuple(why), tuple(later), alone, tuple(new_terms), *_trouble_until(move, own))


def _rests_on(events: Sequence[ToldEvent], own: OwnMaterial) -> list[ToldEvent]:
    """The events that tell the blow on which a trouble rests now."""
    blow = blow_behind(own.verdict, own.context)
    alike = (s for s in own.context.signals.values() if blow and is_read_alike(s, blow))
    near = {s.id for s in alike if blow and abs(s.happened.end - blow.happened.end) <= SAME_EVENT}
    return [event for event in events if near & reports_of(event)]


def _trouble_until(move: ToldEvent | None, own: OwnMaterial) -> tuple[str, tuple[ToldEvent, ...]]:
    before = moved_from(move) if move else None
    if not move or not isinstance(before, Outlook) or own.verdict.outlook is not Outlook.STEADY:
        return "", ()
    day = format_date(local_day(reported_at(move, own), own.context.zone))
    if day == since_text(own.verdict, own.commitment, own.context.zone):
        return "", ()
    earlier = [event for event in own.told if event.changes[0].at < move.changes[0].at]
    often = sum(ends_trouble(e) for e in (*earlier, move) if e.changes[0].at > own.verdict.since)
    spells = f" (the last of {number_word(often)} spells of trouble)" if often > 1 else ""
    turned = [e for e in earlier if moved_from(e) is not None]
    into = [e for e in turned if before in {getattr(change.change, "new", "") for change in e.changes}]
    trouble = into[-1:]
    if trouble and (began := trouble[0]).first:
        # The worst blow since then, and the last one of the side that dealt the first, if there is one of more outlets.
        by = began.first.by
        again = [e for e in key_events(own) if e.way is Direction.DOWN and e.first and e.first.by is by]
        again = [e for e in again if began.changes[0].at < e.changes[0].at < move.changes[0].at]
        again = ([e for e in again if not is_of_one(e, own)] or again)[-1:]
        worst = [e for e in _worse_than(began, earlier, own) if e not in again]
        trouble += sorted((*worst, *again), key=lambda event: event.changes[0].at)
    return f"no longer {status_caps(before)} since {day}{spells}", tuple(trouble)


def _worse_than(began: ToldEvent, events: Sequence[ToldEvent], own: OwnMaterial) -> list[ToldEvent]:
    """The worst blow of these events after that which began a trouble, if it is worse."""
    later = [e for e in events if e.way is Direction.DOWN and e.signals and e.changes[0].at > began.changes[0].at]
    weights = [(blow_weight(event.signals, own.context), event) for event in later]
    most, worst = max(weights, key=lambda each: each[0], default=((), began))
    return [worst] if began.signals and most > blow_weight(began.signals, own.context) else []
