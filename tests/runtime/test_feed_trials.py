"""Feeds are asked as a poll would ask them, and judged; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest

from monitor.config import FeedSettings
from monitor.errors import FeedError
from monitor.feeds.fetch import Answer, Fetcher, FetchLimits, FetchRequest, FetchResult
from monitor.feeds.worker import ParseWorker
from monitor.runtime.feed_trials import UNREAD, FeedTester, FeedToTry, FeedTrial
from tests.builders.databases import NOW
from tests.builders.feed_publisher import Item, Publisher, atom, publisher, rss

NEWS = rss(Item("1", "Ministry names a date", "https://paper.example/1", "Mon, 02 Mar 2026 08:00:00 GMT"))
PAGE = b"<html><head><link rel=alternate type=application/rss+xml href=/wire></head>"
DOCUMENTS = {"/wire": NEWS, "/page": PAGE, "/bare": b"<html><body>no feed</body>", "/atom.xml": atom()}


@pytest.fixture(scope="module")
def site() -> Iterator[Publisher]:
    with publisher(dict(DOCUMENTS)) as running:
        moved = {"/moved": (301, "/wire"), "/lent": (302, "/wire"), "/to-page": (301, "/page")}
        running.redirects |= moved | {"/metadata": (302, "http://169.254.169.254/latest")}
        running.redirects |= {"/inside": (302, "http://127.0.0.2:8099/wire")}
        yield running


@pytest.fixture(scope="module")
def tester() -> Iterator[FeedTester]:
    with Fetcher(FetchLimits(allow_private=True, total_s=5), unread=UNREAD) as fetcher, ParseWorker() as worker:
        yield FeedTester(fetcher, worker, NOW)


def tried(tester: FeedTester, site: Publisher, path: str) -> FeedTrial:
    return tester.one(FeedToTry("x", site.url(path)))


def test_a_feed_is_asked_and_judged(tester: FeedTester, site: Publisher) -> None:
    trial = tried(tester, site, "/wire")
    assert trial.error is None
    assert trial.appraisal is not None
    assert (trial.appraisal.title, trial.appraisal.items) == ("Wire", 1)
    assert trial.answer is not None
    assert (trial.answer.status, trial.answer.body, trial.size) == (200, b"", len(NEWS))
    assert (trial.moved_to, trial.address) == (None, site.url("/wire"))


def test_a_feed_that_has_moved_for_good_is_kept_by_its_new_address(tester: FeedTester, site: Publisher) -> None:
    assert tried(tester, site, "/moved").address == site.url("/wire")
    assert tried(tester, site, "/lent").address == site.url("/lent")
    assert tried(tester, site, "/to-page").address == site.url("/to-page"), "a page is no feed to move to"


def test_a_page_in_the_place_of_a_feed_is_read_for_what_it_announces(tester: FeedTester, site: Publisher) -> None:
    trial = tried(tester, site, "/page")
    assert trial.error is not None
    assert trial.error.kind == "not_a_feed"
    assert trial.page is not None
    assert [feed.url for feed in trial.page.feeds] == [site.url("/wire")]


def test_the_customary_addresses_are_asked_one_after_the_other_up_to_the_first_feed(
    tester: FeedTester, site: Publisher
) -> None:
    found = tester.customary(tried(tester, site, "/bare"))
    assert found is not None
    assert found.feed.url == site.url("/atom.xml")
    asked = {
        path: sum(count for (at, _), count in site.answers.items() if at == path) for path in ("/feed", "/rss.xml")
    }
    assert asked == {"/feed": 1, "/rss.xml": 1}
    assert not [key for key in site.answers if key[0] in ("/feed.json", "/index.xml")]


@pytest.mark.parametrize("path", ["/metadata", "/inside"])
def test_a_redirect_to_an_address_that_may_not_be_asked_is_not_followed(
    tester: FeedTester, site: Publisher, path: str
) -> None:
    trial = tried(tester, site, path)
    assert trial.error is not None
    assert trial.error.kind == "refused_address"


def test_a_failure_stops_only_its_own_feed(tester: FeedTester, site: Publisher) -> None:
    paths = ["/wire", "/nothing", "/page", *["/moved"] * (2 * UNREAD)]
    feeds = [FeedToTry(f"{number}{path}", site.url(path)) for number, path in enumerate(paths)]
    trials = {trial.feed.name: trial for trial in tester.each(feeds)}
    assert {feed.name for feed in feeds} == set(trials)
    assert {name for name, trial in trials.items() if trial.error is not None} == {"1/nothing", "2/page"}
    assert str(trials["1/nothing"].error) == "HTTP 404: not found"


def test_a_configured_feed_is_read_with_its_own_zone_and_encoding() -> None:
    values = {"name": "a", "url": "https://a.example/", "interval": "15m", "encoding": "gb18030"}
    assert FeedToTry.configured(FeedSettings.model_validate(values)).zone == ""
    feed = FeedToTry.configured(FeedSettings.model_validate(values | {"zone": "Asia/Shanghai"}))
    assert (feed.zone, feed.encoding) == ("Asia/Shanghai", "gb18030")


# ---------------------------------------------------------------- by https, which loopback has no port 443 for


@dataclass(slots=True)
class Network:
    """Stands where the network begins: documents by address."""

    documents: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def ask(self, requests: Sequence[FetchRequest]) -> list[Answer]:
        return [self._answer(request) for request in requests]

    def taken(self) -> None:
        """Nothing waits."""

    def _answer(self, request: FetchRequest) -> Answer:
        self.asked.append(request.url)
        body = self.documents.get(request.url)
        answer: Answer = Future()
        refused = FeedError("tls", "its certificate has expired; not read", subject=request.name)
        given = (
            FetchResult(request.name, 200, body, None, None, "text/xml", request.url, None, 0.1) if body else refused
        )
        answer.set_result(given)
        return answer


@pytest.mark.parametrize(
    ("by_https", "taken"), [(NEWS, "https://paper.example/rss"), (atom(), None), (PAGE, None), (None, None)]
)
def test_the_address_by_https_is_taken_where_it_has_the_same_feed(
    tester: FeedTester, by_https: bytes | None, taken: str | None
) -> None:
    documents = {"http://paper.example/rss": NEWS} | ({"https://paper.example/rss": by_https} if by_https else {})
    other = FeedTester(Network(documents), tester.parser, NOW)
    safer = other.by_https(other.one(FeedToTry("x", "http://paper.example/rss")))
    assert (safer.address if safer is not None else None) == taken


def test_a_feed_by_https_is_asked_once(tester: FeedTester) -> None:
    network = Network({"https://paper.example/rss": NEWS})
    other = FeedTester(network, tester.parser, NOW)
    assert other.by_https(other.one(FeedToTry("x", "https://paper.example/rss"))) is None
    assert network.asked == ["https://paper.example/rss"]
