"""Asks feeds over HTTP: many at once, each within its own bounds, so that one bad feed costs the others nothing.

Nothing that a server says is trusted: not the length of a body, not the ratio of its compression, not where a redirect
leads. A failure comes back as a FeedError in the place of its answer.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Literal, Self, TypeAlias

import aiohttp

from monitor.errors import FeedError
from monitor.feeds.network_errors import as_feed_error
from monitor.feeds.responses import (
    ACCEPT_ENCODING,
    read_body,
    redirect_target,
    refuse_bad_status,
    settled_last_modified,
    usable_validator,
)
from monitor.feeds.transport import open_session
from monitor.feeds.url_policy import FeedAddress, parse_address
from monitor.long_work import long_work

_WANTED = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
ALLOWING = "allow_private_addresses = true under [poll] in config.toml"
"""The setting that lets the address of a feed be private; where a redirect leads, it never may be."""
_STOP_CHECK_S = 0.2
"""Seconds between two looks at `stop`: a fifth of the second that fetch_many promises."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One feed to ask. `etag` and `last_modified` are those of its last answer; None asks without conditions.

    suspect: it failed or was slow the last time, and so may not take the places of those that did not.
    """

    name: str
    url: str = field(repr=False)
    etag: str | None = None
    last_modified: str | None = None
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of a fetcher. Times in seconds; `total_s` is the deadline of one request with all its redirects.

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
    if not requests:
        return []
    with Fetcher(limits or FetchLimits()) as fetcher:
        answers = waiting = fetcher.ask(requests)
        with long_work("asking", len(requests), "feeds") as step:
            while waiting and not (stop and stop.is_set()):
                waiting = list(wait(waiting, timeout=_STOP_CHECK_S if stop else None).not_done)
                step(len(requests) - len(waiting))
    return [answer.result() for answer in answers]


Answer: TypeAlias = "Future[FetchResult | FeedError]"


class Fetcher(AbstractContextManager["Fetcher"]):
    """Asks feeds in a thread of its own, whose connections stay open from one request to the next.

    unread: how many answers with a body may wait until `taken` is called for them; beyond it the requests behind them wait
    (None: no bound).
    """

    def __init__(self, limits: FetchLimits, *, unread: int | None = None) -> None:
        self._room = asyncio.Semaphore(unread or sys.maxsize)
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self._asker = _Asker(limits, self._stack, self._room)
        self._thread = threading.Thread(target=self._run, name="fetcher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def ask(self, requests: Sequence[FetchRequest]) -> list[Answer]:
        """Ask these feeds, as many at once as the limits allow. The answers come in any time, and none of them raises."""
        answers: list[Answer] = [Future() for _ in requests]
        self._loop.call_soon_threadsafe(self._start, requests, answers)
        return answers

    def taken(self) -> None:
        """One answer with a body is dealt with."""
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waits
            self._loop.call_soon_threadsafe(self._room.release)

    def close(self) -> None:
        """Give up at once what is still open, each as FeedError network "stopped", and close all connections."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._give_up())
        finally:
            self._loop.close()

    async def _give_up(self) -> None:
        await asyncio.sleep(0)  # a task that is cancelled before its first step could report nothing
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks)
        await self._stack.aclose()

    def _start(self, requests: Sequence[FetchRequest], answers: Sequence[Answer]) -> None:
        for request, answer in zip(requests, answers, strict=True):
            task = self._loop.create_task(self._fetch(request, answer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _fetch(self, request: FetchRequest, answer: Answer) -> None:
        outcome: FetchResult | FeedError
        try:
            outcome = await self._asker.fetch(request)
        except FeedError as error:
            outcome = error
        except asyncio.CancelledError:
            outcome = FeedError("network", "stopped before the answer was complete")
        except Exception as error:  # noqa: BLE001 - whatever a server provokes concerns its feed alone
            outcome = FeedError("network", f"could not be asked ({type(error).__name__})")
            outcome.__cause__ = error
        if isinstance(outcome, FeedError):
            outcome.subject = request.name
        answer.set_result(outcome)


class _Gates:
    """Bounds on the requests to one host and to all; `opened` also bounds those that take long."""

    def __init__(self, per_host: int, at_once: int, opened: int) -> None:
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host))
        self._at_once, self._opened = asyncio.Semaphore(at_once), asyncio.Semaphore(opened)

    def of(self, host: str) -> tuple[tuple[asyncio.Semaphore, ...], asyncio.Semaphore]:
        """Those that a request gives back when patience ends, and the one that it holds to its end."""
        return (self._hosts[host], self._at_once), self._opened


class _HostLimiter:
    """Gates for requests.

    per_host and at_once bound the requests that are being served. One that takes longer than `patience_s` seconds gives its
    places to the next and goes on without them, so that fifty silent feeds do not delay the good ones of their host;
    `most_open` bounds even those. Suspects pass narrower gates first, so that some places are always left to the others.
    """

    def __init__(self, limits: FetchLimits) -> None:
        self._all = _Gates(limits.per_host, limits.at_once, limits.most_open)
        few = max(1, limits.per_host - 1), max(1, limits.at_once // 2), max(1, limits.most_open // 2)
        self._suspects = _Gates(*few)
        self._patience = limits.patience_s

    @asynccontextmanager
    async def acquire(self, host: str, *, suspect: bool) -> AsyncIterator[None]:
        """Wait for a turn to ask `host`; waiting here is not part of a request's own deadline."""
        held: list[asyncio.Semaphore] = []
        brief: list[asyncio.Semaphore] = []

        def give_back(gates: list[asyncio.Semaphore]) -> None:
            while gates:
                gates.pop().release()

        timer: asyncio.TimerHandle | None = None
        try:
            for gates in (self._suspects, self._all) if suspect else (self._all,):
                served, opened = gates.of(host)
                for gate in served:
                    await gate.acquire()
                    brief.append(gate)
                await opened.acquire()
                held.append(opened)
            timer = asyncio.get_running_loop().call_later(self._patience, give_back, brief)
            yield
        finally:
            if timer is not None:
                timer.cancel()
            give_back(brief)
            give_back(held)


class _Asker:
    """The sessions and gates of one fetcher. room: places for answers with a body that nobody has taken yet."""

    def __init__(self, limits: FetchLimits, stack: AsyncExitStack, room: asyncio.Semaphore) -> None:
        self._limits = limits
        self._stack = stack
        self._room = room
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._turns = _HostLimiter(limits)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        """The answer to one request, once there is room for it; raises only FeedError and CancelledError."""
        start = parse_address(request.url)
        async with self._turns.acquire(start.host, suspect=request.suspect):
            try:
                async with asyncio.timeout(self._limits.total_s):
                    answer = await self._follow(request, start)
            except TimeoutError:
                limit = f"{self._limits.total_s:g} s"
                raise FeedError("timeout", f"{start.host}: no whole answer within {limit}") from None
            if answer.body:
                await self._room.acquire()
            return answer

    async def _follow(self, request: FetchRequest, start: FeedAddress) -> FetchResult:
        """Redirects are followed by hand: each step is an address of its own, checked like the first."""
        here, permanent, seen = start, not start.user, {start.url}
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
                modified = settled_last_modified(response.headers) or modified
                content_type = response.headers.get("Content-Type", "")[:200] or None
                return FetchResult(request.name, status, body, etag, modified, content_type, here.url, None, 0.0)
        except FeedError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a server provokes concerns its feed alone
            allowed_by = ALLOWING if same_origin else ""
            # aiohttp's texts show whole addresses, keys included
            raise as_feed_error(error, here.host, allowed_by=allowed_by) from None

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
