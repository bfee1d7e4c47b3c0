"""Dates and amounts of a text as patterns ask for them: `<25 Mt>`, `<date>`."""

from __future__ import annotations

from datetime import date

from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.quantities import read_quantities
from monitor.domain.text.angle_words import FoundValue, ValueKind


def found_values(text: str, lang: str, kind: ValueKind, *, published: date) -> list[FoundValue]:
    """Every amount with a unit, or every date, of a text, in order, with offsets into it."""
    if kind is ValueKind.DATE:
        return [FoundValue(start, end, kind) for start, end, _ in read_dates(text, lang, published=published)]
    amounts = read_quantities(text, lang, published=published)
    return [FoundValue(start, end, kind, amount.unit, amount.low) for start, end, amount in amounts]
