"""Frozen values to JSON text and back: what the database holds, and what the outbox sends.

The dataclasses of the domain are the schema: a field's annotation says how it is written (times as ISO 8601 in UTC,
enums by value, tuples as lists). Reading is strict about what it finds and lenient about what it does not: a field that
an older program did not write gets its default, a field that no longer exists is ignored. A value of a union carries its tag
(the class variable `tag`) under "is". Kinds whose rows have changed carry a version under "v"; `older` reads those before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from monitor.domain.messages.models import AlertBrief, Brief, DigestBrief
from monitor.domain.model import Signal, Transition, Verdict
from monitor.errors import RenderError, StoreError
from monitor.store.older_rows import UPGRADES

T = TypeVar("T")
VERSION = 2
VERSIONED = frozenset({AlertBrief, DigestBrief, Signal, Transition, Verdict})
JsonValue = Any
"""What the json module writes: dict, list, str, int, float, bool or None."""


def dump(value: object) -> str:
    """The JSON text of a frozen value; equal values give equal text."""
    plain = _plain(value)
    if type(value) in VERSIONED:
        plain = {"v": VERSION, **plain}
    return json.dumps(plain, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    """The value of `kind` that `dump` wrote; StoreError where the text is not one."""
    try:
        value: T = _read(kind, text)
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"a stored {kind.__name__} cannot be read ({error}); restore the database from a backup",
            subject=kind.__name__,
        ) from error
    return value


def to_json(brief: Brief) -> str:
    return dump(brief)


def from_json(text: str) -> Brief:
    """The brief of a message; RenderError where the text is not one, so that it stops this message alone."""
    try:
        return cast(Brief, _read(Brief, text))
    except (ValueError, TypeError, KeyError) as error:
        raise RenderError(f"a stored message cannot be read: {error!r}", subject="brief") from error


def _read(kind: Any, text: str) -> Any:
    plain = json.loads(text)
    if kind in UPGRADES and isinstance(plain, dict) and "v" not in plain:
        plain = UPGRADES[kind](plain)
    return _reader(kind)(plain)


def _plain(value: Any) -> JsonValue:
    if is_dataclass(value):
        tag = {"is": value.tag} if hasattr(value, "tag") else {}
        return tag | {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return _utc(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} is not a value that the store writes")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)


@cache
def _reader(kind: Any) -> Callable[[JsonValue], Any]:
    """How a value annotated `kind` is read from plain JSON."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _union([part for part in get_args(kind) if part is not NoneType], optional=NoneType in get_args(kind))
    if origin is Literal:
        return _one_of(get_args(kind))
    if origin is tuple:
        return _tuple(get_args(kind))
    if origin is frozenset:
        item = _reader(get_args(kind)[0])
        return lambda plain: frozenset(item(one) for one in plain)
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind)
    if isinstance(kind, type):
        return _scalar(kind)
    raise TypeError(f"{kind} is not a type that the store reads")


def _scalar(kind: type) -> Callable[[JsonValue], Any]:
    if issubclass(kind, Enum):
        return kind
    if issubclass(kind, datetime):
        return lambda plain: _utc(datetime.fromisoformat(plain))
    if issubclass(kind, date):
        return date.fromisoformat
    if kind is float:
        return _float
    return _exact_type(kind)


def _float(plain: JsonValue) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise TypeError(f"{plain!r} is not a number")
    return float(plain)


def _exact_type(kind: type) -> Callable[[JsonValue], Any]:
    def read(plain: JsonValue) -> Any:
        if type(plain) is not kind:
            raise TypeError(f"{plain!r} is not of type {kind.__name__}")
        return plain

    return read


def _union(parts: list[Any], *, optional: bool) -> Callable[[JsonValue], Any]:
    """One type or None, words of several enumerations, or dataclasses told apart by their tags."""
    if all(isinstance(part, type) and issubclass(part, Enum) for part in parts):
        read = _one_of([word for part in parts for word in part])
    elif len(parts) == 1:
        read = _reader(parts[0])
    else:
        read = _tagged({part.tag: part for part in parts})
    return lambda plain: None if optional and plain is None else read(plain)


def _tagged(kinds: dict[str, type]) -> Callable[[JsonValue], Any]:
    """Readers are made when they are first needed: such a value may hold another one of its union."""
    return lambda plain: _reader(kinds[plain["is"]])(plain)


def _one_of(words: Sequence[Any]) -> Callable[[JsonValue], Any]:
    known = {str(word): word for word in words}
    return lambda plain: known[plain]


def _tuple(parts: tuple[Any, ...]) -> Callable[[JsonValue], Any]:
    if len(parts) == 2 and parts[1] is Ellipsis:
        item = _reader(parts[0])
        return lambda plain: tuple(item(one) for one in plain)
    items = [_reader(part) for part in parts]
    return lambda plain: tuple(read(one) for read, one in zip(items, plain, strict=True))


def _dataclass(kind: type) -> Callable[[JsonValue], Any]:
    hints = {
        name: hint for name, hint in get_type_hints(kind).items() if name in {field.name for field in fields(kind)}
    }
    required = {field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING}

    def read(plain: JsonValue) -> Any:
        if not isinstance(plain, dict):
            raise TypeError(f"{plain!r} is not an object")
        missing = required - plain.keys()
        if missing:
            raise KeyError(f"{kind.__name__} without {', '.join(sorted(missing))}")
        return kind(**{name: _reader(hint)(plain[name]) for name, hint in hints.items() if name in plain})

    return read
