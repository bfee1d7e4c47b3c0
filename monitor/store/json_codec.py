"""Frozen values as JSON text: the bodies of stored rows, and the messages of the outbox.

The dataclasses of the domain are the schema. Each member of a union has a field `tag` that only it accepts. Reading is
strict about types; a missing field gets its default, an unknown field is ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from monitor.domain.messages.briefs import Brief
from monitor.errors import RenderError, StoreError

T = TypeVar("T")
_adapter_of: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def dump(value: Any) -> str:
    kind: Any = type(value)
    return _adapter_of(kind).dump_json(value).decode()


def load(kind: type[T], text: str) -> T:
    """The value of `kind` that `dump` wrote. Raises StoreError."""
    try:
        return cast(T, _adapter_of(cast(Any, kind)).validate_json(text, strict=True))
    except ValidationError as error:
        problem = f"a stored {kind.__name__} cannot be read ({_first(error)}); restore the database from a backup"
        raise StoreError(problem, subject=kind.__name__) from error


def from_json(text: str) -> Brief:
    """The brief of a message. Raises RenderError, which stops this message only."""
    try:
        return cast(Brief, _adapter_of(Brief).validate_json(text, strict=True))
    except ValidationError as error:
        raise RenderError(f"a stored message cannot be read: {_first(error)}", subject="brief") from error


def subject_of(text: str) -> str:
    """The first line of a message; '' if it cannot be read."""
    try:
        return from_json(text).subject
    except RenderError:
        return ""


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, problem['loc'])) or 'text'}: {problem['msg']}"
