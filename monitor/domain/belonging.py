"""Which date and which amount of a sentence belong to the matched act: chosen by clause and role, then by nearness.

"China, whose ministry met on 3 December, will suspend the controls until 10 November 2026": the act is the suspension, its
date the expiry in its own clause. What a clause with a subject of its own says ("while Brazil shipped 8 million tonnes") is
never the act's, nor is an amount that another is only compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from monitor.domain.amount_context import is_compared
from monitor.domain.clauses import ClauseRole, clause_at, clauses_of, role_to
from monitor.domain.date_roles import is_set_aside
from monitor.domain.model import DateRead, Quantity
from monitor.domain.rules import Topic

Value = TypeVar("Value", Quantity, DateRead)
Read = tuple[int, int, Value]

_BEFORE_COSTS = 8
"""Characters: what an act says of its date or amount mostly follows it."""


def attach_date(
    quote: str, dates: Sequence[Read[DateRead]], near: tuple[int, int], *, published: date
) -> DateRead | None:
    """The date of the act at `near` in a quote, or None.

    One that is due, expires or starts goes before one that is only mentioned, except that the act's own clause may name a
    day to come; a past day there is mostly that of the report ("said on 3 December"). A day that does not hold ("rather
    than on 10 November") is no act's.
    """

    def rank(read: Read[DateRead], role: ClauseRole | None) -> int:
        start, _, found = read
        if role is None:
            return 0 if found.role else 1 if found.date >= published else 4
        if role is ClauseRole.MAIN:
            return 2 if found.role else 5
        describes_object = role is ClauseRole.DESCRIBING and start >= near[1]
        return 7 + role if not found.role else 3 if describes_object else 6

    return _best(quote, [one for one in dates if not is_set_aside(quote[: one[0]])], near, rank)


def attach_amount(
    quote: str, amounts: Sequence[Read[Quantity]], near: tuple[int, int], topic: Topic, *, done: bool = False
) -> Quantity | None:
    """The amount of the act at `near` in a quote, one in the commitment's own units and years before any other, or None.

    `done`: the act tells what was done, so that what is owed ("the 12 million tonnes promised") comes last.
    """

    def rank(read: Read[Quantity], role: ClauseRole | None) -> int:
        one = read[2]
        foreign_unit, owed = one.unit not in topic.units, done and one.basis == "pledged"
        foreign_year = bool(topic.periods) and one.period.startswith("calendar-") and one.period not in topic.periods
        return 40 * foreign_unit + 20 * owed + 10 * foreign_year + (0 if role is None else 1 + role)

    return _best(quote, [one for one in amounts if not is_compared(quote[: one[0]])], near, rank)


def dates_with(
    dates: Sequence[Read[DateRead]], amounts: Sequence[Read[Quantity]], own: Quantity | None
) -> list[Read[DateRead]]:
    """The dates without those of another amount: of "12 million tons by year end and 25 million tons a year after that" the
    25 million have no date. A date is that of the last amount of the same unit before it."""
    if own is None:
        return list(dates)
    rivals = [one for one in amounts if one[2].unit == own.unit]

    def others(read: Read[DateRead]) -> bool:
        before = [one for one in rivals if one[1] <= read[0]]
        return bool(before) and not _alike(before[-1][2], own)

    return [one for one in dates if not others(one)]


_ALIKE = 0.05
"""One amount told twice, in tonnes and in bushels."""


def _alike(one: Quantity, other: Quantity) -> bool:
    return abs(one.low - other.low) <= _ALIKE * max(one.low, other.low)


def _best(
    quote: str,
    read: Iterable[Read[Value]],
    near: tuple[int, int],
    rank: Callable[[Read[Value], ClauseRole | None], int],
) -> Value | None:
    """What ranks lowest, and of equals what stands nearest; nothing from a clause with a subject of its own."""
    clauses = clauses_of(quote)
    own = range(clause_at(clauses, near[0]), clause_at(clauses, max(near[0], near[1] - 1)) + 1)
    placed = [(one, role_to(clauses, own, clause_at(clauses, one[0]))) for one in read]
    fit = [(rank(one, role), _distance(one, near), one) for one, role in placed if role is not ClauseRole.FOREIGN]
    found = min(fit, key=lambda entry: entry[:2], default=None)
    return found[2][2] if found else None


def _distance(read: Read[Value], near: tuple[int, int]) -> int:
    start, end, _ = read
    if start >= near[1]:
        return start - near[1]
    return near[0] - end + _BEFORE_COSTS if end <= near[0] else 0
