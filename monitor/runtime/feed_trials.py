"""Fetches feeds once for a person, as a poll would, without storing them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from monitor.config import FeedSettings, Settings
from monitor.errors import FeedError
from monitor.feeds.discovery import AnnouncedFeed, announced_feeds
from monitor.feeds.fetch import Fetcher, FetchRequest, FetchResult
from monitor.feeds.items import ParsedFeed
from monitor.feeds.schedule import Turns
from monitor.feeds.worker import ParseWorker
from monitor.runtime.poller import fetch_limits

UNREAD = 8
"""Documents that may wait for the parser: more would fill the memory."""


@dataclass(frozen=True, slots=True)
class FeedToTry:
    """An address to fetch and how to parse it. zone: of dates without a zone; '' if unknown. publisher: '' if the feed
    is not configured; has_publisher, aggregator: as for a configured feed."""

    name: str
    url: str
    zone: str = ""
    tz_names: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    publisher: str = ""
    aggregator: bool = False
    has_publisher: bool = False

    @classmethod
    def configured(cls, feed: FeedSettings) -> FeedToTry:
        """A feed of config.toml, parsed as a poll would."""
        zone = feed.zone if "zone" in feed.model_fields_set else ""
        owner = feed.publisher, feed.aggregator, feed.has_publisher
        return cls(feed.name, feed.url, zone, feed.tz_names, feed.encoding, *owner)


@dataclass(frozen=True, slots=True)
class FeedTrial:
    """The result of fetching one feed. answer: without its body; None on a network error. size: bytes of the body,
    unpacked. parsed: None if `error` is set. announced: the feeds of a web page that came instead. zoneless: some dates
    lack a zone, and none is configured."""

    feed: FeedToTry
    answer: FetchResult | None = None
    size: int = 0
    parsed: ParsedFeed | None = None
    error: FeedError | None = None
    announced: tuple[AnnouncedFeed, ...] | None = None
    zoneless: bool = False

    @property
    def moved_to(self) -> str | None:
        """The address to which the feed has moved permanently; None if it has not, or if no feed is there."""
        moved = self.answer.permanent_url if self.answer is not None and self.parsed is not None else None
        return moved if moved and moved != self.feed.url else None

    @property
    def address(self) -> str:
        """The address to configure: the permanent one, else the fetched one."""
        return self.moved_to or self.feed.url


def try_feeds(settings: Settings, feeds: Sequence[FeedToTry], now: datetime) -> Iterator[FeedTrial]:
    """Fetch these feeds concurrently within the limits of [poll], those of one aggregator one after the other; each
    trial is yielded when it is complete."""
    turns = Turns()
    with Fetcher(fetch_limits(settings), unread=UNREAD) as fetcher, ParseWorker() as worker:
        headers = settings.feed_headers
        requests = []
        for each in feeds:
            delay = turns.wait(each.url) if each.aggregator else 0.0
            requests.append(FetchRequest(each.name, each.url, headers=headers.get(each.name, {}), delay_s=delay))
        answers = fetcher.fetch(requests)
        requested = dict(zip(answers, feeds, strict=True))
        for answer in as_completed(answers):
            feed, outcome = requested[answer], answer.result()
            if isinstance(outcome, FeedError):
                yield FeedTrial(feed, error=outcome)
                continue
            trial = FeedTrial(feed, replace(outcome, body=b""), len(outcome.body))
            parse = partial(worker.parse, outcome.body, url=outcome.final_url, content_type=outcome.content_type)
            parse = partial(parse, tz_names=feed.tz_names, encoding=feed.encoding or None, now=now)
            try:
                parsed = parse(zone=feed.zone or "UTC")
                # A date whose moment depends on the zone of the parser names none.
                zoneless = not feed.zone and parse(zone="Asia/Tokyo").entries != parse(zone="Asia/Kolkata").entries
                yield replace(trial, parsed=parsed, zoneless=zoneless)
            except FeedError as error:
                pages = announced_feeds(outcome.body, outcome.content_type, outcome.final_url)
                yield replace(trial, error=error, announced=pages if error.kind == "not_a_feed" else None)
            fetcher.taken()
