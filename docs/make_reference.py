"""Builds the reference pages from the code: commands, settings and the keys of rule files. Run by `make reference`.

Tests compare the stored pages with the output, so they cannot fall behind the code.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from monitor.cli import main
from monitor.config import settings as schema
from monitor.config.read_settings import ENV_PREFIX
from monitor.rulebook.json_schema import SHAPES, schemas

PAGES = Path(__file__).parent / "reference"
MADE = "<!-- Made by `make reference` from the code; edit the code instead. -->\n"
LISTS: Mapping[str, type[BaseModel]] = {"routes": schema.RouteSettings, "feeds": schema.FeedSettings}
"""The tables of config.toml that may stand there several times."""
EVERYWHERE = ("-h", "--help", "--json", "--by")
"""Options that the page explains once."""
OF_EFFECTS = frozenset({"read"})
"""Keys of rule files that give an effect for an effect."""


def pages() -> dict[str, str]:
    """Every reference page by the name of its file."""
    return {
        "commands.md": commands_page(),
        "configuration.md": configuration_page(),
        "rule-files.md": rule_files_page(),
    }


def write(folder: Path = PAGES) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


# ---------------------------------------------------------------- commands


def commands_page() -> str:
    """Every command with its arguments and options, from its help."""
    parts = [
        MADE,
        "# Commands\n",
        "`deal-monitor COMMAND`, or `python -m monitor COMMAND`. Text goes to stdout, progress and logs to stderr. "
        "Exit codes:\n"
        "0 fine · 1 the check found problems · 2 wrong usage or configuration · 3 a diff differs. Every reading "
        "command takes\n"
        "`--json`; every intervention takes `--by NAME`, the author (default: the logged-in user). Shell "
        "completion is click's\n"
        'own: `eval "$(_DEAL_MONITOR_COMPLETE=bash_source deal-monitor)"` (or `zsh_source`, `fish_source`).\n',
        "Global options come before the command:\n",
        _parameters(main),
    ]
    context = click.Context(main, **main.context_settings)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None, name
        parts.append(_command_part((name,), command))
        if isinstance(command, click.Group):
            below = ((sub, command.get_command(context, sub)) for sub in command.list_commands(context))
            parts += [_command_part((name, sub), found) for sub, found in below if found is not None]
    return "\n".join(parts)


def _command_part(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, **main.context_settings)
    words = [*path]
    if not isinstance(command, click.Group):
        words += [word for word in command.collect_usage_pieces(context) if word != "[OPTIONS]"]
    heading = f"{'#' * (len(path) + 1)} `{' '.join(words)}`"
    return "\n\n".join(filter(None, (heading, _plain_help(command), _parameters(command)))).rstrip("\n") + "\n"


def _plain_help(command: click.Command) -> str:
    """The help text; its verbatim paragraphs (after \\b) become code blocks."""
    parts = []
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        verbatim = paragraph.startswith("\b")
        lines = [line for line in paragraph[1:].strip("\n").splitlines() if not line.startswith("Example")]
        parts.append(
            "```\n" + inspect.cleandoc("\n".join(lines)) + "\n```" if verbatim else " ".join(paragraph.split())
        )
    return "\n\n".join(parts)


def _parameters(command: click.Command) -> str:
    """The options as a list. Arguments are in the heading, and explained in the help."""
    context = click.Context(command, **main.context_settings)
    options = (parameter for parameter in command.get_params(context) if isinstance(parameter, click.Option))
    records = filter(None, (option.get_help_record(context) for option in options))
    return "".join(
        f"* `{names}`: {' '.join(text.split())}\n" for names, text in records if not names.startswith(EVERYWHERE)
    )


# ---------------------------------------------------------------- config.toml


def configuration_page() -> str:
    """Every key of config.toml with its meaning, default and environment variable."""
    told = _field_docstrings()
    parts = [
        MADE,
        "# Configuration\n",
        "`config.toml` of the working folder, or the file that `--config` or `$DEAL_MONITOR_CONFIG` names. Weakest "
        "first: the file,\n"
        "files in the secrets folder, environment variables (`DEAL_MONITOR_SECTION__KEY`). Secrets are refused in "
        "the file. A\n"
        "relative path starts at the folder of the file. Defaults are in brackets.\n",
    ]
    for section, info in schema.Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            parts.append(_section_part(f"[{section}]", info.annotation, told, section))
    parts += [_section_part(f"[[{name}]]", shape, told, None) for name, shape in LISTS.items()]
    return "\n".join(parts)


def _section_part(heading: str, shape: type[BaseModel], told: Mapping[str, str], section: str | None) -> str:
    about = inspect.cleandoc(shape.__doc__ or "").partition(": ")[2]
    rows = []
    for key, info in shape.model_fields.items():
        secret = "SecretStr" in str(info.annotation) or "SecretStr" in str(info.metadata)
        names = f"`{key}`"
        if secret and section is not None and (section, key) != ("monitor", "database"):
            names = f"secret `{section}__{key}`, `{ENV_PREFIX}{section.upper()}__{key.upper()}`"
        rows.append((names, told[f"{shape.__name__}.{key}"] + _default(info)))
    text = " ".join(about.split())
    text = text[:1].upper() + text[1:]
    return f"## `{heading}`\n\n{text}\n\n{_table(rows)}"


def _default(info: Any) -> str:
    value = info.default.name.lower() if isinstance(info.default, IntEnum) else info.default
    if info.default_factory is not None or value is None or value == "" or value == ():
        return ""
    if value is PydanticUndefined:
        return " Required."
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    shown = str(value) if isinstance(value, Path) else list(value) if isinstance(value, tuple) else value
    return f" [`{json.dumps(shown)}`]"


def _field_docstrings() -> dict[str, str]:
    """'Class.key' -> the text under the key in the schema's source."""
    found = {}
    for node in ast.walk(ast.parse(inspect.getsource(schema))):
        if not isinstance(node, ast.ClassDef):
            continue
        for field, after in zip(node.body, node.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
            ):
                found[f"{node.name}.{ast.unparse(field.target)}"] = " ".join(str(after.value.value).split())
    return found


# ---------------------------------------------------------------- rule files


def rule_files_page() -> str:
    """Every key of the rule files with its meaning and default, as the schemas for editors have them."""
    parts = [
        MADE,
        "# Rule files\n",
        "The keys by kind of file. [The guide](../rules.md) teaches the language; `deal-monitor rules "
        "schema` writes\n"
        "these as JSON Schema for editors. `a.b` is key `b` inside key `a`; `a[].b` is key `b` of each entry of "
        "the list `a`.\n"
        "Defaults are in brackets.\n",
    ]
    groups, values = dict[str, str](), dict[str, str]()
    for name, whole in schemas().items():
        where = (
            "rules/<deal>/<commitment>.yaml"
            if name == "commitment"
            else f"rules/{SHAPES[name][2].replace('*/', '<deal>/', 1)}"
        )
        rows = [
            (f"`{path}`", _meaning(part, path, values) + _schema_default(part))
            for path, part in _keys(whole, "", groups)
        ]
        parts.append(f"## {SHAPES[name][1]}: `{where}`\n\n{_table(rows)}")
    return "\n".join(parts)


def _keys(part: Mapping[str, Any], path: str, seen: dict[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every named key below a schema, with its path. A group of keys is listed once; other places refer to it."""
    properties = part.get("properties", {})
    first = seen.setdefault(json.dumps(properties, sort_keys=True), path)
    if len(properties) > 1 and first != path:
        yield path, {"description": f"Keys: see `{first}`."}
        return
    for key, value in sorted(properties.items()):
        own = f"{path}.{key}".strip(".")
        below = [] if key in OF_EFFECTS else [*_keys(value, own, seen)]
        if below and below[0][0] in (own, f"{own}[]"):  # its keys are listed elsewhere
            value = {**value, "description": f"{value.get('description', '')} {below.pop(0)[1]['description']}"}
        yield own, value
        yield from below
    for choice in (*part.get("anyOf", ()), *part.get("oneOf", ())):
        yield from _keys(choice, path, seen)
    if isinstance(part.get("items"), Mapping):
        yield from _keys(part["items"], f"{path}[]", seen)
    if isinstance(part.get("additionalProperties"), Mapping):
        yield from _keys(part["additionalProperties"], f"{path}.NAME".strip("."), seen)


def _meaning(part: Mapping[str, Any], path: str, seen: dict[str, str]) -> str:
    """The description and the possible values. A list of values is shown once; other keys refer to it."""
    text, _, listed = str(part.get("description", "")).partition("\n")
    allowed = part.get("enum") or (part.get("items") or {}).get("enum") or ()
    plain = ", ".join(f"`{value}`" for value in allowed if value and f"`{value}`" not in f"{text}{listed}")
    values = listed.strip() or (plain and f"One of {plain}.")
    first = seen.setdefault(values, path)
    if values and first != path:
        return f"{text} Values: see `{first}`."
    return f"{text}\n{listed}" if listed else f"{text} {values}".strip()


def _schema_default(part: Mapping[str, Any]) -> str:
    value = part.get("default")
    return (
        ""
        if value in (None, "", [], {}) or isinstance(value, dict)
        else f" [`{json.dumps(value, ensure_ascii=False)}`]"
    )


# ---------------------------------------------------------------- tables


def _table(rows: Iterable[Sequence[str]]) -> str:
    lines = [("key", "meaning"), ("---", "---"), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    items = [line.removeprefix("- ") for line in text.splitlines() if line.strip()]
    return "<br>".join(" ".join(item.split()) for item in items).replace("|", "\\|")


if __name__ == "__main__":
    write()
