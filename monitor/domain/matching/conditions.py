"""Conditions of an act besides its words: field, class of document, day of publication."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.domain.matching.rules import Conditions

if TYPE_CHECKING:  # rules are compiled with these names, and without all that reads stories
    from monitor.domain.matching.document import Document, Place

NEWS_DOCUMENT = "news"
"""The value of `document` for a story that is no document."""

FACTS: Mapping[str, Callable[[Document, Place], str]] = {
    "field": lambda _, place: place.field,
    "document": lambda document, _: document.document_class or NEWS_DOCUMENT,
}
"""The facts of a place that `only_if` may ask for, by key."""


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition of an act at one place, with the wanted and the found value."""

    name: str
    wanted: str
    found: str
    holds: bool


def evaluate(conditions: Conditions, document: Document, place: Place) -> Iterator[ConditionResult]:
    """Every condition of an act at a place."""
    for name, wanted in conditions.among:
        found = FACTS[name](document, place)
        yield ConditionResult(name, " or ".join(sorted(wanted)), found, found in wanted)
    day = document.story.published_at.date()
    if conditions.since is not None:
        yield ConditionResult("published", f"from {conditions.since}", str(day), day >= conditions.since)
    if conditions.until is not None:
        yield ConditionResult("published", f"until {conditions.until}", str(day), day <= conditions.until)
