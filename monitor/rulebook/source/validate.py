"""Shapes applied to sources: every fault of a file as an issue at its own line and column."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from monitor.errors import Issue
from monitor.rulebook.source.error_text import EXPECTED, ErrorText, ValidationFault, error_text
from monitor.rulebook.source.source_map import RuleSource, ValuePath, closest_word, did_you_mean

ShapeT = TypeVar("ShapeT", bound=BaseModel)

REPORTED_AT_KEY = frozenset({"missing_key", "value_error"})
"""Faults of a whole mapping: they stand at the key of it, where there is one, as editors show them."""


def validate(source: RuleSource, shape: type[ShapeT]) -> tuple[ShapeT | None, list[Issue]]:
    """The file's value as its shape, or every reason why it is not.

    The number 5 is no text and no date, as in the editor, so validation is strict. It reads JSON because pydantic takes a
    date, an enum or a set from text in its strict JSON mode only; from Python values it would ask for the objects themselves.
    """
    try:
        return shape.model_validate_json(json.dumps(source.value), strict=True), []
    except ValidationError as error:
        if source.blank:
            required = [field.alias or name for name, field in shape.model_fields.items() if field.is_required()]
            return None, [source.issue("empty", "the file is empty", hint=f"it needs {', '.join(required)}")]
        details = error.errors(include_url=False)
    faults = _merged(source, details)
    # A key that is missing may be there under a mistyped name: then the issue of the unknown key is enough.
    meant = {
        (*fault.loc[:-1], closest_word(str(fault.loc[-1]), _fields_at(shape, fault.loc[:-1])))
        for fault in faults
        if fault.kind == "extra_forbidden"
    }
    return None, [
        _issue(source, shape, fault) for fault in faults if fault.kind != "missing" or tuple(fault.loc) not in meant
    ]


def _issue(source: RuleSource, shape: type[BaseModel], fault: ValidationFault) -> Issue:
    said = error_text(fault)
    if fault.kind == "extra_forbidden":
        said = _unknown_key(shape, fault)
        return source.issue(said.code, said.message, fault.where, said.hint, key=True)
    if fault.kind == "missing":
        said = said._replace(hint=_fields_at(shape, fault.loc[:-1])[str(fault.loc[-1])].description or "")
    whole = said.code in REPORTED_AT_KEY and isinstance(fault.detail["input"], dict)
    return source.issue(said.code, said.message, fault.where, said.hint, key=whole or fault.at_key)


def _unknown_key(shape: type[BaseModel], fault: ValidationFault) -> ErrorText:
    key = str(fault.loc[-1])
    remedies = {name: how for model in _models_at(shape, fault.loc[:-1]) for name, how in model.removed.items()}
    if key in remedies:
        return ErrorText("removed_key", f"the key {key!r} is no longer part of the language", remedies[key])
    hint = did_you_mean(key, _fields_at(shape, fault.loc[:-1]))
    if fault.detail["input"] is None:
        hint = "a space must follow the colon" if ":" in key else "a text with a comma needs single quotes inside { }"
    return ErrorText("unknown_key", f"unknown key {key!r}", hint)


def _merged(source: RuleSource, details: Iterable[ErrorDetails]) -> list[ValidationFault]:
    """Where a value may be one of several things, what is nearest to what was written: one fault, not one for each."""
    faults = []
    for detail in details:
        where: ValuePath = ()
        for step in detail["loc"]:  # the longest beginning that stands in the file
            if (*where, step) in source.places or (*where, step) in source.keys:
                where = (*where, step)
        choices = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
        faults.append(ValidationFault(detail, where, tuple(choices)))
    inner = {fault.where[:depth] for fault in faults for depth in range(len(fault.where))}
    merged: dict[tuple[ValuePath, str], ValidationFault] = {}
    for fault in faults:
        if fault.of_union and fault.where in inner and fault.kind in EXPECTED:
            continue
        key = (fault.where, "" if fault.of_union else f"{fault.kind} {fault.loc[-1:]}")
        first = merged.setdefault(key, fault)
        if first is not fault:
            # The finding that has choices counts: they can be listed.
            detail = fault.detail if fault.choices and not first.choices else first.detail
            merged[key] = ValidationFault(detail, fault.where, (*first.choices, *fault.choices))
    return list(merged.values())


def _fields_at(shape: type[BaseModel], loc: ValuePath) -> dict[str, FieldInfo]:
    """The keys that a mapping at a location may have."""
    models = _models_at(shape, loc)
    return {field.alias or name: field for model in models for name, field in model.model_fields.items()}


def _models_at(shape: type[BaseModel], loc: ValuePath) -> list[Any]:
    """The shapes that a mapping at a location may have."""
    kinds: list[Any] = [shape]
    for step in loc:
        kinds = [inner for outer in kinds for inner in _inner(outer, step)] or kinds
    return [kind for kind in kinds if _is_model(kind)]


def _inner(kind: Any, step: str | int) -> Iterator[Any]:
    """What a value of a kind may hold one step further in."""
    if _is_model(kind):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                yield from _members(field.annotation)
    elif get_origin(kind) in (list, dict):
        yield from _members(get_args(kind)[-1])


def _members(annotation: Any) -> Iterator[Any]:
    """The members of a union, each without its Annotated; the annotation itself if it is no union."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif annotation is not type(None):
        yield annotation


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
