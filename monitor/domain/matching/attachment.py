"""The date and the amount of a sentence that belong to the matched act: chosen by clause and role, then by distance.

"China, whose ministry met on 3 December, will suspend the controls until 10 November 2026": the act is the suspension,
its date the expiry in its own clause. A date or amount in a clause with a subject of its own ("while Brazil shipped 8
million tonnes") never belongs to the act, nor does one that is only a base of comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from monitor.domain.extract.amount_context import COMPARED
from monitor.domain.extract.date_roles import NEGATED_DATE
from monitor.domain.matching.rules import Topic
from monitor.domain.model import DateMention, Quantity
from monitor.domain.text.clause_roles import ClauseRole, clause_at, raw_clauses, role_to

DateOrAmount = TypeVar("DateOrAmount", Quantity, DateMention)
Located = tuple[int, int, DateOrAmount]
_Ranking = Callable[[Located[DateOrAmount], ClauseRole | None], int]

_BEFORE_ACT_COST = 8
"""Characters added to a distance before the act: its date or amount mostly follows it. An estimate."""
_SAME_AMOUNT_SHARE = 0.05
"""Two amounts that differ by at most this share are one, given in tonnes and in bushels: conversions are rounded."""


def attach_date(
    quote: str, dates: Sequence[Located[DateMention]], near: tuple[int, int], *, published: date
) -> DateMention | None:
    """The date of the act at `near` in a quote, or None.

    One that is due, expires or starts goes before one that is only mentioned, except that the act's own clause may name
    a day to come; a past day there is mostly the day of the report ("said on 3 December"). A negated day ("rather than
    on 10 November") belongs to no act.
    """

    def rank(located: Located[DateMention], role: ClauseRole | None) -> int:
        start, _, mention = located
        if role is None:
            return 0 if mention.role else 1 if mention.date >= published else 4
        if role is ClauseRole.MAIN:
            return 2 if mention.role else 5
        describes_object = role is ClauseRole.DESCRIBING and start >= near[1]
        return 7 + role if not mention.role else 3 if describes_object else 6

    return _best_ranked(quote, [at for at in dates if not NEGATED_DATE.search(quote[: at[0]])], near, rank)


def attach_amount(
    quote: str,
    amounts: Sequence[Located[Quantity]],
    near: tuple[int, int],
    topic: Topic,
    *,
    head: int,
    done: bool = False,
) -> Quantity | None:
    """The amount of the act at `near` in a quote, one in the commitment's own units and years before any other, or
    None. head: where the act's verb stands; of several amounts inside the act, the one nearest to it is meant.

    `done`: the act reports what was done, so that what is owed ("the 12 million tonnes promised") comes last.
    """

    def rank(located: Located[Quantity], role: ClauseRole | None) -> int:
        amount = located[2]
        foreign_unit, owed = amount.unit not in topic.units, done and amount.basis == "pledged"
        is_year = bool(topic.periods) and amount.period.startswith("calendar-")
        foreign_year = is_year and amount.period not in topic.periods
        return 40 * foreign_unit + 20 * owed + 10 * foreign_year + (0 if role is None else 1 + role)

    ordered = sorted(amounts, key=lambda at: abs(at[0] - head))
    return _best_ranked(quote, [at for at in ordered if not COMPARED.search(quote[: at[0]])], near, rank)


def dates_apart_from_other_amounts(
    dates: Sequence[Located[DateMention]], amounts: Sequence[Located[Quantity]], own: Quantity | None
) -> list[Located[DateMention]]:
    """The dates without those of another amount: of "12 million tons by year end and 25 million tons a year after that"
    the 25 million have no date. A date belongs to the last amount of the same unit before it."""
    if own is None:
        return list(dates)
    own_dates = []
    for located in dates:
        before = [amount for _, end, amount in amounts if amount.unit == own.unit and end <= located[0]]
        if not before or abs(before[-1].low - own.low) <= _SAME_AMOUNT_SHARE * max(before[-1].low, own.low):
            own_dates.append(located)
    return own_dates


def _best_ranked(
    quote: str, read: Sequence[Located[DateOrAmount]], near: tuple[int, int], rank: _Ranking[DateOrAmount]
) -> DateOrAmount | None:
    """The one that ranks lowest, of equals the nearest, then the first; none from a clause with its own subject."""
    if not read:
        return None
    clauses = raw_clauses(quote)
    own = range(clause_at(clauses, near[0]), clause_at(clauses, max(near[0], near[1] - 1)) + 1)
    best: tuple[tuple[int, int], DateOrAmount] | None = None
    for located in read:
        start, end, value = located
        role = role_to(clauses, own, clause_at(clauses, start))
        if role is ClauseRole.FOREIGN:
            continue
        distance = 0
        if start >= near[1]:
            distance = start - near[1]
        elif end <= near[0]:
            distance = near[0] - end + _BEFORE_ACT_COST
        key = rank(located, role), distance
        if best is None or key < best[0]:
            best = key, value
    return best[1] if best else None
