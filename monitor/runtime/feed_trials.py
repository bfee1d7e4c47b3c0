"""Feeds asked once because a person wants to know: what comes back is judged and not stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from monitor.config import FeedSettings, Settings
from monitor.errors import FeedError
from monitor.feeds.appraisal import Appraisal, appraise
from monitor.feeds.discovery import WebPage, customary_addresses, read_web_page
from monitor.feeds.fetch import Answer, Fetcher, FetchRequest, FetchResult
from monitor.feeds.items import ParsedFeed
from monitor.feeds.url_policy import address_key, https_twin
from monitor.feeds.worker import ParseWorker
from monitor.runtime.fetch_limits import fetch_limits

UNREAD = 8
"""Answers that wait to be parsed at the most: beyond it their documents would fill the memory."""


@dataclass(frozen=True, slots=True)
class FeedToTry:
    """An address to ask and how to read what it gives. zone: '' if nobody has said which zone dates without one are in."""

    name: str
    url: str
    zone: str = ""
    tz_names: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""

    @classmethod
    def configured(cls, feed: FeedSettings) -> FeedToTry:
        """A feed of config.toml, read as a poll would."""
        zone = feed.zone if "zone" in feed.model_fields_set else ""
        return cls(feed.name, feed.url, zone, feed.tz_names, feed.encoding)


@dataclass(frozen=True, slots=True)
class FeedTrial:
    """What came of asking one feed.

    answer: without its body; None where there was none that counts. size: bytes of the body, unpacked. parsed and appraisal:
    None if it is no feed that can be read, and then error says why. page: the web page that came instead.
    """

    feed: FeedToTry
    answer: FetchResult | None = None
    size: int = 0
    parsed: ParsedFeed | None = None
    appraisal: Appraisal | None = None
    error: FeedError | None = None
    page: WebPage | None = None

    @property
    def moved_to(self) -> str | None:
        """Where the feed has moved for good; None where it has not, or where that is not known to be a feed."""
        moved = self.answer.permanent_url if self.answer is not None and self.parsed is not None else None
        return moved if moved and moved != self.feed.url else None

    @property
    def address(self) -> str:
        """The address to keep: where the feed has moved for good, else the one that was asked."""
        return self.moved_to or self.feed.url


class Asker(Protocol):
    """What asks addresses: a `Fetcher`."""

    def ask(self, requests: Sequence[FetchRequest]) -> list[Answer]: ...
    def taken(self) -> None: ...


class Parser(Protocol):
    """What reads documents: a `ParseWorker`."""

    def parse(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str | None,
        zone: str = "UTC",
        tz_names: Mapping[str, str] | None = None,
        encoding: str | None = None,
        now: datetime | None = None,
    ) -> ParsedFeed: ...


@dataclass(frozen=True, slots=True)
class FeedTester:
    """Asks and judges feeds as they are `now`."""

    asker: Asker
    parser: Parser
    now: datetime

    def each(self, feeds: Sequence[FeedToTry]) -> Iterator[FeedTrial]:
        """All of them side by side, each as soon as it is known. A feed that fails is a trial with an error."""
        answers = self.asker.ask([FetchRequest(feed.name, feed.url) for feed in feeds])
        asked = dict(zip(answers, feeds, strict=True))
        for answer in as_completed(answers):
            outcome = answer.result()
            if isinstance(outcome, FeedError):
                yield FeedTrial(asked[answer], error=outcome)
                continue
            yield self._judged(asked[answer], outcome)
            self.asker.taken()

    def one(self, feed: FeedToTry) -> FeedTrial:
        """One of them."""
        (trial,) = self.each([feed])
        return trial

    def _judged(self, feed: FeedToTry, answer: FetchResult) -> FeedTrial:
        bare, size = replace(answer, body=b""), len(answer.body)
        try:
            parsed = self.parser.parse(
                answer.body,
                url=answer.final_url,
                content_type=answer.content_type,
                zone=feed.zone or "UTC",
                tz_names=feed.tz_names,
                encoding=feed.encoding or None,
                now=self.now,
            )
        except FeedError as error:
            page = None
            if error.kind == "not_a_feed":
                page = read_web_page(answer.body, answer.content_type, answer.final_url)
            return FeedTrial(feed, bare, size, error=error, page=page)
        return FeedTrial(feed, bare, size, parsed, appraise(parsed, self.now))

    def customary(self, page: FeedTrial) -> FeedTrial | None:
        """The first feed at the addresses where sites customarily have one, asked one after the other; None if there is none. page:
        the trial of the web page that announces none."""
        assert page.answer is not None
        for url in customary_addresses(page.answer.final_url):
            trial = self.one(replace(page.feed, url=url))
            if trial.parsed is not None:
                return trial
        return None

    def by_https(self, trial: FeedTrial) -> FeedTrial | None:
        """The same feed by https; None if it is asked so already, or the server has not the same one there."""
        twin = https_twin(trial.address)
        if twin is None or trial.parsed is None:
            return None
        other = self.one(replace(trial.feed, url=twin))
        same = other.parsed is not None and other.parsed.title == trial.parsed.title
        return other if same and address_key(other.address) == address_key(trial.address) else None


@contextmanager
def feed_tester(settings: Settings, now: datetime) -> Iterator[FeedTester]:
    """One with the limits of [poll], which asks as a poll would: within the same bounds, and no address that a poll would not."""
    with Fetcher(fetch_limits(settings), unread=UNREAD) as fetcher, ParseWorker() as worker:
        yield FeedTester(fetcher, worker, now)
