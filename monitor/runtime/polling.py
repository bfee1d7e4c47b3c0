"""Poll the feeds that are due: fetch, parse, ingest, and note how each answered."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial

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
"""How many polls in a row must find the same permanent redirect before the new address is asked directly, an estimate: one
may be a slip of the server."""
MAX_CONNECT_SECONDS = 10.0
"""An estimate: a connection that takes longer does not come about."""


def poll(app: App, worker: ParseWorker, *, everything: bool = False) -> list[IngestReport]:
    """Ask every feed that is due (everything: every feed) and store what came; a feed that fails stops only itself.

    1. Choose the feeds that are due.
    2. Fetch them side by side, each conditionally where it has been read before.
    3. Parse each answer, unless it is what we had.
    4. Ingest it, with the moment of the next poll, and log what it brought.
    """
    due = due_feeds(app, everything=everything)
    with app.store.read() as conn:
        states = feed_store.states(conn)
    requests = [_fetch_request(app, feed, states.get(feed.name)) for feed in due]
    outcomes = fetch_many(requests, fetch_limits(app.settings), stop=app.stop)
    reports = []
    for feed, outcome in zip(due, outcomes, strict=True):
        if app.stop.is_set():
            break
        state = states.get(feed.name)
        answer = _parse_response(app, worker, feed, outcome, state)
        error = answer if isinstance(answer, FeedError) else None
        failures = (state.failures if state else 0) + 1 if error else 0
        when = next_poll(feed.interval, failures, error, app.clock(), app.chance)
        with app.steady:
            now, recent = app.clock(), app.recent
            report = ingest.ingest(app.store, app.rulebook, feed, answer, now, recent=recent, next_poll=when)
        reports.append(report)
        if error is not None:
            log.warning("feed failed", feed=feed.name, kind=error.kind, error=str(error))
            continue
        if report.new or report.revised or report.withdrawn:
            counts = {name: getattr(report, name) for name in ("new", "revised", "outlets", "signals", "backfill")}
            log.info("feed read", feed=feed.name, **counts)
        if report.gap:
            log.warning("entries may have been missed: nothing in the feed was known", feed=feed.name)
        for problem in report.problems:
            log.error("story set aside", feed=feed.name, problem=problem)
    return reports


def due_feeds(app: App, *, everything: bool = False) -> tuple[FeedSettings, ...]:
    """The feeds to poll now. everything: whether due or not."""
    feeds = app.feeds()
    if everything:
        return feeds
    with app.store.read() as conn:
        waiting = feed_store.not_due(conn, [feed.name for feed in feeds], app.clock())
    return tuple(feed for feed in feeds if feed.name not in waiting)


def fetch_limits(settings: Settings) -> FetchLimits:
    """The section [poll] as the limits of a batch."""
    poll = settings.poll
    connect = min(poll.timeout_seconds, MAX_CONNECT_SECONDS)
    limits = FetchLimits(poll.max_bytes, poll.total_seconds, connect, poll.timeout_seconds)
    limits = replace(limits, per_host=poll.per_host, at_once=poll.concurrency, user_agent=poll.user_agent)
    return replace(limits, allow_private=poll.allow_private_addresses)


def _fetch_request(app: App, feed: FeedSettings, state: FeedState | None) -> FetchRequest:
    """A conditional request, but for the first at an address and one a day: some servers answer "unchanged" for ever."""
    if state is None or state.url != feed.url:
        return FetchRequest(feed.name, feed.url)
    url = state.moved_to if state.moved_to and state.moved_polls >= REDIRECTS_BEFORE_MOVED else feed.url
    if needs_full_fetch(app.whole.setdefault(feed.name, app.clock()), app.clock()):
        app.whole[feed.name] = app.clock()
        return FetchRequest(feed.name, url)
    return FetchRequest(feed.name, url, state.etag or None, state.last_modified or None)


def _parse_response(
    app: App, worker: ParseWorker, feed: FeedSettings, outcome: FetchResult | FeedError, state: FeedState | None
) -> FetchedDocument | NotModified | FeedError:
    """The answer parsed; bytes that are the same as last time are not parsed again."""
    if isinstance(outcome, FeedError):
        return outcome
    digest = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
    if outcome.status == 304 or (state is not None and state.body_hash == digest):
        return NotModified()
    try:
        parse = partial(worker.parse, zone=feed.zone, tz_names=feed.tz_names, encoding=feed.encoding or None)
        parsed = parse(outcome.body, url=feed.url, content_type=outcome.content_type, now=app.clock())
    except FeedError as error:
        return error
    entries = parsed.as_entries(feed.publisher, zone=feed.zone, lang=feed.lang)
    return FetchedDocument(entries, outcome.etag or "", outcome.last_modified or "", outcome.permanent_url, digest)
