"""Briefs as JSON and back. A reader of an older or newer row takes what it knows and fills the rest with defaults."""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from monitor.domain.brief_model import AlertBrief, Brief, DigestBrief
from monitor.errors import RenderError

KINDS: Mapping[str, type[AlertBrief] | type[DigestBrief]] = {"alert": AlertBrief, "digest": DigestBrief}


def to_json(brief: Brief) -> str:
    """The brief as one line of JSON; instants in ISO 8601, keys in the order of the fields."""
    name = "alert" if isinstance(brief, AlertBrief) else "digest"
    return json.dumps({"brief": name, **_plain(brief)}, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Brief:
    """The brief that `to_json` wrote. Raises RenderError when the text is not one."""
    try:
        data = json.loads(text)
        brief: Brief = _build(KINDS[data["brief"]], data)
        return brief
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RenderError(f"a stored message cannot be read: {error!r}", subject="brief") from error


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _build(kind: type[Any], data: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in data:
            given[field.name] = _value(hints[field.name], data[field.name])
        elif field.default is MISSING:
            raise KeyError(field.name)
    return kind(**given)


PARSERS: Mapping[Any, Callable[[str], Any]] = {datetime: datetime.fromisoformat, date: date.fromisoformat}


def _value(hint: Any, raw: Any) -> Any:
    """`raw` as the type its field declares: the few shapes that briefs use, and no others."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        known = [part for part in get_args(hint) if part is not type(None)]
        return None if raw is None else _value(known[0], raw)
    if origin is tuple:
        return tuple(_value(get_args(hint)[0], item) for item in raw)
    if origin is Literal or hint in (str, int, bool):
        return raw
    if hint is float:
        return float(raw)
    if hint in PARSERS:
        return PARSERS[hint](raw)
    return _build(hint, raw)
