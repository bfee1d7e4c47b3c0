"""The width of a progress bar is settled with the figure it stands for."""

from __future__ import annotations

import pytest

from monitor.domain.messages.figures import bar_width
from monitor.domain.text.labels import format_percent
from tests.builders.message_values import brief, counts, verdict


@pytest.mark.parametrize(
    ("share", "done"), [(None, None), (0.001, 1), (0.01, 1), (0.2833, 28), (0.29, 29), (0.999, 99), (1, 100), (2, 100)]
)
def test_a_bar_is_never_empty_and_full_only_when_all_is_done(share: float | None, done: int | None) -> None:
    assert bar_width(share) == done


def test_a_brief_carries_the_width_beside_its_figure() -> None:
    line = brief(verdicts={"soybean-purchases": verdict(progress=counts(("USDA", 4e6, 4e6)))}).progress
    assert line is not None
    assert line.share is not None
    assert f"{line.done}%" == format_percent(line.share)


def test_a_count_without_an_upper_bound_is_at_least_its_amount_and_one_with_bounds_shows_both() -> None:
    readings = counts(("traders", 8e6, 10e6), ("USDA", 4e6, 4e6), ("mills", 2e6, None))
    line = brief(verdicts={"soybean-purchases": verdict(progress=readings)}).progress
    assert line is not None
    assert line.text == "traders: 8–10 Mt (not confirmed); USDA: 4 Mt; mills: at least 2 Mt"
