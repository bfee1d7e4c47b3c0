from datetime import timedelta

from monitor.domain.text.labels import format_span


def test_a_length_of_time_is_told_in_the_unit_that_people_would_use() -> None:
    cases = [
        (45, "45 s"),
        (90, "2 min"),
        (900, "15 min"),
        (3600, "1 h"),
        (5400, "90 min"),
        (7200, "2 h"),
        (100_000, "28 h"),
        (4 * 86_400, "4 days"),
    ]
    assert [(seconds, format_span(timedelta(seconds=seconds))) for seconds, _ in cases] == cases
