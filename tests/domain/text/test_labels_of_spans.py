from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.domain.text.labels import format_span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (45, "45 s"),
        (90, "2 min"),
        (900, "15 min"),
        (3600, "1 h"),
        (5400, "90 min"),
        (7200, "2 h"),
        (100_000, "28 h"),
        (4 * 86_400, "4 days"),
    ],
)
def test_a_length_of_time_is_told_in_the_unit_that_people_would_use(seconds: int, text: str) -> None:
    assert format_span(timedelta(seconds=seconds)) == text
