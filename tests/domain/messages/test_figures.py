"""The figures of progress: bar, counters, what is confirmed, and the period they are for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.model import Standing, Tier
from monitor.domain.model.news import Publisher
from monitor.domain.model.publishers import PublisherNames, Publishers
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, brief, counts, verdict


def test_a_bar_is_never_empty_and_full_only_when_all_is_done() -> None:
    shares = {0.001: 1, 0.01: 1, 0.2833: 28, 0.29: 29, 0.999: 99, 1: 100, 2: 100}
    widths = {}
    for share in shares:
        progress = replace(counts(("USDA", share * 12e6, None)), counted=share * 12e6)
        line = brief(verdicts={"soybean-purchases": verdict(progress=progress)}).progress
        assert line is not None
        widths[share] = line.done
    assert widths == shares


def test_two_counters_of_one_agency_are_one_with_its_newest_count() -> None:
    told = counts(("USDA", 1.9e6, 2e6), ("USDA data", 4e6, 4e6), ("traders", 5e6, 5e6))
    first, second, third = told.readings
    progress = replace(told, readings=(replace(second, as_of=NOW + timedelta(days=9)), first, third))
    line = brief(verdicts={"soybean-purchases": verdict(progress=progress)}).progress
    assert line is not None
    assert {point.counter for point in line.points} == {"USDA", "traders"}


def test_a_count_above_what_is_confirmed_is_marked_so_in_the_text_and_for_the_chart() -> None:
    line = brief(
        verdicts={"soybean-purchases": verdict(progress=counts(("traders", 7e6, 7e6), ("USDA", 4e6, 4e6)))}
    ).progress
    assert line is not None
    assert line.counted_text.startswith("4 Mt of 12 Mt")
    assert [(point.counter, point.confirmed) for point in line.points] == [("traders", False), ("USDA", True)]


def test_a_newer_count_above_the_confirmed_one_is_told_in_its_place_as_not_confirmed(wording: GoldenWording) -> None:
    told = counts(("USDA", 4e6, 4e6), ("Heartland Trust", 6e6, 6e6))
    older, newest = told.readings
    newer = replace(told, readings=(replace(older, as_of=NOW - timedelta(days=9)), newest))
    outlet = Publishers(
        (PublisherNames(Publisher("Crop News", Tier.TRADE, owner="Heartland Trust"), ("Harbour Wire",)),)
    )
    line = brief(publishers=outlet, verdicts={"soybean-purchases": verdict(progress=newer)}).progress
    assert line is not None
    wording(f"{line.heading}: {line.counted_text}. {line.text}")
    assert (line.share, line.confirmed) == (0.5, False)


def test_a_count_on_another_basis_is_not_drawn_and_one_on_an_unknown_basis_is_not_confirmed(
    wording: GoldenWording,
) -> None:
    told = counts(("customs", 3e6, 3e6), ("college", 5e6, 5e6), ("USDA", 4e6, 4e6))
    customs, college, usda = told.readings
    readings = (replace(customs, basis="arrived"), replace(college, basis=""), usda)
    line = brief(verdicts={"soybean-purchases": verdict(progress=replace(told, readings=readings))}).progress
    assert line is not None
    wording(line.text)
    assert [(point.counter, point.confirmed) for point in line.points] == [("college", False), ("USDA", True)]


@pytest.mark.parametrize(
    ("now", "heading"),
    [(datetime(2026, 6, 30, tzinfo=UTC), "Confirmed so far"), (datetime(2026, 7, 1, tzinfo=UTC), "Confirmed")],
)
def test_a_period_that_is_over_is_said_to_be_over(now: datetime, heading: str) -> None:
    line = brief(now=now, verdicts={"soybean-purchases": verdict(progress=counts(("USDA", 4e6, 4e6)))}).progress
    assert line is not None
    assert line.heading == heading


def test_a_target_reached_after_its_day_says_so() -> None:
    reached = replace(counts(("USDA", 12e6, 12e6)), counted=12e6)
    done = verdict(standing=Standing.MET, progress=reached, since=datetime(2026, 7, 9, tzinfo=UTC))
    line = brief(now=datetime(2026, 7, 10, tzinfo=UTC), verdicts={"soybean-purchases": done}).progress
    assert line is not None
    assert line.heading == "Confirmed, reached late"


def test_a_target_that_reports_call_reached_is_the_last_point_of_the_chart() -> None:
    counted = replace(counts(("USDA", 4e6, 4e6)), counted=12e6)
    line = brief(verdicts={"soybean-purchases": verdict(progress=counted)}).progress
    assert line is not None
    assert [(point.counter, point.amount) for point in line.points][1:] == [("reported as reached", 12e6)]
    assert line.text == "", "older counts are lower"
