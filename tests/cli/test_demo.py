"""`demo` writes the messages of a year, and replaces only the files of an earlier demo."""

from pathlib import Path

import pytest

from tests.builders.golden_wording import GoldenWording
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.story_lines import saved, story
from tests.builders.working_folder import command

STORIES = (
    story("s0", "2026-02-02T09:00:00Z", BUYS),
    story("s1", "2026-02-04T10:00:00Z", "Argentina sells wheat"),
    story("s2", "2026-02-17T09:00:00Z", CANCELS),
)


@pytest.fixture
def out(tmp_path: Path, small_rules: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a demo of three stories with the rules of the small deal."""
    monkeypatch.setattr("monitor.cli.demo.SAMPLE_YEAR", saved(tmp_path, *STORIES))
    bundled = {"rules": small_rules, "templates": ROOT / "templates"}
    for module in ("demo", "init"):
        monkeypatch.setattr(f"monitor.cli.{module}.bundled", bundled.__getitem__)
    monkeypatch.setattr("monitor.cli.demo.SAMPLE_DEAL", "deal")
    return tmp_path / "out"


def test_a_demo_leaves_mails_slack_messages_digests_and_a_database(out: Path, wording: GoldenWording) -> None:
    done = command("demo", "--out", out, "--brief")
    assert done.exit_code == 0, done.stderr
    for kind, expected in (("alerts", [".eml"] * 2 + [".json"] * 2), ("digests", [".eml", ".json"] * 2)):
        files = [path.suffix for path in (out / kind).rglob("*") if path.is_file()]
        assert sorted(files) == sorted(expected), kind
    assert "IN PROGRESS, AT RISK" in (out / "status.txt").read_text(encoding="utf-8")
    assert (out / "alerts.txt").read_text(encoding="utf-8").count(CANCELS) >= 1
    wording(done.stderr)
    wording(done.stdout)
    page = (out / "site" / "c" / "soy.html").read_text(encoding="utf-8")
    assert CANCELS in page
    assert (out / "site" / "c" / "soy" / "2026-02-17.html").exists()
    assert "17 Feb 2026" in page
    shown = command("--config", out / "config.toml", "status", "soy")
    assert shown.exit_code == 0
    assert "in progress -> at risk" in shown.stdout


def test_a_full_demo_prints_each_alert_as_it_would_be_read(out: Path) -> None:
    assert "How sure: " in command("demo", "--out", out).stdout


@pytest.mark.slow
def test_a_second_demo_gives_the_same_and_clears_only_its_own_files(out: Path) -> None:
    command("demo", "--out", out)
    names = sorted(path.name for path in (out / "alerts").iterdir())
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "outbox").mkdir()
    command("demo", "--out", out)
    assert sorted(path.name for path in (out / "alerts").iterdir()) == names
    assert len([path for path in (out / "site-versions").iterdir() if path.is_dir()]) == 1
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (out / "outbox").is_dir()


@pytest.mark.parametrize("name", ["config.toml", "monitor.db"])
def test_a_demo_refuses_a_folder_with_files_of_others(out: Path, name: str) -> None:
    out.mkdir()
    (out / name).write_text("[monitor]\n", encoding="utf-8")
    done = command("demo", "--out", out)
    assert (done.exit_code, name in done.stderr) == (2, True)
    assert (out / name).read_text(encoding="utf-8") == "[monitor]\n"
