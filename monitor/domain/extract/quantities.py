"""Amounts read from a text: how much, of what kind, on which basis, for which period, and whether counted up or one lot.

Base units: "t" (metric tonnes), "usd", "cny", "pct", "pp" (percentage points), "days", "units" (chips, aircraft, licences).

* "at least 12" has no high; "up to 12" has low 0; "nearly 12" is 5 % below to 12; "about 12" is 12, as the text says it.
* A cargo, boatload or vessel of grain is 60,000 to 66,000 t, unless its size is said: "four 66,000-tonne cargoes" are 264,000 t. "MT" after a scale or a large number is metric tonnes,
  "Mt" and "MMT" million tonnes. A large number without a measure in a sentence that counts tonnes is tonnes.
* What is only compared with ("down from 4.2 million") is never a count so far. Hong Kong's and other dollars are not read.
* Months count 30 days and years 365.
"""

from __future__ import annotations

from datetime import date

from monitor.domain.extract.amount_context import basis_of, is_comparison_base, is_cumulative_count
from monitor.domain.extract.amounts_en import english_amounts, english_times
from monitor.domain.extract.amounts_zh import chinese_amounts, chinese_times
from monitor.domain.extract.lot_totals import lot_totals
from monitor.domain.extract.measures import AmountInText, without_overlapping
from monitor.domain.extract.periods import period_of
from monitor.domain.model import Quantity
from monitor.domain.text.numerals import normalised_same_length, sentence_bounds
from monitor.domain.text.writing_systems import HAN_CHAR

_DELIVERABLE = frozenset({"t", "usd", "cny", "units"})
_MAX_SINGLE_PURCHASE = 1e6
"""Tonnes: no single purchase is as large."""


def read_quantities(text: str, lang: str, *, published: date | None = None) -> tuple[tuple[int, int, Quantity], ...]:
    """Every amount with a unit in a text: (start, end, quantity), offsets into `text`, in order, not overlapping.

    Both languages are read wherever they stand; `lang` only says which reading wins where both fit one span. `published`:
    the day that "this year" counts from; without it such words name no period.
    """
    plain = normalised_same_length(text)
    english = [*english_amounts(plain), *english_times(plain)]
    chinese = [*chinese_amounts(plain), *chinese_times(plain)] if HAN_CHAR.search(plain) else []
    single = [*chinese, *english] if lang.startswith("zh") else [*english, *chinese]
    amounts = without_overlapping([*single, *lot_totals(plain, single)])
    return tuple(
        (one.start, one.end, _quantity(text, plain, amounts, place, published)) for place, one in enumerate(amounts)
    )


def _quantity(text: str, plain: str, amounts: list[AmountInText], place: int, published: date | None) -> Quantity:
    one = amounts[place]
    words = text[one.start : one.end]
    if one.unit not in _DELIVERABLE:
        return Quantity(one.low, one.high, one.unit, text=words)
    start, end = sentence_bounds(plain, one.start, one.end)
    around, own = plain[start:end], (one.start - start, one.end - start)
    counted = [(a.start - start, a.end - start) for a in amounts if start <= a.start < end and a.unit in _DELIVERABLE]
    basis = basis_of(around, *own)
    period = period_of(around, own, counted, published)
    if period and period.promised and basis != "pledged":
        period = None
    reading = basis != "pledged" and not is_comparison_base(around[: own[0]]) and (
        (period is not None and period.cumulative) or _is_reading(plain, amounts, place, end)
    )  # fmt: skip
    return Quantity(one.low, one.high, one.unit, basis, period.name if period else "", reading, words)


def _is_reading(plain: str, amounts: list[AmountInText], place: int, sentence_end: int) -> bool:
    one = amounts[place]
    start, _ = sentence_bounds(plain, one.start, one.end)
    after_last = max([start, *(other.end for other in amounts[:place])])
    large = one.unit == "t" and one.low >= _MAX_SINGLE_PURCHASE
    return is_cumulative_count(plain[after_last : one.end], plain[one.end : sentence_end], large=large)
