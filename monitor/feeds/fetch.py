"""Asks feeds over HTTP: all at once, each within its own bounds, so that one bad feed costs the others nothing.

Nothing that a server says is trusted: not the length of a body, not the ratio of its compression, not where a redirect
leads. A failure comes back as a FeedError in the place of its request.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import aiohttp

from monitor.errors import FeedError
from monitor.feeds.network_errors import as_feed_error
from monitor.feeds.responses import ACCEPT_ENCODING, read_body, redirect_target, refuse_bad_status, usable_validator
from monitor.feeds.transport import open_session
from monitor.feeds.url_policy import FeedAddress, parse_address

_WANTED = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_STOP_CHECK_S = 0.2
"""Seconds between two looks at `stop`: a fifth of the second that fetch_many promises."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One feed to ask. `etag` and `last_modified` are those of its last answer; None asks without conditions."""

    name: str
    url: str = field(repr=False)
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of a batch. Times in seconds; `total_s` is the deadline of one request with all its redirects.

    max_bytes: of a body, unpacked. per_host, at_once: requests being served; one that has taken `patience_s` no longer
    counts, and `most_open` bounds those too. allow_private: addresses in the configuration may lead to private networks
    and this machine; a redirect may do so only within the host and port it came from. Link-local and metadata
    addresses are never asked.
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
    """An answer. With 304 the body is empty and the validators are those that were sent.

    final_url: where the body came from, without credentials. permanent_url: the same, if every redirect on the way was
    permanent and the feed has no credentials; keep it only once the body has proved to be a feed. elapsed: seconds.
    """

    name: str
    status: Literal[200, 304]
    body: bytes = field(repr=False)
    etag: str | None
    last_modified: str | None
    content_type: str | None
    final_url: str
    permanent_url: str | None
    elapsed: float


def fetch_many(
    requests: Sequence[FetchRequest], limits: FetchLimits | None = None, *, stop: threading.Event | None = None
) -> list[FetchResult | FeedError]:
    """Ask all feeds; the answers and failures come in the order of the requests. Never raises for what a feed does.

    stop: once set, what is still open is given up within a second and reported as FeedError network "stopped".
    """
    return asyncio.run(_fetch_all(requests, limits or FetchLimits(), stop)) if requests else []


async def _fetch_all(
    requests: Sequence[FetchRequest], limits: FetchLimits, stop: threading.Event | None
) -> list[FetchResult | FeedError]:
    async with AsyncExitStack() as stack:
        fetcher = _Fetcher(limits, stack)
        tasks = [asyncio.create_task(fetcher.fetch(request)) for request in requests]
        watch = asyncio.create_task(_cancel_when(stop, tasks)) if stop else None
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        if watch:
            watch.cancel()
    settled: list[FetchResult | FeedError] = []
    for outcome, request in zip(outcomes, requests, strict=True):
        if isinstance(outcome, BaseException):
            error = outcome if isinstance(outcome, FeedError) else None
            if isinstance(outcome, asyncio.CancelledError):
                error = FeedError("network", "stopped before the answer was complete")
            elif error is None:
                error = FeedError("network", f"could not be asked ({type(outcome).__name__})")
                error.__cause__ = outcome
            error.subject = request.name
            settled.append(error)
        else:
            settled.append(outcome)
    return settled


async def _cancel_when(stop: threading.Event, tasks: Sequence[asyncio.Task[FetchResult]]) -> None:
    while not stop.is_set():  # noqa: ASYNC110 - a threading.Event cannot be awaited
        await asyncio.sleep(_STOP_CHECK_S)
    for task in tasks:
        task.cancel()


class _HostLimiter:
    """Gates for the requests of one batch.

    per_host and at_once bound the requests that are being served. One that takes longer than `patience_s` seconds gives
    its places to the next and goes on without them, so that fifty silent feeds do not delay the good ones of their
    host; `most_open` bounds even those.
    """

    def __init__(self, limits: FetchLimits) -> None:
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(limits.per_host))
        self._at_once = asyncio.Semaphore(limits.at_once)
        self._open = asyncio.Semaphore(limits.most_open)
        self._patience = limits.patience_s

    @asynccontextmanager
    async def acquire(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn to ask `host`; waiting here is not part of a request's own deadline."""
        held: set[asyncio.Semaphore] = set()

        def give_back(gate: asyncio.Semaphore) -> None:
            if gate in held:  # at the end of the patience or of the request, whichever comes first
                held.remove(gate)
                gate.release()

        gates = (self._hosts[host], self._at_once, self._open)
        timers: list[asyncio.TimerHandle] = []
        try:
            for gate in gates:
                await gate.acquire()
                held.add(gate)
            loop = asyncio.get_running_loop()
            timers = [loop.call_later(self._patience, give_back, gate) for gate in gates if gate is not self._open]
            yield
        finally:
            for timer in timers:
                timer.cancel()
            for gate in gates:
                give_back(gate)


class _Fetcher:
    """The sessions and gates of one batch."""

    def __init__(self, limits: FetchLimits, stack: AsyncExitStack) -> None:
        self._limits = limits
        self._stack = stack
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._turns = _HostLimiter(limits)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """The answer to one request; raises only FeedError and CancelledError.

        Redirects are followed by hand: each step is an address of its own, checked like the first.
        """
        start = parse_address(request.url)
        here, permanent, seen = start, not start.user, {start.url}
        try:
            async with self._turns.acquire(start.host), asyncio.timeout(self._limits.total_s):
                clock = asyncio.get_running_loop().time
                began = clock()
                while True:
                    outcome = await self._step(request, here, start)
                    if isinstance(outcome, FetchResult):
                        moved = here.url if permanent and here is not start else None
                        return replace(outcome, permanent_url=moved, elapsed=clock() - began)
                    here, permanent = outcome[0], permanent and outcome[1]
                    if here.url in seen or len(seen) > self._limits.redirects:
                        circle = "in a circle" if here.url in seen else f"more than {self._limits.redirects} times"
                        raise FeedError("redirects", f"{start.host} redirects {circle}")
                    seen.add(here.url)
        except TimeoutError:
            raise FeedError("timeout", f"{start.host}: no whole answer within {self._limits.total_s:g} s") from None

    async def _step(
        self, request: FetchRequest, here: FeedAddress, start: FeedAddress
    ) -> FetchResult | tuple[FeedAddress, bool]:
        """One request and its answer, whole, or where it redirects to and whether for good. Raises FeedError, or TimeoutError
        at the deadline."""
        etag, modified = usable_validator(request.etag), usable_validator(request.last_modified)
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in conditions.items() if value}
        same_origin = here.origin == start.origin
        if start.user and same_origin:  # credentials go to the address they were configured for and nowhere else
            headers["Authorization"] = start.authorization
        try:
            session = self._session(allow_private=self._limits.allow_private and same_origin)
            async with session.get(here.url, headers=headers, allow_redirects=False) as response:
                if (redirect := redirect_target(here, response)) is not None:
                    return redirect
                refuse_bad_status(response, conditional=bool(etag or modified))
                status: Literal[200, 304] = 304 if response.status == 304 else 200
                body = await read_body(response, self._limits.max_bytes) if status == 200 else b""
                if status == 200:
                    etag = modified = None  # those that were sent stay only for what is unchanged
                etag = usable_validator(response.headers.get("ETag")) or etag
                modified = usable_validator(response.headers.get("Last-Modified")) or modified
                content_type = response.headers.get("Content-Type", "")[:200] or None
                return FetchResult(request.name, status, body, etag, modified, content_type, here.url, None, 0.0)
        except FeedError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a server provokes concerns its feed alone
            raise as_feed_error(error, here.host) from None  # aiohttp's texts show whole addresses, keys included

    def _session(self, *, allow_private: bool) -> aiohttp.ClientSession:
        """One session for requests that may reach private addresses, and one for all others."""
        if allow_private not in self._sessions:
            limits = self._limits
            headers = {"User-Agent": limits.user_agent, "Accept": _WANTED, "Accept-Encoding": ACCEPT_ENCODING}
            session = open_session(
                allow_private=allow_private, connect_s=limits.connect_s, read_s=limits.read_s, headers=headers
            )
            self._sessions[allow_private] = session
            self._stack.push_async_callback(session.close)
        return self._sessions[allow_private]
