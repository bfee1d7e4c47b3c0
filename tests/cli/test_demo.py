"""`demo` leaves what a year would have sent, and clears away only what a demo left."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.working_folder import command

TITLES = {
    "2026-02-02T09:00:00Z": BUYS,
    "2026-02-04T10:00:00Z": "Argentina sells wheat",
    "2026-02-17T09:00:00Z": CANCELS,
}


def save(path: Path, titles: dict[str, str]) -> Path:
    lines = (
        {
            "id": f"s{n}",
            "published": at,
            "source": "Herald Wire",
            "url": f"https://herald.example/{n}",
            "title": title,
            "summary": "",
            "lang": "en",
        }
        for n, (at, title) in enumerate(titles.items())
    )
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path, small_rules: Path) -> Path:
    shutil.copytree(small_rules, tmp_path / "rules")
    save(tmp_path / "stories.jsonl", TITLES)
    return tmp_path


def demo(folder: Path, *options: str) -> Result:
    return command(
        "demo", "--stories", folder / "stories.jsonl", "--rules", folder / "rules", "--out", folder / "out", *options
    )


def left(folder: Path) -> dict[str, list[str]]:
    """What lies in and below each folder of the output, by kind of file."""
    out = folder / "out"
    kinds = ("alerts", "digests")
    return {kind: sorted(path.suffix for path in (out / kind).rglob("*") if path.is_file()) for kind in kinds}


def test_a_demo_leaves_mails_slack_messages_digests_and_a_database_to_look_at(folder: Path) -> None:
    result = demo(folder, "--brief")
    assert result.exit_code == 0, result.stderr
    digests = [".eml"] * 2 + [".html"] * 2 + [".json"] * 2
    assert left(folder) == {"alerts": [".eml", ".eml", ".json", ".json"], "digests": digests}
    assert "AT RISK (in progress)" in (folder / "out" / "status.txt").read_text(encoding="utf-8")
    assert (folder / "out" / "alerts.txt").read_text(encoding="utf-8").count(CANCELS) >= 1
    assert "3 stories, 2 alerts, 2 digests" in result.stderr
    assert result.stderr.rstrip().endswith(f"the pages begin at {folder / 'out' / 'site' / 'index.html'}")
    page = (folder / "out" / "site" / "c" / "soy.html").read_text(encoding="utf-8")
    assert CANCELS in page
    assert (folder / "out" / "site" / "c" / "soy" / "2026-02-17.html").exists()
    assert "Data of" in page
    assert "17 Feb 2026" in page
    shown = command("--config", folder / "out" / "config.toml", "status", "soy")
    assert shown.exit_code == 0
    assert "in progress -> at risk" in shown.stdout


def test_a_brief_demo_prints_the_first_line_of_each_alert_and_then_the_table(folder: Path) -> None:
    lines = demo(folder, "--brief").stdout.splitlines()
    assert lines[0].startswith("Soybeans: China ")
    assert lines[1].startswith("Soybeans: China ")
    assert lines[2].startswith("Commitments")
    assert all(len(line) <= 90 for line in lines[:2])


def test_a_full_demo_prints_each_alert_as_it_would_be_read(folder: Path) -> None:
    text = demo(folder).stdout
    assert text.startswith("Soybeans: China ")
    assert "rule soy/cancelled" in text


@pytest.mark.slow
def test_a_second_demo_gives_the_same_and_clears_only_its_own_files(folder: Path) -> None:
    demo(folder, "--brief")
    names = sorted(path.name for path in (folder / "out" / "alerts").iterdir())
    (folder / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "out" / "outbox").mkdir()
    assert demo(folder, "--brief").exit_code == 0
    assert sorted(path.name for path in (folder / "out" / "alerts").iterdir()) == names
    assert len([path for path in (folder / "out" / "site-versions").iterdir() if path.is_dir()]) == 1
    assert (folder / "out" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (folder / "out" / "outbox").is_dir()


@pytest.mark.parametrize("content", ["", "no story\n"])
def test_a_demo_of_no_stories_is_wrong_usage_and_clears_nothing(folder: Path, content: str) -> None:
    earlier = folder / "out" / "alerts" / "earlier.eml"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("kept", encoding="utf-8")
    (folder / "stories.jsonl").write_text(content, encoding="utf-8")
    result = demo(folder, "--brief")
    assert result.exit_code == 2
    assert "stories.jsonl" in result.stderr
    assert earlier.exists()


@pytest.mark.parametrize("name", ["config.toml", "monitor.db"])
def test_a_demo_refuses_a_folder_where_somebody_works(folder: Path, name: str) -> None:
    (folder / "out").mkdir()
    (folder / "out" / name).write_text("[monitor]\n", encoding="utf-8")
    result = demo(folder, "--brief")
    assert result.exit_code == 2
    assert f"holds {name}, which no demo left there" in result.stderr
    assert (folder / "out" / name).read_text(encoding="utf-8") == "[monitor]\n"
