from datetime import date
from typing import Any

import pytest

from monitor.domain.model import By, Effect, FlagKind, FlagState, Outlook, Standing
from monitor.domain.model.changes import (
    Change,
    DeadlineMissed,
    DeadlineMoved,
    EventNoted,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StatusChanged,
    StepChanged,
    TermsChanged,
    continues,
    is_cancelled,
    joined,
    reached,
)

DAY, LATER, LAST = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)
MISSED = DeadlineMissed("truce", DAY)
NOTICE = NoticeDue("truce", DAY, 7)


def doubt(old: FlagState | None, new: FlagState) -> FlagChanged:
    return FlagChanged(FlagKind.UNCONFIRMED, "cn", old, new)


CONTINUED: list[tuple[Any, Any]] = [
    (StatusChanged(Standing.PLEDGED, Standing.IN_FORCE), StatusChanged(Standing.IN_FORCE, Outlook.AT_RISK)),
    (DeadlineMoved("truce", DAY, LATER), DeadlineMoved("truce", LATER, LAST)),
    (ShareChanged(0.1, 0.2), ShareChanged(0.2, 0.4)),
    (StepChanged(None, "signed"), StepChanged("signed", "shipped")),
    (TermsChanged((), "orders"), TermsChanged(("orders",), "delivery")),
    (doubt(None, FlagState.RAISED), doubt(FlagState.RAISED, FlagState.CONFIRMED)),
]


def test_a_change_goes_on_where_the_next_one_begins_at_its_end_and_is_then_told_from_its_beginning() -> None:
    for first, second in CONTINUED:
        assert continues(first, second), first
        assert not continues(second, first), first
        whole: Any = joined(first, second)
        assert reached(whole) == reached(second), first
        assert whole.old == first.old, first


@pytest.mark.parametrize("still", [MISSED, NOTICE])
def test_a_missed_date_and_a_notice_move_nothing_so_nothing_goes_on_from_them(still: Change) -> None:
    move = DeadlineMoved("truce", DAY, LATER)
    assert not continues(still, still)
    assert not continues(move, still)
    assert joined(still, still) is still
    assert joined(move, still) is still
    assert not is_cancelled(still)
    assert reached(MISSED) == "missed"
    assert reached(NOTICE) == 7
    assert reached(EventNoted(Effect.SETBACK, By("cn"))) is Effect.SETBACK


def test_what_prints_alike_goes_on_and_what_was_withdrawn_does_not() -> None:
    assert continues(ShareChanged(0.1, 0.204), ShareChanged(0.199, 0.4))
    assert not continues(StepChanged("signed", None), StepChanged(None, "signed"))


def test_a_change_that_ends_where_it_began_came_to_nothing() -> None:
    cases: list[tuple[Change, bool]] = [
        (StatusChanged(Standing.PLEDGED, Standing.PLEDGED), True),
        (DeadlineMoved("truce", None, None), True),
        (ShareChanged(0.201, 0.204), True),
        (ShareChanged(0.2, 0.3), False),
        (TermsChanged((), None), True),
        (TermsChanged((), "orders"), False),
        (doubt(None, FlagState.WITHDRAWN), True),
        (doubt(None, FlagState.RAISED), False),
        (doubt(FlagState.RAISED, FlagState.CONFIRMED), False),
    ]
    assert [(change, is_cancelled(change)) for change, _ in cases] == cases
