"""Poll the feeds that are due: fetch, parse, ingest, and note how each answered."""

from __future__ import annotations

import hashlib

from monitor.config import FeedSettings, Settings
from monitor.errors import FeedError
from monitor.feeds.fetch import FetchLimits, FetchRequest, FetchResult, fetch_many
from monitor.feeds.schedule import needs_full_fetch, next_poll
from monitor.feeds.worker import ParseWorker
from monitor.pipeline import ingest
from monitor.pipeline.ingest import FetchedDocument, IngestReport, NotModified
from monitor.runtime.app import App, log
from monitor.store import feeds as feed_store
from monitor.store.tables import FeedState

REDIRECTS_BEFORE_MOVED = 3
"""So many polls in a row must find the same permanent redirect before the new address is asked directly."""


def poll(app: App, worker: ParseWorker, *, everything: bool = False) -> list[IngestReport]:
    """Asks every feed that is due (or all) and stores what came; a feed that fails stops only itself."""
    due = due_feeds(app, everything=everything)
    with app.store.read() as conn:
        states = feed_store.states(conn)
    requests = [_fetch_request(app, feed, states.get(feed.name)) for feed in due]
    outcomes = fetch_many(requests, fetch_limits(app.settings), stop=app.stop)
    reports = []
    for feed, outcome in zip(due, outcomes, strict=True):
        if app.stop.is_set():
            break
        reports.append(_store_outcome(app, worker, feed, outcome, states.get(feed.name)))
    return reports


def due_feeds(app: App, *, everything: bool = False) -> tuple[FeedSettings, ...]:
    feeds = app.feeds()
    if everything:
        return feeds
    with app.store.read() as conn:
        waiting = feed_store.not_due(conn, [feed.name for feed in feeds], app.clock())
    return tuple(feed for feed in feeds if feed.name not in waiting)


def fetch_limits(settings: Settings) -> FetchLimits:
    poll = settings.poll
    return FetchLimits(
        max_bytes=poll.max_bytes, total_s=poll.total_seconds, read_s=poll.timeout_seconds,
        connect_s=min(poll.timeout_seconds, 10.0), per_host=poll.per_host, at_once=poll.concurrency,
        allow_private=poll.allow_private_addresses, user_agent=poll.user_agent,
    )  # fmt: skip


def _fetch_request(app: App, feed: FeedSettings, state: FeedState | None) -> FetchRequest:
    """Conditional, but for the first time at an address and once a day: some servers answer "unchanged" for ever."""
    if state is None or state.url != feed.url:
        return FetchRequest(feed.name, feed.url)
    url = state.moved_to if state.moved_to and state.moved_polls >= REDIRECTS_BEFORE_MOVED else feed.url
    if needs_full_fetch(app.whole.setdefault(feed.name, app.clock()), app.clock()):
        app.whole[feed.name] = app.clock()
        return FetchRequest(feed.name, url)
    return FetchRequest(feed.name, url, state.etag or None, state.last_modified or None)


def _store_outcome(
    app: App, worker: ParseWorker, feed: FeedSettings, outcome: FetchResult | FeedError,
    state: FeedState | None,
) -> IngestReport:  # fmt: skip
    found = _parse_response(app, worker, feed, outcome, state)
    error = found if isinstance(found, FeedError) else None
    failures = (state.failures if state else 0) + 1 if error else 0
    when = next_poll(feed.interval, failures, error, app.clock(), app.chance)
    with app.steady:
        report = ingest.ingest(app.store, app.rulebook, feed, found, app.clock(), recent=app.recent, next_poll=when)
    _log(feed, report, error)
    return report


def _parse_response(
    app: App, worker: ParseWorker, feed: FeedSettings, outcome: FetchResult | FeedError,
    state: FeedState | None,
) -> FetchedDocument | NotModified | FeedError:  # fmt: skip
    """The answer parsed; bytes that are the same as last time are not parsed again."""
    if isinstance(outcome, FeedError):
        return outcome
    digest = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
    if outcome.status == 304 or (state is not None and state.body_hash == digest):
        return NotModified()
    try:
        parsed = worker.parse(
            outcome.body, url=feed.url, content_type=outcome.content_type, zone=feed.zone, tz_names=feed.tz_names,
            encoding=feed.encoding or None, now=app.clock(),
        )  # fmt: skip
    except FeedError as error:
        return error
    entries = parsed.as_entries(feed.publisher, zone=feed.zone, lang=feed.lang)
    return FetchedDocument(entries, outcome.etag or "", outcome.last_modified or "", outcome.permanent_url, digest)


def _log(feed: FeedSettings, report: IngestReport, error: FeedError | None) -> None:
    if error is not None:
        log.warning("feed failed", feed=feed.name, kind=error.kind, error=str(error))
        return
    if report.new or report.revised or report.withdrawn:
        log.info(
            "feed read", feed=feed.name, new=report.new, revised=report.revised, outlets=report.outlets,
            signals=report.signals, backfill=report.backfill,
        )  # fmt: skip
    if report.gap:
        log.warning("entries may have been missed: nothing in the feed was known", feed=feed.name)
    for problem in report.problems:
        log.error("story set aside", feed=feed.name, problem=problem)
