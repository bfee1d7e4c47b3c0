"""The recorded changes of a commitment: those of one event are one entry, with its evidence as it was read then."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.change_text import change_text, status_after
from monitor.domain.messages.context import RenderContext, is_english, known_signals, outlet_names
from monitor.domain.messages.digest.period_changes import (
    SAME_EVENT,
    best_reports,
    first_reported,
    is_background,
    is_past,
    known_outlets,
    reported_acts,
)
from monitor.domain.messages.digest.trouble import TROUBLE
from monitor.domain.messages.evidence_lines import baseline_line
from monitor.domain.messages.headline import act_told, is_news, ranked_reports
from monitor.domain.messages.subject import cut_headline
from monitor.domain.model import (
    Cause,
    Direction,
    FlagKind,
    FlagState,
    Level,
    Modality,
    Outlook,
    Severity,
    Signal,
    Status,
    Tier,
    Transition,
    TransitionKind,
    Verdict,
)
from monitor.domain.model.changes import (
    DeadlineMoved,
    EventNoted,
    FlagChanged,
    ShareChanged,
    StatusChanged,
    TermsChanged,
)
from monitor.domain.model.reasons import Awaiting
from monitor.domain.pages import addresses
from monitor.domain.pages.change_entries import CAUSES
from monitor.domain.pages.material import OwnMaterial, ReadEvidence, context_then, read_evidence
from monitor.domain.pages.standing_view import since_text
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.labels import (
    capitalised,
    decapitalised,
    format_date,
    join_few,
    local_day,
    number_word,
    status_caps,
)
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.corroboration import count_sources
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.evidence import transition_evidence
from monitor.domain.verdicts.standing import HEDGED, importance, leads

MOST_HEADLINE = 150
"""Characters of an entry's headline."""
MOST_OUTLETS = 2
"""Outlets that an event names; the others are counted."""
LATELY = timedelta(days=30)
"""How long a report by few outlets is news (estimate)."""
ONE_EVENT = timedelta(hours=36)
"""Changes this far apart are one event if they rest on one report: further outlets repeat it until the next day."""
_SUBJECT_BEFORE = re.compile(r"(?:It|They|He|She|This|These|Those)\b")
"""The beginning of a sentence whose subject is in the one before it."""
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
    """The changes of one event. at: its first report; happened: '' unless before; cause: '' for news; moved: the status
    before, '' if it stayed; late: first seen long after it happened."""

    at: datetime
    recorded: datetime
    text: str
    happened: str
    cause: str
    moved: str
    status: str
    shown: str
    late: bool
    changes: tuple[ChangeNote, ...]
    evidence: tuple[ReadEvidence, ...]


@dataclass(frozen=True, slots=True)
class MonthOfChanges:
    """The entries of a month, newest first. name: 'November 2025'; minor: those that the timeline of all leaves out."""

    name: str
    entries: tuple[TimelineEntry, ...]
    minor: tuple[TimelineEntry, ...]


def recorded(own: OwnMaterial) -> list[Recorded]:
    """The changes by event, oldest first: those of one moment, those that rest on a report of it, and those of which
    others report the same act within two days. A move of the status joins another one only if the same
    words tell both."""
    events: list[list[Transition]] = []
    for at, moment in groupby(own.events, key=lambda change: change.at):
        group = list(moment)
        for event in reversed(events):
            both_move = moved_from(event) is not None and moved_from(group) is not None
            again = at - event[-1].at <= ONE_EVENT and _reports(event) & _reports(group)
            near = at - event[0].at <= SAME_EVENT and group[0].way is event[0].way
            alike = near and _acts(event, own) & _acts(group, own)
            if both_move and again:
                again = what_happened(tuple(event), own)[0] == what_happened(tuple(group), own)[0]
            if again or (alike and not both_move):
                event += group
                break
        else:
            events.append(group)
    return sorted((_best_told(event, own) for event in events), key=lambda event: event[0].at)


def _best_told(event: Iterable[Transition], own: OwnMaterial) -> Recorded:
    """The changes of an event, the most important first; of several reports of one act, one with a headline."""
    ranked = sorted(event, key=importance, reverse=True)
    then, acts = _context_of(tuple(ranked), own), _acts(ranked[:1], own)
    noted = [each for each in ranked if isinstance(each.change, EventNoted) and _acts([each], own) & acts]
    lead = (
        next((each for each in noted if change_text(each, then).report), ranked[0]) if ranked[0] in noted else ranked[0]
    )
    return (lead, *(each for each in ranked if each is not lead))


def unrecorded_acts(told: Collection[str], context: RenderContext) -> dict[str, tuple[Transition, ...]]:
    """By commitment, the acts that the side itself or many outlets report and no recorded change tells: what is outside
    a promise may strain it, and changes nothing. told: the signals that changes cite; context: with all reports."""
    found = defaultdict[str, list[Transition]](list)
    for act in reported_acts(tuple(context.signals.values()), context):
        reports = known_signals(act.evidence, context)
        said = (s for s in reports if s.says.parties & s.by.parties and s.field == TITLE)
        own_word = known_outlets((s for s in said if is_news(context.stories[s.story])), context)
        heard = own_word or len(known_outlets(reports, context)) >= context.policy.event_again_origins
        if heard and not {*act.evidence} & {*told}:
            found[act.commitment].append(act)
    return {name: tuple(acts) for name, acts in found.items()}


def _reports(event: Iterable[Transition]) -> set[str]:
    return {key for change in event for key in (*change.evidence, *change.reason.signals, *change.continues)}


def _acts(event: Iterable[Transition], own: OwnMaterial) -> set[tuple[object, ...]]:
    """The acts that the reports of an event tell, each by its rule, its effect and who acts."""
    told = known_signals((key for change in event for key in change.evidence), own.context)
    return {(signal.rule, signal.effect, signal.by) for signal in told}


def moved_from(group: Iterable[Transition]) -> Status | None:
    """The status that an event ended."""
    moves = (each.change for each in sorted(group, key=lambda each: each.at) if isinstance(each.change, StatusChanged))
    return next((move.old for move in moves if move.old is not move.new), None)


def key_events(own: OwnMaterial, *, lately: bool = False) -> list[Recorded]:
    """The events that the board and the timelines tell, oldest first: moves of the status, what a trouble rests on now,
    and what an alert tells or several outlets report as done, unless it is the eve or the echo of a more important
    event in the same direction. lately: and those of the last month with the act in the headline of a known outlet."""
    context, told, minor, events = own.context, list[Recorded](), list[Recorded](), recorded(own)
    apart, counting = timedelta(days=context.policy.event_again_days), context.policy.corroborating_tiers
    behind = set(own.verdict.outlook_evidence if own.verdict.outlook is not Outlook.STEADY else ())
    # Doubts that a later report ended within these days.
    flags = [(c.change, c.at) for group in events for c in group if isinstance(c.change, FlagChanged)]
    ended = [(flag.subject, at) for flag, at in flags if flag.new is FlagState.EXPIRED]
    for group in sorted(events, key=lambda group: leads(group[0]), reverse=True):
        lead, began = group[0], min(map(_day_of, group))
        near = any(known[0].way is lead.way and abs(_day_of(known[0]) - began) <= apart for known in told)
        acts = _acts(group, own) if isinstance(lead.change, EventNoted) else set()
        latest = (max(map(_day_of, known)) for known in told if acts and acts <= _acts(known, own))
        near = near or any(timedelta() <= began - at <= apart for at in latest)  # the same acts, told again
        reports = known_signals((key for change in group for key in change.evidence), context)
        firm = (signal for signal in reports if signal.modality not in HEDGED and not signal.passing)
        noted = isinstance(lead.change, EventNoted)
        several = noted and count_sources([signal for signal in firm if signal.tier in counting]) > 1
        by_baseline = isinstance(lead.change, DeadlineMoved) and lead.cause is Cause.CLOCK
        notable = lead.severity > Severity.ROUTINE and not is_background(lead) and not by_baseline
        notable = notable or several or (_is_first_date(lead) and not by_baseline)
        doubt = lead.change.subject if isinstance(lead.change, FlagChanged) else None
        over = any(subject == doubt and lead.at <= at <= lead.at + apart for subject, at in ended)
        # The next round of a series, or of a target, is neither good nor bad.
        moved = moved_from(group) is not None and lead.way is not Direction.OTHER
        alerted = moved_from(group) is None and notable and not near and not over
        titles = [each for each in reports if each.field == TITLE and each.modality is not Modality.RUMOUR]
        if moved or behind & _reports(group) or alerted:
            told.append(group)
        elif lately and noted and lead.happened > context.now - LATELY and known_outlets(titles, context):
            minor.append(group)
    return sorted((*told, *minor), key=lambda group: group[0].at)


def _day_of(change: Transition) -> datetime:
    return change.happened if change.late else change.at


def left_behind(group: Recorded) -> str:
    """The status that an event ended, before the one it left: 'IN PROGRESS →', 'no longer AT RISK:'; '' without."""
    old, new = moved_from(group), status_after(max(group, key=lambda change: change.at))
    if old is None:
        return ""
    return f"no longer {status_caps(old)}:" if old in TROUBLE and new not in TROUBLE else f"{status_caps(old)} →"


def events_after(move: Recorded | None, groups: Iterable[Recorded]) -> list[Recorded]:
    after = (group for group in groups if move is None or group[0].at > move[0].at)
    return [group for group in after if move is None or not is_past(group[0], move[0].happened)]


def why_moved(move: Recorded | None, groups: Iterable[Recorded]) -> list[Recorded]:
    """The event that moved the status last, after the announcement of the days before that dates what it puts into
    effect."""
    if move is None:
        return []
    near = (group for group in groups if timedelta() < move[0].at - group[0].at <= SAME_EVENT)
    before = [group for group in near if group[0].cause is Cause.NEWS and _is_first_date(group[0])]
    return [*(before[:1] if move[0].way is Direction.UP else ()), move]


def terms_changed(groups: Iterable[Recorded], verdict: Verdict) -> list[tuple[str, Recorded]]:
    """What orders and rulings changed in the text of a commitment, each with its event."""
    changes = ((change, group) for group in groups for change in group if change.level >= Level.ORDER)
    terms = ((each.change.new, group) for each, group in changes if isinstance(each.change, TermsChanged))
    return [(capitalised(one_line(name, 80)), group) for name, group in terms if name and name in verdict.terms]


def _is_first_date(change: Transition) -> bool:
    return isinstance(change.change, DeadlineMoved) and change.change.old is None


def newest_word(groups: Sequence[Recorded], own: OwnMaterial, most: int) -> list[Recorded]:
    """Of the events, oldest first, the newest ones: before others of several outlets or in a side's own words."""

    def heard(group: Recorded) -> bool:
        reports = known_signals((key for change in group for key in change.evidence), own.context)
        own_word = (s for s in reports if s.says.parties and s.field == TITLE)
        return bool(known_outlets(own_word, own.context)) or len(known_outlets(reports, own.context)) > 1

    newest = groups[::-1]
    first = sorted(newest, key=lambda group: not heard(group))[:most]
    return [group for group in newest if group in first]


def last_move(groups: Sequence[Recorded]) -> Recorded | None:
    """The event that moved the status last."""
    return next((group for group in reversed(groups) if moved_from(group) is not None), None)


def shown_after(change: Transition) -> str:
    """The standing and the status when the change was recorded: 'IN FORCE, AT RISK'."""
    return ", ".join(map(status_caps, dict.fromkeys((change.standing.value, str(status_after(change))))))


def trouble_until(move: Recorded | None, own: OwnMaterial) -> str:
    """'no longer AT RISK since 16 May 2026' if the last move of the status only ended a trouble, else ''; of several
    troubles since the status began, their number."""
    before = moved_from(move) if move else None
    if not move or not isinstance(before, Outlook) or own.verdict.outlook is not Outlook.STEADY:
        return ""
    day = format_date(local_day(reported_at(move, own), own.context.zone))
    if day == since_text(own.verdict, own.context.zone):
        return ""
    ends = [group for group in recorded(own) if group[0].at > own.verdict.since and left_behind(group)[-1:] == ":"]
    often = f" (the last of {number_word(len(ends))} spells of trouble)" if len(ends) > 1 else ""
    return f"no longer {status_caps(before)} since {day}{often}"


def what_happened(group: Recorded, own: OwnMaterial) -> tuple[str, str]:
    """The headline of the most important change of an event, without a full stop, and the outlets that report it."""
    lead, then = group[0], _context_of(group, own)
    evidence = [key for change in group if change.way is lead.way for key in change.evidence]
    # As a mail tells it, by an outlet that is known; of a meeting that moved nothing, as a digest tells its outcome.
    if lead.level is Level.SUMMIT and not isinstance(lead.change, StatusChanged):
        text = change_text(lead, then, best_reports(lead, own.commitment, evidence, then))
    else:
        signals = known_signals((*lead.evidence, *lead.reason.signals), then)
        ranked = known_first(ranked_reports(lead, signals, then), then)
        text = change_text(lead, then, ranked)
        # A first date and a growing share are told as the act behind them.
        dated = isinstance(lead.change, ShareChanged) or _is_first_date(lead)
        if dated and ranked and ranked[0].field == TITLE and is_english(then.stories[ranked[0].story]):
            title = re.sub(r"(?<!\b[A-Z])\.$", "", plain_title(then.stories[ranked[0].story].title))
            text = replace(text, headline=title, report=ranked[0].id)
    told, headline, moved = then.signals.get(text.report), text.headline, lead.change
    if told and told.field != TITLE and _SUBJECT_BEFORE.match(headline):
        headline = act_told(told, then)
    named = isinstance(moved, DeadlineMoved) and (text.report or moved.what.casefold() in headline.casefold())
    if isinstance(moved, DeadlineMoved) and not named:  # 'The truce: end date set to 10 Nov 2026'
        headline = f"{moved.what}: {decapitalised(headline)}"
    signals = known_signals((*filter(None, (text.report,)), *lead.evidence), then)
    known, outlets = known_outlets(signals, then), outlet_names((then.stories[s.story] for s in signals), then)
    outlets = tuple(sorted(outlets, key=lambda name: name not in known))
    by = join_few(outlets, MOST_OUTLETS) if outlets and not text.headline.startswith(f"{outlets[0]} ") else ""
    return capitalised(cut_headline(headline, MOST_HEADLINE)), by


def known_first(ranked: Sequence[Signal], context: RenderContext) -> list[Signal]:
    """The reports; news of a known outlet comes before that of another one, but for a headline in an aggregator."""
    alike = (s for s in ranked if s.field == TITLE and s.modality not in HEDGED and s.effect is ranked[0].effect)
    known = (s for s in alike if known_outlets([s], context) and is_news(context.stories[s.story]))
    first = next((s for s in ranked[:1] if s.tier is not Tier.AGGREGATOR or s.field != TITLE), None)
    return [*([*known][:1] if first and not known_outlets([first], context) else []), *ranked]


def reported_at(group: Recorded, own: OwnMaterial) -> datetime:
    """When an event was first reported, as a digest dates it; what a late report moved, when it was recorded."""
    lead, then = group[0], _context_of(group, own)
    first = first_reported(lead, change_text(lead, then).report, lead.at - 2 * SAME_EVENT, then)
    own_day = lead.late and isinstance(lead.change, EventNoted)
    return min(lead.at, first) if own_day or lead.at - first <= 2 * SAME_EVENT else lead.at


def _context_of(group: Recorded, own: OwnMaterial, keys: Iterable[str] = ()) -> RenderContext:
    """The evidence of an event as it was read then: these signals, else all of its changes."""
    cited = {each.signal: each for change in group for each in change.cited}
    known = keys or [key for change in group for key in transition_evidence(change)]
    return context_then(known, cited, max(change.at for change in group), own.context)


def months(own: OwnMaterial) -> tuple[MonthOfChanges, ...]:
    """Every recorded change, by month, newest first."""
    events = key_events(own)
    found = [(entry(group, own), group in events) for group in reversed(recorded(own))]
    found.sort(key=lambda pair: pair[0].at, reverse=True)
    by_month = []
    for name, pairs in groupby(found, key=lambda pair: f"{local_day(pair[0].at, own.context.zone):%B %Y}"):
        told: dict[bool, list[TimelineEntry]] = {True: [], False: []}
        for each, is_key in pairs:
            told[is_key].append(each)
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
    dated = lead.way is not Direction.UP and any(change.kind is not TransitionKind.FLAG for change in group)
    by_calendar = lead.cause is Cause.CLOCK and dated
    if not evidence and by_calendar and own.commitment.baselines:
        evidence = (ReadEvidence(baseline_line(baseline_at(own.commitment, lead.at))),)
    (text, _), quotes, moved = what_happened(group, own), [piece.line.quote for piece in evidence], moved_from(group)
    evidence = tuple(sorted(evidence, key=lambda piece: text.casefold() not in piece.line.quote.casefold()))
    first = reported_at(group, own)
    day, happened = local_day(first, zone), local_day(lead.happened, zone)
    notes: list[ChangeNote] = []
    for change in group:
        words = change_text(change, _context_of((change,), own))
        if isinstance(change.change, ShareChanged):  # a headline may tell more than what is confirmed
            words = replace(words, text=words.text.replace("Progress", "Confirmed count", 1))
        repeated = any(words.detail.casefold() in said.casefold() for said in (text, words.text, *quotes))
        said = {text[: len(words.text)].casefold(), *(note.text.casefold() for note in notes)}
        # The status that an event left stands beside it; and once it moved, what was in doubt is no news.
        stands = isinstance(change.change, EventNoted | StatusChanged)
        # Nor is a doubt about a report other than that of the heading.
        settled = isinstance(change.reason.detail, Awaiting) and (
            moved is not None or not _reports([change]) & _reports([lead])
        )
        known = words.text.casefold() in said or stands or settled
        told = (
            "" if known else words.text,
            "" if repeated or isinstance(change.change, ShareChanged) else words.detail,
        )
        notes.append(ChangeNote(addresses.change_anchor(change.id), *told))
    return TimelineEntry(
        at=first,
        recorded=lead.at,
        text=text,
        happened=format_date(happened) if happened < day else "",
        cause=CAUSES[lead.cause] if lead.cause is not Cause.NEWS else "",
        moved=left_behind(group),
        status=status_after(last),
        shown=shown_after(last),
        late=any(change.late for change in group),
        changes=tuple(notes),
        evidence=evidence,
    )
