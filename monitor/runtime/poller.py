"""Polling for as long as the program runs: each feed is asked by its own clock, and no feed waits for another.

The clock (`scheduler`) calls `Poller.ask_due`. A thread with an event loop asks, two threads parse, and one stores what came.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import Self, TypeAlias

from monitor.errors import FeedError
from monitor.feeds.fetch import Answer, Fetcher, FetchResult
from monitor.feeds.worker import ParseWorker
from monitor.pipeline.ingest import FetchedDocument, NotModified, PollWithoutDocument
from monitor.runtime import polling
from monitor.runtime.app import App
from monitor.runtime.fetch_limits import fetch_limits
from monitor.runtime.polling import AskedFeed
from monitor.store import feeds as feed_store

UNREAD_DOCUMENTS = 64
"""How many fetched documents may wait for a parser, an estimate: at the usual 50 kB they take three megabytes."""
HEAVY_PARSE_SECONDS = 1.0
"""An estimate: a document that takes longer to parse, two hundred times the usual, is parsed apart the next time."""
STOP_SECONDS = 2.0
"""How long the end waits for what is being stored: with what the scheduler waits, within the ten seconds of `docker stop`."""

_Outcome: TypeAlias = FetchResult | FeedError | FetchedDocument


class Poller(AbstractContextManager["Poller"]):
    """Polls feeds while it is open. A feed on its way (asked, being parsed, waiting to be stored) is not asked again.

    Answers that bring no document and come while others are being stored share the next transaction. A feed whose last answer
    was slow does not take the places of the others, nor a document that takes long to parse their parser. heavy_s: the seconds
    that make a document one of those.
    """

    def __init__(self, app: App, *, heavy_s: float = HEAVY_PARSE_SECONDS) -> None:
        self._app, self._heavy_s = app, heavy_s
        self._limits = fetch_limits(app.settings)
        self._fetcher = Fetcher(self._limits, unread=UNREAD_DOCUMENTS)
        self._parser, self._heavy_parser = ParseWorker(), ParseWorker()
        self._parsing, self._heavy_parsing = ThreadPoolExecutor(1, "parse"), ThreadPoolExecutor(1, "parse heavy")
        self._arrived: SimpleQueue[tuple[AskedFeed, _Outcome] | None] = SimpleQueue()
        self._storing = Thread(target=self._store_arrivals, name="store answers", daemon=True)
        self._due_at: dict[str, datetime] = {}
        """When each feed that is not on its way is asked next."""
        self._slow: set[str] = set()
        self._heavy: set[str] = set()
        """The feeds whose last answer was slow, and whose last document took long to parse. A start knows of none."""
        self._unread: set[str] = set()
        """The feeds on their way that take up one of UNREAD_DOCUMENTS."""
        self._ended = Event()
        self.settled = Event()
        """Set when answers have been stored, or could not be; whoever waits for it clears it."""
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        with self._app.store.read() as conn:
            planned = feed_store.next_polls(conn)
        now = self._app.clock()
        self._due_at = {feed.name: planned.get(feed.name, now) for feed in self._app.feeds()}
        self._fetcher.__enter__()
        self._storing.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up what is on its way, but for an answer that is being stored: wait for that, at most STOP_SECONDS."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._fetcher.close()
        for threads in (self._parsing, self._heavy_parsing):
            threads.shutdown(wait=False, cancel_futures=True)
        for parser in (self._parser, self._heavy_parser):
            parser.stop()
        self._arrived.put(None)
        self._storing.join(STOP_SECONDS)

    def ask_due(self) -> None:
        """Ask the feeds that are due.

        Raises what stopped an answer from being stored since the last call; its feed is due again.
        """
        now, due_at = self._app.clock(), self._due_at
        due = [feed for feed in self._app.feeds() if feed.name in due_at and due_at[feed.name] <= now]
        if due and not self._ended.is_set():
            asked, requests = polling.requests_to(self._app, due, self._slow)
            for each, answer in zip(asked, self._fetcher.ask(requests), strict=True):
                del due_at[each.feed.name]
                answer.add_done_callback(partial(self._answered, each))
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _answered(self, asked: AskedFeed, answer: Answer) -> None:
        """Called in the fetcher's thread, which must not wait."""
        self._arrived.put((asked, answer.result()))

    def _store_arrivals(self) -> None:
        """The thread that stores: all that has come by now, again and again until the end."""
        while (batch := self._next_batch()) is not None:
            without = []
            for asked, outcome in batch:
                try:
                    poll = self._take(asked, outcome)
                except Exception as error:  # noqa: BLE001 - one feed ends no thread: it is asked again, and the clock's job tells
                    self._store({asked.feed.name: self._app.clock()}, partial(_fail, error))
                    continue
                if poll is not None:
                    without.append(poll)
            if without:
                planned = {each.feed.name: each.next_poll for each in without}
                self._store(planned, partial(polling.record_polls, self._app, without))

    def _take(self, asked: AskedFeed, outcome: _Outcome) -> PollWithoutDocument | None:
        """Store a document, or give it to a parser. Returns a poll that brought none, which is stored with others."""
        if isinstance(outcome, FetchedDocument):
            when = polling.next_poll_of(self._app, asked)
            self._store({asked.feed.name: when}, partial(polling.take_document, self._app, asked, outcome, when))
            return None
        answer = self._look_at(asked, outcome)
        return None if isinstance(answer, FetchResult) else polling.poll_without_document(self._app, asked, answer)

    def _next_batch(self) -> list[tuple[AskedFeed, _Outcome]] | None:
        """What has come, at least one; None at the end, whatever still waits."""
        batch = [self._arrived.get()]
        while not self._arrived.empty():
            batch.append(self._arrived.get())
        return None if self._ended.is_set() else [arrival for arrival in batch if arrival is not None]

    def _look_at(self, asked: AskedFeed, outcome: FetchResult | FeedError) -> FetchResult | NotModified | FeedError:
        """The answer; one with a new document goes to a parser."""
        name, answer = asked.feed.name, polling.new_document(asked, outcome)
        if isinstance(outcome, FetchResult):
            _mark(self._slow, name, marked=outcome.elapsed > self._limits.patience_s)
            if outcome.body:
                self._unread.add(name)
        if isinstance(answer, FetchResult):
            parsing = self._heavy_parsing if name in self._heavy else self._parsing
            with suppress(RuntimeError):  # the end has come: nothing is parsed any more
                parsing.submit(self._parse, asked, answer)
        return answer

    def _parse(self, asked: AskedFeed, outcome: FetchResult) -> None:
        """In a parser's thread: the document goes to be stored, or what is wrong with it."""
        if self._ended.is_set():
            return
        name, began = asked.feed.name, time.monotonic()
        apart = name in self._heavy
        parser = self._heavy_parser if apart else self._parser
        try:
            answer = polling.parse_document(self._app, parser, asked, outcome)
        except Exception as error:  # noqa: BLE001 - the feed is asked again, and the clock's job tells of it
            self._store({name: self._app.clock()}, partial(_fail, error))
            return
        _mark(self._heavy, name, marked=time.monotonic() - began > self._heavy_s)
        if apart:
            parser.close()  # rarely needed: its memory is given back
        self._arrived.put((asked, answer))

    def _store(self, planned: Mapping[str, datetime | None], store: Callable[[], object]) -> None:
        """Store answers and plan the next polls of their feeds: now, where the answers cannot be stored."""
        try:
            store()
        except Exception as error:  # noqa: BLE001 - the feeds are asked again, and the clock's job tells of it
            self._failure, planned = error, {}.fromkeys(planned)
        now = self._app.clock()
        for name, when in planned.items():
            if name in self._unread:
                self._unread.remove(name)
                self._fetcher.taken()
            self._due_at[name] = when or now
        self.settled.set()


def _mark(marks: set[str], name: str, *, marked: bool) -> None:
    if marked:
        marks.add(name)
    else:
        marks.discard(name)


def _fail(error: Exception) -> None:
    raise error
