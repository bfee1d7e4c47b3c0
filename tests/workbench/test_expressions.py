"""The ways of writing that `rules explain` names are ways that patterns read."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.domain.matching.document import found_values
from monitor.domain.text.pattern_syntax import read_angle
from monitor.domain.text.patterns import Value
from monitor.workbench.expressions import examples_of

NAMES = ["25 Mt", "450 kt", "$30 billion", "$500", "10%", "200 units", "90 days", "Mt", "USD", "%", "Units", "Days"]


@pytest.mark.parametrize("written", [*NAMES, "amount", "date"])
def test_every_way_of_writing_a_value_is_read_as_that_value(written: str) -> None:
    value = read_angle(written, 0)
    assert isinstance(value, Value)
    examples = examples_of(value)
    assert len(examples) >= 2
    for text in examples:
        found = found_values(text, "en", value.kind, published=date(2026, 1, 1))
        assert any(value.fits(one) for one in found), text
