"""The forms in which English and Chinese texts write a date, each with the stretch of days it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.domain.calendar_spans import Span, day, end_of, month, nearest, next_month, part_of_year, quarter, year
from monitor.domain.numerals import han_number


@dataclass(frozen=True, slots=True)
class Setting:
    """What a form needs besides its words: the day of publication, the date's role, and whether it lies ahead."""

    published: date
    role: str
    ahead: bool = False

    def yearless(self, month_number: int, day_of_month: int = 0) -> Span | None:
        """The month or day of the year that is meant when none is given."""
        years = range(self.published.year - 1, self.published.year + 3)
        spans = (day(one, month_number, day_of_month) if day_of_month else month(one, month_number) for one in years)
        return self.nearest(spans)

    def nearest(self, spans: Iterable[Span | None]) -> Span | None:
        """Of one stretch in several years, the one that is meant."""
        return nearest(self.published, self.role or ("due" if self.ahead else ""), spans)

    def relative_year(self, word: str | None) -> int:
        """The year of "next year", 明年, "2027", or of publication where nothing is said."""
        word = (word or "").strip().lower().removesuffix("年")
        if word.isdigit():
            return int(word)
        return self.published.year + _YEARS_AWAY.get(word, 0)


Build = Callable[[re.Match[str], Setting], Span | None]
Form = tuple[re.Pattern[str], Build]

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
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "一": 1, "二": 2, "三": 3, "四": 4}


def _number(found: re.Match[str], name: str) -> int:
    return int(found[name]) if found[name].isdigit() else int(han_number(found[name]))


def _month_of(found: re.Match[str]) -> int:
    return _MONTHS[found["month"].lower()]


def _full(found: re.Match[str], _: Setting) -> Span | None:
    return day(int(found["year"]), _month_of(found), int(found["day"]))


def _digits(found: re.Match[str], _: Setting) -> Span | None:
    return day(int(found["year"]), int(found["month"]), int(found["day"]))


def _month_day(found: re.Match[str], setting: Setting) -> Span | None:
    return setting.yearless(_month_of(found), int(found["day"]))


def _some_month(found: re.Match[str], setting: Setting) -> Span | None:
    number, groups = _month_of(found), found.groupdict()
    given = groups.get("year") or groups.get("rel")
    return month(setting.relative_year(given), number) if given else setting.yearless(number)


def _month_end(found: re.Match[str], setting: Setting) -> Span | None:
    return end_of(_some_month(found, setting))


def _quarter(found: re.Match[str], setting: Setting) -> Span | None:
    number = _NTH[found["nth"].lower()] if found["nth"] else int(found["digit"])
    if not found["year"] and not found["rel"]:
        years = range(setting.published.year - 1, setting.published.year + 2)
        return setting.nearest(quarter(one, number) for one in years)
    return quarter(setting.relative_year(found["year"] or found["rel"]), number)


def _year_part(found: re.Match[str], setting: Setting) -> Span | None:
    return part_of_year(found["part"].lower(), setting.relative_year(found["year"] or found["rel"]))


def _year_end(found: re.Match[str], setting: Setting) -> Span | None:
    groups = found.groupdict()
    return end_of(year(setting.relative_year(groups.get("year") or groups.get("rel"))))


def _relative(found: re.Match[str], setting: Setting) -> Span | None:
    ahead = 1 if found["rel"].lower() == "next" else 0
    if found["unit"] == "year":
        return year(setting.published.year + ahead)
    return next_month(setting.published, ahead)


def _relative_month_end(found: re.Match[str], setting: Setting) -> Span | None:
    return end_of(next_month(setting.published, 1 if (found.groupdict().get("rel") or "").lower() == "next" else 0))


def _some_year(found: re.Match[str], setting: Setting) -> Span | None:
    return year(setting.relative_year(found["year"]))


def _tomorrow(_: re.Match[str], setting: Setting) -> Span | None:
    at = setting.published + timedelta(days=1)
    return Span(at, at, "day")


def _form(pattern: str, build: Build) -> Form:
    return re.compile(pattern), build


ENGLISH: tuple[Form, ...] = (
    _form(rf"(?<![\w.,$]){_D}(?: of)? {_M},? {_Y}", _full),
    _form(rf"(?<!\w){_M} {_D},? {_Y}", _full),
    _form(r"(?<![\d/.-])(?P<year>20\d\d)(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])(?![\d/-])", _digits),
    _form(rf"(?<!\w){_M} {_D}{_AMOUNT_NEXT}", _month_day),
    _form(rf"(?<![\w.,$-]){_D}(?: of)? {_M}(?! \d)", _month_day),
    _form(rf"(?:\b[Tt]he )?\b[Ee]nd(?: of |-){_M}(?:,? {_Y})?", _month_end),
    _form(rf"\b(?:[Ee]arly|[Ll]ate|[Mm]id)[ -]{_M}(?:,? {_Y})?(?! \d)", _some_month),
    _form(rf"(?<!\w){_M},? {_Y}", _some_month),
    _form(rf"(?<!\w){_M} (?:of )?(?P<rel>this|last|next) year\b", _some_month),
    _form(
        rf"(?:(?<=\b[Ii]n )|(?<=\b[Bb]y )|(?<=\buntil )|(?<=\btill )|(?<=\b[Ss]ince )|(?<=\bthrough )|(?<=\bbefore )|(?<=\bfrom )"
        rf"|(?<=\bnext )|(?<=\bthis )){_M}(?!,? \d)", _some_month,
    ),
    _form(rf"\b(?:(?P<nth>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth) quarter|Q(?P<digit>[1-4]))(?:(?: of)? {_Y}| (?:of )?(?P<rel>this|next|last) year)?", _quarter),
    _form(rf"\b(?P<part>[Ff]irst|[Ss]econd) half(?: of)? (?:{_Y}|(?P<rel>this|next|last) year)", _year_part),
    _form(rf"\b(?P<part>[Ee]arly|[Mm]id|[Ll]ate)[ -](?:in )?(?:{_Y}|(?P<rel>this|next|last) year)\b", _year_part),
    _form(rf"(?:\b[Tt]he )?\b[Ee]nd(?: of |-)(?:calendar |the year )?{_Y}", _year_end),
    _form(r"(?:\b[Tt]he )?\b[Ee]nd of (?P<rel>the|this|next) (?:calendar )?year\b|\byear(?:'s)?[ -]end\b", _year_end),
    _form(rf"\byear(?:'s)?[ -]end {_Y}", _year_end),
    _form(r"(?:\b[Tt]he )?\b[Ee]nd of (?P<rel>the|this|next) month\b|\bmonth[ -]end\b", _relative_month_end),
    _form(r"\b(?P<rel>[Tt]his|[Nn]ext) (?P<unit>month|year)\b", _relative),
    _form(rf"(?:(?<=\b[Ii]n )|(?<=\b[Bb]y )|(?<=\buntil )|(?<=\btill )|(?<=\bthrough )|(?<=\bbefore )|(?<=\bfrom )|(?<=\bsince )|(?<=\bduring )){_Y}(?![-/]\d)\b", _some_year),
    _form(r"\b[Tt]omorrow\b", _tomorrow),
)  # fmt: skip


# ---------------------------------------------------------------- Chinese

_Y_ZH = r"(?P<year>(?:19|20)\d\d年|[今明去后次]年)"
_M_ZH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
_D_ZH = r"(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_NOT_INSIDE = r"(?<![\d十一二三四五六七八九.])"
_PARTS_ZH = {
    "初": "early",
    "年初": "early",
    "中": "mid",
    "年中": "mid",
    "上半年": "first",
    "下半年": "second",
    "晚些时候": "late",
}


def _full_zh(found: re.Match[str], setting: Setting) -> Span | None:
    return day(setting.relative_year(found["year"]), _number(found, "month"), _number(found, "day"))


def _month_day_zh(found: re.Match[str], setting: Setting) -> Span | None:
    return setting.yearless(_number(found, "month"), _number(found, "day"))


def _day_of_month_zh(found: re.Match[str], setting: Setting) -> Span | None:
    at = next_month(setting.published, 1 if found["rel"].startswith(("下", "次")) else 0)
    return day(at.first.year, at.first.month, _number(found, "day")) if at else None


def _month_zh(found: re.Match[str], setting: Setting) -> Span | None:
    number = _number(found, "month")
    given = found.groupdict().get("year")
    span = month(setting.relative_year(given), number) if given else setting.yearless(number)
    return end_of(span) if found["end"] else span


def _year_part_zh(found: re.Match[str], setting: Setting) -> Span | None:
    return part_of_year(_PARTS_ZH[found["part"]], setting.relative_year(found["year"]))


def _quarter_zh(found: re.Match[str], setting: Setting) -> Span | None:
    return quarter(setting.relative_year(found["year"]), _NTH.get(found["nth"]) or int(found["nth"]))


def _relative_month_zh(found: re.Match[str], setting: Setting) -> Span | None:
    span = next_month(setting.published, 1 if (found["rel"] or "").startswith(("下", "次")) else 0)
    return end_of(span) if found["end"] else span


CHINESE: tuple[Form, ...] = (
    _form(rf"{_Y_ZH}{_M_ZH}{_D_ZH}", _full_zh),
    _form(rf"{_NOT_INSIDE}{_M_ZH}{_D_ZH}", _month_day_zh),
    _form(rf"(?P<rel>本月|当月|下个?月|次月){_D_ZH}", _day_of_month_zh),
    _form(rf"{_Y_ZH}{_M_ZH}(?P<end>底|末)?", _month_zh),
    _form(rf"{_NOT_INSIDE}{_M_ZH}(?!\d)(?P<end>底|末)?", _month_zh),
    _form(rf"{_Y_ZH}(?:年?[底末])", _year_end),
    _form(r"(?<![\d今明去后次])年[底末]", _year_end),
    _form(rf"{_Y_ZH}(?P<part>年初|初|年中|中(?!国|美|方|欧|期|央)|上半年|下半年|晚些时候)", _year_part_zh),
    _form(rf"{_Y_ZH}第?(?P<nth>[一二三四1-4])季度", _quarter_zh),
    _form(r"(?P<rel>本|当|下个?|次)?月(?P<end>底|末)", _relative_month_zh),
    _form(r"(?P<rel>下个?|次)月(?P<end>(?!.))?", _relative_month_zh),
    _form(rf"{_Y_ZH}", _some_year),
    _form(r"明[天日]", _tomorrow),
)
