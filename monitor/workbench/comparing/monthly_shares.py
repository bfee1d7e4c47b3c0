"""How much of the news a commitment's rules take, month by month, and where a month departs from those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import mean
from typing import Literal

Departure = Literal["", "up", "down"]

MONTHS_BEFORE = 3
"""Fewer months before do not tell what is usual."""
MIN_STORIES = 5
"""A share of fewer stories, both found and expected, says nothing."""
SIGMAS = 3.0
_MOVING_RANGE = 1.128
"""The mean range of two neighbours, in standard deviations."""


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
        return self.nones / self.hits if self.hits else None


def flag_outliers(months: Sequence[Month]) -> tuple[Month, ...]:
    """The months, oldest first, with the mark of those that depart from all before them in either share."""
    hits = outliers([(month.hits, month.stories) for month in months])
    nones = outliers([(month.nones, month.hits) for month in months])
    return tuple(
        Month(m.month, m.stories, m.hits, m.nones, a, b) for m, a, b in zip(months, hits, nones, strict=True)
    )  # fmt: skip


def outliers(counts: Sequence[tuple[int, int]]) -> list[Departure]:
    """For each (part, whole): whether its share departs from the ones before, and which way.

    A control chart for proportions: a share departs if it lies more than three sigmas from the pooled share of the months
    before. News comes in bursts, so the binomial sigma alone would mark every other month; it is widened by how much the
    months before varied, as the mean moving range of their standardised shares shows (Laney's p' chart: D. B. Laney,
    "Improved Control Charts for Attributes", Quality Engineering 14(4), 2002, 531-537; the plain chart: NIST/SEMATECH
    e-Handbook of Statistical Methods, 6.3.3.2).
    """
    return [_departs(part, whole, counts[:number]) for number, (part, whole) in enumerate(counts)]


def _departs(part: int, whole: int, all_before: Sequence[tuple[int, int]]) -> Departure:
    before = [(p, w) for p, w in all_before if w]
    if len(before) < MONTHS_BEFORE or not whole:
        return ""
    usual = sum(p for p, _ in before) / sum(w for _, w in before)
    if max(part, usual * whole) < MIN_STORIES:
        return ""
    difference = part / whole - usual
    if abs(difference) <= SIGMAS * _sigma(usual, whole) * _spread(before, usual):
        return ""
    return "up" if difference > 0 else "down"


def _sigma(share: float, whole: int) -> float:
    return sqrt(share * (1 - share) / whole)


def _spread(before: Sequence[tuple[int, int]], usual: float) -> float:
    """How many binomial sigmas wide the months before really scatter; at least one."""
    if not 0 < usual < 1:
        return 1.0
    standardised = [(part / whole - usual) / _sigma(usual, whole) for part, whole in before]
    return max(1.0, mean(abs(b - a) for a, b in pairwise(standardised)) / _MOVING_RANGE)
