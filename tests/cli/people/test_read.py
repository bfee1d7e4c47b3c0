"""`read`: a person's reading outranks model and rules, is decided on at once, and can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.domain.model import Cause
from monitor.domain.model.notation import notation
from monitor.store import stories
from tests.builders.people_over_days import People, day
from tests.builders.reading_desk import model_reads, short, story_of
from tests.builders.reading_values import read
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import Desk

PLAIN = "Soybeans of Iowa find their way to Dalian"


@pytest.fixture
def people(desk: Desk) -> People:
    """A purchase that was told, and a report that the rules see nothing in."""
    desk.hear(BUYS, PLAIN)
    return People(desk)


def listed(people: People, moment: float) -> list[str]:
    return [item["title"] for item in people.asked(day(moment), "inbox", "list")]


def test_what_a_person_reads_is_a_signal_and_decided_at_once(people: People) -> None:
    said = people.did(
        day(1), "inbox", "record", short(people, PLAIN), "soy=setback", "--reason", "the mills say so", "--by", "ann"
    )
    assert f"read “{PLAIN}” (Herald Wire, 2 Mar 2026), by ann" in said
    assert f"soy: setback “{PLAIN}”" in said
    assert "recorded: status in_progress -> at_risk, cause news" in said
    assert people.kinds()[-1] == "alert"
    (signal,) = people.asked(day(1), "evidence", "list", "soy", "--effect", "setback")
    assert (signal["rule"], signal["person"]["by"], signal["person"]["why"]) == (
        "soy/person",
        "ann",
        "the mills say so",
    )
    assert "text read by ann, 3 Mar 2026 09:00 UTC: the mills say so" in people.did(day(1), "evidence", "list", "soy")


def test_a_report_that_is_about_nothing_is_corrected_where_it_was_told(people: People) -> None:
    said = people.did(day(1), "inbox", "record", short(people, BUYS), "none", "--by", "ann")
    assert "about no commitment" in said
    assert "no longer: soy progress (soy/bought)" in said
    change = people.changes()[-1]
    assert (*notation(change.change), change.cause) == ("in_progress", "pledged", Cause.CORRECTION)
    assert people.status(day(1)) == "pledged"
    assert people.asked(day(1), "evidence", "list", "soy") == []


def test_a_text_that_a_person_has_read_leaves_the_inbox_until_that_is_taken_back(people: People) -> None:
    assert listed(people, 1) == [PLAIN]
    people.did(day(1), "inbox", "record", short(people, PLAIN), "none")
    assert listed(people, 1) == []
    assert "taken back, by bob: what ann read in" in _undone(people)
    assert listed(people, 1) == [PLAIN]


def _undone(people: People) -> str:
    people.did(day(1.1), "inbox", "record", short(people, PLAIN), "soy=setback", "--by", "ann")
    people.did(day(1.2), "inbox", "record", short(people, PLAIN), "soy=threat", "--by", "ann")
    said = people.did(day(1.3), "inbox", "record", short(people, PLAIN), "--undo", "--by", "bob")
    assert people.status(day(1.3)) == "in_progress"
    assert people.asked(day(1.3), "evidence", "list", "soy", "--effect", "setback") == []
    return said.replace("root, ", "")


def test_a_reading_outranks_the_model_in_every_mode(people: People) -> None:
    model_reads(people, BUYS, read("soy", "progress", "buys"))
    for mode in ("leads", "confirms", "off"):
        policy = people.desk.folder / "rules" / "policy.yaml"
        policy.write_text(f"{{press_origins: 1, outlook_origins: 1, reader: {mode}}}", encoding="utf-8")
        people.did(day(1), "inbox", "record", short(people, BUYS), "soy=breach", "--quote", "China buys")
        assert [one["effect"] for one in people.asked(day(1), "evidence", "list", "soy")] == ["breach"], mode


def test_a_reading_outlives_an_edit_of_the_rules_and_a_later_text_is_read_anew(people: People) -> None:
    people.news(CANCELS, day(1), page="https://herald.example/c")
    people.did(day(1.1), "inbox", "record", short(people, CANCELS), "soy=none")
    path = people.desk.folder / "rules" / "deal" / "soy.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("any: [cancels]", "any: [cancels, drops]"), encoding="utf-8"
    )
    people.daemon(day(2))
    assert people.asked(day(2), "evidence", "list", "soy", "--effect", "setback") == []
    people.news(CANCELS.replace("three", "four"), day(3), page="https://herald.example/c")
    assert len(people.asked(day(3), "evidence", "list", "soy", "--effect", "setback")) == 1


@pytest.mark.parametrize(
    ("whose", "effect", "says"), [("model", "threat", "cn"), ("rules", "progress", "press")], ids=["model", "rules"]
)
def test_what_the_model_or_the_rules_read_can_be_taken_over(people: People, whose: str, effect: str, says: str) -> None:
    model_reads(people, BUYS, read("soy", "threat", "two cargoes", "cn"))
    (answer,) = people.asked(day(1), "inbox", "record", short(people, BUYS), whose)
    assert [(m["commitment"], m["effect"], m["says"]) for m in answer["matches"]] == [("soy", effect, says)]


def test_the_quote_is_the_sentence_of_whoever_reads_the_same(people: People) -> None:
    model_reads(people, BUYS, read("soy", "threat", "two cargoes", "cn"))

    def quoted(*words: str) -> tuple[str, str]:
        (answer,) = people.asked(day(1), "inbox", "record", short(people, BUYS), *words)
        (match,) = answer["matches"]
        return match["quote"], match["says"]

    assert quoted("soy=threat") == ("two cargoes", "cn")
    assert quoted("soy=progress") == (BUYS, "press")
    assert quoted("ships=progress") == (BUYS, "press")
    assert quoted("soy=threat", "--quote", "from the United States", "--says", "us") == ("from the United States", "us")


def test_names_may_be_cut_to_what_means_one_thing_only(people: People) -> None:
    (answer,) = people.asked(day(1), "inbox", "record", short(people, BUYS), "so=setb", "sh=no")
    assert [(m["commitment"], m["effect"]) for m in answer["matches"]] == [("soy", "setback"), ("ships", "none")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sou=pledge"], "did you mean 'soy'?"),
        (["s=pledge"], "several begin with 's': ships, soy"),
        (["soy=plege"], "did you mean 'pledge'?"),
        (["soy=de"], "several effects begin with 'de': delivered, deadline"),
        (["soy=pledge", "soy=none"], "soy is named twice"),
        (["soy"], "write soy=EFFECT"),
        (["soy=pledge", "--quote", "china  buys"], "did you mean 'China buys'?"),
        (["soy=pledge", "--quote", "Brazil buys"], "The title is: China buys two cargoes"),
        (["soy=pledge", "none"], "say what the story reports"),
        ([], "say what the story reports"),
        (["model"], "no model has read this story"),
        (["none", "--text", "x"], "--text belongs to --example"),
        (["none", "--quote", "x"], "--quote belongs to"),
        (["--undo", "--example", "soy/bought"], "makes no example"),
        (["--undo"], "no person has read this story"),
        (["none", "--out", "readings.jsonl"], "it says nothing of one story"),
        (["none", "--example", "soy/bougth"], "did you mean 'soy/bought'?"),
    ],
)
def test_what_cannot_be_used_is_answered_with_what_is_right_and_stores_nothing(
    people: People, words: list[str], said: str
) -> None:
    result = people.does(day(1), "inbox", "record", short(people, BUYS), *words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert people.asked(day(1), "commitment", "log", "--all") == []


@pytest.mark.parametrize("start", ["zz", "", "%", "0" * 40])
def test_what_no_story_is_called_is_answered_with_where_to_look(people: People, start: str) -> None:
    result = people.does(day(1), "inbox", "record", start, "none")
    assert result.exit_code == 2
    assert f"begins with {start!r}; deal-monitor inbox list shows those" in " ".join(result.stderr.split())


def test_a_beginning_that_several_stories_share_hits_none_of_them(people: People) -> None:
    known = story_of(people, BUYS)
    twin = replace(known, id=known.id[:6] + "0" * 10, title=TANKERS)
    with people.desk.opened() as app, app.store.begin() as conn:
        stories.save(conn, {twin.id: twin}, ())
    result = people.does(day(1), "inbox", "record", known.id[:6].upper(), "none")
    assert result.exit_code == 2
    assert "2 stories or more begin with" in result.stderr
    assert f"{short(people, BUYS)}  {BUYS}" in result.stderr
    people.did(day(1), "inbox", "record", short(people, BUYS), "none")
    assert people.asked(day(1), "commitment", "log")[0]["subject"] == known.id


def test_acts_lists_readings_with_who_when_and_why(people: People) -> None:
    people.did(
        day(1), "inbox", "record", short(people, PLAIN), "soy=setback", "--reason", "the mills say so", "--by", "ann"
    )
    line = people.did(day(2), "commitment", "log").strip()
    assert line.startswith("3 Mar 2026 09:00 UTC  read ")
    assert line.endswith(f"“{PLAIN}” as soy setback, by ann: the mills say so")
    assert people.asked(day(2), "commitment", "log", "ships") == []
    people.did(day(2), "inbox", "record", short(people, PLAIN), "--undo", "--by", "bob")
    assert "no intervention of a person is in force" in people.did(day(3), "commitment", "log")
    read_act, back = people.asked(day(3), "commitment", "log", "soy", "--all")
    assert (read_act["kind"], read_act["in_force"], read_act["read"][0]["effect"]) == ("read", False, "setback")
    assert (back["kind"], back["by"], back["subject"]) == ("unread", "bob", read_act["id"])


def test_a_report_from_before_the_verdicts_checkpoint_is_said_to_move_nothing(people: People) -> None:
    people.news(CANCELS, day(60))
    said = people.did(day(61), "inbox", "record", short(people, PLAIN), "soy=breach")
    assert "soy: the verdict counts what happened after" in said
    assert "no change to record" in said


def test_without_a_terminal_a_story_must_be_named(people: People) -> None:
    result = people.does(day(1), "inbox", "record")
    assert (result.exit_code, "needs a terminal" in result.stderr) == (2, True)
    result = people.does(day(1), "inbox", "record", "none")
    assert (result.exit_code, "name the STORY" in result.stderr) == (2, True)


# ---------------------------------------------------------------- made an example


def test_a_reading_becomes_an_example_in_the_same_step(people: People) -> None:
    path = people.desk.folder / "rules" / "deal" / "soy.examples"
    words = ("--example", "soy/bought", "--text", "Iowa soybeans go to Dalian")
    result = people.does(day(1), "inbox", "record", short(people, PLAIN), "soy=progress", *words)
    assert result.exit_code == 0, result.stderr
    assert "progress | | Iowa soybeans go to Dalian\n" in path.read_text(encoding="utf-8")
    assert "expected progress, got none" in result.stdout
    assert "rules test fails until the rules are changed" in result.stdout
    assert "belongs to its publisher" not in result.stderr
    assert people.desk.run("rules", "test", people.desk.folder / "rules").exit_code == 1


def test_an_example_that_the_rules_read_already_is_said_to_pass(people: People) -> None:
    result = people.does(day(1), "inbox", "record", short(people, BUYS), "rules", "--example", "soy/bought")
    assert "The rules say progress: soy/bought: buys (plain)" in result.stdout
    assert "belongs to its publisher" in result.stderr
    assert people.desk.run("rules", "test", people.desk.folder / "rules").exit_code == 0


def test_nobody_speaks_whom_no_rule_declares(people: People) -> None:
    refused = people.does(day(1), "inbox", "record", short(people, PLAIN), "soy=setback", "--says", "eu")
    assert refused.exit_code == 2
    assert "'eu' is none of: both, cn, company, data, press, us" in refused.stderr
