"""The sources of settings, weakest first: config.toml, the secrets folder, the environment, flags.

Each is read into a `Layer` of its own, which remembers where every value came from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, cast, get_args

from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from monitor.config.field_checks import did_you_mean, url_password
from monitor.config.problems import ConfigProblem, key_name, unknown_key
from monitor.config.schema import Settings
from monitor.config.syntax_errors import explain_toml_error
from monitor.config.toml_lines import KeyPath, ValueOrigin, key_lines
from monitor.errors import ConfigError

ENV_PREFIX = "DEAL_MONITOR_"
CONFIG_VARIABLE = f"{ENV_PREFIX}CONFIG"
CACHE_VARIABLE = f"{ENV_PREFIX}CACHE"
"""No setting: it is read by `monitor.rulebook.cache`, which commands without a configuration use too."""
_DELIMITER = "__"
_SECRET_SIZE = 64 * 1024
"""Characters read of a file: far more than any secret, and too few to fill the memory by mistake."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source sets, where each key stands in it, and what is wrong with the source itself."""

    values: dict[str, Any]
    place: Callable[[KeyPath], ValueOrigin]
    problems: tuple[ConfigProblem, ...] = field(default=())

    def has(self, path: KeyPath) -> bool:
        """Whether this source sets the value at `path`, or a part of it."""
        node: Any = self.values
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return False
        return True


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both in one: `over` wins, tables are joined, lists are replaced whole."""
    both = dict(under)
    for key, value in over.items():
        old = both.get(key)
        both[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def leaves() -> Iterator[tuple[tuple[str, str], Any]]:
    """(section, key) of all tables with the type of its value; lists such as feeds have no keys of their own."""
    for section, info in Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from (((section, key), own.annotation) for key, own in info.annotation.model_fields.items())


def unreadable(file: FilePath, error: OSError) -> str:
    """What is wrong with a file that the system does not let us read, and the remedy."""
    return f"{file}: cannot be read: {error.strerror}; run this as the user whose file it is, or give this user the right to read it"


def toml_layer(file: FilePath) -> Layer:
    """The file. Raises ConfigError when it cannot be read as TOML.

    Names are taken as they are written: pydantic-settings would take [Slack] for [slack], past the checks made here. Secrets
    are refused: config.toml is copied, shown and kept in version control.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        problem = f"{file}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8"
        raise ConfigError(problem, subject=str(file)) from None
    except OSError as error:
        raise ConfigError(unreadable(file, error), subject=str(file)) from None
    except tomllib.TOMLDecodeError as error:
        number, problem = explain_toml_error(str(error), text)
        raise ConfigError(f"{file}:{number}: {problem}", subject=str(file)) from None
    lines = key_lines(text)

    def place(path: KeyPath) -> ValueOrigin:
        while path and path not in lines:
            path = path[:-1]
        return ValueOrigin(str(file), lines.get(path, 1))

    problems = [ConfigProblem(place((k,)), unknown_key((k,))) for k in values if k not in Settings.model_fields]
    for path, kind in leaves():
        table = values.get(path[0])
        given = table.get(path[1]) if isinstance(table, dict) else None
        open_database = path == ("monitor", "database") and not url_password(str(given))
        if given is not None and SecretStr in (kind, *get_args(kind)) and not open_database:
            elsewhere = f"set {_variable(path)} or a file {_DELIMITER.join(path)} in the secrets folder instead"
            problem = f"{key_name(path)} holds a secret, which must not stand in this file; {elsewhere}"
            problems.append(ConfigProblem(place(path), problem))
    return Layer(values, place, tuple(problems))


def readable_part(file: FilePath) -> dict[str, Any]:
    """The tables of a file that is no valid TOML, up to the one that is broken; {} if none can be read."""
    try:
        lines = file.read_bytes().decode("utf-8-sig", "replace").split("\n")
    except OSError:
        return {}
    for end in range(len(lines), 0, -1):
        if lines[end - 1].startswith("["):
            with suppress(tomllib.TOMLDecodeError):
                return tomllib.loads("\n".join(lines[: end - 1]))
    return {}


def secret_layer(folder: FilePath) -> Layer:
    """Files named after their key, `smtp__password`; systemd and Kubernetes put them in such a folder. Raises ConfigError."""
    names = _secret_names()
    texts, problems = {}, []
    for file in _plain_files(folder):
        # A foreign file may lie here too; only one that looks like a slip of the pen is an error.
        if file.name.lower() not in names:
            if hint := did_you_mean(file.name, names):
                problems.append(ConfigProblem(ValueOrigin(str(file)), f"is no known secret{hint}"))
            continue
        try:
            with file.open(encoding="utf-8") as opened:
                texts[file.name.lower()] = opened.read(_SECRET_SIZE).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: cannot be read as text: {type(error).__name__}", subject=str(file)) from None
        if not texts[file.name.lower()]:
            problems.append(ConfigProblem(ValueOrigin(str(file)), "is empty; write the secret into it, or delete it"))

    def place(path: KeyPath) -> ValueOrigin:
        return ValueOrigin(str(folder / _DELIMITER.join(map(str, path))))

    return Layer(_nested(texts, prefix=""), place, tuple(problems))


def secret_files(folder: FilePath) -> list[FilePath]:
    """The files of the secrets folder that hold a setting. Raises ConfigError."""
    return [file for file in _plain_files(folder) if file.name.lower() in _secret_names()]


def _secret_names() -> list[str]:
    return [_DELIMITER.join(path) for path, _ in leaves()]


def _plain_files(folder: FilePath) -> list[FilePath]:
    try:
        return sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    except OSError as error:
        remedy = "make the folder, and put a file into it for each secret, readable for this user alone"
        problem = f"{folder}: the secrets folder cannot be read: {error.strerror}; {remedy}"
        raise ConfigError(problem, subject=str(folder)) from None


def env_layer(environ: Mapping[str, str]) -> Layer:
    """Variables like DEAL_MONITOR_SMTP__PASSWORD; an empty one counts as not set."""
    others = (CONFIG_VARIABLE, CACHE_VARIABLE)
    ours = {n: text for n, text in environ.items() if n.upper().startswith(ENV_PREFIX) and text and n not in others}
    known = [*(_variable(path) for path, _ in leaves()), *others]
    problems = tuple(
        ConfigProblem(ValueOrigin(f"environment {name}"), f"is no known setting{did_you_mean(name, known)}")
        for name in ours
        if name.removeprefix(ENV_PREFIX).lower().split(_DELIMITER)[0] not in Settings.model_fields
    )
    return Layer(_nested(ours, ENV_PREFIX), lambda path: ValueOrigin(f"environment {_variable(path)}"), problems)


def _variable(path: KeyPath) -> str:
    return ENV_PREFIX + _DELIMITER.join(str(part) for part in path if isinstance(part, str)).upper()


def _nested(texts: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """Flat names with `__` as tables; a whole table or list may be given as JSON.

    A text that stands for a number or a yes or no becomes that; one that stands for none is left for the check to refuse.
    """
    # The source asks only for the fields of the class, which any model has.
    source = EnvSettingsSource(cast(Any, Settings), env_prefix=prefix, env_nested_delimiter=_DELIMITER)
    source.env_vars = {name.lower(): text for name, text in texts.items()}
    try:
        values = source()
    except SettingsError as error:
        # The cause quotes the text, which may be a secret.
        raise ConfigError(f"environment: {error}; write tables and lists as JSON") from None
    for (section, key), kind in leaves():
        table = values.get(section)
        if kind in (int, float, bool) and isinstance(table, dict) and isinstance(table.get(key), str):
            with suppress(ValidationError):
                table[key] = TypeAdapter(kind).validate_python(table[key])
    return values


def flag_layer(overrides: Mapping[str, Any]) -> Layer:
    """Flags as {'poll.timeout_seconds': 5}; None stands for a flag not given."""
    values: dict[str, Any] = {}
    for name, value in overrides.items():
        if value is None:
            continue
        nested = value
        for key in reversed(name.split(".")):
            nested = {key: nested}
        values = merge(values, nested)
    return Layer(values, lambda path: ValueOrigin(f"flag {key_name(path)}"))


def secrets_folder(layers: list[Layer], environ: Mapping[str, str], base: FilePath) -> FilePath | None:
    """The folder named by `secrets_dir`, else by $CREDENTIALS_DIRECTORY; None if neither names one."""
    named = (
        layer.values["monitor"]["secrets_dir"] for layer in reversed(layers) if layer.has(("monitor", "secrets_dir"))
    )
    given = next(named, environ.get("CREDENTIALS_DIRECTORY"))
    return base / FilePath(given).expanduser() if given and isinstance(given, str | FilePath) else None
