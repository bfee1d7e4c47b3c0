"""The server as a whole: which address is answered by whom, and how it is started and ended."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.domain.messages.action_links import FOLDER
from monitor.domain.pages.vitals import Vitals, complaints
from monitor.errors import ConfigError, StoreError
from monitor.logs import get_logger
from monitor.site.server.bounds import MAX_HEAD_BYTES, MAX_REQUESTS, BoundedProtocol
from monitor.site.server.files import SiteFiles
from monitor.site.server.guards import Guards, Names
from monitor.site.server.links import LinkPages
from monitor.site.server.metrics import CONTENT_TYPE, metrics_text
from monitor.site.server.turns import Turns

KEEP_SECONDS = 5.0
"""How long one reading of the database serves health and metrics: more often nobody need ask."""
MOST_AT_ONCE = 4
"""Answers of health and metrics that are in the making: all wait for the same reading of the database."""
KEEP_ALIVE_SECONDS = 5
GRACE_SECONDS = 5
"""For answers that are on their way when the server is told to end."""
UNREADABLE = "The database cannot be read."
NO_STORE = {"Cache-Control": "no-store"}

log = get_logger(__name__)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Services:
    """What the server answers from. root: the folder of the site; vitals: how the program is, may raise StoreError; links: None where
    messages have no links that act; metrics: whether /metrics is answered."""

    root: Path
    vitals: Callable[[], Vitals]
    links: LinkPages | None
    metrics: bool = True
    keep_seconds: float = KEEP_SECONDS


@dataclass(slots=True)
class Kept(Generic[Value]):
    """A value that is made anew when it is older than some seconds, by one caller at a time. An error is kept too."""

    make: Callable[[], Value]
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _made: float | None = None
    _value: Value | StoreError | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self) -> Value:
        """The value. Raises StoreError."""
        with self._lock:
            if self._made is None or self.clock() - self._made >= self.seconds:
                try:
                    self._value = self.make()
                except StoreError as error:
                    log.warning("the database cannot be read", error=str(error))
                    self._value = error
                self._made = self.clock()
            if isinstance(self._value, StoreError):
                raise self._value
            assert self._value is not None
            return self._value


def make_app(services: Services, names: Names) -> ASGIApp:
    """The server behind its guards."""
    vitals, turns = Kept(services.vitals, services.keep_seconds), Turns(MOST_AT_ONCE)

    async def healthz(_request: Request) -> Response:
        return await turns.run(health_response, vitals)

    async def metrics(_request: Request) -> Response:
        return await turns.run(metrics_response, vitals)

    files = SiteFiles(services.root)
    routes = [Route("/healthz", healthz, methods=["GET"])]
    if services.metrics:
        routes.append(Route("/metrics", metrics, methods=["GET"]))
    if services.links is not None:
        routes.append(Route(f"/{FOLDER}/{{token}}", services.links.answer, methods=["GET", "POST"]))

    async def others(scope: Scope, receive: Receive, send: Send) -> None:
        response = await files.answer(Request(scope, receive))
        await response(scope, receive, send)

    return Guards(Router(routes, redirect_slashes=False, default=others), names)


def health_response(vitals: Kept[Vitals]) -> Response:
    """200 while all is well, else 503 with the reasons in words. Names no path and no source."""
    try:
        now = vitals.get()
    except StoreError:
        return JSONResponse({"status": "failing", "reasons": [UNREADABLE]}, 503, NO_STORE)
    reasons = complaints(now)
    moments = {"read": now.read, "decided": now.decided, "built": now.built}
    known = {name: moment.isoformat(timespec="seconds") if moment else None for name, moment in moments.items()}
    answer = {"status": "failing" if reasons else "ok", "reasons": list(reasons), **known}
    return JSONResponse(answer, 503 if reasons else 200, NO_STORE)


def metrics_response(vitals: Kept[Vitals]) -> Response:
    try:
        text = metrics_text(vitals.get())
    except StoreError:
        return PlainTextResponse(f"{UNREADABLE}\n", 503, NO_STORE)
    return Response(text, 200, {**NO_STORE, "Content-Type": CONTENT_TYPE})


# ---------------------------------------------------------------- start and end


class SiteServer(uvicorn.Server):
    """uvicorn that ends in order at SIGTERM and Ctrl-C, and then returns instead of raising the signal anew."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def make_server(app: ASGIApp, protocol: type[BoundedProtocol] = BoundedProtocol) -> SiteServer:
    """The server, not yet running; `run(sockets=[...])` runs it until it is told to end."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_REQUESTS,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return SiteServer(config)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 lets the system choose. Raises ConfigError with the remedy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family)
        # Connections inherit it. Without it the body of a small answer waits 40 ms for the receipt of its head (measured).
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    except OSError as error:
        remedy = "give another one by --port, or as port in [site] of config.toml"
        why = (
            os.strerror(error.errno)
            if isinstance(error.errno, int) and error.errno > 0
            else error.strerror or str(error)
        )
        raise ConfigError(f"{host} port {port} cannot be listened at: {why}; {remedy}", subject="site") from error
