"""Stretches of days that a phrase names ("November 2026", "early next year") and the arithmetic on them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.domain.extract.measures import DAYS_IN

_MAX_DAYS_BACK = {"due": 45, "expiry": 21, "start": 180}
_MAX_DAYS_BACK_AHEAD = {"due": 2, "expiry": 2, "start": 180, "": 60}
"""By role, where the words speak of what is to come (AHEAD) and where they do not: a date without a year that lies no more
days behind than this is meant as it stands, else the next year's is. The numbers are estimates: tests/domain/extract has
phrases that they must read right. 2 days allow for a deadline that has passed only in the reader's zone."""
_A_WEEK = timedelta(days=6)
"""From the first day of a week to its last."""
_MOST_OF_YEAR = {"day": 100, "week": 20, "month": 11, "quarter": 3}
"""The most that the last days, weeks, months or quarters of a year can be: more would not be its end (an estimate)."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """The first and the last day of a stretch. precision: day, month, quarter or year."""

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


def one_month(year: int, number: int) -> DateRange | None:
    return month_range(year, number, 1, "month")


def one_quarter(year: int, number: int) -> DateRange | None:
    return month_range(year, 3 * number - 2, 3, "quarter")


def one_year(number: int) -> DateRange | None:
    return month_range(number, 1, 12, "year")


def end_of_range(span: DateRange | None) -> DateRange | None:
    """Return the end of a month as its last day, the end of anything longer as its last month."""
    if span is None:
        return None
    if span.precision == "month":
        return DateRange(span.last, span.last, "day")
    return DateRange(span.last.replace(day=1), span.last, "month")


def day_before(span: DateRange | None) -> DateRange | None:
    """Return the day before a week or anything longer begins: what is due "before January" is late in January.

    A single day stays: "before 10 November" names the last day as people write it.
    """
    if span is None or (span.precision == "day" and span.last - span.first != _A_WEEK):
        return span
    before = span.first - timedelta(days=1)
    return DateRange(before, before, "day")


def last_of_year(number: int, count: int, unit: str) -> DateRange | None:
    """Return the last `count` days, weeks, months or quarters of a year; None for none of them or too many."""
    whole = one_year(number)
    if whole is None or not 1 <= count <= _MOST_OF_YEAR[unit]:
        return None
    if unit in ("day", "week"):
        days = count * (7 if unit == "week" else 1)
        return DateRange(whole.last - timedelta(days=days - 1), whole.last, "month")
    length = 3 * count if unit == "quarter" else count
    return month_range(number, 13 - length, length, "quarter" if unit == "quarter" else "month")


def marketing_year(first_year: int) -> DateRange:
    """Return the marketing year of US soybeans that begins in a year: September to August."""
    return DateRange(date(first_year, 9, 1), date(first_year + 1, 8, 31), "year")


def year_part(part: str, number: int) -> DateRange | None:
    """Return the early, mid or late part of a year (its first, second or last quarter), or its first or second half."""
    first, count = {"early": (1, 3), "mid": (4, 3), "late": (10, 3), "first": (1, 6), "second": (7, 6)}[part]
    return month_range(number, first, count, "quarter")


def next_month(at: date, ahead: int = 1) -> DateRange | None:
    """Return the month that is `ahead` months after the month of a day."""
    later = add_months(at.replace(day=1), ahead)
    return one_month(later.year, later.month)


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

    That function counts 30 days a month and 365 a year (`measures.DAYS_IN`), so whole months, years and half years are
    added by the calendar: one year from 30 October is 30 October. 60, 90 and 180 days look the same as two, three and six
    months. Any other length is added as days.
    """
    half_years, months = days / (DAYS_IN["year"] / 2), days / DAYS_IN["month"]
    if days > 0 and half_years.is_integer():
        return add_months(start, 6 * int(half_years))
    return add_months(start, int(months)) if months.is_integer() else start + timedelta(days=round(days))


def nearest_range(
    published: date, role: str, spans: Iterable[DateRange | None], *, tense: str = ""
) -> DateRange | None:
    """Return the one that a reader on the day of publication thinks of, of one day or month in several years.

    `tense`: "ahead" if the words speak of what is to come, "past" or "done" of what is over, else ''. A month or quarter that
    has ended is no deadline any more.
    """
    possible = [span for span in spans if span]
    days_back = {"": _MAX_DAYS_BACK, "ahead": _MAX_DAYS_BACK_AHEAD}.get(tense, {}).get(role)
    if days_back is not None:
        ahead = []
        for span in possible:
            may_be_over = span.precision == "day" or role not in ("due", "expiry")
            if span.last >= published - timedelta(days=days_back if may_be_over else 0):
                ahead.append(span)
        if ahead:
            return min(ahead, key=lambda span: span.last)

    def distance(span: DateRange) -> timedelta:
        # A month to come seems half as far again as one that has been, for reports tell what has been; a day does not.
        days_ahead = span.first - published
        return max(days_ahead if span.precision == "day" else 1.5 * days_ahead, published - span.last)

    return min(possible, key=distance, default=None)


def week_range(at: date, ahead: int = 0) -> DateRange:
    """Return Monday to Sunday of the week that is `ahead` weeks after the week of a day."""
    first = at - timedelta(days=at.weekday()) + timedelta(weeks=ahead)
    return DateRange(first, first + timedelta(days=6), "day")


def dekad(span: DateRange | None, part: str) -> DateRange | None:
    """Return the first ten, second ten or last days of a month; the precision stays the month's."""
    if span is None:
        return None
    first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, span.last.day)}[part]
    return DateRange(span.first.replace(day=first), span.first.replace(day=last), span.precision)


def fiscal_range(span: DateRange | None) -> DateRange | None:
    """Return a stretch of the US government's fiscal year, which begins three months before the calendar year."""
    if span is None:
        return None
    first = add_months(span.first, -3)
    return DateRange(first, add_months(span.last + timedelta(days=1), -3) - timedelta(days=1), span.precision)
