"""How a message words one change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from monitor.domain.messages.change_text import change_text
from monitor.domain.model import (
    By,
    Cause,
    Deadline,
    Effect,
    Flag,
    FlagKind,
    Kind,
    Outlook,
    ReasonCode,
    Says,
    TransitionKind,
)
from monitor.domain.model.changes import Change, DeadlineMissed, DeadlineMoved, EventNoted, NoticeDue
from monitor.domain.model.reasons import FirstDateMissed, Named
from monitor.domain.model.reasons import Reason as Why
from tests.builders.domain_values import reason
from tests.builders.message_values import NOW, commitment, context, move, signal, verdict


def test_a_reason_that_only_repeats_the_new_term_or_step_is_not_told_twice() -> None:
    def more(kind: TransitionKind, why: str) -> str:
        return change_text(move(kind=kind, frm="", to="orders", reason=reason(why)), context()).more

    assert more(TransitionKind.TERMS, "orders") == ""
    assert more(TransitionKind.TERMS, "orders come first") == "orders come first"


def test_a_change_of_a_commitment_that_the_rules_dropped_is_named_by_its_key() -> None:
    line = change_text(move(commitment="dropped"), context())
    assert (line.subject, line.text) == ("dropped", "Was IN PROGRESS, now AT RISK")


def told(change: Change, *dates: Deadline, of: Any = None, says: Says = Says.CN, **changes: Any) -> str:
    """The line of a change of a commitment with these dates, on the evidence of one sentence of this side."""
    known = context(
        commitments={"soybean-purchases": of or commitment()},
        verdicts={"soybean-purchases": verdict(deadlines=dates)},
        signals={"s1": signal("s1", "a", says=says)},
    )
    return change_text(move(**{"change": change, "evidence": ("s1",), **changes}), known).text


FIRST, LATER = date(2025, 12, 31), date(2026, 2, 28)
CLAIMED = Deadline("12 Mt", "due", LATER, "us", state="claimed")


def test_a_missed_date_names_who_missed_it_and_the_new_date_with_who_says_so() -> None:
    missed, why = DeadlineMissed("12 Mt", FIRST), Why(ReasonCode.MISSED, FirstDateMissed("12 Mt", FIRST, LATER))
    assert told(missed, CLAIMED, reason=why) == (
        "China missed the first date, 31 Dec 2025. New date (US only): 28 Feb 2026"
    )
    both = commitment(owed_by="both")
    assert told(missed, of=both, reason=why) == "The first date, 31 Dec 2025, was missed. New date: 28 Feb 2026"
    assert told(missed) == "China missed the first date, 31 Dec 2025"


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (
            Deadline("enforcement of the law", "due", LATER, "us"),
            "In 7 days: the enforcement of the law is due (28 Feb 2026)",
        ),
        (Deadline("truce", "expiry", LATER, "us"), "In 7 days: the truce ends (28 Feb 2026)"),
        (Deadline("paused listings", "expiry", LATER, "cn"), "In 7 days: the paused listings end (28 Feb 2026)"),
    ],
)
def test_a_notice_says_what_happens_in_how_many_days(record: Deadline, words: str) -> None:
    assert told(NoticeDue(record.what, LATER, 7), record) == words


def test_a_confirmed_date_says_by_whom() -> None:
    end = Deadline("truce", "expiry", date(2026, 11, 10), "both")
    same = DeadlineMoved("truce", end.date, end.date)
    assert told(same, end, says=Says.US) == "End date 10 Nov 2026: now confirmed by the US"
    assert told(same, end, says=Says.PRESS) == "End date 10 Nov 2026: now confirmed by a second source"
    assert told(same, end, says=Says.DATA) == "End date 10 Nov 2026: now confirmed by data"


def test_a_moved_date_says_from_where_to_where_and_who_alone_says_so() -> None:
    moved = DeadlineMoved("12 Mt", FIRST, LATER)
    doubt = Flag(FlagKind.UNCONFIRMED, "12 Mt", NOW, Named("us", LATER, ("cn",)))
    assert told(moved, CLAIMED) == "Due date: was 31 Dec 2025, now 28 Feb 2026"
    assert told(moved, CLAIMED, flags=(doubt,)).endswith("now 28 Feb 2026 (only the US says so)")
    others = Deadline("ships", "due", date(2026, 9, 1), "us")
    assert told(moved, CLAIMED, others).startswith("Due date of 12 Mt: "), "where there are several dates"


def test_a_date_that_nobody_stores_any_more_is_of_the_kind_of_its_commitment() -> None:
    gone = DeadlineMoved("truce", LATER, None)
    assert told(gone, of=commitment(kind=Kind.STANDING)) == "End date 28 Feb 2026: no longer reported"


def test_an_event_of_note_says_that_the_status_stays() -> None:
    blow = EventNoted(Effect.SETBACK, By.CN)
    assert told(blow, outlook=Outlook.AT_RISK) == "A setback; the status stays AT RISK"
    assert told(blow, cause=Cause.CORRECTION) == "No longer reported: the setback"


def test_what_is_confirmed_names_the_side_that_confirms_it() -> None:
    confirmed = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True).change
    assert told(confirmed, confirms=True) == "IN PROGRESS is now confirmed by China"
