"""`rules drift` shows where readers and rules differ, of an archive and of the database; `rules suggest` finds words."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from monitor.store import readings, stories
from tests.builders.databases import NOW
from tests.builders.reading_values import person, read, reading
from tests.builders.scenario_folder import lay
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.story_lines import saved, story
from tests.builders.working_folder import Desk, command, objects

SNAPS = "China snaps up cargoes of soybeans"


def recorded(folder: Path, **effects: str | None) -> Path:
    """Readings of story lines: line -> effect of soy, None where it was read as about nothing."""
    rows = [
        {"id": line, "matches": [{"commitment": "soy", "effect": e, "says": "press", "quote": "soybeans"}] if e else []}
        for line, e in effects.items()
    ]
    return saved(folder, *map(json.dumps, rows), name="readings.jsonl")


@pytest.fixture
def archive(tmp_path: Path) -> tuple[Path, Path]:
    told = saved(
        tmp_path,
        story("a", "2026-01-09T10:00:00Z", BUYS),
        story("b", "2026-02-09T10:00:00Z", CANCELS),
        story("c", "2026-02-10T10:00:00Z", SNAPS),
        story("d", "2026-02-11T10:00:00Z", "China snaps up soybeans again"),
        story("e", "2026-02-12T10:00:00Z", "China buys soybeans unread"),
    )
    return told, recorded(tmp_path, a="progress", b=None, c="progress", d="progress")


def test_an_archive_with_recorded_readings_shows_counts_months_and_what_tells_most(
    small_rules: Path, archive: tuple[Path, Path]
) -> None:
    told, read_too = archive
    result = command("rules", "drift", small_rules, "--readers", "--stories", told, "--readings", read_too)
    assert result.exit_code == 0, result.stderr
    text = " ".join(result.stdout.split())
    assert "Where the model and the rules differ: 4 stories read by both" in text
    assert "Of 3 stories that the model reads as about Soybeans the rules read 1 the same way and 2 otherwise" in text
    assert "2026-01 2026-02 soy 100% 0%" in text
    assert "soy/cancelled: 1 not about it" in text
    assert max(len(line) for line in result.stdout.splitlines() if "deal-monitor" not in line) <= 80


def test_the_command_of_an_archive_line_makes_it_an_example(tmp_path: Path, archive: tuple[Path, Path]) -> None:
    told, read_too = archive
    rules = lay(tmp_path)
    shown = command("rules", "drift", rules, "--readers", "--stories", told, "--readings", read_too, "--json")
    named = [line for line in objects(shown.stdout) if line["what"] == "readers_story"]
    assert {line["id"]: (line["rule"], line["effect"]) for line in named} == {
        "b": ("soy/cancelled", None),
        "c": ("soy/about", "progress"),
        "d": ("soy/about", "progress"),
    }
    for line, effect in ((named[0], "progress"), (named[-1], "not_about")):
        words = shlex.split(line["command"])
        assert words[0] == "deal-monitor"
        made = command(*words[1:], "--json")
        assert made.exit_code == 0, made.stderr
        assert json.loads(made.stdout)["expected"] == effect


def test_without_the_option_they_stand_at_the_end_and_only_where_somebody_has_read(
    small_rules: Path, archive: tuple[Path, Path]
) -> None:
    told, read_too = archive
    without = command("rules", "drift", small_rules, "--stories", told)
    whole = command("rules", "drift", small_rules, "--stories", told, "--readings", read_too)
    assert "the model" not in without.stdout
    assert whole.stdout.startswith(without.stdout)
    nothing = command("rules", "drift", small_rules, "--stories", told, "--readers")
    assert nothing.stdout == "Nobody has read any of these stories beside the rules\n"


def test_stored_readings_are_compared_and_the_command_records_a_reading_and_an_example(desk: Desk) -> None:
    desk.hear(BUYS, CANCELS)
    with desk.opened() as app, app.store.begin() as conn:
        bought, cancelled = stories.first_seen_since(conn, NOW)
        said = [
            reading(read("soy", "pledge", "buys two cargoes"), text=bought.revision),
            person(text=cancelled.revision),
        ]
        readings.save(conn, said)
        assert [story.id for story, _ in readings.read_stories(conn, NOW)] == [bought.id, cancelled.id]
        assert [story.id for story, _ in readings.read_stories(conn, NOW, cancelled.seen_at)] == [bought.id]
    result = desk.run("rules", "drift", "--readers", "--json")
    assert result.exit_code == 0, result.stderr
    lines = objects(result.stdout)
    assert lines[0] | {"share": None} == {
        "what": "readers",
        "texts": 2,
        "kinds": ["model", "person"],
        "same": 0,
        "other_effect": 1,
        "reader_alone": 0,
        "rule_alone": 1,
        "share": None,
    }
    commands = {line["command"] for line in lines if line["what"] == "readers_story"}
    assert commands == {
        f"deal-monitor inbox record {bought.id} soy=pledge",
        f"deal-monitor inbox record {cancelled.id} none",
    }


def test_recorded_readings_want_the_stories_they_belong_to(desk: Desk, archive: tuple[Path, Path]) -> None:
    result = desk.run("rules", "drift", "--readings", archive[1])
    assert result.exit_code == 2
    assert "--stories" in result.stderr


def test_suggest_prints_words_with_titles_and_how_to_try_one(small_rules: Path, archive: tuple[Path, Path]) -> None:
    told, read_too = archive
    arguments = ("rules", "suggest", "soy/bought", "--stories", told, "--readings", read_too, "--rules", small_rules)
    result = command(*arguments)
    assert result.exit_code == 0, result.stderr
    assert f"deal-monitor rules diff --file {small_rules / 'deal' / 'soy.yaml'} --stories {told}" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines() if "deal-monitor" not in line) <= 80
    summary = objects(command(*arguments, "--json").stdout)[-1]
    assert {key: summary[key] for key in ("read", "missing", "others")} == {"read": 3, "missing": 2, "others": 1}


def test_suggest_says_so_where_no_text_was_read_as_the_act_means(
    small_rules: Path, archive: tuple[Path, Path], tmp_path: Path
) -> None:
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text("", encoding="utf-8")
    arguments = ("--stories", archive[0], "--readings", nothing, "--rules", small_rules)
    result = command("rules", "suggest", "soy/bought", *arguments)
    assert result.exit_code == 0, result.output
    assert "Readers read no text as soy: progress" in result.stdout


def test_suggest_names_the_nearest_act_for_a_mistyped_one(small_rules: Path, archive: tuple[Path, Path]) -> None:
    result = command("rules", "suggest", "soy/bougth", "--stories", archive[0], "--rules", small_rules)
    assert result.exit_code == 2
    assert "soy/bought" in result.stderr
