"""Amounts as rule files write them: "12 Mt", "$30 billion", "100 units"."""

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
UNITS = {word: (unit, factor) for unit, factor, words in _UNIT_WORDS for word in words.split()}
"""Name of a unit in small letters -> its base unit, and how many of that it is."""
UNITS_HINT = "use t, kt, Mt, USD, %, units or days"


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
    name, factor = ("usd", 1.0) if match["sign"] and not unit else UNITS.get(unit, ("", 0.0))
    if not name:
        raise ValueError(f"the unit {match['unit']!r} is not known; {UNITS_HINT}")
    return AmountInRule(float(match["number"].replace(",", "")) * _SCALES[scale] * factor, name)
