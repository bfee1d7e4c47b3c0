"""Sample messages that fill every field, so that a check renders every part of every template."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, partial
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from monitor.domain.messages.briefs import AlertBrief, Brief, DigestBrief, EvidenceLine, OutboundMessage, ReportLink
from monitor.domain.model import NOTICE

SAMPLE_SITE = "https://pages.example"
NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
TEXTS = {"kind": "alert", "status": "at_risk", "unit": "t", "url": "https://news.example/report", "zone": "UTC"}
"""Texts that need a meaning; every other field holds its own name."""
NEVER_EMPTY = TEXTS.keys() - {"url"}
VALUES: dict[Any, Any] = {bool: True, int: 1, float: 0.5, date: NOW.date(), datetime: NOW}


def filled(hint: Any, name: str = "", *, sparse: bool = False, lacking: Container[str] | None = ()) -> Any:
    """A value of the annotated type. sparse: fields with a default keep it, and a choice takes its last word; lacking:
    the names of fields to leave empty (None: all): None, false or '', except for texts that need a meaning. A tuple of
    any length holds a sparse and a full item, so that templates render both."""
    lacks = lacking is None or name in lacking
    origin, args, fill = get_origin(hint), get_args(hint), partial(filled, name=name, lacking=lacking)
    if origin in (Union, UnionType):
        return None if lacks and type(None) in args else fill(args[0], sparse=sparse)
    if origin is Literal:
        return args[-1 if sparse else 0]
    if origin is tuple and args[-1] is Ellipsis:
        return fill(args[0], sparse=True), fill(args[0])
    if origin is tuple:
        return tuple(fill(arg, sparse=sparse) for arg in args)
    if is_dataclass(hint):
        kind: Any = hint
        hints = _type_hints(kind)
        wanted = [field.name for field in fields(hint) if not (sparse and field.default is not MISSING)]
        return kind(**{key: filled(hints[key], key, sparse=sparse, lacking=lacking) for key in wanted})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if origin is Mapping:
        return AnyKey()
    if hint is str:
        return "" if lacks and name not in NEVER_EMPTY else TEXTS.get(name, name)
    return False if hint is bool and lacks else VALUES[hint]


_type_hints = cache(get_type_hints)
"""The type hints of a class, read once: a view model is filled many times."""


class AnyKey(dict[str, str]):
    """A mapping that has every key, each with itself as the value."""

    def __missing__(self, key: str) -> str:
        return key


def sample_messages() -> list[OutboundMessage]:
    """One message for each layout of a template, with and without the optional parts of a brief."""
    alert, bare_alert = filled(AlertBrief), filled(AlertBrief, sparse=True)
    line = filled(EvidenceLine)
    others = (replace(line, url="", read_by=""), replace(line, basis="baseline"), replace(line, basis="calendar"))
    evidence = replace(alert.evidence, lines=(*alert.evidence.lines, *others))
    elsewhere = ReportLink("https://news.example/elsewhere", "outlet")
    digest, bare_digest = filled(DigestBrief), filled(DigestBrief, sparse=True)
    briefs: list[Brief] = [
        replace(alert, evidence=evidence),
        replace(alert, evidence=replace(evidence, report=elsewhere)),
        replace(alert, evidence=replace(evidence, lines=(line,))),  # the best quote leads
        # More evidence than the largest budget shows.
        replace(alert, evidence=replace(evidence, lines=evidence.lines * 16)),
        replace(bare_alert, kind=NOTICE),
        digest,
        replace(digest, events=digest.events * 9),
        replace(bare_digest, events=(), timelines=(), unchecked=()),
    ]
    place = ("email", "reader@example.org", "sample")
    messages = [
        OutboundMessage(f"sample-{number}", number, *place, getattr(brief, "commitment", ""), brief, repeat=True)
        for number, brief in enumerate(briefs, 1)
    ]
    return [*messages, replace(messages[0], number=0)]  # outside the outbox: without signed links
