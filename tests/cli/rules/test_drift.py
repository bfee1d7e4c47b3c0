"""`rules drift` tells an author where the rules no longer fit the news, and what to read next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.builders.rules_folder import write
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.story_lines import saved, story
from tests.builders.working_folder import Desk, command, objects

PLAN = "China plans a bigger port for soybeans"


def lines(result: Result, what: str) -> list[dict[str, Any]]:
    return [line for line in objects(result.stdout) if line["what"] == what]


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return saved(
        tmp_path,
        story("a", "2026-01-02T09:00:00Z", "China buys soybeans from two states"),
        story("b", "2026-02-02T09:00:00Z", PLAN),
        story("c", "2026-02-09T09:00:00Z", "Argentina sells wheat to Egypt"),
    )


def test_hits_and_shares_are_shown_by_month(small_rules: Path, told: Path) -> None:
    result = command("rules", "drift", small_rules, "--stories", told, "--only", "soy")
    assert result.exit_code == 0, result.stderr
    heading, hits, share, none = (line.split() for line in result.stdout.splitlines()[2:6])
    assert heading == ["soy", "Jan", "26", "Feb", "26"]
    assert hits == ["hits", "1", "1"]
    assert share == ["of", "all", "stories", "100.00%", "50.00%"]
    assert none == ["none", "among", "hits", "0%", "100%"]
    assert "1 rule never fired" in result.stdout


def test_as_json_months_stories_and_rules_are_lines(small_rules: Path, told: Path) -> None:
    result = command("rules", "drift", small_rules, "--stories", told, "--only", "soy", "--reading", "5", "--json")
    assert [(m["month"], m["stories"], m["hits"], m["none"]) for m in lines(result, "month")] == [
        ("2026-01", 1, 1, 0),
        ("2026-02", 2, 1, 1),
    ]
    assert [hit["id"] for hit in lines(result, "hit")] == ["b", "a"]
    assert [rule["rule"] for rule in lines(result, "rule")] == ["soy/cancelled"]
    assert lines(result, "rule")[0]["path"] == "rules/deal/soy.yaml"
    assert objects(result.stdout)[-1] == {
        "what": "summary",
        "stories": 3,
        "unfired": 1,
        "exclusions": 0,
        "never": 0,
        "once": 0,
    }


def test_stories_that_were_read_make_room_for_others(small_rules: Path, told: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "read.txt"
    ledger.write_text("# read by the desk\nb and a remark\n", encoding="utf-8")
    arguments = ("rules", "drift", small_rules, "--stories", told, "--reading", "1", "--read-file", ledger)
    first = command(*arguments, "--mark-read")
    assert "China buys soybeans from two states" in first.stdout
    assert "1 story noted as read" in first.stderr
    assert ledger.read_text(encoding="utf-8") == "# read by the desk\nb and a remark\na\n"
    assert "newest hits" not in command(*arguments).stdout


def test_exclusions_that_do_little_are_counted_and_named_on_demand(tmp_path: Path) -> None:
    rules = write(tmp_path)
    told = saved(
        tmp_path,
        story("a", "2026-01-02T09:00:00Z", "China turns to Brazil for soybeans"),
        story("b", "2026-01-03T09:00:00Z", "China books six cargoes of soybeans"),
    )
    short = command("rules", "drift", rules, "--stories", told)
    assert "3 exclusions: fires on one title only: 33% (1), on none: 67% (2)" in short.stdout
    assert "Brazil" not in short.stdout
    whole = command("rules", "drift", rules, "--stories", told, "--all")
    assert "rules/deal/beans.yaml:18  not  (Brazil*|巴西)" in whole.stdout
    assert "China turns to Brazil for soybeans" in whole.stdout


def test_the_stories_of_the_database_are_looked_at_by_default(desk: Desk) -> None:
    desk.hear(BUYS, CANCELS)
    whole = desk.run("rules", "drift", "--json")
    assert [m["hits"] for m in lines(whole, "month") if m["commitment"] == "soy"] == [2]
    part = desk.run("rules", "drift", "--json", "--since", "90m")
    assert part.exit_code == 2, "minutes are no span"
    part = desk.run("rules", "drift", "--json", "--since", "1h", "--now", "2026-03-02T11:30Z")
    assert [m["hits"] for m in lines(part, "month") if m["commitment"] == "soy"] == [1]


def test_without_stories_there_is_no_table_but_what_to_do(desk: Desk) -> None:
    for options in ((), ("--json",)):
        result = desk.run("rules", "drift", *options)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "no stories: poll the feeds first" in result.stderr
        assert "--stories FILE" in result.stderr


def test_an_unknown_commitment_is_answered_with_the_known_ones(small_rules: Path, told: Path) -> None:
    result = command("rules", "drift", small_rules, "--stories", told, "--only", "corn*")
    assert result.exit_code == 2
    assert "ships, soy" in result.stderr
