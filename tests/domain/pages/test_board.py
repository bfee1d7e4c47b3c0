"""The board: what matters first, every promise in its place, the latest changes and the dates ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.domain.messages.models import SourceHealth
from monitor.domain.model import Flag, FlagKind, FlagState, Outlook, Standing
from monitor.domain.model.changes import FlagChanged
from monitor.domain.model.reasons import Disputed, Text, Unread
from monitor.domain.pages.board import board, summary
from tests.builders.message_values import NOW, commitment, move, verdict
from tests.builders.page_material import PART, SOY, TRUCE, ago, history, material

SHOWN = board(material())


def test_the_first_line_counts_those_in_trouble_and_where_the_others_stand() -> None:
    assert SHOWN.summary == "1 of 3 promises is in trouble: 1 at risk. The others: 1 pledged and 1 in force."


def test_those_in_trouble_are_named_above_the_table_the_worst_first_and_the_rest_counted() -> None:
    assert [row.id for row in SHOWN.trouble] == [SOY]
    names = [f"p{number}" for number in range(11)]
    verdicts = {name: verdict(name, outlook=Outlook.AT_RISK) for name in names}
    verdicts["p10"] = replace(verdicts["p10"], standing=Standing.BREACHED)
    known = {name: commitment(name) for name in names}
    found = board(material(commitments=known, verdicts=verdicts, history={}, published={}))
    assert (found.trouble[0].id, len(found.trouble), found.more_trouble) == ("p10", 8, 3)


def test_without_trouble_the_first_line_says_so() -> None:
    assert (
        summary([verdict(standing=Standing.MET, outlook=Outlook.STEADY)]) == "None of 1 promise is in trouble: 1 met."
    )
    assert summary([]) == "No promise is followed."


def test_a_part_stands_under_its_parent_whatever_its_status() -> None:
    (deal,) = SHOWN.deals
    assert deal.name == "A sample deal"
    assert [(row.id, row.depth) for row in deal.rows] == [(SOY, 0), (PART, 1), (TRUCE, 0)]


def test_a_part_of_a_part_stands_under_that() -> None:
    names = ("a", "a-b", "a-b-c", "a-d")
    known = {name: commitment(name) for name in names}
    verdicts = {name: verdict(name, outlook=Outlook.STEADY) for name in names}
    (deal,) = board(material(commitments=known, verdicts=verdicts, history={}, published={})).deals
    assert [(row.id, row.depth) for row in deal.rows] == [("a", 0), ("a-b", 1), ("a-b-c", 2), ("a-d", 1)]


def test_a_row_says_the_status_since_when_its_flags_progress_date_and_last_change() -> None:
    row = SHOWN.deals[0].rows[0]
    assert (row.shown, row.since) == ("AT RISK (in progress)", "14 Mar 2026")
    assert [(note.label, note.text) for note in row.flags] == [("unconfirmed", "China has not confirmed it.")]
    assert row.progress is not None
    assert row.progress.counted_text == "4 Mt of 12 Mt booked (33%)"
    assert row.next is not None
    assert row.next.text == "12 Mt booked due 30 Jun 2026, in 108 days"
    assert row.last is not None
    assert (row.last.day, row.last.text) == ("14 Mar 2026", "Buyers have put off two cargoes")
    assert row.last.address == f"c/{SOY}.html#change-t2"


def test_the_year_of_a_row_begins_where_its_status_is_known() -> None:
    year = SHOWN.deals[0].rows[0].year
    assert year is not None
    assert [span.status for span in year.spans] == ["pledged", "in_progress", "at_risk"]
    assert year.spans[0].start.date() == date(2025, 11, 1)


def test_no_news_is_a_flag_and_not_the_last_change() -> None:
    stale = replace(move("t9", at=NOW), change=FlagChanged(FlagKind.STALE, "news", None, FlagState.RAISED))
    row = board(material(history={SOY: (*history(), stale)})).deals[0].rows[0]
    assert row.last is not None
    assert row.last.text == "Buyers have put off two cargoes"


def test_a_promise_without_a_change_says_the_day_of_its_baseline() -> None:
    bare = verdict(
        last_evidence=NOW.replace(year=2025, month=11, day=1, hour=0, minute=0), outlook=Outlook.STEADY, flags=()
    )
    row = (
        board(material(verdicts={**material().context.verdicts, SOY: bare}, history={}, published={})).deals[0].rows[0]
    )
    assert row.last is None
    assert row.baseline == "1 Nov 2025"


# ---------------------------------------------------------------- whether sources are read

DOWN = SourceHealth("Ministry", "failing", ago(3), "no answer")


def test_that_no_source_is_read_is_said_with_the_day_of_the_last_answer() -> None:
    found = board(material(sources=(DOWN, SourceHealth("Wire", "never")), last_read=ago(2))).reading
    assert found.blind
    assert found.text.startswith(
        "No source has been read since 12 Mar 2026. What has happened since is not on this page"
    )


def test_a_first_start_without_an_answer_says_so() -> None:
    found = board(material(sources=(SourceHealth("Wire", "never"),), last_read=None)).reading
    assert found.blind
    assert found.text == "No source has been read yet. What has happened lately is not on this page."


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ((), "No feed is set up here, so no news comes in."),
        ((SourceHealth("Wire", "ok"),), "All sources are read."),
        ((DOWN, SourceHealth("Wire", "silent")), "1 of 2 sources is read; 1 does not answer."),
    ],
)
def test_as_long_as_one_source_answers_the_board_is_not_blind(sources: tuple[SourceHealth, ...], text: str) -> None:
    found = board(material(sources=sources)).reading
    assert (found.blind, found.text) == (False, text)


def test_dates_that_nobody_could_check_are_counted() -> None:
    detail = Unread("truce", "expiry", date(2026, 3, 1), 2, ("Wire",), date(2026, 2, 20))
    unchecked = verdict(flags=(Flag(FlagKind.UNCHECKED, "truce", NOW, detail),))
    found = board(material(verdicts={**material().context.verdicts, SOY: unchecked}))
    assert (
        found.unchecked == "1 promise has a date that passed while no source was read; its status waits until one is."
    )


def test_a_row_tells_a_long_remark_in_a_line() -> None:
    told = Disputed(
        "US Treasury", "China has agreed to buy it all this season", "MOFCOM", "nothing of the kind was ever agreed"
    )
    unread = Unread("truce", "expiry", date(2026, 3, 1), 2, ("Harbour Wire", "Dock News"), date(2026, 2, 20))
    flags = (
        Flag(FlagKind.CONTESTED, "orders", NOW, told),
        Flag(FlagKind.UNCHECKED, "truce", NOW, unread),
        Flag(FlagKind.UNCONFIRMED, "cn", NOW, Text("a note of a person that goes on and on " * 4)),
        Flag(FlagKind.CONTESTED, "cargoes", NOW, Disputed("USDA", "ten", "MOFCOM", "none")),
    )
    rows = board(material(verdicts={**material().context.verdicts, SOY: verdict(flags=flags)})).deals[0].rows
    assert [note.text for note in rows[0].flags] == [
        "US Treasury and MOFCOM contradict each other.",
        "No source was read around 1 Mar 2026.",
        "China has not confirmed it.",
        "USDA says “ten”, MOFCOM says “none”.",
    ]


# ---------------------------------------------------------------- changes and dates of all


def test_the_latest_changes_come_newest_first() -> None:
    assert [(change.subject, change.day) for change in SHOWN.changes] == [
        ("Soybeans 12 Mt", "14 Mar 2026"),
        ("Soybeans 12 Mt", "21 Feb 2026"),
        ("Soybeans 12 Mt", "13 Jan 2026"),
    ]


def test_what_is_recorded_again_in_the_same_words_is_listed_once() -> None:
    again = replace(history()[2], id="t3", at=NOW + timedelta(hours=1))
    shown = board(material(history={SOY: (*history(), again)}))
    assert [change.address.rpartition("#")[2] for change in shown.changes] == ["change-t3", "change-t1", "change-t0"]


def test_the_dates_of_all_come_nearest_first() -> None:
    assert [(line.subject, line.date) for line in SHOWN.dates] == [
        ("Truce", date(2026, 4, 1)),
        ("Soybeans 12 Mt", date(2026, 6, 30)),
    ]
