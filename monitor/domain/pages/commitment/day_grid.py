"""The days of a commitment: which verdict held at the end of each, and on which the published verdict changed."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.model import PublishedVerdict
from monitor.domain.pages import addresses
from monitor.domain.pages.commitment.own_material import OwnMaterial
from monitor.domain.text.labels import format_date, local_day

MONDAY_FIRST = Calendar(firstweekday=0)
OPEN_MONTHS = 12
"""The latest months, which a page shows; the earlier ones stand folded, by year."""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day. address: of the page that held at its end, '' before the record begins and after today; label: '12 Nov 2025: AT RISK';
    changed: the published verdict changed on it."""

    number: int
    label: str
    address: str
    status: str
    changed: bool


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month by weeks, each of seven days from Monday; None for a day of another month. name: 'November 2025'."""

    name: str
    year: int
    weeks: tuple[tuple[CalendarDay | None, ...], ...]


def verdict_days(own: OwnMaterial) -> dict[date, PublishedVerdict]:
    """By day on which the published verdict changed, oldest first: the last verdict of that day."""
    return {local_day(each.at, own.context.zone): each for each in own.published}


def months(own: OwnMaterial) -> tuple[CalendarMonth, ...]:
    """The months from the beginning of the record to today, newest first; none before the record begins."""
    days = verdict_days(own)
    if not days:
        return ()
    first, today = next(iter(days)), local_day(own.context.now, own.context.zone)
    found = {day.day: day for day in _days(own, days, today)}
    by_month = groupby(sorted(found), key=lambda day: (day.year, day.month))
    return tuple(_month(year, month, found) for (year, month), _ in by_month)[::-1] if first <= today else ()


@dataclass(frozen=True, slots=True)
class _Held:
    """A day and the verdict that held at its end."""

    day: date
    shown: CalendarDay


def _days(own: OwnMaterial, days: Mapping[date, PublishedVerdict], today: date) -> Iterator[_Held]:
    """Every day from the first verdict to today."""
    changed = sorted(days)
    ends = (*changed[1:], today + timedelta(days=1))
    for since, until in zip(changed, ends, strict=True):
        verdict = days[since].verdict
        address, shown = addresses.as_of_page(own.commitment.id, since), shown_status(verdict)
        for number in range((until - since).days):
            day = since + timedelta(days=number)
            label = f"{format_date(day)}: {shown}" + (" (changed)" if day == since else "")
            yield _Held(day, CalendarDay(day.day, label, address, verdict.status, day == since))


def _month(year: int, month: int, found: Mapping[date, _Held]) -> CalendarMonth:
    weeks = tuple(
        tuple(_day(day, found) if day.month == month else None for day in week)
        for week in MONDAY_FIRST.monthdatescalendar(year, month)
    )
    return CalendarMonth(f"{date(year, month, 1):%B %Y}", year, weeks)


def _day(day: date, found: Mapping[date, _Held]) -> CalendarDay:
    held = found.get(day)
    return held.shown if held else CalendarDay(day.day, f"{format_date(day)}: no record", "", "", changed=False)


def by_year(earlier: Sequence[CalendarMonth]) -> tuple[tuple[int, tuple[CalendarMonth, ...]], ...]:
    """Months by their year, in the order given."""
    return tuple((year, tuple(group)) for year, group in groupby(earlier, key=lambda month: month.year))
