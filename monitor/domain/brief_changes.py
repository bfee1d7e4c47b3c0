"""One recorded transition as a line of 'was, is'."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.domain.brief_model import ChangeLine
from monitor.domain.brief_words import capitals, clean, moment, words
from monitor.domain.model import Commitment, Transition, TransitionKind


def change_line(move: Transition, commitments: Mapping[str, Commitment], zone: str) -> ChangeLine:
    """One transition as 'was, is'; statuses in capitals, dates and other words as people write them."""
    print_word = capitals if move.kind is TransitionKind.STATUS else words
    known = commitments.get(move.commitment)
    return ChangeLine(
        subject=clean(known.short if known else move.commitment, 60),
        what=move.kind.value,
        was=print_word(move.frm) or "none",
        now=print_word(move.to) or "none",
        why=clean(move.reason.text, 300),
        way=move.way.value,
        cause=move.cause.value,
        when=moment(move.happened, zone),
        late=move.late,
        commitment=move.commitment,
    )
