"""Builds the view model of an alert and its relatives from a decided message. Rendering happens elsewhere.

Every figure and phrase is settled here and in `digest`; mail, Slack and files only lay them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.confidence import confidence_line
from monitor.domain.messages.evidence_lines import (
    RenderContext,
    evidence_lines,
    known_signals,
    retracted_signals,
    source_name,
)
from monitor.domain.messages.figures import deadline_lines, standing_part, status_timeline
from monitor.domain.messages.headline import first_line, route_line, shown_status
from monitor.domain.messages.main_link import choose_main_report
from monitor.domain.messages.models import AlertBrief, DeadlineLine, EvidenceBasis, EvidenceLine, MessageSection
from monitor.domain.messages.wording import ends, reason_text
from monitor.domain.model import (
    FURTHER_EVIDENCE,
    Cause,
    Flag,
    FlagKind,
    FlagState,
    Message,
    Route,
    Says,
    Signal,
    Transition,
    TransitionKind,
    Verdict,
)
from monitor.domain.model.changes import FlagChanged, StatusChanged
from monitor.domain.text.labels import (
    capitalised,
    conjugated,
    format_date,
    format_when,
    join_list,
    label_of,
    pluralised,
)
from monitor.domain.text.plain import one_line, web_link
from monitor.domain.verdicts import severity
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.further_evidence import status_evidence
from monitor.errors import RenderError

TIMELINE_DAYS = 120
"""Four months: an estimate of how far back a reader wants to see."""
PREFIXES = {"confirmation": "confirmed: ", "correction": "corrected: "}
BASES_WITHOUT_QUOTE: Mapping[Cause, tuple[EvidenceBasis, str]] = {
    Cause.CLOCK: ("deadline", "the calendar"),
    Cause.PERSON: ("act", "a person's act"),
    Cause.CORRECTION: ("correction", "a correction of the evidence"),
    Cause.RULES: ("rules", "an edit of the rules"),
}
"""Causes that move a verdict without a sentence to quote: the basis that is shown instead, and its source."""


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
    why, full_reason = _explanation(message, lead, quoted, context)

    flags = _flags_of_change((*verdict.flags, *lead.flags), verdict, lead)
    raised = {flag.kind for flag in flags}
    pinned = FlagKind.PINNED in raised
    # A pinned status rests on the person who pinned it, and what is confirmed is no longer in doubt.
    unconfirmed = FlagKind.UNCONFIRMED in raised and not pinned and not lead.confirms
    certain = [flag for flag in verdict.flags if not pinned or flag.kind is not FlagKind.UNCONFIRMED]
    sure = confidence_line(behind, _flags_of_change(certain, verdict, lead), context) if behind or not pinned else ""

    others = list(dict.fromkeys(item.commitment for item in transitions))[1:]
    name = f"{commitment.short} +{len(others)}" if others and message.kind != "summary" else commitment.short
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
        first_line=first_line(_headline(lead, verdict), name, why, unconfirmed=unconfirmed),
        way="other" if follow_up else lead.way.value,
        changes=tuple(change_line(item, context) for item in transitions),
        why=capitalised(one_line(full_reason, 600)),
        sure=f"The status is held by a person's pin. {sure}".rstrip() if pinned else sure,
        evidence=_evidence(message, lead, quoted, context),
        route=route_line(route),
        at=message.at,
        events=tuple(item.id for item in message.transitions),
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


# ---------------------------------------------------------------- first line and reason


def _headline(lead: Transition, verdict: Verdict) -> str:
    """The status of the first line. A standing that rose or was confirmed while the outlook stays bad comes first, or the
    line would contradict its reason."""
    status = verdict.status
    if isinstance(lead.change, StatusChanged):
        status = lead.change.new
    elif isinstance(lead.change, FlagChanged) and lead.confirms:  # the doubt was about the standing
        status = lead.standing
    return status if status == verdict.status else f"{label_of(status)}, still {label_of(verdict.status)}"


def _explanation(
    message: Message, lead: Transition, quoted: Sequence[Signal], context: RenderContext
) -> tuple[str, str]:
    """The short reason for the first line, and the full one; a doubt adds what it waits for.

    The reason of a follow-up is who reports the same, and the first quote.
    """
    if message.kind == FURTHER_EVIDENCE:
        names: dict[str, None] = {}
        for signal in quoted:
            story = context.stories[signal.story]
            names[context.outlet(story.source, story.url) if signal.says is Says.PRESS else source_name(signal)] = None
        sources = tuple(names)
        verb = conjugated(sources[0]) if len(sources) == 1 else "say"
        quote = " ".join(quoted[0].quote.split()) if quoted else ""
        text = f"{join_list(sources)} {verb} so too: {quote}"
        return text, text
    text = reason_text(lead.reason)
    full = text
    match lead.change:
        case FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED) if text:
            full = f"{text}. The status moves once this is confirmed."
    if message.kind == "summary" and len(message.transitions) > 1:
        short = f"{pluralised(len(message.transitions), 'change')} held back; first: {text}"
        return short, full or short
    short = PREFIXES.get(message.kind, "") + (text or f"{lead.kind.value} {' to '.join(ends(lead.change))}")
    return short, full or short


# ---------------------------------------------------------------- certainty and evidence


def _flags_of_change(flags: Sequence[Flag], verdict: Verdict, lead: Transition) -> tuple[Flag, ...]:
    """The flags about this change. A doubt about a date concerns the changes of dates alone, and is shown there."""
    dates = set() if lead.kind is TransitionKind.DEADLINE else {deadline.what for deadline in verdict.deadlines}
    return tuple(f for f in flags if f.kind is not FlagKind.UNCONFIRMED or f.subject not in dates)


def _evidence(
    message: Message, lead: Transition, quoted: Sequence[Signal], context: RenderContext
) -> tuple[EvidenceLine, ...]:
    """What moved the verdict where no sentence did (a date, a person's act, a correction, an edit of the rules), then the
    quoted sentences, then those that no longer count."""
    lines, read = [], {signal.id for signal in quoted}
    for item in message.transitions:
        if item.cause is Cause.CORRECTION and read.issuperset(item.reason.signals or ("",)):
            continue  # a text that is read anew and says something new: its sentence is quoted
        if item.cause in BASES_WITHOUT_QUOTE and message.kind != FURTHER_EVIDENCE:
            basis, source = BASES_WITHOUT_QUOTE[item.cause]
            text = one_line(reason_text(item.reason)) or f"{item.kind.value}: {' to '.join(ends(item.change))}"
            when = format_when(item.happened, context.zone)
            lines.append(EvidenceLine(basis, text, outlet=source, at=item.happened, when=when))
    commitment = context.commitments[lead.commitment]
    quotes = evidence_lines(quoted, context.verdicts[lead.commitment].flags, context)
    if not quotes and lead.cause is Cause.CLOCK and commitment.baselines:
        # A date known from the start, which no story reports, has the baseline and its source.
        base = baseline_at(commitment, lead.at)
        text = one_line(base.note, 600) or label_of(base.standing.value)
        day, url = format_date(base.as_of), web_link(base.source)
        quotes = (EvidenceLine("baseline", text, "the baseline in the rules", when=day, url=url),)
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
