"""Briefs cut to the room there is: lists at the border of an item, with the number left out said; texts at a word.

A brief's texts come cleaned and cut, and nothing here touches those. But a mail that is too large is one that nobody
can open, so the size does not hang on every brief being well made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from operator import is_
from typing import Any, TypeVar

from monitor.domain.messages.models import AlertBrief, Brief, CorroborationLine, OpenIssueLine
from monitor.domain.text.plain import truncated

ALERT_LISTS = ("evidence", "changes", "deadlines", "sections", "events")
DIGEST_LISTS = ("changes", "evidence", "further", "stands", "deadlines", "open", "unchecked", "strips")
LINK_FIELDS = ("url",)
"""Never cut: half an address leads nowhere. One that is too long becomes no link."""

MAX_QUOTES = 5
"""Pieces of evidence behind one line of a digest; a brief brings fewer."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is shown at most: items a list, letters a text."""

    items: int
    letters: int


FULL_BUDGET = Budget(60, 1200)
BUDGETS = (FULL_BUDGET, Budget(25, 1200), Budget(10, 800), Budget(5, 400), Budget(3, 200), Budget(1, 100))
"""Tried in turn until a mail's HTML fits. Even the last shows each part."""


def trimmed_to_budget(brief: Brief, room: Budget) -> tuple[Brief, Mapping[str, int]]:
    """The brief within its room, and for each list how many items were left out."""
    names = ALERT_LISTS if isinstance(brief, AlertBrief) else DIGEST_LISTS
    lists: dict[str, tuple[Any, ...]] = {name: getattr(brief, name) for name in names}
    kept: dict[str, Any] = {name: tuple(map(_with_few_quotes, items[: room.items])) for name, items in lists.items()}
    more = {name: max(0, len(items) - room.items) for name, items in lists.items()}
    return with_short_texts(replace(brief, **kept), room.letters), more


def _with_few_quotes(item: Any) -> Any:
    """An item of a list, with few pieces of evidence of its own."""
    if isinstance(item, tuple):
        return item[:MAX_QUOTES]
    return (
        replace(item, evidence=item.evidence[:MAX_QUOTES])
        if isinstance(item, CorroborationLine | OpenIssueLine)
        else item
    )


def with_short_texts(value: T, letters: int) -> T:
    """A brief or a part of one, with no text longer than `letters` in it, however deep."""
    short: Any = value
    if isinstance(value, str):
        short = truncated(value, letters)
    elif isinstance(value, tuple):
        items = tuple(with_short_texts(item, letters) for item in value)
        short = value if all(map(is_, items, value)) else items
    elif is_dataclass(value) and not isinstance(value, type):
        texts = {name: getattr(value, name) for name in _text_fields(type(value))}
        cuts = {name: found for name, text in texts.items() if (found := with_short_texts(text, letters)) is not text}
        short = replace(value, **cuts) if cuts else value
    result: T = short
    return result


@cache
def _text_fields(kind: type) -> tuple[str, ...]:
    """The fields of a part of a brief that may be cut."""
    return tuple(field.name for field in fields(kind) if field.name not in LINK_FIELDS)
