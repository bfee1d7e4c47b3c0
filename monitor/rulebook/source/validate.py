"""Validates rule files: every fault of a file becomes an issue at its own line and column."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from monitor.errors import Issue
from monitor.rulebook.source.rule_source import RuleSource, ValuePath, closest_word, did_you_mean
from monitor.rulebook.source.yaml_reader import BRACES, BRACES_HINT

ShapeT = TypeVar("ShapeT", bound=BaseModel)

MAX_VALUE_SHOWN = 60
"""Characters of an invalid value in a message."""
_MAPPING = ("not_a_mapping", "a mapping", "write lines of the form key: value")
_LIST = ("not_a_list", "a list", "write [one, two], or each entry on its own line after '- '")
_NUMBER = ("not_a_number", "a number", "write it without quotes")
_EXPECTED = {
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type", "mapping_type"), _MAPPING),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), _LIST),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "float_type", "float_parsing"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), ("not_true_or_false", "true or false", "")),
    "string_type": ("not_text", "text", "put it in single quotes"),
    "none_required": ("not_empty", "nothing", "delete the value"),
}
"""Pydantic's kind of error -> our code, the expected type, and the remedy."""
_LIMITS = {
    "string_too_short": ("empty_text", "the text is empty"),
    "string_too_long": ("too_long", "longer than {max_length} characters"),
    "too_short": ("empty_list", "the list is empty"),
    "greater_than_equal": ("out_of_range", "less than {ge}"),
    "greater_than": ("out_of_range", "not greater than {gt}"),
    "less_than_equal": ("out_of_range", "greater than {le}"),
    "less_than": ("out_of_range", "not less than {lt}"),
}


@dataclass(frozen=True, slots=True)
class _Fault:
    """One finding of pydantic, its path in the file, and the words that are allowed there."""

    detail: ErrorDetails
    kind: str
    loc: ValuePath
    """Pydantic's location: the path in the file plus names of union members."""
    where: ValuePath
    choices: tuple[str, ...]
    of_union: bool
    """Whether the value can have several types, and this finding is about one of them."""
    at_key: bool
    """Whether it is about a key from a list of words."""


def validate(source: RuleSource, shape: type[ShapeT]) -> tuple[ShapeT | None, list[Issue]]:
    """The file's value as its shape, or every reason why it has another one.

    As in the editor, the number 5 is neither a text nor a date: the shapes say where pydantic must be strict.
    """
    try:
        return shape.model_validate(source.value), []
    except ValidationError as error:
        if not source.places:  # only white space and comments
            required = [field.alias or name for name, field in shape.model_fields.items() if field.is_required()]
            return None, [source.issue("empty", "the file is empty", hint=f"it needs {', '.join(required)}")]
        details = error.errors(include_url=False)
    faults = _merged(source, details)
    # A missing key may be there with a typing error: then the issue of the unknown key is enough.
    meant = {
        (*fault.loc[:-1], closest_word(str(fault.loc[-1]), _fields_at(shape, fault.loc[:-1])))
        for fault in faults
        if fault.kind == "extra_forbidden"
    }
    left = [fault for fault in faults if fault.kind != "missing" or tuple(fault.loc) not in meant]
    return None, [_issue(source, shape, fault) for fault in left]


def _issue(source: RuleSource, shape: type[BaseModel], fault: _Fault) -> Issue:
    """A fault as an issue. The fault of a whole mapping is placed at its key, as in editors."""
    if fault.kind not in ("extra_forbidden", "missing"):
        code, message, hint = _error_text(fault)
        if fault.kind in _EXPECTED and (braces := _braces_at(source, fault.where)):
            shown = f"['{braces}']" if code == "not_a_list" else f"'{braces}'"
            hint = f"{BRACES_HINT}: {shown}"
        whole = code == "value_error" and isinstance(fault.detail["input"], dict)
        return source.issue(code, message, fault.where, hint, key=whole or fault.at_key)
    key, around = str(fault.loc[-1]), fault.loc[:-1]
    fields = _fields_at(shape, around)
    if fault.kind == "missing":
        hint = fields[key].description or ""
        whole = isinstance(fault.detail["input"], dict)
        return source.issue("missing_key", f"the key {key!r} is missing", fault.where, hint, key=whole or fault.at_key)
    hint = did_you_mean(key, fields)
    if fault.detail["input"] is None:
        hint = "write a space after the colon" if ":" in key else "a text with a comma needs single quotes inside { }"
        hint = BRACES_HINT if _braces_at(source, fault.where[:-1]) else hint
    return source.issue("unknown_key", f"unknown key {key!r}", fault.where, hint, key=True)


def _braces_at(source: RuleSource, where: ValuePath) -> str:
    """A set {…} without quotes, which YAML reads as a mapping; '' if the value is none."""
    line, column = source.place(where)
    found = BRACES.match(source.line(line), column - 1)
    return found[0] if found is not None and isinstance(source.at(where), dict) else ""


def _merged(source: RuleSource, details: Iterable[ErrorDetails]) -> list[_Fault]:
    """Merges the findings about one value that can have several types into one fault."""
    faults = []
    for detail in details:
        where: ValuePath = ()
        for step in detail["loc"]:  # the longest prefix that exists in the file
            if (*where, step) in source.places or (*where, step) in source.keys:
                where = (*where, step)
        choices = tuple(re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", ""))))
        kind, loc = detail["type"], detail["loc"]
        of_union = len(loc) > len(where) and kind != "missing"
        faults.append(_Fault(detail, kind, loc, where, choices, of_union, at_key="[key]" in loc[len(where) :]))
    inner = {fault.where[:depth] for fault in faults for depth in range(len(fault.where))}
    merged: dict[tuple[ValuePath, str], _Fault] = {}
    for fault in faults:
        if fault.of_union and fault.where in inner and fault.kind in _EXPECTED:
            continue
        key = (fault.where, "" if fault.of_union else f"{fault.kind} {fault.loc[-1:]}")
        first = merged.setdefault(key, fault)
        if first is not fault:
            # Prefer a finding with choices, which the message can list.
            shown = fault if fault.choices and not first.choices else first
            merged[key] = replace(shown, choices=(*first.choices, *fault.choices))
    return list(merged.values())


def _fields_at(shape: type[BaseModel], loc: ValuePath) -> dict[str, FieldInfo]:
    """The keys that a mapping at a location can have, by every shape that is allowed there."""
    kinds: list[Any] = [shape]
    for step in loc:
        inner: list[Any] = []
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                for name, field in kind.model_fields.items():
                    inner += _members(field.annotation) if step in (name, field.alias) else ()
            elif get_origin(kind) in (list, dict):
                inner += _members(get_args(kind)[-1])
        kinds = inner or kinds
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return {field.alias or name: field for model in models for name, field in model.model_fields.items()}


def _members(annotation: Any) -> Iterator[Any]:
    """The members of a union without Annotated; the annotation itself if it is no union."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    elif origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif annotation is not type(None):
        yield annotation


# ---------------------------------------------------------------- messages


def _error_text(fault: _Fault) -> tuple[str, str, str]:
    """The stable code, the message and the remedy of a fault."""
    kind, value = fault.kind, fault.detail["input"]
    if fault.at_key or kind in ("enum", "literal_error"):
        hint = did_you_mean(value if isinstance(value, str) else "", dict.fromkeys(fault.choices))
        if fault.at_key:
            return "unknown_key", f"unknown key {_shown(value)}", hint
        known = isinstance(value, str | int | float) and not isinstance(value, bool)
        message = (
            f"{_shown(value)} is not allowed here" if known else f"a word is expected, not {_shown(value, typed=True)}"
        )
        return "unknown_value", message, hint
    if kind in _EXPECTED:
        code, expected, hint = _EXPECTED[kind]
        if value is None:
            hint = "add the value, or delete the key"
        elif code == "not_text" and isinstance(value, dict):
            hint = "a text with ': ' needs single quotes"
        elif code == "not_a_mapping" and isinstance(value, str) and ":" in value:
            hint = "write a space after the colon"
        return code, f"{expected} is expected, not {_shown(value, typed=True)}", hint
    if kind.startswith("date"):
        no_day = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)
        hint = "there is no such day" if no_day else "write it as 2026-01-31"
        return "not_a_date", f"{_shown(value)} is no date", hint
    if kind == "string_pattern_mismatch":
        return "bad_name", f"{_shown(value)} is no name", "lower-case letters and digits, joined by single hyphens"
    if kind in _LIMITS:
        code, message = _LIMITS[kind]
        return code, message.format(**fault.detail["ctx"]), ""
    message = fault.detail["msg"].removeprefix("Value error, ")
    return kind, message[:1].lower() + message[1:], ""


def _shown(value: Any, *, typed: bool = False) -> str:
    """A value in a message; `typed` texts and numbers are called so."""
    if isinstance(value, bool):
        return str(value).lower()
    kinds: dict[type, str] = {type(None): "nothing", dict: "a mapping", list: "a list"}
    if type(value) in kinds:
        return kinds[type(value)]
    text = repr(value)
    text = text if len(text) <= MAX_VALUE_SHOWN else f"{text[:MAX_VALUE_SHOWN]}…"
    return f"the {'text' if isinstance(value, str) else 'number'} {text}" if typed else text
