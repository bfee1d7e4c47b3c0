"""The recorded changes of a commitment: those of one event are one entry, with its evidence as it was read then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from monitor.domain.messages.change_text import change_text, status_after
from monitor.domain.messages.context import RenderContext, known_signals, outlet_names
from monitor.domain.messages.digest.block_material import SAME_EVENT, best_reports, first_reported, is_background
from monitor.domain.messages.evidence_lines import baseline_line
from monitor.domain.messages.headline import ranked_reports
from monitor.domain.messages.subject import cut_headline
from monitor.domain.model import Cause, FlagKind, Transition, TransitionKind
from monitor.domain.model.changes import DeadlineMoved, StatusChanged
from monitor.domain.model.reasons import Awaiting
from monitor.domain.pages import addresses
from monitor.domain.pages.change_entries import CAUSES
from monitor.domain.pages.material import OwnMaterial, ReadEvidence, context_then, read_evidence, readers_of_all
from monitor.domain.text.labels import capitalised, decapitalised, format_date, join_few, local_day
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.evidence import transition_evidence
from monitor.domain.verdicts.standing import importance

MOST_HEADLINE = 150
"""Characters of an entry's headline."""
MOST_OUTLETS = 2
"""Outlets that an event names; the others are counted."""
ONE_EVENT = timedelta(hours=36)
"""Changes this far apart are one event if they rest on one report: further outlets repeat it until the next day."""
Recorded = tuple[Transition, ...]
"""The changes that one event of a commitment caused, the most important first."""


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """One change. text, more: the change and its reason, '' if something else on the entry says it."""

    anchor: str
    text: str
    more: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """The changes of one event. at: its first report; happened: '' on that day; event: they are events of note only;
    late: first seen long after it happened; read: rules and readers."""

    at: datetime
    recorded: datetime
    text: str
    happened: str
    cause: str
    status: str
    late: bool
    event: bool
    changes: tuple[ChangeNote, ...]
    evidence: tuple[ReadEvidence, ...]
    read: str


@dataclass(frozen=True, slots=True)
class MonthOfChanges:
    """The entries of a month, newest first. name: 'November 2025'; minor: those that no message tells."""

    name: str
    entries: tuple[TimelineEntry, ...]
    minor: tuple[TimelineEntry, ...]


def recorded(history: Iterable[Transition]) -> list[Recorded]:
    """The changes by event, oldest first: those of one moment, and those that rest on a report of it. Each move of the
    status stays an event of its own."""
    events: list[list[Transition]] = []
    for at, moment in groupby(history, key=lambda change: change.at):
        group = list(moment)
        for event in reversed(events):
            if (
                at - event[-1].at <= ONE_EVENT
                and _reports(event) & _reports(group)
                and not (_moves(event) and _moves(group))
            ):
                event += group
                break
        else:
            events.append(group)
    found = (tuple(sorted(event, key=importance, reverse=True)) for event in events)
    return sorted(found, key=lambda event: event[0].at)


def _reports(event: Iterable[Transition]) -> set[str]:
    return {key for change in event for key in (*change.evidence, *change.reason.signals, *change.continues)}


def _moves(event: Iterable[Transition]) -> bool:
    return any(isinstance(change.change, StatusChanged) for change in event)


def is_event(group: Recorded) -> bool:
    """Whether something happened: a lack of news or a coming date is not an event, nor is what one outlet alone reports
    of an ordinary act."""
    weighty = (change.kind is TransitionKind.EVENT and (change.level or len(change.evidence) > 1) for change in group)
    return not all(map(is_background, group)) or any(weighty)


def latest_event(groups: Sequence[Recorded]) -> Recorded | None:
    return next((group for group in reversed(groups) if is_event(group)), None)


def last_move(groups: Sequence[Recorded]) -> Recorded | None:
    """The event that moved the status last."""
    return next((group for group in reversed(groups) if _moves(group)), None)


def what_happened(group: Recorded, own: OwnMaterial) -> tuple[str, str]:
    """The headline of the most important change of an event, without a full stop, and the outlets that report it."""
    then = _context_of(group, own)
    evidence = [key for change in group if change.way is group[0].way for key in change.evidence]
    text = change_text(group[0], then, best_reports(group[0], own.commitment, evidence, then))
    headline, moved = text.headline, group[0].change
    if isinstance(moved, DeadlineMoved) and moved.what and not text.report:  # 'The truce: end date set to 10 Nov 2026'
        headline = f"{moved.what}: {decapitalised(headline)}"
    signals = known_signals((*filter(None, (text.report,)), *group[0].evidence), then)
    outlets = outlet_names((then.stories[signal.story] for signal in signals), then)
    named = join_few(outlets, MOST_OUTLETS) if outlets and not text.headline.startswith(f"{outlets[0]} ") else ""
    return capitalised(cut_headline(headline, MOST_HEADLINE)), named


def reported_at(group: Recorded, own: OwnMaterial) -> datetime:
    """When an event was first reported, as a digest dates it. What moved the status, and what was first seen late, has
    the time of its recording."""
    lead, then = group[0], _context_of(group, own)
    first = first_reported(lead, change_text(lead, then).report, lead.at - 2 * SAME_EVENT, then)
    return lead.at if _moves(group) or lead.at - first > 2 * SAME_EVENT else min(lead.at, first)


def _context_of(group: Recorded, own: OwnMaterial, keys: Iterable[str] = ()) -> RenderContext:
    """The evidence of an event as it was read then: these signals, else all of its changes."""
    cited = {each.signal: each for change in group for each in change.cited}
    known = keys or [key for change in group for key in transition_evidence(change)]
    return context_then(known, cited, max(change.at for change in group), own.context)


def months(own: OwnMaterial) -> tuple[MonthOfChanges, ...]:
    """Every recorded change, by month, newest first."""
    found = [(local_day(group[0].at, own.context.zone), group) for group in reversed(recorded(own.history))]
    by_month = []
    for name, pairs in groupby(found, key=lambda pair: f"{pair[0]:%B %Y}"):
        told: dict[bool, list[TimelineEntry]] = {True: [], False: []}
        for _, group in pairs:
            told[is_event(group)].append(entry(group, own))
        by_month.append(MonthOfChanges(name, tuple(told[True]), tuple(told[False])))
    return tuple(by_month)


def entry(group: Recorded, own: OwnMaterial) -> TimelineEntry:
    """The entry of the changes of one event."""
    lead, zone = group[0], own.context.zone
    # The sentences behind the changes, best first; the baseline of a date without a report.
    keys: dict[str, None] = {}
    for change in group:
        # Its own signals, and those of its flags if it is about them or if both sides of a dispute are quoted.
        flags = [f for f in change.flags if change.kind is TransitionKind.FLAG or f.kind is FlagKind.CONTESTED]
        keys |= dict.fromkeys((*change.evidence, *change.reason.signals, *(key for f in flags for key in f.evidence)))
    last = max(group, key=lambda change: change.at)
    then = _context_of(group, own, keys)
    evidence = read_evidence(ranked_reports(lead, known_signals(keys, then), then), lead.flags, then, own)
    by_calendar = lead.cause is Cause.CLOCK and any(change.kind is not TransitionKind.FLAG for change in group)
    if not evidence and by_calendar and own.commitment.baselines:
        evidence = (ReadEvidence(baseline_line(baseline_at(own.commitment, lead.at))),)
    (text, _), quotes = what_happened(group, own), [piece.line.quote for piece in evidence]
    first = reported_at(group, own)
    day, happened = local_day(first, zone), local_day(lead.happened, zone)
    notes: list[ChangeNote] = []
    for change in group:
        words = change_text(change, _context_of((change,), own))
        repeated = any(words.detail.casefold() in said.casefold() for said in (text, words.text, *quotes))
        said = {text[: len(words.text)].casefold(), *(note.text.casefold() for note in notes)}
        # Beside a move of the status, neither that it stayed before nor what was then in doubt is news; it stays once.
        stayed = change.kind is TransitionKind.EVENT and (_moves(group) or any(note.text for note in notes))
        settled = _moves(group) and isinstance(change.reason.detail, Awaiting)
        known = words.text.casefold() in said or stayed or settled
        told = ("" if known else words.text, "" if repeated else words.detail)
        notes.append(ChangeNote(addresses.change_anchor(change.id), *told))
    return TimelineEntry(
        at=first,
        recorded=lead.at,
        text=text,
        happened=format_date(happened) if happened != day else "",
        cause=CAUSES[lead.cause],
        status=status_after(last),
        late=any(change.late for change in group),
        event=all(change.kind is TransitionKind.EVENT for change in group),
        changes=tuple(notes),
        evidence=evidence,
        read=readers_of_all(evidence),
    )
