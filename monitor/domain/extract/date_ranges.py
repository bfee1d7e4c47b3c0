"""Stretches of days that a phrase names ("November 2026", "early next year") and the arithmetic on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.domain.extract.measures import DAYS_IN

_BACK = {
    ("due", ""): timedelta(days=45), ("due", "ahead"): timedelta(days=2),
    ("expiry", ""): timedelta(days=21), ("expiry", "ahead"): timedelta(days=2),
    ("start", ""): timedelta(days=180), ("start", "ahead"): timedelta(days=180),
    ("", "ahead"): timedelta(days=60),
}  # fmt: skip
"""By role and tense: a date that lies no further behind than this is meant as it stands; else the next year is. Where the
words speak of what is to come, a deadline may have passed only in the zone of the reader."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """The first and last day of a stretch. precision: day, month, quarter, year."""

    first: date
    last: date
    precision: str


def one_day(year: int, month: int, day_of_month: int) -> DateRange | None:
    """One day, or None if the calendar has no such day."""
    try:
        at = date(year, month, day_of_month)
    except ValueError:
        return None
    return DateRange(at, at, "day")


def month_range(year: int, first: int, count: int, precision: str) -> DateRange | None:
    """`count` months from the month `first` of a year on; None if they do not lie within that year."""
    if not 1 <= first <= 13 - count:
        return None
    begin = date(year, first, 1)
    return DateRange(begin, add_months(begin, count) - timedelta(days=1), precision)


def one_month(year: int, number: int) -> DateRange | None:
    return month_range(year, number, 1, "month")


def one_quarter(year: int, number: int) -> DateRange | None:
    return month_range(year, 3 * number - 2, 3, "quarter")


def one_year(number: int) -> DateRange | None:
    return month_range(number, 1, 12, "year")


def end_of_range(span: DateRange | None) -> DateRange | None:
    """The end of a month as its last day, the end of anything longer as its last month."""
    if span is None:
        return None
    if span.precision == "month":
        return DateRange(span.last, span.last, "day")
    return DateRange(span.last.replace(day=1), span.last, "month")


def day_before(span: DateRange | None) -> DateRange | None:
    """The day before a week, a month or anything longer begins: what is due "before January" is late in January. A single
    day stays: "before 10 November" names the last day as people write it."""
    if span is None or (span.precision == "day" and span.last - span.first != _A_WEEK):
        return span
    before = span.first - timedelta(days=1)
    return DateRange(before, before, "day")


def last_of_year(number: int, count: int, unit: str) -> DateRange | None:
    """The last `count` days, weeks, months or quarters of a year."""
    whole = one_year(number)
    if whole is None or not 1 <= count <= _MOST_OF_YEAR[unit]:
        return None
    if unit in ("day", "week"):
        return DateRange(whole.last - timedelta(days=count * (7 if unit == "week" else 1) - 1), whole.last, "month")
    length = 3 * count if unit == "quarter" else count
    return month_range(number, 13 - length, length, "quarter" if unit == "quarter" else "month")


_A_WEEK = timedelta(days=6)
"""From the first day of a week to its last."""
_MOST_OF_YEAR = {"day": 100, "week": 20, "month": 11, "quarter": 3}


def marketing_year(first_year: int) -> DateRange:
    """The marketing year of US soybeans that begins in a year: September to August."""
    return DateRange(date(first_year, 9, 1), date(first_year + 1, 8, 31), "year")


def year_part(part: str, number: int) -> DateRange | None:
    """early, mid, late, first or second half of a year; early, mid and late are its first, second and last quarter."""
    first, count = {"early": (1, 3), "mid": (4, 3), "late": (10, 3), "first": (1, 6), "second": (7, 6)}[part]
    return month_range(number, first, count, "quarter")


def next_month(at: date, ahead: int = 1) -> DateRange | None:
    """The month `ahead` months after the one of a day."""
    later = add_months(at.replace(day=1), ahead)
    return one_month(later.year, later.month)


def add_months(start: date, count: int) -> date:
    """The same day some months later, or the last day of that month where it has no such day."""
    number = start.month - 1 + count
    years, month_number = start.year + number // 12, number % 12 + 1
    following = date(years + (month_number == 12), month_number % 12 + 1, 1)
    return date(years, month_number, min(start.day, (following - timedelta(days=1)).day))


def add_units(start: date, count: float, unit: str) -> date:
    """The day that lies `count` days, weeks, months or years after `start`."""
    if unit == "day":
        return start + timedelta(days=round(count))
    if unit == "week":
        return start + timedelta(weeks=round(count))
    return add_months(start, round(count) * (12 if unit == "year" else 1))


def after_length(start: date, days: float) -> date:
    """The day a length of time after `start`, where the length is in days as the reader of amounts gives it.

    That reader counts 30 days a month and 365 a year (`amounts.DAYS_IN`), so whole months, years and half years are
    added by the calendar: one year from 30 October is 30 October. 60, 90 and 180 days cannot be told from two, three
    and six months. Any other length is added as days.
    """
    half_years, months = days / (DAYS_IN["year"] / 2), days / DAYS_IN["month"]
    if days > 0 and half_years.is_integer():
        return add_months(start, 6 * int(half_years))
    return add_months(start, int(months)) if months.is_integer() else start + timedelta(days=round(days))


def nearest_range(
    published: date, role: str, spans: Iterable[DateRange | None], *, tense: str = ""
) -> DateRange | None:
    """Of one day or month in several years, the one that a reader of that day thinks of.

    `tense`: "ahead" where the words speak of what is to come, "past" of what is over, else "". A month or quarter that has
    ended is no deadline any more.
    """
    real = [span for span in spans if span]
    back = _BACK.get((role, tense))
    ahead = [
        span
        for span in real
        if back is not None and span.last >= published - (back if _may_be_over(span, role) else timedelta())
    ]
    if ahead:
        return min(ahead, key=lambda span: span.last)
    return min(real, key=lambda span: _distance_from(span, published), default=None)


def _distance_from(span: DateRange, published: date) -> timedelta:
    """How far a stretch lies from a day; one to come seems half as far again, except a day: reports tell what has been."""
    ahead = span.first - published
    return max(ahead if span.precision == "day" else 1.5 * ahead, published - span.last)


def _may_be_over(span: DateRange, role: str) -> bool:
    return span.precision == "day" or role not in ("due", "expiry")


def week_range(at: date, ahead: int = 0) -> DateRange:
    """Monday to Sunday of the week `ahead` weeks after the one of a day."""
    first = at - timedelta(days=at.weekday()) + timedelta(weeks=ahead)
    return DateRange(first, first + timedelta(days=6), "day")


def dekad(span: DateRange | None, part: str) -> DateRange | None:
    """The first ten, second ten or last days of a month; its precision stays the month's."""
    if span is None:
        return None
    first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, span.last.day)}[part]
    return DateRange(span.first.replace(day=first), span.first.replace(day=last), span.precision)


def fiscal_range(span: DateRange | None) -> DateRange | None:
    """A stretch of a fiscal year of the US government, which begins three months before the calendar's."""
    if span is None:
        return None
    first = add_months(span.first, -3)
    return DateRange(first, add_months(span.last + timedelta(days=1), -3) - timedelta(days=1), span.precision)
