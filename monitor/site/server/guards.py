"""What every request passes before anything answers it, and what every answer carries. Also the log line of each request.

No header that a proxy adds (X-Forwarded-...) is read: nothing here depends on who asks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.domain.messages.action_links import FOLDER
from monitor.logs import get_logger
from monitor.site.server.bounds import MAX_HEAD_BYTES

MAX_BODY_BYTES = 8 * 1024
"""Of a request: a form with one line of text needs a tenth of it."""
METHODS = ("GET", "HEAD", "POST")
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What a browser is told, unless an answer says otherwise."""
_TOKEN = re.compile(rf"/{FOLDER}(?=/).*", re.IGNORECASE | re.DOTALL)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names the server may be asked: base_url's host, the host that it listens at, this machine, and others that the settings
    give. Another name means that a page elsewhere has made its own name lead here (DNS rebinding)."""

    base_url: str = ""
    host: str = ""
    others: tuple[str, ...] = ()

    def knows(self, given: str, arrived_at: str) -> bool:
        """Whether a Host header is one of ours. arrived_at: the address at which the connection arrived."""
        parts = _netloc(given)
        if parts is None:
            return False
        name = parts.rpartition(":")[0] if re.search(r":\d+$", parts) and not parts.endswith("]") else parts
        bare = name.strip("[]").casefold()
        own = urlsplit(self.base_url)
        return parts.casefold() == own.netloc.casefold() or bare in LOOPBACK | {
            self.host.casefold(),
            arrived_at.casefold(),
            (own.hostname or "").casefold(),
            *(other.casefold() for other in self.others),
        } - {""}

    def is_own_origin(self, origin: str, host: str) -> bool:
        """Whether a page that sends a form is ours: of base_url, or of the name by which we were asked."""
        own = urlsplit(self.base_url)
        return origin.casefold() in {f"{own.scheme}://{own.netloc}".casefold(), f"http://{host}".casefold()}


def _netloc(given: str) -> str | None:
    """A Host header, if it is a name or an address with or without a port."""
    return given if re.fullmatch(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?", given) else None


@dataclass(slots=True)
class Guards:
    """The whole server behind its guards."""

    app: ASGIApp
    names: Names
    clock: Callable[[], float] = field(default=time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began, told = self.clock(), {"status": 0}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refusal(scope)
        try:
            await (refused or self.app)(scope, receive, answer)
        finally:
            took = round((self.clock() - began) * 1000)
            log.debug(
                "request", method=scope["method"], path=logged_path(scope["path"]), status=told["status"], ms=took
            )

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to a request that goes no further; None for all others."""
        headers = Headers(scope=scope)
        hosts, close = headers.getlist("host"), {"Connection": "close"}
        server = scope.get("server") or ("", None)
        if len(hosts) != 1 or _netloc(hosts[0]) is None:
            return PlainTextResponse("The Host header names no host.\n", 400, close)
        if not self.names.knows(hosts[0], server[0]):
            text = "This server does not answer to that name. `base_url` and `names` in [site] of config.toml say how it is called.\n"
            return PlainTextResponse(text, 421, close)
        if scope["method"] not in METHODS:
            return PlainTextResponse("Only GET, HEAD and POST.\n", 405, {"Allow": ", ".join(METHODS), **close})
        if "content-length" in headers and "transfer-encoding" in headers:  # two servers could see another end of it
            return PlainTextResponse("A request has one length.\n", 400, close)
        if _head_size(scope) > MAX_HEAD_BYTES:
            return PlainTextResponse("The headers are too large.\n", 431, close)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:20]) > MAX_BODY_BYTES:
            return PlainTextResponse("The body is too large.\n", 413, close)
        origin = headers.get("origin")
        if scope["method"] == "POST" and origin is not None and not self.names.is_own_origin(origin, hosts[0]):
            return PlainTextResponse("A page of another site may not do this.\n", 403, close)
        return None


def _head_size(scope: Scope) -> int:
    """Bytes of the address and the headers. The parser bounds those that come in pieces; what comes in one piece may be larger."""
    return len(scope["raw_path"]) + len(scope["query_string"]) + sum(len(n) + len(v) + 4 for n, v in scope["headers"])


def logged_path(path: str) -> str:
    """A path fit for a log: without the token of a link, which would open it."""
    return _TOKEN.sub(f"/{FOLDER}/…", path)[:200]
