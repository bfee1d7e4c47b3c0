"""Digests are listed by route and slot, and lead to the one before and after."""

from __future__ import annotations

from dataclasses import replace

import pytest
from monitor.domain.pages.digests_page import (
    KeptDigest,
    Neighbours,
    by_route,
    commitment_names,
    kept_digest,
    neighbours,
)

from tests.builders.message_values import commitment, context
from tests.builders.published_material import material


def digest(route: str, day: int) -> KeptDigest:
    return kept_digest(route, f"2026-03-{day:02}T0800", f"Digest of {day} March")


def test_a_digest_lies_where_messages_lead_and_names_its_slot() -> None:
    one = digest("desk", 9)
    assert one.address == "digests/desk/2026-03-09T0800.html"
    assert (one.slot.text, one.slot.iso) == ("9 Mar 2026, 08:00", "2026-03-09T08:00")


def test_a_name_leads_to_its_commitment_unless_several_bear_it() -> None:
    of = context(
        commitments={key: commitment(key, short=name) for key, name in (("a", "Soy"), ("b", "Ore"), ("c", "Ore"))}
    )
    assert commitment_names(replace(material(), context=of)) == {"Soy": "c/a.html"}


def test_what_is_no_moment_is_no_digest() -> None:
    with pytest.raises(ValueError, match="day is out of range"):
        kept_digest("desk", "2026-02-30T0800", "")


def test_routes_stand_by_name_and_their_digests_newest_first() -> None:
    routes = by_route([digest("desk", 2), digest("boss", 2), digest("desk", 9)])
    assert [(group.route, [item.slot.iso[8:10] for item in group.digests]) for group in routes] == [
        ("boss", ["02"]),
        ("desk", ["09", "02"]),
    ]


def test_each_leads_to_the_ones_beside_it_of_its_route() -> None:
    first, second, third = (digest("desk", day) for day in (2, 9, 16))
    beside = neighbours(by_route([second, third, first, digest("boss", 9)]))
    assert beside[first.address] == Neighbours(None, second)
    assert beside[second.address] == Neighbours(first, third)
    assert beside[third.address] == Neighbours(second, None)
    assert beside["digests/boss/2026-03-09T0800.html"] == Neighbours(None, None)
