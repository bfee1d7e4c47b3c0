"""The short name of a new commitment."""

from __future__ import annotations

import pytest

from monitor.workbench.new_commitment import MAX_SHORT_NAME, short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("India halves its duty", "India halves its duty"),
        ("India opens its ports to 900,000 tonnes of UK steel", "India opens its ports to 900,000 tonnes"),
        ("Oslo lets every ferry of the fjords pass by the end of May", "Oslo lets every ferry of the fjords pass"),
        ("Norway sells 40 billion litres of gas by 2028", "Norway sells 40 billion litres of gas"),
        ("x" * 60, "x" * MAX_SHORT_NAME),
    ],
)
def test_a_short_name_ends_at_a_word_that_a_name_may_end_with(name: str, short: str) -> None:
    assert short_name(name) == short
    assert len(short) <= MAX_SHORT_NAME
