"""What the words of a date mean: one function for each kind of date, for English and Chinese alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.domain.extract import date_ranges as ranges
from monitor.domain.extract.date_ranges import DateRange, end_of_range, one_day, one_month, one_quarter, one_year
from monitor.domain.text.numerals import han_number, number_value

YEAR_HAN = "[一二][〇零一二三四五六七八九]{3}"
_YEAR = "January February March April May June July August September October November December"
MONTH_NUMBERS = {name: number for number, name in enumerate(_YEAR.split(), 1)}
MONTH_NUMBERS |= {name[:3]: number for name, number in MONTH_NUMBERS.items()} | {"Sept": 9}
_MONTHS_IN_YEAR = 12
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}
_WEEK = "monday tuesday wednesday thursday friday saturday sunday"
_WEEKDAYS = {name: number for number, name in enumerate(_WEEK.split())}
_WEEKDAYS |= {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
_STEPS = {"next": 1, "last": -1, "下": 1, "上": -1, "明": 1, "次": 1, "后": 2, "去": -1}
_PARTS = {
    **dict.fromkeys(("h1", "上半年"), "first"),
    **dict.fromkeys(("h2", "下半年"), "second"),
    **dict.fromkeys(("上", "初", "年初"), "early"),
    **dict.fromkeys(("中", "年中", "middle"), "mid"),
    **dict.fromkeys(("下", "晚些时候"), "late"),
}
_UNITS_ZH = {"天": "day", "周": "week", "星期": "week", "月": "month", "季度": "quarter", "季": "quarter"}
_DEFAULT_COUNTS = {"day": 30, "week": 4, "month": 3, "quarter": 1}
"""How much of a year "its final weeks" are where the text gives no number: estimates."""


@dataclass(frozen=True, slots=True)
class DateContext:
    """What a date needs besides its own words: the day of publication, the date's role, the tense of the words around it
    ('', 'ahead', 'past' or 'done'), and whether they mean the day before it ("before January")."""

    published: date
    role: str
    tense: str = ""
    day_before: bool = False

    def nearest(self, spans: Iterable[DateRange | None]) -> DateRange | None:
        """Return the one that the text means of one stretch in several years; None if there is none."""
        meant = (ranges.day_before(span) for span in spans) if self.day_before else spans
        return ranges.nearest_range(self.published, self.role, meant, tense=self.tense)

    def year(self, word: str) -> int:
        """Return the year of "next year", 明年, "2027"; the year of publication for any other word."""
        word = word.strip().lower().removesuffix("年")
        if word.isdigit():
            return int(word)
        return int(han_number(word)) if re.fullmatch(YEAR_HAN, word) else self.published.year + _steps_away(word)

    def years(self, after: int) -> range:
        """Return the years from the one before publication to `after` years after it."""
        return range(self.published.year - 1, self.published.year + after + 1)


Words = defaultdict[str, str]
"""The named groups of the pattern that matched; a group without text reads ''."""
RangeBuilder = Callable[[Words, DateContext], DateRange | None]
DateForm = tuple[re.Pattern[str], RangeBuilder]


def date_forms(*forms: tuple[str, RangeBuilder]) -> tuple[DateForm, ...]:
    """Compile patterns, each with the function that tells what its named groups mean."""
    return tuple((re.compile(pattern), build) for pattern, build in forms)


def _steps_away(word: str) -> int:
    """Return how many years, months or weeks "next", "last", 下个 and the like lead away; 0 for any other word."""
    word = word.lower()
    return _STEPS.get(word, _STEPS.get(word[:1], 0))


def _month_number(word: str) -> int:
    return MONTH_NUMBERS.get(word.capitalize()) or int(number_value(word))


def _part_or_end(span: DateRange | None, words: Words) -> DateRange | None:
    """Return the third of a month or the end of a stretch that the words name, else the stretch itself."""
    if words["part"]:
        part = words["part"].lower()
        span = ranges.dekad(span, _PARTS.get(part, part))
    return end_of_range(span) if words["end"] else span


def day(words: Words, context: DateContext) -> DateRange | None:
    """Read a day of a month, with its year, "next year" or none."""
    number, day_number = _month_number(words["month"]), int(number_value(words["day"]))
    year_word = words["year"] or words["rel"]
    if year_word:
        return one_day(context.year(year_word), number, day_number)
    return context.nearest(one_day(year, number, day_number) for year in context.years(2))


def days(words: Words, context: DateContext) -> DateRange | None:
    """Read "15-16 December", 12月15日至16日; both days lie in one month."""
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
    around = ranges.next_month(context.published, _steps_away(words["rel"]))
    return one_day(around.first.year, around.first.month, int(number_value(words["day"]))) if around else None


def days_away(count: int) -> RangeBuilder:
    """Return the reader of "tomorrow" (1), 后天 (2) and the like."""

    def build(_: Words, context: DateContext) -> DateRange:
        at = context.published + timedelta(days=count)
        return DateRange(at, at, "day")

    return build


def month(words: Words, context: DateContext) -> DateRange | None:
    """Read a month, one third of it or its end, with its year, "next year" or none."""
    number, year_word = _month_number(words["month"]), words["year"] or words["rel"]
    if year_word:
        return _part_or_end(one_month(context.year(year_word), number), words)
    return _part_or_end(context.nearest(one_month(year, number) for year in context.years(2)), words)


def relative_month(words: Words, context: DateContext) -> DateRange | None:
    """Read "this month", 下月, 下月中旬 or the end of one."""
    return _part_or_end(ranges.next_month(context.published, _steps_away(words["rel"])), words)


def quarter(words: Words, context: DateContext) -> DateRange | None:
    """Read a quarter or its end, with its year, "next year" or none."""
    nth, year_word = (words["nth"] or words["digit"]).lower(), words["year"] or words["rel"]
    number = _ORDINALS.get(nth) or int(nth)
    if year_word:
        return _part_or_end(one_quarter(context.year(year_word), number), words)
    return _part_or_end(context.nearest(one_quarter(year, number) for year in context.years(1)), words)


def relative_quarter(words: Words, context: DateContext) -> DateRange | None:
    """Read "this quarter" or "next quarter"."""
    at = ranges.add_months(context.published.replace(day=1), 3 * _steps_away(words["rel"]))
    return one_quarter(at.year, (at.month + 2) // 3)


def fiscal(words: Words, _: DateContext) -> DateRange | None:
    """Read a fiscal year, its end or one of its quarters. "FY26" is 2026."""
    number, nth = int(words["fiscal"]) % 100 + 2000, (words["nth"] or words["digit"]).lower()
    span = one_quarter(number, _ORDINALS.get(nth) or int(nth)) if nth else one_year(number)
    return _part_or_end(ranges.fiscal_range(span), words)


def year_part(words: Words, context: DateContext) -> DateRange | None:
    """Read "early 2027", "the first half of next year", H1 2026, 年初, 下半年."""
    part, year_word = (words["part"] or f"h{words['half']}").lower(), words["year"] or words["rel"]
    name = _PARTS.get(part, part)
    if year_word:
        return ranges.year_part(name, context.year(year_word))
    return context.nearest(ranges.year_part(name, year) for year in context.years(1))


def year(words: Words, context: DateContext) -> DateRange | None:
    """Read "2027", "next year", 明年."""
    return one_year(context.year(words["year"] or words["rel"]))


def year_end(words: Words, context: DateContext) -> DateRange | None:
    """Read "year-end", "the end of 2026", 明年底: the last month of the year."""
    return end_of_range(year(words, context))


def rest_of_year(words: Words, context: DateContext) -> DateRange | None:
    """Read "the last two months of 2026", its final quarter, or the rest of it from publication on."""
    number, unit_word, count_word = context.year(words["year"] or words["rel"]), words["unit"], words["count"].lower()
    if not unit_word:
        return end_of_range(one_year(number))
    unit = _UNITS_ZH.get(unit_word) or unit_word.lower().removesuffix("s")
    default = 1 if unit_word in ("month", "quarter") else _DEFAULT_COUNTS[unit]
    count = round(number_value(count_word)) if count_word else default
    return ranges.last_of_year(number, count, unit)


def marketing_end(words: Words, context: DateContext) -> DateRange | None:
    """Read the end of the marketing year that is named, or of this one or the next."""
    if words["year"]:
        return end_of_range(ranges.marketing_year(int(words["year"])))
    published = context.published
    running = published.year - (published < ranges.marketing_year(published.year).first)
    return end_of_range(ranges.marketing_year(running + _steps_away(words["rel"])))


def week(words: Words, context: DateContext) -> DateRange | None:
    """Read "next week" or its Tuesday. A bare weekday is the next one ("by Friday"), for what is done the last one."""
    around = ranges.week_range(context.published, _steps_away(words["rel"]))
    if not words["weekday"]:
        return around
    at = around.first + timedelta(days=_WEEKDAYS[words["weekday"].lower()])
    if not words["rel"] and context.tense == "done":
        at -= timedelta(weeks=at > context.published)
    elif not words["rel"] and at < context.published:
        at += timedelta(weeks=1)
    return DateRange(at, at, "day")
