"""Connections that lead only where they may: names are resolved here, and each socket is checked once more."""

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

from monitor.feeds.url_policy import is_metadata, is_public

if TYPE_CHECKING:
    from aiohttp.connector import AddrInfoType

_LOOKUPS = 32
"""Names looked up at once, each in a thread, since the system's lookup blocks."""


class AddressRefusedError(OSError):
    """The address may not be asked. can_be_allowed: whether a setting lets it; link-local and metadata ones are never asked."""

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
    """Looks names up within a time limit and hands out only addresses that may be asked.

    The connection is then made to these very addresses, so a name that answers differently the second time
    (DNS rebinding) gains nothing.
    """

    def __init__(self, *, allow_private: bool, timeout: float) -> None:
        self._allow_private = allow_private
        self._timeout = timeout
        self._gate = asyncio.Semaphore(_LOOKUPS)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        try:
            async with self._gate:
                places = await asyncio.wait_for(_look_up(host, port, family), self._timeout)
        except TimeoutError as error:
            raise NameTimeoutError(f"no answer for {host} within {self._timeout:g} s") from error
        allowed = [place for place in places if may_connect(place["host"], allow_private=self._allow_private)]
        if places and not allowed:
            raise AddressRefusedError(host, places[0]["host"])
        return allowed

    async def close(self) -> None:
        """Nothing is held open: lookups that still hang end by themselves."""


async def _look_up(host: str, port: int, family: int) -> list[ResolveResult]:
    """Ask the system in a thread of its own.

    A daemon thread, not a pool: a lookup that hangs for the system's own half minute would otherwise hold up the end of
    the loop, and of the whole program.
    """
    answer: Future[list[ResolveResult]] = Future()
    answer.set_running_or_notify_cancel()  # a request that is given up leaves its lookup to end by itself

    def work() -> None:
        places: list[ResolveResult] = []
        try:
            answers = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            for kind, _, proto, _, place in answers:
                address, number, flags = str(place[0]), int(place[1]), socket.AI_NUMERICHOST
                places.append(
                    ResolveResult(hostname=host, host=address, port=number, family=kind, proto=proto, flags=flags)
                )
            answer.set_result(places)
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    threading.Thread(target=work, name=f"lookup {host}", daemon=True).start()
    return await asyncio.wrap_future(answer)


def open_session(
    *, allow_private: bool, connect_s: float, read_s: float, headers: dict[str, str]
) -> aiohttp.ClientSession:
    """A session without cookies, proxies or decompression of its own, every address checked. Times in seconds."""

    def checked_socket(info: AddrInfoType) -> socket.socket:
        """The last gate: also literal addresses, which no resolver sees, pass here."""
        family, kind, proto, _, place = info
        address = str(place[0])
        if not may_connect(address, allow_private=allow_private):
            raise AddressRefusedError(address, address)
        return socket.socket(family=family, type=kind, proto=proto)

    connector = aiohttp.TCPConnector(
        resolver=GuardedResolver(allow_private=allow_private, timeout=connect_s),
        limit=0,  # the caller's gates bound it: waiting for a connection here would count as the feed's own time
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
