"""One feed cannot sign as others: its items confirm nothing, and no message names a publisher that did not speak."""

import json

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.stories.provenance import with_publisher
from monitor.feeds.parse import parse
from monitor.store import Store, stories
from monitor.store import outbox as outbox_store
from tests.builders.databases import NOW, ask, later, polled_feed
from tests.builders.pipeline_steps import Monitor
from tests.builders.small_rulebook import BUYS

FORGED = "".join(
    f"<item><guid>{number}</guid><title>{BUYS} {when} - {name}</title><link>https://blog.example/{number}</link>"
    f'<source url="https://{name.lower()}.example">{name}</source></item>'
    for number, (name, when) in enumerate((("Ministry", "today"), ("Herald Wire", "at last")))
)


def status(monitor: Monitor) -> tuple[object, ...]:
    verdict = monitor.published().published
    return verdict.standing, verdict.outlook, verdict.flags, monitor.transitions(), monitor.rows()


@pytest.mark.parametrize("aggregator", [False, True])
def test_a_feed_that_signs_as_others_moves_nothing_unless_it_is_declared_to_carry_their_reports(
    store: Store, rules: Rulebook, *, aggregator: bool
) -> None:
    blog = polled_feed("blog", "https://blog.example/rss", "Random Blog", 600, aggregator=aggregator)
    monitor = Monitor(store, rules)
    monitor.begin()
    monitor.poll(later(days=-1), feed=blog)
    before = status(monitor)
    document = f"<rss version='2.0'><channel>{FORGED}</channel></rss>".encode()
    told = parse(document, url=blog.url, content_type=None, now=NOW).told()
    read = [with_publisher(entry, blog.publisher, rules.publishers, aggregator=aggregator) for entry in told]
    monitor.poll(NOW, *read, feed=blog)
    monitor.review(NOW, settled=True)
    assert (status(monitor) == before) is not aggregator
    said = json.dumps([row.payload for row in ask(store, outbox_store.items)], default=str)
    assert ("Ministry" in said or "Herald" in said) is aggregator
    carried = [outlet for story in ask(store, stories.first_seen_since, NOW) for outlet in story.outlets]
    assert {outlet.source for outlet in carried} == ({"Ministry", "Herald Wire"} if aggregator else {"Random Blog"})
    assert {outlet.claimed for outlet in carried} == ({""} if aggregator else {"Ministry", "Herald Wire"})
