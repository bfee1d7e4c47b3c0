"""The board: what matters first, every commitment in its place, the events and the dates ahead."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model import (
    Deadline,
    Direction,
    Effect,
    Flag,
    FlagKind,
    FlagState,
    Level,
    Outlook,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.changes import FlagChanged
from monitor.domain.model.news import EventTime
from monitor.domain.model.reasons import Disputed, Text, Unread
from monitor.domain.pages.board import board, latest_change, source_state, summary
from monitor.domain.pages.material import OwnMaterial
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, Known, commitment, move, verdict
from tests.builders.page_material import PART, SOY, TRUCE, ago, history, material, signals

SHOWN = board(material())


def test_the_first_line_counts_the_commitments_by_status(wording: GoldenWording) -> None:
    wording(SHOWN.deals[0].summary)
    wording(summary([verdict(standing=Standing.MET, outlook=Outlook.STEADY)]))
    wording(summary([]))


def test_those_in_trouble_are_named_above_the_table_the_worst_first() -> None:
    assert [row.commitment.id for row in SHOWN.deals[0].trouble] == [SOY]
    names = [f"p{number}" for number in range(11)]
    verdicts = {name: verdict(name, outlook=Outlook.AT_RISK) for name in names}
    verdicts["p10"] = replace(verdicts["p10"], standing=Standing.BREACHED)
    known = {name: commitment(name) for name in names}
    found = board(material(commitments=known, verdicts=verdicts, history={}, published={}))
    assert (found.deals[0].trouble[0].commitment.id, len(found.deals[0].trouble)) == ("p10", 11)


def test_a_part_stands_under_its_parent_whatever_its_status() -> None:
    (deal,) = SHOWN.deals
    assert deal.name == "A sample deal"
    assert [(row.commitment.id, row.depth) for row in deal.rows] == [(SOY, 0), (PART, 1), (TRUCE, 0)]


def test_a_part_of_a_part_stands_under_that() -> None:
    names = ("a", "a-b", "a-b-c", "a-d")
    known = {name: commitment(name) for name in names}
    verdicts = {name: verdict(name, outlook=Outlook.STEADY) for name in names}
    (deal,) = board(material(commitments=known, verdicts=verdicts, history={}, published={})).deals
    assert [(row.commitment.id, row.depth) for row in deal.rows] == [("a", 0), ("a-b", 1), ("a-b-c", 2), ("a-d", 1)]


def test_the_deal_with_the_most_commitments_comes_first() -> None:
    known = {name: commitment(name, deal=deal) for name, deal in (("x", "early"), ("y", "wide"), ("z", "wide"))}
    verdicts = {name: verdict(name, outlook=Outlook.STEADY) for name in known}
    found = board(material(commitments=known, verdicts=verdicts, history={}, published={}))
    assert [deal.id for deal in found.deals] == ["wide", "early"]


def test_a_row_says_the_status_since_when_its_flags_progress_date_and_last_change() -> None:
    row = SHOWN.deals[0].rows[0]
    assert (row.shown, row.since) == ("IN PROGRESS, AT RISK", "AT RISK since 14 Mar 2026")
    assert [(note.label, note.text) for note in row.flags] == [("unconfirmed", "No statement from China seen yet.")]
    assert row.progress is not None
    assert row.progress.counted_text == "4 Mt of 12 Mt booked (33%)"
    assert row.by_when == "12 Mt booked due 30 Jun 2026, in 108 days"
    assert [row.by_when for row in SHOWN.deals[0].rows[1:]] == ["", "The truce ends 1 Apr 2026, in 18 days"]
    assert row.why is not None
    assert (row.why.at, row.why.text) == (NOW, "Buyers have put off two cargoes")
    assert row.why.address == f"c/{SOY}.html#change-t2"


def test_the_year_of_a_row_begins_where_its_status_is_known() -> None:
    year = SHOWN.deals[0].rows[0].year
    assert year is not None
    assert [span.status for span in year.spans] == ["pledged", "in_progress", "at_risk"]
    assert year.spans[0].start.date() == date(2025, 11, 1)


def test_a_strip_begins_with_the_outlook_of_the_baseline_whatever_standing_changes_under_it() -> None:
    under = move("t0", frm="unpledged", to="pledged", at=ago(60))
    year = board(material(history={SOY: (under,)})).deals[0].rows[0].year
    assert year is not None
    assert [span.status for span in year.spans] == ["at_risk"]


def test_no_news_is_a_flag_and_not_the_last_change() -> None:
    stale = replace(move("t9", at=NOW), change=FlagChanged(FlagKind.STALE, "news", None, FlagState.RAISED))
    row = board(material(history={SOY: (*history(), stale)})).deals[0].rows[0]
    assert row.why is not None
    assert (row.why.text, row.last) == ("Buyers have put off two cargoes", None)


def test_a_commitment_without_a_change_says_the_day_of_its_baseline() -> None:
    bare = verdict(
        last_evidence=NOW.replace(year=2025, month=11, day=1, hour=0, minute=0), outlook=Outlook.STEADY, flags=()
    )
    row = (
        board(material(verdicts={**material().context.verdicts, SOY: bare}, history={}, published={})).deals[0].rows[0]
    )
    assert row.why is row.last is None
    assert row.baseline == "1 Nov 2025"


# ---------------------------------------------------------------- the state of the sources

DOWN = SourceHealth("Ministry", "failing", ago(3), "no answer")
NEVER = SourceHealth("Wire", "never")
OK = SourceHealth("Wire", "ok")
SILENT = SourceHealth("Wire", "silent")


@pytest.mark.parametrize(
    ("sources", "last_read", "blind"),
    [
        ((DOWN, NEVER), ago(2), True),
        ((NEVER,), None, True),
        ((), None, False),
        ((OK,), NOW, False),
        ((DOWN, SILENT), NOW, False),
    ],
    ids=["none", "never", "no feed", "all", "some"],
)
def test_the_board_is_blind_only_if_no_source_answers(
    sources: tuple[SourceHealth, ...], last_read: datetime | None, *, blind: bool, wording: GoldenWording
) -> None:
    site = material(sources=sources, last_read=last_read)
    found, text = source_state(site)
    assert found is blind is board(site).blind
    wording(text)


def test_long_remarks_and_dates_without_a_check_are_short_on_the_board(wording: GoldenWording) -> None:
    disputed = Disputed(
        "US Treasury", "China has agreed to buy it all this season", "MOFCOM", "nothing of the kind was ever agreed"
    )
    unread = Unread("truce", "expiry", date(2026, 3, 1), 2, ("Harbour Wire", "Dock News"), date(2026, 2, 20))
    flags = (
        Flag(FlagKind.CONTESTED, "orders", NOW, disputed),
        Flag(FlagKind.UNCHECKED, "truce", NOW, unread),
        Flag(FlagKind.UNCONFIRMED, "cn", NOW, Text("a note of a person that goes on and on " * 4)),
        Flag(FlagKind.CONTESTED, "cargoes", NOW, Disputed("USDA", "ten", "MOFCOM", "none")),
    )
    found = board(material(verdicts={**material().context.verdicts, SOY: verdict(flags=flags)}))
    wording(note.text for note in found.deals[0].rows[0].flags)
    wording(found.unchecked)


# ---------------------------------------------------------------- changes and dates of all


def events(**changes: Any) -> list[list[str]]:
    """Of each event of the timeline, newest first, the changes."""
    shown = [event for _, days in board(material(**changes)).months for _, of in days for event in of]
    return [[change.address.rpartition("#")[2] for change in event] for event in shown]


def test_the_timeline_has_every_event_newest_first_by_month_and_the_top_those_of_a_week() -> None:
    assert [month for month, _ in SHOWN.months] == ["March 2026", "February 2026", "January 2026"]
    assert events() == [["change-t2"], ["change-t1"], ["change-t0"]]
    assert [change.at for (change,) in SHOWN.events] == [NOW, ago(21), ago(60)]
    (newest,) = SHOWN.events[0]
    assert (newest.at, newest.moved, newest.shown) == (NOW, "IN PROGRESS →", "IN PROGRESS, AT RISK")
    assert SHOWN.new_text == "1 this week (1 since yesterday), and the last two before."


def test_a_meeting_of_leaders_is_marked() -> None:
    for level in Level:
        held = replace(history()[2], level=level)
        ((change,),) = board(material(history={SOY: (held,)})).events
        assert change.summit is (level is Level.SUMMIT)


def test_without_a_change_in_a_week_the_top_has_the_last_ones() -> None:
    shown = board(material(history={SOY: history()[:2]}))
    assert [change.at for (change,) in shown.events] == [ago(21), ago(60)]
    assert shown.new_text == "Nothing new this week."


def test_a_week_with_smaller_events_alone_shows_those_with_the_act_in_a_known_headline() -> None:
    noted = move("t9", TransitionKind.EVENT, "", "progress", evidence=("s0",), severity=Severity.ROUTINE)
    for field, text in (
        ("title", "1 this week (1 since yesterday), and the last one before."),
        ("summary", "Nothing new this week."),
    ):
        known: dict[str, Any] = {"signals": signals(field=field), "publishers": Known(Tier.WIRE)}
        shown = board(material(history={SOY: (history()[1], noted)}, **known))
        assert shown.new_text == text


def test_a_row_names_the_event_that_moved_the_status_and_what_came_later() -> None:
    (row, *_) = board(material(history={SOY: history()})).deals[0].rows
    assert row.last is None
    at = NOW + timedelta(days=3)
    later = replace(history()[1], id="t9", at=at, happened=at, severity=Severity.NOTABLE)
    (row, *_) = board(material(history={SOY: (*history(), later)})).deals[0].rows
    assert row.why is not None
    assert row.why.address.endswith("#change-t2")
    assert row.last is not None
    assert row.last.address.endswith("#change-t9")


def test_what_is_kept_through_a_trouble_holds_since_its_beginning_and_says_when_the_trouble_ended() -> None:
    over = verdict(outlook=Outlook.STEADY, since=ago(60))
    eased = replace(move("t9", frm="at_risk", to="in_progress"), outlook=Outlook.STEADY)
    found = board(material(verdicts={**material().context.verdicts, SOY: over}, history={SOY: (eased,)}))
    row = found.deals[0].rows[0]
    assert (row.since, row.trouble_until) == ("since 13 Jan 2026", "no longer AT RISK since 14 Mar 2026")


def test_a_worse_blow_since_the_status_moved_is_what_came_later() -> None:
    fell = move("t8", at=ago(9), happened=ago(9), evidence=("s2",))
    worse = move("t9", TransitionKind.EVENT, "", "setback", at=ago(5), happened=ago(5), evidence=("s1",))
    known = {key: replace(each, effect=Effect.SETBACK) for key, each in signals().items()}
    known["s1"] = replace(known["s1"], level=Level.ORDER, happened=EventTime(ago(5), ago(5)))
    row = board(material(history={SOY: (fell, worse)}, signals=known)).deals[0].rows[0]
    shown = (row.why, row.last, row.now)
    assert [each and each.address.rpartition("#")[2] for each in shown] == ["change-t8", "change-t9", "change-t9"]


@pytest.mark.parametrize(("age", "quiet"), [(60, False), (120, True)])
def test_a_trouble_of_which_nothing_is_reported_for_months_is_quiet(age: int, quiet: bool) -> None:
    fell = move("t8", at=ago(age), happened=ago(age), evidence=("s2",))
    row = board(material(history={SOY: (fell,)})).deals[0].rows[0]
    assert row.quiet is quiet


def test_what_is_told_again_in_the_same_words_is_one_event_of_all_that_it_concerns() -> None:
    again = replace(history()[2], id="t3", at=NOW + timedelta(hours=1))
    other = replace(history()[1], id="t4", commitment=TRUCE, evidence=("s2",), at=ago(2), way=Direction.DOWN)
    assert events(history={SOY: (*history(), again)})[0] == ["change-t2"]
    echo = replace(history()[1], id="t5", evidence=("s2",), at=NOW + timedelta(days=2), way=Direction.DOWN)
    assert events(history={SOY: (*history(), echo)})[0] == ["change-t2"]
    assert events(history={SOY: history(), TRUCE: (other,)})[0] == ["change-t2", "change-t4"]
    long_ago = replace(other, at=ago(30))
    assert ["change-t4"] in events(history={SOY: history(), TRUCE: (long_ago,)})


def test_rows_can_be_filtered_by_who_owes_and_by_status() -> None:
    assert SHOWN.owing == ("China", "both sides", "the US"), "what several owe together, each of them owes"
    assert [status for status, _ in SHOWN.statuses] == ["at_risk", "pledged", "in_force"]


def test_the_dates_of_all_come_nearest_first() -> None:
    dates = [(names[0][1], line.date) for names, line in SHOWN.dates]
    assert dates == [("Truce", date(2026, 4, 1)), ("Soybeans 12 Mt", date(2026, 6, 30))]


def test_a_date_that_several_share_stands_once_with_all_of_them() -> None:
    pause = Deadline("the suspension", "expiry", date(2026, 4, 1), "cn")
    shared = {name: replace(of, deadlines=(pause,)) for name, of in material().context.verdicts.items()}
    found = board(material(verdicts=shared)).dates[0]
    assert [short for _, short in found[0]] == ["Soybeans 12 Mt", "Soybeans 25 Mt a year", "Truce"]


def test_a_date_of_which_nothing_was_reported_is_named_for_three_months() -> None:
    for days, named in ((20, True), (99, False)):
        over = Deadline("the pause", "expiry", ago(days).date(), "cn")
        verdicts = {**material().context.verdicts, TRUCE: verdict(TRUCE, flags=(), deadlines=(over,))}
        assert (board(material(verdicts=verdicts)).deals[0].rows[-1].by_when != "") is named


def test_a_blow_of_one_outlet_says_so_and_an_aggregator_only_carries_it() -> None:
    known = {**signals(), "s2": replace(signals()["s2"], says=Says.PRESS)}
    noted = replace(move("t9", TransitionKind.EVENT, "", "setback", evidence=("s2",)), severity=Severity.NOTABLE)
    for tier, outlets in ((Tier.WIRE, "Harbour Wire"), (Tier.AGGREGATOR, "via Harbour Wire")):
        own = OwnMaterial.of(material(history={SOY: (noted,)}, signals=known, publishers=Known(tier)), SOY)
        change = latest_change(own.told[0], own)
        assert (change.lone, change.outlets) == (True, outlets)
