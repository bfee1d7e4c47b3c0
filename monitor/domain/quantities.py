"""Amounts read from a text: how much, of what kind, on which basis, for which period, and whether counted up or one lot.

Base units: "t" (metric tonnes), "usd", "cny", "pct", "pp" (percentage points), "days", "units" (chips, aircraft, licences).

* "at least 12" has no high; "up to 12" has low 0; "nearly 12" is 5 % below to 12; "about 12" is 12, as the text says it.
* A cargo of grain is 60,000 to 66,000 t. Months count 30 days and years 365.
"""

from __future__ import annotations

import re

from monitor.domain.amount_context import basis_of, is_reading, period_of
from monitor.domain.amounts import Amount, without_overlap
from monitor.domain.amounts_en import english_amounts, english_times
from monitor.domain.amounts_zh import chinese_amounts, chinese_times
from monitor.domain.model import Quantity
from monitor.domain.numerals import same_length, sentence

_HAN = re.compile(r"[\u4e00-\u9fff]")
_DELIVERABLE = frozenset({"t", "usd", "cny", "units"})
_MORE_THAN_ONE_PURCHASE = 1e6
"""Tonnes: no single purchase is as large."""


def read_quantities(text: str, lang: str) -> tuple[tuple[int, int, Quantity], ...]:
    """Every amount with a unit in a text: (start, end, quantity), offsets into `text`, in order, not overlapping.

    Both languages are read wherever they stand; `lang` only says which reading wins where both fit one span.
    """
    plain = same_length(text)
    english = [*english_amounts(plain), *english_times(plain)]
    chinese = [*chinese_amounts(plain), *chinese_times(plain)] if _HAN.search(plain) else []
    amounts = without_overlap([*chinese, *english] if lang.startswith("zh") else [*english, *chinese])
    return tuple((one.start, one.end, _quantity(text, plain, amounts, place)) for place, one in enumerate(amounts))


def _quantity(text: str, plain: str, amounts: list[Amount], place: int) -> Quantity:
    one = amounts[place]
    words = text[one.start : one.end]
    if one.unit not in _DELIVERABLE:
        return Quantity(one.low, one.high, one.unit, text=words)
    start, end = sentence(plain, one.start, one.end)
    around, at = plain[start:end], one.start - start
    basis = basis_of(around, at, one.end - start)
    after_last = max([start, *(other.end for other in amounts[:place])])
    large = one.unit == "t" and one.low >= _MORE_THAN_ONE_PURCHASE
    reading = basis != "pledged" and is_reading(plain[after_last : one.start], plain[one.end : end], large=large)
    return Quantity(one.low, one.high, one.unit, basis, period_of(around, at), reading, words)
