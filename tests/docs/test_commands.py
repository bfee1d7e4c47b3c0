"""Every command that README and guides show can be typed as it stands there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from monitor.cli import main
from tests.builders.shipped_rules import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^ *```(?:sh|bash|console)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(deal-monitor [^`]+)`")
GENERAL = re.compile(r"[A-Z]{2,}|[\[\]…<>|,]|\.\.\.")
"""In a line of text: a placeholder, or several commands in one."""

NO_FILE = re.compile("does not exist|No such file")


def shown_in_blocks(page: Path) -> list[str]:
    """The calls of the program in the shell blocks of a page: a remark, a pipe and what stands before the command are
    cut off."""
    blocks = "\n".join(BLOCK.findall(page.read_text(encoding="utf-8"))).replace("\\\n", " ")
    calls = (re.search(r"^(?:.*(?:&& |; |\$ ))?(?:\S*bin/)?(deal-monitor .*)", line) for line in blocks.splitlines())
    return [re.split(r" #| \||>| && |; ", call[1])[0].strip() for call in calls if call]


def shown_inline(page: Path) -> list[str]:
    """The calls that a page names whole in its text."""
    return [call for call in INLINE.findall(page.read_text(encoding="utf-8")) if not GENERAL.search(call)]


CALLS = [(page.relative_to(ROOT).as_posix(), call) for page in PAGES for call in shown_in_blocks(page)]
MENTIONS = [(page.relative_to(ROOT).as_posix(), call) for page in PAGES for call in shown_inline(page)]


def parse(call: str) -> None:
    """Reads a call as click does, down to the last command, without running it. Raises UsageError for what it
    refuses."""
    command: click.Command = main
    context: click.Context | None = None
    words: list[str] | None = shlex.split(call)[1:]
    while words is not None:
        context = command.make_context(command.name, words, parent=context)
        if not isinstance(command, click.Group):
            return
        name, found, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None, name
        command = found


@pytest.mark.parametrize(("page", "call"), CALLS, ids=[f"{page}: {call}"[:80] for page, call in CALLS])
def test_a_command_in_a_block_can_be_typed(page: str, call: str) -> None:
    try:
        parse(call)
    except click.BadParameter as error:
        if not NO_FILE.search(str(error)):  # a file of the reader's own is none of ours
            raise


@pytest.mark.parametrize(("page", "call"), MENTIONS, ids=[f"{page}: {call}"[:80] for page, call in MENTIONS])
def test_a_command_in_the_text_has_the_options_it_is_shown_with(page: str, call: str) -> None:
    # a sentence names the command alone, or asks for its help
    try:
        parse(call)
    except (click.MissingParameter, click.exceptions.Exit):
        pass
    except click.BadParameter as error:
        if not NO_FILE.search(str(error)):
            raise


@pytest.mark.parametrize("call", ["deal-monitor rnu", "deal-monitor rules test --onyl x", "deal-monitor rules tset"])
def test_a_command_that_cannot_be_typed_is_noticed(call: str) -> None:
    with pytest.raises(click.UsageError):
        parse(call)
