"""`status --at` is what was published then; `--as-known-now` what is known of that moment today; each says how they
differ."""

from collections.abc import Callable

import pytest

from tests.builders.golden_wording import GoldenWording
from tests.builders.people_over_days import People, day
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk

KEYS = [
    *("commitment", "at", "view", "published", "published_since", "record_begins", "known_now", "differences"),
    *("why", "before_first_baseline", "sentences"),
]


def a_week(desk: Desk) -> None:
    """Since 2 March; a report of the 4th is first seen on the 7th."""
    desk.hear(BUYS)
    People(desk).news(CANCELS, day(5), published=day(2))


@pytest.fixture
def people(desk: Desk) -> People:
    desk.live(a_week)
    return People(desk)


def test_both_views_show_the_difference_and_its_reason(people: People, wording: GoldenWording) -> None:
    for also in ((), ("--as-known-now",)):
        wording(people.did(day(9), "status", "soy", "--at", "2026-03-05", *also))
        wording(people.did(day(9), "status", "--at", "2026-03-05", *also).splitlines()[-2:])


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
    assert soy["why"] == ["today's rules no longer read a report of 2 Mar 2026 as progress (soy/bought)"]


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


def test_a_moment_before_the_first_record_or_baseline_is_explained(people: People, wording: GoldenWording) -> None:
    wording(people.did(day(9), "status", "soy", "--at", "2026-02-01"))
    (soy,) = people.asked(day(9), "status", "soy", "--at", "2026-02-01")
    assert (soy["published"], soy["record_begins"]) == (None, "2026-03-02T09:00:00+00:00")
    wording(people.did(day(9), "status", "soy", "--at", "2025-12-01", "--as-known-now"))


def test_looking_back_from_now_agrees_with_the_present(people: People) -> None:
    (now,) = people.asked(day(9), "status", "soy")
    (then,) = people.asked(day(9), "status", "soy", "--at", day(9).isoformat())
    assert then["published"] == then["known_now"] == {key: now[key] for key in then["published"]}


def test_an_impossible_moment_is_refused_with_a_remedy(people: People, refused: Callable[..., None]) -> None:
    calls = "--at 2026-04-01; --as-known-now; syo --at 2026-03-03; --at 'last week'"
    refused(people.does, day(9), "status", calls=calls)
