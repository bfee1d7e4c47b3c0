"""The HTTP server: pages and files of the site, /healthz, /metrics and signed links. It is meant to run behind nginx or
Caddy, which end TLS and keep slow clients and floods away (docs/pages.md)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from h11 import LocalProtocolError
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.domain.messages.action_links import FOLDER
from monitor.domain.pages.vitals import Vitals, complaints
from monitor.errors import ConfigError, StoreError
from monitor.logs import get_logger
from monitor.site.link_pages import LinkPages
from monitor.site.metrics import CONTENT_TYPE, metrics_text
from monitor.site.page_templates import CONTENT_SECURITY_POLICY

MAX_HEAD_BYTES = 16 * 1024
"""Of a request line and its headers, as in other servers."""
MAX_REQUESTS = 256
"""At the same time; uvicorn answers further ones with 503."""
CACHE_SECONDS = 60
"""Readers see a change within a minute."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer that does not set its own."""
PAGE_POLICY = f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"
UNREADABLE = "The database cannot be read."
NO_STORE = {"Cache-Control": "no-store"}

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SiteServices:
    """The parts behind the server. root: the folder of the site; hosts: names that it answers to; vitals: may raise
    StoreError; links: None if messages have no signed links."""

    root: Path
    hosts: Collection[str]
    vitals: Callable[[], Vitals]
    links: LinkPages | None = None


def make_app(services: SiteServices) -> ASGIApp:
    """The whole application."""

    def healthz(_request: Request) -> Response:
        """200 while the monitor is healthy, else 503 with the reasons. Names no path and no source."""
        try:
            vitals = services.vitals()
        except StoreError as error:
            log.warning("the database cannot be read", error=str(error))
            return JSONResponse({"status": "failing", "reasons": [UNREADABLE]}, 503, NO_STORE)
        reasons = complaints(vitals)
        times = {"read": vitals.read, "decided": vitals.decided, "built": vitals.built}
        known = {name: time.isoformat(timespec="seconds") if time else None for name, time in times.items()}
        answer = {"status": "failing" if reasons else "ok", "reasons": list(reasons), **known}
        return JSONResponse(answer, 503 if reasons else 200, NO_STORE)

    def metrics(_request: Request) -> Response:
        try:
            text = metrics_text(services.vitals())
        except StoreError as error:
            log.warning("the database cannot be read", error=str(error))
            return PlainTextResponse(f"{UNREADABLE}\n", 503, NO_STORE)
        return Response(text, 200, {**NO_STORE, "Content-Type": CONTENT_TYPE})

    # Starlette runs these plain functions in threads, so a slow database never blocks a page.
    routes: list[Route | Mount] = [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
    ]
    if services.links is not None:
        routes.append(Route(f"/{FOLDER}/{{token}}", services.links.answer, methods=["GET", "POST"]))
    routes.append(Mount("/", SiteFiles(directory=services.root, html=True, check_dir=False)))
    return Starlette(routes=routes, middleware=[Middleware(Guard, hosts=LOOPBACK | {*services.hosts})])


class SiteFiles(StaticFiles):
    """The files of a folder. If it is a link, its current target counts."""

    async def check_config(self) -> None:
        """The folder may be missing until the first build."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Hides files whose name begins with a dot, and anything that is outside the folder or cannot be read."""
        if any(part.startswith(".") for part in Path(path).parts):
            return "", None
        try:
            return super().lookup_path(path)
        except (OSError, ValueError):  # ValueError: a NUL in the path
            return "", None


class Guard:
    """Refuses unknown host names and adds the security headers. A request with an unknown Host means that another site
    has pointed its own name here (DNS rebinding)."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self.hosts = {host.casefold() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", PAGE_POLICY)
                headers.setdefault("Cache-Control", f"public, max-age={CACHE_SECONDS}")
            await send(message)

        try:
            (host,) = Headers(scope=scope).getlist("host")
            known = (urlsplit(f"//{host}").hostname or "") in self.hosts
        except ValueError:  # none, several, or not a name
            known = False
        refusal = "This server does not answer to that name. Add it as base_url or to names in [site] of config.toml.\n"
        app = self.app if known else PlainTextResponse(refusal, 421)
        try:
            await app(scope, receive, answer)
        except LocalProtocolError as error:  # uvicorn has refused the body, and closes the connection
            log.debug("a broken request was not answered", error=str(error))
            while (await receive())["type"] != "http.disconnect":
                pass


def make_server(app: ASGIApp) -> uvicorn.Server:
    """The server, not yet running; `run(sockets=[...])` runs it until a signal or `should_exit` ends it."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_REQUESTS,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 lets the system choose. Raises ConfigError with the remedy."""
    try:
        sock = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # Connections inherit it. Without it the body of a small answer waits 40 ms for the receipt of its headers
        # (measured).
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    except OSError as error:
        why = os.strerror(error.errno) if isinstance(error.errno, int) and error.errno > 0 else str(error)
        remedy = "choose another port with --port, or set port in [site] of config.toml"
        raise ConfigError(f"cannot listen on {host} port {port}: {why}; {remedy}", subject="site") from error
