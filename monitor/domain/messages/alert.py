"""What a message says: pure view models made from a decision, rendered elsewhere.

`alert_brief` and `digest_brief` settle every figure and phrase; mail, Slack and files only lay them out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.domain.alerts.subscriptions import subscribes_to
from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.digest import digest_brief
from monitor.domain.messages.evidence_lines import (
    PublisherFinder,
    RenderContext,
    RuleFacts,
    confidence_line,
    evidence_lines,
    known_signals,
    retracted_lines,
    retracted_signals,
    source_name,
)
from monitor.domain.messages.figures import deadline_lines, progress_line, status_timeline
from monitor.domain.messages.headline import RECOVERY_CONDITIONS, first_line, route_line, shown_status
from monitor.domain.messages.main_link import choose_main_report
from monitor.domain.messages.models import (
    AlertBrief,
    Brief,
    ChangeLine,
    ChartPoint,
    CorroborationLine,
    DeadlineLine,
    DeliveryReceipt,
    DigestBrief,
    EvidenceBasis,
    EvidenceLine,
    MessageSection,
    OpenIssueLine,
    OutboundMessage,
    ProgressLine,
    SourceHealth,
    SourceLine,
    StatusLine,
    StatusSpan,
    StatusTimeline,
)
from monitor.domain.messages.wording import ends, reason_text
from monitor.domain.model import (
    FURTHER_EVIDENCE,
    Cause,
    Commitment,
    Flag,
    FlagKind,
    FlagState,
    Message,
    Policy,
    ReasonCode,
    Route,
    Says,
    Signal,
    Story,
    Transition,
    TransitionKind,
    Verdict,
)
from monitor.domain.model.changes import FlagChanged, StatusChanged
from monitor.domain.text.labels import (
    capitalised,
    conjugated,
    format_date,
    format_time,
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

__all__ = [
    "AlertBrief",
    "Brief",
    "ChangeLine",
    "ChartPoint",
    "CorroborationLine",
    "DeadlineLine",
    "DeliveryReceipt",
    "DigestBrief",
    "EvidenceLine",
    "MessageSection",
    "OpenIssueLine",
    "OutboundMessage",
    "ProgressLine",
    "SourceHealth",
    "SourceLine",
    "StatusLine",
    "StatusSpan",
    "StatusTimeline",
    "alert_brief",
    "digest_brief",
    "first_line",
    "subscribes_to",
]  # fmt: skip

T = TypeVar("T")
TIMELINE_DAYS = 120
AWAITING_CONFIRMATION = "The status moves once this is confirmed."
PREFIXES = {"confirmation": "confirmed: ", "correction": "corrected: "}
BASES_WITHOUT_QUOTE: Mapping[Cause, tuple[EvidenceBasis, str]] = {
    Cause.CLOCK: ("deadline", "the calendar"),
    Cause.PERSON: ("act", "a person's act"),
    Cause.CORRECTION: ("correction", "a correction of the evidence"),
    Cause.RULES: ("rules", "an edit of the rules"),
}
"""Causes that can move a verdict without a sentence to quote: what is shown instead, and who tells it."""


def alert_brief(
    message: Message,
    *,
    commitments: Mapping[str, Commitment],
    verdicts: Mapping[str, Verdict],
    signals: Mapping[str, Signal],
    stories: Mapping[str, Story],
    publishers: PublisherFinder,
    policy: Policy,
    rules: Mapping[str, RuleFacts],
    history: Sequence[Transition],
    route: Route,
    now: datetime,
) -> AlertBrief:
    """The brief of an alert, confirmation, correction, summary or of further evidence. Raises RenderError when there is nothing to show."""
    facts = RenderContext(signals, stories, publishers, policy, now, route.zone, rules)
    lead = _leading_transition(message)
    commitment = _require(commitments, lead.commitment, message, "rules no longer name the commitment")
    verdict = _require(verdicts, lead.commitment, message, "no verdict is stored for the commitment")
    further = message.kind == FURTHER_EVIDENCE
    gone = retracted_signals(message.transitions)
    behind = known_signals((*_evidence_ids(message, verdict, gone), *message.also), facts)
    used = known_signals(message.also, facts) if further else behind
    why = _corroboration_line(used, facts) if further else _explanation(message, lead)
    unconfirmed, contested, held = (
        _flagged(_flags_of_change((*verdict.flags, *lead.flags), verdict, lead), kind)
        for kind in (FlagKind.UNCONFIRMED, FlagKind.CONTESTED, FlagKind.PINNED)
    )
    # A pinned status rests on the word of the person who pinned it, and what is confirmed is no longer in doubt.
    unconfirmed = unconfirmed and not held and not lead.confirms
    return AlertBrief(
        message_id=message.id,
        kind=message.kind,
        commitment=commitment.id,
        name=one_line(commitment.name, 160),
        short=one_line(commitment.short, 60),
        first_line=first_line(_headline(lead, verdict), _named(message, commitment), why, unconfirmed=unconfirmed),
        status=verdict.status,
        shown=shown_status(verdict),
        way="other" if further else lead.way.value,
        changes=tuple(change_line(item, commitments, route.zone) for item in _ordered(message.transitions, lead)),
        why=capitalised(one_line(("" if further else _reason(lead)) or why, 600)),
        sure=_confidence(behind, _flags_of_change(verdict.flags, verdict, lead), facts, held=held),
        evidence=(() if further else _basis_lines(message, facts))
        + (evidence_lines(used, verdict.flags, facts) or _baseline_lines(commitment, lead))
        + retracted_lines(gone, facts),
        progress=progress_line(verdict.progress, commitment),
        deadlines=_deadlines(message, commitment, commitments, verdicts, facts),
        criteria=one_line(dict(commitment.criteria).get(verdict.status, ""), 600),
        back=RECOVERY_CONDITIONS.get(verdict.status, ""),
        route=route_line(route),
        as_of=now,
        data_time=format_time(now, route.zone),
        at=message.at,
        events=tuple(item.id for item in message.transitions),
        zone=route.zone,
        unconfirmed=unconfirmed,
        contested=contested,
        late=any(item.late for item in message.transitions),
        note=one_line(f"{message.waited} {message.note}", 400),
        own_note=one_line(message.note, 400),
        sections=_sections(message, commitments, verdicts),
        strip=_timeline(message, verdict, commitment, history, now),
        report=choose_main_report(lead, used, facts),
    )


def _confidence(used: Sequence[Signal], flags: Sequence[Flag], facts: RenderContext, *, held: bool) -> str:
    """Whose word it is; of a pinned status first that it is a person's, and what the news say as far as it is quoted."""
    if not held:
        return confidence_line(used, flags, facts)
    told = tuple(flag for flag in flags if flag.kind is not FlagKind.UNCONFIRMED)
    return " ".join(
        filter(None, ("The status is held by a person's pin.", confidence_line(used, told, facts) if used else ""))
    )


def _leading_transition(message: Message) -> Transition:
    """The transition that a reader must hear of first."""
    if not message.transitions:
        raise RenderError(f"message {message.id} carries no transition", subject=message.id)
    return severity.most_important(message.transitions)


def _corroboration_line(used: Sequence[Signal], facts: RenderContext) -> str:
    """Who says so too, and how the first of them says it."""
    told = [(signal, facts.stories[signal.story]) for signal in used]
    names = tuple(dict.fromkeys(
        source_name(signal) if signal.says is not Says.PRESS else facts.outlet(story.source, story.url)
        for signal, story in told
    ))  # fmt: skip
    verb = conjugated(names[0]) if len(names) == 1 else "say"
    quote = " ".join(used[0].quote.split()) if used else ""
    return f"{join_list(names)} {verb} so too: {quote}"


def _ordered(transitions: Sequence[Transition], lead: Transition) -> list[Transition]:
    return [lead, *(item for item in transitions if item is not lead)]


def _require(values: Mapping[str, T], key: str, message: Message, problem: str) -> T:
    if key not in values:
        raise RenderError(f"message {message.id} about {key}: {problem}", subject=message.id)
    return values[key]


def _explanation(message: Message, lead: Transition) -> str:
    if message.kind == "summary" and len(message.transitions) > 1:
        return f"{pluralised(len(message.transitions), 'change')} held back; first: {reason_text(lead.reason)}"
    said = message.kind == "confirmation" and lead.reason.code is ReasonCode.CONFIRMED  # the reason says so itself
    prefix = "" if said else PREFIXES.get(message.kind, "")
    return prefix + (reason_text(lead.reason) or f"{lead.kind.value} {' to '.join(ends(lead.change))}")


def _reason(lead: Transition) -> str:
    """Why, in a sentence; a doubt says what it waits for."""
    text = reason_text(lead.reason)
    match lead.change:
        case FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED) if text:
            return f"{text}. {AWAITING_CONFIRMATION}"
        case _:
            return text


def _flags_of_change(flags: Iterable[Flag], verdict: Verdict, lead: Transition) -> tuple[Flag, ...]:
    """The flags that bear on this change: whose word a date is concerns the changes of dates, and stands under dates."""
    dated = set() if lead.kind is TransitionKind.DEADLINE else {d.what for d in verdict.deadlines}
    return tuple(f for f in flags if f.kind is not FlagKind.UNCONFIRMED or f.subject not in dated)


def _named(message: Message, commitment: Commitment) -> str:
    """The short name; of one event over several commitments with the number of the others."""
    others = len({item.commitment for item in message.transitions}) - 1
    return f"{commitment.short} +{others}" if others and message.kind != "summary" else commitment.short


def _headline(lead: Transition, verdict: Verdict) -> str:
    """The status; a standing that rose or was confirmed while the outlook stays bad is told first, or the line would belie
    its reason."""
    told = verdict.status
    if isinstance(lead.change, StatusChanged):
        told = lead.change.new
    elif isinstance(lead.change, FlagChanged) and lead.confirms:  # it is the standing that was in doubt
        told = lead.standing
    return verdict.status if told == verdict.status else f"{label_of(told)}, still {label_of(verdict.status)}"


def _flagged(flags: Sequence[Flag], kind: FlagKind) -> bool:
    return any(flag.kind is kind for flag in flags)


def _evidence_ids(message: Message, verdict: Verdict, gone: Collection[str]) -> list[str]:
    """Signals by their weight for the reader: the lead's, the other transitions', both sides of a dispute. Where some have
    been taken back, what is left behind the status in their place."""
    moves = _ordered(message.transitions, _leading_transition(message))
    ids = [key for item in moves for key in (*item.evidence, *item.reason.signals)]
    disputes = (flag for flag in verdict.flags if flag.kind is FlagKind.CONTESTED)
    left = status_evidence(verdict) if gone else ()
    return [key for key in (*ids, *(key for flag in disputes for key in flag.evidence), *left) if key not in gone]


def _deadlines(
    message: Message, commitment: Commitment, commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict],
    facts: RenderContext,
) -> tuple[DeadlineLine, ...]:  # fmt: skip
    """The dates of the leading commitment, and those of the others of which this message tells that a date has moved."""
    lines = list(deadline_lines(verdicts[commitment.id], commitment.short, facts))
    moved = (t.commitment for t in message.transitions if t.kind is TransitionKind.DEADLINE)
    for name in dict.fromkeys(name for name in moved if name != commitment.id):
        if name in commitments and name in verdicts:
            short = commitments[name].short
            own = deadline_lines(verdicts[name], short, facts)
            lines += [
                replace(line, text=line.text if short in line.text else f"{one_line(short, 60)}: {line.text}")
                for line in own
            ]
    return tuple(lines)


def _basis_lines(message: Message, facts: RenderContext) -> tuple[EvidenceLine, ...]:
    """What moved the verdict where no sentence did: a date, an act of a person, a correction, an edit of the rules."""
    lines = (_basis_line(item, facts) for item in message.transitions if item.cause in BASES_WITHOUT_QUOTE)
    return tuple(dict.fromkeys(lines))


def _basis_line(move: Transition, facts: RenderContext) -> EvidenceLine:
    basis, teller = BASES_WITHOUT_QUOTE[move.cause]
    text = one_line(reason_text(move.reason)) or f"{move.kind.value}: {' to '.join(ends(move.change))}"
    return EvidenceLine(basis, text, outlet=teller, at=move.happened, when=format_when(move.happened, facts.zone))


def _baseline_lines(commitment: Commitment, lead: Transition) -> tuple[EvidenceLine, ...]:
    """What a person read, and where, of a change that no story has told of: a date that stood in the rules from the start."""
    if lead.cause is not Cause.CLOCK or not commitment.baselines:
        return ()
    base = baseline_at(commitment, lead.at)
    text = one_line(base.note, 600) or label_of(base.standing.value)
    return (
        EvidenceLine(
            "baseline", text, "the baseline in the rules", when=format_date(base.as_of), url=web_link(base.source)
        ),
    )


def _timeline(
    message: Message, verdict: Verdict, commitment: Commitment, history: Sequence[Transition], now: datetime
) -> StatusTimeline:
    """The statuses so far and the one just reached, which gets an hour so that it can be seen."""
    moves = {item.id: item for item in (*history, *message.transitions)}
    start, end = now - timedelta(days=TIMELINE_DAYS), now + timedelta(hours=1)
    return status_timeline(verdict, commitment.short, moves.values(), start, end)


def _sections(
    message: Message, commitments: Mapping[str, Commitment], verdicts: Mapping[str, Verdict]
) -> tuple[MessageSection, ...]:
    """Where each further commitment stands, in a message about several."""
    lead = _leading_transition(message).commitment
    ids = [key for key in dict.fromkeys(item.commitment for item in message.transitions) if key != lead]
    return tuple(
        MessageSection(key, one_line(commitments[key].name, 160), shown_status(verdicts[key]), verdicts[key].status)
        for key in ids
        if key in commitments and key in verdicts
    )
