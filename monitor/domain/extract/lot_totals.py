"""Several lots of one size as one amount: "four 66,000-tonne cargoes", "two cargoes of 60,000 tons each",
三船各6.6万吨.

The size alone would be one lot, and the number of cargoes alone would assume the usual size; both are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor.domain.extract.measures import AmountInText
from monitor.domain.text.numerals import DIGITS, HAN_NUMBER, NUMBER_WORDS, number_value

_MAX_LOTS = 1000
"""A larger number before a size is a year or an amount."""
_NEAR = 80
"""Characters before a size that hold the number of lots: longer than any phrase seen."""
_BOUND = (
    "(?:(?P<low>at least|more than|over|no (?:less|fewer) than|a minimum of)|(?P<high>up to|as many as|at most"
    "|no more than)) "
)
_COUNT = rf"(?<![\w.,$])(?:{_BOUND})?(?P<count>(?:{DIGITS}|{NUMBER_WORDS}))"
_ADJECTIVES = (
    r"(?:(?:more|further|additional|other|separate|new|fresh|extra|full|identical|american|u\.?s\.?|us|soybean"
    "|soya?|grain|corn|sorghum|wheat|bulk|panamax|flash|export) )"
)
_LOTS = (
    "(?:cargoes|cargos|(?:boat|ship|vessel) ?loads|shipments|lots|parcels|batches|consignments|vessels|ships"
    "|boats|bulkers|panamaxes"
    r"|tranches|orders|sales|purchases)\b"
)
_EACH_BEFORE = (
    "(?:,? (?:each (?:of|with|carrying|holding|containing|loaded with|weighing|about|around|roughly)|(?:of|with"
    "|carrying|holding|containing|loaded with|weighing|at)) (?:about |around |roughly |some )?|,? each )"
)
_COUNT_BEFORE = re.compile(rf"(?i){_COUNT} {_ADJECTIVES}{{0,3}}(?:of )?(?:about |around |roughly )?$")
_LOTS_AFTER = re.compile(rf"(?i)[ -](?:(?:capacity|size|sized) )?{_ADJECTIVES}{{0,3}}{_LOTS}")
_LOTS_BEFORE = re.compile(
    f"(?i){_COUNT} {_ADJECTIVES}{{0,3}}{_LOTS}(?: (?:of|with|carrying) (?:[a-z.]+ ){{0,2}}?[a-z]+(?=,))?{_EACH_BEFORE}$"
)
_EACH = re.compile(
    "(?i)(?: of (?:[a-z.]+ ){0,2}?[a-z]+)?,? (?:each|apiece|a (?:ship|vessel|cargo|boat|piece)|per (?:ship"
    r"|vessel|cargo|boat|lot))\b"
)

_BOUND_ZH = r"(?:(?P<low>至少|不少于|超过|逾)|(?P<high>最多|至多|不超过))"
_COUNT_ZH = rf"(?<![\d.第]){_BOUND_ZH}?(?P<count>{DIGITS}|{HAN_NUMBER})"
_LOT_ZH = "(?:艘次|[船艘批笔单])"
_GOODS_ZH = r"[^,，。;；\d第]{0,10}?"
_LOTS_BEFORE_ZH = re.compile(
    f"{_COUNT_ZH}{_LOT_ZH}{_GOODS_ZH},?(?:各|每{_LOT_ZH}|均)(?:自|都)?(?:装载|满载|载有|载重|装运|重达|载|装"
    r"|为|有|运|是)?(?:约|大约)?$"
)
_LOTS_AFTER_ZH = re.compile(rf"(?:级|装)?的?{_GOODS_ZH},?(?:共计?|一共|总共|合计|计)?{_COUNT_ZH}{_LOT_ZH}")
_PER_LOT_ZH = re.compile(rf"每{_LOT_ZH}(?:装载|满载|载有|载|装|为|有|运|重)?(?:约|大约)?$")


def lot_totals(text: str, sizes: Iterable[AmountInText]) -> Iterator[AmountInText]:
    """Yield the total of several lots of one size, for each size that the text gives a number of lots for.

    `text` is as `normalised_same_length` returns it.
    """
    for size in sizes:
        if size.unit != "t":
            continue
        first = max(0, size.start - _NEAR)
        before = text[first : size.start]
        after, each = _LOTS_AFTER.match(text, size.end), _EACH.match(text, size.end)
        if after and (count := _COUNT_BEFORE.search(before)):
            yield from _total(count, first + count.start(), after.end(), size)
        count = _LOTS_BEFORE.search(before)
        if count and (each or re.search(r"\beach\b", count[0])):
            yield from _total(count, first + count.start(), each.end() if each else size.end, size)
        if count := _LOTS_BEFORE_ZH.search(before):
            yield from _total(count, first + count.start(), size.end, size)
        elif (per := _PER_LOT_ZH.search(before)) and (count := _LOTS_AFTER_ZH.match(text, size.end)):
            yield from _total(count, first + per.start(), count.end(), size)


def _total(count: re.Match[str], start: int, end: int, size: AmountInText) -> Iterator[AmountInText]:
    """Yield the amount at [start, end): a number of lots of one size, with the bound of the number and of the size."""
    number = number_value(count["count"])
    if 0 < number < _MAX_LOTS:
        low = 0.0 if count["high"] else number * size.low
        high = None if count["low"] or size.high is None else number * size.high
        yield AmountInText(start, end, low, high, "t")
