from __future__ import annotations

from dataclasses import dataclass

import pytest

from monitor.domain.model import Publisher, Tier
from monitor.domain.model.publishers import PublisherNames, Publishers, UnknownPublisher, unknown_publishers

WIRE = PublisherNames(Publisher("Harbour Wire", Tier.WIRE, owner="Harbour"), ("Harbour News",), ("harbour.example",))
TRADE = PublisherNames(Publisher("Grain Trade", Tier.TRADE, owner="Grain"))


def test_publishers_with_the_same_entries_are_equal_and_stand_for_one_another_in_a_set() -> None:
    assert Publishers([WIRE, TRADE]) == Publishers([WIRE, TRADE])
    assert len({Publishers([WIRE, TRADE]), Publishers([WIRE, TRADE]), Publishers([WIRE])}) == 2
    assert Publishers([WIRE]) != Publishers([TRADE])
    assert Publishers([WIRE]) != [WIRE]


LISTED = Publishers([WIRE, TRADE])


@dataclass(frozen=True, slots=True)
class Feed:
    name: str
    publisher: str
    url: str = "https://feeds.example/rss"


@pytest.mark.parametrize("name", ["Harbour Wire", " harbour  WIRE", "Harbour News", "feeds.harbour.example"])
def test_a_publisher_is_known_by_name_alias_or_domain(name: str) -> None:
    assert LISTED.unknown(name) is None


@pytest.mark.parametrize(
    ("name", "near"), [("Harbor Wire", "Harbour Wire"), ("harbour newz", "Harbour News"), ("Evening Post", None)]
)
def test_a_misspelt_publisher_is_told_with_the_name_that_is_near(name: str, near: str | None) -> None:
    unknown = LISTED.unknown(name)
    assert unknown == UnknownPublisher(name, near)
    hint = f" (did you mean {near!r}?)" if near else ""
    assert str(unknown) == f"publisher {name!r} is not in sources.yaml{hint}; its word counts for nothing"


def test_the_address_of_a_feed_says_whose_it_is_where_no_name_is_near() -> None:
    unknown = LISTED.unknown("hw-top", "https://www.harbour.example/rss")
    assert unknown == UnknownPublisher("hw-top", None, "Harbour Wire")
    assert str(unknown).endswith("(did you mean 'Harbour Wire'?); only items at addresses of Harbour Wire count")


def test_feeds_of_unlisted_publishers_are_found_in_their_order() -> None:
    feeds = [Feed("b", "Grain Trad"), Feed("known", "Grain Trade"), Feed("a", "a")]
    found = unknown_publishers(feeds, LISTED)
    assert found == {"b": UnknownPublisher("Grain Trad", "Grain Trade"), "a": UnknownPublisher("a")}
    assert list(found) == ["b", "a"]
    assert unknown_publishers([], LISTED) == {}
