"""The meaning of a date's words: one function for each kind of date, in English and Chinese."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.domain.extract import date_ranges as ranges
from monitor.domain.extract.date_ranges import DateRange, end_of_range, one_day
from monitor.domain.extract.date_roles import PLANNED, PLANNED_REACH
from monitor.domain.extract.measures import UNITS_OF_TIME_ZH
from monitor.domain.text.numerals import han_number, number_value

YEAR_HAN = "[一二][〇零一二三四五六七八九]{3}"
_YEAR = "January February March April May June July August September October November December"
MONTH_NUMBERS = {name: number for number, name in enumerate(_YEAR.split(), 1)}
MONTH_NUMBERS |= {name[:3]: number for name, number in MONTH_NUMBERS.items()} | {"Sept": 9}
_MONTHS_IN_YEAR = 12
HARVEST = 9
"""The month in which a marketing year of soybeans begins."""
_A_DAY = timedelta(days=1)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}
_WEEK = "monday tuesday wednesday thursday friday saturday sunday"
_WEEKDAYS = {name: number for number, name in enumerate(_WEEK.split())}
_WEEKDAYS |= {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
_SUNDAY = _WEEKDAYS["sunday"]
_STEPS = {"next": 1, "tomorrow": 1, "last": -1, "previous": -1, "下": 1, "上": -1, "明": 1, "次": 1, "后": 2, "去": -1}
_PARTS = {
    **dict.fromkeys(("h1", "上半年"), "first"),
    **dict.fromkeys(("h2", "下半年"), "second"),
    **dict.fromkeys(("上", "初", "年初"), "early"),
    **dict.fromkeys(("中", "年中", "middle"), "mid"),
    **dict.fromkeys(("下", "晚些时候"), "late"),
}
_SEASONS = {"spring": 3, "春": 3, "summer": 6, "夏": 6, "autumn": 9, "fall": 9, "秋": 9}
"""The month in which a season begins; a winter lies in two years and is not read."""
_MOST_OF_YEAR = {"day": 100, "week": 20, "month": 11, "quarter": 3}
"""The most that the last days, weeks, months or quarters of a year can be: more would not be its end (an estimate)."""
_MAX_DAYS_BACK = {"due": 45, "expiry": 21, "start": 180}
_MAX_DAYS_BACK_AHEAD = {"due": 2, "expiry": 2, "start": 180, "": 60}
"""By role, for words that look forward (AHEAD) and for others: a date without a year may lie this many days back;
otherwise it means next year. Estimates, tested by the phrases in tests/domain/extract. 2 days allow for a deadline that
has passed only in the reader's zone."""
_DEFAULT_COUNTS = {"day": 30, "week": 4, "month": 3, "quarter": 1}
"""How much of a year "its final weeks" are where the text gives no number: estimates."""


@dataclass(frozen=True, slots=True)
class DateContext:
    """The context of a date: the day of publication, its role, the tense of the words around it ('', 'ahead', 'past',
    'told' or 'done'), whether they mean the day before it ("before January"), and the text before it."""

    published: date
    role: str
    tense: str = ""
    day_before: bool = False
    before: str = ""

    def nearest(self, spans: Iterable[DateRange | None]) -> DateRange | None:
        """Return the most likely of one day or month in several years, or None.

        A month or quarter that has ended is no deadline.
        """
        possible = [ranges.day_before(span) if self.day_before else span for span in spans if span]
        if self.tense == "told" or (self.tense, self.role) == ("past", "start"):  # "since 4 March"
            possible = [span for span in possible if span.last <= self.published]
        days_back = {"": _MAX_DAYS_BACK, "ahead": _MAX_DAYS_BACK_AHEAD}.get(self.tense, {}).get(self.role)
        if days_back is not None:
            ahead = []
            for span in possible:
                may_be_over = span.precision == "day" or self.role not in ("due", "expiry")
                if span.last >= self.published - timedelta(days=days_back if may_be_over else 0):
                    ahead.append(span)
            if ahead:
                return min(ahead, key=lambda span: span.last)

        def distance(span: DateRange) -> timedelta:
            # News reports the past, so a future month counts as half as far again; a day does not.
            days_ahead = span.first - self.published
            return max(days_ahead if span.precision == "day" else 1.5 * days_ahead, self.published - span.last)

        return min(possible, key=distance, default=None)

    def year(self, word: str) -> int:
        """Return the year of "next year", 明年, "2027"; the year of publication for any other word."""
        word = word.strip().lower().removesuffix("年")
        if word.isdigit():
            return int(word)
        return int(han_number(word)) if re.fullmatch(YEAR_HAN, word) else self.published.year + steps_away(word)

    def in_year(self, words: Words, after: int, build: Callable[[int], DateRange | None]) -> DateRange | None:
        """Return `build` of the year in the words. Without one, try each year from the one before publication to
        `after` years after it, and return the most likely range."""
        if year_word := words["year"] or words["rel"]:
            return build(self.year(year_word))
        return self.nearest(map(build, range(self.published.year - 1, self.published.year + after + 1)))


Words = defaultdict[str, str]
"""The named groups of the pattern that matched; a group without text reads ''."""
RangeBuilder = Callable[[Words, DateContext], DateRange | None]


def steps_away(word: str) -> int:
    """Return how many years, months or weeks "next", "last", 下个 and the like lead away; 0 for any other word."""
    word = word.lower()
    return _STEPS.get(word, _STEPS.get(word[:1], 0))


def _part_or_end(span: DateRange | None, words: Words) -> DateRange | None:
    """Return the first ten, second ten or last days of a month, or the end of a stretch; else the stretch."""
    if span and words["part"]:
        part = words["part"].lower()
        first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, span.last.day)}[_PARTS.get(part, part)]
        span = DateRange(span.first.replace(day=first), span.first.replace(day=last), span.precision)
    return end_of_range(span) if words["end"] else span


def day(words: Words, context: DateContext) -> DateRange | None:
    """Read a day of a month, with its year, "next year" or none."""
    number = MONTH_NUMBERS.get(words["month"].capitalize()) or int(number_value(words["month"]))
    day_number = int(number_value(words["day"]))
    return context.in_year(words, 2, lambda year: one_day(year, number, day_number))


def days(words: Words, context: DateContext) -> DateRange | None:
    """Read "15-16 December", 12月15日至16日: two days of one month."""
    last = day(words, context)
    first = one_day(last.last.year, last.last.month, int(words["first"])) if last else None
    return DateRange(first.first, last.last, "day") if first and last and first.first < last.last else last


def day_in_digits(words: Words, _: DateContext) -> DateRange | None:
    """Read 3/31/2026 or 31/03/2026; None where both numbers may be the month, as in 03/04/2026."""
    first, second = int(words["one"]), int(words["two"])
    if first != second and max(first, second) <= _MONTHS_IN_YEAR:
        return None
    month_number, day_number = (first, second) if first <= _MONTHS_IN_YEAR else (second, first)
    return one_day(int(words["year"]) % 100 + 2000, month_number, day_number)


def day_of_relative_month(words: Words, context: DateContext) -> DateRange | None:
    """Read 本月15日, 下月15日."""
    at = ranges.add_months(context.published.replace(day=1), steps_away(words["rel"]))
    return one_day(at.year, at.month, int(number_value(words["day"])))


def near_day(words: Words, context: DateContext) -> DateRange | None:
    """Read "tomorrow", 明天, 后天, or the day itself (即日起)."""
    at = context.published + timedelta(days=steps_away(words["rel"]))
    return DateRange(at, at, "day")


def month(words: Words, context: DateContext) -> DateRange | None:
    """Read a month, one third of it or its end, with its year, "next year" or none."""
    number = MONTH_NUMBERS.get(words["month"].capitalize()) or int(number_value(words["month"]))
    return _part_or_end(context.in_year(words, 2, lambda year: ranges.month_range(year, number, 1, "month")), words)


def relative_month(words: Words, context: DateContext) -> DateRange | None:
    """Read "this month", 下月, 下月中旬 or the end of one."""
    at = ranges.add_months(context.published.replace(day=1), steps_away(words["rel"]))
    return _part_or_end(ranges.month_range(at.year, at.month, 1, "month"), words)


def quarter(words: Words, context: DateContext) -> DateRange | None:
    """Read a quarter or its end, with its year, "next year" or none."""
    nth = (words["nth"] or words["digit"]).lower()
    first = 3 * (_ORDINALS.get(nth) or int(nth)) - 2
    return _part_or_end(context.in_year(words, 1, lambda year: ranges.month_range(year, first, 3, "quarter")), words)


def relative_quarter(words: Words, context: DateContext) -> DateRange | None:
    """Read "this quarter" or "next quarter"."""
    at = ranges.add_months(context.published.replace(day=1), 3 * steps_away(words["rel"]))
    return ranges.month_range(at.year, at.month - (at.month - 1) % 3, 3, "quarter")


def season(words: Words, context: DateContext) -> DateRange | None:
    """Read "autumn this year", "next spring", 今秋: three months; without a year the season nearest to publication."""
    first = _SEASONS[words["season"].lower()]
    return context.in_year(words, 1, lambda year: ranges.month_range(year, first, 3, "season"))


def fiscal(words: Words, _: DateContext) -> DateRange | None:
    """Read a fiscal year of the US government, its end or one of its quarters: it begins three months before the
    calendar year.

    "FY26" is 2026.
    """
    number, nth = int(words["fiscal"]) % 100 + 2000, (words["nth"] or words["digit"]).lower()
    part = (3 * (_ORDINALS.get(nth) or int(nth)) - 2, 3, "quarter") if nth else (1, 12, "year")
    span = ranges.month_range(number, *part)
    if span is None:
        return None
    first, following = ranges.add_months(span.first, -3), ranges.add_months(span.last + _A_DAY, -3)
    return _part_or_end(DateRange(first, following - _A_DAY, span.precision), words)


def year_part(words: Words, context: DateContext) -> DateRange | None:
    """Read "early 2027", "the first half of next year", H1 2026, 年初, 下半年; early, mid and late are quarters."""
    part = (words["part"] or f"h{words['half']}").lower()
    name = _PARTS.get(part, part)
    first, count = {"early": (1, 3), "mid": (4, 3), "late": (10, 3), "first": (1, 6), "second": (7, 6)}[name]
    return context.in_year(words, 1, lambda year: ranges.month_range(year, first, count, "quarter"))


def year(words: Words, context: DateContext) -> DateRange | None:
    """Read "2027", "next year", 明年."""
    return ranges.month_range(context.year(words["year"] or words["rel"]), 1, 12, "year")


def year_end(words: Words, context: DateContext) -> DateRange | None:
    """Read "year-end", "the end of 2026", 明年底: the last month of the year."""
    return end_of_range(year(words, context))


def rest_of_year(words: Words, context: DateContext) -> DateRange | None:
    """Read "the last two months of 2026", its final quarter, or the rest of it from publication on."""
    number, unit_word, count_word = context.year(words["year"] or words["rel"]), words["unit"], words["count"].lower()
    whole = ranges.month_range(number, 1, 12, "year")
    if not unit_word:
        return end_of_range(whole)
    unit = UNITS_OF_TIME_ZH.get(unit_word) or unit_word.lower().removesuffix("s")
    default = 1 if unit_word in ("month", "quarter") else _DEFAULT_COUNTS[unit]
    count = round(number_value(count_word)) if count_word else default
    if whole is None or not 1 <= count <= _MOST_OF_YEAR[unit]:
        return None
    if unit in ("day", "week"):
        first = whole.last - (7 if unit == "week" else 1) * count * _A_DAY + _A_DAY
        return DateRange(first, whole.last, "month")
    months = 3 * count if unit == "quarter" else count
    return ranges.month_range(number, 13 - months, months, unit)


def marketing_end(words: Words, context: DateContext) -> DateRange | None:
    """Read the end of the marketing year that is named, or of this one or the next."""
    running = context.published.year - (context.published.month < HARVEST) + steps_away(words["rel"])
    ends = int(words["year"] or running) + 1  # of soybeans: it runs from September to August
    return DateRange(date(ends, HARVEST - 1, 1), date(ends, HARVEST - 1, 31), "month")


def planned_weekday(words: Words, context: DateContext) -> DateRange | None:
    """Read the Thursday of "to meet on Thursday"; without such words a weekday is mostly that of the report."""
    planned = PLANNED.search(context.before, max(0, len(context.before) - PLANNED_REACH))
    return week(words, context) if planned else None


def week(words: Words, context: DateContext) -> DateRange | None:
    """Read "next week" or its Tuesday. A bare weekday is the next one ("by Friday"), or the last one for a past act.

    What a Sunday expects for "this week" is expected for the week that begins.
    """
    monday = context.published - timedelta(days=context.published.weekday(), weeks=-steps_away(words["rel"]))
    if not words["weekday"]:
        if words["rel"].lower() == "this" and context.tense == "ahead" and context.published.weekday() == _SUNDAY:
            monday += timedelta(weeks=1)
        return DateRange(monday, monday + timedelta(days=6), "day")
    at = monday + timedelta(days=_WEEKDAYS[words["weekday"].lower()])
    if not words["rel"] and context.tense == "done":
        at -= timedelta(weeks=at > context.published)
    elif not words["rel"] and at < context.published:
        at += timedelta(weeks=1)
    return DateRange(at, at, "day")
