"""When the program is not well, in words."""

from dataclasses import replace
from datetime import timedelta

from monitor.domain.pages.vitals import Vitals, complaints
from tests.builders.domain_values import at

NOW = at("2026-03-02 09:00")
WELL = Vitals(NOW, built=NOW, changed=NOW)


def ago(**time: float) -> object:
    return NOW - timedelta(**time)


def test_a_program_that_does_its_work_and_has_pages_is_well_whoever_builds_them() -> None:
    assert complaints(WELL) == ()
    assert complaints(replace(WELL, builds=False, built=None)) == ()
    assert complaints(replace(WELL, builds=False, built=ago(days=9))) == ()  # type: ignore[arg-type]
    assert complaints(replace(WELL, built=ago(minutes=9))) == ()  # type: ignore[arg-type]


def test_each_trouble_is_one_sentence() -> None:
    cases = [
        ({"troubles": ("no monitor is running",)}, "No monitor is running."),
        ({"built": None}, "There are no pages yet."),
        ({"built": ago(minutes=11)}, "The pages are older than the data: built 2 Mar 2026"),
    ]
    for changed, begins in cases:
        (said,) = complaints(replace(WELL, **changed))  # type: ignore[arg-type]
        assert said.startswith(begins), changed
