"""Which date and which amount of a sentence belong to the matched act: chosen by clause and role, then by nearness.

"China, whose ministry met on 3 December, will suspend the controls until 10 November 2026": the act is the suspension, its
date the expiry in its own clause. What a clause with a subject of its own says ("while Brazil shipped 8 million tonnes") is
never the act's, nor is an amount that another is only compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from monitor.domain.extract.amount_context import is_comparison_base
from monitor.domain.extract.date_roles import is_negated_date
from monitor.domain.matching.rules import Topic
from monitor.domain.model import DateMention, Quantity
from monitor.domain.text.clause_roles import ClauseRole, clause_at, raw_clauses, role_to

DateOrAmount = TypeVar("DateOrAmount", Quantity, DateMention)
Located = tuple[int, int, DateOrAmount]

_BEFORE_ACT_COST = 8
"""Characters: what an act says of its date or amount mostly follows it."""


def attach_date(
    quote: str, dates: Sequence[Located[DateMention]], near: tuple[int, int], *, published: date
) -> DateMention | None:
    """The date of the act at `near` in a quote, or None.

    One that is due, expires or starts goes before one that is only mentioned, except that the act's own clause may name a
    day to come; a past day there is mostly that of the report ("said on 3 December"). A day that does not hold ("rather
    than on 10 November") is no act's.
    """

    def rank(read: Located[DateMention], role: ClauseRole | None) -> int:
        start, _, found = read
        if role is None:
            return 0 if found.role else 1 if found.date >= published else 4
        if role is ClauseRole.MAIN:
            return 2 if found.role else 5
        describes_object = role is ClauseRole.DESCRIBING and start >= near[1]
        return 7 + role if not found.role else 3 if describes_object else 6

    return _best_ranked(quote, [one for one in dates if not is_negated_date(quote[: one[0]])], near, rank)


def attach_amount(
    quote: str, amounts: Sequence[Located[Quantity]], near: tuple[int, int], topic: Topic, *, done: bool = False
) -> Quantity | None:
    """The amount of the act at `near` in a quote, one in the commitment's own units and years before any other, or None.

    `done`: the act tells what was done, so that what is owed ("the 12 million tonnes promised") comes last.
    """

    def rank(read: Located[Quantity], role: ClauseRole | None) -> int:
        one = read[2]
        foreign_unit, owed = one.unit not in topic.units, done and one.basis == "pledged"
        foreign_year = bool(topic.periods) and one.period.startswith("calendar-") and one.period not in topic.periods
        return 40 * foreign_unit + 20 * owed + 10 * foreign_year + (0 if role is None else 1 + role)

    return _best_ranked(quote, [one for one in amounts if not is_comparison_base(quote[: one[0]])], near, rank)


def dates_apart_from_other_amounts(
    dates: Sequence[Located[DateMention]], amounts: Sequence[Located[Quantity]], own: Quantity | None
) -> list[Located[DateMention]]:
    """The dates without those of another amount: of "12 million tons by year end and 25 million tons a year after that" the
    25 million have no date. A date is that of the last amount of the same unit before it."""
    if own is None:
        return list(dates)
    rivals = [one for one in amounts if one[2].unit == own.unit]

    def others(read: Located[DateMention]) -> bool:
        before = [one for one in rivals if one[1] <= read[0]]
        return bool(before) and not _is_same_amount(before[-1][2], own)

    return [one for one in dates if not others(one)]


_SAME_AMOUNT_SHARE = 0.05
"""One amount told twice, in tonnes and in bushels."""


def _is_same_amount(one: Quantity, other: Quantity) -> bool:
    return abs(one.low - other.low) <= _SAME_AMOUNT_SHARE * max(one.low, other.low)


def _best_ranked(
    quote: str,
    read: Iterable[Located[DateOrAmount]],
    near: tuple[int, int],
    rank: Callable[[Located[DateOrAmount], ClauseRole | None], int],
) -> DateOrAmount | None:
    """What ranks lowest, and of equals what stands nearest; nothing from a clause with a subject of its own."""
    clauses = raw_clauses(quote)
    own = range(clause_at(clauses, near[0]), clause_at(clauses, max(near[0], near[1] - 1)) + 1)
    placed = [(one, role_to(clauses, own, clause_at(clauses, one[0]))) for one in read]
    fit = [(rank(one, role), _distance(one, near), one) for one, role in placed if role is not ClauseRole.FOREIGN]
    found = min(fit, key=lambda entry: entry[:2], default=None)
    return found[2][2] if found else None


def _distance(read: Located[DateOrAmount], near: tuple[int, int]) -> int:
    start, end, _ = read
    if start >= near[1]:
        return start - near[1]
    return near[0] - end + _BEFORE_ACT_COST if end <= near[0] else 0
