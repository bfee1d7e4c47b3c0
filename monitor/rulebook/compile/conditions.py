"""`only_if` of a rule file made into the conditions that the matcher checks."""

from __future__ import annotations

from monitor.domain.matching.conditions import FACTS
from monitor.domain.matching.rules import Conditions
from monitor.rulebook.schema.models import OnlyIfShape


def conditions_of(shape: OnlyIfShape) -> Conditions:
    """The conditions in the order in which they are checked."""
    among = tuple((name, frozenset(values)) for name in FACTS if (values := getattr(shape, name)))
    return Conditions(among, shape.published.since, shape.published.until)
