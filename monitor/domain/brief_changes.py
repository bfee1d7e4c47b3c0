"""One recorded transition in plain words: 'was, is' where that says it best."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.domain.brief_model import ChangeLine
from monitor.domain.brief_words import FLAG_WORDS, ISO_DATE, capitals, clean, moment, sentence, words
from monitor.domain.corrections import WITHDRAWN
from monitor.domain.model import Commitment, FlagKind, Standing, Transition, TransitionKind, Way

LONGEST = 200
DUE_IN = "due in "


def change_line(move: Transition, commitments: Mapping[str, Commitment], zone: str) -> ChangeLine:
    """One transition as people tell it; statuses in capitals, dates and other words as people write them."""
    print_word = capitals if move.kind is TransitionKind.STATUS else words
    known = commitments.get(move.commitment)
    return ChangeLine(
        subject=clean(known.short if known else move.commitment, 60),
        what=move.kind.value,
        was=print_word(move.frm) or "none",
        now=print_word(move.to) or "none",
        why=clean(_why(move), 300),
        way=move.way.value,
        cause=move.cause.value,
        when=moment(move.happened, zone),
        late=move.late,
        commitment=move.commitment,
        text=clean(TELLERS[move.kind](move), LONGEST),
    )


def _why(move: Transition) -> str:
    """The reason; that of a notice without the days left, which are other ones by the time that a digest tells of it."""
    return move.reason.text.replace(f", {move.to.removeprefix('due ')}", "") if _notice(move) else move.reason.text


def _notice(move: Transition) -> bool:
    return move.kind is TransitionKind.DEADLINE and move.to.startswith(DUE_IN)


def _status(move: Transition) -> str:
    if move.frm != move.to:
        return f"Status: was {capitals(move.frm)}, now {capitals(move.to)}"
    if move.way is Way.DOWN:
        return f"Still {capitals(move.to)}: a further blow"
    again = "the next round was held" if move.to == Standing.MET else "told anew"
    return f"{capitals(move.to)} once more: {again}"


def _deadline(move: Transition) -> str:
    if move.to == WITHDRAWN:
        return f"{words(move.frm)}: no longer reported"
    if _notice(move):
        return f"{words(move.frm)}: notice of {move.to.removeprefix(DUE_IN)}"
    if not ISO_DATE.fullmatch(move.to):  # "missed"
        return f"{words(move.frm)}: {words(move.to)}"
    if move.frm == move.to:
        return f"{words(move.to)}: now confirmed"
    alone = " (not yet confirmed)" if any(flag.kind is FlagKind.UNCONFIRMED for flag in move.flags) else ""
    return f"Deadline: {f'was {words(move.frm)}, ' if move.frm else ''}now {words(move.to)}{alone}"


def _progress(move: Transition) -> str:
    """A share that grew, or a step."""
    if move.to.endswith("%"):
        return f"Progress: was {words(move.frm)}, now {words(move.to)}"
    if move.to == WITHDRAWN:
        return f"Step no longer reported: {words(move.frm)}"
    return f"Step done: {words(move.to)}"


def _terms(move: Transition) -> str:
    if move.to == WITHDRAWN:
        return f"Terms no longer reported: {words(move.frm)}"
    return f"Terms now{' also' if move.frm else ''}: {words(move.to)}"


def _flag(move: Transition) -> str:
    """A doubt that came or went, or another remark. A doubt that came says whose word it is, as far as its first colon."""
    if move.frm == FlagKind.UNCONFIRMED:
        return (
            f"{capitals(move.standing)} is now confirmed"
            if move.confirms
            else "No longer reported, so no longer in doubt"
        )
    if move.to == FlagKind.UNCONFIRMED:
        return f"In doubt: {move.reason.text.partition(': ')[0] or 'nobody has confirmed it'}"
    return sentence(FLAG_WORDS.get(move.to, words(move.to)))


TELLERS: Mapping[TransitionKind, Callable[[Transition], str]] = {
    TransitionKind.STATUS: _status,
    TransitionKind.DEADLINE: _deadline,
    TransitionKind.PROGRESS: _progress,
    TransitionKind.TERMS: _terms,
    TransitionKind.FLAG: _flag,
}
