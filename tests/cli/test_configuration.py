"""A mistake in what people edit is refused in one message with its place and remedy; nothing starts on a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders.small_rulebook import SOY
from tests.builders.working_folder import Desk, command, objects

READ_RULES = (["run"], ["poll"], ["status"])
COMMANDS = (*READ_RULES, ["feeds", "list"], ["outbox", "list"])


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_mistyped_key_is_refused_with_its_line_and_the_key_that_was_meant(desk: Desk, arguments: list[str]) -> None:
    desk.edit("total_seconds", "total_secnds")
    line = desk.config.read_text(encoding="utf-8").splitlines().index("total_secnds = 3") + 1
    result = desk.run(*arguments)
    assert result.exit_code == 2
    assert result.stderr == (
        f"error: {desk.config}:{line}: unknown key 'total_secnds' in [poll] (did you mean 'total_seconds'?)\n"
    )
    assert isinstance(result.exception, SystemExit)
    assert not (desk.folder / "monitor.db").exists()


def test_all_mistakes_are_told_at_once(desk: Desk) -> None:
    desk.edit('digest = "mon 08:00"', 'digest = "mno 08:00"')
    desk.edit('interval = "5m"', 'interval = "5 fortnights"')
    result = desk.run("status")
    assert result.exit_code == 2
    assert result.stderr.count(str(desk.config)) == 3


def test_a_missing_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    result = command("--config", tmp_path / "none.toml", "status")
    assert result.exit_code == 2
    assert "deal-monitor init" in result.stderr


@pytest.mark.parametrize("arguments", READ_RULES, ids=" ".join)
def test_a_route_that_no_commitment_fits_is_refused_with_its_line(desk: Desk, arguments: list[str]) -> None:
    line = misdirected(desk)
    result = desk.run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.endswith(
        f"error: {desk.config}:{line}: route 'desk': no commitment fits 'soyabeans'. The rules name: ships, soy\n"
    )


def test_doctor_finds_a_route_that_no_commitment_fits_with_its_line(desk: Desk) -> None:
    line = misdirected(desk)
    result = desk.run("doctor", "--offline")
    assert result.exit_code == 1
    assert f"{desk.config}:{line}: route 'desk': no commitment fits 'soyabeans'" in result.stdout


def misdirected(desk: Desk) -> int:
    """A route whose pattern fits nothing; the line of that pattern."""
    desk.edit('least_severity = "routine"', 'commitments = ["soyabeans"]')
    return desk.config.read_text(encoding="utf-8").splitlines().index('commitments = ["soyabeans"]') + 1


def test_a_database_can_be_named_for_one_command(desk: Desk) -> None:
    other = desk.folder / "other.db"
    assert desk.run("--database", f"sqlite:///{other}", "status").exit_code == 0
    assert other.exists()
    assert not (desk.folder / "monitor.db").exists()


def test_the_data_folder_of_a_fresh_copy_is_made(desk: Desk) -> None:
    desk.edit('database = "sqlite:///monitor.db"', 'database = "sqlite:///var/monitor.db"')
    desk.edit('data = "."', 'data = "var"')
    assert desk.run("status").exit_code == 0
    assert (desk.folder / "var" / "monitor.db").exists()


# ---------------------------------------------------------------- rules

TWO_MISTAKES = SOY.replace("polarity: good", "polarity: godo").replace("kind: standing", "kind: standign")


def spoil(desk: Desk) -> None:
    (desk.folder / "rules" / "deal" / "soy.yaml").write_text(TWO_MISTAKES, encoding="utf-8")


@pytest.mark.parametrize("arguments", [["run"], ["status"], ["poll"]], ids=" ".join)
def test_broken_rules_start_nothing_and_every_issue_is_told(desk: Desk, arguments: list[str]) -> None:
    spoil(desk)
    result = desk.run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.count("soy.yaml:") == 2
    assert not (desk.folder / "monitor.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["feeds", "list"], ["outbox", "list"], ["commitment", "log"]], ids=" ".join)
def test_what_needs_no_rules_answers_beside_broken_ones(desk: Desk, arguments: list[str]) -> None:
    spoil(desk)
    assert desk.run(*arguments).exit_code == 0


def test_rules_check_prints_every_issue_and_exits_with_1(desk: Desk) -> None:
    spoil(desk)
    result = desk.run("rules", "check", desk.folder / "rules")
    assert result.exit_code == 1
    assert "2 errors" in result.stderr
    assert result.stdout.count("soy.yaml:") == 2
    issues = objects(desk.run("rules", "check", desk.folder / "rules", "--json").stdout)
    assert {issue["line"] for issue in issues} == {5, 13}
    assert all(issue["severity"] == "error" and issue["message"] for issue in issues)


def test_rules_check_of_good_rules_finds_no_fault_and_exits_with_0(desk: Desk) -> None:
    result = desk.run("rules", "check", desk.folder / "rules")
    told = [line for line in result.stdout.splitlines() if "warning[" in line or "error[" in line]
    assert result.exit_code == 0
    assert all(
        "warning[old_syntax]" in line for line in told
    )  # the sample keeps its examples inside, as older files do
    assert "2 commitments" in result.stderr


def test_rules_test_exits_with_1_when_an_example_is_read_otherwise(desk: Desk) -> None:
    assert desk.run("rules", "test", desk.folder / "rules").exit_code == 0
    path = desk.folder / "rules" / "deal" / "soy.yaml"
    path.write_text(SOY.replace("effect: progress", "effect: setback"), encoding="utf-8")
    result = desk.run("rules", "test", desk.folder / "rules")
    assert result.exit_code == 1
    line = path.read_text(encoding="utf-8").split("effect: setback")[0].count("\n") + 1
    assert f"FAIL rules/deal/soy.yaml:{line} " in result.stdout
    assert "expected setback, got progress" in result.stdout


def test_rules_test_of_rules_that_cannot_be_loaded_is_wrong_usage(desk: Desk) -> None:
    spoil(desk)
    assert desk.run("rules", "test", desk.folder / "rules").exit_code == 2


def test_a_missing_rules_folder_is_wrong_usage(desk: Desk) -> None:
    assert desk.run("rules", "check", desk.folder / "nowhere").exit_code == 2


def test_what_is_likely_a_mistake_is_told_where_it_matters(desk: Desk) -> None:
    desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "#desk"')
    assert "warning: " in desk.run("poll").stderr
    for arguments in (["status"], ["feeds", "list"], ["outbox", "list"]):
        assert "wants Slack" not in desk.run(*arguments).stderr
    (finding,) = (
        each for each in objects(desk.run("doctor", "--offline", "--json").stdout) if "wants Slack" in each["text"]
    )
    assert finding["state"] == "warn"
