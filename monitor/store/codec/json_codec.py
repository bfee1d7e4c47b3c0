"""Frozen values to JSON text and back: what the database holds, and what the outbox sends.

The dataclasses of the domain are the schema: a field's annotation says how it is written (times as ISO 8601 in UTC,
enums by value, tuples as lists). Reading is strict about what it finds and lenient about what it does not: a field that
an older program did not write gets its default, a field that no longer exists is ignored. A value of a union carries its tag
(the class variable `tag`) under "is". Kinds whose rows have changed carry a version under "v"; `older_rows` upgrades those
of earlier versions.
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

from monitor.domain.messages.briefs import Brief
from monitor.errors import RenderError, StoreError

T = TypeVar("T")
JsonValue = Any
"""What the json module writes: dict, list, str, int, float, bool or None."""


def dump(value: object) -> str:
    """The JSON text of a frozen value; equal values give equal text."""
    return json.dumps(_plain(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    """The value of `kind` that `dump` wrote; StoreError where the text is not one."""
    try:
        return cast(T, _read(kind, text))
    except (ValueError, TypeError, KeyError) as error:
        problem = f"a stored {kind.__name__} cannot be read ({error}); restore the database from a backup"
        raise StoreError(problem, subject=kind.__name__) from error


def to_json(brief: Brief) -> str:
    """The JSON text of the brief of a message."""
    return dump(brief)


def from_json(text: str) -> Brief:
    """The brief of a message; RenderError where the text is not one, so that it stops this message alone."""
    try:
        return cast(Brief, _read(Brief, text))
    except (ValueError, TypeError, KeyError) as error:
        raise RenderError(f"a stored message cannot be read: {error!r}", subject="brief") from error


def _read(kind: Any, text: str) -> Any:
    return _reader(kind)(json.loads(text))


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
    """How a value annotated `kind` is read from plain JSON. Raises TypeError for an annotation that it does not know."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union([part for part in parts if part is not NoneType], optional=NoneType in parts)
    if origin is Literal:
        return _one_of(parts)
    if origin is frozenset or (origin is tuple and parts[1:] == (Ellipsis,)):
        item = _reader(parts[0])
        return lambda plain: origin(map(item, plain))
    if origin is tuple:
        items = [_reader(part) for part in parts]
        return lambda plain: tuple(read(item) for read, item in zip(items, plain, strict=True))
    if not isinstance(kind, type):
        raise TypeError(f"{kind} is not a type that the store reads")
    if is_dataclass(kind):
        return _dataclass(kind)
    if issubclass(kind, Enum):
        return kind
    if issubclass(kind, datetime):
        return lambda plain: _utc(datetime.fromisoformat(plain))
    if issubclass(kind, date):
        return date.fromisoformat
    # Numbers and texts are read strictly, but that JSON may write a whole float without a point; a bool is no number.
    plain_type: Any = kind
    allowed = (float, int) if plain_type is float else (plain_type,)

    def read(plain: JsonValue) -> Any:
        if type(plain) not in allowed:
            raise TypeError(f"{plain!r} is not of type {plain_type.__name__}")
        return plain_type(plain)

    return read


def _union(parts: list[Any], *, optional: bool) -> Callable[[JsonValue], Any]:
    """One type or None, words of several enumerations, or dataclasses told apart by their tags."""
    if all(isinstance(part, type) and issubclass(part, Enum) for part in parts):
        read = _one_of([word for part in parts for word in part])
    elif len(parts) == 1:
        read = _reader(parts[0])
    else:
        kinds = {part.tag: part for part in parts}

        def read(plain: JsonValue) -> Any:
            # The reader is made when it is first needed: such a value may hold another one of its union.
            return _reader(kinds[plain["is"]])(plain)

    return lambda plain: None if optional and plain is None else read(plain)


def _one_of(words: Sequence[Any]) -> Callable[[JsonValue], Any]:
    known = {str(word): word for word in words}
    return lambda plain: known[plain]


def _dataclass(kind: type) -> Callable[[JsonValue], Any]:
    """A field that the row does not have gets its default; one that has none is missing."""
    declared, hints = fields(kind), get_type_hints(kind)
    required = {field.name for field in declared if field.default is MISSING and field.default_factory is MISSING}

    def read(plain: JsonValue) -> Any:
        if not isinstance(plain, dict):
            raise TypeError(f"{plain!r} is not an object")
        if missing := required - plain.keys():
            raise KeyError(f"{kind.__name__} without {', '.join(sorted(missing))}")
        return kind(**{f.name: _reader(hints[f.name])(plain[f.name]) for f in declared if f.name in plain})

    return read
