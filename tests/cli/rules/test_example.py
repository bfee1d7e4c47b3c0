"""`rules example`: a story or a sentence becomes an example in one step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from monitor.store import stories
from tests.builders.databases import NOW, later
from tests.builders.golden_wording import GoldenWording
from tests.builders.scenario_folder import lay
from tests.builders.small_rulebook import BUYS
from tests.builders.working_folder import Desk, command, objects

STORY = {
    "id": "s1",
    "published": "2026-01-09T10:00:00Z",
    "source": "Herald Wire",
    "url": "",
    "lang": "en",
    "title": "China buys six cargoes of soybeans, it's said",
    "summary": "Prices rose.",
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return lay(tmp_path)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "stories.jsonl"
    path.write_text(json.dumps(STORY) + "\n", encoding="utf-8")
    return path


def example(rules: Path, *arguments: str | Path) -> Result:
    return command("rules", "example", "--rules", rules, *arguments)


def text_of(rules: Path) -> str:
    """The example file of the soybeans."""
    return (rules / "deal" / "soy.examples").read_text(encoding="utf-8")


def stored(desk: Desk) -> str:
    """The id of a story that a poll has stored."""
    desk.hear(BUYS)
    with desk.reading() as conn:
        (story,) = stories.first_seen_since(conn, NOW)
    return story.id


def test_a_sentence_is_added_and_the_result_is_shown(rules: Path, wording: GoldenWording) -> None:
    result = example(rules, "soy/bought", "China buys nine cargoes of soybeans")
    assert (result.exit_code, result.stderr) == (0, "")
    line = text_of(rules).splitlines().index("progress | | China buys nine cargoes of soybeans") + 1
    assert result.stdout.startswith(f"{rules / 'deal' / 'soy.examples'}:{line}: ")
    wording(result.stdout)


def test_a_story_of_a_file_is_added_with_a_warning_of_its_owner(
    rules: Path, archive: Path, wording: GoldenWording
) -> None:
    result = example(rules, "soy/bought", "s1", "--stories", archive)
    assert result.exit_code == 0
    assert "progress | | China buys six cargoes of soybeans, it's said\n" in text_of(rules)
    wording(result.stderr)


def test_a_story_of_the_database_is_added(desk: Desk) -> None:
    folder = desk.folder / "rules"
    result = desk.run("rules", "example", "soy/cancelled", stored(desk), "--effect", "near-miss", "--rules", folder)
    assert result.exit_code == 0, result.output
    assert f"none | | {BUYS}\n" in text_of(folder)


def test_the_expected_effect_of_a_stored_story_is_the_reading_of_a_person(desk: Desk) -> None:
    story = stored(desk)
    cases = {
        "soybeans": ("soy=setback", "setback"),
        "ships": ("ships=progress", "not_about"),
        "none": ("none", "not_about"),
    }
    for number, (words, (pair, effect)) in enumerate(cases.items(), 1):
        desk.run("--now", later(days=number).isoformat(), "inbox", "record", story[:4], pair)
        result = desk.run("rules", "example", "soy/bought", story[:4], "--text", f"China buys {words} of soybeans")
        assert result.exit_code == 0, result.output
        assert f"{effect} | | China buys {words} of soybeans\n" in text_of(desk.folder / "rules")


def test_own_words_for_a_stored_story_keep_the_reading_and_need_no_warning(desk: Desk) -> None:
    story = stored(desk)
    desk.run("--now", later(days=1).isoformat(), "inbox", "record", story, "soy=pledge")
    result = desk.run("rules", "example", "soy/bought", story, "--text", "Soybeans will go to China")
    assert "pledge | | Soybeans will go to China\n" in text_of(desk.folder / "rules")
    assert result.stderr == ""


def test_a_failing_example_is_kept_and_shows_the_nearest_act(rules: Path, wording: GoldenWording) -> None:
    path = rules / "deal" / "soy.yaml"
    text = path.read_text(encoding="utf-8").replace("any: [buys]", "any: ['soybeans ..1 buys']", 1)
    path.write_text(text, encoding="utf-8")
    result = example(rules, "soy/bought", "China wants soybeans and so it buys", "--effect", "progress")
    assert result.exit_code == 0
    wording(result.stdout)
    words = ("soy/bought", "China wants soybeans, and now it buys", "--effect", "progress", "--json")
    (answer,) = objects(example(rules, *words).stdout)
    assert (answer["near_miss"]["rule"], answer["passed"]) == ("soy/bought", False)


def test_a_mistake_changes_nothing_and_is_reported_with_a_remedy(
    rules: Path, archive: Path, wording: GoldenWording
) -> None:
    before = text_of(rules)
    for arguments in (
        ["soy/bougth", "x y"],
        ["soy/about", "x y"],
        ["soy/bought", "  "],
        ["soy/bought", "s2", "--stories", str(archive)],
        ["soy/bought", "China buys soybeans"],
        ["soy/bought", "China cancels cargoes of soybeans"],
        ["soy/bought", "China hoards soybeans"],
    ):
        result = example(rules, *arguments)
        assert (result.exit_code, text_of(rules)) == (2, before), arguments
        wording(result.stderr)


def test_a_text_that_the_rule_does_not_match_needs_an_effect(rules: Path) -> None:
    assert example(rules, "soy/bought", "China hoards soybeans", "--effect", "none").exit_code == 0
    assert "none | | China hoards soybeans\n" in text_of(rules)


def test_a_story_keeps_its_day_if_the_rule_counts_only_on_some_days(rules: Path) -> None:
    soy = rules / "deal" / "soy.yaml"
    dated = "    only_if: {published: {until: 2026-01-31}}\n    any: [buys]"
    soy.write_text(soy.read_text(encoding="utf-8").replace("    any: [buys]", dated, 1), encoding="utf-8")
    example(rules, "soy/bought", json.dumps(STORY | {"title": "China buys barges of soybeans"}))
    assert "progress | 2026-01-09 | China buys barges of soybeans\n" in text_of(rules)
    example(rules, "soy/cancelled", json.dumps(STORY | {"title": "China hoards soybeans"}), "--effect", "near-miss")
    assert "none | | China hoards soybeans\n" in text_of(rules)
