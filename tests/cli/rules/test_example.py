"""`rules example`: a story or a sentence becomes an example in one step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from monitor.store import stories
from tests.builders.databases import NOW, later
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


def example(rules: Path, *arguments: str | Path) -> Result:
    return command("rules", "example", "--rules", rules, *arguments)


def text_of(rules: Path) -> str:
    """The examples beside the soybeans."""
    path = rules / "deal" / "soy.examples"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_a_sentence_is_added_and_what_the_rules_say_of_it_is_shown(rules: Path) -> None:
    result = example(rules, "soy/bought", "--text", "China buys nine cargoes of soybeans")
    assert result.exit_code == 0
    place, said = result.stdout.splitlines()
    line = text_of(rules).splitlines().index("progress | | China buys nine cargoes of soybeans") + 1
    assert place.startswith(f"{rules / 'deal' / 'soy.examples'}:{line}: ")
    assert said == "The rules say progress: soy/bought: buys (plain)"
    assert result.stderr == ""


def test_a_story_of_a_file_is_added_with_a_word_on_whose_text_it_is(rules: Path, tmp_path: Path) -> None:
    stories = tmp_path / "stories.jsonl"
    stories.write_text(json.dumps(STORY) + "\n", encoding="utf-8")
    result = example(rules, "soy/bought", "--story", "s1", "--stories", stories)
    assert result.exit_code == 0
    assert "progress | | China buys six cargoes of soybeans, it's said\n" in text_of(rules)
    assert "belongs to its publisher" in result.stderr
    assert "--text" in result.stderr


def test_a_story_of_the_database_is_added(desk: Desk) -> None:
    desk.hear(BUYS)
    with desk.opened() as app, app.store.read() as conn:
        (story,) = stories.first_seen_since(conn, NOW)
    result = desk.run(
        "rules", "example", "soy/cancelled", "--story", story.id, "--near-miss", "--rules", desk.folder / "rules"
    )
    assert result.exit_code == 0, result.output
    assert f"none | | {BUYS}\n" in text_of(desk.folder / "rules")


@pytest.mark.parametrize(
    ("pairs", "effect"),
    [(["soy=setback"], "setback"), (["ships=progress"], "not_about"), (["none"], "not_about")],
    ids=["of its commitment", "of another one", "of none"],
)
def test_a_story_that_a_person_has_read_is_an_example_of_what_she_read_in_the_configured_rules(
    desk: Desk, pairs: list[str], effect: str
) -> None:
    desk.hear(BUYS)
    with desk.opened() as app, app.store.read() as conn:
        (story,) = stories.first_seen_since(conn, NOW)
    assert desk.run("--now", later(days=1).isoformat(), "inbox", "record", story.id[:4], *pairs).exit_code == 0
    result = desk.run("rules", "example", "soy/bought", "--story", story.id[:4])
    assert result.exit_code == 0, result.output
    assert f"{effect} | | {BUYS}\n" in text_of(desk.folder / "rules")


def test_own_words_for_a_stored_story_carry_what_was_read_in_it(desk: Desk) -> None:
    desk.hear(BUYS)
    with desk.opened() as app, app.store.read() as conn:
        (story,) = stories.first_seen_since(conn, NOW)
    desk.run("--now", later(days=1).isoformat(), "inbox", "record", story.id, "soy=pledge")
    words = ("--story", story.id, "--text", "Soybeans will go to China", "--rules", desk.folder / "rules")
    result = desk.run("rules", "example", "soy/bought", *words)
    assert "pledge | | Soybeans will go to China\n" in text_of(desk.folder / "rules")
    assert result.stderr == "", "own words belong to nobody else"


def test_a_failing_example_names_the_act_that_came_nearest(rules: Path) -> None:
    path = rules / "deal" / "soy.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("any: [buys]", "any: ['soybeans ..1 buys']", 1), encoding="utf-8"
    )
    result = example(rules, "soy/bought", "--text", "China wants soybeans and so it buys", "--effect", "progress")
    assert "nearest: soy/bought would read progress: soybeans ..1 buys: takes 1 word between, found 3" in result.stdout
    words = ("soy/bought", "--text", "China wants soybeans, and now it buys", "--effect", "progress", "--json")
    (answer,) = objects(example(rules, *words).stdout)
    assert (answer["near_miss"]["rule"], answer["passed"]) == ("soy/bought", False)


def test_an_example_that_fails_now_is_shown_with_the_reason(rules: Path) -> None:
    result = example(rules, "soy/bought", "--text", "China gets soybeans", "--effect", "progress")
    assert result.exit_code == 0
    assert "expected progress, got none" in result.stdout
    assert "rules test fails until the rules are changed" in result.stdout


def test_a_text_that_is_an_example_already_is_refused(rules: Path) -> None:
    before = text_of(rules)
    result = example(rules, "soy/bought", "--text", "China buys soybeans")
    assert result.exit_code == 2
    assert "duplicate_example" in result.stderr
    assert text_of(rules) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["soy/bougth", "--text", "x"], "did you mean 'soy/bought'?"),
        (["soy/about", "--text", "x"], "there is no rule 'soy/about'"),
        (["soy/bought"], "--text, or a story by --story"),
        (["soy/bought", "--text", "x", "--near-miss", "--effect", "progress"], "cannot be progress"),
        (["soy/bought", "--text", "  "], "the text is empty"),
    ],
)
def test_wrong_usage_is_answered_with_what_is_right(rules: Path, arguments: list[str], said: str) -> None:
    before = text_of(rules)
    result = example(rules, *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert text_of(rules) == before


def test_what_the_rule_does_not_read_is_written_with_an_effect_alone(rules: Path) -> None:
    before = text_of(rules)
    other = example(rules, "soy/bought", "--text", "China cancels cargoes of soybeans")
    nobody = example(rules, "soy/bought", "--text", "China hoards soybeans")
    assert (other.exit_code, nobody.exit_code, text_of(rules)) == (2, 2, before)
    assert "soy/bought does not read this text: soy/cancelled reads setback in it" in other.stderr
    assert "no act is read in it, which gives none" in nobody.stderr
    assert "--effect" in nobody.stderr
    assert example(rules, "soy/bought", "--text", "China hoards soybeans", "--effect", "none").exit_code == 0
    assert "none | | China hoards soybeans\n" in text_of(rules)


def test_a_story_that_is_not_there_is_wrong_usage(rules: Path, tmp_path: Path) -> None:
    stories = tmp_path / "stories.jsonl"
    stories.write_text(json.dumps(STORY) + "\n", encoding="utf-8")
    result = example(rules, "soy/bought", "--story", "s2", "--stories", stories)
    assert result.exit_code == 2
    assert "there is no story 's2'" in result.stderr


def test_json_tells_place_and_verdict(rules: Path) -> None:
    words = ("--text", "China plans to buy soybeans", "--effect", "none", "--json")
    (answer,) = objects(example(rules, "soy/bought", *words).stdout)
    assert answer["written"] == "none | | China plans to buy soybeans"
    assert (answer["rule"], answer["expected"], answer["passed"]) == ("soy/bought", "none", True)


def test_a_story_keeps_its_day_where_the_rule_counts_on_some_days_only(rules: Path, tmp_path: Path) -> None:
    soy = rules / "deal" / "soy.yaml"
    dated = "    only_if: {published: {until: 2026-01-31}}\n    any: [buys]"
    soy.write_text(soy.read_text(encoding="utf-8").replace("    any: [buys]", dated, 1), encoding="utf-8")
    told = tmp_path / "stories.jsonl"
    lines = [STORY | {"title": "China buys barges of soybeans"}, STORY | {"id": "s2", "title": "China hoards soybeans"}]
    told.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    example(rules, "soy/bought", "--story", "s1", "--stories", told)
    assert "progress | 2026-01-09 | China buys barges of soybeans\n" in text_of(rules)
    example(rules, "soy/cancelled", "--story", "s2", "--stories", told, "--near-miss")
    assert "none | | China hoards soybeans\n" in text_of(rules)
    assert "--published" not in example(rules, "soy/cancelled", "--text", "China hoards beans").stderr
    assert "--published" in example(rules, "soy/bought", "--text", "China cancels soybeans twice").stderr
    own = example(
        rules, "soy/bought", "--text", "China buys rafts of soybeans", "--published", "2026-02-03", "--near-miss"
    )
    assert "none | 2026-02-03 | China buys rafts of soybeans\n" in text_of(rules)
    assert own.exit_code == 0
