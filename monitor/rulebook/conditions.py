"""`only_if` of a rule file made into the conditions that the matcher checks."""

from __future__ import annotations

from monitor.domain.conditions import FACTS
from monitor.domain.rules import AmountIs, Conditions
from monitor.rulebook.schema import AmountIsShape, OnlyIfShape


def conditions_of(shape: OnlyIfShape) -> Conditions:
    """The conditions in the order in which they are checked: the cheap ones first."""
    among = tuple((name, frozenset(values)) for name in FACTS if (values := getattr(shape, name)))
    amount = _amount(shape.amount) if shape.amount is not None else None
    return Conditions(among, shape.published.since, shape.published.until, amount, frozenset(shape.date))


def _amount(shape: AmountIsShape) -> AmountIs:
    bounds = [bound for bound in (shape.at_least, shape.at_most) if bound is not None]
    return AmountIs(
        shape.unit or bounds[0].unit,
        shape.at_least.amount if shape.at_least is not None else None,
        shape.at_most.amount if shape.at_most is not None else None,
        frozenset(shape.basis), frozenset(shape.period),
    )  # fmt: skip
