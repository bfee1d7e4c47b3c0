"""A bare date is the day that its publisher gave, for readers everywhere."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.figures import status_since
from monitor.domain.model import Effect, EventTime, Outlook, Standing, Story, Verdict, day_of
from monitor.domain.stories.identify import event_time
from monitor.domain.text.labels import format_when, local_day
from tests.builders.domain_values import commitment, decided, from_us
from tests.builders.message_values import context

READERS = ("UTC", "America/Los_Angeles", "Asia/Shanghai", "Pacific/Auckland")


def bare(day: date, zone: str) -> datetime:
    """When what a story of a bare date reports was over."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return event_time(Story("s", at, at, "White House", "", "t", "", "en", date_only=True), zone).end


@pytest.mark.parametrize(
    "publisher", ["America/New_York", "Asia/Shanghai", "UTC", "Pacific/Honolulu", "Pacific/Auckland"]
)
def test_a_bare_date_is_shown_as_the_publisher_gave_it(publisher: str) -> None:
    end = bare(date(2025, 11, 1), publisher)
    assert {local_day(end, reader) for reader in READERS} == {date(2025, 11, 1)}
    assert {format_when(end, reader) for reader in READERS} == {"1 Nov 2025"}


def test_a_moment_is_shown_in_the_readers_zone() -> None:
    at = datetime(2025, 11, 1, 23, 30, tzinfo=UTC)
    assert local_day(at, "Asia/Shanghai") == date(2025, 11, 2)
    assert format_when(at, "Asia/Shanghai") == "2 Nov 2025 07:30 CST"


def test_a_status_stands_since_the_day_that_its_evidence_names() -> None:
    since = bare(date(2025, 11, 1), "America/New_York")
    assert since.date() == date(2025, 11, 2), "the day ends there when it is the next one in London"
    assert status_since(Verdict("truce", Standing.IN_FORCE, since, since.date()), "Europe/London") == date(2025, 11, 1)


def test_a_status_that_came_back_from_a_risk_stands_since_the_risk_passed() -> None:
    begun, passed = datetime(2025, 8, 11, tzinfo=UTC), datetime(2025, 10, 26, tzinfo=UTC)
    back = Verdict("truce", Standing.IN_FORCE, begun, begun.date(), outlook_since=passed)
    at_risk = replace(back, outlook=Outlook.AT_RISK)
    assert status_since(back, "UTC") == status_since(at_risk, "UTC") == passed.date()
    assert status_since(replace(back, outlook_since=None), "UTC") == begun.date()
    assert status_since(replace(at_risk, standing=Standing.LAPSED), "UTC") == begun.date()


def test_a_recorded_change_is_dated_by_the_day_of_its_evidence() -> None:
    end = bare(date(2025, 11, 1), "America/New_York")
    report = replace(from_us(Effect.PLEDGE, "2025-11-02"), happened=EventTime(end - timedelta(days=1), end))
    (change,) = decided(commitment(), [report], "2025-11-02 05:00").transitions
    assert change_text(change, context(zone="Europe/Berlin")).when == "1 Nov 2025"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(-10 * 60, 13 * 60), st.sampled_from(READERS))
def test_no_readers_zone_moves_a_bare_date(day: date, minutes: int, reader: str) -> None:
    zone = timezone(timedelta(minutes=minutes))
    end = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1) - timedelta(microseconds=1)
    assert day_of(end.astimezone(UTC), ZoneInfo(reader)) == day
    assert day_of(datetime(day.year, day.month, day.day, tzinfo=UTC), ZoneInfo(reader)) == day
