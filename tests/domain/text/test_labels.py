from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.domain.text.labels import (
    decapitalised,
    format_amount_range,
    format_time,
    label_of,
    number_word,
    period_name,
    sentence,
    thing_does,
    zone_or_utc,
)

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


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("Was PLEDGED, now MET", "was PLEDGED, now MET"),
        ("Due date: 10 Nov 2026", "due date: 10 Nov 2026"),
        ("A setback", "a setback"),
        ("China missed the first date", "China missed the first date"),
        ("IN PROGRESS is now confirmed", "IN PROGRESS is now confirmed"),
        ("", ""),
    ],
)
def test_a_sentence_goes_on_within_another_with_the_capitals_of_names_alone(text: str, within: str) -> None:
    assert decapitalised(text) == within


@pytest.mark.parametrize(
    ("text", "closed"),
    [("met", "Met."), ("Met.", "Met."), ("he says “it is done.”", "He says “it is done.”"), ("", "")],
)
def test_a_sentence_has_a_capital_and_one_full_stop(text: str, closed: str) -> None:
    assert sentence(text) == closed


def test_small_counts_are_words_and_larger_ones_digits() -> None:
    assert [number_word(number) for number in (0, 1, 9, 10)] == ["no", "one", "nine", "10"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("calendar 2026", "2026"),
        ("last two months of 2025", "the last two months of 2025"),
        ("second half", "the second half"),
        ("", ""),
    ],
)
def test_a_period_is_named_as_a_sentence_names_it(label: str, name: str) -> None:
    assert period_name(label) == name


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("truce", "the truce ends"),
        ("paused listings", "the paused listings end"),
        ("suspension of the October rules", "the suspension of the October rules ends"),
        ("Soybeans 12 Mt", "Soybeans 12 Mt ends"),
        ("12 Mt", "12 Mt ends"),
    ],
)
def test_the_name_of_a_date_takes_its_article_and_its_verb(what: str, said: str) -> None:
    assert thing_does(what, "end") == said
