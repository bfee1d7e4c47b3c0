"""Arithmetic on days and months."""

from datetime import date

from monitor.domain.extract.date_ranges import DateRange, after_length, end_of_range, month_range
from monitor.domain.extract.measures import DAYS_IN
from monitor.domain.extract.quantities import read_quantities
from tests.builders.tables import table


def test_a_term_of_months_or_years_ends_by_the_calendar_and_any_other_by_days() -> None:
    cases = table("date_ranges", "a_term_of_months_or_years_ends_by_the_calendar_and_any_other_by_days")
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


def test_a_month_is_a_twelfth_of_a_year_so_that_days_are_no_months() -> None:
    assert DAYS_IN == {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}


def test_the_end_of_a_month_is_its_last_day_and_the_end_of_a_year_its_last_month() -> None:
    month, year = (
        DateRange(date(2026, 2, 1), date(2026, 2, 28), "month"),
        DateRange(date(2026, 1, 1), date(2026, 12, 31), "year"),
    )
    assert end_of_range(month) == DateRange(date(2026, 2, 28), date(2026, 2, 28), "day")
    assert end_of_range(year) == DateRange(date(2026, 12, 1), date(2026, 12, 31), "month")
    assert end_of_range(None) is None
