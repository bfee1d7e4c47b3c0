"""The events that the pages tell: which are more than minor, which moved a status, and what came after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.context import known_signals
from monitor.domain.messages.digest.period_changes import (
    SAME_EVENT,
    is_background,
    is_past,
    is_read_alike,
    known_outlets,
)
from monitor.domain.messages.digest.trouble import TROUBLE
from monitor.domain.messages.next_steps import blow_behind
from monitor.domain.messages.report import moves_status, status_after
from monitor.domain.model import Cause, Direction, FlagState, Kind, Level, Modality, Outlook, Severity, Tier, Transition
from monitor.domain.model.changes import DeadlineMoved, EventNoted, FlagChanged, TermsChanged
from monitor.domain.pages.material import OwnMaterial
from monitor.domain.pages.recorded_events import (
    Recorded,
    acts_of,
    is_first_date,
    moved_from,
    recorded,
    reported_at,
    reports_of,
)
from monitor.domain.pages.standing_view import since_text
from monitor.domain.text.labels import capitalised, format_date, local_day, number_word, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.corroboration import count_sources
from monitor.domain.verdicts.standing import HEDGED, NEXT_ROUND, leads

LATELY = timedelta(days=30)
"""How long a report by few outlets is news (estimate)."""
NO_LONGER, NEW_ROUND = "no longer", "a new round"
"""How a trouble is left behind, and a goal that the talks have met."""


def key_events(own: OwnMaterial) -> list[Recorded]:
    """The events that the board and the timelines tell, oldest first: moves of the status, what a trouble rests on now,
    and what an alert tells or several outlets report as done, unless it is the eve or the echo of a more important
    event in the same direction; the blow of one side that such an event of the other one answers; and of the last month
    every act in the headline of a known outlet, but for talks, of which the press tells daily."""
    told, minor, events = list[Recorded](), list[Recorded](), recorded(own)
    apart = timedelta(days=own.context.policy.event_again_days)
    behind = set(own.verdict.outlook_evidence if own.verdict.outlook is not Outlook.STEADY else ())
    # Doubts that a later report ended within these days.
    flags = [(c.change, c.at) for group in events for c in group if isinstance(c.change, FlagChanged)]
    ended = [(flag.subject, at) for flag, at in flags if flag.new is FlagState.EXPIRED]
    for group in sorted(events, key=lambda group: leads(group[0]), reverse=True):
        lead, old = group[0], moved_from(group)
        doubt = lead.change.subject if isinstance(lead.change, FlagChanged) else None
        over = any(subject == doubt and lead.at <= at <= lead.at + apart for subject, at in ended)
        # The next round of a series, or of a target, is neither good nor bad.
        moved = old is not None and lead.way is not Direction.OTHER
        alerted = old is None and not over and _is_notable(group, own) and not _is_near(group, told, apart, own)
        (told if moved or alerted or behind & reports_of(group) else minor).append(group)
    for group in minor.copy():
        reports = known_signals((key for change in group for key in change.evidence), own.context)
        titles = [each for each in reports if each.field == TITLE and each.modality is not Modality.RUMOUR]
        # The press has a headline for what is news; the title of an official text may name it in passing.
        late = group[0].happened > own.context.now - LATELY and any(each.tier is not Tier.OFFICIAL for each in titles)
        late = late and own.commitment.kind is not Kind.SERIES
        headed = isinstance(group[0].change, EventNoted) and known_outlets(titles, own.context)
        if not headed or not (late or any(_answers(known[0], group[0], apart) for known in told)):
            minor.remove(group)
    return sorted((*told, *minor), key=lambda group: group[0].at)


def _is_notable(group: Recorded, own: OwnMaterial) -> bool:
    """Whether an alert tells an event, or several outlets report it as done."""
    lead, counting = group[0], own.context.policy.corroborating_tiers
    if isinstance(lead.change, DeadlineMoved) and lead.cause is Cause.CLOCK:
        return False  # the date of a later baseline
    reports = known_signals((key for change in group for key in change.evidence), own.context)
    firm = [s for s in reports if s.modality not in HEDGED and not s.passing and s.tier in counting]
    several = isinstance(lead.change, EventNoted) and count_sources(firm) > 1
    return several or is_first_date(lead) or (lead.severity > Severity.ROUTINE and not is_background(lead))


def _is_near(group: Recorded, told: Sequence[Recorded], apart: timedelta, own: OwnMaterial) -> bool:
    """Whether an event is the eve or the echo of one that is told, or tells the same acts again. What came of a summit
    is no echo of it, nor is another date."""
    lead, at = group[0], reported_at(group, own)
    noted, acts = isinstance(lead.change, EventNoted), acts_of(group, own)
    for known in told:
        came_of = noted and lead.level is known[0].level is Level.SUMMIT and lead.at > known[0].at
        own_event = came_of or any(map(is_first_date, group))
        near = known[0].way is lead.way and abs(_day_of(known[0]) - at) <= apart and not own_event
        again = noted and acts and acts <= acts_of(known, own)
        if near or (again and timedelta() <= at - max(map(_day_of, known)) <= apart):
            return True
    return False


def _answers(change: Transition, blow: Transition, apart: timedelta) -> bool:
    """Whether an event of one side comes within these days after a blow of the other one."""
    if not (isinstance(change.change, EventNoted) and isinstance(blow.change, EventNoted)):
        return False
    sides, later = {change.change.by, blow.change.by}, timedelta() <= change.at - blow.at <= apart
    return later and change.way is blow.way is Direction.DOWN and [len(side.parties) for side in sides] == [1, 1]


def _day_of(change: Transition) -> datetime:
    return change.happened if change.late else change.at


def left_behind(group: Recorded) -> str:
    """The status that an event ended, before the one it left: 'IN PROGRESS →', 'no longer AT RISK:', of the next round
    of talks 'a new round:'; '' without."""
    old, new = moved_from(group), status_after(max(group, key=lambda change: change.at))
    if old is None:
        return ""
    if (old, new) == NEXT_ROUND:
        return f"{NEW_ROUND}:"
    return f"{NO_LONGER} {status_caps(old)}:" if old in TROUBLE and new not in TROUBLE else f"{status_caps(old)} →"


def newest_word(groups: Sequence[Recorded], own: OwnMaterial, most: int) -> list[Recorded]:
    """Of the events, oldest first, the newest ones: before others those of several outlets, in a side's own words, or
    in doubt, as a remark says."""
    doubted = {key for flag in own.verdict.flags for key in flag.evidence}

    def heard(group: Recorded) -> bool:
        reports = known_signals((key for change in group for key in change.evidence), own.context)
        own_word = (s for s in reports if s.says.parties and s.field == TITLE)
        several = len(known_outlets(reports, own.context)) > 1
        return several or bool(known_outlets(own_word, own.context) or doubted & reports_of(group))

    newest = groups[::-1]
    first = sorted(newest, key=lambda group: not heard(group))[:most]
    return [group for group in newest if group in first]


def shown_after(change: Transition) -> str:
    """The standing and the status when the change was recorded: 'IN FORCE, AT RISK'."""
    return ", ".join(map(status_caps, dict.fromkeys((change.standing.value, str(status_after(change))))))


@dataclass(frozen=True, slots=True)
class Course:
    """How a commitment came to its status. move: the event that moved it last or brought its trouble; why: that event,
    after the announcement of the days before that dates what it puts into effect; later: the events since then, oldest
    first; terms: what orders and rulings changed in its text, each with its event; until: 'no longer AT RISK since 16
    May', if the move only ended a trouble, with the number of several troubles since the status began; began: what
    began that trouble."""

    move: Recorded | None
    why: tuple[Recorded, ...]
    later: tuple[Recorded, ...]
    terms: tuple[tuple[str, Recorded], ...]
    until: str
    began: Recorded | None

    @classmethod
    def of(cls, own: OwnMaterial) -> Course:
        groups, later, terms = recorded(own), key_events(own), own.verdict.terms
        # A standing that moved under a trouble did not bring it; that of the starting point rests on its last blow.
        moves = [group for group in reversed(groups) if any(map(moves_status, group))]
        if not moves and (blow := blow_behind(own.verdict, own.context)):
            alike = {s.id for s in own.context.signals.values() if is_read_alike(s, blow)}
            alike = {
                key for key in alike if abs(own.context.signals[key].happened.end - blow.happened.end) <= SAME_EVENT
            }
            moves = [group for group in groups if alike & reports_of(group)]
        move = next(iter(moves), None)
        why = [move] if move else []
        if move:
            later = [group for group in later if group[0].at > move[0].at and not is_past(group[0], move[0].happened)]
            near = (group for group in groups if timedelta() < move[0].at - group[0].at <= SAME_EVENT)
            before = [group for group in near if group[0].cause is Cause.NEWS and is_first_date(group[0])]
            why = [*(before[:1] if move[0].way is Direction.UP else ()), move]
        ordered = ((each, group) for group in groups for each in group if each.level >= Level.ORDER)
        named = ((each.change.new, group) for each, group in ordered if isinstance(each.change, TermsChanged))
        new_terms = [(capitalised(one_line(name, 80)), group) for name, group in named if name and name in terms]
        return cls(move, tuple(why), tuple(later), tuple(new_terms), *_trouble_until(move, groups, own))


def _trouble_until(move: Recorded | None, groups: Sequence[Recorded], own: OwnMaterial) -> tuple[str, Recorded | None]:
    before = moved_from(move) if move else None
    if not move or not isinstance(before, Outlook) or own.verdict.outlook is not Outlook.STEADY:
        return "", None
    day = format_date(local_day(reported_at(move, own), own.context.zone))
    if day == since_text(own.verdict, own.context.zone):
        return "", None
    since = (group for group in groups if group[0].at > own.verdict.since)
    often = sum(left_behind(group).startswith(NO_LONGER) for group in since)
    spells = f" (the last of {number_word(often)} spells of trouble)" if often > 1 else ""
    into = [g for g in groups if moved_from(g) is not None and before in {getattr(c.change, "new", "") for c in g}]
    began = next((group for group in reversed(into) if group[0].at < move[0].at), None)
    return f"{NO_LONGER} {status_caps(before)} since {day}{spells}", began
