"""Guarded connections: names are resolved here, every socket's address is checked, and network errors get plain
reasons. No reason repeats the secrets of an address."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
from concurrent.futures import Future
from functools import lru_cache
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.errors import FeedError, FeedErrorKind
from monitor.feeds.url_policy import is_metadata, is_public

if TYPE_CHECKING:
    from aiohttp.connector import AddrInfoType

_LOOKUPS = 32
"""Concurrent name lookups, each in a thread, since the system's lookup blocks."""


class AddressRefusedError(OSError):
    """A refused address. can_be_allowed: a setting allows it (never a link-local or metadata address)."""

    def __init__(self, host: str, address: str) -> None:
        self.can_be_allowed = not is_metadata(address)
        place = "it is" if host == address else f"it is {address},"
        super().__init__(errno.EPERM, f"{place} an address of a private or local network")


class NameTimeoutError(OSError):
    """The name server did not answer in time."""


def may_connect(address: str, *, allow_private: bool) -> bool:
    """True for public addresses, and with `allow_private` for all but link-local and metadata ones."""
    return is_public(address) or (allow_private and not is_metadata(address))


class GuardedResolver(AbstractResolver):
    """Looks up names within a time limit and returns only addresses that may be fetched. The connection is made to
    exactly these addresses, so a name that resolves differently the second time (DNS rebinding) gains nothing."""

    def __init__(self, *, allow_private: bool, timeout: float) -> None:
        self._allow_private = allow_private
        self._timeout = timeout
        self._gate = asyncio.Semaphore(_LOOKUPS)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        answer: Future[list[ResolveResult]] = Future()
        answer.set_running_or_notify_cancel()  # the lookup of a cancelled request runs to its end

        def work() -> None:
            places: list[ResolveResult] = []
            kinds = {"family": family, "type": socket.SOCK_STREAM, "proto": socket.IPPROTO_TCP}
            try:
                for kind, _, proto, _, place in socket.getaddrinfo(host, port, **kinds):
                    address, number, flags = str(place[0]), int(place[1]), socket.AI_NUMERICHOST
                    places.append(
                        ResolveResult(hostname=host, host=address, port=number, family=kind, proto=proto, flags=flags)
                    )
                answer.set_result(places)
            except (OSError, UnicodeError) as error:
                answer.set_exception(error)

        try:
            async with self._gate:
                # A daemon thread, not a pool: a lookup that hangs for the system's half minute would delay the end of
                # the loop and of the program.
                threading.Thread(target=work, name=f"lookup {host}", daemon=True).start()
                places = await asyncio.wait_for(asyncio.wrap_future(answer), self._timeout)
        except TimeoutError as error:
            raise NameTimeoutError(f"no answer for {host} within {self._timeout:g} s") from error
        allowed = [place for place in places if may_connect(place["host"], allow_private=self._allow_private)]
        if places and not allowed:
            raise AddressRefusedError(host, places[0]["host"])
        return allowed

    async def close(self) -> None:
        """Hanging lookups are left to time out."""


def open_session(
    *, allow_private: bool, connect_s: float, read_s: float, headers: dict[str, str]
) -> aiohttp.ClientSession:
    """A session without cookies, proxies or decompression of its own; every address is checked. Times in seconds."""

    def checked_socket(info: AddrInfoType) -> socket.socket:
        """The last check: literal addresses, which no resolver sees, pass here too."""
        family, kind, proto, _, place = info
        address = str(place[0])
        if not may_connect(address, allow_private=allow_private):
            raise AddressRefusedError(address, address)
        return socket.socket(family=family, type=kind, proto=proto)

    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(allow_private=allow_private, timeout=connect_s),
        limit=0,  # the fetcher limits requests: waiting for a connection here would count towards the feed's deadline
        ssl=_trusted(),
        socket_factory=checked_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_s, sock_read=read_s),
        headers=headers,
    )


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The system's certificates, names checked, TLS 1.2 or later; built once, since it costs 5 ms."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


# ---------------------------------------------------------------- errors

_CERTIFICATE = {
    10: "its certificate has expired",
    9: "its certificate is not valid yet",
    18: "its certificate is self-signed",
    19: "its certificate chain ends in an authority that is not trusted",
    20: "its certificate is signed by an authority that is not trusted",
    21: "its certificate chain is incomplete",
    62: "its certificate is for another host name",
    64: "its certificate is for another address",
}
"""Reasons by OpenSSL verify code."""

_Known = tuple[type[BaseException], FeedErrorKind, str]
_SPECIFIC_ERRORS: tuple[_Known, ...] = (
    (NameTimeoutError, "dns", "the name server did not answer in time"),
    (aiohttp.InvalidURL, "refused_address", "the address cannot be used"),
    (UnicodeError, "refused_address", "the host name cannot be used"),
)
_ERROR_KINDS: tuple[_Known, ...] = (
    (aiohttp.ClientConnectorDNSError, "dns", "no such host name, or no name server can be reached"),
    (asyncio.TimeoutError, "timeout", "no answer in time"),
    (aiohttp.ClientPayloadError, "network", "the answer was cut off or broken on the way"),
    (aiohttp.ServerDisconnectedError, "network", "the server closed the connection without a whole answer"),
    (ConnectionResetError, "network", "the server broke the connection off"),
    (ConnectionRefusedError, "network", "the connection was refused"),
    (aiohttp.ClientResponseError, "network", "the answer is not valid HTTP"),
)
"""Kind and reason by class, specific ones first: aiohttp wraps a refused address as a missing name."""


def as_feed_error(error: BaseException, host: str, *, allowed_by: str = "") -> FeedError:
    """The FeedError for an error of aiohttp or the system on a request to `host`. allowed_by: the setting that allows a
    private address, if one does."""
    # The error and its causes, outermost first; aiohttp keeps the system's errors in attributes of its own.
    causes: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        inner = queue.pop(0)
        if isinstance(inner, BaseException) and all(inner is not cause for cause in causes):
            causes.append(inner)
            wrapped = (getattr(inner, name, None) for name in ("os_error", "certificate_error"))
            queue += (*wrapped, inner.__cause__, inner.__context__)
    for known, kind, reason in _SPECIFIC_ERRORS:
        if any(isinstance(cause, known) for cause in causes):
            return FeedError(kind, f"{host}: {reason}")
    for cause in causes:
        if isinstance(cause, AddressRefusedError):
            remedy = f" ({allowed_by} allows it)" if allowed_by and cause.can_be_allowed else ""
            return FeedError("refused_address", f"{host}: refused to connect, {cause.strerror}{remedy}")
        # aiohttp's own error is an SSLError by name only; the wrapped one has the reason.
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, aiohttp.ClientError):
            return FeedError("tls", f"{host}: {_certificate_reason(cause)}")
    for known, kind, reason in _ERROR_KINDS:
        if any(isinstance(cause, known) for cause in causes):
            return FeedError(kind, f"{host}: {reason}")
    # The system's text of the innermost error, unless it holds an address.
    reason = type(causes[0]).__name__
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror and "address" not in cause.strerror.lower():
            reason = cause.strerror.lower()
    return FeedError("network", f"{host}: the connection failed ({reason})")


def _certificate_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{_CERTIFICATE.get(error.verify_code, 'its certificate cannot be trusted')}; not read"
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return "it does not speak TLS on this port; http:// may be meant in place of https://"
    if error.reason and "PROTOCOL" in error.reason:
        return "it offers only outdated TLS"
    return f"the TLS handshake failed ({(error.reason or 'cut off').lower().replace('_', ' ')})"
