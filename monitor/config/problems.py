"""Problems of a configuration in words, with their place and a remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from monitor.config.field_checks import did_you_mean
from monitor.config.settings import Settings
from monitor.config.toml_lines import KeyPath, ValueOrigin

_PREDICATES = {
    "missing": "is missing",
    "string_type": "must be text in quotes",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_pattern_mismatch": "must fit {pattern}",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "must be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    "path_type": "must be a path in quotes",
    "tuple_type": "must be a list",
    **dict.fromkeys(("dict_type", "model_type"), "must be a table"),
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "value_error": "{error}",
}
_UNQUOTED_FORMS = {"int_type": r"[+-]?\d+", "float_type": r"[+-]?\d+(\.\d+)?", "bool_type": "true|false"}
"""The form of a value of this type, to recognise one in quotes."""


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    place: ValueOrigin
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def key_name(path: KeyPath) -> str:
    """('feeds', 0, 'url') for people: 'feeds[1].url', counted from 1."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def problems_of(errors: list[ErrorDetails], place_of: Callable[[KeyPath], ValueOrigin]) -> Iterator[ConfigProblem]:
    """The errors of pydantic as problems."""
    for error in errors:
        path = tuple(error["loc"])
        kind, given, name, top = error["type"], error["input"], key_name(path), str(path[0])
        if kind == "extra_forbidden":
            yield ConfigProblem(place_of(path), unknown_key(path))
            continue
        predicate, hint = error["msg"], ""
        if kind in _PREDICATES:
            predicate = _PREDICATES[kind].format(**error.get("ctx", {}))
        if kind == "literal_error":
            choices = re.findall(r"'([^']*)'", error["ctx"]["expected"])
            predicate = f"must be one of {', '.join(choices)}"
            hint = did_you_mean(given, choices) if isinstance(given, str) else ""
        elif kind == "missing" and (model := _model_of(path[:-1])):
            annotation = model.model_fields[str(path[-1])].annotation
            hint = f"; write one of {', '.join(get_args(annotation))}" if get_origin(annotation) is Literal else ""
        elif kind == "tuple_type":
            hint = f"; write {_header(top)} for each" if len(path) == 1 else "; write ['one', 'two']"
        elif kind == "model_type":
            hint = f"; write {_header(top)}{'' if len(path) > 1 else ', once'}"
        elif kind == "string_type" and isinstance(given, list):
            hint = ", not a list"
        elif kind in _UNQUOTED_FORMS and isinstance(given, str):
            hint = ", without quotes" if re.fullmatch(_UNQUOTED_FORMS[kind], given.strip()) else ""
        yield ConfigProblem(place_of(path), f"{name} {predicate}{hint}")


def unknown_key(path: KeyPath) -> str:
    """An unknown key, with a similar key of its table, else with the tables that have it."""
    key, table = str(path[-1]), path[:-1]
    models = {name: model for name in Settings.model_fields if (model := _model_of((name,)))}
    own = _model_of(table)
    near = did_you_mean(key, own.model_fields if own else ())
    homes = [_header(name) for name, model in models.items() if key in model.model_fields]
    elsewhere = f" (a key of {' and '.join(homes)})" if homes else ""
    if not table:
        return f"unknown key {key!r}{elsewhere or near}"
    in_list = len(table) > 1 and isinstance(table[1], int)
    return f"unknown key {key!r} in {f'[[{table[0]}]]' if in_list else f'[{key_name(table)}]'}{near or elsewhere}"


def _header(section: str) -> str:
    """The header of a table: [slack], [[routes]]."""
    return f"[[{section}]]" if get_args(Settings.model_fields[section].annotation) else f"[{section}]"


def _model_of(table: KeyPath) -> type[BaseModel] | None:
    """The class of a table; None for one with free keys, and for other values."""
    model: type[BaseModel] = Settings
    for part in table:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        inner = get_args(annotation)[0] if get_args(annotation) else annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return None
        model = inner
    return model
