"""What a shell is offered behind a command: the names of commitments, acts, routes and feeds, read in a few hundredths of a second.

Settings and rules are not checked here: a completion must answer at once and beside broken files too, and says nothing of them. Which
parameter is completed by what follows from its name, so that a new command gets it by itself.

Most commands import the database as they are imported, which takes longer than a person waits for a completion. So what they take is
kept in `outline.json`, made from the commands by `make reference`, and commands made from that stand in for them.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from monitor.cli.common import bundled, config_file, rules_in

_ID = re.compile(r"^id:[ \t]*([\w-]+)", re.MULTILINE)
_ACT = re.compile(r"^(?:  )?- (?:id:[ \t]*|\{[ \t]*id:[ \t]*)([\w-]+)", re.MULTILINE)
_SHORT = re.compile(r"^short:[ \t]*['\"]?([^#'\"\n]+)", re.MULTILINE)
_OTHER_FOLDERS = frozenset({"tests", "vocabulary"})
_OTHER_FILES = frozenset({"deal.yaml", "reader-examples.yaml"})

OUTLINE = Path(__file__).with_name("outline.json")
"""What each command takes."""

Source = Callable[[click.Context], Iterator[tuple[str, str]]]
"""Gives each value that could stand here, and a few words on it."""


# ---------------------------------------------------------------- commands that stand in for the real ones


def outline(group: click.Group) -> dict[str, Any]:
    """What each command of a group takes, for JSON."""
    context = click.Context(group)
    found: dict[str, Any] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found[name] = {"help": command.get_short_help_str(1000), "params": [_param(p) for p in command.params]}
        if isinstance(command, click.Group):
            found[name]["commands"] = outline(command)
    return found


def _param(parameter: click.Parameter) -> dict[str, Any]:
    """One argument or option, for JSON."""
    told: dict[str, Any] = {"name": parameter.name, "nargs": parameter.nargs}
    if isinstance(parameter.type, click.Choice):
        told["choices"] = [str(choice) for choice in parameter.type.choices]
    elif isinstance(parameter.type, click.Path | click.File):
        told["path"] = "file" if getattr(parameter.type, "file_okay", True) else "dir"
    elif isinstance(parameter.type, click.types.StringParamType):
        told["text"] = True
    if isinstance(parameter, click.Option):
        told |= {"options": [*parameter.opts, *parameter.secondary_opts], "help": parameter.help or ""}
        told |= {"flag": parameter.is_flag, "multiple": parameter.multiple}
    return told


def stand_ins() -> dict[str, click.Command]:
    """A command for each of the program, with its parameters and nothing to do. Raises OSError where the outline is missing."""
    return _commands(json.loads(OUTLINE.read_text(encoding="utf-8")))


def _commands(outlines: Mapping[str, Mapping[str, Any]]) -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, told in outlines.items():
        params = [_parameter(param) for param in told["params"]]
        if "commands" in told:
            found[name] = click.Group(name, commands=_commands(told["commands"]), params=params, help=told["help"])
        else:
            found[name] = click.Command(name, params=params, help=told["help"])
    return found


def _parameter(told: Mapping[str, Any]) -> click.Parameter:
    kind: click.ParamType[Any] = click.UNPROCESSED
    if "choices" in told:
        kind = click.Choice(told["choices"])
    elif "path" in told:
        kind = click.Path(file_okay=told["path"] == "file", path_type=Path)
    elif told.get("text") and told["name"] in SOURCES:
        kind = CompletedText(SOURCES[told["name"]])
    if "options" not in told:
        return click.Argument([told["name"]], type=kind, nargs=told["nargs"], required=False)
    names = [told["name"], *told["options"]]
    if told["flag"]:
        return click.Option(names, is_flag=True, help=told["help"])
    return click.Option(names, type=kind, help=told["help"], multiple=told["multiple"], nargs=told["nargs"])


# ---------------------------------------------------------------- values


class CompletedText(click.ParamType[str]):
    """A text for which a shell is offered values."""

    name = "text"

    def __init__(self, source: Source) -> None:
        self._source = source

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Those values that begin with what is typed; none where a file cannot be read."""
        del param
        try:
            found = dict(self._source(ctx))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):  # ValueError: neither TOML nor UTF-8
            return []
        return [CompletionItem(value, help=words) for value, words in found.items() if value.startswith(incomplete)]


# ---------------------------------------------------------------- where the values come from


def _settings(ctx: click.Context) -> tuple[Path, Mapping[str, Any]]:
    """The folder of config.toml and what it says, unchecked. Raises OSError and ValueError."""
    file = config_file(ctx.find_root().params.get("config"))
    return file.parent, tomllib.loads(file.read_text(encoding="utf-8-sig"))


def _rules_folder(ctx: click.Context) -> Path:
    """The folder that a command would read: its own --rules, that of config.toml, else the shipped one."""
    if isinstance(named := ctx.params.get("folder"), Path):
        return named
    try:
        return rules_in(config_file(ctx.find_root().params.get("config")))
    except (OSError, ValueError):
        return bundled("rules")


def _rule_files(ctx: click.Context) -> Iterator[str]:
    """The text of each file of a commitment."""
    for file in sorted(_rules_folder(ctx).glob("*/*.yaml")):
        if file.parent.name not in _OTHER_FOLDERS and file.name not in _OTHER_FILES:
            yield file.read_text(encoding="utf-8")


def _commitments(ctx: click.Context) -> Iterator[tuple[str, str]]:
    for text in _rule_files(ctx):
        if own := _ID.search(text):
            short = _SHORT.search(text)
            yield own[1], short[1].strip() if short else ""


def _acts(ctx: click.Context) -> Iterator[tuple[str, str]]:
    for text in _rule_files(ctx):
        if own := _ID.search(text):
            _, _, acts = text.partition("\nacts:")
            yield from ((f"{own[1]}/{act}", "") for act in _ACT.findall(acts))


def _readings(ctx: click.Context) -> Iterator[tuple[str, str]]:
    yield from ((f"{commitment}=", words) for commitment, words in _commitments(ctx))


def _statuses(ctx: click.Context) -> Iterator[tuple[str, str]]:
    from monitor.domain.model import Outlook, Standing

    del ctx
    yield from ((word.value, "") for kind in (Standing, Outlook) for word in kind if word is not Outlook.STEADY)


def _names(section: str, words: str) -> Source:
    """The names in the tables of one section of config.toml."""

    def source(ctx: click.Context) -> Iterator[tuple[str, str]]:
        for table in _settings(ctx)[1].get(section, []):
            yield str(table["name"]), str(table.get(words, ""))

    return source


SOURCES: Mapping[str, Source] = {
    "commitment": _commitments,
    "commitments": _commitments,
    "pattern": _commitments,
    "pairs": _readings,
    "status": _statuses,
    "act": _acts,
    "rule": _acts,
    "route": _names("routes", "channel"),
    "test_route": _names("routes", "channel"),
    "feeds": _names("feeds", "publisher"),
}
"""Name of a parameter -> what it can be."""
