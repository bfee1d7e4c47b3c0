"""Amounts read from a text: how much, in what unit, on which basis, for which period, and whether a running total or a
lot.

Base units: "t" (metric tonnes), "usd", "cny", "pct", "pp" (percentage points), "days", "units" (chips, aircraft,
licences).

* "at least 12" has no high; "up to 12" has low 0; "nearly 12" is from 5 % below to 12; "about 12" is 12, as the text
  says.
* A cargo, boatload or vessel of grain is 60,000 to 66,000 t, unless the text gives its size: "four 66,000-tonne
  cargoes" are 264,000 t. "MT" after a scale or a large number is metric tonnes, "Mt" and "MMT" million tonnes. A large
  number without a measure, in a sentence that counts tonnes, counts tonnes.
* An amount that another is compared with ("down from 4.2 million") is never a running total. Dollars of Hong Kong and
  of other countries are not read.
* Months count 30 days and years 365.
"""

from __future__ import annotations

from datetime import date

from monitor.domain.extract.amount_context import COMPARED, basis_of, is_cumulative_count
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
"""Tonnes: an estimate; no single purchase in the news is as large."""


def amounts_in(plain: str, lang: str) -> list[AmountInText]:
    """Return every amount with a unit, in order, without the sentence around it. plain: normalised."""
    english = [*english_amounts(plain), *english_times(plain)]
    chinese = [*chinese_amounts(plain), *chinese_times(plain)] if HAN_CHAR.search(plain) else []
    single = [*chinese, *english] if lang.startswith("zh") else [*english, *chinese]
    return without_overlapping([*single, *lot_totals(plain, single)])


def read_quantities(text: str, lang: str, *, published: date | None = None) -> tuple[tuple[int, int, Quantity], ...]:
    """Return every amount with a unit in a text as (start, end, quantity): offsets into `text`, in order, without
    overlaps.

    Both languages are read anywhere; `lang` only decides which reading wins where both fit one span. `published` is the
    day that "this year" counts from; without it such words name no period.
    """
    plain = normalised_same_length(text)
    amounts = amounts_in(plain, lang)
    deliverable = [amount for amount in amounts if amount.unit in _DELIVERABLE]
    quantities = []
    for place, amount in enumerate(amounts):
        basis, period, reading = "", None, False
        if amount.unit in _DELIVERABLE:
            start, end = sentence_bounds(plain, amount.start, amount.end)
            sentence, own = plain[start:end], (amount.start - start, amount.end - start)
            counted = [(other.start - start, other.end - start) for other in deliverable if start <= other.start < end]
            basis = basis_of(sentence, *own)
            period = period_of(sentence, own, counted, published)
            if period and period.promised and basis != "pledged":
                period = None
            if basis != "pledged" and not COMPARED.search(sentence[: own[0]]):
                after_last = max([start, *(other.end for other in amounts[:place])])
                before, after = plain[after_last : amount.end], plain[amount.end : end]
                large = amount.unit == "t" and amount.low >= _MAX_SINGLE_PURCHASE
                counted_for_period = period is not None and period.cumulative
                reading = counted_for_period or is_cumulative_count(before, after, large=large)
        name, words = period.name if period else "", text[amount.start : amount.end]
        quantity = Quantity(amount.low, amount.high, amount.unit, basis, name, reading, words)
        quantities.append((amount.start, amount.end, quantity))
    return tuple(quantities)
