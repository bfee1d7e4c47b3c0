"""A feed is judged by one document: what it holds, how often to ask it, and what is odd."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.feeds.appraisal import (
    SLOWEST_INTERVAL,
    USUAL_INTERVAL,
    Appraisal,
    appraise,
    format_name,
    guess_language,
    host_of_items,
    names_no_zone,
    sensible_interval,
)
from monitor.feeds.items import ParsedEntry, ParsedFeed
from tests.builders.databases import NOW, later

ITEM = ParsedEntry("1", "Ministry says a date", "https://herald.example/1", NOW, "More of it", "", False, "")


def item(at: datetime | None, **changes: str) -> ParsedEntry:
    values = {"title": ITEM.title, "url": ITEM.url, "summary": ITEM.summary, "raw_date": "", **changes}
    return ParsedEntry("1", values["title"], values["url"], at, values["summary"], "", False, values["raw_date"])


def feed(*entries: ParsedEntry, lang: str = "") -> ParsedFeed:
    return ParsedFeed("Herald", entries, "rss20", lang)


def judged(*entries: ParsedEntry) -> Appraisal:
    return appraise(feed(*entries), NOW)


def test_a_feed_in_order_is_told_without_a_warning() -> None:
    found = judged(*(item(later(hours=-3 * number)) for number in range(1, 10)))
    assert (found.title, found.format, found.items, found.warnings) == ("Herald", "RSS 2.0", 9, ())
    assert found.newest is not None
    assert found.newest.published == later(hours=-3)
    assert found.per_day == 8
    assert found.interval == 1800


@pytest.mark.parametrize(
    ("entries", "warning"),
    [
        ((), "it is empty: nothing can be said of its items"),
        (
            (item(None), ITEM),
            "items without a date that can be read: 1 of 2; such news counts from when it is first seen",
        ),
        ((item(later(days=-46)),), "its newest item is 46 days old; look whether the publisher has another feed"),
    ],
)
def test_what_is_odd_is_told_in_a_sentence(entries: tuple[ParsedEntry, ...], warning: str) -> None:
    assert judged(*entries).warnings == (warning,)


def test_a_date_without_a_zone_is_shown_as_it_is_written() -> None:
    found = judged(item(NOW, raw_date="Mon, 02 Mar 2026 09:00:00 GMT"), item(NOW, raw_date="2026-03-02 09:00:00"))
    assert found.zoneless == "2026-03-02 09:00:00"


@pytest.mark.parametrize(
    ("raw", "without"),
    [
        ("2026-03-02 09:00", True),
        ("2026-03-02T09:00:00Z", False),
        ("Mon, 02 Mar 2026 09:00:00 +0800", False),
        ("Mon, 02 Mar 2026 09:00:00 EST", False),
        ("1772442000", False),
        ("yesterday", False),
    ],
)
def test_a_date_names_its_zone_or_not(raw: str, without: bool) -> None:
    assert names_no_zone(raw) == without


@pytest.mark.parametrize(
    ("per_day", "seconds"),
    [(None, USUAL_INTERVAL), (200.0, 600), (20.0, 900), (5.0, 1800), (1.0, 3600), (0.2, SLOWEST_INTERVAL)],
)
def test_a_feed_is_asked_the_oftener_the_more_news_it_has(per_day: float | None, seconds: int) -> None:
    assert sensible_interval(per_day) == seconds


@pytest.mark.parametrize(
    ("title", "lang", "guess"),
    [
        ("中国将购买大豆", "", "zh"),
        ("中国将购买大豆", "en-us", "zh"),
        ("中国大豆購入", "ja", "ja"),
        ("The ministry says it is ready for the talks", "", "en"),
        ("Ministerium kündigt neue Gespräche an", "", ""),
        ("Ministerium kündigt neue Gespräche an", "de-de", "de"),
        ("", "english", ""),
    ],
)
def test_the_language_is_guessed_from_titles_and_the_document(title: str, lang: str, guess: str) -> None:
    assert guess_language(feed(item(NOW, title=title), lang=lang)) == guess


def test_items_of_one_host_tell_whose_the_feed_is() -> None:
    ours, theirs = item(NOW), item(NOW, url="https://other.example/1")
    assert host_of_items(feed(ours, ours, theirs)) == "herald.example"
    assert host_of_items(feed(ours, theirs)) == ""
    assert host_of_items(feed()) == ""


@pytest.mark.parametrize(
    ("version", "name"),
    [("rss20", "RSS 2.0"), ("atom10", "Atom 1.0"), ("json11", "JSON Feed 1.1"), ("rss", "RSS"), ("odd-1", "odd-1")],
)
def test_a_format_is_named_as_people_write_it(version: str, name: str) -> None:
    assert format_name(version) == name


def test_the_pace_needs_two_moments() -> None:
    assert judged(ITEM).per_day is None
    assert judged(ITEM, item(NOW - timedelta(days=2))).per_day == 0.5


def test_a_feed_of_headlines_alone_is_told_as_such() -> None:
    assert judged(item(NOW, summary="")).headlines_only
    assert not judged(item(NOW, summary=""), ITEM).headlines_only
    assert not judged().headlines_only
