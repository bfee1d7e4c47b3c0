"""Dates and amounts of a text as patterns ask for them: `<25 Mt>`, `<date>`."""

from __future__ import annotations

from datetime import date

from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.quantities import read_quantities
from monitor.domain.text.angle_words import FoundValue, ValueKind


def found_values(text: str, lang: str, *, published: date) -> list[FoundValue]:
    """Every amount with a unit and every date of a text, in order, with offsets into it."""
    amounts = read_quantities(text, lang, published=published)
    found = [FoundValue(start, end, ValueKind.AMOUNT, amount.unit, amount.low) for start, end, amount in amounts]
    found += [FoundValue(start, end, ValueKind.DATE) for start, end, _ in read_dates(text, lang, published=published)]
    return sorted(found, key=lambda value: value.start)
