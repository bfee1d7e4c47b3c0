from datetime import UTC, datetime, timedelta, timezone

from monitor.domain.text.labels import (
    decapitalised,
    format_amount,
    format_amount_range,
    format_time,
    label_of,
    number_word,
    period_name,
    sentence,
    thing_does,
    zone_or_utc,
)
from tests.builders.tables import table

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def test_a_time_is_printed_in_the_readers_zone_or_else_in_utc() -> None:
    cases = ["Mars/Olympus", "../etc/passwd", ""]
    for name in cases:
        assert zone_or_utc(name) is UTC, name
        assert format_time(AT, name) == "24 Nov 2026 08:00 UTC", name
    told = AT.astimezone(timezone(timedelta(hours=-5)))
    assert format_time(told, "Asia/Shanghai") == "24 Nov 2026 16:00 CST"
    assert format_time(told, "America/Sao_Paulo") == "24 Nov 2026 05:00 UTC-03"


def test_a_sentence_has_a_capital_and_a_full_stop_by_itself_and_not_within_another() -> None:
    cases = table("labels", "a_sentence_has_a_capital_and_a_full_stop_by_itself_and_not_within_another")
    assert [(text, decapitalised(text)) for text, _ in cases] == cases
    others = [("met", "Met."), ("Met.", "Met."), ("he says “it is done.”", "He says “it is done.”"), ("", "")]
    assert [(text, sentence(text)) for text, _ in others] == others


def test_keys_days_ranges_and_small_counts_are_printed_as_people_say_them() -> None:
    cases = [("at_risk", "at risk"), ("unpledged", "not yet pledged"), ("2026-11-10", "10 Nov 2026")]
    assert [(key, label_of(key)) for key, _ in cases] == cases
    assert format_amount_range(8e9, 10e9, "usd") == "$8–10bn"
    assert format_amount_range(332e3, 2e6, "t") == "332 kt–2 Mt"
    assert (format_amount(12.5, "%"), format_amount(1200, "cargoes", bare=True)) == ("12.5%", "1,200")
    assert [number_word(number) for number in (0, 1, 9, 10)] == ["no", "one", "nine", "10"]


def test_a_period_and_a_date_are_named_as_a_sentence_names_them() -> None:
    cases = [
        ("calendar 2026", "2026"),
        ("last two months of 2025", "the last two months of 2025"),
        ("second half", "the second half"),
        ("", ""),
    ]
    assert [(label, period_name(label)) for label, _ in cases] == cases
    others = [
        ("truce", "the truce ends"),
        ("paused listings", "the paused listings end"),
        ("suspension of the October rules", "the suspension of the October rules ends"),
        ("Soybeans 12 Mt", "Soybeans 12 Mt ends"),
        ("12 Mt", "12 Mt ends"),
    ]
    assert [(what, thing_does(what, "end")) for what, _ in others] == others
