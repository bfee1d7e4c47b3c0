"""The sources of settings, weakest first: config.toml, the secrets folder, the environment, flags.

Each is read into a `Layer` of its own, which remembers where every value came from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, get_args

from pydantic import SecretStr, TypeAdapter, ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from monitor.config.field_checks import did_you_mean, url_password
from monitor.config.problems import ConfigProblem, key_name, known_keys, unknown_key
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


def merge(layers: list[Layer]) -> dict[str, Any]:
    """All layers in one; a later one wins, tables are joined, lists are replaced whole."""
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = _merged_tables(merged, layer.values)
    return merged


def _merged_tables(under: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(under)
    for key, value in over.items():
        old = both.get(key)
        both[key] = _merged_tables(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def origin_of(path: KeyPath, layers: list[Layer]) -> ValueOrigin:
    """Where the value at `path` came from: the strongest layer that sets it, else the file (the first layer)."""
    setter = next((layer for layer in reversed(layers) if layer.has(path)), layers[0])
    return setter.place(path)


# ---------------------------------------------------------------- config.toml


def toml_layer(file: FilePath) -> Layer:
    """The file; raises ConfigError when it cannot be read as TOML."""
    text = _read(file)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        number, problem = explain_toml_error(str(error), text)
        raise ConfigError(f"{file}:{number}: {problem}", subject=str(file)) from None
    lines = key_lines(text)

    def place(path: KeyPath) -> ValueOrigin:
        while path and path not in lines:
            path = path[:-1]
        return ValueOrigin(str(file), lines.get(path, 1))

    return Layer(values, place, (*_unknown_sections(values, place), *_secrets_in_file(values, place)))


def _read(file: FilePath) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{file}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8", subject=str(file)
        ) from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}", subject=str(file)) from None


def _unknown_sections(values: dict[str, Any], place: Callable[[KeyPath], ValueOrigin]) -> Iterator[ConfigProblem]:
    """Names are taken as they are written: pydantic-settings would take [Slack] for [slack], past the checks made here."""
    yield from (ConfigProblem(place((key,)), unknown_key((key,))) for key in values if key not in Settings.model_fields)


def _secrets_in_file(values: dict[str, Any], place: Callable[[KeyPath], ValueOrigin]) -> Iterator[ConfigProblem]:
    """config.toml is copied, shown and kept in version control, so secrets have no business in it."""
    for path in secret_keys():
        table = values.get(path[0])
        given = table.get(path[1]) if isinstance(table, dict) else None
        if given is None or (path == ("monitor", "database") and not url_password(str(given))):
            continue
        yield ConfigProblem(
            place(path),
            f"{key_name(path)} holds a secret, which must not stand in this file; "
            f"set {_variable(path)} or a file {_DELIMITER.join(path)} in the secrets folder instead",
        )


def secret_keys() -> Iterator[tuple[str, str]]:
    """Every key whose value is a secret."""
    for section, key in _leaves():
        annotation = _annotation(section, key)
        if SecretStr in (annotation, *get_args(annotation)):
            yield section, key


def _annotation(section: str, key: str) -> Any:
    model = Settings.model_fields[section].annotation
    return model.model_fields[key].annotation if isinstance(model, type) else None


def _leaves() -> Iterator[tuple[str, str]]:
    """(section, key) of all tables; lists such as feeds have no keys of their own."""
    for section, info in Settings.model_fields.items():
        if isinstance(info.annotation, type):
            yield from ((section, key) for key in known_keys((section,)))


# ---------------------------------------------------------------- secrets folder


def secret_layer(folder: FilePath) -> Layer:
    """Files named after their key, `smtp__password`; systemd and Kubernetes put them in such a folder."""
    names = [_DELIMITER.join(leaf) for leaf in _leaves()]
    texts, problems = {}, []
    try:
        files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    except OSError as error:
        raise ConfigError(
            f"{folder}: the secrets folder cannot be read: {error.strerror}", subject=str(folder)
        ) from None
    for file in files:
        # A foreign file may lie here too; only one that looks like a slip of the pen is an error.
        if file.name.lower() in names:
            texts[file.name.lower()] = _secret(file)
        elif hint := did_you_mean(file.name, names):
            problems.append(ConfigProblem(ValueOrigin(str(file)), f"is no known secret{hint}"))

    def place(path: KeyPath) -> ValueOrigin:
        return ValueOrigin(str(folder / _DELIMITER.join(map(str, path))))

    return Layer(_nested(texts, prefix=""), place, tuple(problems))


def _secret(file: FilePath) -> str:
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(_SECRET_SIZE).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read as text: {type(error).__name__}", subject=str(file)) from None


# ---------------------------------------------------------------- environment and flags


def env_layer(environ: Mapping[str, str]) -> Layer:
    """Variables like DEAL_MONITOR_SMTP__PASSWORD; an empty one counts as not set."""
    ours = {name: text for name, text in environ.items() if name.upper().startswith(ENV_PREFIX) and text}
    ours = {name: text for name, text in ours.items() if name not in (CONFIG_VARIABLE, CACHE_VARIABLE)}
    problems = [
        ConfigProblem(ValueOrigin(f"environment {name}"), f"is no known setting{did_you_mean(name, _variables())}")
        for name in ours
        if name.removeprefix(ENV_PREFIX).lower().split(_DELIMITER)[0] not in Settings.model_fields
    ]
    return Layer(_nested(ours, ENV_PREFIX), lambda path: ValueOrigin(f"environment {_variable(path)}"), tuple(problems))


def _variable(path: KeyPath) -> str:
    return ENV_PREFIX + _DELIMITER.join(str(part) for part in path if isinstance(part, str)).upper()


def _variables() -> list[str]:
    return [*map(_variable, _leaves()), CONFIG_VARIABLE, CACHE_VARIABLE]


def _nested(texts: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """Flat names with `__` as tables; a whole table or list may be given as JSON."""
    source = EnvSettingsSource(Settings, env_prefix=prefix, env_nested_delimiter=_DELIMITER)
    source.env_vars = {name.lower(): text for name, text in texts.items()}
    try:
        return _typed(source())
    except SettingsError as error:
        # The cause quotes the text, which may be a secret.
        raise ConfigError(f"environment: {error}; write tables and lists as JSON") from None


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Texts that stand for a number or a yes or no as that; what stands for none is left for the check to refuse."""
    for section, key in _leaves():
        kind, table = _annotation(section, key), values.get(section)
        if kind in (int, float, bool) and isinstance(table, dict) and isinstance(table.get(key), str):
            with suppress(ValidationError):
                table[key] = TypeAdapter(kind).validate_python(table[key])
    return values


def flag_layer(overrides: Mapping[str, Any]) -> Layer:
    """Flags as {'poll.timeout_seconds': 5}; None stands for a flag not given."""
    values: dict[str, Any] = {}
    for name, value in overrides.items():
        *tables, key = name.split(".")
        nested: Any = {key: value}
        for table in reversed(tables):
            nested = {table: nested}
        if value is not None:
            values = _merged_tables(values, nested)
    return Layer(values, lambda path: ValueOrigin(f"flag {key_name(path)}"))


def secrets_folder(layers: list[Layer], environ: Mapping[str, str], base: FilePath) -> FilePath | None:
    """The folder named by `secrets_dir`, else by $CREDENTIALS_DIRECTORY."""
    given = next(
        (layer.values["monitor"]["secrets_dir"] for layer in reversed(layers) if layer.has(("monitor", "secrets_dir"))),
        environ.get("CREDENTIALS_DIRECTORY"),
    )
    return base / FilePath(given).expanduser() if given and isinstance(given, str | FilePath) else None
