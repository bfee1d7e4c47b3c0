"""One recorded transition in plain words: 'was, is' where that says it best."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.domain.brief_model import ChangeLine
from monitor.domain.brief_words import FLAG_WORDS, capitals, clean, day, moment, sentence, words
from monitor.domain.change import (
    DeadlineMissed,
    DeadlineMoved,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StatusChanged,
    StepChanged,
    TermsChanged,
)
from monitor.domain.model import Commitment, FlagKind, Standing, Transition, TransitionKind, Way
from monitor.domain.notation import days
from monitor.domain.reasons import Text
from monitor.domain.wording import ends, figures, headline, reason_text
from monitor.domain.words import FlagState

LONGEST = 200


def change_line(move: Transition, commitments: Mapping[str, Commitment], zone: str) -> ChangeLine:
    """One transition as people tell it; statuses in capitals, dates and other words as people write them."""
    was, now = ends(move.change)
    status = move.kind is TransitionKind.STATUS
    known = commitments.get(move.commitment)
    return ChangeLine(
        subject=clean(known.short if known else move.commitment, 60),
        what=move.kind.value,
        was=(was.upper() if status else was) or "none",
        now=(now.upper() if status else now) or "none",
        why=clean(reason_text(move.reason), 300),
        way=move.way.value,
        cause=move.cause.value,
        when=moment(move.happened, zone),
        late=move.late,
        commitment=move.commitment,
        text=clean(_text(move), LONGEST),
        more=clean(_more(move), 300),
    )


def _more(move: Transition) -> str:
    """Why, as far as the text of the change has not said it."""
    match move.change, move.reason.detail:
        case (FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED), detail) if len(_text(move)) <= LONGEST:
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
                return f"Status: was {capitals(old)}, now {capitals(new)}"
            if move.way is Way.DOWN:
                return f"Still {capitals(new)}: a further blow"
            return f"{capitals(new)} once more: {'the next round was held' if new is Standing.MET else 'told anew'}"
        case DeadlineMissed(date=date):
            return f"{day(date)}: missed"
        case NoticeDue(date=date, days_left=left):
            return f"{day(date)}: notice of {days(left)}"
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
            return f"{capitals(move.standing)} is now confirmed"
        case FlagChanged(new=FlagState.WITHDRAWN):
            return "No longer reported, so no longer in doubt"
        case FlagChanged(flag=FlagKind.UNCONFIRMED):
            return f"In doubt: {headline(move.reason.detail) or 'nobody has confirmed it'}"
        case FlagChanged(flag=flag):
            return sentence(FLAG_WORDS.get(flag, words(flag)))
