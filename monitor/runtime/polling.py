"""One poll of the feeds that are due: whom to ask and how, what an answer is, and storing it.

`poll` is one round and ends when every feed has answered or failed. `monitor.runtime.poller` does the same for a program that
goes on, each feed by its own clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.config import FeedSettings
from monitor.errors import FeedError
from monitor.feeds.fetch import FetchRequest, FetchResult, fetch_many
from monitor.feeds.items import ParsedFeed
from monitor.feeds.known_items import parse_unknown
from monitor.feeds.schedule import needs_full_fetch, next_poll
from monitor.feeds.worker import ParseWorker
from monitor.long_work import counted
from monitor.pipeline import ingest, source_notices
from monitor.pipeline.ingest import FetchedDocument, IngestReport, NotModified, PollWithoutDocument
from monitor.runtime.app import App, log
from monitor.runtime.fetch_limits import fetch_limits
from monitor.runtime.session import able_sources
from monitor.store import feeds as feed_store
from monitor.store.tables import FeedState

REDIRECTS_BEFORE_MOVED = 3
"""How many polls in a row must find the same permanent redirect before the new address is asked directly, an estimate: one
may be a slip of the server."""
READ_STEP = timedelta(minutes=5)
"""Between two records that sources were read, an estimate: as exact as anybody asks, and it costs no commit a poll."""


@dataclass(frozen=True, slots=True)
class AskedFeed:
    """A feed that is asked, with its state before; None: it was never polled."""

    feed: FeedSettings
    before: FeedState | None


def poll(app: App, worker: ParseWorker, *, everything: bool = False) -> list[IngestReport]:
    """Ask every feed that is due (everything: every feed) and store what came; a feed that fails stops only itself.

    1. Choose the feeds that are due.
    2. Fetch them side by side, each conditionally where it has been read before.
    3. Parse each answer in the order of the feeds, unless it is what we had, and ingest what it brought.
    4. Record all polls that brought no document together.
    """
    asked, requests = requests_to(app, due_feeds(app, everything=everything))
    outcomes = fetch_many(requests, fetch_limits(app.settings), stop=app.stop)
    reports: dict[str, IngestReport] = {}
    without: list[PollWithoutDocument] = []
    for each, outcome in counted(zip(asked, outcomes, strict=True), "reading the answers", len(asked), "feeds"):
        if app.stop.is_set():
            return list(reports.values())
        answer: FetchResult | FetchedDocument | NotModified | FeedError = new_document(each, outcome)
        if isinstance(answer, FetchResult):
            answer = parse_document(app, worker, each, answer)
        if isinstance(answer, FetchedDocument):
            reports[each.feed.name] = take_document(app, each, answer, next_poll_of(app, each))
        else:
            without.append(poll_without_document(app, each, answer))
    reports |= {report.feed: report for report in record_polls(app, without)}
    return [reports[each.feed.name] for each in asked]


def due_feeds(app: App, *, everything: bool = False) -> tuple[FeedSettings, ...]:
    """The feeds to poll now. everything: whether due or not."""
    feeds = app.feeds()
    if everything:
        return feeds
    with app.store.read() as conn:
        planned = feed_store.next_polls(conn)
    now = app.clock()
    return tuple(feed for feed in feeds if planned.get(feed.name, now) <= now)


def requests_to(
    app: App, feeds: Sequence[FeedSettings], slow: Collection[str] = ()
) -> tuple[list[AskedFeed], list[FetchRequest]]:
    """These feeds with their states, and how to ask each. slow: the names of those whose last answer took long."""
    with app.store.read() as conn:
        states = feed_store.states(conn, [feed.name for feed in feeds])
    asked = [AskedFeed(feed, states.get(feed.name)) for feed in feeds]
    return asked, [_fetch_request(app, each, slow=each.feed.name in slow) for each in asked]


def _fetch_request(app: App, asked: AskedFeed, *, slow: bool) -> FetchRequest:
    """A conditional request, but for the first at an address and one a day: some servers answer "unchanged" for ever."""
    feed, state = asked.feed, asked.before
    if state is None:
        return FetchRequest(feed.name, feed.url)
    suspect = slow or state.failures > 0
    if state.url != feed.url:
        return FetchRequest(feed.name, feed.url, suspect=suspect)
    url = state.moved_to if state.moved_to and state.moved_polls >= REDIRECTS_BEFORE_MOVED else feed.url
    if needs_full_fetch(app.whole.setdefault(feed.name, app.clock()), app.clock()):
        app.whole[feed.name] = app.clock()
        return FetchRequest(feed.name, url, suspect=suspect)
    return FetchRequest(feed.name, url, state.etag or None, state.last_modified or None, suspect)


def new_document(asked: AskedFeed, outcome: FetchResult | FeedError) -> FetchResult | NotModified | FeedError:
    """The answer, if there is a document to parse in it: the same bytes as the last time are none."""
    if isinstance(outcome, FeedError):
        return outcome
    before = asked.before.body_hash if asked.before else ""
    return NotModified() if outcome.status == 304 or before == _body_hash(outcome) else outcome


def _body_hash(outcome: FetchResult) -> str:
    return hashlib.blake2b(outcome.body, digest_size=16).hexdigest()


def parse_document(
    app: App, worker: ParseWorker, asked: AskedFeed, outcome: FetchResult
) -> FetchedDocument | FeedError:
    """The document of an answer, parsed as far as its items are not known, or why it cannot be."""
    feed, now = asked.feed, app.clock()

    def parse(body: bytes, content_type: str | None, encoding: str | None) -> ParsedFeed:
        dated = partial(worker.parse, zone=feed.zone, tz_names=feed.tz_names, now=now)
        return dated(body, url=feed.url, content_type=content_type, encoding=encoding)

    known = app.known_items.pop(feed.name, None)
    try:
        parsed, known = parse_unknown(parse, outcome.body, outcome.content_type, feed.encoding or None, known, now)
    except FeedError as error:
        return error
    if known is not None:
        app.known_items[feed.name] = known
    entries = parsed.as_entries(feed.publisher, zone=feed.zone, lang=feed.lang)
    etag, modified = outcome.etag or "", outcome.last_modified or ""
    return FetchedDocument(entries, etag, modified, outcome.permanent_url, _body_hash(outcome))


def next_poll_of(app: App, asked: AskedFeed, error: FeedError | None = None) -> datetime:
    """When to ask the feed again, after an answer or a failure of now."""
    failures = (asked.before.failures if asked.before else 0) + 1 if error else 0
    return next_poll(asked.feed.interval, failures, error, app.clock(), app.chance)


def poll_without_document(app: App, asked: AskedFeed, outcome: NotModified | FeedError) -> PollWithoutDocument:
    """A poll that brings no document, with the moment of the next."""
    error = outcome if isinstance(outcome, FeedError) else None
    return PollWithoutDocument(asked.feed, outcome, asked.before, next_poll_of(app, asked, error))


def record_polls(app: App, polls: Sequence[PollWithoutDocument]) -> list[IngestReport]:
    """Store polls that bring no document, all at once, and log those that failed. Raises StoreError."""
    answered = [poll.feed.name for poll in polls if not isinstance(poll.outcome, FeedError)]
    also, now = _note_of(app, answered), app.clock()
    reports = ingest.record_without_document(app.store, polls, now, also) if polls else []
    app.read_at = now if also is not None else app.read_at
    for poll in polls:
        if isinstance(poll.outcome, FeedError):
            log.warning("feed failed", feed=poll.feed.name, kind=poll.outcome.kind, error=str(poll.outcome))
    return reports


def _note_of(app: App, answered: Sequence[str]) -> ingest.Also | None:
    """What records that these feeds answered: None if none of them could tell of a change, or the last record is newer than
    READ_STEP."""
    now = app.clock()
    if app.read_at is not None and now - app.read_at < READ_STEP:
        return None
    able = able_sources(app)
    if set(able).isdisjoint(answered):
        return None
    return partial(source_notices.note_read, sources=able, policy=app.rulebook.policy, now=now)


def take_document(app: App, asked: AskedFeed, document: FetchedDocument, when: datetime) -> IngestReport:
    """Ingest a document and log what it brought. when: the moment of the next poll. Raises StoreError."""
    feed = asked.feed
    with app.steady:
        also, now = _note_of(app, [feed.name]), app.clock()
        store = partial(ingest.ingest, app.store, app.rulebook, feed, document, now)
        report = store(recent=app.recent, before=asked.before, next_poll=when, reader=app.asks_model, also=also)
        app.read_at = now if also is not None else app.read_at
    if report.new or report.revised or report.withdrawn:
        counts = {name: getattr(report, name) for name in ("new", "revised", "outlets", "signals", "backfill")}
        log.info("feed read", feed=feed.name, **counts)
    if report.gap:
        log.warning("entries may have been missed: nothing in the feed was known", feed=feed.name)
    for problem in report.problems:
        story, _, error = problem.partition(": ")
        log.error("story set aside", feed=feed.name, story=story, error=error)
    return report
