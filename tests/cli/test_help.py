"""Every command says what it does, at once, and the README knows it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from monitor.cli import COMMANDS, main
from monitor.cli.common import ListedGroup
from tests.builders.shipped_rules import ROOT
from tests.builders.working_folder import Desk, command

SLOW = ("sqlalchemy", "pydantic", "aiohttp", "feedparser", "jinja2", "apscheduler")
EXIT_CODES = {
    "rules check": "Exit code 1",
    "rules test": "Exit code 1",
    "doctor": "Exit code 1",
    "feeds test": "Exit code 1",
    "health": "Exit code 1",
}
READING = (
    "poll",
    "status",
    "feeds list",
    "feeds test",
    "feeds parse",
    "match",
    "replay",
    "rules check",
    "rules test",
    "rules explain",
    "rules try",
    "rules diff",
    "rules drift",
    "reader prompt",
    "outbox list",
    "outbox show",
    "route try",
    "doctor",
    "health",
    "backup",
    "acts",
    "inbox",
    "list",
    "evidence list",
    "guide",
)

ACTS = (
    "status",
    "pin",
    "unpin",
    "mute",
    "unmute",
    "acts",
    "inbox",
    "list",
    "read",
    "evidence list",
    "evidence reject",
    "evidence restore",
    "evidence export",
)
"""Commands by which people act on verdicts or look back."""


def all_commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(main)
    for name in main.list_commands(context):
        found = main.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            for sub in found.list_commands(context):
                one = found.get_command(context, sub)
                assert one is not None
                yield f"{name} {sub}", one
        yield name, found


ALL = dict(all_commands())


@pytest.mark.parametrize("name", ALL)
def test_every_command_answers_help_with_what_it_does(name: str) -> None:
    result = command(*name.split(), "--help")
    assert result.exit_code == 0
    assert f"Usage: deal-monitor {name}" in result.stdout
    assert (ALL[name].help or "").split("\n")[0][:40] in " ".join(result.stdout.split())


@pytest.mark.parametrize("group", ["", *(name for name, found in ALL.items() if isinstance(found, click.Group))])
def test_a_list_of_commands_tells_the_whole_sentence_of_each(group: str) -> None:
    listed = command(*group.split(), "--help").stdout
    assert "..." not in listed.partition("Commands:")[2]
    assert "(Ctrl-C or SIGTERM), and send what changes." in " ".join(command("--help").stdout.split())


@pytest.mark.parametrize("name", ALL)
def test_every_option_says_what_it_is_for(name: str) -> None:
    options = [p for p in ALL[name].params if isinstance(p, click.Option) and p.name != "help"]
    shown_by_itself = {option.name for option in options if option.show_default}
    assert not [option.name for option in options if not option.help and option.name not in shown_by_itself]


@pytest.mark.parametrize("name", ACTS)
def test_the_help_of_what_people_do_shows_an_example_that_parses_and_the_guide_teaches_it(name: str) -> None:
    text = command(*name.split(), "--help").stdout
    _, _, example = text.replace("\\\n", " ").partition("Example")
    line = next(line.strip() for line in example.splitlines() if "deal-monitor" in line)
    words = shlex.split(line)[1 + len(name.split()) :]
    assert line.startswith(f"deal-monitor {name}")
    ALL[name].make_context(name, words, resilient_parsing=False)
    assert f"deal-monitor {name}" in (ROOT / "docs" / "people.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READING)
def test_every_reading_command_can_answer_in_json(name: str) -> None:
    assert any("--json" in parameter.opts for parameter in ALL[name].params)


@pytest.mark.parametrize(("name", "words"), EXIT_CODES.items())
def test_a_check_says_when_its_exit_code_is_1(name: str, words: str) -> None:
    assert words in (ALL[name].help or "")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], ["match", "--help"], ["run", "--help"]])
def test_help_loads_none_of_the_slow_libraries(arguments: list[str], tmp_path: Path) -> None:
    script = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print('loaded:', *[name for name in {SLOW!r} if name in sys.modules]))\n"
        "from monitor.cli import main\n"
        f"main({arguments!r}, prog_name='deal-monitor', standalone_mode=False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_the_version_is_one_line_even_where_nothing_is_installed() -> None:
    result = command("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("deal-monitor")
    assert result.stdout.count("\n") == 1


def test_the_program_can_be_run_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize(("typed", "meant"), [("rnu", "run"), ("stauts", "status"), ("replya", "replay")])
def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(typed: str, meant: str) -> None:
    result = command(typed)
    assert result.exit_code == 2
    assert f"No such command '{typed}'. Did you mean '{meant}'?" in result.stderr
    assert result.stdout == ""


def test_a_mistyped_subcommand_too() -> None:
    result = command("rules", "chekc")
    assert result.exit_code == 2
    assert "Did you mean 'check'?" in result.stderr


def test_a_command_like_no_other_is_answered_with_the_usage() -> None:
    result = command("xyzzy")
    assert result.exit_code == 2
    assert "Usage: deal-monitor" in result.stderr
    assert "Did you mean" not in result.stderr


@pytest.mark.parametrize("group", [main, ALL["rules"], ALL["feeds"]], ids=["main", "rules", "feeds"])
def test_the_table_of_a_group_says_of_each_command_what_the_command_says_itself(group: ListedGroup) -> None:
    context = click.Context(group)
    for name, entry in group.table.items():
        found = group.get_command(context, name)
        assert found is not None
        assert entry.help == found.get_short_help_str(limit=1000)


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
    """Every module that a command has imported at its end, the second time it runs."""
    for _ in range(2):
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
    for arguments in (["--help"], ["rules", "--help"]):
        found = imported(*arguments)
        assert {name for name in found if name.startswith("monitor.cli.")} <= {
            "monitor.cli.common",
            "monitor.cli.progress_line",
            "monitor.cli.rules",
        }
        assert not found & {"monitor.domain.model", "sqlalchemy", "pydantic", "concurrent.futures.process", "rich"}


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["outbox", "list"], ["commitment", "log"]], ids=" ".join)
def test_a_command_that_needs_no_rules_loads_none(desk: Desk, arguments: list[str]) -> None:
    found = imported("--config", desk.config, *arguments)
    assert not found & {
        "monitor.rulebook",
        "monitor.runtime.app",
        "ruamel.yaml",
        "yaml",
        "aiohttp",
        "jinja2",
        "feedparser",
        "alembic",
    }
    assert "sqlalchemy.dialects.postgresql" not in found


@pytest.mark.slow
def test_the_list_of_feeds_reads_the_publishers_and_no_rule(desk: Desk) -> None:
    found = imported("--config", desk.config, "feeds", "list")
    assert "monitor.rulebook.publishers" in found
    assert not found & {
        "monitor.rulebook.compile.compiler",
        "monitor.domain.matching.rules",
        "monitor.runtime.app",
        "aiohttp",
        "jinja2",
        "feedparser",
        "alembic",
    }


@pytest.mark.slow
def test_status_reads_the_rules_and_nothing_that_polls_decides_or_sends(desk: Desk) -> None:
    found = imported("--config", desk.config, "status")
    assert "monitor.rulebook" in found
    assert not found & {
        "monitor.runtime.app",
        "monitor.pipeline.ingest",
        "aiohttp",
        "jinja2",
        "feedparser",
        "multiprocessing",
        "slack_sdk",
    }


@pytest.mark.slow
def test_match_opens_no_database_and_reads_no_settings(tmp_path: Path) -> None:
    stories = tmp_path / "none.jsonl"
    stories.touch()
    found = imported("match", "--rules", ROOT / "rules", stories)
    assert not found & {
        "sqlalchemy",
        "pydantic",
        "ruamel.yaml",
        "yaml",
        "structlog",
        "monitor.rulebook.compile.compiler",
    }
