"""One recorded transition in plain words: 'was, is' where that says it best."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.domain.messages.models import ChangeLine
from monitor.domain.messages.wording import ends, figures, headline, reason_text
from monitor.domain.model import Commitment, Direction, FlagKind, FlagState, Standing, Transition, TransitionKind
from monitor.domain.model.changes import (
    DeadlineMissed,
    DeadlineMoved,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StatusChanged,
    StepChanged,
    TermsChanged,
)
from monitor.domain.model.notation import days
from monitor.domain.model.reasons import Text
from monitor.domain.text.labels import FLAG_LABELS, capitalised, format_date, format_when, label_of, status_caps
from monitor.domain.text.plain import one_line

MAX_TEXT = 200


def change_line(move: Transition, commitments: Mapping[str, Commitment], zone: str) -> ChangeLine:
    """One transition as people tell it; statuses in capitals, dates and other words as people write them."""
    was, now = ends(move.change)
    status = move.kind is TransitionKind.STATUS
    known = commitments.get(move.commitment)
    return ChangeLine(
        subject=one_line(known.short if known else move.commitment, 60),
        what=move.kind.value,
        was=(was.upper() if status else was) or "none",
        now=(now.upper() if status else now) or "none",
        why=one_line(reason_text(move.reason), 300),
        way=move.way.value,
        cause=move.cause.value,
        when=format_when(move.happened, zone),
        late=move.late,
        commitment=move.commitment,
        text=one_line(_text(move), MAX_TEXT),
        more=one_line(_more(move), 300),
    )


def _more(move: Transition) -> str:
    """Why, as far as the text of the change has not said it."""
    match move.change, move.reason.detail:
        case (FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED), detail) if len(_text(move)) <= MAX_TEXT:
            return figures(detail)
        case ((StepChanged(new=name) | TermsChanged(new=name)), Text(text=text)) if text == name:
            return ""
        case _:
            return reason_text(move.reason)


def _text(move: Transition) -> str:  # noqa: C901 - a case for each kind of change
    was, now = ends(move.change)
    match move.change:
        case StatusChanged(old=old, new=new):
            if old is not new:
                return f"Status: was {status_caps(old)}, now {status_caps(new)}"
            if move.way is Direction.DOWN:
                return f"Still {status_caps(new)}: a further blow"
            return f"{status_caps(new)} once more: {'the next round was held' if new is Standing.MET else 'told anew'}"
        case DeadlineMissed(date=date):
            return f"{format_date(date)}: missed"
        case NoticeDue(date=date, days_left=left):
            return f"{format_date(date)}: notice of {days(left)}"
        case DeadlineMoved(new=None):
            return f"{was}: no longer reported"
        case DeadlineMoved(old=old, new=new):
            if old == new:
                return f"{now}: now confirmed"
            alone = " (not yet confirmed)" if any(flag.kind is FlagKind.UNCONFIRMED for flag in move.flags) else ""
            return f"Deadline: {f'was {was}, ' if was else ''}now {now}{alone}"
        case ShareChanged():
            return f"Progress: was {was}, now {now}"
        case StepChanged(new=None):
            return f"Step no longer reported: {was}"
        case StepChanged():
            return f"Step done: {now}"
        case TermsChanged(new=None):
            return f"Terms no longer reported: {was}"
        case TermsChanged():
            return f"Terms now{' also' if was else ''}: {now}"
        case FlagChanged(new=FlagState.CONFIRMED):
            return f"{status_caps(move.standing)} is now confirmed"
        case FlagChanged(new=FlagState.WITHDRAWN):
            return "No longer reported, so no longer in doubt"
        case FlagChanged(flag=FlagKind.UNCONFIRMED):
            return f"In doubt: {headline(move.reason.detail) or 'nobody has confirmed it'}"
        case FlagChanged(flag=flag):
            return capitalised(FLAG_LABELS.get(flag, label_of(flag)))
