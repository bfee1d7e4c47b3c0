"""`mute` silences alerts and nothing else; what differs when it ends is told once."""

from __future__ import annotations

import pytest

from monitor.domain.model.notation import notation
from tests.builders.people_over_days import People, day
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import Desk

MUTE = ("commitment", "mute", "soy", "--until", "2d", "figures are being revised", "--by", "ann")


@pytest.fixture
def people(desk: Desk) -> People:
    desk.hear()
    return People(desk)


def test_a_muted_commitment_is_recorded_and_not_told(people: People) -> None:
    assert "muted soy until 5 Mar 2026 09:00 UTC, by ann" in people.did(day(1), *MUTE)
    people.news(BUYS, day(2))
    assert [notation(change.change) for change in people.changes()] == [("pledged", "in_progress")]
    assert people.status(day(2)) == "in_progress"
    assert people.messages() == []
    people.news(TANKERS, day(2.1))
    assert people.kinds("ships") == ["alert"], "others are told"


def test_the_digest_carries_muted_changes_and_says_until_when(people: People) -> None:
    people.did(day(1), *MUTE)
    people.news(BUYS, day(2))
    text = " ".join(people.did(day(2.5), "digest", "preview").split())
    assert "was PLEDGED, now IN PROGRESS" in text
    assert "alerts muted until 5 Mar 2026 09:00 UTC: figures are being revised" in text


def test_status_says_until_when_a_commitment_is_muted(people: People) -> None:
    people.did(day(1), *MUTE)
    ships, soy = people.asked(day(2), "status")
    assert (ships["muted_until"], soy["muted_until"]) == (None, "2026-03-05T09:00:00+00:00")
    assert "soy: muted until 5 Mar 2026 09:00 UTC: figures are being revised (ann)" in people.did(day(2), "status")


def test_what_differs_when_a_mute_ends_is_told_once_in_one_message(people: People) -> None:
    people.did(day(1), *MUTE)
    people.news(BUYS, day(2))
    people.news(CANCELS, day(2.5))
    people.daemon(day(3))
    people.daemon(day(3.1))
    ((kind, brief),) = people.messages()
    assert kind == "summary"
    assert [(change.was, change.now) for change in brief.changes] == [("PLEDGED", "AT RISK")]
    assert brief.note == (
        "Muted from 3 March 2026 until now: figures are being revised (ann). 2 changes were recorded meanwhile; "
        "this is what differs from what was told before."
    )
    assert CANCELS in [line.quote for line in brief.evidence]


def test_what_came_and_went_during_a_mute_is_not_told(people: People) -> None:
    people.did(day(1), *MUTE)
    people.news(BUYS, day(2), page="https://herald.example/a")
    people.news(f"WITHDRAWN: {BUYS}", day(2.5), page="https://herald.example/a")
    assert len(people.changes()) == 2
    people.daemon(day(3))
    assert people.messages() == []


def test_a_change_in_the_first_hours_of_a_long_mute_is_told_though_it_is_old_by_then(people: People) -> None:
    people.did(day(1), "commitment", "mute", "soy", "--until", "3w", "r")
    people.news(BUYS, day(1.1))
    people.daemon(day(22))
    assert people.kinds() == ["summary"]


def test_unmute_ends_it_before_its_time(people: People) -> None:
    people.did(day(1), *MUTE)
    people.news(BUYS, day(2))
    said = people.did(day(2.5), "commitment", "unmute", "soy", "out", "--by", "bob")
    assert "unmuted soy, by bob; it was muted: figures are being revised" in said
    assert people.kinds() == ["summary"]
    people.daemon(day(3))
    people.news(CANCELS, day(5))
    assert people.kinds() == ["summary", "alert"], "the end that no longer counts tells nothing"


def test_mutes_that_overlap_are_one_silence(people: People) -> None:
    people.did(day(1), *MUTE)
    people.news(BUYS, day(2))
    people.did(day(2.5), "commitment", "mute", "s*", "--until", "5d", "still revised")
    people.daemon(day(3))
    assert people.messages() == []
    people.daemon(day(8))
    ((_, brief),) = people.messages()
    assert brief.note.startswith("Muted from 3 March 2026 until now")


def test_a_pattern_mutes_all_that_it_fits_and_its_end_is_one_message(people: People) -> None:
    assert "muted ships, soy until" in people.did(day(1), "commitment", "mute", "s*", "a summit")
    people.news(BUYS, day(2))
    people.news(TANKERS, day(3))
    people.daemon(day(8))
    ((kind, brief),) = people.messages()
    assert kind == "summary"
    assert {change.commitment for change in brief.changes} == {"soy", "ships"}


def test_what_is_rejected_during_a_mute_is_not_told_at_its_end(people: People) -> None:
    people.did(day(1), *MUTE)
    people.news(BUYS, day(2))
    people.did(day(2.5), "evidence", "reject", people.signal(day(2.5)), "barley")
    people.daemon(day(3))
    assert people.messages() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("commitment", "mute", "syo"), "did you mean 'soy'?"),
        (("commitment", "mute", "x*"), "no commitment is called 'x*'"),
        (("commitment", "mute", "soy", "--until", "7"), "'7' is not a length of time such as 12h, 7d or 2w"),
        (("commitment", "mute", "soy", "--until", "7d", "--until", "2026-04-01"), "by --until, or the length by --for"),
        (("commitment", "mute", "soy", "--until", "2026-03-01"), "is past"),
        (("commitment", "unmute", "soy"), "soy is not muted; deal-monitor commitment log shows what is"),
    ],
)
def test_a_mute_that_cannot_be_is_refused_with_the_remedy(
    people: People, arguments: tuple[str, ...], words: str
) -> None:
    result = people.does(day(1), *arguments, "r")
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_one_of_a_muted_pattern_cannot_be_unmuted_alone(people: People) -> None:
    people.did(day(1), "commitment", "mute", "s*", "r")
    result = people.does(day(2), "commitment", "unmute", "soy", "r")
    assert result.exit_code == 2
    assert "muted by the pattern 's*': unmute 's*'" in " ".join(result.stderr.split())


def test_acts_lists_who_did_what_until_when_and_what_is_over(people: People) -> None:
    people.did(day(1), *MUTE)
    people.did(day(1.5), "commitment", "pin", "soy", "at_risk", "a cable", "desk note", "--by", "cy")
    assert people.did(day(2), "commitment", "log").splitlines() == [
        line for line in people.did(day(2), "commitment", "log", "--all").splitlines() if "over" not in line
    ]
    text = people.did(day(2), "commitment", "log", "soy")
    assert "mute soy, by ann, until 5 Mar 2026 09:00 UTC: figures are being revised" in text
    assert "pin soy as AT RISK, by cy, until 2 Apr 2026 21:00 UTC: a cable (desk note)" in text
    people.did(day(2.5), "commitment", "unmute", "soy", "out", "--by", "bob")
    assert [act["kind"] for act in people.asked(day(2.5), "commitment", "log")] == ["commitment", "pin"]
    assert [(act["kind"], act["in_force"]) for act in people.asked(day(2.5), "commitment", "log", "--all")] == [
        ("mute", False),
        ("pin", True),
        ("unmute", False),
    ]
    assert people.did(day(2.5), "commitment", "log", "ships") == "no intervention of a person is in force\n"
