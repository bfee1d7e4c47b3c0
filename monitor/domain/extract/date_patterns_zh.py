"""The forms in which Chinese texts write a date."""

from __future__ import annotations

import re

from monitor.domain.extract.date_patterns_en import (
    ORDINALS,
    YEAR_HAN,
    DateContext,
    DateForm,
    date_form,
    days_away,
    marketing_end,
    number_in,
    relative_quarter,
    relative_week,
    rest_of_year,
    some_year,
    year_end,
)
from monitor.domain.extract.date_ranges import (
    DateRange,
    dekad,
    end_of_range,
    next_month,
    one_day,
    one_month,
    one_quarter,
    year_part,
)
from monitor.domain.text.numerals import HAN_NUMBER

_Y_ZH = rf"(?P<year>(?:19|20)\d\d年|{YEAR_HAN}年|[今明去后次]年)"
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


_THIRDS_ZH = {"上": "early", "中": "mid", "下": "late"}


def _full_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return one_day(setting.relative_year(found["year"]), number_in(found, "month"), number_in(found, "day"))


def _month_day_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return setting.yearless(number_in(found, "month"), number_in(found, "day"))


def _last_of_days_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    """The stretch of 12月15日至16日."""
    last = _full_zh(found, setting) if found["year"] else _month_day_zh(found, setting)
    first = one_day(last.last.year, last.last.month, int(found["first"])) if last else None
    return DateRange(first.first, last.last, "day") if first and last and first.first < last.last else last


def _day_of_month_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    at = next_month(setting.published, 1 if found["rel"].startswith(("下", "次")) else 0)
    return one_day(at.first.year, at.first.month, number_in(found, "day")) if at else None


def _month_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    number = number_in(found, "month")
    given = found.groupdict().get("year")
    span = one_month(setting.relative_year(given), number) if given else setting.yearless(number)
    return end_of_range(span) if found["end"] else span


def _part_of_month_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return dekad(_month_zh(found, setting), _THIRDS_ZH[found["third"]])


def _year_part_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    part, years = _PARTS_ZH[found["part"]], range(setting.published.year - 1, setting.published.year + 2)
    if "year" not in found.groupdict():
        return setting.nearest(year_part(part, one) for one in years)
    return year_part(part, setting.relative_year(found["year"]))


def _quarter_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    number, years = (
        ORDINALS.get(found["nth"]) or int(found["nth"]),
        range(setting.published.year - 1, setting.published.year + 2),
    )
    if "year" not in found.groupdict():
        return setting.nearest(one_quarter(one, number) for one in years)
    return one_quarter(setting.relative_year(found["year"]), number)


def _relative_month_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    rel = found["rel"] or ""
    span = next_month(setting.published, 1 if rel.startswith(("下", "次")) else -1 if rel.startswith("上") else 0)
    return end_of_range(span) if found.groupdict().get("end") else span


_LAST_ZH = "(?:最后|最末|余下|剩余|剩下)"
_MARKETING_ZH = "(?:市场|销售|作物|产销)?年度"
_MY_ZH = r"(?P<year>20\d\d)[/-]\d{2,4}"
_W_ZH = r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
_Q_ZH = r"(?P<nth>[一二三四1-4])季度"


def _part_of_relative_month_zh(found: re.Match[str], setting: DateContext) -> DateRange | None:
    return dekad(_relative_month_zh(found, setting), _THIRDS_ZH[found["third"]])


CHINESE_FORMS: tuple[DateForm, ...] = (
    date_form(rf"{_Y_ZH}{_M_ZH}{_D_ZH}", _full_zh),
    date_form(rf"{_NOT_INSIDE}{_M_ZH}{_D_ZH}", _month_day_zh),
    date_form(rf"(?:{_Y_ZH}|{_NOT_INSIDE}){_M_ZH}(?P<first>\d\d?)[日号]?(?:至|到|-|~|、|和){_D_ZH}", _last_of_days_zh),
    date_form(rf"(?P<rel>本月|当月|下个?月|次月){_D_ZH}", _day_of_month_zh),
    date_form(rf"{_Y_ZH}{_M_ZH}(?P<end>底|末)?", _month_zh),
    date_form(rf"{_NOT_INSIDE}{_M_ZH}(?!\d)(?P<end>底|末)?", _month_zh),
    date_form(rf"(?:{_Y_ZH}|{_NOT_INSIDE}){_M_ZH}(?P<end>(?!))?(?P<third>[上中下])旬", _part_of_month_zh),
    date_form(r"(?P<rel>本|当|下个?|次|上个?)月(?P<third>[上中下])旬", _part_of_relative_month_zh),
    date_form(rf"{_Y_ZH}(?:年?[底末]|(?=[之以]?内))", year_end),
    date_form(r"(?<![\d今明去后次])年[底末]", year_end),
    date_form(r"(?<![\d今明去后次半一二两三四五六七八九十几多])年(?=内)", year_end),
    date_form(rf"{_Y_ZH}(?P<part>年初|初|年中|中(?!国|美|方|欧|期|央)|上半年|下半年|晚些时候)", _year_part_zh),
    date_form(
        rf"(?:{_Y_ZH}|年内)的?{_LAST_ZH}的?(?P<count>\d+|{HAN_NUMBER})个?(?P<unit>月|周|星期|天|季度?)(?!前)",
        rest_of_year,
    ),
    date_form(rf"(?:{_Y_ZH}|年内)的?(?:{_LAST_ZH})的?(?:时间|时段|日子)", rest_of_year),
    date_form(rf"(?<!\d){_MY_ZH}{_MARKETING_ZH}(?:结束|终了|完结|[年]?[底末])", marketing_end),
    date_form(rf"(?P<rel>[本下]|当前|这)一?个?{_MARKETING_ZH}(?:结束|终了|完结|[底末])", marketing_end),
    date_form(r"(?P<part>[上下]半年)", _year_part_zh),
    date_form(rf"{_Y_ZH}第?{_Q_ZH}", _quarter_zh),
    date_form(rf"(?<!前)第?{_Q_ZH}(?!报告|财报|业绩|营收)", _quarter_zh),
    date_form(r"(?P<rel>本|下)(?:一?个?)季度", relative_quarter),
    date_form(r"(?P<rel>本|当|下个?|次)?月(?P<end>底|末)", _relative_month_zh),
    date_form(r"(?P<rel>下个?|次|上个?)月(?!\d)", _relative_month_zh),
    date_form(rf"(?P<rel>[上下本]个?){_W_ZH}", relative_week),
    date_form(r"(?P<rel>[上下本]个?)周(?![期一二三四五六日天刊末边])", relative_week),
    date_form(rf"(?<![上下本每个]){_W_ZH}(?=之?前|以前|起|为止)", relative_week),
    date_form(rf"(?:(?<=截至)|(?<=截止)|(?<=截至到)){_W_ZH}", relative_week),
    date_form(rf"{_Y_ZH}(?!第?\d+号)", some_year),
    date_form(r"明[天日]", days_away(1)),
    date_form(r"后天", days_away(2)),
    date_form(r"[即今]日(?=起)", days_away(0)),
)
