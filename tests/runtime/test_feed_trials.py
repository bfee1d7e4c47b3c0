"""Feeds are fetched once as a poll would fetch them, and judged; nothing is stored."""

from collections.abc import Iterator, Sequence

import pytest

from monitor.config import FeedSettings, Settings, load_settings
from monitor.runtime.feed_trials import UNREAD, FeedTrial, try_feeds
from tests.builders.databases import NOW, polled_feed
from tests.builders.feed_publisher import Item, Publisher, publisher, rss

NEWS = rss(Item("1", "Ministry names a date", "https://paper.example/1", "Mon, 02 Mar 2026 08:00:00 GMT"))
BARE = rss(Item("1", "Ministry names a date", "https://paper.example/1", "2026-03-02 08:00"))
PAGE = b"<html><head><link rel=alternate type=application/rss+xml href=/wire></head>"


@pytest.fixture(scope="module")
def site() -> Iterator[Publisher]:
    with publisher({"/wire": NEWS, "/bare": BARE, "/page": PAGE}) as running:
        moved = {"/moved": (301, "/wire"), "/lent": (302, "/wire"), "/to-page": (301, "/page")}
        running.redirects |= moved | {"/metadata": (302, "http://169.254.169.254/latest")}
        running.redirects |= {"/inside": (302, "http://127.0.0.2:8099/wire")}
        yield running


@pytest.fixture(scope="module")
def trials(site: Publisher, tmp_path_factory: pytest.TempPathFactory) -> dict[str, FeedTrial]:
    """The trials of all paths, by path, and of many feeds more."""
    file = tmp_path_factory.mktemp("trials") / "config.toml"
    file.write_text("[poll]\nallow_private_addresses = true\ntimeout_seconds = 5\ntotal_seconds = 5\n")
    paths = ["/wire", "/bare", "/page", "/moved", "/lent", "/to-page", "/metadata", "/inside", "/nothing"]
    feeds = [polled_feed(path, site.url(path), "", 600) for path in paths]
    feeds += [polled_feed(f"more {number}", site.url("/wire"), "", 600) for number in range(2 * UNREAD)]
    zoned = polled_feed("zoned", site.url("/bare"), "", 600).model_copy(update={"zone": "Asia/Shanghai"})
    return tried(load_settings(file, environ={}), [*feeds, zoned])


def tried(settings: Settings, feeds: Sequence[FeedSettings]) -> dict[str, FeedTrial]:
    return {trial.feed.name: trial for trial in try_feeds(settings, feeds, NOW)}


def test_a_feed_is_fetched_parsed_and_judged_by_dates_and_moves(trials: dict[str, FeedTrial], site: Publisher) -> None:
    trial = trials["/wire"]
    assert trial.parsed is not None
    assert (trial.parsed.title, len(trial.parsed.entries), trial.zoneless) == ("Wire", 1, False)
    assert trial.answer is not None
    assert (trial.answer.status, trial.answer.body, trial.size) == (200, b"", len(NEWS))
    assert (trial.moved_to, trial.address) == (None, site.url("/wire"))
    assert len([name for name, one in trials.items() if name.startswith("more") and one.parsed]) == 2 * UNREAD
    assert (trials["/bare"].zoneless, trials["zoned"].zoneless) == (True, False)
    assert trials["/moved"].address == site.url("/wire")
    assert trials["/lent"].address == site.url("/lent")
    assert trials["/to-page"].address == site.url("/to-page")
    trial = trials["/page"]
    assert trial.error is not None
    assert trial.error.kind == "not_a_feed"
    assert [feed.url for feed in trial.announced or ()] == [site.url("/wire")]
    failed = {name: trial.error.kind for name, trial in trials.items() if trial.error is not None}
    pages = {"/page": "not_a_feed", "/to-page": "not_a_feed"}
    assert failed == pages | {"/metadata": "refused_address", "/inside": "refused_address", "/nothing": "http"}
