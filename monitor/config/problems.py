"""What is wrong with a configuration, in words that name the place and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from monitor.config.field_checks import did_you_mean
from monitor.config.schema import Settings
from monitor.config.toml_lines import KeyPath, ValueOrigin

_PREDICATES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_pattern_mismatch": "must fit {pattern}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "path_type": "must be a path in quotes",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "value_error": "{error}",
}
_UNQUOTED_FORMS = {"int_type": r"[+-]?\d+", "float_type": r"[+-]?\d+(\.\d+)?", "bool_type": "true|false"}
"""How a value of the wanted type is written, so that one in quotes is told apart from what is none at all."""


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    place: ValueOrigin
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def key_name(path: KeyPath) -> str:
    """('feeds', 0, 'url') as people read it: 'feeds[1].url', counted from 1."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def problems_of(errors: list[ErrorDetails], place_of: Callable[[KeyPath], ValueOrigin]) -> Iterator[ConfigProblem]:
    """pydantic's complaints as problems."""
    for error in errors:
        path = tuple(error["loc"])
        yield ConfigProblem(place_of(path), _sentence(error, path))


def _sentence(error: ErrorDetails, path: KeyPath) -> str:
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return unknown_key(path)
    if error["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        given = error["input"]
        hint = did_you_mean(given, choices) if isinstance(given, str) else ""
        return f"{key_name(path)} must be one of {', '.join(choices)}{hint}"
    said = _PREDICATES.get(error["type"])
    return f"{key_name(path)} {said.format(**context) if said else error['msg']}{_unquoted(error)}{_writing_hint(error, path)}"


def unknown_key(path: KeyPath) -> str:
    """A key that its table does not have, with the one that was probably meant, else with the tables that have it."""
    key, table = str(path[-1]), path[:-1]
    near, elsewhere = did_you_mean(key, known_keys(table)), _other_tables(key)
    hint = (near or elsewhere) if table else (elsewhere or near)
    return f"unknown key {key!r}{_in_table(table)}{hint}"


def _other_tables(key: str) -> str:
    """' (a key of [slack] and [[routes]])', or '' for a key of no table."""
    homes = [_header(name) for name in Settings.model_fields if key in known_keys((name,))]
    return f" (a key of {' and '.join(homes)})" if homes else ""


def _header(section: str) -> str:
    """How the table is written: [slack], [[routes]]."""
    return f"[[{section}]]" if get_args(Settings.model_fields[section].annotation) else f"[{section}]"


def _unquoted(error: ErrorDetails) -> str:
    """What to do about "2" where 2 was meant."""
    given, bare = error["input"], _UNQUOTED_FORMS.get(error["type"])
    return ", without quotes" if bare and isinstance(given, str) and re.fullmatch(bare, given.strip()) else ""


def _writing_hint(error: ErrorDetails, path: KeyPath) -> str:
    """How a table, a list or a text is written, where another of them was given."""
    kind, top = error["type"], str(path[0])
    if kind == "missing":
        return f"; write one of {', '.join(choices)}" if (choices := _choices(path)) else ""
    if kind == "tuple_type":
        return f"; write {_header(top)} for each" if len(path) == 1 else "; write ['one', 'two']"
    if kind == "model_type":
        return f"; write {_header(top)}{'' if len(path) > 1 else ', once'}"
    return ", not a list" if kind == "string_type" and isinstance(error["input"], list) else ""


def _in_table(path: KeyPath) -> str:
    if not path:
        return ""
    return f" in [[{path[0]}]]" if len(path) > 1 and isinstance(path[1], int) else f" in [{key_name(path)}]"


def known_keys(table: KeyPath) -> tuple[str, ...]:
    """The keys that a table of config.toml may have; none for a free one."""
    model = _model_of(table)
    return tuple(model.model_fields) if model else ()


def _choices(path: KeyPath) -> tuple[str, ...]:
    """The words that the value at `path` is one of; none where it is free."""
    model = _model_of(path[:-1])
    annotation = model.model_fields[str(path[-1])].annotation if model else None
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _model_of(table: KeyPath) -> type[BaseModel] | None:
    model: type[BaseModel] = Settings
    for part in table:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        found = _model_in(field.annotation) if field else None
        if found is None:
            return None
        model = found
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The section class in `Section` or `tuple[Section, ...]`."""
    inner = get_args(annotation)[0] if get_args(annotation) else annotation
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
