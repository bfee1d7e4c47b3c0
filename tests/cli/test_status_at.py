"""`status --at` is what was published then; `--as-known-now` what is known of that moment today; each says how they differ."""

from __future__ import annotations

import pytest

from tests.builders.people_over_days import People, day
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk

KEYS = [
    "commitment",
    "at",
    "view",
    "published",
    "published_since",
    "record_begins",
    "known_now",
    "differences",
    "why",
    "before_first_baseline",
    "sentences",
]


@pytest.fixture
def people(desk: Desk) -> People:
    """Since 2 March; a report of the 4th is first seen on the 7th."""
    desk.hear(BUYS)
    made = People(desk)
    made.news(CANCELS, day(5), published=day(2))
    return made


def test_what_was_published_then_is_shown_as_it_was(people: People) -> None:
    text = people.did(day(9), "status", "soy", "--at", "2026-03-05")
    assert text.startswith("At 5 Mar 2026 23:59 UTC, as published then\nChina buys soybeans (soy)\nIN PROGRESS since")
    assert "published so since 2 Mar 2026 10:01 UTC" in text


def test_what_is_known_now_counts_what_came_late(people: People) -> None:
    text = people.did(day(9), "status", "soy", "--at", "2026-03-05", "--as-known-now")
    assert text.startswith(
        "At 5 Mar 2026 23:59 UTC, as known now\nChina buys soybeans (soy)\nAT RISK (in progress) since"
    )


@pytest.mark.parametrize("also", [(), ("--as-known-now",)])
def test_both_say_how_they_differ_and_why(people: People, also: tuple[str, ...]) -> None:
    line = (
        "soy: as published then: in progress; as known now: at risk: "
        "a report of 4 Mar 2026 was first seen on 7 Mar 2026"
    )
    assert line in people.did(day(9), "status", "soy", "--at", "2026-03-05", *also).splitlines()
    table = people.did(day(9), "status", "--at", "2026-03-05", *also)
    assert line in table.splitlines()
    assert "ships: as published then and as known now: pledged; nothing differs" in table


def test_both_are_told_apart_in_json(people: People) -> None:
    (then,) = people.asked(day(9), "status", "soy", "--at", "2026-03-05")
    (known,) = people.asked(day(9), "status", "soy", "--at", "2026-03-05", "--as-known-now")
    assert list(then) == KEYS
    assert (then["view"], known["view"]) == ("published", "known_now")
    assert then | {"view": ""} == known | {"view": ""}
    assert (then["published"]["status"], then["known_now"]["status"]) == ("in_progress", "at_risk")
    assert {"what": "outlook", "published": "steady", "known_now": "at_risk"} in then["differences"]
    assert then["why"] == ["a report of 4 Mar 2026 was first seen on 7 Mar 2026"]


def test_a_later_rejection_counts_in_what_is_known_now(people: People) -> None:
    people.did(day(8), "evidence", "reject", people.signal(day(8)), "barley", "--by", "ann")
    (soy,) = people.asked(day(9), "status", "soy", "--at", "2026-03-03", "--as-known-now")
    assert (soy["published"]["status"], soy["known_now"]["status"]) == ("in_progress", "pledged")
    assert soy["why"] == ["a report of 2 Mar 2026 was rejected on 10 Mar 2026 by ann: barley"]


def test_a_later_edit_by_the_publisher_counts_too(people: People) -> None:
    people.news("China looks at soybeans", day(8), page="https://herald.example/1")
    (soy,) = people.asked(day(9), "status", "soy", "--at", "2026-03-03", "--as-known-now")
    assert soy["known_now"]["status"] == "pledged"
    assert soy["why"] == ["a report of 2 Mar 2026 was edited by its publisher on 10 Mar 2026"]


def test_what_is_known_now_is_read_by_the_present_rules(people: People) -> None:
    rules = people.desk.folder / "rules" / "deal" / "soy.yaml"
    text = rules.read_text(encoding="utf-8").replace("any: [buys]", "any: [purchases]")
    rules.write_text(text.replace("China buys soybeans", "China purchases soybeans"), encoding="utf-8")
    (soy,) = people.asked(day(9), "status", "soy", "--at", "2026-03-03", "--as-known-now")
    assert soy["known_now"]["status"] == "pledged"
    assert soy["why"] == ["the present rules no longer read a report of 2 Mar 2026 as progress (soy/bought)"]


def test_a_moment_within_a_day_is_taken_as_it_is(people: People) -> None:
    (soy,) = people.asked(day(9), "status", "soy", "--at", "2026-03-02T10:00Z")
    assert soy["published"]["status"] == "pledged", "the purchase of ten was decided a minute later"
    assert soy["known_now"]["status"] == "in_progress"


def test_a_pin_of_that_time_is_part_of_both(people: People) -> None:
    people.did(day(6), "commitment", "pin", "soy", "in_force", "decree", "s", "--until", "2026-03-10")
    people.daemon(day(9))
    (soy,) = people.asked(day(10), "status", "soy", "--at", "2026-03-09")
    assert (soy["published"]["status"], soy["known_now"]["status"]) == ("in_force", "in_force")
    (soy,) = people.asked(day(10), "status", "soy", "--at", "2026-03-11")
    assert (soy["published"]["status"], soy["known_now"]["status"]) == ("at_risk", "at_risk")


def test_of_times_before_the_first_record_it_says_so(people: People) -> None:
    text = people.did(day(9), "status", "soy", "--at", "2026-02-01")
    assert (
        "soy: as published then: no record (the record begins on 2 Mar 2026 09:00 UTC); as known now: pledged" in text
    )
    (soy,) = people.asked(day(9), "status", "soy", "--at", "2026-02-01")
    assert (soy["published"], soy["record_begins"]) == (None, "2026-03-02T09:00:00+00:00")


def test_of_times_before_the_first_baseline_it_says_so_too(people: People) -> None:
    text = people.did(day(9), "status", "soy", "--at", "2025-12-01", "--as-known-now")
    assert "the first baseline is of 5 January 2026, later than that moment; it is what is shown" in text


def test_looking_back_from_now_agrees_with_the_present(people: People) -> None:
    (now,) = people.asked(day(9), "status", "soy")
    (then,) = people.asked(day(9), "status", "soy", "--at", day(9).isoformat())
    assert then["published"] == then["known_now"] == {key: now[key] for key in then["published"]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--at", "2026-04-01"), "1 Apr 2026 23:59 UTC is still to come"),
        (("--as-known-now",), "--as-known-now needs a moment: --at DATE"),
        (("syo", "--at", "2026-03-03"), "did you mean 'soy'?"),
        (("--at", "last week"), "'last week' is not a date or time"),
    ],
)
def test_a_look_back_that_cannot_be_is_refused(people: People, arguments: tuple[str, ...], words: str) -> None:
    result = people.does(day(9), "status", *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
