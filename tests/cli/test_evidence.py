"""`evidence` lists the signals behind the verdicts, and rejects and restores them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from monitor.domain.model import Cause
from monitor.domain.model.changes import notation
from tests.builders.golden_wording import GoldenWording
from tests.builders.people_over_days import People, day
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import Desk

KEYS = [
    *("id", "commitment", "happened", "effect", "by", "says", "origin", "modality", "outlets", "provenance"),
    *("quote", "rule", "version", "read_by", "cut", "state", "state_since", "why", "verdict_rests_on_it"),
    *("first_seen", "story", "title", "url", "person"),
]


@pytest.fixture
def people(desk: Desk) -> People:
    """Soybeans were bought, then orders cancelled; both were told."""
    desk.hear(BUYS, CANCELS)
    return People(desk)


def rename(people: People, old: str, new: str) -> None:
    """An analyst gives an act another name; the running monitor takes the rules over."""
    rules = people.desk.folder / "rules" / "deal" / "soy.yaml"
    text = rules.read_text(encoding="utf-8")
    assert f"id: {old}" in text
    rules.write_text(text.replace(f"id: {old}", f"id: {new}"), encoding="utf-8")


def test_a_signal_is_listed_with_its_source_its_rule_and_whether_the_verdict_rests_on_it(
    people: People, wording: GoldenWording
) -> None:
    bought, cancelled = people.asked(day(1), "evidence", "list")
    assert list(bought) == KEYS
    assert (bought["effect"], bought["by"], bought["outlets"]) == ("progress", "cn", ["Herald Wire"])
    assert (bought["quote"], bought["rule"], bought["state"]) == (BUYS, "soy/bought", "live")
    assert [one["verdict_rests_on_it"] for one in (bought, cancelled)] == [True, True]
    wording(
        people.did(day(1), "evidence", "list", "soy"),
        hide={bought["version"]: "VERSION", cancelled["version"]: "OTHER"},
    )


def test_a_text_that_was_read_in_part_says_so_here_and_in_explain(desk: Desk) -> None:
    desk.hear(f"{BUYS}. {'Yes. ' * 4_000}")
    people = People(desk)
    (signal,) = people.asked(day(1), "evidence", "list")
    (cut,) = signal["cut"]
    assert re.fullmatch(r"only the first 5,0\d\d of 20,0\d\d characters of the title are read", cut)
    assert cut in people.did(day(1), "evidence", "list")
    assert cut in desk.run("rules", "explain", signal["story"]).stdout


def test_a_list_can_be_narrowed_by_commitment_effect_and_time(people: People) -> None:
    def listed(*options: str) -> list[str]:
        return [one["effect"] for one in people.asked(day(1), "evidence", "list", *options)]

    assert listed("ships") == []
    assert listed("soy", "--effect", "setback") == ["setback"]
    assert listed("--since", "2026-03-02T10:30") == ["setback"]
    assert listed("--until", "2026-03-02T10:30") == ["progress"]
    assert listed("--until", "2026-03-02") == ["progress", "setback"]


def test_what_a_publisher_edited_away_is_shown_only_when_asked_for_and_says_why(people: People) -> None:
    people.news("China keeps its orders of soybeans", day(1), page="https://herald.example/2")
    assert [one["effect"] for one in people.asked(day(2), "evidence", "list")] == ["progress"]
    dead = people.asked(day(2), "evidence", "list", "--all", "--effect", "setback")
    assert [(one["state"], one["why"]) for one in dead] == [("dead", "revised")]


def test_a_rejection_counts_at_once_and_corrects_in_the_thread(people: People, wording: GoldenWording) -> None:
    setback = people.signal(day(1), "setback")
    said = people.did(day(1), "evidence", "reject", setback, "last year's orders", "--by", "ann")
    wording(said, hide={setback: "SIGNAL"})
    change = people.changes()[-1]
    assert (*notation(change.change), change.cause) == ("at_risk", "in_progress", Cause.CORRECTION)
    kind, brief = people.messages()[-1]
    assert (kind, brief.commitment) == ("correction", "soy"), "the thread is the commitment's"
    (one,) = people.asked(day(2), "evidence", "list", "--effect", "setback")
    assert (one["state"], one["verdict_rests_on_it"]) == ("rejected", False)
    assert one["why"] == "rejected by ann: last year's orders"


def test_a_rejection_survives_an_edit_that_renames_the_rule(people: People) -> None:
    setback = people.signal(day(1), "setback")
    people.did(day(1), "evidence", "reject", setback, "last year's")
    rename(people, "cancelled", "called-off")
    people.daemon(day(2))
    (one,) = people.asked(day(2), "evidence", "list", "--effect", "setback")
    assert one["rule"] == "soy/called-off"
    assert one["id"] != setback
    assert one["state"] == "rejected"
    assert people.status(day(2)) == "in_progress"


def test_a_rejection_survives_an_edit_elsewhere_in_the_text_and_not_one_of_the_sentence(people: People) -> None:
    setback = people.signal(day(1), "setback")
    people.did(day(1), "evidence", "reject", setback, "last year's")
    people.news(CANCELS, day(2), page="https://herald.example/2", summary="Updated with a map.")
    assert people.status(day(2.5)) == "in_progress"
    people.news(CANCELS.replace("three", "nine"), day(3), page="https://herald.example/2")
    assert people.status(day(3.5)) == "at_risk"


def test_a_restored_signal_counts_again_also_under_another_rules_name(people: People) -> None:
    people.did(day(1), "evidence", "reject", people.signal(day(1), "setback"), "last year's")
    rename(people, "cancelled", "called-off")
    people.daemon(day(2))
    renamed = people.signal(day(2), "setback")
    assert renamed in people.did(day(3), "evidence", "restore", renamed[:8], "this year's after all", "--by", "bob")
    assert people.status(day(3)) == "at_risk"
    assert people.asked(day(3), "commitment", "log") == []
    assert people.changes()[-1].cause is Cause.PERSON


def test_what_has_left_the_live_window_can_be_rejected_and_restored_too(desk: Desk) -> None:
    desk.hear(BUYS)
    people = People(desk)
    people.news(CANCELS, day(70))
    bought = people.signal(day(80))
    people.did(day(80), "evidence", "reject", bought, "barley")
    (soy,) = people.asked(day(80), "status", "soy")
    assert (soy["standing"], soy["outlook"]) == ("pledged", "at_risk")
    people.did(day(81), "evidence", "restore", bought, "soy after all")
    (soy,) = people.asked(day(81), "status", "soy")
    assert (soy["standing"], soy["outlook"]) == ("in_progress", "at_risk")


def test_a_rejection_offers_the_line_of_a_near_miss(people: People) -> None:
    said = people.did(day(1), "evidence", "reject", people.signal(day(1), "setback"), "last year's")
    section, line = (text.strip() for text in said.splitlines()[-2:])
    examples = people.desk.folder / "rules" / "deal" / "soy.examples"
    text = examples.read_text(encoding="utf-8")
    assert section in text
    examples.write_text(text.replace(section, f"{section}\n{line}"), encoding="utf-8")
    tested = people.does(day(1), "rules", "test", people.desk.folder / "rules")
    assert (tested.exit_code, f"text:    {CANCELS}" in tested.stdout) == (1, True), "until the rule is changed"


def test_an_unusable_id_or_reason_is_refused_with_a_remedy(people: People, refused: Callable[..., None]) -> None:
    hide = {(setback := people.signal(day(1), "setback")): "SIGNAL"}
    for command in ("reject", "restore"):
        refused(people.does, day(1), "evidence", command, calls=f"zzz r; '' r; {setback} ' '", hide=hide)
    people.did(day(1), "evidence", "reject", setback, "last year's", "--by", "ann")
    refused(people.does, day(2), "evidence", calls=f"reject {setback} r", hide=hide)


def test_the_beginning_of_an_id_must_be_of_one_signal(desk: Desk) -> None:
    desk.hear(*(f"China buys {number + 20} cargoes of soybeans from the United States" for number in range(17)))
    people = People(desk)
    ids = [one["id"] for one in people.asked(day(3), "evidence", "list", "soy")]
    first = next(letter for letter in "0123456789abcdef" if sum(key.startswith(letter) for key in ids) > 1)
    result = people.does(day(3), "evidence", "reject", first, "r")
    assert result.exit_code == 2
    assert f"{first!r}: " in result.stderr
