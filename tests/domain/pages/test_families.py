"""Parts stand with their parents."""

from __future__ import annotations

from monitor.domain.pages.families import with_parts

from monitor.domain.messages.digest.material import parent_of

KNOWN = ("soy", "soy-annual", "soy-annual-north", "soya", "truce-cuts")


def test_the_parent_is_the_nearest_promise_whose_id_the_part_begins_with() -> None:
    assert [parent_of(name, KNOWN) for name in KNOWN] == [None, "soy", "soy-annual", None, None]


def test_a_promise_stands_with_its_parts_and_theirs() -> None:
    assert with_parts("soy", KNOWN) == ("soy", "soy-annual", "soy-annual-north")
    assert with_parts("soya", KNOWN) == ("soya",)
