from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.domain.text.labels import format_amount_range, format_time, label_of, zone_or_utc

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "label"), [("at_risk", "at risk"), ("unpledged", "not yet pledged"), ("2026-11-10", "10 Nov 2026")]
)
def test_a_key_is_printed_as_people_say_it_and_a_day_as_they_write_it(key: str, label: str) -> None:
    assert label_of(key) == label


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", ""])
def test_a_zone_that_does_not_exist_reads_as_utc(name: str) -> None:
    assert zone_or_utc(name) is UTC
    assert format_time(AT, name) == "24 Nov 2026 08:00 UTC"


def test_a_time_is_printed_in_the_readers_zone_whatever_zone_it_came_in() -> None:
    told = AT.astimezone(timezone(timedelta(hours=-5)))
    assert format_time(told, "Asia/Shanghai") == "24 Nov 2026 16:00 CST"
    assert format_time(told, "America/Sao_Paulo") == "24 Nov 2026 05:00 UTC-03"


def test_a_range_prints_one_unit_where_both_ends_share_their_scale() -> None:
    assert format_amount_range(8e9, 10e9, "usd") == "$8–10bn"
    assert format_amount_range(332e3, 2e6, "t") == "332 kt–2 Mt"
