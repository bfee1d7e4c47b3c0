"""A block of a digest: the events of one commitment and new doubts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from monitor.domain.messages.briefs import DigestBlock, DigestEvent, ReportLink
from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.confidence import doubt_sentences
from monitor.domain.messages.context import RenderContext, known_signals, outlet_names
from monitor.domain.messages.digest.block_material import MAX_EVENT, SAME_EVENT, BlockMaterial, is_confirmation
from monitor.domain.messages.evidence_lines import choose_main_report, retracted_signals
from monitor.domain.messages.figures import progress_line
from monitor.domain.messages.next_steps import threat_behind, told_by
from monitor.domain.messages.subject import cut_headline
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Cause,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Level,
    Outlook,
    Transition,
    Verdict,
    changes,
    reasons,
)
from monitor.domain.text.labels import decapitalised, join_few, label_of, local_day, sentence, status_caps
from monitor.domain.text.plain import one_line

MAX_DOUBT = 200
MAX_NOTE = 60
"""Characters of a remark after an event (estimate); a longer one is left out, for its event contains it."""
MAX_OUTLETS = 3


def digest_block(item: BlockMaterial, start: datetime, context: RenderContext) -> DigestBlock:
    """The block of one commitment with changes. start: of the period."""
    verdict = item.verdict
    progress = progress_line(verdict.progress, item.commitment, context)
    counted = f"Confirmed: {progress.counted_text}." if progress and progress.counted else ""
    events = _events(item, start, context, counted=bool(counted))
    told = {sentence(event.text) for event in events}
    standing = f"still {status_caps(verdict.status)}"
    trouble = "" if item.turn else trouble_since(verdict, context, item.changes)
    if is_confirmation(item.changes[0]) and item.texts[0].event != item.texts[0].headline:
        confirmed = item.texts[0].text.removeprefix(f"{status_caps(verdict.status)} is ")
        standing = f"{standing}, {confirmed}"
    if item.turn:
        standing = f"{item.turn} ({format_day(local_day(item.steps[-1][0].happened, context.zone))})"
    # A date that moved is part of the new state, if the events tell how.
    named = {deadline.date for deadline in verdict.deadlines if deadline.state == "current"}
    for change in item.changes:
        others = tuple(event for event in events if event.changes[0] != change.id)
        dated = isinstance(change.change, changes.DeadlineMoved) or isinstance(
            change.reason.detail, reasons.FirstDateMissed
        )
        if dated and others and len(others) < len(events):
            events = others
            if isinstance(change.change, changes.DeadlineMoved) and change.change.old != change.change.new:
                known = replace(change, flags=()) if change.change.new in named else change
                standing = f"{standing}, {decapitalised(change_text(known, context).text)}"
    return DigestBlock(
        commitment=item.commitment.id,
        short=item.commitment.short,
        status=verdict.status,
        standing=standing,
        events=events,
        report=_report(item, context),
        doubts=tuple(doubt for doubt in _doubts(item, start, context) if doubt not in told) if item.turn else (),
        facts=tuple(filter(None, (counted, sentence(trouble)))),
    )


def trouble_since(verdict: Verdict, context: RenderContext, told: Iterable[Transition] = ()) -> str:
    """'STALLED since 12 Feb: “Dutch court orders investigation into Nexperia”', by the latest blow behind a commitment
    at risk or stalled; '' without any, or if one of the changes `told` is that blow."""
    in_trouble = verdict.status in (Outlook.AT_RISK, Outlook.STALLED)
    blows = [s for s in known_signals(verdict.outlook_evidence, context) if s.effect in NEGATIVE_EFFECTS and in_trouble]
    cause = threat_behind(verdict, context) or max(blows, key=lambda s: s.happened.end, default=None)
    if cause is None or cause.id in {key for change in told for key in (*change.evidence, *change.reason.signals)}:
        return ""
    day = format_day(local_day(cause.happened.end, context.zone))
    return f"{status_caps(verdict.status)} since {day}: {told_by(cause, context)}"


def format_day(day: date) -> str:
    """'30 Oct', without the year of the period."""
    return f"{day.day} {day:%b}"


@dataclass(frozen=True, slots=True)
class _Event:
    """A line with its change, the outlets that reported it, and the report of its headline ('' if generated)."""

    line: DigestEvent
    change: Transition
    report: str
    outlets: tuple[str, ...]


def first_reported(change: Transition, report: str, start: datetime, context: RenderContext) -> datetime:
    """The time of an event by the first report of it in the period; report: the one of its headline, or ''."""
    if not isinstance(change.change, changes.EventNoted | changes.TermsChanged) or report not in context.signals:
        return change.happened
    head, cited = context.signals[report], known_signals((*change.evidence, *change.continues), context)
    times = (each.happened.end for each in cited if (each.rule, each.effect) == (head.rule, head.effect))
    earlier = (at for at in times if start <= at < change.happened and change.happened - at <= SAME_EVENT)
    return min(earlier, default=change.happened)


def outlets_line(names: Sequence[str], text: str) -> str:
    """'Reuters and 3 others'; a generated sentence may begin with its only outlet: 'Bloomberg counts 7 Mt booked'."""
    if len(names) == 1 and text.startswith(f"{names[0]} "):
        return ""
    return join_few(names) if len(names) <= MAX_OUTLETS else f"{names[0]} and {len(names) - 1} others"


def _events(item: BlockMaterial, start: datetime, context: RenderContext, *, counted: bool) -> tuple[DigestEvent, ...]:
    """The lines of a block, most important first; several changes of one event are one line. counted: the block prints
    the progress, which makes lines about shares superfluous."""
    events: list[_Event] = []
    last, first = item.steps[-1][0] if item.steps else None, item.changes[0]
    for change, text in zip(item.changes, item.texts, strict=True):
        if last and is_confirmation(change) and change.happened <= last.happened and not _confirms(change, last):
            continue  # a status that is over
        noted = change.change.effect if isinstance(change.change, changes.EventNoted) else None
        expected = noted not in (Effect.DELIVERED, Effect.BREACH) or first.level is Level.SUMMIT
        leads = first.level is Level.SUMMIT or isinstance(first.change, changes.StatusChanged)
        eve = change.level <= first.level and change.at < first.at and change.way is first.way
        if leads and eve and noted and expected:
            continue  # what led up to it
        shown = cut_headline(text.headline if is_confirmation(change) else text.event, MAX_EVENT)
        terms = isinstance(change.change, changes.TermsChanged) and (change.change.new or "") not in shown
        own = text.report in ("", *change.evidence, *change.reason.signals)
        happened = first_reported(change, text.report, start, context)
        happened = happened if own else context.signals[text.report].happened.end
        day = format_day(local_day(happened, context.zone))
        notes = [decapitalised(text.text)] if terms and len(text.text) <= MAX_NOTE else []
        notes += ["first seen late"] if text.late else []
        line = DigestEvent(day, happened, shown, "", "; ".join(notes), not events, (change.id,), text.report)
        signals = known_signals((*filter(None, (text.report,)), *change.evidence, *change.reason.signals), context)
        outlets = outlet_names([context.stories[signal.story] for signal in signals], context)
        fresh = _Event(line, change, text.report, outlets)
        at = next((at for at, known in enumerate(events) if _is_one_event(known, fresh, counted=counted)), None)
        if at is None:
            events.append(fresh)
            continue
        # The more important line with the outlets of both; of two in the same words the earlier day.
        known, told = events[at], replace(events[at].line, changes=(*events[at].line.changes, change.id))
        if not isinstance(change.change, changes.ShareChanged):
            same = told.text.casefold() == line.text.casefold()
            earliest = min(told, line, key=lambda each: each.at) if same else told
            added = f"confirmed on {day}" if _confirms(change, known.change) else line.note
            note = "; ".join(dict.fromkeys(filter(None, (told.note, added))))
            told = replace(told, day=earliest.day, at=earliest.at, note=note)
            known = replace(known, outlets=tuple(dict.fromkeys((*known.outlets, *outlets))))
        events[at] = replace(known, line=told)
    lines = []
    for event in events:
        if is_confirmation(event.change) and len(events) > 1:
            continue
        lines.append(replace(event.line, outlets=outlets_line(event.outlets, event.line.text)))
    return tuple(lines)


def _is_one_event(first: _Event, later: _Event, *, counted: bool) -> bool:
    """Whether a line repeats the event of a more important one in its block."""
    if isinstance(later.change.change, changes.ShareChanged) and (
        counted or isinstance(first.change.change, changes.ShareChanged)
    ):
        return True
    if _confirms(later.change, first.change):
        return True
    near = abs(first.line.at - later.line.at) <= SAME_EVENT
    if first.line.text.casefold() == later.line.text.casefold():
        return first.line.day == later.line.day or bool(first.report and later.report) or near
    known = {*first.change.evidence, *first.change.reason.signals, *first.change.continues}
    rests, ways = {*later.change.evidence}, {first.change.way, later.change.way} - {Direction.OTHER}
    # A line without a headline repeats one with it of that level; leaders meet once however often it is told.
    levels = first.change.level, later.change.level
    retold = (first.report and not later.report and levels[0] >= levels[1]) or set(levels) == {Level.SUMMIT}
    if not rests or not (rests <= known or (near and retold)) or len(ways) > 1:
        return False
    # Only a change that is shown by its event; a date and a confirmation are news besides their event.
    for each in (first.change, later.change):
        match each.change:
            case changes.StatusChanged() | changes.EventNoted() | changes.TermsChanged() | changes.StepChanged():
                if each.cause in (Cause.PERSON, Cause.RULES):
                    return False
            case changes.FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED):
                pass
            case _:
                return False
    if (near and retold) or (later.report and first.report == later.report):
        return True
    effects = (
        each.change.effect.value if isinstance(each.change, changes.EventNoted) else each.reason.code.value
        for each in (first.change, later.change)
        if not isinstance(each.change, changes.FlagChanged | changes.TermsChanged | changes.StepChanged)
    )
    return len({*effects}) == 1


def _confirms(change: Transition, moved: Transition) -> bool:
    """Whether a change only confirms the status that another one reached."""
    new = moved.change.new if isinstance(moved.change, changes.StatusChanged) else None
    return is_confirmation(change) and new is change.standing


def _report(item: BlockMaterial, context: RenderContext) -> ReportLink | None:
    """The report to open: the one whose headline leads the block, else the best one behind it."""
    lead, text = item.changes[0], item.texts[0]
    retracted = retracted_signals([lead])
    cited = dict.fromkeys((*filter(None, (text.report,)), *lead.evidence))
    signals = known_signals((key for key in cited if key not in retracted), context)
    told = [signal for signal in signals if signal.id == text.report]
    return choose_main_report(lead, told, context) or choose_main_report(lead, signals, context)


def _doubts(item: BlockMaterial, start: datetime, context: RenderContext) -> tuple[str, ...]:
    """The doubts of the period in sentences, each once: 'No statement from China seen yet.'"""
    quoted = {key for change in item.changes for key in change.evidence}
    lines: list[str] = []
    for flag in item.verdict.flags:
        if flag.since < start or isinstance(flag.detail, reasons.Sighted):
            continue  # what more sources would change is for the alert
        if flag.kind is FlagKind.UNCONFIRMED:
            lines += doubt_sentences(flag, context, quoted=bool(quoted & {*flag.evidence}))[:1]
        elif flag.kind is FlagKind.CONTESTED:
            lines.append(f"contested: {detail_text(flag.detail, context.parties) or label_of(flag.subject)}")
    return tuple(dict.fromkeys(sentence(one_line(line, MAX_DOUBT)) for line in lines if line))
