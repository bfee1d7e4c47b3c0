"""Builds the view model of an alert and its relatives from a decided message. Rendering happens elsewhere.

Every figure and phrase is settled here and in `digest`; mail, Slack and files only lay them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.confidence import confidence_line
from monitor.domain.messages.context import RenderContext, known_signals, source_name, spoken_name
from monitor.domain.messages.evidence_lines import baseline_line, evidence_lines, retracted_signals
from monitor.domain.messages.figures import deadline_lines, standing_part, status_timeline
from monitor.domain.messages.headlines.happening import happening, is_latin, own_words, ranked_reports
from monitor.domain.messages.headlines.subject import first_line, room_for, route_line, shown_status, topic_of
from monitor.domain.messages.main_link import choose_main_report
from monitor.domain.messages.models import (
    ActionLine,
    AlertBrief,
    ChangeLine,
    DeadlineLine,
    EvidenceBasis,
    EvidenceLine,
    MessageSection,
)
from monitor.domain.messages.wording import ends, reason_text
from monitor.domain.model import (
    FURTHER_EVIDENCE,
    Cause,
    Commitment,
    Direction,
    Flag,
    FlagKind,
    FlagState,
    Message,
    Route,
    Says,
    Severity,
    Signal,
    Transition,
    TransitionKind,
    Verdict,
    reasons,
)
from monitor.domain.model.changes import (
    DeadlineMissed,
    DeadlineMoved,
    EventNoted,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StatusChanged,
    StepChanged,
    TermsChanged,
)
from monitor.domain.text.labels import capitalised, conjugated, format_when, join_few, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts import severity
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.further_evidence import status_evidence
from monitor.errors import RenderError

TIMELINE_DAYS = 120
"""Four months: an estimate of how far back a reader wants to see."""
BASES_WITHOUT_QUOTE: Mapping[Cause, tuple[EvidenceBasis, str]] = {
    Cause.CLOCK: ("deadline", "the calendar"),
    Cause.PERSON: ("intervention", "a person's intervention"),
    Cause.CORRECTION: ("correction", "a correction of the evidence"),
    Cause.RULES: ("rules", "an edit of the rules"),
}
"""Causes that move a verdict without a sentence to quote: the basis that is shown instead, and its source."""
SAID_ELSEWHERE = (
    reasons.Quoted,
    reasons.Confirmed,
    reasons.Awaiting,
    reasons.OneSided,
    reasons.Sighted,
    reasons.CountedByOne,
    reasons.Unheard,
    reasons.Notice,
    reasons.Named,
)
"""Details of reasons that the quotes, the headline or the sentence on how sure it is tell already."""
ID_LENGTH = 10
"""Characters of a signal's id in a command: it takes any unique beginning."""


def alert_brief(message: Message, context: RenderContext, route: Route, history: Sequence[Transition]) -> AlertBrief:
    """Build the brief of an alert, confirmation, correction, summary or follow-up.

    context: with the commitments and verdicts of all transitions; its zone is the route's. history: earlier transitions of
    these commitments. Raises RenderError when there is nothing to show.
    """
    if not message.transitions:
        raise RenderError(f"message {message.id} carries no transition", subject=message.id)
    context = context.cleaned(item.commitment for item in message.transitions)
    lead = severity.most_important(message.transitions)
    transitions = [lead, *(item for item in message.transitions if item is not lead)]
    commitment, verdict = context.commitments.get(lead.commitment), context.verdicts.get(lead.commitment)
    if commitment is None or verdict is None:
        missing = "rules no longer name" if commitment is None else "no verdict is stored for"
        text = f"message {message.id} about {lead.commitment}: {missing} the commitment"
        raise RenderError(text, subject=message.id)
    follow_up = message.kind == FURTHER_EVIDENCE

    # By their weight for the reader: the evidence of the lead, of the other transitions, of both sides of a dispute. Where
    # some was retracted, the remaining evidence of the status takes its place.
    retracted = retracted_signals(message.transitions)
    ids = [key for item in transitions for key in (*item.evidence, *item.reason.signals)]
    ids += [key for flag in verdict.flags if flag.kind is FlagKind.CONTESTED for key in flag.evidence]
    ids += status_evidence(verdict) if retracted else []
    behind = known_signals((*(key for key in ids if key not in retracted), *message.also), context)
    quoted = known_signals(message.also, context) if follow_up else behind
    quoted = tuple(ranked_reports(lead, quoted, context))

    of_change = frozenset(ids)
    flags = _flags_of_change((*verdict.flags, *lead.flags), verdict, lead, of_change)
    raised = {flag.kind for flag in flags}
    pinned = FlagKind.PINNED in raised
    # What the calendar says is in no doubt. A pinned status rests on the person who pinned it, and what is confirmed is no longer in doubt.
    by_calendar = lead.cause is Cause.CLOCK or isinstance(lead.change, NoticeDue | DeadlineMissed)
    doubted = isinstance(lead.change, FlagChanged) and lead.change.new is FlagState.RAISED
    confirmed = lead.confirms and not doubted and (not lead.continues or _on_more_reports(lead))
    in_doubt = any(flag.kind is FlagKind.UNCONFIRMED and not _doubts_a_turn(flag, lead) for flag in flags)
    unconfirmed = in_doubt and not (pinned or confirmed or by_calendar)
    if isinstance(lead.change, EventNoted):  # the verdict's doubts are about its status
        unconfirmed = lead.severity is Severity.ROUTINE
    certain = [flag for flag in verdict.flags if not pinned or flag.kind is not FlagKind.UNCONFIRMED]
    sure = (
        confidence_line(behind, _flags_of_change(certain, verdict, lead, of_change), context)
        if behind or not pinned
        else ""
    )

    others = list(dict.fromkeys(item.commitment for item in transitions))[1:]
    topic = topic_of(commitment) + (f" +{len(others)}" if others else "")
    marked = unconfirmed and not _speaks_of_itself(lead, quoted)
    room = room_for(topic, unconfirmed=marked)
    told = _others_say_so(quoted, context, room) if follow_up else happening(lead, quoted, context, room)
    if (
        message.kind == "confirmation"
    ):  # its reader has heard what happened; new is who says so too, and what that moves
        told = _who_confirms(told, lead, quoted, context, room) or told
    quoted = _told_first(told, quoted, context)
    evidence = _evidence(message, lead, quoted, context)
    lines = (change_line(item, context) for item in transitions)
    changed = tuple(replace(line, more="") if _is_quoted(line.more, evidence) else line for line in lines)
    sections = [
        MessageSection(key, known.name, shown_status(stands), stands.status)
        for key in others
        if (known := context.commitments.get(key)) and (stands := context.verdicts.get(key))
    ]
    recorded = {item.id: item for item in (*history, *message.transitions)}.values()
    # The status just reached gets an hour, so that it can be seen.
    start, end = context.now - timedelta(days=TIMELINE_DAYS), context.now + timedelta(hours=1)
    return AlertBrief(
        message_id=message.id,
        kind=message.kind,
        first_line=first_line(topic, told, unconfirmed=marked),
        way="other" if follow_up else lead.way.value,
        moved=_moved(lead, verdict, changed[0], told_before=follow_up),
        changes=changed,
        why="" if follow_up else _why(lead, evidence, context),
        sure=f"The status is held by a person's pin. {sure}".rstrip() if pinned else sure,
        evidence=evidence,
        actions=_actions(commitment, evidence),
        read=_read_by(evidence),
        route=route_line(route),
        at=message.at,
        events=tuple(item.id for item in transitions),
        zone=route.zone,
        unconfirmed=unconfirmed,
        contested=FlagKind.CONTESTED in raised,
        late=any(item.late for item in transitions),
        note=one_line(f"{message.waited} {message.note}", 400),
        own_note=one_line(message.note, 400),
        sections=tuple(sections),
        strip=status_timeline(verdict, commitment.short, recorded, start, end),
        report=choose_main_report(lead, quoted, context),
        deadlines=_deadlines(transitions, context),
        **standing_part(commitment, verdict, context),
    )


# ---------------------------------------------------------------- what happened, what moved


def _others_say_so(quoted: Sequence[Signal], context: RenderContext, room: int) -> str:
    """The news of a follow-up: who else reports the same, by as many names as there is room for."""
    names: dict[str, None] = {}
    for signal in quoted:
        story = context.stories[signal.story]
        itself = spoken_name(source_name(signal, context), context)
        names[context.outlet(story.source, story.url) if signal.says is Says.PRESS else itself] = None
    sources = tuple(filter(is_latin, names))
    for most in range(len(sources), 1, -1):
        if len(text := f"{join_few(sources, most)} say so too") <= room:
            return text
    alone = f"{sources[0]} {conjugated(sources[0])} so too" if len(sources) == 1 else ""
    return alone if alone and len(alone) <= room else "others say so too"


def _on_more_reports(lead: Transition) -> bool:
    """Whether more reports of an event that was told have moved the status, and nothing else has."""
    return bool({*lead.continues} & {*lead.evidence, *lead.reason.signals})


def _who_confirms(told: str, lead: Transition, ranked: Sequence[Signal], context: RenderContext, room: int) -> str:
    """The news of a reply that only confirms: the status, and whose report is new; '' where `told` is news in its words.

    'Now MET, as Xinhua says so too (was IN PROGRESS)'; 'PLEDGED is confirmed, as Caixin says so too'. A new report that says
    what happened in English tells it in its own words.
    """
    new = max(ranked, key=lambda signal: (context.stories[signal.story].published_at, signal.id), default=None)
    match lead.change:
        case StatusChanged(old=old, new=status) if old is not status and _on_more_reports(lead):
            opening, was = f"now {status_caps(status)}", f" (was {status_caps(old)})"
        case FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.CONFIRMED) if new and not _tells(told, new, context):
            opening, was = f"{status_caps(lead.standing)} is confirmed", ""
        case _:
            return ""
    also = _others_say_so((new,), context, room) if new else ""
    forms = (f"{opening}, as {also}{was}", f"{opening}, as {also}", f"{opening}{was}") if also else (f"{opening}{was}",)
    return next((form for form in forms if len(form) <= room), opening)


def _tells(told: str, signal: Signal, context: RenderContext) -> bool:
    """Whether a headline takes the words of this report."""
    commitment, story = context.commitments.get(signal.commitment), context.stories[signal.story]
    words = own_words(signal, story, commitment, context.parties, len(told), loose=True)
    return bool(words) and capitalised(words) == told


def _told_first(told: str, ranked: tuple[Signal, ...], context: RenderContext) -> tuple[Signal, ...]:
    """The signals with the one in front whose own words the headline takes; as they are where it takes none."""
    for signal in ranked:
        if _tells(told, signal, context):
            return (signal, *(other for other in ranked if other is not signal))
    return ranked


def _moved(lead: Transition, verdict: Verdict, change: ChangeLine, *, told_before: bool) -> str:
    """The status before and after, or that it stays; for a follow-up, what was told before.

    'Was IN PROGRESS, now MET'; 'Status stays AT RISK'; 'Was PLEDGED, now IN PROGRESS; the status stays AT RISK'.
    """
    if told_before:
        return f"Told before ({change.when}): {change.line}"
    stays = f"tatus stays {status_caps(verdict.status)}"
    match lead.change:
        case StatusChanged(old=old, new=new) if old is not new and _on_more_reports(lead):
            return f"Was {status_caps(old)}, now {status_caps(new)}, on more reports of what was told before"
        case StatusChanged(old=old, new=new) if old is not new:
            rest = "" if new == verdict.status else f"; the s{stays}"
            return f"Was {status_caps(old)}, now {status_caps(new)}{rest}"
        case FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED):
            return f"S{stays} until this is confirmed"
        case FlagChanged(new=FlagState.RAISED) | NoticeDue() | DeadlineMissed() | EventNoted():
            return f"S{stays}"
        case DeadlineMoved(old=old, new=new) if old == new:
            return f"S{stays}"
        case StatusChanged() | FlagChanged():
            return change.line
        case _:
            return f"{change.line}. S{stays}"


def _why(lead: Transition, evidence: Sequence[EvidenceLine], context: RenderContext) -> str:
    """What moved the verdict, where neither a piece of evidence nor the sentence on how sure it is says so; else ''."""
    detail = lead.reason.detail
    text = one_line(reason_text(lead.reason, context.parties), 600)
    if isinstance(detail, SAID_ELSEWHERE) or not text or _is_quoted(text, evidence):
        return ""
    return f"{capitalised(text).rstrip('.')}."


def _is_quoted(text: str, evidence: Sequence[EvidenceLine]) -> bool:
    """Whether a piece of evidence says this already."""
    return text.rstrip(".").lower() in " ".join(line.quote for line in evidence).lower()


# ---------------------------------------------------------------- what a reader can do, and who read it


def _actions(commitment: Commitment, evidence: Sequence[EvidenceLine]) -> tuple[ActionLine, ...]:
    """The commands that reject the first report, mute the commitment and pin its status. WHY and WHERE are for the reader to
    fill in."""
    report = next((line.signal for line in evidence if line.signal and not line.gone), "")
    reject = (ActionLine("Misread", f"deal-monitor evidence reject {report[:ID_LENGTH]} WHY"),) if report else ()
    mute = ActionLine("Too much", f"deal-monitor commitment mute {commitment.id} WHY --until 7d")
    pin = ActionLine("Wrong status", f"deal-monitor commitment pin {commitment.id} STATUS WHY SOURCE")
    return (*reject, mute, pin)


def _read_by(evidence: Sequence[EvidenceLine]) -> str:
    """The rules with their versions and the readers of all quotes, each once; '' without a quote."""
    read = (line.read_by or (f"rule {line.rule} (version {line.version})" if line.rule else "") for line in evidence)
    known = list(dict.fromkeys(filter(None, read)))
    return f"Rules and sources: {'; '.join(known)}." if known else ""


# ---------------------------------------------------------------- certainty and evidence


def _flags_of_change(
    flags: Sequence[Flag], verdict: Verdict, lead: Transition, evidence: frozenset[str]
) -> tuple[Flag, ...]:
    """The flags about this change. A doubt about a date concerns the changes of dates alone, and is shown there; one that
    rests on reports of something else is no doubt about a fall, nor is one about a status still to come. evidence: the ids of all signals behind the message."""
    dates = set() if lead.kind is TransitionKind.DEADLINE else {deadline.what for deadline in verdict.deadlines}

    def concerns(flag: Flag) -> bool:
        may_differ = lead.way is Direction.DOWN or isinstance(flag.detail, reasons.Awaiting)
        elsewhere = may_differ and evidence and flag.evidence and evidence.isdisjoint(flag.evidence)
        return flag.subject not in dates and not elsewhere

    return tuple(flag for flag in flags if flag.kind is not FlagKind.UNCONFIRMED or concerns(flag))


def _doubts_a_turn(flag: Flag, lead: Transition) -> bool:
    """Whether a flag says that reports do not suffice to turn the outlook yet, while two sources report the step or the term
    that is told."""
    turn = isinstance(flag.detail, reasons.Sighted) and flag.detail.origins > 1
    return turn and isinstance(lead.change, StepChanged | TermsChanged | ShareChanged)


def _speaks_of_itself(lead: Transition, ranked: Sequence[Signal]) -> bool:
    """Whether the side that acts says itself what it does, so that the act is in no doubt. A date binds both sides, and
    stays in doubt until the other one names it."""
    if not ranked or isinstance(lead.change, DeadlineMoved):
        return False
    return len(ranked[0].by.parties) == 1 and ranked[0].says.value == ranked[0].by.value


def _evidence(
    message: Message, lead: Transition, quoted: Sequence[Signal], context: RenderContext
) -> tuple[EvidenceLine, ...]:
    """What moved the verdict where no sentence did (a date, a person's intervention, a correction, an edit of the rules), then the
    quoted sentences, then those that no longer count."""
    lines, read = [], {signal.id for signal in quoted}
    for item in message.transitions:
        if item.cause is Cause.CORRECTION and read.issuperset(item.reason.signals or ("",)):
            continue  # a text that is read anew and says something new: its sentence is quoted
        if item.cause in BASES_WITHOUT_QUOTE and message.kind != FURTHER_EVIDENCE:
            basis, source = BASES_WITHOUT_QUOTE[item.cause]
            text = (
                capitalised(one_line(reason_text(item.reason, context.parties)))
                or f"{item.kind.value}: {' to '.join(ends(item.change))}"
            )
            when = format_when(item.happened, context.zone)
            lines.append(EvidenceLine(basis, text, outlet=source, at=item.happened, when=when))
    commitment = context.commitments[lead.commitment]
    quotes = evidence_lines(quoted, context.verdicts[lead.commitment].flags, context)
    if not quotes and lead.cause is Cause.CLOCK and commitment.baselines:
        # A date known from the start, which no story reports, has the baseline and its source.
        quotes = (baseline_line(baseline_at(commitment, lead.at)),)
    retracted = known_signals(retracted_signals(message.transitions), context)
    return (*dict.fromkeys(lines), *quotes, *evidence_lines(retracted, (), context, gone=True))


def _deadlines(transitions: Sequence[Transition], context: RenderContext) -> tuple[DeadlineLine, ...]:
    """The dates of the leading commitment, and of the others whose dates this message reports as moved."""
    first = transitions[0].commitment
    moved = (item.commitment for item in transitions if item.kind is TransitionKind.DEADLINE)
    lines: list[DeadlineLine] = []
    for key in dict.fromkeys((first, *moved)):
        if key in context.commitments and key in context.verdicts:
            short = context.commitments[key].short
            for line in deadline_lines(context.verdicts[key], short, context):
                named = key == first or short in line.text
                lines.append(line if named else replace(line, text=f"{short}: {line.text}"))
    return tuple(lines)
