"""Reads answers: status, headers, redirects, and the body within limits."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin

from aiohttp import ClientError, ClientResponse

from monitor.errors import FeedError, FeedErrorKind
from monitor.feeds.challenges import SEARCHED_BYTES, challenge_in
from monitor.feeds.url_policy import FeedAddress, parse_address, redacted_url

_REDIRECTS = {301: True, 302: False, 303: False, 307: False, 308: True}
"""Status of a redirect -> whether it is permanent."""
MAX_RETRY_AFTER = 86_400.0
"""Seconds: the server may ask for a day at most."""
_PAGE_SECONDS = 5.0
"""For the page of a refusal, which only explains it (estimate)."""
_VALIDATOR_LIMIT = 512
_LOCATION_LIMIT = 4_096
_PRIVILEGED = 1_024
"""Ports below it belong to system services."""
_WEB_PORTS = frozenset({80, 443})
_STATUS_TEXTS: dict[int, str] = {
    HTTPStatus.NOT_MODIFIED: "'unchanged' in answer to an unconditional request",
    HTTPStatus.PARTIAL_CONTENT: "only a part of the document, which was not requested",
}

_CHUNK = 65_536
_GZIP_MAGIC = b"\x1f\x8b"
ACCEPT_ENCODING = "gzip, deflate"
"""The compressions that we request; any other is refused."""


async def refuse_bad_status(response: ClientResponse, *, conditional: bool) -> None:
    """Accept 200, and 304 for a conditional request. Raises FeedError for any other status: challenge if its page is
    one."""
    status = response.status
    if status == HTTPStatus.OK or (status == HTTPStatus.NOT_MODIFIED and conditional):
        return
    if status == HTTPStatus.GONE:
        raise FeedError("gone", "HTTP 410: the feed is gone for good; remove it or find its new address", status=status)
    if status == HTTPStatus.NO_CONTENT:
        raise FeedError("empty", "HTTP 204: the server has no content here", status=status)
    page = b""
    with suppress(FeedError, ClientError, TimeoutError):
        async with asyncio.timeout(_PAGE_SECONDS):
            page = await read_body(response, SEARCHED_BYTES)
    if asked := challenge_in(page, response.headers, str(response.url)):
        raise FeedError("challenge", f"HTTP {status}: {asked}", status=status, retry_after=retry_after(response))
    try:
        text = _STATUS_TEXTS.get(status) or HTTPStatus(status).phrase.lower()
    except ValueError:
        text = "a status that does not exist"
    kind: FeedErrorKind = "rate_limited" if status == HTTPStatus.TOO_MANY_REQUESTS else "http"
    raise FeedError(kind, f"HTTP {status}: {text}", status=status, retry_after=retry_after(response))


def retry_after(response: ClientResponse) -> float | None:
    """The delay that the server requests in seconds, at most a day; None if absent, negative or unreadable."""
    raw = response.headers.get("Retry-After", "").strip()[:64]
    if raw.isascii() and raw.isdigit():
        return min(float(raw), MAX_RETRY_AFTER)
    until = _http_date(raw)
    if until is None:
        return None
    # By the server's clock if it sends one, so that ours may differ.
    now = _http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    delay = (until - now).total_seconds()
    return min(delay, MAX_RETRY_AFTER) if delay > 0 else None


def _http_date(raw: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(raw)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """The time of the server that answered; None if it names none. An answer from a cache is as old as its Age says."""
    date, age = _http_date(headers.get("Date", "")), headers.get("Age", "").strip()[:9]
    return date + timedelta(seconds=int(age)) if date and age.isascii() and age.isdigit() else date


def usable_validator(value: str | None) -> str | None:
    """An ETag or Last-Modified that can be stored and sent back (printable and short), else None."""
    fits = value and len(value) <= _VALIDATOR_LIMIT and value.isascii() and value.isprintable()
    return value if fits else None


def settled_last_modified(headers: Mapping[str, str]) -> str | None:
    """The Last-Modified of an answer if it identifies this version, else None.

    Its unit is the second. A file written in the second of the answer may be written again in that second and then seem
    unchanged; so a time less than a second before the answer is no validator (RFC 9110, section 8.8.2.2).
    """
    value = usable_validator(headers.get("Last-Modified"))
    modified, answered = _http_date(value or ""), _http_date(headers.get("Date", ""))
    if modified and answered and (answered - modified).total_seconds() < 1:
        return None
    return value


def redirect_target(here: FeedAddress, response: ClientResponse) -> tuple[FeedAddress, bool] | None:
    """The checked target of a redirect and whether it is permanent; None for any other answer. Raises FeedError
    redirects or refused_address if it must not be followed."""
    if response.status not in _REDIRECTS:
        return None
    location = response.headers.get("Location", "")
    if not location.strip():
        raise FeedError("redirects", f"HTTP {response.status}: a redirect to nowhere", status=response.status)
    if len(location) > _LOCATION_LIMIT or any(char < " " or char == "\x7f" for char in location):
        raise FeedError("redirects", "a redirect to an address that is malformed or too long", status=response.status)
    try:
        target = parse_address(urljoin(here.url, location.strip()))
    except ValueError as error:
        raise FeedError("redirects", "a redirect to an address that cannot be read") from error
    shown = redacted_url(target.url)
    if target.user or target.password:
        raise FeedError("redirects", f"a redirect to {shown} with a user name in it")
    if here.scheme == "https" and target.scheme == "http":
        raise FeedError("redirects", f"a redirect from https down to {shown}")
    if target.origin != here.origin and target.port < _PRIVILEGED and target.port not in _WEB_PORTS:
        raise FeedError("redirects", f"a redirect to {shown}, a port that serves no web pages")
    return target, _REDIRECTS[response.status]


# ---------------------------------------------------------------- the body


async def read_body(response: ClientResponse, limit: int) -> bytes:
    """The decoded body, at most `limit` bytes. Raises FeedError too_large, unreadable (compression) or empty. A
    declared length over the limit is refused before the first byte."""
    header = ", ".join(response.headers.getall("Content-Encoding", []))
    layers = [name.strip().lower().removeprefix("x-") for name in header.split(",")]
    layers = [name for name in layers if name not in ("", "identity")]
    if len(layers) > 1 or not set(layers) <= {"gzip", "deflate"}:
        shown = f"{len(layers)} layers" if len(layers) > 1 else repr(layers[0][:30])
        raise FeedError("unreadable", f"compressed with {shown}; only {ACCEPT_ENCODING} is requested and read")
    coding = layers[0] if layers else ""
    if response.content_length is not None and response.content_length > limit:
        raise FeedError("too_large", f"the answer has {response.content_length:,} bytes, the limit is {limit:,}")
    unpacker: _Unpacker | None = None
    out = bytearray()
    try:
        async for chunk in response.content.iter_chunked(_CHUNK):
            unpacker = unpacker or _Unpacker(coding, chunk)
            out += unpacker.feed(chunk, limit - len(out))
            if len(out) > limit:
                raise FeedError("too_large", f"the answer, unpacked, is over the limit of {limit:,} bytes")
    except zlib.error as error:
        raise FeedError("unreadable", f"the {coding} compression of the answer is broken") from error
    if unpacker and not unpacker.finished():
        raise FeedError("unreadable", f"the {coding} compression of the answer is cut off")
    if not out.strip():
        raise FeedError("empty", "the answer is empty", status=response.status)
    return bytes(out)


class _Unpacker:
    """Decompresses a body: gzip (one or more members) or deflate (with a zlib header, or raw from old servers)."""

    def __init__(self, coding: str, start: bytes) -> None:
        self._wbits = 0
        # Some servers declare gzip and send plain text.
        if coding == "gzip" and start.startswith(_GZIP_MAGIC[: len(start)]):
            self._wbits = 16 + zlib.MAX_WBITS
        elif coding == "deflate":
            # A zlib header is 0x78 with a check that makes its two bytes divisible by 31; raw deflate has neither.
            headed = len(start) > 1 and start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
            self._wbits = zlib.MAX_WBITS if headed else -zlib.MAX_WBITS
        self._zip = zlib.decompressobj(self._wbits) if self._wbits else None

    def feed(self, data: bytes, room: int) -> bytes:
        """The unpacked `data`, at most one byte more than `room`, so that the caller notices an excess."""
        if self._zip is None:
            return data[: room + 1]
        out = self._zip.decompress(data, room + 1)
        rest = self._zip.unused_data
        while self._zip.eof and rest.startswith(_GZIP_MAGIC) and len(out) <= room:
            self._zip = zlib.decompressobj(self._wbits)
            out += self._zip.decompress(rest, room + 1 - len(out))
            rest = self._zip.unused_data
        return out

    def finished(self) -> bool:
        return self._zip is None or self._zip.eof
