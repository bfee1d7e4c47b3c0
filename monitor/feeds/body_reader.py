"""The body of an answer, read and decompressed within bounds: no length header and no ratio is trusted."""

from __future__ import annotations

import zlib

import aiohttp

from monitor.errors import FeedError

_CHUNK = 65_536
_GZIP_MAGIC = b"\x1f\x8b"
ACCEPT_ENCODING = "gzip, deflate"
"""The compressions that we ask for; an answer in any other is refused."""


class _Unpacker:
    """A body as it is sent, gzip (of one or more members) or deflate (with zlib header, or raw as old servers send it)."""

    def __init__(self, coding: str, start: bytes) -> None:
        self._wbits = 0
        if coding == "gzip" and start.startswith(
            _GZIP_MAGIC[: len(start)]
        ):  # some servers say gzip and send plain text
            self._wbits = 16 + zlib.MAX_WBITS
        elif coding == "deflate":
            # A zlib header is 0x78 with a check that makes its two bytes divisible by 31; raw deflate has neither.
            headed = len(start) > 1 and start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
            self._wbits = zlib.MAX_WBITS if headed else -zlib.MAX_WBITS
        self._zip = zlib.decompressobj(self._wbits) if self._wbits else None

    def feed(self, data: bytes, room: int) -> bytes:
        """What `data` unpacks to, at most one byte more than `room`, so that the caller sees the excess."""
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


async def read_body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The decoded body, at most `limit` bytes; FeedError too_large, unreadable (broken or unknown compression) or empty.

    A server that names a length over the limit is refused before the first byte.
    """
    header = ", ".join(response.headers.getall("Content-Encoding", []))
    layers = [name.strip().lower().removeprefix("x-") for name in header.split(",")]
    layers = [name for name in layers if name not in ("", "identity")]
    if len(layers) > 1 or not set(layers) <= {"gzip", "deflate"}:
        shown = f"{len(layers)} layers" if len(layers) > 1 else repr(layers[0][:30])
        raise FeedError("unreadable", f"compressed with {shown}; only {ACCEPT_ENCODING} is asked for and read")
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
