"""Arithmetic on days and months."""

from __future__ import annotations

from datetime import date

from monitor.domain.extract.date_ranges import after_length, month_range
from monitor.domain.extract.measures import DAYS_IN
from monitor.domain.extract.quantities import read_quantities


def test_a_term_of_months_or_years_ends_by_the_calendar_and_any_other_by_days() -> None:
    cases = [
        ("2025-10-30", "one year", "2026-10-30"),
        ("2025-08-31", "one year", "2026-08-31"),
        ("2025-11-30", "one year", "2026-11-30"),
        ("2024-02-29", "one year", "2025-02-28"),
        ("2025-01-31", "one month", "2025-02-28"),
        ("2024-01-31", "one month", "2024-02-29"),
        ("2025-01-31", "six months", "2025-07-31"),
        ("2025-01-31", "half a year", "2025-07-31"),
        ("2025-10-30", "18 months", "2027-04-30"),
        ("2025-10-31", "24 months", "2027-10-31"),
        ("2025-11-10", "30 years", "2055-11-10"),
        ("2025-11-10", "90 days", "2026-02-10"),
        ("2025-11-10", "61 days", "2026-01-10"),
        ("2025-11-10", "eight weeks", "2026-01-05"),
        ("2025-11-10", "100 days", "2026-02-18"),
    ]
    for start, term, end in cases:
        (found,) = read_quantities(f"The pause runs for {term}.", "en")
        length = found[2]
        assert length.unit == "days", start
        assert after_length(date.fromisoformat(start), length.low) == date.fromisoformat(end), start


def test_a_term_of_no_days_ends_where_it_begins() -> None:
    assert after_length(date(2025, 10, 30), 0.0) == date(2025, 10, 30)


def test_months_of_a_year_end_with_their_last_day() -> None:
    lengths = [month_range(2024, first, 1, "month").last.day for first in range(1, 13)]  # type: ignore[union-attr]
    assert lengths == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert month_range(2025, 12, 2, "month") is None


def test_a_month_and_a_year_of_the_reader_of_amounts_are_whole_days() -> None:
    assert DAYS_IN == {"day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
