"""Amounts in Chinese text: 至少2500万吨, 800万至1000万吨, 十船大豆, 300亿美元, 24个百分点, 暂停一年."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.domain.amounts import CARGO, DAYS_IN, SIMPLE, Amount, Measure, amount, bushel, named
from monitor.domain.numerals import DIGITS, HAN, HAN_SCALE, chinese_number, han_scale, sentence

_BOUNDS = {
    "low": r"至少|不少于|不低于|超过|逾|超|突破|高于|大于",
    "high": r"不超过|最多|至多|高达|多达|不到|不足|低于|少于|上限为?",
    "near": r"将近|接近|近",
    "about": r"大约|约为?",
}
_UNITS = {
    "tonne": r"公吨|吨",
    "bushel": r"蒲式耳",
    "usd": r"美元|美金",
    "cny": r"元人民币|人民币|元",
    "points": r"个?百分点",
    "percent": r"%",
    "cargo": r"船|艘次|艘",
    "units": r"[枚颗块片架]|家(?=企业|公司|实体|美|中)|个税号|项许可|[张份]许可证",
}
_NUMBER = rf"{DIGITS}|{HAN}"
_AMOUNT = re.compile(
    rf"(?:{named(_BOUNDS)})?(?P<dollar>US\$|\$)?(?<![\d.])(?P<n1>{_NUMBER})(?P<odd1>[多余])? ?(?P<scale1>{HAN_SCALE})?(?P<odd2>[多余])?"
    rf"(?:[-—~至到](?P<n2>{_NUMBER}) ?(?P<scale2>{HAN_SCALE})?)? ?(?:{named(_UNITS)})(?P<and_more>以上)?(?P<or_less>以下|以内)?",
    re.IGNORECASE,
)
_HUNDREDTHS = re.compile(rf"(?:{named(_BOUNDS)})?百分之(?P<n1>{_NUMBER})(?P<and_more>以上)?(?P<or_less>以下|以内)?")
_TIME = re.compile(
    r"(?P<lead>暂停|延长|延期|推迟|顺延|展期|为期|期限|再|未来|有效期|豁免|缓征|实施)?(?:[为了至]|不超过)?"
    rf"(?P<n>{_NUMBER})(?P<unit>天|日|周|个?星期|个月|年)(?![月\d度])"
)
_TERM_BEFORE = re.compile(r"(?:暂停|停止|中止|休战|延长|延期|豁免|缓征|维持|保持)[^，。；！？,;]{0,24}$")
"""A verb earlier in the clause whose object stands between it and its length of time: 暂停对美24%关税一年."""
_NO_TERM_AFTER = re.compile(r"[前来内间以后底初末中多首]")
_DAYS = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}
_GRAIN = re.compile(r"豆|粮|谷|玉米|高粱|小麦")
_NO_GRAIN = re.compile(r"原油|油轮|天然气|军舰|航母|渔船|货轮|集装箱")
_A_YEAR_NUMBER = 1900


def chinese_amounts(text: str) -> Iterator[Amount]:
    """Every amount with a unit. `text` is as `same_length` makes it."""
    for found in _HUNDREDTHS.finditer(text):
        value = chinese_number(found["n1"])
        yield amount(found, SIMPLE["percent"], value, value)
    for found in _AMOUNT.finditer(text):
        measure = _measure(text, found)
        if measure is not None:
            yield _amount(found, measure)


def _amount(found: re.Match[str], measure: Measure) -> Amount:
    last = found["scale2"] if found["n2"] else found["scale1"]
    one = chinese_number(found["n1"]) * han_scale(found["scale1"] or last or "")
    two = chinese_number(found["n2"]) * han_scale(last or "") if found["n2"] else one
    read = amount(found, measure, min(one, two), max(one, two))
    odd = found["odd1"] or found["odd2"]
    return Amount(read.start, read.end, read.low, None, read.unit) if odd else read


def _measure(text: str, found: re.Match[str]) -> Measure | None:
    kind = next(name for name in _UNITS if found[name])
    match kind:
        case "bushel":
            return bushel(text[max(0, found.start() - 10) : found.end() + 10])
        case "cargo":
            return _cargo(text, found)
        case _:
            return SIMPLE[kind]


def _cargo(text: str, found: re.Match[str]) -> Measure | None:
    """A ship is a cargo of grain only where the sentence names grain."""
    around = text[slice(*sentence(text, found.start(), found.end()))]
    return CARGO if _GRAIN.search(around) and not _NO_GRAIN.search(around) else None


def chinese_times(text: str) -> Iterator[Amount]:
    """Every length of time (暂停一年, 延长两个月, 90天), in days; 2026年 and 10日 are dates."""
    for found in _TIME.finditer(text):
        value = chinese_number(found["n"])
        if (found["unit"] == "天" or _is_term(text, found)) and value < _A_YEAR_NUMBER:
            days = value * DAYS_IN[_DAYS[found["unit"].removeprefix("个")]]
            yield Amount(found.start("n"), found.end(), days, days, "days")


def _is_term(text: str, found: re.Match[str]) -> bool:
    """Is this a time that something lasts, and no moment (一年前) or ordinal (三年来首次)?"""
    if found["lead"]:
        return True
    before = text[: found.start("n")][-1:]
    if before in ("月", "年", "第") or _NO_TERM_AFTER.match(text, found.end()):
        return False
    return _TERM_BEFORE.search(text, 0, found.start("n")) is not None
