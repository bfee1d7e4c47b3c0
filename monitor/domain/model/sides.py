"""The names of the sides of a deal, by the keys that rules and records use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """A side. name: in a message; short: in a reason or flag; label: beside a figure; many: takes a plural verb."""

    name: str
    short: str
    label: str
    many: bool = False


SIDES: Mapping[str, Side] = {
    "us": Side("the United States", "the US", "US"),
    "cn": Side("China", "China", "China"),
    "both": Side("both sides", "both sides", "both sides", many=True),
    "company": Side("the company", "the company", "company"),
    "others": Side("others", "others", "others", many=True),
    "data": Side("data", "data", "data", many=True),
    "press": Side("press", "reports", "press", many=True),
}
PARTIES = frozenset({"us", "cn", "both", "company", "others"})
"""Who can owe a commitment and confirm it: all but the data and the press."""


def side_names(keys: Collection[str]) -> str:
    """Return sides as prose; the two sides together are "both sides"."""
    if set(keys) == {"us", "cn"}:
        return SIDES["both"].short
    return " and ".join(SIDES[key].short if key in SIDES else key for key in keys)


def side_does(key: str, verb: str) -> str:
    """Return a side with a verb: 'the US says', 'both sides name'. verb: its plural form; it must be regular."""
    many = key in SIDES and SIDES[key].many
    return f"{side_names((key,))} {verb}{'' if many else 's'}"
