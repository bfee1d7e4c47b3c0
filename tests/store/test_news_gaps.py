"""How long a feed usually is without news is told from when its entries were first seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.domain.intake import KnownEntry
from monitor.domain.model import Outlet, Story
from monitor.store import Store, feeds, stories
from tests.builders.databases import NOW, ask, later

OWN = Outlet("Wire", "https://wire.example/1", NOW, NOW)
STORY = Story("00" * 8, NOW, NOW, "Wire", OWN.url, "China buys soybeans", "", "en", "01" * 8, outlets=(OWN,))


def heard(store: Store, feed: str, *moments: datetime, backfill: bool = False) -> None:
    """A story of this feed at each moment."""
    with store.begin() as conn:
        for moment in moments:
            name = blake2b(f"{feed} {moment}".encode(), digest_size=8).hexdigest()
            story = replace(STORY, id=name, seen_at=moment, backfill=backfill)
            stories.save(conn, {name: story}, ())
            stories.save_entries(conn, [KnownEntry(name, feed, name, "01" * 8, moment, frozenset())])


def gaps(store: Store) -> dict[str, timedelta]:
    return ask(store, feeds.news_gaps, later(days=-28))


def test_the_usual_time_without_news_is_the_median_between_polls_that_brought_some(store: Store) -> None:
    heard(store, "wire", *(later(hours=hour) for hour in (0, 2, 4, 6, 30, 32)))
    heard(store, "paper", *(later(days=day) for day in range(5)))
    assert gaps(store) == {"wire": timedelta(hours=2), "paper": timedelta(days=1)}


def test_few_news_tell_nothing_and_neither_do_old_ones_or_a_first_poll(store: Store) -> None:
    heard(store, "young", NOW, later(hours=1), later(hours=2), later(hours=3))
    heard(store, "old", *(later(days=-60, hours=hour) for hour in range(9)))
    heard(store, "new", *(later(hours=hour) for hour in range(9)), backfill=True)
    assert gaps(store) == {}
