"""The events of a commitment: which recorded changes are one event, when that was first reported, and its words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.acts import act_told
from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.confidence import is_same_act
from monitor.domain.messages.context import RenderContext, is_english, known_signals, outlet_names
from monitor.domain.messages.digest.period_changes import (
    SAME_EVENT,
    best_reports,
    is_read_alike,
    known_outlets,
    reported_acts,
)
from monitor.domain.messages.report import ranked_reports
from monitor.domain.model import Cause, Effect, Kind, Level, Modality, Severity, Signal, Status, Tier, Transition
from monitor.domain.model.changes import DeadlineMoved, EventNoted, ShareChanged, StatusChanged, TermsChanged
from monitor.domain.pages.material import OwnMaterial, context_then, is_noted_late
from monitor.domain.stories.headline_cut import cut_headline
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.labels import capitalised, decapitalised, format_date, join_few, local_day
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.evidence import transition_evidence
from monitor.domain.verdicts.standing import HEDGED, importance

MOST_HEADLINE = 150
"""Characters of an event's headline."""
MOST_OUTLETS = 2
"""Outlets that an event names; the others are counted."""
ONE_EVENT = timedelta(hours=36)
"""Changes this far apart are one event if they rest on one report: further outlets repeat it until the next day."""
_SUBJECT_BEFORE = re.compile(r"(?:It|They|He|She|This|These|Those)\b")
"""The beginning of a sentence whose subject is in the one before it."""
Recorded = tuple[Transition, ...]
"""The changes that one event of a commitment caused, the most important first."""


def recorded(own: OwnMaterial) -> list[Recorded]:
    """The changes by event, oldest first: those of one moment, those that rest on a report of it, and those of which
    others report the same act within two days. A move of the status joins another one only if the same words tell both.
    """
    events: list[list[Transition]] = []
    for (at, late), moment in groupby(own.events, key=lambda change: (change.at, is_noted_late(change))):
        group = list(moment)
        if late:  # it joins the act that it tells long after
            began = min((s.happened.end for s in known_signals(group[0].evidence, own.context)), default=at)
            close = [e for e in events if abs(e[0].happened - began) <= SAME_EVENT and e[0].way is group[0].way]
            if close:
                max(close, key=lambda event: event[0].level is group[0].level).extend(group)
                continue
        for event in reversed(events):
            both_move = moved_from(event) is not None and moved_from(group) is not None
            again = at - event[-1].at <= ONE_EVENT and reports_of(event) & reports_of(group)
            near = at - event[0].at <= SAME_EVENT and group[0].way is event[0].way
            if both_move and again:
                again = what_happened(tuple(event), own)[0] == what_happened(tuple(group), own)[0]
            if again or (near and not both_move and _tell_one_act(event, group, own)):
                event += group
                break
        else:
            events.append(group)
    return sorted((_best_told(event, own) for event in events), key=lambda event: event[0].at)


def reports_of(event: Iterable[Transition]) -> set[str]:
    """The signals that the changes of an event rest on."""
    return {key for change in event for key in (*change.evidence, *change.reason.signals, *change.continues)}


def acts_of(event: Iterable[Transition], own: OwnMaterial) -> set[tuple[object, ...]]:
    """The acts that the reports of an event tell, each by its rule, its effect and who acts."""
    told = known_signals((key for change in event for key in change.evidence), own.context)
    return {(signal.rule, signal.effect, signal.by) for signal in told}


def _tell_one_act(event: Iterable[Transition], other: Iterable[Transition], own: OwnMaterial) -> bool:
    """Whether one rule reads the same act in reports of both, told alike."""
    told, others = (known_signals((k for c in each for k in c.evidence), own.context) for each in (event, other))
    pairs = ((s, o) for o in others for s in told if (s.by, s.level) == (o.by, o.level))
    return any(is_read_alike(s, o) and is_same_act(s, o) for s, o in pairs)


def _best_told(event: Iterable[Transition], own: OwnMaterial) -> Recorded:
    """The changes of an event, the most important first; of several reports of one act, one with a headline."""
    ranked = sorted(event, key=importance, reverse=True)
    ranked.sort(key=is_noted_late)
    then, acts = context_of(tuple(ranked), own), acts_of(ranked[:1], own)
    noted = [each for each in ranked if isinstance(each.change, EventNoted) and acts_of([each], own) & acts]
    lead = (
        next((each for each in noted if change_text(each, then).report), ranked[0]) if ranked[0] in noted else ranked[0]
    )
    return (lead, *(each for each in ranked if each is not lead))


def unrecorded_acts(told: Collection[str], context: RenderContext) -> dict[str, tuple[Transition, ...]]:
    """By commitment, the acts that known outlets report and no recorded change tells, minor ones unless the side itself
    or many outlets report them: what is outside a promise may strain it, and changes nothing; and a step is told again.
    told: the signals that changes cite; context: with all reports."""
    found = defaultdict[str, list[Transition]](list)
    for act in reported_acts(tuple(context.signals.values()), context):
        reports = known_signals(act.evidence, context)
        said = (s for s in reports if s.says.parties & s.by.parties and s.field == TITLE)
        own_word = known_outlets((s for s in said if s.title_is_news), context)
        heard = own_word or len(known_outlets(reports, context)) >= context.policy.event_again_origins
        if not {*act.evidence} & {*told}:
            found[act.commitment].append(act if heard else replace(act, severity=Severity.ROUTINE))
    return {name: tuple(acts) for name, acts in found.items()}


def moved_from(group: Iterable[Transition]) -> Status | None:
    """The status that an event ended."""
    moves = (each.change for each in sorted(group, key=lambda each: each.at) if isinstance(each.change, StatusChanged))
    return next((move.old for move in moves if move.old is not move.new), None)


def is_first_date(change: Transition) -> bool:
    return isinstance(change.change, DeadlineMoved) and change.change.old is None


def what_happened(group: Recorded, own: OwnMaterial) -> tuple[str, str, str]:
    """The headline of the most important change of an event, without a full stop, the outlets that report it, and the
    signal of the report that it is from, '' if it is generated."""
    lead, then = group[0], context_of(group, own)
    evidence = [key for change in group if change.way is lead.way for key in change.evidence]
    # As a mail tells it, by an outlet that is known; of a meeting that moved nothing, as a digest tells its outcome.
    if lead.level is Level.SUMMIT and not isinstance(lead.change, StatusChanged):
        ranked = best_reports(lead, own.commitment, evidence, then)
    else:
        signals = known_signals((*lead.evidence, *lead.reason.signals, *evidence), then)
        ranked = _best_first(lead, ranked_reports(lead, signals, then), then)
    text = change_text(lead, then, ranked)
    headline, report = text.headline, then.signals.get(text.report)
    # A first date and a growing share are told as the act behind them; and a page has room for a whole headline.
    dated = isinstance(lead.change, ShareChanged) or is_first_date(lead)
    report = ranked[0] if dated and ranked else report
    if report and report.field == TITLE and (dated or report.tier is not Tier.OFFICIAL):
        story = then.stories[report.story]
        if is_english(story) and report.title_is_news:
            # Of two headlines in one title, the one with the act.
            title = story.title[story.title.rfind("—", 0, report.act_at) + 1 :]
            headline, text = re.sub(r"(?<!\b[A-Z])\.$", "", plain_title(title)), replace(text, report=report.id)
    if report and text.report and report.field != TITLE and _SUBJECT_BEFORE.match(headline):
        headline = act_told(report, then)
    elif report and report.tier is Tier.OFFICIAL:
        talks = own.commitment.kind is Kind.SERIES and is_english(then.stories[report.story])
        if talks or report.effect is Effect.THREAT:  # its own words say who met, and how certain it is
            headline = one_line(report.quote).rstrip(".")
    what = lead.change.what if isinstance(lead.change, DeadlineMoved) and not text.report else ""
    if what.casefold() not in headline.casefold():  # 'The truce: end date set to 10 Nov 2026'
        headline = f"{what}: {decapitalised(headline)}"
    head, cited = then.signals.get(text.report), known_signals((text.report, *lead.evidence), then)
    own_act = [signal for signal in cited if head is None or tells_act_of(head, signal)]
    known, outlets = known_outlets(own_act, then), outlet_names((then.stories[s.story] for s in own_act), then)
    outlets = tuple(sorted(outlets, key=lambda name: name not in known))
    by = join_few(outlets, MOST_OUTLETS) if outlets and not text.headline.startswith(f"{outlets[0]} ") else ""
    return capitalised(cut_headline(headline, MOST_HEADLINE)), by, text.report


def tells_act_of(head: Signal, signal: Signal) -> bool:
    """Whether a report tells the act of a headline, by the same rule or in the same words."""
    return is_read_alike(signal, head) or is_same_act(signal, head)


def _best_first(lead: Transition, ranked: Sequence[Signal], context: RenderContext) -> list[Signal]:
    """The reports; one of a known outlet that tells the act as done, in a headline or in another language, comes before
    one of a small outlet, and of what moved a status before the preview of the same days."""

    def is_done(signal: Signal) -> bool:
        story, rule = context.stories[signal.story], context.rules.get(signal.rule)
        told = rule is not None and rule.tells != "" and not rule.weak
        plain = signal.title_is_news and signal.field == TITLE
        hedged = {Modality.RUMOUR} if signal.effect is Effect.PLEDGE else HEDGED | {Modality.UNDER_WAY}
        return (plain if is_english(story) else told) and signal.modality not in hedged

    for head in ranked[:1]:
        moved = isinstance(lead.change, StatusChanged) and lead.cause is Cause.NEWS
        known = known_outlets([head], context) or (head.tier is Tier.AGGREGATOR and head.field == TITLE)
        if not known or (moved and not is_done(head)):
            same = (s for s in ranked if (s.effect, s.by, s.level) == (head.effect, head.by, head.level))
            near = (s for s in same if abs(lead.happened - s.happened.end) <= SAME_EVENT and is_done(s))
            return [*[s for s in near if known_outlets([s], context)][:1], *ranked]
    return [*ranked]


def reported_at(group: Recorded, own: OwnMaterial) -> datetime:
    """When an event was first reported: the first report of the act that its headline tells, within a few days; of what
    a late report moved, when it was recorded."""
    lead, then = group[0], context_of(group, own)
    head, first = then.signals.get(what_happened(group, own)[2]), min(lead.at, lead.happened)
    if head is not None and isinstance(lead.change, EventNoted | TermsChanged):
        cited = known_signals((*lead.evidence, *lead.continues), then)
        # One round of talks follows another: what its headline tells is not older.
        alike = (s for s in cited if is_read_alike(s, head) and own.commitment.kind is not Kind.SERIES)
        near = (s.happened.end for s in alike if head.happened.end - s.happened.end <= SAME_EVENT)
        first = min(near, default=head.happened.end)
        first = first if lead.id in lead.evidence else min(lead.at, first)  # an act that nothing records
    own_day = lead.late and isinstance(lead.change, EventNoted)
    return first if own_day or lead.at - first <= 2 * SAME_EVENT else lead.at


def first_day(group: Recorded, own: OwnMaterial) -> str:
    """The day of the first report of an act that moved the status only once others confirmed it; '' if it is that of
    the event."""
    head, zone = own.context.signals.get(what_happened(group, own)[2]), own.context.zone
    if head is None or not isinstance(group[0].change, StatusChanged):
        return ""
    alike = (s for s in context_of(group, own).signals.values() if tells_act_of(head, s) and s.effect is head.effect)
    days = (local_day(s.happened.end, zone) for s in alike if head.happened.end - s.happened.end <= 2 * SAME_EVENT)
    first = min(days, default=local_day(head.happened.end, zone))
    return format_date(first) if first < local_day(reported_at(group, own), zone) else ""


def context_of(group: Recorded, own: OwnMaterial, keys: Iterable[str] = ()) -> RenderContext:
    """The evidence of an event as it was read then: these signals, else all of its changes."""
    cited = {each.signal: each for change in group for each in change.cited}
    known = keys or [key for change in group for key in transition_evidence(change)]
    return context_then(known, cited, max(change.at for change in group), own.context)
