"""Briefs cut to a budget: lists between two items, with the number left out; texts at a word.

Briefs arrive with clean and short texts. These limits keep a mail readable even if a brief breaks that rule, because
mail programs clip or refuse a mail that is too large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from operator import is_
from typing import Any

from monitor.domain.messages.briefs import AlertBrief, Brief, DigestBrief, EvidenceSection, Footer, ReaderCounts
from monitor.domain.messages.evidence_lines import MAX_QUOTES
from monitor.domain.model import NOTICE
from monitor.domain.text.plain import truncated


@dataclass(frozen=True, slots=True)
class Budget:
    """The largest sizes: items of a list, letters of a text; of a digest, events of a block and blocks with a quote."""

    items: int
    letters: int
    events: int = 4
    quotes: int = 60


FULL_BUDGET = Budget(60, 1200)
MAX_REMARKS = 3
"""Doubts, and facts, behind the events of a block: a brief hardly brings more."""
LONGEST_COMMAND = 300
"""Characters of a command that are never cut: one with the ids of a story and of two long commitments takes 150."""
SMALLER = tuple(Budget(*sizes, 1, 1) for sizes in ((25, 1200), (10, 800), (5, 400), (3, 200), (1, 100)))
BUDGETS = (FULL_BUDGET, *SMALLER)
"""Tried in turn until a mail's HTML fits. Even the last one shows each part."""
DIGEST_BUDGETS = (
    FULL_BUDGET,
    *(replace(FULL_BUDGET, quotes=quotes) for quotes in (6, 3, 1)),
    *(replace(FULL_BUDGET, events=events, quotes=1) for events in (3, 2, 1)),
    Budget(40, 1200, 1, 1),
    *SMALLER,
)
"""The same for a digest, until its text is short enough too: a busy period gives up quotes first, then events of
each commitment."""


def trimmed_to_budget(brief: Brief, room: Budget) -> tuple[Brief, Mapping[str, int]]:
    """The brief within the budget, and for each list of it or of its sections the number of items left out."""
    more: dict[str, int] = {}

    def cut(part: Any, name: str, most: int = room.items) -> Any:
        if isinstance(part, tuple):
            more[name] = max(0, len(part) - most)
            return part[:most]
        if isinstance(part, EvidenceSection | Footer | ReaderCounts):
            quoted = isinstance(part, EvidenceSection) and isinstance(brief, AlertBrief) and brief.kind != NOTICE
            most = min(most, MAX_QUOTES) if quoted else most
            return replace(part, **{each.name: cut(getattr(part, each.name), each.name, most) for each in fields(part)})
        return part

    kept = {field.name: cut(getattr(brief, field.name), field.name) for field in fields(brief)}
    if isinstance(brief, DigestBrief):
        known: set[str] = set()
        shown = []
        for at, block in enumerate(kept["blocks"]):
            # An event of several commitments is shown once, or first in its block.
            fresh = (*block.events[:1], *(event for event in block.events[1:] if event.text not in known))
            shown.append(
                replace(
                    block,
                    events=fresh[: room.events],
                    more=block.more + max(0, len(fresh) - room.events),
                    quote=block.quote if at < room.quotes else "",
                    doubts=block.doubts[:MAX_REMARKS],
                    facts=block.facts[:MAX_REMARKS],
                )
            )
            known |= {event.text for event in shown[-1].events}
        kept["blocks"] = tuple(shown)
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
