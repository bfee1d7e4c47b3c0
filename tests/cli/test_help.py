"""Every command has help with an example, a JSON form where it reads, and no slow imports before it runs."""

import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from monitor.cli import COMMANDS, main
from tests.builders.golden_wording import GoldenWording
from tests.builders.shipped_rules import ROOT
from tests.builders.working_folder import Desk, command

SLOW = ("sqlalchemy", "pydantic", "aiohttp", "feedparser", "jinja2", "apscheduler")
CHECKS = ("rules check", "rules test", "doctor", "feeds check", "health")
"""Commands whose exit code 1 reports problems."""
WITHOUT_JSON = (
    *(
        "run",
        "worker",
        "init",
        "demo",
        "restore",
        "site build",
        "site serve",
        "rules new",
        "rules schema",
        "model read",
    ),
    *(
        "outbox retry",
        "outbox release",
        "outbox drop",
        "digest send",
        "rules adopt",
        "inbox record",
        "inbox review",
        "routes unsubscribe",
        "evidence export",
    ),
    *("evidence reject", "evidence restore", "feeds add", "feeds import"),
    *("commitment pin", "commitment unpin", "commitment mute", "commitment unmute"),
)
"""Commands that write, or have a format of their own; all others read, and take --json."""
LEAVES_AT_MOST, OPTIONS_AT_MOST = 48, 130


def command_of(name: str) -> click.Command:
    group, _, own = name.partition(" ")
    context = click.Context(main, **main.context_settings)
    found = main.get_command(context, group)
    found = found.get_command(context, own) if own and isinstance(found, click.Group) else found
    assert found is not None
    return found


ALL = {name: command_of(name) for name in COMMANDS}
LEAVES = {name: found for name, found in ALL.items() if not isinstance(found, click.Group)}


def test_the_command_line_stays_small() -> None:
    options = [p for found in LEAVES.values() for p in found.params if isinstance(p, click.Option)]
    assert len(LEAVES) <= LEAVES_AT_MOST
    assert len(options) <= OPTIONS_AT_MOST
    assert [p.name for p in options if p.required] == [], "what is required is an argument"


def test_every_command_answers_help_and_explains_every_option() -> None:
    for name, found in ALL.items():
        result = command(*name.split(), "--help")
        assert result.exit_code == 0, name
        assert f"Usage: deal-monitor {name}" in result.stdout
        assert (found.help or "").split("\n")[0][:40] in " ".join(result.stdout.split())
        options = [p for p in found.params if isinstance(p, click.Option)]
        assert [option.name for option in options if not option.help] == [], name


def test_the_list_of_commands_is_whole(wording: GoldenWording) -> None:
    for group in ("", *(name for name, found in ALL.items() if isinstance(found, click.Group))):
        wording(command(*group.split(), "--help").stdout)


def test_every_example_in_the_help_parses() -> None:
    shown = 0
    for name, found in LEAVES.items():
        for line in (found.help or "").replace("\\\n", " ").splitlines():
            if line.strip().startswith("deal-monitor "):
                words = shlex.split(line.partition(" | ")[0].partition(" > ")[0].strip())[1:]
                assert words[: len(name.split())] == name.split(), line
                found.make_context(name, words[len(name.split()) :], resilient_parsing=False)
                shown += 1
    assert shown > 15


def test_every_reading_command_takes_json_and_every_check_explains_exit_code_1() -> None:
    takes = {name for name, found in LEAVES.items() if any("--json" in parameter.opts for parameter in found.params)}
    assert set(LEAVES) - takes - set(WITHOUT_JSON) == set()
    assert [name for name in CHECKS if "Exit code 1" not in (LEAVES[name].help or "")] == []


def test_the_version_is_one_line() -> None:
    result = command("--version")
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    assert result.stdout.startswith("deal-monitor")


def test_a_mistyped_command_is_answered_with_the_nearest_one() -> None:
    for typed, meant in (("rnu", "run"), ("stauts", "status"), ("replya", "replay"), ("rules chekc", "check")):
        result = command(*typed.split())
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"Did you mean {meant!r}?" in result.stderr
    result = command("xyzzy")
    assert result.exit_code == 2
    assert "Did you mean" not in result.stderr


def test_run_uses_the_clock_of_the_machine(desk: Desk) -> None:
    assert desk.run("--now", "2026-03-02", "run").exit_code == 2


IMPORTED = """
import sys
sys.argv = ["deal-monitor", *sys.argv[1:]]
from monitor.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules, file=sys.stderr)
"""


def imported(*arguments: str | Path) -> set[str]:
    """Every module that a command has imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


def test_help_imports_no_module_of_a_command() -> None:
    found = imported("--help")
    own = {"monitor.cli.common", "monitor.cli.progress_line"}
    assert {name for name in found if name.startswith("monitor.cli.")} <= own
    assert not found & {"monitor.domain.model", "rich", "concurrent.futures.process", *SLOW}


@pytest.mark.slow
def test_the_program_runs_as_a_module_and_its_help_loads_no_slow_library() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert all(name.split()[0] in done.stdout for name in COMMANDS)
    for arguments in (["rules", "--help"], ["match", "--help"], ["run", "--help"]):
        assert not imported(*arguments) & set(SLOW), arguments


WORK = {"monitor.runtime.app", "aiohttp", "jinja2", "feedparser"}
RULES = {"monitor.rulebook", "yaml"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        ("outbox list", WORK | RULES | {"alembic", "sqlalchemy.dialects.postgresql"}),
        ("commitment log", WORK | RULES | {"alembic"}),
        ("feeds list", WORK | {"monitor.rulebook.compile.compiler", "alembic"}),
        ("status", WORK | {"monitor.pipeline.ingest", "multiprocessing", "slack_sdk"}),
    ],
)
def test_a_reading_command_loads_only_what_it_needs(desk: Desk, arguments: str, without: set[str]) -> None:
    imported("--config", desk.config, *arguments.split())  # the first call makes the database and compiles the rules
    assert not imported("--config", desk.config, *arguments.split()) & without


@pytest.mark.slow
def test_match_opens_no_database_and_reads_no_settings(tmp_path: Path) -> None:
    stories = tmp_path / "none.jsonl"
    stories.touch()
    arguments = ("match", "--rules", ROOT / "rules", stories)
    imported(*arguments)
    found = imported(*arguments)
    assert not found & {"sqlalchemy", "pydantic", "structlog", "monitor.rulebook.compile.compiler", *RULES} - {
        "monitor.rulebook"
    }
