"""A shell completes commands, options and names at once, beside broken files too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from docs.make_reference import outline_text
from monitor.cli import COMMANDS, main
from monitor.cli.operating.completing import OUTLINE
from tests.builders.shipped_rules import ROOT
from tests.builders.working_folder import Desk, command

SLOW = ("sqlalchemy", "pydantic", "rich", "yaml", "jinja2")


def offered(*words: str) -> list[str]:
    """What is offered for the last of these words, behind the others."""
    *before, last = words
    return [item.value for item in ShellComplete(main, {}, "deal-monitor", "X").get_completions(before, last)]


def test_the_outline_is_as_the_commands_are() -> None:
    assert OUTLINE.read_text(encoding="utf-8") == outline_text(), "`make reference` makes it again"


def test_commands_and_their_subcommands_are_offered() -> None:
    assert offered("") == list(COMMANDS)
    assert offered("sta") == ["status"]
    assert offered("rules", "ch") == ["check"]
    assert {"list", "reject", "restore", "export"} <= set(offered("evidence", ""))


def test_options_and_their_choices_are_offered() -> None:
    assert "--as-known-now" in offered("status", "--")
    assert offered("completion", "z") == ["zsh"]
    assert offered("--log-level", "w") == ["warning"]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (("status", ""), ["ships", "soy"]),
        (("status", "so"), ["soy"]),
        (("evidence", "list", "sh"), ["ships"]),
        (("evidence", "export", "soy", "sh"), ["ships"]),
        (("mute", "s"), ["ships", "soy"]),
        (("rules", "explain", "text", "--commitment", "s"), ["ships", "soy"]),
        (("read", "1f3a", "so"), ["soy="]),
        (("pin", "soy", "in_"), ["in_progress", "in_force"]),
        (("rules", "example", "soy/c"), ["soy/cancelled"]),
        (("rules", "suggest", "ships/"), ["ships/bought", "ships/cancelled"]),
        (("digest", "--route", ""), ["desk"]),
        (("digest", "--send-test", "d"), ["desk"]),
    ],
)
def test_names_come_from_the_rules_and_settings_of_the_folder(
    desk: Desk, words: tuple[str, ...], values: list[str]
) -> None:
    assert offered("--config", str(desk.config), *words) == values


def test_without_settings_the_shipped_rules_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "soybean-purchases" in offered("status", "soy")
    assert offered("digest", "--route", "") == []


@pytest.mark.parametrize("text", ["= broken", "routes = 3", 'routes = [{channel = "file"}]', "routes = [1]"])
def test_broken_settings_offer_nothing_and_say_nothing(
    desk: Desk, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.config.write_text(text, encoding="utf-8")
    assert offered("--config", str(desk.config), "digest", "--route", "") == []
    assert capsys.readouterr() == ("", "")


def test_a_completion_loads_none_of_the_slow_libraries(desk: Desk) -> None:
    script = (
        "import sys\nfrom click.shell_completion import ShellComplete\nfrom monitor.cli import main\n"
        f"words = ['--config', {str(desk.config)!r}, 'status']\n"
        "print([item.value for item in ShellComplete(main, {}, 'deal-monitor', 'X').get_completions(words, 's')])\n"
        f"print('loaded:', *[name for name in {SLOW!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["['ships', 'soy']", "loaded:"], done.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_the_program(shell: str) -> None:
    result = command("completion", shell)
    assert result.exit_code == 0
    assert f"_DEAL_MONITOR_COMPLETE={shell}_complete" in result.stdout


def test_bash_completes_by_the_printed_script(desk: Desk, tmp_path: Path) -> None:
    """A real bash, which finds the program as `deal-monitor` on its path."""
    program = tmp_path / "bin" / "deal-monitor"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom monitor.cli import main\nmain()\n", encoding="utf-8")
    program.chmod(0o755)
    script = (
        "source <(deal-monitor completion bash)\ncomplete -p deal-monitor\n"
        "COMP_WORDS=(deal-monitor status so) COMP_CWORD=2\n_deal_monitor_completion deal-monitor\n"
        'echo "${COMPREPLY[@]}"\n'
    )
    environment = {"PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=desk.folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert "-F _deal_monitor_completion deal-monitor" in done.stdout, done.stderr
    assert done.stdout.splitlines()[-1] == "soy"
