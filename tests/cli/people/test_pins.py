"""`pin` holds the published status; what the program would say stays visible, and is told when the pin ends."""

from __future__ import annotations

import pytest

from monitor.domain.messages.wording import reason_text
from monitor.domain.model import Cause
from monitor.domain.model.notation import notation
from tests.builders.domain_values import NONE_DECLARED
from tests.builders.people_over_days import People, day
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk

PIN = ("commitment", "pin", "soy", "in_force", "read the decree", "https://ministry.example/decree")


@pytest.fixture
def people(desk: Desk) -> People:
    """The purchase was reported at ten, and the alert on it is queued."""
    desk.hear(BUYS)
    return People(desk)


def test_a_pin_holds_the_status_and_shows_what_the_program_would_say(people: People) -> None:
    said = people.did(day(1), *PIN, "--by", "ann")
    assert "pinned soy as IN FORCE until 2 Apr 2026 09:00 UTC, by ann" in said
    people.news(CANCELS, day(2))
    (soy,) = people.asked(day(3), "status", "soy")
    assert (soy["status"], soy["standing"], soy["outlook"]) == ("in_force", "in_force", "steady")
    assert soy["pinned"]["program"]["status"] == "at_risk"
    assert (soy["pinned"]["by"], soy["pinned"]["until"]) == ("ann", "2026-04-02T09:00:00+00:00")
    text = people.did(day(3), "status", "soy")
    assert "the program would say: AT RISK (in progress)" in text
    assert "the program would say: AT RISK" in people.did(day(3), "status"), "the table says so too"


def test_a_pin_is_recorded_with_the_cause_person_and_told(people: People) -> None:
    people.did(day(1), *PIN)
    change = people.changes()[-1]
    assert (*notation(change.change), change.cause) == ("in_progress", "in_force", Cause.PERSON)
    _, brief = people.messages()[-1]
    assert brief.first_line.endswith("pins the status as IN FORCE")
    assert brief.sure == "The status is held by a person's pin."
    assert [line.basis for line in brief.evidence] == ["intervention"]


def test_while_a_pin_holds_no_change_of_status_is_recorded(people: People) -> None:
    people.did(day(1), *PIN)
    before = people.changes()
    people.news(CANCELS, day(2))
    assert [change for change in people.changes() if change not in before and change.kind == "status"] == []


def test_a_pin_that_runs_out_is_over_and_the_difference_is_told_once(people: People) -> None:
    people.did(day(1), *PIN, "--until", "2026-03-06")
    people.news(CANCELS, day(2))
    told = len(people.messages())
    people.daemon(day(4.6))
    assert people.status(day(4.6)) == "in_force", "a bare date holds to the end of its day"
    people.daemon(day(5))
    people.daemon(day(6))
    assert people.status(day(6)) == "at_risk"
    change = people.changes()[-1]
    assert (*notation(change.change), change.cause) == ("in_force", "at_risk", Cause.PERSON)
    assert reason_text(change.reason, NONE_DECLARED) == f"the pin to IN FORCE has ended; the program says: {CANCELS}"
    assert len(people.messages()) == told + 1


def test_a_pin_that_runs_out_where_the_program_agrees_is_not_told(people: People) -> None:
    people.did(day(1), "commitment", "pin", "soy", "in progress", "checked", "desk", "--until", "2026-03-06")
    told = people.changes()
    people.daemon(day(5))
    assert people.changes() == told
    assert people.asked(day(5), "status", "soy")[0]["pinned"] is None


def test_unpin_publishes_the_programs_verdict_again(people: People) -> None:
    people.did(day(1), *PIN, "--by", "ann")
    said = people.did(day(2), "commitment", "unpin", "soy", "the papers have it", "--by", "bob")
    assert "unpinned soy, by bob; it was pinned by ann: read the decree" in said
    assert "was IN FORCE, now IN PROGRESS" in said
    assert people.changes()[-1].cause is Cause.PERSON
    assert people.does(day(3), "commitment", "unpin", "soy", "again").exit_code == 2


def test_a_pinned_outlook_leaves_the_standing_to_the_program(people: People) -> None:
    people.did(day(1), "commitment", "pin", "soy", "at risk", "a cable", "desk")
    (soy,) = people.asked(day(1), "status", "soy")
    assert (soy["status"], soy["standing"]) == ("at_risk", "in_progress")
    assert soy["pinned"]["program"]["status"] == "in_progress"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("commitment", "pin", "soy", "met"), "kind standing is never 'met'. Did you mean 'in_force'?"),
        (
            ("commitment", "pin", "soy", "in_fource"),
            "Did you mean 'in_force'? It can be: unpledged, pledged, in_progress, in_force,",
        ),
        (("commitment", "pin", "soy", "steady"), "is never 'steady'"),
        (("commitment", "pin", "syo", "pledged"), "no commitment is called 'syo'; did you mean 'soy'?"),
        (("commitment", "pin", "soy", "pledged", "--until", "2026-03-01"), "1 Mar 2026 23:59 UTC is past"),
        (("commitment", "pin", "soy", "pledged", "--until", "soon"), "'soon' is not a date"),
    ],
)
def test_a_pin_that_cannot_be_is_refused_with_the_remedy(
    people: People, arguments: tuple[str, ...], words: str
) -> None:
    result = people.does(day(1), *arguments, "r", "s")
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
    assert people.asked(day(1), "commitment", "log", "--all") == []


@pytest.mark.parametrize("empty", ["--source"])
def test_a_pin_without_reason_or_source_is_refused(people: People, empty: str) -> None:
    given = {"--reason": "r", "--source": "s", empty: " "}
    options = [part for pair in given.items() for part in pair]
    result = people.does(day(1), "commitment", "pin", "soy", "pledged", *options)
    assert result.exit_code == 2
    assert empty in result.stderr


def test_an_outlook_cannot_be_pinned_on_what_has_ended(people: People) -> None:
    people.did(day(1), "commitment", "pin", "soy", "breached", "r", "s")
    result = people.does(day(2), "commitment", "pin", "soy", "stalled", "r", "s")
    assert result.exit_code == 2
    assert "pin a standing instead" in result.stderr


def test_a_pin_before_anything_ran_is_a_change_of_the_baseline(desk: Desk) -> None:
    people = People(desk)
    people.did(day(0), *PIN)
    assert [(*notation(change.change), change.cause) for change in people.changes()] == [
        ("pledged", "in_force", Cause.PERSON)
    ]


def test_run_goes_by_the_clock(desk: Desk) -> None:
    result = desk.run("--now", "2026-03-02", "run")
    assert result.exit_code == 2
    assert "run goes by the clock" in result.stderr
