"""One recorded transition in plain words: 'was X, now Y' where that says it best."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.domain.messages.models import ChangeLine
from monitor.domain.messages.wording import doubt_figures, doubt_subject, ends, reason_text
from monitor.domain.model import (
    Commitment,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Outlook,
    Standing,
    Status,
    Transition,
    TransitionKind,
    changes,
)
from monitor.domain.model.notation import days
from monitor.domain.model.reasons import Text
from monitor.domain.text.labels import FLAG_LABELS, capitalised, format_date, format_when, label_of, status_caps
from monitor.domain.text.plain import one_line

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


def change_line(transition: Transition, commitments: Mapping[str, Commitment], zone: str) -> ChangeLine:
    """The line of one transition; statuses in capitals, dates as people write them.

    commitments: with cleaned texts. zone: the reader's, as an IANA name.
    """
    was, now = ends(transition.change)
    if transition.kind is TransitionKind.STATUS:
        was, now = was.upper(), now.upper()
    known = commitments.get(transition.commitment)
    text, reason = _text(transition), reason_text(transition.reason)
    more = reason
    match transition.change, transition.reason.detail:
        case (changes.FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED), detail) if len(text) <= MAX_TEXT:
            more = doubt_figures(detail)
        case ((changes.StepChanged(new=name) | changes.TermsChanged(new=name)), Text(text=detail_text)) if (
            detail_text == name
        ):
            more = ""
    return ChangeLine(
        subject=known.short if known else one_line(transition.commitment, 60),
        what=transition.kind.value,
        was=was or "none",
        now=now or "none",
        why=one_line(reason, 300),
        way=transition.way.value,
        cause=transition.cause.value,
        when=format_when(transition.happened, zone),
        late=transition.late,
        commitment=transition.commitment,
        text=one_line(text, MAX_TEXT),
        more=one_line(more, 300),
    )


def _text(transition: Transition) -> str:  # noqa: C901 - a case for each kind of change
    was, now = ends(transition.change)
    match transition.change:
        case changes.StatusChanged(old=old, new=new):
            if old is not new:
                return f"Status: was {status_caps(old)}, now {status_caps(new)}"
            if transition.way is Direction.DOWN:
                return f"Still {status_caps(new)}: a further blow"
            return f"{status_caps(new)} once more: {'the next round was held' if new is Standing.MET else 'told anew'}"
        case changes.DeadlineMissed(date=date):
            return f"{format_date(date)}: missed"
        case changes.NoticeDue(date=date, days_left=left):
            return f"{format_date(date)}: notice of {days(left)}"
        case changes.DeadlineMoved(new=None):
            return f"{was}: no longer reported"
        case changes.DeadlineMoved(old=old, new=new):
            if old == new:
                return f"{now}: now confirmed"
            doubted = any(flag.kind is FlagKind.UNCONFIRMED for flag in transition.flags)
            before, after = f"was {was}, " if was else "", " (not yet confirmed)" if doubted else ""
            return f"Deadline: {before}now {now}{after}"
        case changes.EventNoted(effect=effect):
            return f"{EVENT_LABELS[effect]}; the status stays {status_caps(_status(transition))}"
        case changes.ShareChanged():
            return f"Progress: was {was}, now {now}"
        case changes.StepChanged(new=None):
            return f"Step no longer reported: {was}"
        case changes.StepChanged():
            return f"Step done: {now}"
        case changes.TermsChanged(new=None):
            return f"Terms no longer reported: {was}"
        case changes.TermsChanged():
            return f"Terms now{' also' if was else ''}: {now}"
        case changes.FlagChanged(new=FlagState.CONFIRMED):
            return f"{status_caps(transition.standing)} is now confirmed"
        case changes.FlagChanged(new=FlagState.WITHDRAWN):
            return "No longer reported, so no longer in doubt"
        case changes.FlagChanged(flag=FlagKind.UNCONFIRMED):
            return f"In doubt: {doubt_subject(transition.reason.detail) or 'nobody has confirmed it'}"
        case changes.FlagChanged(flag=flag):
            return capitalised(FLAG_LABELS.get(flag, label_of(flag)))


def _status(transition: Transition) -> Status:
    """The status when the transition was recorded."""
    failed = transition.standing in (Standing.BREACHED, Standing.LAPSED)
    return transition.standing if failed or transition.outlook is Outlook.STEADY else transition.outlook
