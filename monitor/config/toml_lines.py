"""The lines of the keys in a TOML text, and the remedies for an invalid one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top: ("feeds", 2, "url")."""
DEEPEST = 20
"""Levels of tables and lists, an estimate: the configuration has four."""


@dataclass(frozen=True, slots=True)
class ValueOrigin:
    """The origin of a value: a file with a line, or an environment variable."""

    name: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.line}" if self.line else self.name


def read_toml(text: str) -> dict[str, Any]:
    """The values of a TOML text. Raises TOMLDecodeError, also for what Python cannot handle: a number of thousands of
    digits, tables and lists within each other without end."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        problem = "a number has too many digits" if isinstance(error, ValueError) else "a value is nested too deeply"
        raise tomllib.TOMLDecodeError(problem) from None
    level: list[Any] = [values]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in (value.values() if isinstance(value, dict) else value)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
        if not level:
            return values
    raise tomllib.TOMLDecodeError("a value is nested too deeply")


def key_lines(text: str) -> dict[KeyPath, tuple[int, int]]:
    """The first and last line (from 1) of the statement that sets each table, key and list item. `text` must be valid
    TOML.

    A statement cut off is never valid TOML. So each line up to which the lines behind the last statement are valid ends
    a statement. A header such as [[feeds]] begins the table of the statements behind it.
    """
    found: dict[KeyPath, tuple[int, int]] = {}
    lines, counts, table = text.splitlines(), dict[KeyPath, int](), KeyPath()
    start = 1
    for end in range(1, len(lines) + 1):
        statement = "\n".join(lines[start - 1 : end])
        try:
            values = read_toml(statement)
        except tomllib.TOMLDecodeError:
            continue
        if statement.lstrip().startswith("["):
            table = _table_of(values, counts)
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], (start, end))
        else:
            for path in _paths(values, table):
                found.setdefault(path, (start, end))
        start = end + 1
    return found


def _table_of(header: Any, counts: dict[KeyPath, int]) -> KeyPath:
    """The table that a header begins. counts: by list of tables, the number of its last one."""
    path: KeyPath = ()
    while header:
        ((key, header),) = header.items()
        path = (*path, key)
        if isinstance(header, list):
            counts[path] = counts.get(path, -1) + 1
            return (*path, counts[path])
        if path in counts:
            path = (*path, counts[path])
    return path


def _paths(value: Any, path: KeyPath) -> Iterator[KeyPath]:
    """The paths of all tables, keys and items below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


REMEDIES = (
    (r"[^#]*[“”„‘’«»]", 'quotes must be straight: "…"'),
    (r"[^#]*[\u00a0\u2000-\u200b\u202f\u3000\ufeff]", "it contains a special space; type a normal one"),
    (r"\s*(//|;|/\*)", "a comment begins with #"),
    (r"\s*-?\s*[\w.-]+:(\s|$)", "write key = value, with '=' instead of ':'"),
    (r"\s*[\w-]+(\s+[\w-]+)+\s*=", "the name of a setting has no spaces; most have '_' there"),
    (r"\s*[\w.-]+\s*=\s*(#.*)?$", "the value is missing; write one, or leave the setting out"),
    (r"(?i)\s*[\w.-]+\s*=\s*(true|false|yes|no|on|off)\b", "write true or false, in small letters without quotes"),
    (r"\s*[\w.-]+\s*=\s*\[", 'write a list as ["one", "two"]'),
    (r"\s*[\w.-]+\s*=\s*[^\s\"'{]", 'a text needs quotes: "…"'),
    (r"[^#]*\\", r"write \\ for each \, or put the text in single quotes"),
    (r"\s*[\w.-]+\s*=\s*\"[^\"]*$", "end the text with a quote"),
    (r"\s*[\w.-]+\s*=.*,", "write one value: a list in [brackets], or several addresses in one text"),
)
"""A likely remedy by the look of the line, tried in this order."""


def explain_toml_error(error: str, text: str) -> tuple[int, str]:
    """A message of tomllib about `text` as a line number and a text with a remedy. The line is not repeated: it may
    hold a secret."""
    position = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", error, re.DOTALL)
    lines = text.split("\n")
    message, number = (position[1], int(position[2] or len(lines))) if position else (error, 1)
    column = f" in column {position[3]}" if position and position[3] else ""
    if twice := re.fullmatch(r"Cannot declare \('(.+)',\) twice", message):
        name = twice[1]
        remedy = f"write [[{name}]] for each" if name in ("routes", "feeds") else f"join both [{name}] into one"
    elif "overwrite" in message and (again := re.match(r"\s*\[\[\s*(\w+)", lines[number - 1])):
        remedy = f"write [[{again[1]}]] for the first one too"
    elif "overwrite" in message:
        remedy = "this table has the setting twice; remove one, or put the next [[…]] in front of it"
    else:
        line = lines[number - 1].rstrip("\r")
        remedy = next((remedy for pattern, remedy in REMEDIES if re.match(pattern, line)), "")
    return number, f"is not valid TOML: {message}{column}{f'; {remedy}' if remedy else ''}"
