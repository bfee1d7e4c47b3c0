"""The rest of a digest: rows of the table, sources in groups, and the figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from monitor.domain.messages.briefs import SourceHealth, StatusLine
from monitor.domain.model import By, Deadline, Effect, Flag, FlagKind, TransitionKind
from monitor.domain.model.changes import EventNoted
from monitor.domain.model.reasons import Text
from tests.builders.message_values import NOW, counts, digest, move, verdict

SOON, FAR, PAST = date(2026, 4, 1), date(2026, 11, 10), date(2026, 3, 4)


def row(**changes: Any) -> StatusLine:
    found = digest(transitions=(), verdicts={"soybean-purchases": verdict(**{"flags": (), **changes})})
    return found.stands[0]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((FAR, SOON), "1 Apr 2026 (18 days)"),
        ((FAR,), "10 Nov 2026"),
        ((NOW.date(),), "14 Mar 2026 (today)"),
        ((PAST, FAR), "10 Nov 2026"),
        ((PAST,), "4 Mar 2026 (passed)"),
        ((), ""),
    ],
)
def test_a_row_has_the_next_date_else_the_last_that_passed(days: tuple[date, ...], told: str) -> None:
    assert row(deadlines=tuple(Deadline("stay", "expiry", day, "both") for day in days)).next == told


def test_a_row_says_since_when_what_is_counted_and_what_is_flagged() -> None:
    flags = (Flag(FlagKind.OVERDUE, "12 Mt", NOW), Flag(FlagKind.STALE, "news", NOW))
    line = row(progress=counts(("USDA", 4e6, None)), flags=flags)
    assert (line.since, line.progress, line.flags) == ("14 Mar 2026", "4 Mt of 12 Mt booked (33%)", "overdue, no news")


# ---------------------------------------------------------------- what was not checked


def unchecked(*sources: SourceHealth, **changes: Any) -> list[str]:
    return [f"{line.name} {line.text}" for line in digest(sources=sources, **changes).unchecked]


def test_a_source_that_fails_is_named_with_its_day_and_its_reason() -> None:
    source = SourceHealth("Ministry", "failing", NOW - timedelta(days=2), "HTTP 503")
    assert unchecked(source) == ["1 source does not answer: Ministry (since 12 Mar 2026, HTTP 503)."]


def test_sources_of_one_kind_of_trouble_are_one_line_and_many_are_counted() -> None:
    failing = [SourceHealth(f"feed {n}", "failing", None, "HTTP 503") for n in range(12)]
    frozen = SourceHealth("gazette", "frozen", NOW)
    assert unchecked(frozen, *failing, SourceHealth("Harbour Wire", "ok")) == [
        "12 sources do not answer: feed 0, feed 1, feed 10, feed 11, feed 2 and 7 others.",
        "1 source answers with the same page: gazette (since 14 Mar 2026).",
    ]


def test_a_verdict_that_was_not_checked_says_what_its_flag_says() -> None:
    flag = Flag(FlagKind.UNCHECKED, "truce", NOW, Text("could not be checked: 0 of 3 sources read since 20 Feb 2026"))
    assert unchecked(verdicts={"truce": verdict("truce", flags=(flag,))}) == [
        "Truce: could not be checked: 0 of 3 sources read since 20 Feb 2026."
    ]


def test_a_muted_commitment_is_named_with_the_reason() -> None:
    assert unchecked(muted={"truce": "alerts muted until 5 Apr 2026: figures are revised"}) == [
        "Truce: alerts muted until 5 Apr 2026: figures are revised."
    ]


def test_without_feeds_nothing_is_said_of_sources() -> None:
    found = digest(sources=())
    assert found.unchecked == ()
    assert "source" not in found.counts


# ---------------------------------------------------------------- figures


def test_the_figures_count_changes_by_kind_then_the_trouble_then_the_sources() -> None:
    moves = (
        move(),
        move("t2", change=EventNoted(Effect.PROGRESS, By.CN)),
        move("t3", change=EventNoted(Effect.SETBACK, By.US)),
        move("t4", kind=TransitionKind.TERMS, frm="", to="signed"),
    )
    assert digest(transitions=moves).counts == (
        "1 change of status, 2 events of note, 1 other change; 1 at risk, 1 overdue, 1 contested; "
        "1 of 2 sources can be relied on."
    )


def test_a_commitment_that_waits_for_two_sides_is_one_unconfirmed_commitment() -> None:
    flags = tuple(Flag(FlagKind.UNCONFIRMED, who, NOW) for who in ("us", "cn"))
    assert ", 1 unconfirmed" in digest(verdicts={"soybean-purchases": verdict(flags=flags)}).counts


def test_the_figures_of_a_quiet_week_say_that_nothing_changed() -> None:
    assert digest(transitions=()).counts.startswith("nothing changed; ")
