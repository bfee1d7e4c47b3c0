"""Compact column types for the columns of every story: hexadecimal ids, keys of entries, and times.

As text they would be half of a small database: 16 digits take 16 bytes instead of 8, a time 26 instead of 8.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.types import BigInteger, LargeBinary, TypeDecorator

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_KINDS = {"url": b"u", "guid": b"g", "title": b"t", "text": b"x"}
"""The kinds of entry keys (`domain.stories.entry_keys`), each with its byte."""
_KIND_OF = {byte[0]: kind for kind, byte in _KINDS.items()}
_KEY_BYTES = 9
"""One of the kind and 8 of the hash."""


class HexId(TypeDecorator[str]):
    """An even number of lower-case hexadecimal digits, two in a byte. Binding anything else raises ValueError."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> str | None:
        return None if value is None else value.hex()


class Moment(TypeDecorator[datetime]):
    """A time as microseconds since 1970, read as aware UTC. Binding one without a zone raises TypeError."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)

    def coerce_compared_value(self, op: Any, value: Any) -> Moment:  # noqa: ARG002 - the shape that SQLAlchemy asks for
        return self


class EntryKey(TypeDecorator[str]):
    """One key of an entry, such as 'title:3bbd42816a8107b2': a byte for its kind, then its hash."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        return None if value is None else _packed_key(value)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> str | None:
        return None if value is None else _unpacked_key(value)


class EntryKeys(TypeDecorator[frozenset[str]]):
    """The keys of an entry as concatenated bytes: equal sets are equal bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, _dialect: Dialect) -> bytes | None:
        return None if value is None else b"".join(sorted(map(_packed_key, value)))

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> frozenset[str] | None:
        return None if value is None else unpacked_keys(value)


def unpacked_keys(packed: bytes) -> frozenset[str]:
    """The keys of an entry in these bytes."""
    starts = range(0, len(packed), _KEY_BYTES)
    return frozenset(_unpacked_key(packed[start : start + _KEY_BYTES]) for start in starts)


@lru_cache(maxsize=1024)  # a key is bound three times: looked for, with its entry, and as a row of its own
def _packed_key(key: str) -> bytes:
    """Raises KeyError for an unknown kind, ValueError for a hash that is not hexadecimal."""
    kind, _, digits = key.partition(":")
    return _KINDS[kind] + bytes.fromhex(digits)


def _unpacked_key(key: bytes) -> str:
    return f"{_KIND_OF[key[0]]}:{key[1:].hex()}"
