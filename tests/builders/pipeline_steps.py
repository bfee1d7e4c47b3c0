"""Polls and reviews of a small deal on one database, step by step."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.config import FeedSettings
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry, Route, Severity, Transition
from monitor.domain.verdicts.review_requests import VerdictRecord
from monitor.pipeline import review
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.pipeline.review import ReviewReport
from monitor.store import Store, verdict_records
from monitor.store import outbox as outbox_store
from tests.builders.databases import ask, later, polled_feed

HERALD = polled_feed("herald", "https://herald.example/rss", "Herald Wire", 600)
MINISTRY = polled_feed("ministry", "https://ministry.example/rss", "Ministry", 600)
DESK = Route("desk", "slack", "C1", least_severity=Severity.ROUTINE)


@dataclass(slots=True)
class Monitor:
    """Polls and reviews on one database."""

    store: Store
    rules: Rulebook
    routes: tuple[Route, ...] = (DESK,)
    number: int = 0

    def news(self, title: str, now: datetime, feed: FeedSettings = HERALD) -> None:
        self.number += 1
        self.poll(now, self.entry(title, self.number, now, feed), feed=feed)

    def entry(self, title: str, number: int, now: datetime, feed: FeedSettings = HERALD) -> Entry:
        url = feed.url.replace("rss", str(number))
        return Entry(f"guid-{number}", title, url, now - timedelta(minutes=1), "", feed.publisher)

    def poll(self, now: datetime, *entries: Entry, feed: FeedSettings = HERALD) -> None:
        ingest(self.store, self.rules, feed, FetchedDocument(entries), now)

    def review(self, now: datetime, *, settled: bool = False) -> ReviewReport:
        return review.review(self.store, self.rules, self.routes, now, settled=settled)

    def begin(self) -> None:
        """A monitor that has seen its feeds and published its baselines."""
        self.poll(later(days=-1))
        self.poll(later(days=-1), feed=MINISTRY)
        self.review(later(days=-1))

    def published(self, commitment: str = "soy") -> VerdictRecord:
        return ask(self.store, verdict_records.verdict_records)[commitment]

    def transitions(self) -> tuple[Transition, ...]:
        return ask(self.store, verdict_records.transitions)

    def rows(self) -> list[str]:
        return [f"{row.commitment} {row.state}" for row in ask(self.store, outbox_store.items)]
