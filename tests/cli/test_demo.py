"""`demo` writes the messages of a year, and replaces only the files of an earlier demo."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest

from monitor.cli.demo import play_demo
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.story_lines import saved, story
from tests.builders.working_folder import command

STORIES = (
    story("s0", "2026-02-02T09:00:00Z", BUYS),
    story("s1", "2026-02-04T10:00:00Z", "Argentina sells wheat"),
    story("s2", "2026-02-17T09:00:00Z", CANCELS),
)


@pytest.fixture
def folder(tmp_path: Path, small_rules: Path) -> Path:
    shutil.copytree(small_rules, tmp_path / "rules")
    saved(tmp_path, *STORIES)
    return tmp_path


def demo(folder: Path, *, brief: bool = True) -> None:
    play_demo(folder / "out", folder / "stories.jsonl", folder / "rules", brief=brief)


def test_a_demo_leaves_mails_slack_messages_digests_and_a_database_to_look_at(
    folder: Path, capsys: pytest.CaptureFixture[str], wording: GoldenWording
) -> None:
    demo(folder)
    for kind, expected in (("alerts", [".eml"] * 2 + [".json"] * 2), ("digests", [".eml", ".html", ".json"] * 2)):
        files = [path.suffix for path in (folder / "out" / kind).rglob("*") if path.is_file()]
        assert sorted(files) == sorted(expected), kind
    assert "AT RISK (in progress)" in (folder / "out" / "status.txt").read_text(encoding="utf-8")
    assert (folder / "out" / "alerts.txt").read_text(encoding="utf-8").count(CANCELS) >= 1
    printed = capsys.readouterr()
    wording(printed.err)
    wording(printed.out)
    page = (folder / "out" / "site" / "c" / "soy.html").read_text(encoding="utf-8")
    assert CANCELS in page
    assert (folder / "out" / "site" / "c" / "soy" / "2026-02-17.html").exists()
    assert "17 Feb 2026" in page
    shown = command("--config", folder / "out" / "config.toml", "status", "soy")
    assert shown.exit_code == 0
    assert "in progress -> at risk" in shown.stdout


def test_a_full_demo_prints_each_alert_as_it_would_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo(folder, brief=False)
    assert "rule soy/cancelled" in capsys.readouterr().out


@pytest.mark.slow
def test_a_second_demo_gives_the_same_and_clears_only_its_own_files(folder: Path) -> None:
    demo(folder)
    names = sorted(path.name for path in (folder / "out" / "alerts").iterdir())
    (folder / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "out" / "outbox").mkdir()
    demo(folder)
    assert sorted(path.name for path in (folder / "out" / "alerts").iterdir()) == names
    assert len([path for path in (folder / "out" / "site-versions").iterdir() if path.is_dir()]) == 1
    assert (folder / "out" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (folder / "out" / "outbox").is_dir()


@pytest.mark.parametrize("name", ["config.toml", "monitor.db"])
def test_a_demo_refuses_a_folder_with_files_of_others(folder: Path, name: str) -> None:
    (folder / "out").mkdir()
    (folder / "out" / name).write_text("[monitor]\n", encoding="utf-8")
    with pytest.raises(click.UsageError, match=name):
        demo(folder)
    assert (folder / "out" / name).read_text(encoding="utf-8") == "[monitor]\n"
