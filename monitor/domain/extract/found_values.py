"""Dates and amounts of a text as patterns ask for them: `<25 Mt>`, `<date>`."""

from __future__ import annotations

from datetime import date

from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.quantities import amounts_in
from monitor.domain.text.numerals import normalised_same_length
from monitor.domain.text.patterns import FoundValue, ValueKind


def found_values(text: str, lang: str, kind: ValueKind, *, published: date) -> list[FoundValue]:
    """Every amount with a unit, or every date, of a text, in order, with offsets into it."""
    if kind is ValueKind.DATE:
        return [FoundValue(start, end, kind) for start, end, _ in read_dates(text, lang, published=published)]
    amounts = amounts_in(normalised_same_length(text), lang)
    return [FoundValue(amount.start, amount.end, kind, amount.unit, amount.low) for amount in amounts]
