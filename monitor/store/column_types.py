"""Column types of the store: compact ones for the columns of every story, and JSON. As text, the ids, keys and times of
stories would be half of a small database: 16 digits take 16 bytes instead of 8, a time 26 instead of 8."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.types import BigInteger, LargeBinary, Text, TypeDecorator

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_KINDS = {"url": b"u", "guid": b"g", "title": b"t", "text": b"x"}
"""The kinds of entry keys (`domain.stories.entry_keys`), each with its byte."""
_KIND_OF = {byte[0]: kind for kind, byte in _KINDS.items()}
_KEY_BYTES = 9
"""One of the kind and 8 of the hash."""


class _Packed(TypeDecorator[Any]):
    """A type that stores `pack` of each value, and reads it back with `unpack`; NULL stays None."""

    impl: Any = Text
    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        return None if value is None else self.pack(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        return None if value is None else self.unpack(value)


class HexId(_Packed):
    """An even number of lower-case hexadecimal digits, two in a byte. Binding anything else raises ValueError."""

    impl = LargeBinary
    cache_ok = True
    pack, unpack = staticmethod(bytes.fromhex), staticmethod(bytes.hex)


class Moment(_Packed):
    """A time as microseconds since 1970, read as aware UTC. Binding one without a zone raises TypeError."""

    impl = BigInteger
    cache_ok = True
    pack = staticmethod(lambda value: (value - _EPOCH) // _MICROSECOND)
    unpack = staticmethod(lambda value: _EPOCH + timedelta(microseconds=value))

    def coerce_compared_value(self, op: Any, value: Any) -> Moment:  # noqa: ARG002 - the shape that SQLAlchemy asks for
        return self


@lru_cache(maxsize=1024)  # a key is bound three times: looked for, with its entry, and as a row of its own
def _packed_key(key: str) -> bytes:
    """Raises KeyError for an unknown kind, ValueError for a hash that is not hexadecimal."""
    kind, _, digits = key.partition(":")
    return _KINDS[kind] + bytes.fromhex(digits)


def unpacked_keys(packed: bytes) -> frozenset[str]:
    starts = range(0, len(packed), _KEY_BYTES)
    return frozenset(f"{_KIND_OF[packed[at]]}:{packed[at + 1 : at + _KEY_BYTES].hex()}" for at in starts)


class EntryKey(_Packed):
    """One key of an entry, such as 'title:3bbd42816a8107b2': a byte for its kind, then its hash."""

    impl = LargeBinary
    cache_ok = True
    pack = staticmethod(_packed_key)
    unpack = staticmethod(lambda value: next(iter(unpacked_keys(value))))


class EntryKeys(_Packed):
    """The keys of an entry as concatenated bytes: equal sets are equal bytes."""

    impl = LargeBinary
    cache_ok = True
    pack = staticmethod(lambda value: b"".join(sorted(map(_packed_key, value))))
    unpack = staticmethod(unpacked_keys)


class JsonText(_Packed):
    """A list or mapping of strings, stored as JSON text."""

    cache_ok = True
    pack, unpack = staticmethod(lambda value: json.dumps(value, sort_keys=True)), staticmethod(json.loads)


@dataclass(frozen=True, slots=True)
class StoredError:
    """An error. type: the name of its class."""

    type: str
    text: str

    def __str__(self) -> str:
        return f"{self.type}: {self.text}"


class ErrorJson(_Packed):
    """An error, stored as a JSON object."""

    cache_ok = True
    pack = staticmethod(lambda value: json.dumps({"type": value.type, "text": value.text}))
    unpack = staticmethod(lambda value: StoredError(**json.loads(value)))
