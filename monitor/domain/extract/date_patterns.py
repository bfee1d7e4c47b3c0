"""The patterns of English and Chinese dates, each with the function that reads it."""

from __future__ import annotations

import re

from monitor.domain.extract import date_builders as build
from monitor.domain.extract.date_builders import RangeBuilder
from monitor.domain.text.numerals import DIGITS, HAN_NUMBER, NUMBER_WORDS

TIME_WORD = re.compile(
    r"(?:19|20)\d\d|\d[/.-]\d|day|week|month|year|quarter|half|tomorrow|\bq[1-4]|\bfy|fiscal"
    r"|\b(?:spring|summer|autumn|this fall|next fall)\b|[今明][春夏秋]"
    rf"|\b(?:{'|'.join(name.lower() for name in build.MONTH_NUMBERS)})\b|[年月日号天周旬季]|星期|礼拜"
)
"""Every text with a date or a length of time contains one of these, in lower case. One search saves fifty."""


def _after(*words: str) -> str:
    """Return a pattern for a place right after one of these words.

    A form that begins with it first looks ahead to the letters that it may begin with: looking back at every place of a
    text took ten times as long.
    """
    return "|".join(rf"(?<=\b{word} )" for word in words)


_CAPITALISED = sorted(build.MONTH_NUMBERS, key=len, reverse=True)
# "may" and "march" are months only with a capital.
_M = rf"(?P<month>{'|'.join(f'{name}|{name.upper()}' for name in _CAPITALISED)})\b(?:\.(?! [A-Z]|$))?"
_Y = r"(?P<year>(?:19|20)\d\d)(?![\d%]|,\d)"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_D = rf"{_DAY}(?:st|nd|rd|th)?(?![\d%]|[.,:]\d)"
_AMOUNT_NEXT = r"(?! (?:million|billion|thousand|percent|per cent|tons|tonnes|cargoes|days|points))"
_ANY_MONTH = rf"(?:{'|'.join(_CAPITALISED)})\b"
_W = r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_PART = r"(?P<part>[Ee]arly|[Mm]id|[Ll]ate)[ -]"
_Q = r"(?:(?P<nth>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth)[ -]quarter|Q(?P<digit>[1-4]))"
_THE_Q = (
    r"(?:(?<=\b[Tt]he )(?P<nth>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth) quarter|\bQ(?P<digit>[1-4]))(?! of (?:losses"
    r"|growth|fiscal)\b| fiscal)"
)
_YEAR_OR_REL = rf"(?:,? (?:of )?{_Y}| (?:of )?(?P<rel>the|this|next|last) year)"
_SEASON = r"(?P<season>[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all)"
_END = r"(?:\b[Tt]he )?\b(?:[Ee]nd|[Cc]lose|last day)(?: of |-)"
_AT = _after(
    *("[Ii]n", "[Bb]y", "[Uu]ntil", "till", "[Ss]ince", "[Tt]hrough", "[Bb]efore", "[Ff]rom", "prior to", "ahead of"),
    *("before the start of", "before the beginning of"),
)
_BEFORE_WEEKDAY = _after(
    *("[Bb]y", "until", "till", "through", "before", "[Tt]his", "coming", "effective", "starting", "[Aa]s of"),
    *("[Uu]p to", "midnight on", "noon on"),
)
_AT_MEETING = _after(
    *(f"{each} on" for each in ("[Tt]alks", "[Mm]eeting", "[Ss]ummit", "[Cc]all", "[Vv]isit", "[Vv]ote"))
)
_LAST = r"(?:[Ll]ast|[Ff]inal|[Cc]losing|[Rr]emaining)"
_COUNT = rf"(?:(?P<count>{DIGITS}|{NUMBER_WORDS}) )?(?P<unit>days|weeks|months?|quarters?)"
_REST = r"(?:[Rr]est|[Rr]emainder)"
_A_YEAR = rf"(?:(?:calendar )?{_Y}|(?P<rel>the|this|next) (?:calendar )?year\b)"
_MARKETING = r"(?:marketing|crop)[- ]year"
_MY = r"(?P<year>20\d\d)(?:[/-]\d{2,4})"
_ENDS = r"(?:ends|closes|finishes|runs out|is (?:over|out|up|done))\b"
_ALONE = r"(?<![\d/.-])"
_ENDS_IT = r"(?![\d/-]|\.\d)"
"""Around a date in digits: no other digits follow it or stand before it."""
_FISCAL = r"(?:fiscal(?: year)?|FY) ?(?P<fiscal>(?:20)?\d\d)\b"

_ENGLISH: tuple[tuple[str, RangeBuilder], ...] = (
    (rf"(?<![\w.,$]){_D}(?: of)? {_M},? {_Y}", build.day),
    (rf"(?<!\w){_M} {_D},? {_Y}", build.day),
    (rf"{_ALONE}(?P<year>20\d\d)(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=sep){_DAY}(?![\d/-])", build.day),
    (rf"{_ALONE}(?P<one>\d\d?)(?P<sep>[/.-])(?P<two>\d\d?)(?P=sep)(?P<year>20\d\d){_ENDS_IT}", build.day_in_digits),
    (rf"{_ALONE}(?P<one>0?[1-9]|1[0-2])/(?P<two>1[3-9]|2\d|3[01])/(?P<year>[23]\d){_ENDS_IT}", build.day_in_digits),
    (rf"(?<![\w.,$-])(?P<first>\d\d?)(?:-|–| to | and ){_D} {_M}(?:,? {_Y})?", build.days),
    (rf"(?<!\w){_M} (?P<first>\d\d?)(?:-|–| to | and ){_D}(?:,? {_Y})?{_AMOUNT_NEXT}", build.days),
    (rf"(?<!\w){_M} {_D}{_AMOUNT_NEXT}", build.day),
    (rf"(?<![\w.,$-]){_D}(?: of)? {_M}(?! \d)", build.day),
    (rf"(?<!\w){_M} {_D},? (?:of )?(?P<rel>this|last|next) year\b", build.day),
    (rf"(?<![\w.,$-]){_D}(?: of)? {_M},? (?:of )?(?P<rel>this|last|next) year\b", build.day),
    (rf"(?P<end>{_END}){_M}(?:,? {_Y})?", build.month),
    (rf"\b{_PART}{_M}(?:,? {_Y})?(?! \d)", build.month),
    (rf"(?<!\w){_M},? {_Y}", build.month),
    (rf"(?<!\w){_M} (?:of )?(?P<rel>this|last|next) year\b", build.month),
    (rf"(?=[JFMASOND])(?:{_AT}|{_after('next', 'this')}){_M}(?!,? \d)", build.month),
    (rf"\b{_Q}{_YEAR_OR_REL}", build.quarter),
    (rf"(?<!fiscal ){_THE_Q}", build.quarter),
    (rf"(?P<end>{_END})(?:the )?{_Q}{_YEAR_OR_REL}?", build.quarter),
    (r"\b(?P<rel>[Tt]his|[Nn]ext) quarter\b", build.relative_quarter),
    (rf"\b{_SEASON}{_YEAR_OR_REL}", build.season),
    (rf"\b(?P<rel>[Tt]his|[Nn]ext) {_SEASON}\b(?! (?:in|of)\b)", build.season),
    (r"(?:\b[Ii]n (?:the )?)(?P<season>spring|autumn)\b", build.season),
    (rf"\b(?:{_Q} (?:of |in )?)?{_FISCAL}", build.fiscal),
    (rf"(?P<end>{_END}){_FISCAL}", build.fiscal),
    (rf"\b(?P<part>[Ff]irst|[Ss]econd) half{_YEAR_OR_REL}", build.year_part),
    (rf"\b(?:(?P<part>H[12])|(?P<half>[12])H) ?{_Y}", build.year_part),
    (rf"\b{_PART}(?:in )?(?:{_Y}|(?P<rel>this|next|last) year)\b", build.year_part),
    (rf"\b(?P<part>middle) of (?:{_Y}|(?P<rel>the|this|next|last) year)\b", build.year_part),
    (rf"{_END}(?:calendar |the year )?{_Y}", build.year_end),
    (rf"{_END}(?P<rel>the|this|next|last) (?:calendar )?year\b", build.year_end),
    (r"\byear(?:'s)?[ -]end\b|\bthe year (?:is out|ends|is over)\b", build.year_end),
    (rf"\byear(?:'s)?[ -]end {_Y}", build.year_end),
    (rf"(?P<end>{_END})(?P<rel>the|this|next) month\b", build.relative_month),
    (r"\bmonth[ -](?P<end>end)\b", build.relative_month),
    (rf"\b(?:[Tt]he )?{_LAST} {_COUNT} (?:of|in|left in) {_A_YEAR}", build.rest_of_year),
    (rf"(?<!\w)(?:{_Y}|(?P<rel>[Tt]he|[Tt]his|[Nn]ext) year)'s {_LAST} {_COUNT}\b", build.rest_of_year),
    (rf"\b[Tt]he {_REST} of {_A_YEAR}", build.rest_of_year),
    (rf"{_END}(?:the )?(?:{_MARKETING}|MY) ?{_MY}", build.marketing_end),
    (rf"{_END}(?:the )?{_MY} (?:{_MARKETING}|season)", build.marketing_end),
    (rf"{_END}(?P<rel>this|the current|the running|next) {_MARKETING}", build.marketing_end),
    (rf"\b(?:the )?(?:{_MARKETING}|MY) ?{_MY} {_ENDS}", build.marketing_end),
    (rf"\b(?:the )?{_MY} (?:{_MARKETING}|season) {_ENDS}", build.marketing_end),
    (rf"\b(?P<rel>this|the current|the running|next) {_MARKETING} {_ENDS}", build.marketing_end),
    (r"\b(?P<rel>[Tt]his|[Nn]ext|[Ll]ast) year\b", build.year),
    (r"\b(?P<rel>[Tt]his|[Nn]ext|[Ll]ast) month\b", build.relative_month),
    (rf"(?:{_END})?\b(?P<rel>[Tt]his|[Nn]ext|[Ll]ast) week\b", build.week),
    (r"\b(?P<rel>Next) Week\b", build.week),
    (r"\b(?P<rel>Next) Month\b", build.relative_month),
    (r"\b(?P<rel>Next) Year\b", build.year),
    (rf"\b(?P<rel>[Nn]ext|[Ll]ast) {_W}", build.week),
    (rf"(?=[MTWFS])(?:{_BEFORE_WEEKDAY}|(?<=[ap]\.m\. on )){_W}(?!,? {_ANY_MONTH})", build.week),
    (rf"(?=[MTWFS])(?:{_AT_MEETING}){_W}(?= (?:will|(?:is|are) (?:set|due|expected|scheduled|to))\b)", build.week),
    (rf"(?=[MTWFS])\b{_W}\b(?!,? {_ANY_MONTH}|'s)", build.planned_weekday),
    (rf"(?=[12])(?:{_AT}|{_after('during')}){_Y}(?![-/]\d)\b", build.year),
    (r"\b(?P<rel>[Tt]omorrow)\b", build.near_day),
)

_Y_ZH = rf"(?P<year>(?:19|20)\d\d年|{build.YEAR_HAN}年|[今明去后次]年)"
_M_ZH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
_D_ZH = r"(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]"
_NOT_INSIDE = r"(?<![\d十一二三四五六七八九.])"
_LAST_ZH = "(?:最后|最末|余下|剩余|剩下)"
_MARKETING_ZH = "(?:市场|销售|作物|产销)?年度"
_MY_ZH = r"(?P<year>20\d\d)[/-]\d{2,4}"
_W_ZH = r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
_Q_ZH = r"(?P<nth>[一二三四1-4])季度"


_CHINESE: tuple[tuple[str, RangeBuilder], ...] = (
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
    (rf"{_Y_ZH}(?P<season>[春夏秋])[天季]", build.season),
    (r"(?P<rel>今|明)(?P<season>[春夏秋])(?!粮|播|收)", build.season),
    (r"(?P<rel>本|当|下个?|次)?月(?P<end>底|末)", build.relative_month),
    (r"(?P<rel>下个?|次|上个?)月(?!\d)", build.relative_month),
    (rf"(?P<rel>[上下本]个?){_W_ZH}", build.week),
    (r"(?P<rel>[上下本]个?)周(?![期一二三四五六日天刊末边])", build.week),
    (rf"(?<![上下本每个]){_W_ZH}(?=之?前|以前|起|为止)", build.week),
    (rf"(?:(?<=截至)|(?<=截止)|(?<=截至到)|(?<=[将定拟]于)|(?<=将在)){_W_ZH}", build.week),
    (rf"{_Y_ZH}(?!第?\d+号)", build.year),
    (r"(?P<rel>明[天日]|后天|[即今]日(?=起))", build.near_day),
)
ENGLISH_FORMS, CHINESE_FORMS = (
    tuple((re.compile(pattern), builder) for pattern, builder in forms) for forms in (_ENGLISH, _CHINESE)
)
