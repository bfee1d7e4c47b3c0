"""Shares of a promise read from a text: "half of its pledge", "two-thirds of the target", 完成承诺的八成."""

from __future__ import annotations

import re

from monitor.domain.extract.measures import NEARLY
from monitor.domain.model import Quantity
from monitor.domain.text.numerals import number_value
from monitor.domain.text.writing_systems import simplified

_SHARES = {
    0.25: "a quarter, one quarter, one-quarter, 四分之一",
    1 / 3: "a third, one third, one-third, 三分之一",
    0.5: "half, halfway, midway, 一半, 半数, 过半",
    2 / 3: "two thirds, two-thirds, 三分之二",
    0.75: "three quarters, three-quarters, 四分之三",
    0.8: "four fifths, four-fifths",
}
_FRACTIONS = {word: share for share, words in _SHARES.items() for word in words.split(", ")}
_PROMISE = (
    r"(?:promised?|pledged?|pledges|targets?|targeted|commitments?|committed|goals?|quota|obligations?|"
    r"agreed (?:total|amount|volume|purchases|tonnage))"
)
_FRACTION = (
    r"(?:(?P<pct>\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent)|(?P<word>"
    + "|".join(sorted((w for w in _FRACTIONS if w.isascii()), key=len, reverse=True))
    + "))"
)
_BOUND = r"(?:(?P<bound>more than|over|above|at least|upwards of|nearly|almost|close to|about|around|roughly|some) )?"
_NEAR = r"(?:[\w',.-]+ ){0,4}?"
_ENGLISH = (
    re.compile(rf"(?i)\b{_BOUND}{_FRACTION} (?:of|to|toward|towards|through)(?: the way to)? {_NEAR}{_PROMISE}\b"),
    re.compile(
        rf"(?i)\b(?:{_PROMISE}|deal|accord|pact) (?:[\w'-]+ ){{0,3}}?{_BOUND}{_FRACTION} (?:done|complete"
        r"|completed|met|fulfilled|filled|full|there)\b"
    ),
)
_FRACTION_ZH = (
    r"(?:(?P<pct>\d{1,3}(?:\.\d+)?) ?[%％]|百分之(?P<hundredth>\d{1,3}|[一二三四五六七八九十]{1,3})|(?P<word>"
    + "|".join(w for w in _FRACTIONS if not w.isascii())
    + r")|(?P<tenth>[一二三四五六七八九])成)"
)
_BOUND_ZH = r"(?P<bound>超过|逾|至少|近|接近|约)?"
_PROMISE_ZH = r"(?:承诺|目标|协议|约定|额度|采购量)"
_CHINESE = (
    re.compile(rf"{_PROMISE_ZH}[^。；，,]{{0,8}}?{_BOUND_ZH}{_FRACTION_ZH}"),
    re.compile(rf"(?:完成|履行|兑现|达成)(?:了)?{_BOUND_ZH}{_FRACTION_ZH}"),
    re.compile(rf"{_BOUND_ZH}{_FRACTION_ZH}的?{_PROMISE_ZH}"),
)
_AT_LEAST = frozenset({"more than", "over", "above", "at least", "upwards of", "超过", "逾", "至少"})
_NOT_QUITE = frozenset({"nearly", "almost", "close to", "近", "接近"})
_LEFT = re.compile(
    r"(?i)\b(?:short of|remain\w*|left|unfilled|unmet|outstanding|fell|falls?|down|below|less than)\b|尚缺"
    "|未完成|不足|剩余"
)


def read_fraction(text: str) -> Quantity | None:
    """Return the share of a promise that a text reports as done, from 0 to 1 (unit "share", always a reading), or None.

    "More than half" has no high; "nearly half" is from 5 % below to half. A share still missing is no share done.
    """
    plain = simplified(text)
    if _LEFT.search(plain):
        return None
    found = next((m for pattern in (*_ENGLISH, *_CHINESE) if (m := pattern.search(plain))), None)
    if found is None:
        return None
    groups = found.groupdict("")
    if percent := groups["pct"] or groups.get("hundredth", ""):
        value = number_value(percent) / 100
    elif tenth := groups.get("tenth"):
        value = number_value(tenth) / 10
    else:
        value = _FRACTIONS[groups["word"].lower()]
    if not 0 < value <= 1:
        return None
    bound = groups["bound"].lower()
    low = NEARLY * value if bound in _NOT_QUITE else value
    high = None if bound in _AT_LEAST or groups["word"] == "过半" else value
    return Quantity(low, high, "share", reading=True, text=text[found.start() : found.end()])
