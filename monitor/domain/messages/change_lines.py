"""One recorded transition in plain words: 'Was X, now Y' where that says it best."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.domain.messages.context import RenderContext, spoken_detail
from monitor.domain.messages.models import ChangeLine
from monitor.domain.messages.wording import EVENT_NOUNS, detail_text, doubt_figures, doubt_subject, ends
from monitor.domain.model import (
    Cause,
    Commitment,
    Deadline,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Outlook,
    Says,
    Standing,
    Status,
    Transition,
    TransitionKind,
    changes,
)
from monitor.domain.model.news import Day
from monitor.domain.model.notation import days
from monitor.domain.model.reasons import FirstDateMissed, Named, Quoted, Text
from monitor.domain.text.labels import (
    FLAG_LABELS,
    capitalised,
    format_date,
    format_when,
    label_of,
    period_name,
    status_caps,
    thing_does,
)
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import OPEN_STATES

MAX_TEXT = 200
EVENT_LABELS: Mapping[Effect, str] = {
    Effect.PLEDGE: "A new pledge",
    Effect.PROGRESS: "A step forward",
    Effect.DELIVERED: "A part is done",
    Effect.SETBACK: "A setback",
    Effect.BREACH: "An act against the promise",
    Effect.THREAT: "A threat",
    Effect.DEADLINE: "A date is named",
}
"""An event of note by its effect."""


def change_line(transition: Transition, context: RenderContext) -> ChangeLine:
    """The line of one transition; statuses in capitals, dates as people write them.

    context: with the commitments cleaned and the reader's zone; its verdicts and signals tell who stands behind a date.
    """
    was, now = ends(transition.change)
    if transition.kind is TransitionKind.STATUS:
        was, now = was.upper(), now.upper()
    known = context.commitments.get(transition.commitment)
    text = _text(transition, known, context)
    reason = detail_text(spoken_detail(transition.reason.detail, context), context.parties)
    more = reason
    match transition.change, transition.reason.detail:
        case (changes.FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED), detail) if len(text) <= MAX_TEXT:
            more = doubt_figures(detail)
        case ((changes.StepChanged(new=name) | changes.TermsChanged(new=name)), Text(text=said)) if said == name:
            more = ""
        case ((changes.DeadlineMissed() | changes.NoticeDue()), _):
            more = ""  # the line says all that the reason says
    return ChangeLine(
        subject=known.short if known else one_line(transition.commitment, 60),
        what=transition.kind.value,
        was=was or "none",
        now=now or "none",
        why=one_line(reason, 300),
        way=transition.way.value,
        cause=transition.cause.value,
        when=format_when(transition.happened, context.zone),
        late=transition.late,
        commitment=transition.commitment,
        text=one_line(text, MAX_TEXT),
        more=one_line(more, 300),
    )


def _text(transition: Transition, known: Commitment | None, context: RenderContext) -> str:  # noqa: C901 - a case for each kind
    was, now = ends(transition.change)
    match transition.change:
        case changes.StatusChanged(old=old, new=new):
            if old is not new:
                return f"Was {status_caps(old)}, now {status_caps(new)}"
            if transition.way is Direction.DOWN:
                return f"Another setback; the status stays {status_caps(new)}"
            again = "The next round was held" if new is Standing.MET else "Reported again"
            return f"{again}; the status stays {status_caps(new)}"
        case changes.DeadlineMissed():
            return _missed(transition.change, transition, known, context)
        case changes.NoticeDue(what=what, date=date, days_left=left):
            record = _record(what, date, transition, context)
            end = record.kind == "expiry" if record else _expires(known)
            named = thing_does(what or "the date", "end" if end else "is", "" if end else "are")
            return f"In {days(left)}: {named}{'' if end else ' due'} ({format_date(date)})"
        case changes.DeadlineMoved():
            return _moved(transition.change, transition, known, context)
        case changes.EventNoted(effect=effect) if transition.cause is Cause.CORRECTION:
            return f"No longer reported: {EVENT_NOUNS[effect]}"
        case changes.EventNoted(effect=effect):
            return f"{EVENT_LABELS[effect]}; the status stays {status_caps(_status(transition))}"
        case changes.ShareChanged(label=label):
            return f"Progress: was {was}, now {now}" + (f" for {period_name(label)}" if label else "")
        case changes.StepChanged(new=None):
            return f"No longer reported: the step “{was}”"
        case changes.StepChanged():
            return f"Step done: {now}"
        case changes.TermsChanged(new=None):
            return f"No longer reported in the terms: {was}"
        case changes.TermsChanged():
            return f"New in the terms: {now}"
        case changes.FlagChanged(new=FlagState.CONFIRMED):
            return f"{status_caps(transition.standing)} is now confirmed{_by_whom(transition, context)}"
        case changes.FlagChanged(new=FlagState.WITHDRAWN):
            return "No longer reported, so no longer in doubt"
        case changes.FlagChanged(flag=FlagKind.UNCONFIRMED):
            doubt = doubt_subject(spoken_detail(transition.reason.detail, context), context.parties)
            speaks_for_itself = doubt and not isinstance(transition.reason.detail, Text | Quoted)
            return capitalised(doubt) if speaks_for_itself else f"Not yet confirmed: {doubt or 'nobody else says so'}"
        case changes.FlagChanged(flag=flag):
            return capitalised(FLAG_LABELS.get(flag, label_of(flag)))


# ---------------------------------------------------------------- dates


def _missed(
    change: changes.DeadlineMissed, transition: Transition, known: Commitment | None, context: RenderContext
) -> str:
    """'China missed the first date, 31 Dec 2025. New date (US only): 28 Feb 2026'."""
    single = known is not None and not context.parties.are_many(known.owed_by)
    first = f"the first date, {format_date(change.date)}"
    text = (
        f"{capitalised(context.parties.names((known.owed_by,)))} missed {first}"
        if known and single
        else f"{capitalised(first)}, was missed"
    )
    if not isinstance(transition.reason.detail, FirstDateMissed):
        return text
    later = transition.reason.detail.later
    return f"{text}. New date{_only(_record(change.what, later, transition, context), context)}: {format_date(later)}"


def _moved(
    change: changes.DeadlineMoved, transition: Transition, known: Commitment | None, context: RenderContext
) -> str:
    """'End date: was 10 Nov 2026, now 10 Jan 2027 (only the US says so)', 'Due date 28 Feb 2026: now confirmed by China'."""
    record = _record(change.what, change.new or change.old, transition, context)
    label = "End date" if (record.kind == "expiry" if record else _expires(known)) else "Due date"
    verdict = context.verdicts.get(transition.commitment)
    dated = {item.what for item in verdict.deadlines if item.state in OPEN_STATES} if verdict else set()
    if change.what and len(dated) > 1:
        label = f"{label} of {change.what}"
    if change.new is None:
        return f"{label} {format_date(change.old) if change.old else ''}: no longer reported".replace(" :", ":")
    new = format_date(change.new)
    if change.old == change.new:
        return f"{label} {new}: now confirmed{_by_whom(transition, context)}"
    doubt = next((flag for flag in transition.flags if flag.kind is FlagKind.UNCONFIRMED), None)
    after = ""
    if doubt is not None:
        named = doubt.detail.said_by if isinstance(doubt.detail, Named) else ""
        after = (
            f" (only {context.parties.does(named, 'say')} so)"
            if context.parties.can_owe((named,))
            else " (not yet confirmed)"
        )
    return f"{label}: was {format_date(change.old)}, now {new}{after}" if change.old else f"{label}: {new}{after}"


def _record(what: str, day: Day | None, transition: Transition, context: RenderContext) -> Deadline | None:
    """The deadline with this name and day as the verdict knows it now; None if it does not."""
    verdict = context.verdicts.get(transition.commitment)
    found = [record for record in verdict.deadlines if record.date == day] if verdict else []
    return next((record for record in found if not what or record.what == what), None)


def _expires(known: Commitment | None) -> bool:
    return known is not None and known.kind is Kind.STANDING


def _only(record: Deadline | None, context: RenderContext) -> str:
    """' (US only)' for a date that one side alone names."""
    claimed = record is not None and record.state == "claimed" and context.parties.can_owe((record.said_by,))
    return f" ({context.parties.names((record.said_by,)).removeprefix('the ')} only)" if record and claimed else ""


# ---------------------------------------------------------------- who confirms


def _by_whom(transition: Transition, context: RenderContext) -> str:
    """' by China', ' by both sides' from the sides that speak in its evidence; ' by a second source' if none of them does."""
    spoken = [context.signals[key].says for key in transition.evidence if key in context.signals]
    if not spoken:
        return ""
    newest = spoken[0] if transition.kind is TransitionKind.FLAG else spoken[-1]
    if newest is Says.DATA:
        return " by data"
    known = context.parties.can_owe((newest.value,))
    return f" by {context.parties.names((newest.value,))}" if known else " by a second source"


def _status(transition: Transition) -> Status:
    """The status when the transition was recorded."""
    failed = transition.standing in (Standing.BREACHED, Standing.LAPSED)
    return transition.standing if failed or transition.outlook is Outlook.STEADY else transition.outlook
