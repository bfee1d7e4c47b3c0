"""Polls feeds: `Poller` for as long as the program runs, each feed by its own clock; `poll` for one round. A thread
with an event loop fetches, two threads parse, and one stores the results."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import Self, TypeAlias

from monitor.config import FeedSettings, Settings
from monitor.domain.stories.provenance import with_publisher
from monitor.errors import FeedError
from monitor.feeds.fetch import Answer, Fetcher, FetchLimits, FetchRequest, FetchResult
from monitor.feeds.items import ParsedFeed
from monitor.feeds.known_items import parse_new_items
from monitor.feeds.schedule import longest_wait, next_poll
from monitor.feeds.worker import ParseWorker
from monitor.long_work import long_work
from monitor.pipeline import ingest
from monitor.pipeline.ingest import STEP_SECONDS, FetchedDocument, IngestReport, PollWithoutDocument
from monitor.runtime.app import App, log
from monitor.runtime.session import able_sources
from monitor.store import feeds as feed_store
from monitor.store.tables import FeedState

UNREAD_DOCUMENTS = 64
"""Fetched documents that may wait for a parser, an estimate: at the usual 50 kB they take three megabytes."""
HEAVY_PARSE_SECONDS = 1.0
"""A document that takes longer to parse, two hundred times the usual, gets its own parser next time: an estimate."""
STOP_SECONDS = 2.0
"""How long `close` waits for a running write: with the scheduler's wait, within the ten seconds of `docker stop`."""
STOP_CHECK_SECONDS = 0.2
"""Between two checks of `app.stop` in a single round."""
MOST_STEPS = 2
"""Steps that one poll gives a document: 800 usual items, or four seconds of hostile ones."""
CLAIM = timedelta(seconds=60)
"""How long a worker keeps a feed that it polls; after that, others poll it. An estimate: longer than a request."""
READ_STEP = timedelta(minutes=5)
"""Between two records that sources answered, an estimate: exact enough, and it saves a commit for each poll."""
WHOLE_EVERY = timedelta(days=1)
"""Between two unconditional requests for a feed."""
MAX_CONNECT_SECONDS = 10.0
"""An estimate: connections rarely succeed after that."""

_Outcome: TypeAlias = FetchResult | FeedError | FetchedDocument


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed to poll, with its state before; None: it was never polled. url: the address asked; whole: asked
    unconditionally. taken: the report of the steps in which a part of its document was taken, `steps` of them."""

    feed: FeedSettings
    before: FeedState | None
    url: str
    whole: bool
    taken: IngestReport | None = None
    steps: int = 0

    @classmethod
    def of(cls, feed: FeedSettings, before: FeedState | None, now: datetime) -> DueFeed:
        """Unconditionally the first time at an address, and once a day: some servers answer "unchanged" for ever.

        A feed that has moved is asked at its new address. Once a day, and after every second failure, the configured
        one is asked, which shows whether the move still holds."""
        if before is None or before.url != feed.url:
            return cls(feed, before, feed.url, whole=True)
        whole = before.whole_at is None or not timedelta(0) <= now - before.whole_at < WHOLE_EVERY
        old = (whole and not before.failures) or (before.failures > 0 and before.failures % 2 == 0)
        return cls(feed, before, feed.url if old else before.adopted or feed.url, whole)

    def permanent(self, result: FetchResult) -> str | None:
        """Where the feed is now, by permanent redirects of this answer or of earlier ones; None: where it was."""
        return result.permanent_url or (self.url if self.url != self.feed.url else None)


def fetch_limits(settings: Settings) -> FetchLimits:
    """The section [poll] as limits of a fetcher."""
    poll = settings.poll
    return FetchLimits(
        max_bytes=poll.max_bytes,
        total_s=poll.total_seconds,
        connect_s=min(poll.timeout_seconds, MAX_CONNECT_SECONDS),
        read_s=poll.timeout_seconds,
        per_host=poll.per_host,
        at_once=poll.concurrency,
        allow_private=poll.allow_private_addresses,
        user_agent=poll.user_agent,
    )


def poll(app: App, parser: ParseWorker, *, everything: bool = False) -> list[IngestReport]:
    """Poll every feed that is due (everything: every feed) and store the results in the order of the feeds. A feed that
    fails affects only itself. Ends early when `app.stop` is set. Raises StoreError."""
    with Poller(app, parser, unread=None) as poller:
        return poller.poll_once(everything=everything)


class Poller(AbstractContextManager["Poller"]):
    """Polls feeds while it is open. A feed in progress (being fetched, parsed or stored) is not polled again. Answers
    without a document that arrive during a write share the next transaction. A document that takes long to parse does
    not delay the others, and one whose items take long to match is taken in steps. parser: one to use and leave open;
    None: one of its own. unread: see `Fetcher`. heavy_s: the parse time in seconds from which a document gets a parser
    apart. step_s: the seconds of one step."""

    def __init__(
        self,
        app: App,
        parser: ParseWorker | None = None,
        *,
        unread: int | None = UNREAD_DOCUMENTS,
        heavy_s: float = HEAVY_PARSE_SECONDS,
        step_s: float = STEP_SECONDS,
    ) -> None:
        self._app, self._heavy_s, self._step_s = app, heavy_s, step_s
        self._fetcher = Fetcher(fetch_limits(app.settings), unread=unread)
        self._parser, self._heavy_parser = parser or ParseWorker(), ParseWorker()
        self._own_parsers = [self._heavy_parser] if parser else [self._parser, self._heavy_parser]
        self._parsing, self._heavy_parsing = ThreadPoolExecutor(1, "parse"), ThreadPoolExecutor(1, "parse heavy")
        self._arrived: SimpleQueue[tuple[DueFeed, _Outcome] | None] = SimpleQueue()
        self._storing = Thread(target=self._store_arrivals, name="store answers", daemon=True)
        self._asked: set[str] = set()
        """The feeds in progress."""
        self._heavy: set[str] = set()
        """The feeds whose last document took long to parse; empty at a start."""
        self._unread: set[str] = set()
        """The feeds in progress that occupy one of UNREAD_DOCUMENTS."""
        self._reports: dict[str, IngestReport] = {}
        self._ended = Event()
        self.settled = Event()
        """Set when results have been stored, or could not be; the waiting thread clears it."""
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        app, now = self._app, self._app.clock()
        with app.store.begin() as conn:
            states, unplanned = feed_store.states(conn), dict[str, FeedState | None]()
            for feed in app.feeds():
                state = states.get(feed.name)
                at = state.next_poll_at if state is not None and state.url == feed.url else None
                # Never polled at this address, or planned by a clock that was ahead.
                if state is None or at is None or at > now + longest_wait(feed.interval, state.error_kind):
                    unplanned[feed.name] = state
            feed_store.plan(conn, unplanned, now)
        self._fetcher.__enter__()
        self._storing.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Cancel everything in progress but a running write, and wait for that, at most STOP_SECONDS."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._fetcher.close()
        for threads in (self._parsing, self._heavy_parsing):
            threads.shutdown(wait=False, cancel_futures=True)
        for parser in self._own_parsers:
            parser.stop()
        self._arrived.put(None)
        self._storing.join(STOP_SECONDS)

    def poll_due(self) -> None:
        """Start to poll the feeds that are due. Raises the error of a result that could not be stored since then."""
        for due, answer in self._requested():
            answer.add_done_callback(partial(self._answered, due))
        self._raise_failure()

    def poll_all_now(self) -> None:
        """Let every feed that is not in progress be due, after the clock was set: a server's date shows which time is
        right."""
        with self._app.store.begin() as conn:
            states = feed_store.states(conn)
            feed_store.plan(conn, {name: states[name] for name in states.keys() - self._asked}, self._app.clock())

    def _answered(self, due: DueFeed, answer: Answer) -> None:
        """Called in the fetcher's thread, which must not wait."""
        self._arrived.put((due, answer.result()))

    def poll_once(self, *, everything: bool) -> list[IngestReport]:
        """Poll the feeds that are due, or every feed, and wait for the results. Raises StoreError."""
        stop, requested = self._app.stop, self._requested(everything=everything)
        with long_work("polling", len(requested), "feeds") as step:
            waiting = [answer for _, answer in requested]
            while waiting and not stop.is_set():
                waiting = list(wait(waiting, timeout=STOP_CHECK_SECONDS).not_done)
                step(len(requested) - len(waiting))
            # Stored in the order of the feeds, so the same answers give the same stories.
            for due, answer in requested if not stop.is_set() else ():
                self._answered(due, answer)
            while len(self._reports) < len(requested) and not stop.is_set():
                self.settled.wait(STOP_CHECK_SECONDS)
                self.settled.clear()
                self._raise_failure()
        names = [due.feed.name for due, _ in requested]
        return [self._reports.pop(name) for name in names if name in self._reports]

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _requested(self, *, everything: bool = False) -> list[tuple[DueFeed, Answer]]:
        """Fetch the feeds that are due. Requests to one aggregator are spaced."""
        app, now = self._app, self._app.clock()
        with app.store.read() as conn:
            planned = feed_store.due(conn, now)
        feeds = [f for f in app.feeds() if f.name not in self._asked and (everything or f.name in planned)]
        if not feeds or self._ended.is_set():
            return []
        delays = {feed.name: app.turns.wait(feed.url) for feed in feeds if feed.aggregator}
        if app.store.shared:
            taken = self._claim([feed.name for feed in feeds], delays, now)
            feeds = [feed for feed in feeds if feed.name in taken]
        with app.store.read() as conn:
            states = feed_store.states(conn, [feed.name for feed in feeds])
        due = [DueFeed.of(feed, states.get(feed.name), now) for feed in feeds]
        requests, headers = [], app.settings.feed_headers
        for each in due:
            self._asked.add(each.feed.name)
            name, state, home = each.feed.name, each.before, each.feed.url if each.url != each.feed.url else ""
            etag, modified = (state.etag, state.last_modified) if state is not None and not each.whole else ("", "")
            delay = delays.get(name, 0.0)
            requests.append(FetchRequest(name, each.url, etag, modified, headers.get(name, {}), home, delay))
        return list(zip(due, self._fetcher.fetch(requests), strict=True))

    def _claim(self, names: Sequence[str], delays: Mapping[str, float], now: datetime) -> set[str]:
        """Take these feeds in a fleet; returns those that no other worker has taken. delays: seconds until a feed is
        asked."""
        taken, by_delay = set[str](), defaultdict[float, list[str]](list)
        for name in names:
            by_delay[delays.get(name, 0.0)].append(name)
        for delay, group in by_delay.items():
            with self._app.store.begin(alone=False) as conn:
                taken |= feed_store.claim(conn, group, now, now + CLAIM + timedelta(seconds=delay))
        return taken

    def _store_arrivals(self) -> None:
        """Process all that has arrived, again and again until the end. Polls without a document share a transaction."""
        while True:
            batch = [self._arrived.get()]
            while not self._arrived.empty():
                batch.append(self._arrived.get())
            if self._ended.is_set():
                return
            polls = []
            for due, outcome in filter(None, batch):
                try:
                    poll = self._take(due, outcome)
                except Exception as error:  # noqa: BLE001 - the feed is polled again, and the job reports it
                    self._settle([due.feed.name], error)
                    continue
                if poll is not None:
                    polls.append(poll)
            if not polls:
                continue
            try:
                app, now = self._app, self._app.clock()
                also = _read_record(app, [poll.feed.name for poll in polls if poll.error is None])
                reports = ingest.record_without_document(app.store, polls, now, also)
                app.read_at = now if also is not None else app.read_at
                self._reports |= {report.feed: report for report in reports}
            except Exception as error:  # noqa: BLE001 - the feeds are polled again, and the job reports it
                self._settle([each.feed.name for each in polls], error)
                continue
            for feed, failure in ((poll.feed, poll.error) for poll in polls if poll.error is not None):
                log.warning("feed failed", feed=feed.name, kind=failure.kind, error=str(failure))
            self._settle([each.feed.name for each in polls])

    def _take(self, due: DueFeed, outcome: _Outcome) -> PollWithoutDocument | None:
        """Store a parsed document, or send a new one to a parser. Returns a poll without a document."""
        if isinstance(outcome, FetchResult):
            self._app.hear(outcome.date)
        name, error = due.feed.name, outcome if isinstance(outcome, FeedError) else None
        failures = (due.before.failures if due.before else 0) + 1 if error else 0
        planned = partial(next_poll, due.feed.interval, failures, error, self._app.clock(), self._app.chance)
        if isinstance(outcome, FetchedDocument):
            when = planned()
            report = take_document(self._app, due, outcome, when, step_s=self._step_s)
            if report.left:  # what else has arrived goes first
                self._arrived.put((replace(due, before=None, taken=report, steps=due.steps + 1), outcome))
                return None
            self._reports[name] = report
            self._settle([name])
            return None
        if isinstance(outcome, FetchResult):
            if outcome.body:
                self._unread.add(name)
            # The same bytes as the last time are not parsed.
            digest = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
            if outcome.status == 200 and (due.before is None or due.before.body_hash != digest):
                parsing = self._heavy_parsing if name in self._heavy else self._parsing
                with suppress(RuntimeError):  # the executor is closed
                    parsing.submit(self._parse, due, outcome, digest)
                return None
        place = due.permanent(outcome) if isinstance(outcome, FetchResult) else None
        return PollWithoutDocument(due.feed, error, due.before, planned(), place, due.whole)

    def _parse(self, due: DueFeed, outcome: FetchResult, digest: str) -> None:
        """In a parser's thread: parse a document and send it, or its error, to be stored."""
        if self._ended.is_set():
            return
        app, feed, began = self._app, due.feed, time.monotonic()
        name, now = feed.name, app.clock()
        heavy = name in self._heavy
        parser = self._heavy_parser if heavy else self._parser

        def parse(body: bytes, content_type: str | None) -> ParsedFeed:
            return parser.parse(body, url=feed.url, content_type=content_type, zone=feed.zone, now=now)

        answer: FetchedDocument | FeedError
        try:
            last = due.before.body_hash if due.before is not None else ""
            known_hash, known = app.known_items.pop(name, ("", None))
            known = known if known_hash == last else None  # another worker has read a document since
            parsed, known = parse_new_items(parse, outcome.body, outcome.content_type, known, now)
            if known is not None:
                app.known_items[name] = digest, known
            told, publishers = parsed.told(feed.lang), app.rulebook.publishers
            entries = tuple(with_publisher(entry, feed, publishers) for entry in told)
            etag, modified = (value or "" for value in (outcome.etag, outcome.last_modified))
            answer = FetchedDocument(entries, etag, modified, due.permanent(outcome), digest, due.whole)
        except FeedError as error:
            answer = error
        except Exception as error:  # noqa: BLE001 - the feed is polled again, and the job reports it
            self._settle([name], error)
            return
        if time.monotonic() - began > self._heavy_s:
            self._heavy.add(name)
        else:
            self._heavy.discard(name)
        if heavy:
            self._heavy_parser.close()  # rarely needed, so its memory is released
        self._arrived.put((due, answer))

    def _settle(self, names: Collection[str], failure: Exception | None = None) -> None:
        """The polls of these feeds are stored with their next ones, or could not be, and the feeds are due again."""
        self._failure = failure or self._failure
        for name in names:
            if name in self._unread:
                self._unread.remove(name)
                self._fetcher.taken()
            self._asked.discard(name)
        self.settled.set()


def take_document(
    app: App, due: DueFeed, document: FetchedDocument, when: datetime, *, step_s: float = STEP_SECONDS
) -> IngestReport:
    """Ingest a document, or a part of it, and log what it brought. when: the next poll. Raises StoreError."""
    feed = due.feed
    with app.steady:
        also, now = _read_record(app, [feed.name]), app.clock()
        store = partial(ingest.ingest, app.store, app.rulebook, feed, document, now, step_s=step_s)
        report = store(recent=app.recent, before=due.before, next_poll=when, reader=app.asks_model, also=also)
        app.read_at = now if also is not None else app.read_at
    if due.taken is not None:
        report = report.after(due.taken)
    if report.left and due.steps + 1 < MOST_STEPS:
        return report
    if report.left:
        log.warning("document takes long: the rest is read at the next poll", feed=feed.name, left=report.left)
        report = replace(report, left=0, gap=False)  # what is left may be known
    if report.new or report.revised or report.withdrawn:
        counts = {name: getattr(report, name) for name in ("new", "revised", "outlets", "signals", "backfill")}
        log.info("feed read", feed=feed.name, **counts)
    if report.gap:
        log.warning("entries may have been missed: nothing in the feed was known", feed=feed.name)
    for problem in report.problems:
        story, _, error = problem.partition(": ")
        log.error("story set aside", feed=feed.name, story=story, error=error)
    return report


def _read_record(app: App, answered: Sequence[str]) -> ingest.Also | None:
    """Records that these feeds answered; None if none could report a change, or within READ_STEP of the last record."""
    now = app.clock()
    if app.read_at is not None and now - app.read_at < READ_STEP:
        return None
    able = able_sources(app)
    if set(able).isdisjoint(answered):
        return None
    return partial(feed_store.note_read, sources=able, policy=app.rulebook.policy, now=now)
