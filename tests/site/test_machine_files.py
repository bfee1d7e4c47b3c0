"""Every promise has its feed, calendar, JSON file and badge; one whose files break is named."""

from __future__ import annotations

from dataclasses import replace

import feedparser
import pytest
from icalendar import Calendar
from monitor.site.machine_files import machine_files

from monitor.domain.model import Deadline
from monitor.domain.pages import addresses
from monitor.errors import RenderError
from tests.builders.message_values import commitment, move, signal, story, verdict
from tests.builders.published_material import SOY, material, named

PART, OTHER = "soybean-purchases-annual", "truce"
DATES: dict[str, tuple[Deadline, ...]] = {SOY: (named("2026-06-30"),), PART: (named("2026-12-31"),), OTHER: ()}
THREE = material(
    commitments={name: commitment(name, short=name) for name in DATES},
    verdicts={name: verdict(name, deadlines=dates) for name, dates in DATES.items()},
    signals={"s1": signal("s1", "a")},
    stories={"a": story("a")},
    history={name: (replace(move(f"of-{name}"), commitment=name),) for name in DATES},
    published={},
)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(machine_files(THREE))


def ids(files: dict[str, bytes], address: str) -> list[str]:
    return sorted(entry.id.rpartition("/of-")[2] for entry in feedparser.parse(files[address]).entries)


def test_every_promise_has_its_files_and_the_site_those_of_all(files: dict[str, bytes]) -> None:
    kinds = (addresses.commitment_changes, addresses.commitment_dates, addresses.commitment_json, addresses.badge)
    of_each = {kind(name) for name in DATES for kind in kinds}
    of_all = {addresses.ALL_CHANGES, addresses.ALL_DATES, addresses.ALL_STATUSES, addresses.SCHEMA}
    assert files.keys() == of_each | of_all


def test_a_feed_and_a_calendar_hold_those_of_the_parts_too(files: dict[str, bytes]) -> None:
    assert ids(files, addresses.ALL_CHANGES) == sorted(DATES)
    assert ids(files, addresses.commitment_changes(SOY)) == [SOY, PART]
    assert ids(files, addresses.commitment_changes(PART)) == [PART]
    dates = {name: Calendar.from_ical(files[addresses.commitment_dates(name)]).walk("VEVENT") for name in DATES}
    assert {name: len(each) for name, each in dates.items()} == {SOY: 2, PART: 1, OTHER: 0}
    assert len(Calendar.from_ical(files[addresses.ALL_DATES]).walk("VEVENT")) == 2


def test_a_promise_whose_files_break_is_named() -> None:
    context = THREE.context
    broken = replace(context.commitments[PART], criteria=None)  # type: ignore[arg-type]
    known = replace(THREE, context=replace(context, commitments={**context.commitments, PART: broken}))
    with pytest.raises(RenderError, match=f"the files of {PART} cannot be written: TypeError"):
        dict(machine_files(known))
