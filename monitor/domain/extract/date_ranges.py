"""Stretches of days that a phrase names ("November 2026", "early next year") and the arithmetic on them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.domain.extract.measures import DAYS_IN

_A_WEEK = timedelta(days=6)
"""From the first day of a week to its last."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """The first and the last day of a stretch. precision: day, month, quarter, season or year."""

    first: date
    last: date
    precision: str


def one_day(year: int, month: int, day_of_month: int) -> DateRange | None:
    """Return one day; None if the calendar has no such day."""
    try:
        at = date(year, month, day_of_month)
    except ValueError:
        return None
    return DateRange(at, at, "day")


def month_range(year: int, first: int, count: int, precision: str) -> DateRange | None:
    """Return `count` months of a year from the month `first` on; None if they do not lie within that year."""
    if not 1 <= first <= 13 - count:
        return None
    begin = date(year, first, 1)
    return DateRange(begin, add_months(begin, count) - timedelta(days=1), precision)


def end_of_range(span: DateRange | None) -> DateRange | None:
    """Return the end of a month as its last day, the end of anything longer as its last month."""
    if span is None:
        return None
    if span.precision == "month":
        return DateRange(span.last, span.last, "day")
    return DateRange(span.last.replace(day=1), span.last, "month")


def day_before(span: DateRange) -> DateRange:
    """Return the day before a week or a longer range: a delivery "before January" is late in January.

    A single day stays: "before 10 November" names the last day as people write it.
    """
    if span.precision == "day" and span.last - span.first != _A_WEEK:
        return span
    before = span.first - timedelta(days=1)
    return DateRange(before, before, "day")


def add_months(start: date, count: int) -> date:
    """Return the same day `count` months later, or the last day of that month if it has no such day."""
    years, month_index = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(years, month_index + 1, min(start.day, monthrange(years, month_index + 1)[1]))


def add_units(start: date, count: float, unit: str) -> date:
    """Return the day that lies `count` days, weeks, months or years after `start`."""
    if unit == "day":
        return start + timedelta(days=round(count))
    if unit == "week":
        return start + timedelta(weeks=round(count))
    return add_months(start, round(count) * (12 if unit == "year" else 1))


def after_length(start: date, days: float) -> date:
    """Return the day a length of time after `start`, where the length is in days as `read_quantities` gives it.

    That function counts a month as a twelfth of 365.25 days, so that whole months and years are known from days and are
    added by the calendar: one year from 30 October is 30 October, 120 days are not four months.
    """
    months = days / DAYS_IN["month"]
    return add_months(start, round(months)) if months.is_integer() else start + timedelta(days=round(days))
