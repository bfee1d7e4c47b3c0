"""Briefs cut to a budget: lists between two items, with the number left out; texts at a word.

Briefs arrive with clean and short texts. These limits keep a mail readable even if a brief breaks that rule, because
mail programs clip or refuse a mail that is too large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from operator import is_
from typing import Any

from monitor.domain.messages import briefs
from monitor.domain.messages.briefs import AlertBrief, Brief, EvidenceSection, Footer, ReaderCounts
from monitor.domain.model import NOTICE
from monitor.domain.text.plain import truncated


@dataclass(frozen=True, slots=True)
class Budget:
    """The largest sizes: items of a list, letters of a text."""

    items: int
    letters: int


FULL_BUDGET = Budget(60, 1200)
LONGEST_COMMAND = 300
"""Characters of a command that are never cut: one with the ids of a story and of two long commitments takes 150."""
BUDGETS = (FULL_BUDGET, *(Budget(*sizes) for sizes in ((25, 1200), (10, 800), (5, 400), (3, 200), (1, 100))))
"""Tried in turn until a mail's HTML fits, and the text of a digest is short. Even the last one shows each part."""


def trimmed_to_budget(brief: Brief, room: Budget) -> tuple[Brief, Mapping[str, int]]:
    """The brief within the budget, and for each list of it or of its sections the number of items left out."""
    more: dict[str, int] = {}

    def cut(part: Any, name: str, most: int = room.items) -> Any:
        if isinstance(part, tuple):
            more[name] = max(0, len(part) - most)
            return part[:most]
        if isinstance(part, EvidenceSection | Footer | ReaderCounts):
            quoted = isinstance(part, EvidenceSection) and isinstance(brief, AlertBrief) and brief.kind != NOTICE
            most = min(most, briefs.MAX_QUOTES) if quoted else most
            return replace(part, **{each.name: cut(getattr(part, each.name), each.name, most) for each in fields(part)})
        return part

    kept = {field.name: cut(getattr(brief, field.name), field.name) for field in fields(brief)}
    short: Brief = with_short_texts(replace(brief, **kept), room.letters)
    return short, more


def with_short_texts(value: Any, letters: int) -> Any:
    """A brief or a part of one with all texts cut to `letters`; the same object if all are short."""
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
        # Half an address leads nowhere, and half a command does nothing.
        limit = max(letters, LONGEST_COMMAND) if field.name == "command" else letters
        if field.name != "url" and (cut := with_short_texts(whole, limit)) is not whole:
            cuts[field.name] = cut
    return replace(value, **cuts) if cuts else value
