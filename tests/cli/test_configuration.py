"""A mistake in edited files is refused in one message with its place and remedy; the program never starts on a
guess."""

import errno
import shutil
from pathlib import Path

import pytest

from monitor.cli import file_problem
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import SOY
from tests.builders.working_folder import Desk, command, objects

DISK_FULL = "the disk is full; free some space and run the command again"
TWO_MISTAKES = SOY.replace("polarity: good", "polarity: godo").replace("kind: standing", "kind: standign")


@pytest.mark.parametrize("arguments", [["run"], ["status"], ["outbox", "list"]], ids=" ".join)
def test_a_mistyped_key_is_refused_with_its_line(desk: Desk, arguments: list[str], wording: GoldenWording) -> None:
    desk.edit("total_seconds", "total_secnds")
    line = desk.config.read_text(encoding="utf-8").splitlines().index("total_secnds = 3") + 1
    result = desk.run(*arguments)
    assert result.exit_code == 2
    assert f"{desk.config}:{line}: " in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert not (desk.folder / "monitor.db").exists()
    wording(result.stderr)


def test_a_missing_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    result = command("--config", tmp_path / "none.toml", "status")
    assert result.exit_code == 2
    assert "deal-monitor init" in result.stderr


def test_a_route_that_matches_no_commitment_is_refused_and_found_by_doctor(desk: Desk, wording: GoldenWording) -> None:
    desk.edit('least_severity = "routine"', 'commitments = ["soyabeans"]')
    line = desk.config.read_text(encoding="utf-8").splitlines().index('commitments = ["soyabeans"]') + 1
    place = f"{desk.config}:{line}: "
    for arguments in (["run"], ["status"]):
        result = desk.run(*arguments)
        assert result.exit_code == 2
        assert place in result.stderr
        wording(result.stderr)
    result = desk.run("doctor", "--offline")
    assert result.exit_code == 1
    assert place in result.stdout


def test_a_database_is_created_where_the_settings_name_it(desk: Desk) -> None:
    desk.edit('database = "sqlite:///monitor.db"', 'database = "sqlite:///var/monitor.db"')
    desk.edit('data = "."', 'data = "var"')
    assert desk.run("status").exit_code == 0
    assert (desk.folder / "var" / "monitor.db").exists()


def test_likely_mistakes_are_warnings_of_run_and_doctor_only(desk: Desk) -> None:
    desk.edit('channel = "file"\nto = "desk@deals.example"', 'channel = "slack"\nto = "#desk"')
    assert "warning: " in desk.run("poll").stderr
    for arguments in (["status"], ["feeds", "list"], ["outbox", "list"]):
        assert "warning: " not in desk.run(*arguments).stderr
    findings = objects(desk.run("doctor", "--offline", "--json").stdout)
    assert any(each["state"] == "warn" and "DEAL_MONITOR_SLACK__TOKEN" in str(each) for each in findings)


def spoil(desk: Desk) -> None:
    (desk.folder / "rules" / "deal" / "soy.yaml").write_text(TWO_MISTAKES, encoding="utf-8")


@pytest.mark.parametrize("arguments", [["run"], ["status"]], ids=" ".join)
def test_broken_rules_start_nothing_and_every_issue_is_listed(desk: Desk, arguments: list[str]) -> None:
    spoil(desk)
    result = desk.run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.count("soy.yaml:") == 2
    assert not (desk.folder / "monitor.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["feeds", "list"], ["outbox", "list"], ["commitment", "log"]], ids=" ".join)
def test_commands_without_rules_work_with_broken_ones(desk: Desk, arguments: list[str]) -> None:
    spoil(desk)
    assert desk.run(*arguments).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("init",),
        ("demo", "--out"),
        ("rules", "schema"),
        ("rules", "new", "a", "--party=eu", "--party=us", "--commitment=b", "--rules"),
    ],
)
def test_a_folder_that_cannot_be_made_is_named_with_the_reason(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    result = command(*arguments, tmp_path / "file" / "inside")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {tmp_path / 'file' / 'inside'}")
    assert "not a directory" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied", "/x/config.toml"),
            "/x/config.toml: permission denied; give this user access to the file and its folder, or use another path",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), DISK_FULL),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'a' -> 'b'")]), DISK_FULL),
        (
            shutil.Error([("a", "b", "[Errno 5] Input/output error")]),
            "b cannot be written: [Errno 5] Input/output error",
        ),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), None),
        (OSError("of no file"), None),
    ],
)
def test_the_remedy_stands_beside_what_the_system_refused(error: OSError, told: str | None) -> None:
    assert file_problem(error) == told
