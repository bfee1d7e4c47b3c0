"""Shapes applied to sources: every fault of a file as an issue at its own line and column."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from monitor.errors import Issue
from monitor.rulebook.source.error_text import ErrorText, ValidationFault, error_text
from monitor.rulebook.source.source_map import RuleSource, ValuePath, closest_word, did_you_mean

ShapeT = TypeVar("ShapeT", bound=BaseModel)

REPORTED_AT_KEY = frozenset({"missing_key", "value_error"})
"""Faults of a whole mapping: they stand at the key of it, where there is one, as editors show them."""


def validate(source: RuleSource, shape: type[ShapeT]) -> tuple[ShapeT | None, list[Issue]]:
    """The file's value as its shape, or every reason why it is not.

    It is validated as the JSON that it could have been, strictly: the number 5 is no text and no date, as in the editor.
    """
    try:
        return shape.model_validate_json(json.dumps(source.value), strict=True), []
    except ValidationError as error:
        if source.blank:
            return None, [source.issue("empty", "the file is empty", hint=f"it needs {_required(shape)}")]
        faults = [
            ValidationFault.of(detail, _existing(source, detail["loc"])) for detail in error.errors(include_url=False)
        ]
        return None, [_issue(source, shape, fault) for fault in _unmistyped(shape, list(_merged(faults)))]


def _issue(source: RuleSource, shape: type[BaseModel], fault: ValidationFault) -> Issue:
    said = error_text(fault)
    if fault.kind == "extra_forbidden":
        said = _unknown_key(shape, fault)
        return source.issue(said.code, said.message, fault.where, hint=said.hint, key=True)
    if fault.kind == "missing":
        said = said._replace(hint=_fields_at(shape, fault.loc[:-1])[str(fault.loc[-1])].description or "")
    whole = said.code in REPORTED_AT_KEY and isinstance(fault.value, dict)
    return source.issue(said.code, said.message, fault.where, hint=said.hint, key=whole or fault.at_key)


def _unknown_key(shape: type[BaseModel], fault: ValidationFault) -> ErrorText:
    key = str(fault.loc[-1])
    remedies = {name: how for one in _shapes_at(shape, fault.loc[:-1]) for name, how in one.removed.items()}
    if key in remedies:
        return ErrorText("removed_key", f"the key {key!r} is no longer part of the language", remedies[key])
    hint = did_you_mean(key, _fields_at(shape, fault.loc[:-1]))
    if fault.value is None:
        hint = "a space must follow the colon" if ":" in key else "a text with a comma needs single quotes inside { }"
    return ErrorText("unknown_key", f"unknown key {key!r}", hint)


def _unmistyped(shape: type[BaseModel], faults: list[ValidationFault]) -> list[ValidationFault]:
    """Without the missing keys that are there under a mistyped name: the unknown key says so already."""
    meant = {
        (*fault.loc[:-1], key)
        for fault in faults
        if fault.kind == "extra_forbidden"
        if (key := closest_word(str(fault.loc[-1]), _fields_at(shape, fault.loc[:-1])))
    }
    return [fault for fault in faults if fault.kind != "missing" or tuple(fault.loc) not in meant]


def _required(shape: type[BaseModel]) -> str:
    return ", ".join(field.alias or name for name, field in shape.model_fields.items() if field.is_required())


def _existing(source: RuleSource, loc: Sequence[str | int]) -> ValuePath:
    """The longest beginning of a location that stands in the file (pydantic adds names of union members to it)."""
    path: ValuePath = ()
    for step in loc:
        if (*path, step) in source.places or (*path, step) in source.keys:
            path = (*path, step)
    return path


def _merged(faults: list[ValidationFault]) -> Iterator[ValidationFault]:
    """Where a value may be one of several things, what is nearest to what was written: one fault, not one for each."""
    inner = {fault.where[:depth] for fault in faults for depth in range(len(fault.where))}
    found: dict[tuple[ValuePath, str], ValidationFault] = {}
    for fault in faults:
        if fault.of_union and fault.where in inner and fault.is_type:
            continue
        key = (fault.where, "" if fault.of_union else f"{fault.kind} {fault.loc[-1:]}")
        found[key] = found[key].merged(fault) if key in found else fault
    yield from found.values()


def _fields_at(shape: Any, loc: Sequence[str | int]) -> dict[str, FieldInfo]:
    """The keys that a mapping at a location may have."""
    return {f.alias or name: f for one in _shapes_at(shape, loc) for name, f in one.model_fields.items()}


def _shapes_at(shape: Any, loc: Sequence[str | int]) -> list[Any]:
    """The shapes that a mapping at a location may have."""
    shapes: list[Any] = [shape]
    for step in loc:
        shapes = [inner for outer in shapes for inner in _inner(outer, step)] or shapes
    return [one for one in shapes if _is_shape(one)]


def _inner(shape: Any, step: str | int) -> Iterator[Any]:
    """Shapes that a value has one step further in."""
    if _is_shape(shape):
        for name, field in shape.model_fields.items():
            if step in (name, field.alias):
                yield from _without_annotation(field.annotation)
    elif get_origin(shape) in (list, dict):
        yield from _without_annotation(get_args(shape)[-1])


def _without_annotation(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _without_annotation(member)
    elif origin is Annotated:
        yield from _without_annotation(get_args(annotation)[0])
    elif annotation is not type(None):
        yield annotation


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)
