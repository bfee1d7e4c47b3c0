"""JSON values of described documents, and the JSON Schema (2020-12) of their shapes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin, get_type_hints

Schema: TypeAlias = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SIMPLE: Mapping[type, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
}


def json_values(value: Any, text: Callable[[str], str] = str) -> Any:
    """A document as what JSON holds: objects, lists, numbers and texts, moments and days as ISO 8601. text: cleans each text."""
    if is_dataclass(value):
        return {field.name: json_values(getattr(value, field.name), text) for field in fields(value)}
    if isinstance(value, tuple):
        return [json_values(item, text) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return text(value) if isinstance(value, str) else value


def json_schema(identity: str, *files: type) -> Schema:
    """The schema of these kinds of files: each is one of them, with every field, and without others. identity: its `$id`."""
    shapes: dict[str, Schema] = {}
    refs = [_shape(file, shapes) for file in files]
    return {"$schema": DIALECT, "$id": identity, "oneOf": refs, "$defs": dict(sorted(shapes.items()))}


def _shape(kind: type, shapes: dict[str, Schema]) -> Schema:
    """A reference to the shape of a dataclass, which joins `shapes`."""
    name = kind.__name__
    if name not in shapes:
        hints = get_type_hints(kind, include_extras=True)
        properties = {field.name: _field(hints[field.name], shapes) for field in fields(kind)}
        shapes[name] = {
            "description": inspect.cleandoc(kind.__doc__ or ""),
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}


def _field(hint: Any, shapes: dict[str, Schema]) -> Schema:
    plain, described = get_args(hint) if get_origin(hint) is Annotated else (hint, "")
    return {"description": described, **_of_type(plain, shapes)}


def _of_type(hint: Any, shapes: dict[str, Schema]) -> Schema:
    if get_origin(hint) in (Union, UnionType):
        return {"anyOf": [_of_type(part, shapes) for part in get_args(hint)]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _of_type(get_args(hint)[0], shapes)}
    if is_dataclass(hint) and isinstance(hint, type):
        return _shape(hint, shapes)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [word.value for word in hint]}
    return dict(SIMPLE[hint])
