"""Stretches of days that a phrase names ("November 2026", "early next year") and the arithmetic on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_BACK = {"due": timedelta(days=60), "expiry": timedelta(days=60), "start": timedelta(days=180)}
"""A date with a role that lies no further behind than this is meant as it stands; else the next year is."""


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last day of a stretch. precision: day, month, quarter, year."""

    first: date
    last: date
    precision: str


def day(year: int, month: int, day_of_month: int) -> Span | None:
    """One day, or None if the calendar has no such day."""
    try:
        at = date(year, month, day_of_month)
    except ValueError:
        return None
    return Span(at, at, "day")


def months(year: int, first: int, count: int, precision: str) -> Span | None:
    """`count` months from the month `first` of a year on; None if they do not lie within that year."""
    if not 1 <= first <= 13 - count:
        return None
    after = date(year + 1, 1, 1) if first + count > 12 else date(year, first + count, 1)
    return Span(date(year, first, 1), after - timedelta(days=1), precision)


def month(year: int, number: int) -> Span | None:
    return months(year, number, 1, "month")


def quarter(year: int, number: int) -> Span | None:
    return months(year, 3 * number - 2, 3, "quarter")


def year(number: int) -> Span | None:
    return months(number, 1, 12, "year")


def end_of(span: Span | None) -> Span | None:
    """The end of a month as its last day, the end of anything longer as its last month."""
    if span is None:
        return None
    if span.precision == "month":
        return Span(span.last, span.last, "day")
    return Span(span.last.replace(day=1), span.last, "month")


def part_of_year(part: str, number: int) -> Span | None:
    """early, mid, late, first or second half of a year; early and late are its first and last quarter."""
    first, count = {"early": (1, 3), "mid": (4, 6), "late": (10, 3), "first": (1, 6), "second": (7, 6)}[part]
    return months(number, first, count, "quarter")


def next_month(at: date, ahead: int = 1) -> Span | None:
    """The month `ahead` months after the one of a day."""
    later = add_months(at.replace(day=1), ahead)
    return month(later.year, later.month)


def add_months(start: date, count: int) -> date:
    """The same day some months later, or the last day of that month where it has no such day."""
    number = start.month - 1 + count
    years, month_number = start.year + number // 12, number % 12 + 1
    following = date(years + (month_number == 12), month_number % 12 + 1, 1)
    return date(years, month_number, min(start.day, (following - timedelta(days=1)).day))


def after(start: date, count: float, unit: str) -> date:
    """The day that lies `count` days, weeks, months or years after `start`."""
    if unit == "day":
        return start + timedelta(days=round(count))
    if unit == "week":
        return start + timedelta(weeks=round(count))
    return add_months(start, round(count) * (12 if unit == "year" else 1))


def nearest(published: date, role: str, spans: Iterable[Span | None]) -> Span | None:
    """Of one day or month in several years, the one that a reader of that day thinks of."""
    real = [span for span in spans if span]
    ahead = [span for span in real if role and span.last >= published - _BACK[role]]
    if ahead:
        return min(ahead, key=lambda span: span.last)
    return min(real, key=lambda span: abs(span.last - published), default=None)
