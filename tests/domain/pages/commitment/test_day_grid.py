"""The days of a commitment: each leads to the page of the verdict that held at its end."""

from __future__ import annotations

from datetime import date

from monitor.domain.pages.commitment.day_grid import CalendarDay, by_year, months, verdict_days
from monitor.domain.pages.commitment.own_material import OwnMaterial

from monitor.domain.model import Outlook, Standing
from tests.builders.message_values import verdict
from tests.builders.page_material import SOY, own, published

PLEDGED = verdict(standing=Standing.PLEDGED, outlook=Outlook.STEADY, flags=())
AT_RISK = verdict(standing=Standing.PLEDGED, flags=())


def days(of: OwnMaterial) -> dict[str, CalendarDay]:
    return {day.label.partition(":")[0]: day for month in months(of) for week in month.weeks for day in week if day}


def test_each_day_leads_to_the_page_that_held_at_its_end() -> None:
    found = days(own(published={SOY: published((20, PLEDGED), (3, AT_RISK))}))
    assert found["10 Mar 2026"].address == f"c/{SOY}/2026-02-22.html"
    assert found["11 Mar 2026"].address == found["14 Mar 2026"].address == f"c/{SOY}/2026-03-11.html"
    assert (found["11 Mar 2026"].label, found["11 Mar 2026"].changed) == (
        "11 Mar 2026: AT RISK (pledged) (changed)",
        True,
    )
    assert (found["14 Mar 2026"].label, found["14 Mar 2026"].changed) == ("14 Mar 2026: AT RISK (pledged)", False)


def test_days_before_the_record_and_days_to_come_lead_nowhere() -> None:
    found = days(own(published={SOY: published((20, PLEDGED))}))
    assert [found[day].address for day in ("21 Feb 2026", "15 Mar 2026")] == ["", ""]
    assert found["21 Feb 2026"].label == "21 Feb 2026: no record"


def test_of_several_verdicts_of_one_day_the_last_one_counts() -> None:
    record = published((20.2, PLEDGED), (20.1, AT_RISK))
    found = verdict_days(own(published={SOY: record}))
    assert {day: each.verdict for day, each in found.items()} == {date(2026, 2, 22): AT_RISK}


def test_weeks_begin_on_monday_and_have_seven_days() -> None:
    (march, *_) = months(own(published={SOY: published((20, PLEDGED))}))
    assert march.name == "March 2026"
    assert [len(week) for week in march.weeks] == [7] * 6
    assert [day.number if day else None for day in march.weeks[0]] == [None] * 6 + [1]


def test_the_newest_month_comes_first_and_earlier_years_by_themselves() -> None:
    found = months(own(published={SOY: published((800, PLEDGED))}))
    assert [month.name for month in found[:3]] == ["March 2026", "February 2026", "January 2026"]
    assert [(year, len(of)) for year, of in by_year(found)] == [(2026, 3), (2025, 12), (2024, 12)]


def test_without_a_record_there_is_no_calendar() -> None:
    assert months(own(published={})) == ()
