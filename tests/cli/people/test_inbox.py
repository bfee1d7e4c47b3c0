"""`inbox` lists what wants a person, with who reads what."""

from __future__ import annotations

import pytest

from monitor.cli.rules.story_text import WIDTH, display_width
from tests.builders.people_over_days import People, day
from tests.builders.reading_desk import model_reads, short
from tests.builders.reading_values import read
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import Desk

HAN = "soybeans：中国海关总署公布最新数据，九月份从美国进口大豆数量为零，这是多年来首次出现的情况，市场人士对此表示关注并等待后续消息"
HOSTILE = "soybeans \x1b[31mred\x1b[0m \u202egnp.exe"


@pytest.fixture
def people(desk: Desk) -> People:
    desk.hear(BUYS, TANKERS, HAN, HOSTILE)
    made = People(desk)
    model_reads(made, BUYS, read("soy", "setback", "buys two cargoes", "us"))
    model_reads(made, TANKERS, read("ships", "progress", "buys six tankers"))
    return made


def test_the_inbox_tells_what_rules_and_model_read_and_why_a_story_is_listed(people: People) -> None:
    text = people.did(day(1), "inbox", "list")
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(short(people, BUYS)))
    assert "2 Mar  Herald Wire" in lines[at]
    assert lines[at].endswith("rules and model differ")
    assert lines[at + 1 : at + 4] == [
        f"      {BUYS}",
        "      rules  soy/bought: progress",
        "      model  soy: setback “buys two cargoes”",
    ]
    assert TANKERS not in text, "rules and model read it the same way"
    remark = "To read them: deal-monitor inbox review --days 9, or deal-monitor inbox record ID COMMITMENT=EFFECT."
    below = people.did(day(1), "inbox", "list", "--days", "9").splitlines()[-2:]
    assert " ".join(below) == remark
    assert max(map(len, below)) <= WIDTH


def test_no_line_is_wider_than_the_terminal_and_no_headline_controls_it(people: People) -> None:
    text = people.did(day(1), "inbox", "list")
    assert "大豆数量为零" in "".join(line.strip() for line in text.splitlines())
    assert [line for line in text.splitlines() if display_width(line) > WIDTH] == []
    assert not {"\x1b", "\u202e"} & set(text)


def test_json_has_the_same_for_programs(people: People) -> None:
    found = {item["title"]: item for item in people.asked(day(1), "inbox", "list")}
    item = found[BUYS]
    assert (item["id"], item["why"]) == (short(people, BUYS), "differ")
    assert [(one["rule"], one["effect"]) for one in item["rules"]] == [("soy/bought", "progress")]
    assert (item["model"]["name"], item["model"]["matches"][0]["says"]) == ("qwen3:8b", "us")
    assert found[HAN]["model"] is None


def test_the_list_can_be_narrowed_by_days_commitment_and_number(people: People) -> None:
    def listed(moment: float, *options: str) -> list[str]:
        return [item["title"] for item in people.asked(day(moment), "inbox", "list", *options)]

    assert listed(1, "--limit", "1") == [BUYS], "of one day what may move a verdict is first"
    assert listed(1, "--commitment", "ships") == []
    assert listed(9) == []
    assert BUYS in listed(9, "--days", "10")
    assert "Nothing to read in the last 7 days." in people.did(day(9), "inbox", "list")
    assert "1 more story; --limit 3 lists all." in people.did(day(1), "inbox", "list", "--limit", "2")


def test_a_mistyped_commitment_is_answered_with_the_near_one(people: People) -> None:
    result = people.does(day(1), "inbox", "list", "--commitment", "sou")
    assert result.exit_code == 2
    assert "did you mean 'soy'?" in result.stderr


def test_near_stories_that_nobody_sees_anything_in_are_counted_and_listed_on_request(desk: Desk) -> None:
    desk.hear(CANCELS)
    people = People(desk)
    path = desk.folder / "rules" / "deal" / "soy.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("any: [soybeans]", "any: [soybeans], none: [maize]"), "utf-8"
    )
    people.news("China eats soybeans and maize", day(0.5))
    assert "In 1 near story neither the rules nor a model see anything" in people.did(day(1), "inbox", "list")
    (quiet,) = people.asked(day(1), "inbox", "list", "--all")
    assert (quiet["title"], quiet["why"]) == ("China eats soybeans and maize", "silent")
