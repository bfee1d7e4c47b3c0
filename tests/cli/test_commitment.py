"""`commitment`: a pin holds the published status, a mute silences alerts, and the log lists every intervention."""

from collections.abc import Callable

import pytest

from monitor.domain.model import Cause
from monitor.domain.model.changes import notation
from tests.builders.golden_wording import GoldenWording
from tests.builders.people_over_days import People, day
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import Desk

PIN = ("commitment", "pin", "soy", "in_force", "read the decree", "https://ministry.example/decree", "--by", "ann")
MUTE = ("commitment", "mute", "soy", "figures are being revised", "--until", "2d", "--by", "ann")


@pytest.fixture
def quiet(desk: Desk) -> People:
    """A monitor that has heard nothing yet."""
    desk.hear()
    return People(desk)


@pytest.fixture
def people(desk: Desk) -> People:
    """A monitor that has reported a purchase."""
    desk.hear(BUYS)
    return People(desk)


def test_a_pin_holds_the_status_and_shows_the_verdict_of_the_program(people: People, wording: GoldenWording) -> None:
    wording(people.did(day(1), *PIN))
    change = people.changes()[-1]
    assert (*notation(change.change), change.cause) == ("in_progress", "in_force", Cause.PERSON)
    _, brief = people.messages()[-1]
    assert [line.basis for line in brief.evidence.lines] == ["intervention"]
    recorded = people.changes()
    people.news(CANCELS, day(2))
    assert [change for change in people.changes() if change not in recorded and change.kind == "status"] == []
    (soy,) = people.asked(day(3), "status", "soy")
    assert (soy["status"], soy["standing"], soy["outlook"]) == ("in_force", "in_force", "steady")
    assert soy["pinned"]["program"]["status"] == "at_risk"
    assert (soy["pinned"]["by"], soy["pinned"]["until"]) == ("ann", "2026-04-02T09:00:00+00:00")
    wording(people.did(day(3), "status", "soy"))
    wording(people.did(day(3), "status"))


@pytest.mark.slow
def test_a_difference_at_the_end_of_a_pin_is_sent_once(people: People) -> None:
    people.did(day(1), *PIN, "--until", "2026-03-06")
    people.news(CANCELS, day(2))
    sent = len(people.messages())
    people.daemon(day(4.6))
    assert people.status(day(4.6)) == "in_force", "a date includes its last moment"
    people.daemon(day(5))
    people.daemon(day(6))
    assert people.status(day(6)) == "at_risk"
    change = people.changes()[-1]
    assert (*notation(change.change), change.cause) == ("in_force", "at_risk", Cause.PERSON)
    assert len(people.messages()) == sent + 1


def test_a_pin_that_ends_where_the_program_agrees_changes_nothing(people: People) -> None:
    people.did(day(1), "commitment", "pin", "soy", "in progress", "checked", "desk", "--until", "3d")
    recorded = people.changes()
    people.daemon(day(5))
    assert people.changes() == recorded
    assert people.asked(day(5), "status", "soy")[0]["pinned"] is None


def test_unpin_publishes_the_verdict_of_the_program_again(people: People, wording: GoldenWording) -> None:
    people.did(day(1), *PIN)
    wording(people.did(day(2), "commitment", "unpin", "soy", "the papers have it", "--by", "bob"))
    assert people.changes()[-1].cause is Cause.PERSON
    assert people.does(day(3), "commitment", "unpin", "soy", "again").exit_code == 2


def test_a_pinned_outlook_leaves_the_standing_to_the_program(people: People) -> None:
    people.did(day(1), "commitment", "pin", "soy", "at risk", "a cable", "desk")
    (soy,) = people.asked(day(1), "status", "soy")
    assert (soy["status"], soy["standing"]) == ("at_risk", "in_progress")
    assert soy["pinned"]["program"]["status"] == "in_progress"


def test_a_pin_before_the_first_run_changes_the_baseline(desk: Desk) -> None:
    people = People(desk)
    people.did(day(0), *PIN)
    assert [(*notation(change.change), change.cause) for change in people.changes()] == [
        ("pledged", "in_force", Cause.PERSON)
    ]


def test_an_impossible_pin_is_refused_with_a_remedy(people: People, refused: Callable[..., None]) -> None:
    people.did(day(0.5), "commitment", "pin", "ships", "breached", "r", "s")
    calls = """
        soy met r s; soy in_fource r s; soy steady r s; syo pledged r s; soy pledged ' ' s; soy pledged r ' '
        soy pledged r s --until 2026-03-01; soy pledged r s --until soon; soy pledged r s --until 7; ships stalled r s
    """
    refused(people.does, day(1), "commitment", "pin", calls=calls)
    assert [one["commitment"] for one in people.asked(day(1), "commitment", "log", "--all")] == ["ships"]


def test_a_muted_commitment_is_recorded_and_not_sent(quiet: People, wording: GoldenWording) -> None:
    wording(quiet.did(day(1), *MUTE))
    quiet.news(BUYS, day(2))
    assert [notation(change.change) for change in quiet.changes()] == [("pledged", "in_progress")]
    assert quiet.status(day(2)) == "in_progress"
    assert quiet.messages() == []
    quiet.news(TANKERS, day(2.1))
    assert quiet.kinds("ships") == ["alert"], "other commitments are sent"
    ships, soy = quiet.asked(day(2), "status")
    assert (ships["muted_until"], soy["muted_until"]) == (None, "2026-03-05T09:00:00+00:00")
    wording(line for line in quiet.did(day(2), "status").splitlines() if "muted" in line)
    digest = " ".join(quiet.did(day(2.5), "digest", "preview").split())
    assert "until 5 Mar 2026 09:00 UTC: figures are being revised" in digest


def test_a_difference_at_the_end_of_a_mute_is_sent_once_in_one_message(quiet: People) -> None:
    quiet.did(day(1), *MUTE)
    quiet.news(BUYS, day(2))
    quiet.news(CANCELS, day(2.5))
    quiet.daemon(day(3))
    quiet.daemon(day(3.1))
    ((kind, brief),) = quiet.messages()
    assert kind == "summary"
    assert [change.now for change in brief.changes] == ["now AT RISK"]
    assert CANCELS in [line.quote for line in brief.evidence.lines]


@pytest.mark.slow
def test_changes_that_were_reversed_during_a_mute_are_not_sent(quiet: People) -> None:
    quiet.did(day(1), *MUTE)
    quiet.news(BUYS, day(2), page="https://herald.example/a")
    quiet.news(f"WITHDRAWN: {BUYS}", day(2.5), page="https://herald.example/a")
    assert len(quiet.changes()) == 2
    quiet.daemon(day(3))
    assert quiet.messages() == []


@pytest.mark.slow
def test_evidence_rejected_during_a_mute_is_not_sent(quiet: People) -> None:
    quiet.did(day(1), *MUTE)
    quiet.news(BUYS, day(2))
    quiet.did(day(2.5), "evidence", "reject", quiet.signal(day(2.5)), "barley")
    quiet.daemon(day(3))
    assert quiet.messages() == []


@pytest.mark.slow
def test_unmute_ends_a_mute_early(quiet: People, wording: GoldenWording) -> None:
    quiet.did(day(1), *MUTE)
    quiet.news(BUYS, day(2))
    wording(quiet.did(day(2.5), "commitment", "unmute", "soy", "out", "--by", "bob"))
    assert quiet.kinds() == ["summary"]
    quiet.daemon(day(3))
    quiet.news(CANCELS, day(5))
    assert quiet.kinds() == ["summary", "alert"], "the planned end has no effect"


@pytest.mark.slow
def test_overlapping_mutes_are_one_silence(quiet: People) -> None:
    quiet.did(day(1), *MUTE)
    quiet.news(BUYS, day(2))
    quiet.did(day(2.5), "commitment", "mute", "s*", "still revised", "--until", "5d")
    quiet.daemon(day(3))
    assert quiet.messages() == []
    quiet.daemon(day(8))
    assert quiet.kinds() == ["summary"]


def test_a_pattern_mutes_all_matching_commitments_and_ends_with_one_message(quiet: People) -> None:
    quiet.did(day(1), "commitment", "mute", "s*", "a summit")
    quiet.news(BUYS, day(2))
    quiet.news(TANKERS, day(3))
    quiet.daemon(day(8))
    ((kind, brief),) = quiet.messages()
    assert kind == "summary"
    assert {change.commitment for change in brief.changes} == {"soy", "ships"}


def test_an_impossible_mute_is_refused_with_a_remedy(quiet: People, refused: Callable[..., None]) -> None:
    quiet.did(day(0.5), "commitment", "mute", "sh*", "r", "--until", "30d")
    calls = (
        "mute syo r; mute x* r; mute soy ' '; mute soy r --until 2026-03-01; unmute soy r; unmute ships r; unmute syo r"
    )
    refused(quiet.does, day(1), "commitment", calls=calls)


def test_the_log_lists_author_end_and_reason_and_marks_ended_ones(quiet: People, wording: GoldenWording) -> None:
    quiet.did(day(1), *MUTE)
    quiet.did(day(1.5), "commitment", "pin", "soy", "at_risk", "a cable", "desk note", "--by", "cy")
    wording(quiet.did(day(2), "commitment", "log", "soy"))
    quiet.did(day(2.5), "commitment", "unmute", "soy", "out", "--by", "bob")
    assert [one["kind"] for one in quiet.asked(day(2.5), "commitment", "log")] == ["pin"]
    assert [(one["kind"], one["in_force"]) for one in quiet.asked(day(2.5), "commitment", "log", "--all")] == [
        ("mute", False),
        ("pin", True),
        ("unmute", False),
    ]
    wording(quiet.did(day(2.5), "commitment", "log", "--all"))
    wording(quiet.did(day(2.5), "commitment", "log", "ships"))
