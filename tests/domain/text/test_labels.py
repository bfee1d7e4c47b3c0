from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

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


def test_a_key_is_printed_as_people_say_it_and_a_day_as_they_write_it() -> None:
    cases = [("at_risk", "at risk"), ("unpledged", "not yet pledged"), ("2026-11-10", "10 Nov 2026")]
    assert [(key, label_of(key)) for key, _ in cases] == [(key, label) for key, label in cases]


def test_a_zone_that_does_not_exist_reads_as_utc() -> None:
    cases = ["Mars/Olympus", "../etc/passwd", ""]
    for name in cases:
        assert zone_or_utc(name) is UTC, name
        assert format_time(AT, name) == "24 Nov 2026 08:00 UTC", name


def test_a_time_is_printed_in_the_readers_zone_whatever_zone_it_came_in() -> None:
    told = AT.astimezone(timezone(timedelta(hours=-5)))
    assert format_time(told, "Asia/Shanghai") == "24 Nov 2026 16:00 CST"
    assert format_time(told, "America/Sao_Paulo") == "24 Nov 2026 05:00 UTC-03"


def test_a_range_prints_one_unit_where_both_ends_share_their_scale() -> None:
    assert format_amount_range(8e9, 10e9, "usd") == "$8–10bn"
    assert format_amount_range(332e3, 2e6, "t") == "332 kt–2 Mt"


def test_a_sentence_goes_on_within_another_with_the_capitals_of_names_alone() -> None:
    cases = [
        ("Was PLEDGED, now MET", "was PLEDGED, now MET"),
        ("Due date: 10 Nov 2026", "due date: 10 Nov 2026"),
        ("A setback", "a setback"),
        ("China missed the first date", "China missed the first date"),
        ("IN PROGRESS is now confirmed", "IN PROGRESS is now confirmed"),
        ("", ""),
    ]
    assert [(text, decapitalised(text)) for text, _ in cases] == [(text, within) for text, within in cases]


def test_a_sentence_has_a_capital_and_one_full_stop() -> None:
    cases = [("met", "Met."), ("Met.", "Met."), ("he says “it is done.”", "He says “it is done.”"), ("", "")]
    assert [(text, sentence(text)) for text, _ in cases] == [(text, closed) for text, closed in cases]


def test_small_counts_are_words_and_larger_ones_digits() -> None:
    assert [number_word(number) for number in (0, 1, 9, 10)] == ["no", "one", "nine", "10"]


def test_a_period_is_named_as_a_sentence_names_it() -> None:
    cases = [
        ("calendar 2026", "2026"),
        ("last two months of 2025", "the last two months of 2025"),
        ("second half", "the second half"),
        ("", ""),
    ]
    assert [(label, period_name(label)) for label, _ in cases] == [(label, name) for label, name in cases]


def test_the_name_of_a_date_takes_its_article_and_its_verb() -> None:
    cases = [
        ("truce", "the truce ends"),
        ("paused listings", "the paused listings end"),
        ("suspension of the October rules", "the suspension of the October rules ends"),
        ("Soybeans 12 Mt", "Soybeans 12 Mt ends"),
        ("12 Mt", "12 Mt ends"),
    ]
    assert [(what, thing_does(what, "end")) for what, _ in cases] == [(what, said) for what, said in cases]
