"""T1, ingest: one poll of one feed into the database, in one transaction.

Validators, entries, texts, stories, signals and review requests commit together, so a poll is either stored or fetched
again. A story on which the matcher fails is stored, and recorded as a problem.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from monitor.domain.intake import Intake, IntakePorts
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.feed_health import rhythm_after
from monitor.domain.model import Entry
from monitor.domain.model.news import ConfiguredFeed
from monitor.domain.reading.join import join
from monitor.errors import FeedError
from monitor.pipeline.apply_readings import deals_to_read
from monitor.store import Connection, Store, feeds, reading_store
from monitor.store.intake_shelf import SqlShelf, StoryCache
from monitor.store.rows import save_rows
from monitor.store.tables import FeedState

STEP_SECONDS = 2.0
"""How long one step may take entries of one document, an estimate: meanwhile no other feed is stored. At 5 ms an entry
a step has room for any usual document."""
Also = Callable[[Connection], object]
"""Writes more in the transaction of a poll."""


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A poll with a new document. permanent_url: target of a permanent redirect; whole: asked unconditionally."""

    entries: tuple[Entry, ...]
    etag: str = ""
    last_modified: str = ""
    permanent_url: str | None = None
    body_hash: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Results of one poll. gap: no entry was known, though the feed has had news before, so entries may be lost. left:
    entries that wait for the next step."""

    feed: str
    new: int = 0
    revised: int = 0
    outlets: int = 0
    withdrawn: int = 0
    known: int = 0
    signals: int = 0
    backfill: bool = False
    gap: bool = False
    problems: tuple[str, ...] = ()
    error: str = ""
    left: int = 0

    def after(self, earlier: IngestReport) -> IngestReport:
        """The report of all steps so far, this one the last. It knew the entries that earlier steps took."""
        names = ("new", "revised", "outlets", "withdrawn", "signals")
        sums = {name: getattr(self, name) + getattr(earlier, name) for name in names}
        known = self.known - earlier.new - earlier.revised - earlier.outlets - earlier.withdrawn
        problems = tuple(dict.fromkeys(earlier.problems + self.problems))
        return replace(self, **sums, known=known, problems=problems, gap=earlier.gap and known == 0)


def ingest(
    store: Store,
    rulebook: Rulebook,
    feed: ConfiguredFeed,
    document: FetchedDocument,
    now: datetime,
    *,
    recent: StoryCache | None = None,
    before: FeedState | None = None,
    next_poll: datetime | None = None,
    reader: bool = False,
    also: Also | None = None,
    step_s: float = STEP_SECONDS,
) -> IngestReport:
    """Store a poll that brought a document. Raises StoreError. next_poll: one interval from `now` by default; reader:
    whether a model reads, so that texts near the deal are queued for it; also: writes more in the same transaction.
    `recent` and `before` (the feed's state at the time of the poll) only save queries.

    After `step_s` seconds the rest of the document is left: pass it again. Until nothing is left, its validators are
    not stored, so that it is fetched whole after a crash, and a first document stays one.
    """
    recent, until = recent or StoryCache(), time.monotonic() + step_s
    with recent.kept(), store.begin() as conn:
        polled = before or feeds.states(conn, [feed.name]).get(feed.name)
        before = polled or FeedState(name=feed.name, url=feed.url)
        shelf, backfill = SqlShelf(conn, recent), before.first_ok_at is None
        ports = IntakePorts(
            shelf,
            lambda story, rules: join(story, rules, reading_store.of_text(conn, story.revision)).signals,
            partial(deals_to_read, conn, rulebook) if reader else None,
            lambda: time.monotonic() > until,
        )
        changes = Intake(rulebook, ports, now, feed.name, backfill).take(document.entries)
        problems, counts = shelf.put(changes, now), changes.counts
        # What has no date is of the day of its first sight.
        dated = (entry.published or now for entry in document.entries if entry.published or counts["new"])
        dates = [min(at, now) for at in dated]
        newest_at, usual_gap = rhythm_after(before.newest_at, before.usual_gap, dates)
        empty_since, moved = None if document.entries else before.empty_since or now, {}
        if changes.left:
            document = FetchedDocument(())
        else:
            # At the first sight nothing can be known yet.
            target = "" if backfill else document.permanent_url or ""
            moved = feeds.after_move(before, feed.url, target, known=counts["known"] >= max(1, counts["new"]))
        state = feeds.after_poll(
            before,
            now,
            next_poll_at=next_poll or now + timedelta(seconds=feed.interval),
            url=feed.url,
            etag=document.etag,
            last_modified=document.last_modified,
            body_hash=document.body_hash,
            first_ok_at=before.first_ok_at or (None if changes.left else now),
            new_at=now if counts["new"] > 0 else before.new_at,
            whole_at=now if document.whole else before.whole_at,
            empty_since=empty_since,
            newest_at=newest_at,
            usual_gap=usual_gap,
            **moved,
        )
        save_rows(conn, state)
        if also is not None:
            also(conn)
        kinds = ("new", "revised", "outlet", "withdrawn", "known")
        new, revised, outlets, withdrawn, known = (counts[kind] for kind in kinds)
        signals, gap = len(changes.signals), before.new_at is not None and new > 0 and known == 0
        report = IngestReport(feed.name, new, revised, outlets, withdrawn, known, signals, backfill, gap, problems)
        return replace(report, left=changes.left)


@dataclass(frozen=True, slots=True)
class PollWithoutDocument:
    """A poll that failed or brought nothing new. before: the feed's state then; next_poll: one interval from now.
    permanent_url, whole: as in FetchedDocument."""

    feed: ConfiguredFeed
    error: FeedError | None
    before: FeedState | None
    next_poll: datetime | None = None
    permanent_url: str | None = None
    whole: bool = False


def record_without_document(
    store: Store, polls: Sequence[PollWithoutDocument], now: datetime, also: Also | None = None
) -> list[IngestReport]:
    """Store the outcomes of polls without a document in one transaction: a commit costs more than such a poll, and
    polls lost in a crash are repeated. also: as in `ingest`. Raises StoreError."""
    reports, states = [], []
    for poll in polls:
        feed = poll.feed
        when = poll.next_poll or now + timedelta(seconds=feed.interval)
        before = poll.before or FeedState(name=feed.name, url=feed.url)
        changes: dict[str, Any] = {"whole_at": now} if poll.whole else {}
        if poll.error is None:  # the same document as before
            changes |= feeds.after_move(before, feed.url, poll.permanent_url or "", known=True)
        states.append(feeds.after_poll(before, now, poll.error, next_poll_at=when, url=feed.url, **changes))
        reports.append(IngestReport(feed.name, error=str(poll.error or "")))
    with store.begin() as conn:
        save_rows(conn, *states)
        if also is not None:
            also(conn)
    return reports
