"""An amount in a text, before the sentence around it is read, and the measures that both languages share.

Sources of the sizes: a bushel of soybeans is 60 lb (27.2155 kg), one of corn or sorghum 56 lb (25.4012 kg); a cargo of
grain fills a Panamax of 60,000 to 66,000 t.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

SOYBEAN_BUSHEL = 0.0272155
CORN_BUSHEL = 0.0254012
NEARLY = 0.95
"""The least that "nearly" means, as a share of the number: an estimate."""
_CORN = re.compile(r"(?i)corn|sorghum|玉米|高粱")


@dataclass(frozen=True, slots=True)
class Measure:
    """A base unit (t, usd, cny, pct, pp, days, units), and the factors that lead low and high to it."""

    unit: str
    low: float = 1.0
    high: float = 1.0


TONNE = Measure("t")
MEGATONNE = Measure("t", 1e6, 1e6)
CARGO = Measure("t", 60_000.0, 66_000.0)
UNITS = Measure("units")
_TONNES_IN = {"tonne": 1.0, "kilogram": 1e-3, "short_ton": 0.90718474, "long_ton": 1.0160469, "kilo": 1e3}
PLAIN_UNITS = {name: Measure("t", tonnes, tonnes) for name, tonnes in _TONNES_IN.items()}
PLAIN_UNITS |= {"usd": Measure("usd"), "cny": Measure("cny"), "units": UNITS}
PLAIN_UNITS |= {"percent": Measure("pct"), "tenths": Measure("pct", 10.0, 10.0)}
PLAIN_UNITS |= {"points": Measure("pp"), "basis_points": Measure("pp", 0.01, 0.01)}
"""Measures by the name of the group that matched them."""
DAYS_IN = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
UNITS_OF_TIME_ZH = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}
UNITS_OF_TIME_ZH |= {"季": "quarter", "季度": "quarter"}
MAX_LENGTH = 1900
"""A larger number before a unit of time is a year: no length of time is as large."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Something read at [start, end) of a text."""

    start: int
    end: int


AnyReading = TypeVar("AnyReading", bound=Reading)


@dataclass(frozen=True, slots=True)
class AmountInText(Reading):
    """An amount with its place: low and high in base units, high None if the text names only the least."""

    low: float
    high: float | None
    unit: str


def bounded_amount(
    found: re.Match[str], measure: Measure, low: float, high: float, *, start: int | None = None
) -> AmountInText:
    """Return the amount of a match with its bound ("at least", "up to", "nearly") applied.

    "about" changes nothing: the text's own figure is the best there is. `start`: where the amount begins if not the
    match.
    """
    groups = found.groupdict()
    begin = found.start() if start is None else start
    least, most = low * measure.low, high * measure.high
    if groups.get("low") or groups.get("and_more") or groups.get("plus"):
        return AmountInText(begin, found.end(), least, None, measure.unit)
    if groups.get("high") or groups.get("or_less"):
        return AmountInText(begin, found.end(), 0.0, most, measure.unit)
    return AmountInText(begin, found.end(), least * (NEARLY if groups.get("near") else 1.0), most, measure.unit)


def bushel_of(following: str) -> Measure:
    """Return a bushel of the grain in the next words, of soybeans by default."""
    size = CORN_BUSHEL if _CORN.search(following) else SOYBEAN_BUSHEL
    return Measure("t", size, size)


def named_groups(words: dict[str, str]) -> str:
    """Return a regular expression with one named group for each entry."""
    return "|".join(f"(?P<{name}>{pattern})" for name, pattern in words.items())


def without_overlapping(readings: Iterable[AnyReading]) -> list[AnyReading]:
    """Return the readings in order of place. Of two that overlap the longer stays, of two as long the first."""
    apart: list[AnyReading] = []
    for reading in sorted(readings, key=lambda candidate: candidate.start - candidate.end):
        at = bisect_left(apart, reading.start, key=attrgetter("start"))
        free_before = at == 0 or apart[at - 1].end <= reading.start
        if free_before and (at == len(apart) or reading.end <= apart[at].start):
            apart.insert(at, reading)
    return apart
