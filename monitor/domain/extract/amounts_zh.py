"""Amounts in Chinese text: 至少2500万吨, 800万至1000万吨, 十船大豆, 300亿美元, 24个百分点, 暂停一年."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from monitor.domain.extract import measures
from monitor.domain.extract.measures import AmountInText, Measure, bounded_amount, bushel_of, named_groups
from monitor.domain.text import numerals
from monitor.domain.text.numerals import DIGITS, HAN_COUNT, HAN_NUMBER, HAN_SCALE, sentence_bounds

_BOUNDS = {
    "low": r"至少|最少|起码|不少于|不低于|不下|超过|逾|超|突破|高于|大于|多于",
    "high": r"不超过|不多于|不高于|最多|至多|高达|多达|不到|不足|低于|少于|上限[为是]?",
    "near": r"将近|接近|近",
    "about": r"大约|大概|约为?|左右",
}
_UNITS = {
    "tonne": r"公吨|吨",
    "kilogram": r"公斤|千克",
    "bushel": r"蒲式耳",
    "usd": r"美元|美金",
    "cny": r"元人民币|人民币|元",
    "points": r"个?百分点",
    "basis_points": r"个?基点",
    "percent": r"%",
    "tenths": r"成半?(?![为立交功果员本就品])",
    "cargo": r"船|艘次|艘",
    "units": r"[枚颗块片架]|家(?=企业|公司|实体|美|中)|个税号|项许可|[张份]许可证",
}
_LEADS = "暂停|延长|延期|推迟|顺延|展期|为期|期限|再|未来|有效期|豁免|缓征|实施"


def _openings(*options: str) -> str:
    """Return a lookahead for the first characters of a match; the full pattern is ten times as slow."""
    first = sorted({option[0] for option in "|".join(options).split("|")})
    return rf"(?=[{''.join(first)}\d½¼¾零〇一二两三四五六七八九十百千])"


_AMOUNT = re.compile(
    f"(?i){_openings(*_BOUNDS.values(), 'US', '$')}(?:(?:{named_groups(_BOUNDS)})(?:再|每年|继续|新增|增加"
    r"|采购|购买|进口|订购|买入|出口|达到?){0,3})?(?P<dollar>US\$"
    rf"|\$)?(?<![\d.数几])(?<!\d,)(?P<n1>{HAN_COUNT})(?P<odd1>[多余几])?(?P<scale1>{HAN_SCALE})?(?P<odd2>[多余])?"
    rf"(?:[-–—~至到](?P<n2>{HAN_COUNT}))? ?(?:{named_groups(_UNITS)})(?P<and_more>以上|及以上)?(?P<or_less>以下|以内)?"
)
_NUMBER = rf"{DIGITS}|{HAN_NUMBER}"
_HUNDREDTHS = re.compile(
    rf"(?:{named_groups(_BOUNDS)})?百分之(?P<n1>{_NUMBER})(?P<and_more>以上)?(?P<or_less>以下|以内)?"
)
_TIME = re.compile(
    rf"{_openings(_LEADS, *'为了至半', *_BOUNDS.values())}(?P<lead>{_LEADS})?(?:[为了至])?"
    rf"(?:{named_groups(_BOUNDS)})?(?P<n>{_NUMBER}|半)(?P<unit>天|日|周|个?星期|个月|年)(?P<half>半)?(?![月\d度])"
)
_TERM_BEFORE = re.compile(r"(?:暂停|停止|中止|休战|延长|延期|豁免|缓征|维持|保持)[^，。；！？,;]{0,24}$")
"""A verb earlier in the clause, with an object before the length of time: 暂停对美24%关税一年."""
_TERM_BEFORE_REACH = 26
_NO_TERM_AFTER = re.compile(r"[前来内间以后底初末中多首]")
_GRAIN = re.compile(r"豆|粮|谷|玉米|高粱|小麦")
_NO_GRAIN = re.compile(r"原油|油轮|天然气|军舰|航母|渔船|货轮|集装箱")


def chinese_amounts(text: str) -> Iterator[AmountInText]:
    """Yield every amount with a unit; `text` is as `normalised_same_length` returns it."""
    for found in _HUNDREDTHS.finditer(text):
        value = numerals.number_value(found["n1"])
        yield bounded_amount(found, measures.PLAIN_UNITS["percent"], value, value)
    for found in _AMOUNT.finditer(text):
        unit = next(name for name in _UNITS if found[name])
        if unit == "bushel":
            measure = bushel_of(text[max(0, found.start() - 10) : found.end() + 10])
        elif unit == "cargo":
            sentence = text[slice(*sentence_bounds(text, *found.span()))]
            if not _GRAIN.search(sentence) or _NO_GRAIN.search(sentence):
                continue  # ships that carry no grain
            measure = measures.CARGO
        else:
            measure = measures.PLAIN_UNITS[unit]
        low, high = numerals.chinese_bounds(found["n1"])
        if found["scale1"]:
            scale = numerals.chinese_count("一" + found["scale1"])
            low, high = low * scale, high * scale
        if found["n2"]:
            low *= numerals.inherited_scale(found["n1"] + (found["scale1"] or ""), found["n2"])
            high = numerals.chinese_count(found["n2"])
        if (found["tenths"] or "").endswith("半"):
            low, high = low + 0.5, high + 0.5
        amount = bounded_amount(found, measure, min(low, high), max(low, high))
        # 多 and 余 add an unknown rest: no high.
        yield replace(amount, high=None) if found["odd1"] or found["odd2"] else amount


def chinese_times(text: str) -> Iterator[AmountInText]:
    """Yield every length of time (暂停一年, 延长两个月, 半年, 90天), in days; 2026年 and 10日 are dates."""
    for found in _TIME.finditer(text):
        half = 0.5 if found["half"] else 0.0
        low, high = (0.5, 0.5) if found["n"] == "半" else numerals.chinese_bounds(found["n"])
        start, lasts = found.start("n"), found["unit"] == "天" or bool(found["lead"])
        # Else a verb earlier in the clause must make it a length: 一年前 is a moment and 三年来首次 an ordinal.
        if not lasts and text[:start][-1:] not in ("月", "年", "第") and not _NO_TERM_AFTER.match(text, found.end()):
            lasts = _TERM_BEFORE.search(text, max(0, start - _TERM_BEFORE_REACH), start) is not None
        if lasts and 0 < low < measures.MAX_LENGTH:
            days = measures.DAYS_IN[measures.UNITS_OF_TIME_ZH[found["unit"].removeprefix("个")]]
            yield bounded_amount(found, Measure("days", days, days), low + half, high + half, start=start)
