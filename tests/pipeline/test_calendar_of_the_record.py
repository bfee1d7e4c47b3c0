"""A deadline that moves again and again in the database stays one date in the calendar of its commitment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from monitor.domain.pages.calendar_dates import calendar_dates
from monitor.pipeline.site_material import read_material
from monitor.site.calendar import calendar_file
from monitor.store import open_store
from tests.builders.databases import polled_feed
from tests.builders.pipeline_steps import Monitor
from tests.builders.shipped_rules import rulebook

TRUCE = "tariff-truce"
WHITE_HOUSE = polled_feed("white-house", "https://white-house.example/rss", "White House", 600)
XINHUA = polled_feed("xinhua", "https://xinhua.example/rss", "Xinhua", 600)
BEGAN = datetime(2026, 11, 16, 9, tzinfo=UTC)
DATES = [date(2027, 2, 6) + timedelta(days=17 * number) for number in range(10)]


def events(desk: Monitor, now: datetime) -> dict[str, tuple[int, date, str]]:
    """By UID: sequence, day and status, as a calendar program reads the file."""
    with desk.store.read() as conn:
        material = read_material(conn, desk.rules, (), now, title="Deals")
    content = calendar_file("Truce", f"c/{TRUCE}.ics", calendar_dates(TRUCE, material), material)
    calendar = Calendar.from_ical(content)
    assert calendar.to_ical() == content
    return {str(e["UID"]): (int(str(e["SEQUENCE"])), e.start, str(e["STATUS"])) for e in calendar.walk("VEVENT")}  # type: ignore[attr-defined]


@pytest.mark.slow
def test_ten_moves_that_both_sides_name_keep_the_identity_of_a_date(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    desk = Monitor(store, rulebook(), routes=())
    for feed in (WHITE_HOUSE, XINHUA):
        desk.poll(BEGAN, feed=feed)
    desk.review(BEGAN)
    before = events(desk, BEGAN)
    seen = []
    for number, day in enumerate(DATES, 1):
        now, words = BEGAN + timedelta(days=number), f"{day.day} {day:%B} {day.year}"
        desk.news(f"United States and China extend tariff truce to {words}", now, WHITE_HOUSE)
        desk.news(f"China, US agree to extend tariff truce until {words}, commerce ministry says", now, XINHUA)
        desk.review(now + timedelta(minutes=5))
        seen.append(events(desk, now + timedelta(minutes=5)))
    (uid,) = (uid for uid, (_, day, _) in seen[-1].items() if day == DATES[-1])
    assert before[uid][0] == 0
    assert [each[uid] for each in seen] == [(number, day, "CONFIRMED") for number, day in enumerate(DATES, 1)]
    assert all(each.keys() == before.keys() for each in seen), "no move made a date of its own"
    store.close()
