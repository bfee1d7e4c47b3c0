"""The patterns of Chinese dates, each with the function that tells what they mean."""

from __future__ import annotations

from monitor.domain.extract import date_builders as build
from monitor.domain.text.numerals import HAN_NUMBER

_Y_ZH = rf"(?P<year>(?:19|20)\d\d年|{build.YEAR_HAN}年|[今明去后次]年)"
_M_ZH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
_D_ZH = r"(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_NOT_INSIDE = r"(?<![\d十一二三四五六七八九.])"
_LAST_ZH = "(?:最后|最末|余下|剩余|剩下)"
_MARKETING_ZH = "(?:市场|销售|作物|产销)?年度"
_MY_ZH = r"(?P<year>20\d\d)[/-]\d{2,4}"
_W_ZH = r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
_Q_ZH = r"(?P<nth>[一二三四1-4])季度"


CHINESE_FORMS = build.date_forms(
    (rf"{_Y_ZH}{_M_ZH}{_D_ZH}", build.day),
    (rf"{_NOT_INSIDE}{_M_ZH}{_D_ZH}", build.day),
    (rf"(?:{_Y_ZH}|{_NOT_INSIDE}){_M_ZH}(?P<first>\d\d?)[日号]?(?:至|到|-|~|、|和){_D_ZH}", build.days),
    (rf"(?P<rel>本月|当月|下个?月|次月){_D_ZH}", build.day_of_relative_month),
    (rf"{_Y_ZH}{_M_ZH}(?P<end>底|末)?", build.month),
    (rf"{_NOT_INSIDE}{_M_ZH}(?!\d)(?P<end>底|末)?", build.month),
    (rf"(?:{_Y_ZH}|{_NOT_INSIDE}){_M_ZH}(?P<part>[上中下])旬", build.month),
    (r"(?P<rel>本|当|下个?|次|上个?)月(?P<part>[上中下])旬", build.relative_month),
    (rf"{_Y_ZH}(?:年?[底末]|(?=[之以]?内))", build.year_end),
    (r"(?<![\d今明去后次])年[底末]", build.year_end),
    (r"(?<![\d今明去后次半一二两三四五六七八九十几多])年(?=内)", build.year_end),
    (rf"{_Y_ZH}(?P<part>年初|初|年中|中(?!国|美|方|欧|期|央)|上半年|下半年|晚些时候)", build.year_part),
    (
        rf"(?:{_Y_ZH}|年内)的?{_LAST_ZH}的?(?P<count>\d+|{HAN_NUMBER})个?(?P<unit>月|周|星期|天|季度?)(?!前)",
        build.rest_of_year,
    ),
    (rf"(?:{_Y_ZH}|年内)的?(?:{_LAST_ZH})的?(?:时间|时段|日子)", build.rest_of_year),
    (rf"(?<!\d){_MY_ZH}{_MARKETING_ZH}(?:结束|终了|完结|[年]?[底末])", build.marketing_end),
    (rf"(?P<rel>[本下]|当前|这)一?个?{_MARKETING_ZH}(?:结束|终了|完结|[底末])", build.marketing_end),
    (r"(?P<part>[上下]半年)", build.year_part),
    (rf"{_Y_ZH}第?{_Q_ZH}", build.quarter),
    (rf"(?<!前)第?{_Q_ZH}(?!报告|财报|业绩|营收)", build.quarter),
    (r"(?P<rel>本|下)(?:一?个?)季度", build.relative_quarter),
    (r"(?P<rel>本|当|下个?|次)?月(?P<end>底|末)", build.relative_month),
    (r"(?P<rel>下个?|次|上个?)月(?!\d)", build.relative_month),
    (rf"(?P<rel>[上下本]个?){_W_ZH}", build.week),
    (r"(?P<rel>[上下本]个?)周(?![期一二三四五六日天刊末边])", build.week),
    (rf"(?<![上下本每个]){_W_ZH}(?=之?前|以前|起|为止)", build.week),
    (rf"(?:(?<=截至)|(?<=截止)|(?<=截至到)){_W_ZH}", build.week),
    (rf"{_Y_ZH}(?!第?\d+号)", build.year),
    (r"明[天日]", build.days_away(1)),
    (r"后天", build.days_away(2)),
    (r"[即今]日(?=起)", build.days_away(0)),
)
