"""Shapes applied to sources: every fault of a file as an issue at its own line and column."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from monitor.errors import Issue
from monitor.rulebook.places import Source, Where, did_you_mean

Shape = TypeVar("Shape", bound=BaseModel)


def validated(source: Source, shape: type[Shape]) -> tuple[Shape | None, list[Issue]]:
    """The file's value as its shape, or every reason why it is not."""
    try:
        return shape.model_validate(source.value), []
    except ValidationError as error:
        return None, [_issue(source, shape, detail) for detail in error.errors(include_url=False)]


def _issue(source: Source, shape: type[BaseModel], detail: Mapping[str, Any]) -> Issue:
    where: Where = _existing(source, detail["loc"])
    kind, message = detail["type"], detail["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        hint = did_you_mean(key, _keys_at(shape, detail["loc"][:-1]))
        if detail["input"] is None:
            hint = "a text with a comma needs single quotes inside { }"
        return source.issue("unknown_key", f"unknown key {key!r}", where, hint=hint, key=True)
    if kind == "missing":
        return source.issue("missing_key", f"the key {detail['loc'][-1]!r} is missing", where)
    if kind in ("enum", "literal_error"):
        found = str(detail["input"])
        return source.issue("unknown_value", f"{found!r} is not known here", where, hint=_choices(detail, found))
    if kind == "string_type":
        return source.issue("not_text", f"{detail['input']!r} is not text", where, hint="put it in single quotes")
    return source.issue(kind, message[:1].lower() + message[1:], where)


def _existing(source: Source, loc: tuple[str | int, ...]) -> Where:
    """The longest beginning of a location that stands in the file (pydantic adds names of union members to it)."""
    known = source.places.keys() | source.keys.keys()
    path: Where = ()
    for step in loc:
        if (*path, step) in known:
            path = (*path, step)
    return path


def _choices(detail: Mapping[str, Any], found: str) -> str:
    quoted = str(detail.get("ctx", {}).get("expected", ""))
    return did_you_mean(found, [part.strip().strip("'") for part in quoted.replace(" or ", ", ").split(",")])


def _keys_at(shape: Any, loc: tuple[str | int, ...]) -> list[str]:
    """The keys that a mapping at a location may have."""
    for step in loc:
        shape = next(_inner(shape, step), None)
    return [f.alias or name for name, f in shape.model_fields.items()] if _is_shape(shape) else []


def _inner(shape: Any, step: str | int) -> Iterator[Any]:
    """Shapes that a value has one step further in."""
    if _is_shape(shape):
        for name, field in shape.model_fields.items():
            if step in (name, field.alias):
                yield from _bare(field.annotation)
    elif get_origin(shape) in (list, dict):
        yield from _bare(get_args(shape)[-1])


def _bare(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _bare(member)
    elif origin is Annotated:
        yield from _bare(get_args(annotation)[0])
    elif annotation is not type(None):
        yield annotation


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)
