"""Units of rule files: amounts and spans of time such as "12 Mt", "$30 billion", "60 days"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AMOUNT = re.compile(
    r"\s*(?P<sign>\$)?\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?:(?P<scale>thousand|million|billion|[mb]n|[kmb])(?![a-z]))?\s*(?P<unit>[A-Za-z%]*)\s*",
    re.I,
)
_SCALES = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9}
_UNIT_WORDS = (
    ("t", 1.0, "t tonnes tonne tons"),
    ("t", 1e3, "kt"),
    ("t", 1e6, "mt mmt"),
    ("usd", 1.0, "usd dollars"),
    ("pct", 1.0, "% percent"),
    ("units", 1.0, "units unit"),
    ("days", 1.0, "days day"),
)
"""The base unit, how many of it one is, and how files write it."""
_UNITS = {word: (unit, factor) for unit, factor, words in _UNIT_WORDS for word in words.split()}
_DAYS = re.compile(r"\s*(\d{1,4})\s*(day|week|month)s?\s*")
DAYS_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": r"^\s*\d{1,4}\s*(day|week|month)s?\s*$"},
    ],
    "examples": ["60 days", "2 weeks"],
}
AMOUNT_SCHEMA = {"type": "string", "pattern": r"\d", "examples": ["12 Mt", "$30 billion", "100 units"]}
"""The same for editors, as JSON Schema."""
_DAYS_IN = {"day": 1, "week": 7, "month": 30}


@dataclass(frozen=True, slots=True)
class AmountInRule:
    """An amount in the base units of monitor.domain.extract.quantities: t, usd, pct, units or days."""

    amount: float
    unit: str


def read_amount(value: object) -> AmountInRule:
    """Read "12 Mt" (million tonnes), "450 kt", "$30 billion", "100 units". Raises ValueError with a remedy."""
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a number with its unit, such as 12 Mt or $30 billion")
    scale, unit = (match["scale"] or "").lower(), match["unit"].lower()
    name, factor = ("usd", 1.0) if match["sign"] and not unit else _UNITS.get(unit, ("", 0.0))
    if not name:
        raise ValueError(f"the unit {match['unit']!r} is not known; use t, kt, Mt, USD, %, units or days")
    return AmountInRule(float(match["number"].replace(",", "")) * _SCALES[scale] * factor, name)


def read_days(value: object) -> int:
    """Read "60 days", "2 weeks" or a bare number of days. A month is 30 days. Raises ValueError with a remedy."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    match = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a number of days, such as 60 days")
    return int(match[1]) * _DAYS_IN[match[2]]
