"""`rules migrate`: what is shown, what is written, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import older_rules
from tests.builders.working_folder import command, objects


def test_files_are_shown_and_nothing_is_written(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    result = command("rules", "migrate", root)
    assert result.exit_code == 0, result.output
    assert "new -> 17     lines  deal/beans.examples" in result.stdout
    assert "15 examples and stories are read the same" in result.stdout
    assert "nothing was written; --write puts 6 files into" in result.stdout
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_files_are_written_on_request_and_the_old_ones_kept_where_it_says(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path)
    result = command("rules", "migrate", root, "--write")
    assert result.exit_code == 0, result.output
    assert (
        result.stdout.splitlines()[-1] == f"written; the files as they were are in {tmp_path / 'rules.before-migrate'}"
    )
    assert command("rules", "test", root).exit_code == 0
    again = command("rules", "migrate", root, "--write")
    assert (again.exit_code, again.stdout) == (0, f"{root}: nothing is in the older syntax\n")


@pytest.fixture
def widened(tmp_path: Path) -> Path:
    example = "      - {text: China boycotts US soybeans or is boycotting soybeans, effect: none}\n"
    beans = older_rules.BEANS.replace("boycott)", "boycott|boycotted)").replace(
        "  - id: warned\n", f"{example}  - id: warned\n"
    )
    return older_rules.write(tmp_path, beans=beans)


def test_what_is_read_otherwise_is_shown_as_rules_diff_shows_it(widened: Path) -> None:
    result = command("rules", "migrate", widened, "--forms")
    assert result.exit_code == 3
    assert "beans: 1 effect changed" in result.stdout
    assert "none -> setback" in result.stdout
    assert "<verb> stands where two forms were listed" in result.stdout


def test_news_counts_too_where_it_is_named(tmp_path: Path, widened: Path) -> None:
    stories = tmp_path / "stories.jsonl"
    story = {
        "id": "1",
        "title": "China boycotting American soybeans",
        "published": "2026-03-01",
        "source": "Grain Daily",
    }
    stories.write_text(json.dumps(story) + "\n", encoding="utf-8")
    lines = objects(command("rules", "migrate", widened, "--forms", "--stories", stories, "--json").stdout)
    assert "1" in {line["id"] for line in lines if line["what"] == "story"}
    summary = lines[-1]
    assert (summary["what"], summary["stories"], summary["same"], summary["backup"]) == ("summary", 17, False, None)


def test_rules_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path, talks=older_rules.TALKS.replace("{talked}", "{nothing}"))
    result = command("rules", "migrate", root)
    assert result.exit_code == 2
    assert "there is no set 'nothing'" in result.stderr
