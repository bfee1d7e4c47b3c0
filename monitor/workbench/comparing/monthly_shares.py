"""How much of the news a commitment's rules take, month by month, and where a month departs from those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from statistics import mean
from typing import Literal

Departure = Literal["", "up", "down"]

MONTHS_BEFORE = 3
"""Fewer months before do not show what is usual: an estimate."""
MIN_STORIES = 5
"""A share of fewer stories, both found and expected, says nothing: the usual least count of a chart for proportions."""
SIGMAS = 3.0
"""Shewhart's limits: about 3 of 1,000 shares lie outside by chance."""
_MOVING_RANGE = 1.128
"""The mean range of two neighbours, in standard deviations: the constant d2 of control charts for n = 2."""


@dataclass(frozen=True, slots=True)
class Month:
    """One commitment in one month: all stories of the month, those about it, and those of them that move nothing."""

    month: str
    stories: int
    hits: int
    nones: int
    departs: Departure = ""
    none_departs: Departure = ""

    @property
    def share(self) -> float:
        return self.hits / self.stories if self.stories else 0.0

    @property
    def none_share(self) -> float | None:
        """The share of hits that move nothing; None where there are no hits."""
        return self.nones / self.hits if self.hits else None


def flag_outliers(months: Sequence[Month]) -> tuple[Month, ...]:
    """The months, oldest first; each says whether it departs from all before it in either share."""
    hits = outliers([(month.hits, month.stories) for month in months])
    nones = outliers([(month.nones, month.hits) for month in months])
    flagged = zip(months, hits, nones, strict=True)
    return tuple(replace(month, departs=hit, none_departs=none) for month, hit, none in flagged)


def outliers(counts: Sequence[tuple[int, int]]) -> list[Departure]:
    """For each (part, whole): whether its share departs from the ones before, and which way.

    A control chart for proportions: a share departs if it lies more than three sigmas from the pooled share of the months
    before. News comes in bursts, so the binomial sigma alone would flag every other month; it is widened by how much the
    months before varied, as the mean moving range of their standardised shares shows (Laney's p' chart: D. B. Laney,
    "Improved Control Charts for Attributes", Quality Engineering 14(4), 2002, 531-537; the plain chart: NIST/SEMATECH
    e-Handbook of Statistical Methods, 6.3.3.2).
    """
    departures: list[Departure] = []
    for number, (part, whole) in enumerate(counts):
        departures.append("")
        before = [(p, w) for p, w in counts[:number] if w]
        if len(before) < MONTHS_BEFORE or not whole:
            continue
        usual = sum(p for p, _ in before) / sum(w for _, w in before)
        if max(part, usual * whole) < MIN_STORIES:
            continue
        spread = 1.0
        if 0 < usual < 1:
            standardised = [(p / w - usual) / _sigma(usual, w) for p, w in before]
            # How many binomial sigmas wide the months before really scatter; at least one.
            spread = max(spread, mean(abs(b - a) for a, b in pairwise(standardised)) / _MOVING_RANGE)
        difference = part / whole - usual
        if abs(difference) > SIGMAS * _sigma(usual, whole) * spread:
            departures[-1] = "up" if difference > 0 else "down"
    return departures


def _sigma(share: float, whole: int) -> float:
    """The binomial standard deviation of a share of so large a whole."""
    return sqrt(share * (1 - share) / whole)
