"""`init` lays out what the other commands accept, and `doctor` finds what is not in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.domain.rules import Rulebook
from tests.cli.conftest import Desk, command, objects
from tests.store.rules import SOY


def test_init_lays_out_a_folder_that_doctor_and_rules_check_accept(tmp_path: Path, shipped: Rulebook) -> None:
    folder = tmp_path / "mine"
    assert command("init", folder).exit_code == 0
    assert command("rules", "check", folder / "rules").exit_code == 0
    result = command("--config", folder / "config.toml", "doctor", "--offline")
    assert result.exit_code == 0, result.stdout
    assert f"{len(shipped.commitments)} commitments" in result.stdout
    assert "FAIL" not in result.stdout
    assert (folder / "var" / "monitor.db").exists()


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    command("init", folder)
    (folder / "config.toml").write_text("# mine\n", encoding="utf-8")
    (folder / "rules" / "policy.yaml").unlink()
    result = command("init", folder)
    assert result.exit_code == 0
    assert result.stdout.count("kept") == 3
    assert (folder / "config.toml").read_text(encoding="utf-8") == "# mine\n"
    assert not (folder / "rules" / "policy.yaml").exists()


def test_init_refuses_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    assert command("init", tmp_path / "mine").exit_code == 2


# ---------------------------------------------------------------- doctor


def findings(desk: Desk) -> dict[str, list[str]]:
    """What doctor says, by what it looked at: 'FAIL text'."""
    found: dict[str, list[str]] = {}
    for finding in objects(desk.run("doctor", "--offline", "--json").stdout):
        assert list(finding) == ["state", "what", "text"]
        found.setdefault(finding["what"], []).append(f"{finding['state']} {finding['text']}")
    return found


def failing(desk: Desk) -> dict[str, list[str]]:
    return {
        what: kept for what, texts in findings(desk).items() if (kept := [t for t in texts if t.startswith("FAIL")])
    }


def test_doctor_of_a_sound_folder_finds_nothing_wrong(desk: Desk) -> None:
    result = desk.run("doctor", "--offline")
    assert result.exit_code == 0
    assert [line.split()[1] for line in result.stdout.splitlines()] == [
        "config", "rules", "templates", "outbox", "database", "messages",
    ]  # fmt: skip
    assert failing(desk) == {}


def test_doctor_names_the_line_of_a_broken_template(desk: Desk) -> None:
    desk.run("init", desk.folder / "copy")
    desk.edit('templates = "', 'templates = "copy/templates" # ')
    broken = desk.folder / "copy" / "templates" / "alert.txt.j2"
    broken.write_text("{{ brief.first_line }}\n{{ brief.frist_line }}\n", encoding="utf-8")
    assert desk.run("doctor", "--offline").exit_code == 1
    assert list(failing(desk)) == ["templates"]
    assert "alert.txt.j2:2:" in failing(desk)["templates"][0]


def test_doctor_fails_on_an_outbox_that_cannot_be_written(desk: Desk) -> None:
    (desk.folder / "outbox").write_text("a file in the way", encoding="utf-8")
    desk.edit('channel = "file"', 'channel = "slack"')
    result = desk.run("doctor", "--offline")
    assert result.exit_code == 1
    assert list(failing(desk)) == ["outbox"]
    assert str(desk.folder / "outbox") in failing(desk)["outbox"][0]


def test_doctor_goes_on_after_a_failure_and_tells_it_once(desk: Desk) -> None:
    (desk.folder / "rules" / "deal" / "soy.yaml").write_text(SOY.replace("kind: s", "kind: z"), encoding="utf-8")
    assert list(failing(desk)) == ["rules"]
    assert findings(desk)["database"][0].startswith("ok")


def test_doctor_names_a_damaged_database(desk: Desk) -> None:
    (desk.folder / "monitor.db").write_bytes(b"not a database at all" * 300)
    assert desk.run("doctor", "--offline").exit_code == 1
    assert list(failing(desk)) == ["database"]


def test_doctor_warns_of_failing_examples_and_feeds_and_still_exits_with_0(desk: Desk) -> None:
    path = desk.folder / "rules" / "deal" / "soy.yaml"
    path.write_text(SOY.replace("effect: progress", "effect: setback"), encoding="utf-8")
    desk.run("poll", "--once")
    found = findings(desk)
    assert found["rules"][1].startswith("warn 1 examples fail")
    assert [text.split(":")[0] for text in found["source"]] == ["warn herald", "warn ministry"]
    assert desk.run("doctor", "--offline").exit_code == 0


@pytest.mark.parametrize("channel", ["slack", "email"])
def test_doctor_warns_of_a_channel_that_is_not_set_up(desk: Desk, channel: str) -> None:
    desk.edit('channel = "file"', f'channel = "{channel}"')
    assert any(text.startswith("warn") and "not set up" in text for text in findings(desk)["config"])
