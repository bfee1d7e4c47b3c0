from __future__ import annotations

from monitor.domain.model import Publisher, Tier
from monitor.domain.model.publishers import PublisherNames, Publishers

WIRE = PublisherNames(Publisher("Harbour Wire", Tier.WIRE, owner="Harbour"))
TRADE = PublisherNames(Publisher("Grain Trade", Tier.TRADE, owner="Grain"))


def test_publishers_with_the_same_entries_are_equal_and_stand_for_one_another_in_a_set() -> None:
    assert Publishers([WIRE, TRADE]) == Publishers([WIRE, TRADE])
    assert len({Publishers([WIRE, TRADE]), Publishers([WIRE, TRADE]), Publishers([WIRE])}) == 2
    assert Publishers([WIRE]) != Publishers([TRADE])
    assert Publishers([WIRE]) != [WIRE]
