"""The words and the day of an event of a commitment, what it moved, and the evidence behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.confidence import is_same_act
from monitor.domain.messages.context import RenderContext, is_english
from monitor.domain.messages.events.reported_acts import SAME_EVENT, is_read_alike, noted_act, reported_acts, turns
from monitor.domain.messages.events.told import AMOUNT, ToldEvent
from monitor.domain.model import NEGATIVE_EFFECTS, Effect, Kind, Level, Modality, Severity, Signal, Status, Transition
from monitor.domain.model.changes import DeadlineMoved, EventNoted, ShareChanged, StatusChanged, TermsChanged
from monitor.domain.model.reasons import CountedByOne
from monitor.domain.pages.material import OwnMaterial, context_then
from monitor.domain.stories.headline_cut import cut_headline
from monitor.domain.stories.titles import title_words
from monitor.domain.text.labels import capitalised, decapitalised, format_amount, format_date, format_percent, local_day
from monitor.domain.verdicts.evidence import transition_evidence
from monitor.domain.verdicts.standing import HEDGED

LONE = timedelta(days=90)
"""How long a blow that a single outlet reports is told (estimate)."""
MOST_HEADLINE = 150
"""Characters of an event's headline."""


def reports_of(event: ToldEvent) -> set[str]:
    """The signals that the changes of an event rest on."""
    return {key for change in event.changes for key in (*change.evidence, *change.reason.signals, *change.continues)}


def unrecorded_acts(told: Collection[str], context: RenderContext) -> dict[str, tuple[Transition, ...]]:
    """By commitment, the acts that known outlets report and no recorded change tells: what is outside a promise may
    strain it, and changes nothing; and a step is told again; and the latest blows that a single outlet reports. told:
    the signals that changes cite; context: with all reports."""
    found = defaultdict[str, list[Transition]](list)
    for act in reported_acts(tuple(context.signals.values()), context):
        if not {*act.evidence} & {*told}:
            found[act.commitment].append(act)
    acts = (act for group in found.values() for act in group)
    for blow in lone_blows({*told, *(key for act in acts for key in act.evidence)}, context):
        found[blow.commitment].append(blow)
    return {name: tuple(acts) for name, acts in found.items()}


def lone_blows(told: Collection[str], context: RenderContext) -> list[Transition]:
    """The blows in English headlines of the last months that no event tells, nor repeats within days, each as an
    event."""
    reports = sorted(context.signals.values(), key=lambda each: (each.happened.end, each.id))
    known = [[signal] for signal in reports if signal.id in told]
    groups: list[list[Signal]] = []
    for signal in reports:
        if signal.id in told or signal.happened.end < context.now - LONE or not _is_plain_blow(signal, context):
            continue
        alike = (group for group in (*known, *groups) if is_read_alike(group[0], signal))
        near = next((g for g in alike if abs(signal.happened.end - g[-1].happened.end) <= SAME_EVENT), None)
        near.append(signal) if near else groups.append([signal])
    verdicts = context.verdicts
    acts = (noted_act(each, verdicts[each[0].commitment]) for each in groups if each[0].commitment in verdicts)
    return [replace(act, severity=Severity.ROUTINE) for act in acts]


def _is_plain_blow(signal: Signal, context: RenderContext) -> bool:
    """Whether an English headline tells a blow, by a strong rule, and neither as a rumour nor as a plan of one."""
    rule, planned = context.rules.get(signal.rule), signal.modality in HEDGED and signal.effect is not Effect.THREAT
    if rule is None or rule.weak or planned or signal.passing or signal.modality is Modality.RUMOUR:
        return False
    titled = signal.field == TITLE and signal.title_is_news and is_english(context.stories[signal.story])
    return titled and signal.effect in NEGATIVE_EFFECTS


def is_lone(event: ToldEvent) -> bool:
    """Whether it is a blow that a single outlet reports, as lone_blows finds it."""
    return not event.moves and event.changes[0].severity is Severity.ROUTINE


def moved_from(event: ToldEvent) -> Status | None:
    """The status that an event ended."""
    moves = turns(event.changes)
    return moves[0][1] if moves else None


def last_move(event: ToldEvent) -> Transition:
    """The change with the status that an event left: the last one that moved it, else the last one."""
    moves = [change for change, *_ in turns(event.changes)]
    return max(moves or event.changes, key=lambda change: change.at)


def is_first_date(change: Transition) -> bool:
    return isinstance(change.change, DeadlineMoved) and change.change.old is None


def headline_of(event: ToldEvent) -> str:
    """The headline of an event, without a full stop: 'The truce: end date set to 10 Nov 2026'."""
    moved, text = event.changes[0].change, event.text.headline
    if isinstance(moved, TermsChanged) and moved.new and event.report is None:
        return cut_headline(f"New in its terms: {moved.new}", MOST_HEADLINE)
    what = moved.what if isinstance(moved, DeadlineMoved) and event.report is None else ""
    if isinstance(event.changes[0].reason.detail, CountedByOne) and event.report is None:
        text = text.partition(";")[0]  # what a second count would change is no part of the event
    text = text if what.casefold() in text.casefold() else f"{what}: {decapitalised(text)}"
    return capitalised(cut_headline(text, MOST_HEADLINE))


def counted(change: Transition, own: OwnMaterial) -> str:
    """The count behind a growing share: 'Counted: 9.5 Mt of 12 Mt booked (79%), by Reuters'; '' if its report gives
    none."""
    later = [each.verdict for each in own.published if each.at >= change.at]
    for progress in (verdict.progress for verdict in (*later[:1], own.verdict) if verdict.progress):
        for reading in progress.readings:
            if reading.signal in change.evidence and progress.target:
                goal = f"{format_amount(progress.target, progress.unit)} {reading.basis}".rstrip()
                share = format_percent(reading.amount / progress.target)
                by = own.context.counter(reading.counter, reading.story)
                return f"Counted: {format_amount(reading.amount, reading.unit)} of {goal} ({share}), by {by}"
    return ""


def tells_act_of(head: Signal, signal: Signal) -> bool:
    """Whether a report tells the act of a headline, by the same rule or in the same words."""
    return is_read_alike(signal, head) or is_same_act(signal, head)


def reported_at(event: ToldEvent, own: OwnMaterial) -> datetime:
    """When an event was first reported: the first report of the act that its headline tells, within a few days; of what
    a late report moved, when it was recorded."""
    lead, head, first = event.changes[0], event.report, min(event.changes[0].at, event.changes[0].happened)
    if head is not None and isinstance(lead.change, EventNoted | TermsChanged):
        # One round of talks follows another: what its headline tells is not older.
        alike = [s for s in event.signals if is_read_alike(s, head) and own.commitment.kind is not Kind.SERIES]
        if of_amount := _of_another_amount(event, alike):
            return min(s.happened.end for s in alike if s not in of_amount)
        done = (s for s in alike if s.modality not in HEDGED or head.modality in HEDGED)  # a plan is no such act yet
        near = (s.happened.end for s in done if head.happened.end - s.happened.end <= SAME_EVENT)
        first = min(lead.at, *near, head.happened.end)
    own_day = lead.late and isinstance(lead.change, EventNoted | ShareChanged)
    return first if own_day or lead.at - first <= 2 * SAME_EVENT else lead.at


def _of_another_amount(event: ToldEvent, reports: Collection[Signal]) -> list[Signal]:
    """The reports of a step before the one that the headline tells: their amounts lack one of its own ('duties of 10%'
    of 'duties rise from 10% to 15%'); none if all of them do."""

    def amounts(text: str) -> set[str]:
        return {word for word in title_words(text) if AMOUNT.fullmatch(word)}

    own = amounts(event.text.headline)
    others = [report for report in reports if (named := amounts(report.quote)) and not own <= named]
    return others if len(others) < len(reports) else []


def first_day(event: ToldEvent, own: OwnMaterial) -> str:
    """The day of the first report of an act that moved the status only once others confirmed it; '' if it is that of
    the event."""
    head, zone, lead = event.report, own.context.zone, event.changes[0]
    if head is None or not isinstance(lead.change, StatusChanged) or lead.level is Level.SUMMIT:
        return ""  # a meeting of leaders is told from its eve on
    alike = (s for s in event.signals if tells_act_of(head, s) and s.effect is head.effect)
    near = (s.happened.end for s in alike if head.happened.end - s.happened.end <= 2 * SAME_EVENT)
    first = local_day(min(near, default=head.happened.end), zone)
    return format_date(first) if first < local_day(reported_at(event, own), zone) else ""


def context_of(changes: Iterable[Transition], own: OwnMaterial, keys: Iterable[str] = ()) -> RenderContext:
    """The evidence of changes as it was read then: these signals, else all of theirs."""
    changes = tuple(changes)
    cited = {each.signal: each for change in changes for each in change.cited}
    known = keys or [key for change in changes for key in transition_evidence(change)]
    return context_then(known, cited, max(change.at for change in changes), own.context)
