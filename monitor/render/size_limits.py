"""Briefs cut to a budget: lists between two items, with the number left out; texts at a word.

The texts of a brief come cleaned and cut, and nothing here changes those. But nobody can open a mail that is too large, so
the size does not depend on every brief being well made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from operator import is_
from typing import Any

from monitor.domain.messages.models import Brief, ReaderCounts
from monitor.domain.text.plain import truncated

MAX_QUOTES = 5
"""Pieces of evidence behind one line of a digest; a brief brings at most 3."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that is shown: items of a list, letters of a text."""

    items: int
    letters: int


FULL_BUDGET = Budget(60, 1200)
LONGEST_COMMAND = 300
"""Characters of a command that are never cut: one with the ids of a story and of two long commitments takes 150."""
BUDGETS = (FULL_BUDGET, Budget(25, 1200), Budget(10, 800), Budget(5, 400), Budget(3, 200), Budget(1, 100))
"""Tried in turn until a mail's HTML fits. Even the last one shows each part."""


def trimmed_to_budget(brief: Brief, room: Budget) -> tuple[Brief, Mapping[str, int]]:
    """The brief within the budget, and for each of its lists the number of items left out."""
    kept: dict[str, Any] = {}
    more: dict[str, int] = {}
    for field in fields(brief):
        items = getattr(brief, field.name)
        if isinstance(items, tuple):
            more[field.name] = max(0, len(items) - room.items)
            shown: list[Any] = [item[:MAX_QUOTES] if isinstance(item, tuple) else item for item in items[: room.items]]
            if field.name in ("further", "open"):
                shown = [replace(item, evidence=item.evidence[:MAX_QUOTES]) for item in shown]
            kept[field.name] = tuple(shown)
        elif isinstance(items, ReaderCounts):  # its command names what is left out
            parts = {name: getattr(items, name)[: room.items] for name in ("lines", "acts", "stories")}
            kept[field.name] = replace(items, **parts)
    short: Brief = with_short_texts(replace(brief, **kept), room.letters)
    return short, more


def with_short_texts(value: Any, letters: int) -> Any:
    """A brief or a part of one without any text longer than `letters`; the same object where nothing is cut."""
    if isinstance(value, str):
        return truncated(value, letters)
    if isinstance(value, tuple):
        items = tuple(with_short_texts(item, letters) for item in value)
        return value if all(map(is_, items, value)) else items
    if not is_dataclass(value) or isinstance(value, type):
        return value
    cuts = {}
    for field in fields(value):
        whole = getattr(value, field.name)
        # An address is never cut: half of one leads nowhere, and one that is too long becomes no link. Half a command does nothing.
        limit = max(letters, LONGEST_COMMAND) if field.name == "command" else letters
        if field.name != "url" and (cut := with_short_texts(whole, limit)) is not whole:
            cuts[field.name] = cut
    return replace(value, **cuts) if cuts else value
