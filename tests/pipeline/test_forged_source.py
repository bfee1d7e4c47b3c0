"""One feed cannot sign as others: its items confirm nothing, and no message names a publisher that did not speak."""

import json

import pytest

from monitor.config import FeedSettings
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Outlet
from monitor.domain.stories.provenance import with_publisher
from monitor.feeds.parse import parse
from monitor.store import Store, stories
from monitor.store import outbox as outbox_store
from tests.builders.databases import NOW, ask, later, polled_feed
from tests.builders.pipeline_steps import MINISTRY, Monitor
from tests.builders.small_rulebook import BUYS

OWN = "<title>{title}</title><link>https://blog.example/1</link>"
FORGERIES = {
    "a link": "<title>{title}</title><link>https://ministry.example/1</link>",
    "a link within an aggregator's": "<title>{title}</title>"
    "<link>https://news.example/url?q=https%3A%2F%2Fministry.example%2F1</link>",
    "the page as guid": "<title>{title}</title><guid>https://ministry.example/1</guid>",
    "the end of the title": "<title>{title} - Ministry</title><link>https://blog.example/1</link>",
    "a name": OWN + "<source>Ministry</source>",
    "a name with its address": OWN + '<source url="https://ministry.example">Ministry</source>',
    "an address without a name": OWN + '<source url="https://ministry.example"/>',
    "a name and a link": "<title>{title}</title><link>https://ministry.example/1</link><source>Ministry</source>",
    "another name and a link": "<title>{title}</title><link>https://ministry.example/1</link><source>Town</source>",
    "a name and a link within an aggregator's": "<title>{title}</title><source>Ministry</source>"
    "<link>https://news.example/url?q=https%3A%2F%2Fministry.example%2F1</link>",
}


def status(monitor: Monitor) -> tuple[object, ...]:
    verdict = monitor.published().published
    return verdict.standing, verdict.outlook, verdict.flags, monitor.transitions(), monitor.rows()


def played(store: Store, rules: Rulebook, feed: FeedSettings, items: str) -> tuple[bool, str, list[Outlet]]:
    """Whether a document of this feed changes anything, what messages say, and the outlets that it brings."""
    monitor = Monitor(store, rules)
    monitor.begin()
    monitor.poll(later(days=-1), feed=feed)
    before = status(monitor)
    document = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    told = parse(document, url=feed.url, content_type=None, now=NOW).told()
    monitor.poll(NOW, *(with_publisher(entry, feed, rules.publishers) for entry in told), feed=feed)
    monitor.review(NOW, settled=True)
    said = json.dumps([row.payload for row in ask(store, outbox_store.items)], default=str)
    carried = [outlet for story in ask(store, stories.first_seen_since, NOW) for outlet in story.outlets]
    return status(monitor) != before, said, carried


@pytest.mark.parametrize("aggregator", [False, True])
def test_a_feed_that_signs_as_others_moves_nothing_unless_it_is_declared_to_carry_their_reports(
    store: Store, rules: Rulebook, *, aggregator: bool
) -> None:
    blog = polled_feed("blog", "https://blog.example/rss", "Random Blog", 600, aggregator=aggregator)
    forged = "".join(
        f"<item><guid>{number}</guid><title>{BUYS} {when} - {name}</title><link>https://blog.example/{number}</link>"
        f'<source url="https://{name.lower()}.example">{name}</source></item>'
        for number, (name, when) in enumerate((("Ministry", "today"), ("Herald Wire", "at last")))
    )
    moved, said, carried = played(store, rules, blog, forged)
    assert moved is aggregator
    assert ("Ministry" in said or "Herald" in said) is aggregator
    assert {outlet.source for outlet in carried} == ({"Ministry", "Herald Wire"} if aggregator else {"Random Blog"})
    assert {outlet.claimed for outlet in carried} == ({""} if aggregator else {"Ministry", "Herald Wire"})


@pytest.mark.parametrize("publisher", ["Random Blog", ""], ids=["publisher", "no publisher"])
@pytest.mark.parametrize("forgery", FORGERIES)
def test_whatever_a_feed_of_others_says_of_a_side_the_side_has_not_spoken(
    store: Store, rules: Rulebook, forgery: str, publisher: str
) -> None:
    blog = polled_feed("blog", "https://blog.example/rss", publisher, 600)
    moved, said, carried = played(store, rules, blog, f"<item>{FORGERIES[forgery].format(title=BUYS)}</item>")
    assert not moved
    assert "Ministry" not in said
    assert [outlet.source for outlet in carried] == [publisher or "blog"]


@pytest.mark.parametrize("feed", ["its own address", "an aggregator"])
def test_a_side_speaks_by_a_feed_from_its_own_address_and_by_an_aggregator(
    store: Store, rules: Rulebook, feed: str
) -> None:
    own = polled_feed("desk", "https://www.ministry.example/rss", "", 600)
    search = polled_feed("search", "https://news.example/rss", "Aggregator", 600, aggregator=True)
    item = f"<item>{FORGERIES['a link'].format(title=BUYS)}</item>"
    moved, said, carried = played(store, rules, own if feed == "its own address" else search, item)
    assert moved
    assert "Ministry" in said
    assert [(outlet.source, outlet.basis) for outlet in carried] == [("Ministry", "address")]


def test_a_feed_that_shows_the_words_of_a_side_first_does_not_silence_it(store: Store, rules: Rulebook) -> None:
    blog = polled_feed("blog", "https://blog.example/rss", "Random Blog", 600)
    item = f"<item>{FORGERIES['a link'].format(title=BUYS)}</item>"
    assert not played(store, rules, blog, item)[0]
    moved, said, carried = played(store, rules, MINISTRY, item)
    assert moved
    assert "Ministry" in said
    assert [outlet.source for outlet in carried] == ["Random Blog", "Ministry"]
