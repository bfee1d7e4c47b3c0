"""When the program is not well, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.pages.vitals import Vitals, complaints
from tests.builders.domain_values import at

NOW = at("2026-03-02 09:00")
WELL = Vitals(NOW, interval=300, read=NOW, built=NOW, changed=NOW)


def ago(**time: float) -> object:
    return NOW - timedelta(**time)


def test_a_program_that_reads_and_builds_is_well() -> None:
    assert complaints(WELL) == ()
    assert complaints(replace(WELL, interval=None, read=None)) == (), "without feeds there is nothing to read"


@pytest.mark.parametrize(
    ("changed", "begins"),
    [
        ({"read": ago(minutes=31)}, "Stale: the last answer of a source is of 2 Mar 2026"),
        ({"read": None}, "Stale: no source was read yet."),
        ({"dark": ago(hours=3), "read": ago(hours=3)}, "Blind: no source has answered since 2 Mar 2026"),
        ({"built": None}, "There are no pages yet."),
        ({"built": ago(minutes=11)}, "The pages are older than the data: built 2 Mar 2026"),
    ],
    ids=["stale", "never", "blind", "no pages", "old pages"],
)
def test_each_trouble_is_one_sentence(changed: dict[str, object], begins: str) -> None:
    (said,) = complaints(replace(WELL, **changed))  # type: ignore[arg-type]
    assert said.startswith(begins)


def test_slow_feeds_may_be_silent_for_three_of_their_rounds() -> None:
    hourly = replace(WELL, interval=3600, read=ago(hours=3))  # type: ignore[arg-type]
    assert complaints(hourly) == ()
    assert complaints(replace(hourly, read=ago(hours=3, minutes=1))) != ()  # type: ignore[arg-type]


def test_pages_that_nobody_keeps_up_to_date_are_no_trouble() -> None:
    assert complaints(replace(WELL, builds=False, built=None)) == ()
    assert complaints(replace(WELL, builds=False, built=ago(days=9))) == ()  # type: ignore[arg-type]


def test_pages_a_few_minutes_behind_are_no_trouble() -> None:
    assert complaints(replace(WELL, built=ago(minutes=9))) == ()  # type: ignore[arg-type]
