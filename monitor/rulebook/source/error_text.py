"""What is wrong with a value, in words that a person who writes rules can act on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from monitor.rulebook.source.page import ValuePath
from monitor.rulebook.source.source_map import did_you_mean

MAX_VALUE_SHOWN = 60
"""Characters of a wrong value that a message repeats."""


class ErrorText(NamedTuple):
    """A fault in words: its stable code, what is wrong, and the remedy."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ValidationFault:
    """One finding of pydantic: its kind, where in the file, and the value that it is about."""

    kind: str
    where: ValuePath
    loc: Sequence[str | int]
    value: Any
    text: str
    context: Mapping[str, Any]
    choices: tuple[str, ...] = ()

    @classmethod
    def of(cls, detail: Mapping[str, Any], where: ValuePath) -> ValidationFault:
        context = detail.get("ctx", {})
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return cls(detail["type"], where, detail["loc"], detail["input"], detail["msg"], context, tuple(choices))

    @property
    def of_union(self) -> bool:
        """Whether it comes from one of several things that may stand here."""
        return len(self.loc) > len(self.where) and self.kind != "missing"

    @property
    def at_key(self) -> bool:
        """Whether it is about a key that comes from a list of words."""
        return "[key]" in self.loc[len(self.where) :]

    @property
    def is_type(self) -> bool:
        return self.kind in _EXPECTED

    def merged(self, other: ValidationFault) -> ValidationFault:
        """This fault and one of another thing that may stand in the same place: choices first, they can be listed."""
        first = other if other.choices and not self.choices else self
        return replace(first, choices=(*self.choices, *other.choices))


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


def error_text(fault: ValidationFault) -> ErrorText:
    """A fault in words."""
    kind, value = fault.kind, fault.value
    if fault.at_key or kind in ("enum", "literal_error"):
        hint = did_you_mean(value if isinstance(value, str) else "", dict.fromkeys(fault.choices))
        if fault.at_key:
            return ErrorText("unknown_key", f"unknown key {value_text(value)}", hint)
        known = isinstance(value, str | int | float) and not isinstance(value, bool)
        message = f"{value_text(value)} is not known here" if known else f"a word belongs here, not {_kind(value)}"
        return ErrorText("unknown_value", message, hint)
    if kind == "missing":
        return ErrorText("missing_key", f"the key {fault.loc[-1]!r} is missing")
    if kind in _EXPECTED:
        code, expected = _EXPECTED[kind]
        return ErrorText(code, f"{expected} belongs here, not {_kind(value)}", _type_remedy(expected, value))
    if kind.startswith("date"):
        return ErrorText("not_a_date", f"{value_text(value)} is no date", "write it as 2026-01-31")
    if kind == "string_pattern_mismatch":
        hint = "lower-case letters and digits, joined by single hyphens"
        return ErrorText("bad_name", f"{value_text(value)} is no name", hint)
    if kind in _LIMITS:
        code, message = _LIMITS[kind]
        return ErrorText(code, message.format(**fault.context))
    message = fault.text.removeprefix("Value error, ")
    return ErrorText(kind, message[:1].lower() + message[1:])


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
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return f"the text {value_text(value)}"
    return f"the number {value_text(value)}"


def value_text(value: Any) -> str:
    """A value as messages repeat it."""
    if isinstance(value, dict | list | bool) or value is None:
        return _kind(value)
    text = repr(value)
    return text if len(text) <= MAX_VALUE_SHOWN else f"{text[:MAX_VALUE_SHOWN]}…"
