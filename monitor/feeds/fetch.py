"""Fetches feeds over HTTP, many at once, each within limits of its own, so that one bad feed costs the others
nothing.

The claims of a server are never trusted: the length of a body, its compression ratio, the target of a redirect. A
failure is returned as a FeedError in place of the answer.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, Self, TypeAlias

import aiohttp

from monitor.errors import FeedError
from monitor.feeds.challenges import challenge_in
from monitor.feeds.responses import (
    ACCEPT_ENCODING,
    read_body,
    redirect_target,
    refuse_bad_status,
    server_time,
    settled_last_modified,
    usable_validator,
)
from monitor.feeds.transport import as_feed_error, open_session
from monitor.feeds.url_policy import FeedAddress, parse_address

_WANTED = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
ALLOWING = "allow_private_addresses = true under [poll] in config.toml"
"""The setting that allows a feed at a private address. A redirect from elsewhere never may lead to one."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One feed to fetch. `etag` and `last_modified` are those of its last answer; None: unconditional. home: its
    configured address, if `url` is the one that it has moved to. headers: secret ones, sent to the origin of the
    configured address until a redirect leaves it. delay_s: seconds until it is its turn."""

    name: str
    url: str = field(repr=False)
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    home: str = field(default="", repr=False)
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Limits of a fetcher. Times in seconds; `total_s` is the deadline of one request with all its redirects.

    max_bytes: of a body, unpacked. per_host, at_once: concurrent requests. A request older than `patience_s` no longer
    counts towards these two, only towards `most_open`. allow_private: configured addresses may be in private networks
    or on this machine; a redirect may lead there only within its own host and port. Link-local and metadata addresses
    are always refused.
    """

    max_bytes: int = 10_000_000
    total_s: float = 30.0
    connect_s: float = 10.0
    read_s: float = 15.0
    redirects: int = 5
    per_host: int = 4
    at_once: int = 64
    most_open: int = 256
    patience_s: float = 2.0
    allow_private: bool = False
    user_agent: str = "deal-monitor/1 (feed reader)"


@dataclass(frozen=True, slots=True)
class FetchResult:
    """An answer. With 304 the body is empty and the validators are those of the request. final_url: the source of the
    body, without credentials. permanent_url: the same, if every redirect on the way was permanent and the feed has no
    credentials; store it only when the body has proved to be a feed. elapsed: seconds. date: the server's time."""

    name: str
    status: Literal[200, 304]
    body: bytes = field(repr=False)
    etag: str | None
    last_modified: str | None
    content_type: str | None
    final_url: str
    permanent_url: str | None
    elapsed: float
    date: datetime | None = None


Answer: TypeAlias = "Future[FetchResult | FeedError]"


class Fetcher(AbstractContextManager["Fetcher"]):
    """Fetches feeds in a thread of its own, with connections that stay open between requests. unread: the number of
    answers with a body that may wait for a call of `taken`; later ones are held back (None: no limit)."""

    def __init__(self, limits: FetchLimits, *, unread: int | None = None) -> None:
        self._limits = limits
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(limits.per_host))
        self._at_once, self._open = asyncio.Semaphore(limits.at_once), asyncio.Semaphore(limits.most_open)
        self._room = asyncio.Semaphore(unread or sys.maxsize)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self._thread = threading.Thread(target=self._run, name="fetcher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def fetch(self, requests: Sequence[FetchRequest]) -> list[Answer]:
        """Fetch these feeds. The answers complete in any order, and none of them raises."""
        answers: list[Answer] = [Future() for _ in requests]

        def start() -> None:
            for request, answer in zip(requests, answers, strict=True):
                task = self._loop.create_task(self._answer(request, answer))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

        self._loop.call_soon_threadsafe(start)
        return answers

    def taken(self) -> None:
        """Release the place of one answer with a body: it has been processed."""
        with suppress(RuntimeError):  # the loop has ended, and with it all requests that waited
            self._loop.call_soon_threadsafe(self._room.release)

    def close(self) -> None:
        """Cancel all open requests at once, each as FeedError network "stopped", and close all connections."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        async def cancel() -> None:
            await asyncio.sleep(0)  # a task that is cancelled before its first step could report nothing
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks)
            await self._stack.aclose()

        try:
            self._loop.run_forever()
            self._loop.run_until_complete(cancel())
        finally:
            self._loop.close()

    async def _answer(self, request: FetchRequest, answer: Answer) -> None:
        outcome: FetchResult | FeedError
        try:
            start = parse_address(request.url)
            if request.delay_s:
                await asyncio.sleep(request.delay_s)
            async with self._turn(start.host):
                try:
                    async with asyncio.timeout(self._limits.total_s):
                        outcome = await self._follow(request, start)
                except TimeoutError:
                    limit = f"{self._limits.total_s:g} s"
                    raise FeedError("timeout", f"{start.host}: no complete answer within {limit}") from None
                if outcome.body:
                    await self._room.acquire()
        except FeedError as error:
            outcome = error
        except asyncio.CancelledError:
            outcome = FeedError("network", "stopped before the answer was complete")
        except Exception as error:  # noqa: BLE001 - whatever a server provokes concerns its feed alone
            outcome = FeedError("network", f"could not be fetched ({type(error).__name__})")
            outcome.__cause__ = error
        if isinstance(outcome, FeedError):
            outcome.subject = request.name
        answer.set_result(outcome)

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at `host`; this wait is not part of a request's deadline.

        After `patience_s` a request gives up its places in `per_host` and `at_once` but continues, so that fifty silent
        feeds do not delay the good ones of their host.
        """
        held: list[asyncio.Semaphore] = []

        def release() -> None:
            while held:
                held.pop().release()

        async with AsyncExitStack() as stack:
            stack.callback(release)
            for gate in (self._hosts[host], self._at_once):
                await gate.acquire()
                held.append(gate)
            await stack.enter_async_context(self._open)
            timer = asyncio.get_running_loop().call_later(self._limits.patience_s, release)
            stack.callback(timer.cancel)
            yield

    async def _follow(self, request: FetchRequest, start: FeedAddress) -> FetchResult:
        """Follow redirects by hand: each target is checked like the first address."""
        home = parse_address(request.home).origin if request.home else start.origin
        here, at_home, seen = start, start.origin == home, {start.url}
        permanent = not start.user and not request.headers  # elsewhere the feed would be asked without them
        clock = asyncio.get_running_loop().time
        began = clock()
        while True:
            outcome = await self._step(request, here, start, at_home=at_home)
            if isinstance(outcome, FetchResult):
                moved = here.url if permanent and here is not start else None
                return replace(outcome, permanent_url=moved, elapsed=clock() - began)
            here, permanent = outcome[0], permanent and outcome[1]
            at_home = at_home and here.origin == home
            if here.url in seen or len(seen) > self._limits.redirects:
                circle = "in a circle" if here.url in seen else f"more than {self._limits.redirects} times"
                raise FeedError("redirects", f"{start.host} redirects {circle}")
            seen.add(here.url)

    async def _step(
        self, request: FetchRequest, here: FeedAddress, start: FeedAddress, *, at_home: bool
    ) -> FetchResult | tuple[FeedAddress, bool]:
        """Send one request. Returns the complete answer, or the target of a redirect and whether it is permanent.
        at_home: no redirect has left the origin of the feed. Raises FeedError, and TimeoutError at the deadline."""
        etag, modified = usable_validator(request.etag), usable_validator(request.last_modified)
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in conditions.items() if value}
        if at_home:
            headers |= {"Authorization": start.authorization} if start.user else {}
            headers |= request.headers
        try:
            # One session for requests that may reach private addresses, and one for all others.
            limits, private = self._limits, self._limits.allow_private and at_home
            if private not in self._sessions:
                usual = {"User-Agent": limits.user_agent, "Accept": _WANTED, "Accept-Encoding": ACCEPT_ENCODING}
                times = {"connect_s": limits.connect_s, "read_s": limits.read_s}
                self._sessions[private] = open_session(allow_private=private, **times, headers=usual)
                self._stack.push_async_callback(self._sessions[private].close)
            async with self._sessions[private].get(here.url, headers=headers, allow_redirects=False) as response:
                if (redirect := redirect_target(here, response)) is not None:
                    return redirect
                await refuse_bad_status(response, conditional=bool(etag or modified))
                status: Literal[200, 304] = 304 if response.status == 304 else 200
                body = await read_body(response, limits.max_bytes) if status == 200 else b""
                if asked := challenge_in(body, response.headers, here.url):
                    raise FeedError("challenge", f"the site sends {asked}", status=status)
                if status == 200:
                    etag = modified = None  # the validators of the request stay valid only for an unchanged feed
                etag = usable_validator(response.headers.get("ETag")) or etag
                modified = settled_last_modified(response.headers) or modified
                date = server_time(response.headers)
                content_type = response.headers.get("Content-Type", "")[:200] or None
                return FetchResult(request.name, status, body, etag, modified, content_type, here.url, None, 0.0, date)
        except FeedError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a server provokes concerns its feed alone
            # aiohttp's messages contain whole addresses with their keys, so the error is not chained.
            raise as_feed_error(error, here.host, allowed_by=ALLOWING if at_home else "") from None
