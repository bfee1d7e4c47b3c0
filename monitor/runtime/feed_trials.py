"""Fetches feeds once for a person, as a poll would, without storing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
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


def feed_at(url: str) -> FeedSettings:
    """An address that is not configured, as a feed without a publisher."""
    return FeedSettings.model_construct({"name", "url"}, name=url, url=url, interval=0)


@dataclass(frozen=True, slots=True)
class FeedTrial:
    """The result of fetching one feed. answer: without its body; None on a network error. size: bytes of the body,
    unpacked. parsed: None if `error` is set. announced: the feeds of a web page that came instead. zoneless: some dates
    lack a zone, and none is configured."""

    feed: FeedSettings
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


def try_feeds(settings: Settings, feeds: Sequence[FeedSettings], now: datetime) -> Iterator[FeedTrial]:
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
            address, content_type = outcome.final_url, outcome.content_type
            parse = partial(worker.parse, outcome.body, url=address, content_type=content_type, now=now)
            try:
                parsed, has_zone = parse(zone=feed.zone), "zone" in feed.model_fields_set
                # A date whose moment depends on the zone of the parser names none.
                zoneless = not has_zone and parse(zone="Asia/Tokyo").entries != parse(zone="Asia/Kolkata").entries
                yield replace(trial, parsed=parsed, zoneless=zoneless)
            except FeedError as error:
                pages = announced_feeds(outcome.body, outcome.content_type, outcome.final_url)
                yield replace(trial, error=error, announced=pages if error.kind == "not_a_feed" else None)
            fetcher.taken()
