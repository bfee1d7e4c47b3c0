"""What is wrong with a value, in words that a person who writes rules can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

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


EXPECTED = {
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
    kind, value = fault.kind, fault.detail["input"]
    if fault.at_key or kind in ("enum", "literal_error"):
        hint = did_you_mean(value if isinstance(value, str) else "", dict.fromkeys(fault.choices))
        if fault.at_key:
            return ErrorText("unknown_key", f"unknown key {value_text(value)}", hint)
        known = isinstance(value, str | int | float) and not isinstance(value, bool)
        message = f"{value_text(value)} is not known here" if known else f"a word belongs here, not {_kind(value)}"
        return ErrorText("unknown_value", message, hint)
    if kind == "missing":
        return ErrorText("missing_key", f"the key {fault.loc[-1]!r} is missing")
    if kind in EXPECTED:
        code, expected = EXPECTED[kind]
        return ErrorText(code, f"{expected} belongs here, not {_kind(value)}", _type_remedy(expected, value))
    if kind.startswith("date"):
        return ErrorText("not_a_date", f"{value_text(value)} is no date", "write it as 2026-01-31")
    if kind == "string_pattern_mismatch":
        hint = "lower-case letters and digits, joined by single hyphens"
        return ErrorText("bad_name", f"{value_text(value)} is no name", hint)
    if kind in _LIMITS:
        code, message = _LIMITS[kind]
        return ErrorText(code, message.format(**fault.detail["ctx"]))
    message = fault.detail["msg"].removeprefix("Value error, ")
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
    """A value with the kind of thing that it is."""
    if isinstance(value, bool):
        return str(value).lower()
    kinds: dict[type, str] = {type(None): "nothing", dict: "a mapping", list: "a list"}
    return kinds.get(type(value)) or f"the {'text' if isinstance(value, str) else 'number'} {value_text(value)}"


def value_text(value: Any) -> str:
    """A value as messages repeat it."""
    if isinstance(value, dict | list | bool) or value is None:
        return _kind(value)
    text = repr(value)
    return text if len(text) <= MAX_VALUE_SHOWN else f"{text[:MAX_VALUE_SHOWN]}…"
