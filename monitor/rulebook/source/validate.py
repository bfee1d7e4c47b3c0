"""Shapes applied to sources: every fault of a file as an issue at its own line and column."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from monitor.errors import Issue
from monitor.rulebook.source.scalars import BRACES, BRACES_HINT
from monitor.rulebook.source.source_map import RuleSource, ValuePath, closest_word, did_you_mean

ShapeT = TypeVar("ShapeT", bound=BaseModel)

MAX_VALUE_SHOWN = 60
"""Characters of a wrong value that a message repeats."""
_EXPECTED = {
    **dict.fromkeys(
        ("model_type", "model_attributes_type", "dict_type", "mapping_type"), ("not_a_mapping", "a mapping")
    ),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), ("not_a_list", "a list")),
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_from_float", "float_type", "float_parsing"), ("not_a_number", "a number")
    ),
    **dict.fromkeys(("bool_type", "bool_parsing"), ("not_true_or_false", "true or false")),
    "string_type": ("not_text", "text"),
    "none_required": ("not_empty", "nothing"),
}
"""Pydantic's kinds of error -> our code, and what was expected."""
_LIMITS = {
    "string_too_short": ("empty_text", "a text is missing here"),
    "string_too_long": ("too_long", "longer than {max_length} characters"),
    "too_short": ("empty_list", "the list is empty"),
    "greater_than_equal": ("out_of_range", "less than {ge}"),
    "greater_than": ("out_of_range", "not greater than {gt}"),
    "less_than_equal": ("out_of_range", "greater than {le}"),
    "less_than": ("out_of_range", "not less than {lt}"),
}


@dataclass(frozen=True, slots=True)
class _Fault:
    """One finding of pydantic, where it is in the file, and the words that may stand there."""

    detail: ErrorDetails
    where: ValuePath
    choices: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.detail["type"]

    @property
    def loc(self) -> ValuePath:
        """Pydantic's location, which adds names of union members to the path in the file."""
        return self.detail["loc"]

    @property
    def of_union(self) -> bool:
        """Whether it comes from one of several things that may stand here."""
        return len(self.loc) > len(self.where) and self.kind != "missing"

    @property
    def at_key(self) -> bool:
        """Whether it is about a key that comes from a list of words."""
        return "[key]" in self.loc[len(self.where) :]


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
    left = [fault for fault in faults if fault.kind != "missing" or tuple(fault.loc) not in meant]
    return None, [_issue(source, shape, fault) for fault in left]


def _issue(source: RuleSource, shape: type[BaseModel], fault: _Fault) -> Issue:
    """A fault as an issue. One of a whole mapping stands at the key of it, where there is one, as editors show it."""
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
    remedies = {name: how for model in _models_at(shape, around) for name, how in model.removed.items()}
    if key in remedies:
        message = f"the key {key!r} is no longer part of the language"
        return source.issue("removed_key", message, fault.where, remedies[key], key=True)
    hint = did_you_mean(key, fields)
    if fault.detail["input"] is None:
        hint = "a space must follow the colon" if ":" in key else "a text with a comma needs single quotes inside { }"
        hint = BRACES_HINT if _braces_at(source, fault.where[:-1]) else hint
    return source.issue("unknown_key", f"unknown key {key!r}", fault.where, hint, key=True)


def _braces_at(source: RuleSource, where: ValuePath) -> str:
    """The set {…} that stands in the place of a value without quotes, and is read as a mapping; '' if there is none."""
    line, column = source.place(where)
    found = BRACES.match(source.line(line), column - 1)
    return found[0] if found is not None and isinstance(source.at(where), dict) else ""


def _merged(source: RuleSource, details: Iterable[ErrorDetails]) -> list[_Fault]:
    """Where a value may be one of several things, what is nearest to what was written: one fault, not one for each."""
    faults = []
    for detail in details:
        where: ValuePath = ()
        for step in detail["loc"]:  # the longest beginning that stands in the file
            if (*where, step) in source.places or (*where, step) in source.keys:
                where = (*where, step)
        choices = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
        faults.append(_Fault(detail, where, tuple(choices)))
    inner = {fault.where[:depth] for fault in faults for depth in range(len(fault.where))}
    merged: dict[tuple[ValuePath, str], _Fault] = {}
    for fault in faults:
        if fault.of_union and fault.where in inner and fault.kind in _EXPECTED:
            continue
        key = (fault.where, "" if fault.of_union else f"{fault.kind} {fault.loc[-1:]}")
        first = merged.setdefault(key, fault)
        if first is not fault:
            # The finding that has choices counts: they can be listed.
            detail = fault.detail if fault.choices and not first.choices else first.detail
            merged[key] = _Fault(detail, fault.where, (*first.choices, *fault.choices))
    return list(merged.values())


def _fields_at(shape: type[BaseModel], loc: ValuePath) -> dict[str, FieldInfo]:
    """The keys that a mapping at a location may have."""
    models = _models_at(shape, loc)
    return {field.alias or name: field for model in models for name, field in model.model_fields.items()}


def _models_at(shape: type[BaseModel], loc: ValuePath) -> list[Any]:
    """The shapes that a mapping at a location may have."""
    kinds: list[Any] = [shape]
    for step in loc:
        inner: list[Any] = []
        for kind in kinds:
            if _is_model(kind):
                for name, field in kind.model_fields.items():
                    inner += _members(field.annotation) if step in (name, field.alias) else ()
            elif get_origin(kind) in (list, dict):
                inner += _members(get_args(kind)[-1])
        kinds = inner or kinds
    return [kind for kind in kinds if _is_model(kind)]


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


# ---------------------------------------------------------------- in words


def _error_text(fault: _Fault) -> tuple[str, str, str]:
    """A fault in words: its stable code, what is wrong, and the remedy."""
    kind, value = fault.kind, fault.detail["input"]
    if fault.at_key or kind in ("enum", "literal_error"):
        hint = did_you_mean(value if isinstance(value, str) else "", dict.fromkeys(fault.choices))
        if fault.at_key:
            return "unknown_key", f"unknown key {_value_text(value)}", hint
        known = isinstance(value, str | int | float) and not isinstance(value, bool)
        message = f"{_value_text(value)} is not known here" if known else f"a word belongs here, not {_kind(value)}"
        return "unknown_value", message, hint
    if kind in _EXPECTED:
        code, expected = _EXPECTED[kind]
        return code, f"{expected} belongs here, not {_kind(value)}", _type_remedy(expected, value)
    if kind.startswith("date"):
        return "not_a_date", f"{_value_text(value)} is no date", "write it as 2026-01-31"
    if kind == "string_pattern_mismatch":
        return "bad_name", f"{_value_text(value)} is no name", "lower-case letters and digits, joined by single hyphens"
    if kind in _LIMITS:
        code, message = _LIMITS[kind]
        return code, message.format(**fault.detail["ctx"]), ""
    message = fault.detail["msg"].removeprefix("Value error, ")
    return kind, message[:1].lower() + message[1:], ""


def _type_remedy(expected: str, value: Any) -> str:
    """How to write what is expected in place of a value of another type; '' where the message says enough."""
    if value is None:
        return "the value is missing, or meant as nothing: leave the key out"
    if expected == "text":
        if isinstance(value, list):
            return ""
        return "a text with ': ' needs single quotes" if isinstance(value, dict) else "put it in single quotes"
    if expected == "a list":
        return "write [one, two], or each entry in a line of its own after '- '"
    if expected == "a mapping":
        colon = isinstance(value, str) and ":" in value
        return "a space must follow the colon" if colon else "lines of the form key: value"
    return "without quotes" if isinstance(value, str) and expected == "a number" else ""


def _kind(value: Any) -> str:
    """A value with the kind of thing that it is."""
    if isinstance(value, bool):
        return str(value).lower()
    kinds: dict[type, str] = {type(None): "nothing", dict: "a mapping", list: "a list"}
    return kinds.get(type(value)) or f"the {'text' if isinstance(value, str) else 'number'} {_value_text(value)}"


def _value_text(value: Any) -> str:
    """A value as messages repeat it."""
    if isinstance(value, dict | list | bool) or value is None:
        return _kind(value)
    text = repr(value)
    return text if len(text) <= MAX_VALUE_SHOWN else f"{text[:MAX_VALUE_SHOWN]}…"
