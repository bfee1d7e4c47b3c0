"""A commitment stands with its parts."""

from __future__ import annotations

from monitor.domain.pages.parts import with_parts

KNOWN = ("soy", "soy-annual", "soy-annual-north", "soya", "truce-cuts")


def test_a_commitment_stands_with_its_parts_and_theirs() -> None:
    assert with_parts("soy", KNOWN) == ("soy", "soy-annual", "soy-annual-north")
    assert with_parts("soya", KNOWN) == ("soya",)
