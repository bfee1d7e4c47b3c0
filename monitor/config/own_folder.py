"""A config.toml that lies in another folder than before: the paths in it that lead elsewhere are turned to that folder."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import PurePosixPath

from monitor.config.schema import SQLITE
from monitor.config.toml_lines import key_lines

USUAL_PLACES = {
    ("monitor", "database"): "var/monitor.db",
    ("monitor", "rules"): "rules",
    ("monitor", "templates"): "templates",
    ("monitor", "data"): "var",
    ("monitor", "secrets_dir"): "secrets",
    ("smtp", "ca_file"): "ca.pem",
}
"""Every setting that is a path, and where it leads in a folder of its own where nothing better is known."""
ALWAYS_SET = frozenset({("monitor", "database"), ("monitor", "rules"), ("monitor", "templates"), ("monitor", "data")})
"""Those that hold without a line in the file."""


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """text: the config.toml of the new folder. places: where each path leads in it. turned: the settings whose lines were turned to
    the folder. by_hand: the lines that a person must write there, as they stand in no line of their own."""

    text: str
    places: dict[tuple[str, str], PurePosixPath]
    turned: tuple[str, ...]
    by_hand: tuple[str, ...]


def turned_to_own_folder(text: str, wanted: frozenset[tuple[str, str]]) -> OwnFolder:
    """The config.toml `text` so that each path of `wanted` lies inside its folder. What leads there already stays as it is.

    A wanted path that the file does not name gets its usual place; where the program would not look there by itself, the line
    is one of `by_hand`. The text must be valid TOML.
    """
    places, turned, by_hand = {}, [], []
    for path in sorted(wanted):
        section, key = path
        table = tomllib.loads(text).get(section)
        given = table.get(key) if isinstance(table, dict) else None
        inner = _inside(given, database=key == "database")
        places[path] = inner or PurePosixPath(USUAL_PLACES[path])
        if inner is not None or (given is None and path in ALWAYS_SET):
            continue
        value = f"{SQLITE if key == 'database' else ''}{places[path]}"
        if (changed := _with_value(text, path, value)) is not None:
            text = changed
            turned.append(f"{section}.{key}")
        else:
            by_hand.append(f'[{section}] {key} = "{value}"')
    return OwnFolder(text, places, tuple(turned), tuple(by_hand))


def _inside(given: object, *, database: bool) -> PurePosixPath | None:
    """The path below the folder of the file to which this value leads; None where it leads elsewhere."""
    if not isinstance(given, str) or (database and not given.startswith(SQLITE)):
        return None
    path = PurePosixPath(given.removeprefix(SQLITE) if database else given)
    leads_out = path.is_absolute() or ".." in path.parts or path.parts[:1] == ("~",)
    return None if leads_out else path


def _with_value(text: str, path: tuple[str, str], value: str) -> str | None:
    """The text with another value in the line of a key; None unless the key has a line of its own."""
    number = key_lines(text).get(path)
    if number is None:
        return None
    lines = text.split("\n")
    lines[number - 1] = re.sub(r"=.*", f'= "{value}"', lines[number - 1], count=1)
    changed = "\n".join(lines)
    try:
        table = tomllib.loads(changed).get(path[0])
    except tomllib.TOMLDecodeError:
        return None
    return changed if isinstance(table, dict) and table.get(path[1]) == value else None
