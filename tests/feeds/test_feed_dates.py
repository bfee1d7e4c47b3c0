from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.feed_dates import read_date
from tests.builders.tables import table

NOW = datetime(2025, 12, 1, tzinfo=UTC)


def test_the_forms_that_feeds_use_are_read() -> None:
    lines = (Path(__file__).parent / "date_forms.txt").read_text(encoding="utf-8").splitlines()
    cases = [line.split(" | ") for line in lines]
    for raw, zone, moment in cases:
        found = read_date(raw, zone=zone, now=NOW)
        assert found is not None, raw
        assert found.at.strftime("%Y-%m-%dT%H:%M") == moment, raw
        assert not found.date_only, raw
    last_century = read_date("Mon, 24 Nov 97 08:00:00 GMT")
    assert last_century is not None
    assert last_century.at.year == 1997


def test_a_zone_name_means_what_the_feed_means_by_it() -> None:
    for raw, zone, hour in table("feed_dates", "a_zone_name_means_what_the_feed_means_by_it"):
        found = read_date(raw, zone=zone)
        assert found is not None, raw
        assert found.at.hour == hour, raw


def test_a_date_without_a_time_is_midnight_utc_of_its_day() -> None:
    cases = ["2025-11-24", "2025年11月24日", "November 24, 2025"]
    for raw in cases:
        found = read_date(raw, zone="Asia/Shanghai")
        assert found is not None, raw
        assert found.date_only, raw
        assert found.at == datetime(2025, 11, 24, tzinfo=UTC), raw


def test_a_date_in_doubt_or_too_far_away_is_none() -> None:
    cases = "soon | 0000-00-00 | 2025-13-45 | Mon, 24 Nov 2025 25:00:00 GMT | 31 Feb 2025 | 3 hours ago | 24 Nov"
    assert [raw for raw in ("", "9" * 400, *cases.split(" | ")) if read_date(raw) is not None] == []
    assert read_date("11/12/2025 08:00") is None
    american = read_date("11/12/2025 08:00", zone="America/New_York")
    british = read_date("11/12/2025", zone="Europe/London")
    assert american is not None
    assert british is not None
    assert (american.at.month, british.at.month) == (11, 12)
    for days, kept in ((1, True), (3, False), (-3650, True), (-3700, False)):
        raw = (NOW + timedelta(days=days)).isoformat()
        assert (read_date(raw, now=NOW) is not None) is kept
        assert read_date(raw) is not None


@given(
    st.text("0123456789年月日 -/:.TZ+apmNov", max_size=40),
    st.sampled_from(["UTC", "Asia/Shanghai", "no/zone", "+25:00"]),
)
def test_no_text_breaks_the_reader(raw: str, zone: str) -> None:
    found = read_date(raw, zone=zone, now=NOW)
    assert found is None or found.at.tzinfo is UTC
