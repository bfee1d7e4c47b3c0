"""The calendars: programs read back what was written, and the same record gives the same bytes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Component, Event

from monitor.domain.model import Deadline
from monitor.domain.pages.calendar_dates import calendar_dates
from monitor.domain.pages.material import SiteMaterial
from monitor.site.calendar import calendar_file
from tests.builders.message_values import NOW, signal
from tests.builders.published_material import SOY, material, named, record

CHINESE = "三家磁材企业获得通用许可证，两船大豆推迟到关税问题解决之后" * 4


def known(*steps: Sequence[Deadline], **changes: Any) -> SiteMaterial:
    published = record(*((NOW + timedelta(days=day), dates) for day, dates in enumerate(steps)))
    return material(published={SOY: published}, **changes)


def file_of(of: SiteMaterial) -> bytes:
    return calendar_file("Deals: Soybeans", f"c/{SOY}.ics", calendar_dates(SOY, of), of)


def events(of: SiteMaterial) -> list[Event]:
    """The dates as a calendar program reads them; what it reads it would write again to the same bytes."""
    content = file_of(of)
    calendar = Calendar.from_ical(content)
    assert calendar.to_ical() == content
    assert [error for part in calendar.walk() for error in part.errors] == []
    return [part for part in calendar.walk("VEVENT") if isinstance(part, Event)]


def text(event: Component, name: str) -> str:
    value: Any = event[name]
    return str(value.to_ical().decode() if name == "CATEGORIES" else value)


def test_a_date_is_an_all_day_event_that_keeps_nobody_busy() -> None:
    (event,) = events(known([named("2026-04-01")], base_url="https://deals.example"))
    assert (event.start, event.end) == (date(2026, 4, 1), date(2026, 4, 2))
    assert text(event, "SUMMARY") == "Soybeans 12 Mt: The truce ends"
    assert text(event, "UID") == "soybean-purchases.16e62ffaf4837ef7@deal-monitor.invalid"
    assert (text(event, "STATUS"), text(event, "TRANSP")) == ("CONFIRMED", "TRANSPARENT")
    assert text(event, "URL") == "https://deals.example/c/soybean-purchases.html"
    assert text(event, "CATEGORIES") == "Soybeans 12 Mt,End date"
    assert text(event, "DESCRIPTION").startswith("China buys 12 million tonnes of US soybeans.\n\n")


def test_reminders_are_those_of_the_policy_in_the_morning() -> None:
    (event,) = events(known([named("2026-04-01")]))
    day = datetime(2026, 4, 1, tzinfo=UTC)
    rung = [day + alarm.TRIGGER for alarm in event.walk("VALARM")]  # type: ignore[attr-defined]
    assert [f"{at:%d %b %H:%M}" for at in rung] == ["02 Mar 09:00", "25 Mar 09:00", "31 Mar 09:00"]
    assert [str(alarm["ACTION"]) for alarm in event.walk("VALARM")] == ["DISPLAY"] * 3


def test_what_is_over_rings_no_more_and_a_promise_without_dates_has_an_empty_calendar() -> None:
    for end in ([], [named("2026-04-01", state="met")]):
        (event,) = events(known([named("2026-04-01")], end))
        assert event.walk("VALARM") == [], end
    assert events(known([])) == []


def test_two_builds_give_the_same_bytes_whenever_they_are_made() -> None:
    dates = [named("2026-04-01")]
    assert file_of(known(dates)) == file_of(known(dates, now=NOW + timedelta(days=100)))


def test_the_stamps_are_those_of_the_last_change() -> None:
    (event,) = events(known([named("2026-04-01")], [named("2026-04-02")], now=NOW + timedelta(days=9)))
    changed = NOW + timedelta(days=1)
    stamps: list[Any] = [event[name] for name in ("CREATED", "DTSTAMP", "LAST-MODIFIED")]
    assert [stamp.dt for stamp in stamps] == [NOW, changed, changed]


def test_chinese_text_is_folded_between_characters() -> None:
    of = known([named("2026-04-01", evidence=("s1",))], signals={"s1": signal("s1", "a", quote=CHINESE)})
    content = file_of(of)
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in b"".join(lines)
    for line in lines:
        line.decode("utf-8")
    assert CHINESE in text(events(of)[0], "DESCRIPTION")


def test_a_calendar_says_what_it_is_and_how_often_to_look() -> None:
    content = file_of(known([named("2026-04-01")], base_url="https://deals.example")).decode()
    for line in (
        "X-WR-CALNAME:Deals: Soybeans",
        "NAME:Deals: Soybeans",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        "SOURCE;VALUE=URI:https://deals.example/c/soybean-purchases.ics",
    ):
        assert f"{line}\r\n" in content
