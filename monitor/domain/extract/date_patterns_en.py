"""The forms in which English texts write a date, each with the stretch of days it means, and what those of both languages build on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.domain.extract.date_ranges import (
    DateRange,
    add_months,
    day_before,
    dekad,
    end_of_range,
    fiscal_range,
    last_of_year,
    marketing_year,
    nearest_range,
    next_month,
    one_day,
    one_month,
    one_quarter,
    one_year,
    week_range,
    year_part,
)
from monitor.domain.text.numerals import DIGITS, NUMBER_WORDS, chinese_number, english_number, han_number


@dataclass(frozen=True, slots=True)
class DateContext:
    """What a form needs besides its words: the day of publication, the date's role, the tense of the words around it, and
    whether the day before it is meant ("before January")."""

    published: date
    role: str
    tense: str = ""
    eve: bool = False

    def yearless(self, month_number: int, day_of_month: int = 0) -> DateRange | None:
        """The month or day of the year that is meant when none is given."""
        years = range(self.published.year - 1, self.published.year + 3)
        spans = (
            one_day(one, month_number, day_of_month) if day_of_month else one_month(one, month_number) for one in years
        )
        return self.nearest(spans)

    def nearest(self, spans: Iterable[DateRange | None]) -> DateRange | None:
        """Of one stretch in several years, the one that is meant."""
        meant = (day_before(span) for span in spans) if self.eve else spans
        return nearest_range(self.published, self.role, meant, tense=self.tense)

    def relative_year(self, word: str | None) -> int:
        """The year of "next year", 明年, "2027", or of publication where nothing is said."""
        word = (word or "").strip().lower().removesuffix("年")
        if word.isdigit():
            return int(word)
        if re.fullmatch(YEAR_HAN, word):
            return int(han_number(word))
        return self.published.year + _YEARS_AWAY.get(word, 0)


YEAR_HAN = "[一二][〇零一二三四五六七八九]{3}"
RangeBuilder = Callable[[re.Match[str], DateContext], DateRange | None]
DateForm = tuple[re.Pattern[str], RangeBuilder]

_YEARS_AWAY = {"next": 1, "last": -1, "明": 1, "次": 1, "后": 2, "去": -1}
_MONTH_NAMES = (
    "January Jan", "February Feb", "March Mar", "April Apr", "May", "June Jun", "July Jul", "August Aug",
    "September Sept Sep", "October Oct", "November Nov", "December Dec",
)  # fmt: skip
_MONTHS = {name.lower(): number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_CAPITALISED = sorted((name for names in _MONTH_NAMES for name in names.split()), key=len, reverse=True)
# "may" and "march" are months only with a capital.
_M = rf"(?P<month>{'|'.join(f'{name}|{name.upper()}' for name in _CAPITALISED)})\b(?:\.(?! [A-Z]|$))?"
_Y = r"(?P<year>(?:19|20)\d\d)(?![\d%]|,\d)"
_D = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%]|[.,:]\d)"
_AMOUNT_NEXT = r"(?! (?:million|billion|thousand|percent|per cent|tons|tonnes|cargoes|days|points))"
_HALVES = {"h1": "first", "h2": "second", "middle": "mid"}
_WEEKDAYS = {
    **{name: number for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))},
    **{name: number for number, name in enumerate("一二三四五六日")}, "天": 6,
}  # fmt: skip
_WEEKS_AWAY = {"next": 1, "last": -1, "下": 1, "下个": 1, "上": -1, "上个": -1}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}


def number_in(found: re.Match[str], name: str) -> int:
    return int(found[name]) if found[name].isdigit() else int(han_number(found[name]))


def _month_of(found: re.Match[str]) -> int:
    return _MONTHS[found["month"].lower()]


def _full(found: re.Match[str], _: DateContext) -> DateRange | None:
    return one_day(int(found["year"]), _month_of(found), int(found["day"]))


def _digits(found: re.Match[str], _: DateContext) -> DateRange | None:
    return one_day(int(found["year"]), int(found["month"]), int(found["day"]))


def _month_day(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return setting.yearless(_month_of(found), int(found["day"]))


def _some_month(found: re.Match[str], setting: DateContext) -> DateRange | None:
    number, groups = _month_of(found), found.groupdict()
    given = groups.get("year") or groups.get("rel")
    return one_month(setting.relative_year(given), number) if given else setting.yearless(number)


def _part_of_month(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return dekad(_some_month(found, setting), found["part"].lower())


def _day_of_year(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return one_day(setting.relative_year(found["rel"]), _month_of(found), int(found["day"]))


def _last_of_days(found: re.Match[str], setting: DateContext) -> DateRange | None:
    """The stretch of "15-16 December"; both days lie in one month."""
    given = found.groupdict().get("year")
    number = _month_of(found)
    last = one_day(int(given), number, int(found["day"])) if given else setting.yearless(number, int(found["day"]))
    first = one_day(last.last.year, number, int(found["first"])) if last else None
    return DateRange(first.first, last.last, "day") if first and last and first.first < last.last else last


def _month_end(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return end_of_range(_some_month(found, setting))


def _quarter(found: re.Match[str], setting: DateContext) -> DateRange | None:
    groups = found.groupdict()
    number = ORDINALS[groups["nth"].lower()] if groups.get("nth") else int(groups.get("digit") or 0)
    given = groups.get("year") or groups.get("rel")
    if not given:
        years = range(setting.published.year - 1, setting.published.year + 2)
        return setting.nearest(one_quarter(one, number) for one in years)
    return one_quarter(setting.relative_year(given), number)


def _quarter_end(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return end_of_range(_quarter(found, setting))


def _fiscal(found: re.Match[str], _: DateContext) -> DateRange | None:
    """A fiscal year, its end or one of its quarters. "FY26" is 2026."""
    groups = found.groupdict()
    number = int(found["fiscal"]) % 100 + 2000
    if groups.get("nth") or groups.get("digit"):
        return fiscal_range(
            one_quarter(number, ORDINALS[groups["nth"].lower()] if groups.get("nth") else int(found["digit"]))
        )
    span = fiscal_range(one_year(number))
    return end_of_range(span) if groups.get("end") else span


def relative_quarter(found: re.Match[str], setting: DateContext) -> DateRange | None:
    """This quarter or the next."""
    away = 0 if found["rel"].lower() in ("this", "本") else 3
    at = add_months(setting.published.replace(day=1), away)
    return one_quarter(at.year, (at.month + 2) // 3)


def _year_part(found: re.Match[str], setting: DateContext) -> DateRange | None:
    groups = found.groupdict()
    part = groups.get("part") or f"h{groups['half']}"
    return year_part(
        _HALVES.get(part.lower(), part.lower()), setting.relative_year(groups.get("year") or groups.get("rel"))
    )


def year_end(found: re.Match[str], setting: DateContext) -> DateRange | None:
    groups = found.groupdict()
    return end_of_range(one_year(setting.relative_year(groups.get("year") or groups.get("rel"))))


def _relative(found: re.Match[str], setting: DateContext) -> DateRange | None:
    away = _YEARS_AWAY.get(found["rel"].lower(), 0)
    if found["unit"] == "year":
        return one_year(setting.published.year + away)
    return next_month(setting.published, away)


def relative_week(found: re.Match[str], setting: DateContext) -> DateRange | None:
    """Next week, or its Tuesday; a bare weekday is the one to come ("by Friday"), of what is done the one before."""
    groups = found.groupdict()
    rel, name = (groups.get("rel") or "").lower(), (groups.get("weekday") or "").lower()
    around = week_range(setting.published, _WEEKS_AWAY.get(rel, 0))
    if not name:
        return around
    at = around.first + timedelta(days=_WEEKDAYS[name])
    if not rel and setting.tense == "done":
        at -= timedelta(weeks=at > setting.published)
    elif not rel and at < setting.published:
        at += timedelta(weeks=1)
    return DateRange(at, at, "day")


def _relative_month_end(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return end_of_range(
        next_month(setting.published, 1 if (found.groupdict().get("rel") or "").lower() == "next" else 0)
    )


def _digits_of_day(found: re.Match[str], _: DateContext) -> DateRange | None:
    """3/31/2026 or 31/03/2026; None where both numbers may be the month, as in 03/04/2026."""
    one, two = int(found["one"]), int(found["two"])
    if one != two and max(one, two) <= _MONTHS_IN_YEAR:
        return None
    return one_day(int(found["year"]) % 100 + 2000, *((one, two) if one <= _MONTHS_IN_YEAR else (two, one)))


_MONTHS_IN_YEAR = 12
_UNITS_ZH = {"天": "day", "周": "week", "星期": "week", "月": "month", "季度": "quarter", "季": "quarter"}
_DEFAULT_COUNTS = {"day": 30, "week": 4, "month": 3, "quarter": 1}
"""How much of a year "its final weeks" are, where no number is said."""


def rest_of_year(found: re.Match[str], setting: DateContext) -> DateRange | None:
    """The last two months of a year, its final quarter, or the rest of it, from publication on."""
    groups = found.groupdict()
    number = setting.relative_year(groups.get("year") or groups.get("rel"))
    if not groups.get("unit"):
        return end_of_range(one_year(number))
    unit = _UNITS_ZH.get(found["unit"]) or found["unit"].lower().removesuffix("s")
    text = (groups.get("count") or "").lower()
    alone = 1 if found["unit"] in ("month", "quarter") else _DEFAULT_COUNTS[unit]
    count = alone if not text else english_number(text) if text.isascii() else chinese_number(text)
    return last_of_year(number, round(count), unit)


def marketing_end(found: re.Match[str], setting: DateContext) -> DateRange | None:
    """The end of the marketing year that is named, or of this one or the next."""
    groups = found.groupdict()
    if groups.get("year"):
        return end_of_range(marketing_year(int(found["year"])))
    running = setting.published.year - (setting.published < marketing_year(setting.published.year).first)
    return end_of_range(marketing_year(running + _WEEKS_AWAY.get((groups.get("rel") or "").lower(), 0)))


def some_year(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return one_year(setting.relative_year(found["year"]))


def days_away(count: int) -> RangeBuilder:
    def build(_: re.Match[str], setting: DateContext) -> DateRange:
        at = setting.published + timedelta(days=count)
        return DateRange(at, at, "day")

    return build


def date_form(pattern: str, build: RangeBuilder) -> DateForm:
    return re.compile(pattern), build


_ANY_MONTH = rf"(?:{'|'.join(_CAPITALISED)})\b"
_W = r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_PART = r"(?P<part>[Ee]arly|[Mm]id|[Ll]ate)[ -]"
_Q = r"(?:(?P<nth>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth)[ -]quarter|Q(?P<digit>[1-4]))"
_THE_Q = r"(?:(?<=\b[Tt]he )(?P<nth>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth) quarter|\bQ(?P<digit>[1-4]))(?! of (?:losses|growth|fiscal)\b| fiscal)"
_YEAR_OR_REL = rf"(?:,? (?:of )?{_Y}| (?:of )?(?P<rel>the|this|next|last) year)"
_END = r"(?:\b[Tt]he )?\b(?:[Ee]nd|[Cc]lose|last day)(?: of |-)"
_AT = (
    r"(?:(?<=\b[Ii]n )|(?<=\b[Bb]y )|(?<=\buntil )|(?<=\btill )|(?<=\b[Ss]ince )|(?<=\bthrough )|(?<=\b[Bb]efore )|(?<=\bfrom )"
    r"|(?<=\bprior to )|(?<=\bahead of )|(?<=\bbefore the start of )|(?<=\bbefore the beginning of )"
)
_LAST = r"(?:[Ll]ast|[Ff]inal|[Cc]losing|[Rr]emaining)"
_COUNT = rf"(?:(?P<count>{DIGITS}|{NUMBER_WORDS}) )?(?P<unit>days|weeks|months?|quarters?)"
_REST = r"(?:[Rr]est|[Rr]emainder)"
_A_YEAR = rf"(?:(?:calendar )?{_Y}|(?P<rel>the|this|next) (?:calendar )?year\b)"
_MARKETING = r"(?:marketing|crop)[- ]year"
_MY = r"(?P<year>20\d\d)(?:[/-]\d{2,4})"
_ENDS = r"(?:ends|closes|finishes|runs out|is (?:over|out|up|done))\b"
_FISCAL = r"(?:fiscal(?: year)?|FY) ?(?P<fiscal>(?:20)?\d\d)\b"

ENGLISH_FORMS: tuple[DateForm, ...] = (
    date_form(rf"(?<![\w.,$]){_D}(?: of)? {_M},? {_Y}", _full),
    date_form(rf"(?<!\w){_M} {_D},? {_Y}", _full),
    date_form(r"(?<![\d/.-])(?P<year>20\d\d)(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])(?![\d/-])", _digits),
    date_form(r"(?<![\d/.-])(?P<one>\d\d?)(?P<sep>[/.-])(?P<two>\d\d?)(?P=sep)(?P<year>20\d\d)(?![\d/-]|\.\d)", _digits_of_day),
    date_form(r"(?<![\d/.-])(?P<one>0?[1-9]|1[0-2])/(?P<two>1[3-9]|2\d|3[01])/(?P<year>[23]\d)(?![\d/-]|\.\d)", _digits_of_day),
    date_form(rf"(?<![\w.,$-])(?P<first>\d\d?)(?:-|–| to | and ){_D} {_M}(?:,? {_Y})?", _last_of_days),
    date_form(rf"(?<!\w){_M} (?P<first>\d\d?)(?:-|–| to | and ){_D}(?:,? {_Y})?{_AMOUNT_NEXT}", _last_of_days),
    date_form(rf"(?<!\w){_M} {_D}{_AMOUNT_NEXT}", _month_day),
    date_form(rf"(?<![\w.,$-]){_D}(?: of)? {_M}(?! \d)", _month_day),
    date_form(rf"(?<!\w){_M} {_D},? (?:of )?(?P<rel>this|last|next) year\b", _day_of_year),
    date_form(rf"(?<![\w.,$-]){_D}(?: of)? {_M},? (?:of )?(?P<rel>this|last|next) year\b", _day_of_year),
    date_form(rf"{_END}{_M}(?:,? {_Y})?", _month_end),
    date_form(rf"\b{_PART}{_M}(?:,? {_Y})?(?! \d)", _part_of_month),
    date_form(rf"(?<!\w){_M},? {_Y}", _some_month),
    date_form(rf"(?<!\w){_M} (?:of )?(?P<rel>this|last|next) year\b", _some_month),
    date_form(rf"{_AT}|(?<=\bnext )|(?<=\bthis )){_M}(?!,? \d)", _some_month),
    date_form(rf"\b{_Q}{_YEAR_OR_REL}", _quarter),
    date_form(rf"(?<!fiscal ){_THE_Q}", _quarter),
    date_form(rf"{_END}(?:the )?{_Q}{_YEAR_OR_REL}?", _quarter_end),
    date_form(r"\b(?P<rel>[Tt]his|[Nn]ext) quarter\b", relative_quarter),
    date_form(rf"\b(?:{_Q} (?:of |in )?)?{_FISCAL}", _fiscal),
    date_form(rf"(?P<end>{_END}){_FISCAL}", _fiscal),
    date_form(rf"\b(?P<part>[Ff]irst|[Ss]econd) half{_YEAR_OR_REL}", _year_part),
    date_form(rf"\b(?:(?P<part>H[12])|(?P<half>[12])H) ?{_Y}", _year_part),
    date_form(rf"\b{_PART}(?:in )?(?:{_Y}|(?P<rel>this|next|last) year)\b", _year_part),
    date_form(rf"\b(?P<part>middle) of (?:{_Y}|(?P<rel>the|this|next|last) year)\b", _year_part),
    date_form(rf"{_END}(?:calendar |the year )?{_Y}", year_end),
    date_form(rf"{_END}(?P<rel>the|this|next|last) (?:calendar )?year\b|\byear(?:'s)?[ -]end\b|\bthe year (?:is out|ends|is over)\b", year_end),
    date_form(rf"\byear(?:'s)?[ -]end {_Y}", year_end),
    date_form(rf"{_END}(?P<rel>the|this|next) month\b|\bmonth[ -]end\b", _relative_month_end),
    date_form(rf"\b(?:[Tt]he )?{_LAST} {_COUNT} (?:of|in|left in) {_A_YEAR}", rest_of_year),
    date_form(rf"(?<!\w)(?:{_Y}|(?P<rel>[Tt]he|[Tt]his|[Nn]ext) year)'s {_LAST} {_COUNT}\b", rest_of_year),
    date_form(rf"\b[Tt]he {_REST} of {_A_YEAR}", rest_of_year),
    date_form(rf"{_END}(?:the )?(?:{_MARKETING}|MY) ?{_MY}", marketing_end),
    date_form(rf"{_END}(?:the )?{_MY} (?:{_MARKETING}|season)", marketing_end),
    date_form(rf"{_END}(?P<rel>this|the current|the running|next) {_MARKETING}", marketing_end),
    date_form(rf"\b(?:the )?(?:{_MARKETING}|MY) ?{_MY} {_ENDS}", marketing_end),
    date_form(rf"\b(?:the )?{_MY} (?:{_MARKETING}|season) {_ENDS}", marketing_end),
    date_form(rf"\b(?P<rel>this|the current|the running|next) {_MARKETING} {_ENDS}", marketing_end),
    date_form(r"\b(?P<rel>[Tt]his|[Nn]ext|[Ll]ast) (?P<unit>month|year)\b", _relative),
    date_form(rf"(?:{_END})?\b(?P<rel>[Tt]his|[Nn]ext|[Ll]ast) week\b", relative_week),
    date_form(rf"\b(?P<rel>[Nn]ext|[Ll]ast) {_W}", relative_week),
    date_form(rf"(?:(?<=\b[Bb]y )|(?<=\buntil )|(?<=\btill )|(?<=\bthrough )|(?<=\bbefore )|(?<=\b[Tt]his )|(?<=\bcoming )|(?<=\beffective )|(?<=\bstarting )|(?<=\b[Aa]s of )|(?<=\b[Uu]p to )|(?<=[ap]\.m\. on )|(?<=midnight on )|(?<=noon on )){_W}(?!,? {_ANY_MONTH})", relative_week),
    date_form(rf"{_AT}|(?<=\bduring )){_Y}(?![-/]\d)\b", some_year),
    date_form(r"\b[Tt]omorrow\b", days_away(1)),
)  # fmt: skip
