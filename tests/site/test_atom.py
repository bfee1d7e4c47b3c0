"""The Atom feeds are valid, and their ids are permanent."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser

from monitor.domain.pages.change_entries import NEWEST, change_entries
from monitor.domain.pages.material import SiteMaterial
from monitor.site.atom import atom_file
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, move
from tests.builders.published_material import SOY, material


def feed_of(known: SiteMaterial, address: str = "c/soybean-purchases.atom") -> bytes:
    entries = change_entries(SOY, known)
    return atom_file("Deals: Soybeans", address, "c/soybean-purchases.html", entries, known)


def parsed(**changes: Any) -> Any:
    feed = feedparser.parse(feed_of(material(**changes)))
    assert not feed.bozo
    assert feed.version == "atom10"
    return feed


def test_a_feed_says_who_writes_it_when_it_changed_and_where_it_is() -> None:
    feed = parsed(base_url="https://deals.example").feed
    assert (feed.title, feed.author, feed.generator) == ("Deals: Soybeans", "Deals", "deal-monitor")
    assert feed.updated == "2026-03-14T09:30:00Z"
    assert {link.rel: link.href for link in feed.links} == {
        "self": "https://deals.example/c/soybean-purchases.atom",
        "alternate": "https://deals.example/c/soybean-purchases.html",
    }


def test_an_entry_has_the_title_of_its_alert_its_quotes_and_the_confidence(wording: GoldenWording) -> None:
    (entry,) = parsed().entries
    assert entry.title == change_entries(SOY, material())[0].title
    assert entry.summary.startswith("Still IN PROGRESS, now AT RISK (14 Mar 2026 09:30 UTC).")
    (late,) = parsed(history={SOY: (move(late=True),)}).entries
    assert late.summary.startswith("Still IN PROGRESS, now AT RISK (14 Mar 2026 09:30 UTC, first seen late).")
    content = entry.content[0]
    assert content.type == "text/html"
    wording(content.value)
    tags = [(tag.term, tag.scheme.rpartition(":")[2]) for tag in entry.tags]
    assert tags == [(SOY, "commitment"), ("status", "kind"), ("at_risk", "status")]


def test_ids_are_those_first_published_wherever_the_site_lies() -> None:
    for base in ("", "https://deals.example", "https://elsewhere.example/deals"):
        feed = parsed(base_url=base)
        assert feed.feed.id == "tag:deal-monitor.invalid,2026:c/soybean-purchases.atom"
        assert [entry.id for entry in feed.entries] == ["tag:deal-monitor.invalid,2026:change/t1"]


def test_links_are_relative_to_the_file_where_the_site_does_not_know_its_address() -> None:
    root = ElementTree.fromstring(feed_of(material()))
    links = [link.get("href") for link in root.iter("{http://www.w3.org/2005/Atom}link")]
    assert links == [f"../c/soybean-purchases.{rest}" for rest in ("atom", "html", "html#change-t1")]


def test_a_feed_holds_the_newest_hundred_and_one_without_a_change_is_a_feed() -> None:
    empty = parsed(history={})
    assert (empty.entries, empty.feed.updated) == ([], "2026-03-14T09:30:00Z")
    moves = tuple(move(f"t{hour}", at=NOW + timedelta(hours=hour)) for hour in range(NEWEST + 5))
    ids = [entry.id.rpartition("/")[2] for entry in parsed(history={SOY: moves}).entries]
    assert (len(ids), ids[0], ids[-1]) == (NEWEST, "t104", "t5")


def test_the_same_record_gives_the_same_bytes() -> None:
    later = replace(material(), context=replace(material().context, now=NOW + timedelta(days=40)))
    assert feed_of(later) == feed_of(material())
