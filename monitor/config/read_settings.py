"""Finds the configuration, merges its sources and checks the whole, so that one run shows every problem.

The sources, weakest first: config.toml, the secrets folder, the environment. Each is a `Layer` that knows where its
values are.
"""

from __future__ import annotations

import os
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, reduce
from pathlib import Path as FilePath
from typing import Any, cast, get_args

from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from monitor.config.field_checks import (
    did_you_mean,
    protects_secrets,
    read_feed_headers,
    resembles_secret,
    url_password,
)
from monitor.config.problems import ConfigProblem, key_name, problems_of, unknown_key
from monitor.config.settings import BASE_FOLDER, Settings
from monitor.config.toml_lines import KeyPath, ValueOrigin, explain_toml_error, key_lines, read_toml
from monitor.errors import ConfigError

ENV_PREFIX = "DEAL_MONITOR_"
CONFIG_VARIABLE = f"{ENV_PREFIX}CONFIG"
CACHE_VARIABLE = f"{ENV_PREFIX}CACHE"
"""Not a setting: `monitor.rulebook.cache` reads it, also without a configuration."""
DELIMITER = "__"
SECRET_SIZE = 64 * 1024
"""Characters read of a secret file: a limit for files that are there by mistake."""
POLITE_SECONDS = 60
"""News sites do not publish more often, and some block faster readers (estimate)."""
CHANNELS = {
    "slack": ("Slack", "set DEAL_MONITOR_SLACK__TOKEN or DEAL_MONITOR_SLACK__WEBHOOK"),
    "apprise": ("apprise", "set DEAL_MONITOR_APPRISE__URLS"),
    "email": ("a mail server", "set host and sender in [smtp]"),
}
"""By channel: its name in warnings, and how to set it up."""

LocateKey = Callable[[KeyPath], ValueOrigin]


def load_settings(
    path: FilePath | None, environ: Mapping[str, str] | None = None, *, base: FilePath | None = None
) -> Settings:
    """The checked settings. path: --config, else $DEAL_MONITOR_CONFIG, else ./config.toml; base: start of relative
    paths, the file's folder if None. Raises ConfigError that lists every problem as 'path:line: text (did you mean
    ...)'."""
    environ = os.environ if environ is None else environ
    file = path or FilePath(environ.get(CONFIG_VARIABLE) or "config.toml")
    toml, base = toml_layer(file), base or file.resolve().parent
    # Variables like DEAL_MONITOR_SMTP__PASSWORD; an empty one counts as not set.
    others = (CONFIG_VARIABLE, CACHE_VARIABLE)
    ours = {n: text for n, text in environ.items() if n.upper().startswith(ENV_PREFIX) and text and n not in others}
    known = [*(_variable(path) for path, _ in leaves()), *others]
    unknown = tuple(
        ConfigProblem(ValueOrigin(f"environment {name}"), f"is not a known setting{did_you_mean(name, known)}")
        for name in ours
        if name.removeprefix(ENV_PREFIX).lower().split(DELIMITER)[0] not in Settings.model_fields
    )
    env = Layer(_nested(ours, ENV_PREFIX), lambda path: ValueOrigin(f"environment {_variable(path)}"), unknown)
    layers = [toml, env]
    folders = [layer.values["monitor"]["secrets_dir"] for layer in layers if layer.has(("monitor", "secrets_dir"))]
    folder = folders[-1] if folders else environ.get("CREDENTIALS_DIRECTORY")
    if folder and isinstance(folder, str | FilePath):
        layers.insert(1, secret_layer(base / FilePath(folder).expanduser()))
    merged: dict[str, Any] = reduce(merge, (layer.values for layer in layers))

    def place(at: KeyPath) -> ValueOrigin:
        """The origin of a value: the strongest layer that sets it, else the file."""
        return next((layer for layer in reversed(layers) if layer.has(at)), toml).place(at)

    problems = [problem for layer in layers for problem in layer.problems]
    problems += _cross_table_problems(merged, place)
    token = BASE_FOLDER.set(base)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        problems += problems_of(error.errors(), place)
    finally:
        BASE_FOLDER.reset(token)
    if problems:
        raise ConfigError(_listed(problems), subject=str(file))
    settings._path, settings._place = file.resolve(), place
    settings._warnings = tuple(map(str, _likely_mistakes(settings, place)))
    return settings


# ---------------------------------------------------------------- the sources


@dataclass(frozen=True, slots=True)
class Layer:
    """One source: its values, where each key is, and problems of the source."""

    values: dict[str, Any]
    place: LocateKey
    problems: tuple[ConfigProblem, ...] = ()

    def has(self, path: KeyPath) -> bool:
        """Whether it sets the value at `path`, or a part of it."""
        node: Any = self.values
        for part in path:
            try:
                node = node[part]
            except (KeyError, IndexError, TypeError):
                return False
        return True


def merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both in one: `over` wins, tables are joined, lists are replaced."""
    both = dict(under)
    for key, value in over.items():
        old = both.get(key)
        both[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def leaves() -> Iterator[tuple[tuple[str, str], Any]]:
    """((section, key), type) of all settings outside lists of tables."""
    for section, info in Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from (((section, key), own.annotation) for key, own in info.annotation.model_fields.items())


def toml_layer(file: FilePath) -> Layer:
    """config.toml. Raises ConfigError if it is missing, unreadable or not valid TOML. Unknown names are found here,
    because pydantic-settings would take [Slack] for [slack]. Secrets are refused, because config.toml is copied, shown
    and kept in version control."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        values = read_toml(text)
    except UnicodeDecodeError as error:
        problem = f"{file}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8"
        raise ConfigError(problem, subject=str(file)) from None
    except (FileNotFoundError, IsADirectoryError) as error:
        # Docker creates a folder if the file to mount does not exist.
        missing = "there is no such file" if isinstance(error, FileNotFoundError) else "is a folder, not a file"
        remedy = f"name one with --config or {CONFIG_VARIABLE}, or create one with 'deal-monitor init DIR'"
        raise ConfigError(f"{file}: {missing}; {remedy}", subject=str(file)) from None
    except OSError as error:
        remedy = "run this as the owner of the file, or make it readable for this user"
        raise ConfigError(f"{file}: cannot be read: {error.strerror}; {remedy}", subject=str(file)) from None
    except tomllib.TOMLDecodeError as error:
        number, problem = explain_toml_error(str(error), text)
        raise ConfigError(f"{file}:{number}: {problem}", subject=str(file)) from None
    lines = cache(lambda: key_lines(text))

    def place(path: KeyPath) -> ValueOrigin:
        while path and path not in lines():
            path = path[:-1]
        return ValueOrigin(str(file), lines()[path][0] if path else 1)

    problems = [ConfigProblem(place((k,)), unknown_key((k,))) for k in values if k not in Settings.model_fields]
    for path, kind in leaves():
        table = values.get(path[0])
        given = table.get(path[1]) if isinstance(table, dict) else None
        public = path == ("monitor", "database") and not url_password(str(given))
        if given is not None and SecretStr in (kind, *get_args(kind)) and not public:
            remedy = f"set {_variable(path)} or a file {DELIMITER.join(path)} in the secrets folder instead"
            problem = f"{key_name(path)} is a secret, which must not be in this file; {remedy}"
            problems.append(ConfigProblem(place(path), problem))
    return Layer(values, place, tuple(problems))


def secret_layer(folder: FilePath) -> Layer:
    """Files named after their key, `smtp__password`, as systemd and Kubernetes provide them. Raises ConfigError."""
    try:
        files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    except OSError as error:
        remedy = "create the folder with a file for each secret, readable for this user only"
        problem = f"{folder}: the secrets folder cannot be read: {error.strerror}; {remedy}"
        raise ConfigError(problem, subject=str(folder)) from None
    names = [DELIMITER.join(path) for path, _ in leaves()]
    texts, problems = {}, []
    for file in files:
        name = file.name.lower()
        if name not in names:
            # Other files may be there, too; only a likely misspelling is an error.
            if hint := did_you_mean(file.name, names):
                problems.append(ConfigProblem(ValueOrigin(str(file)), f"is not a known secret{hint}"))
            continue
        try:
            with file.open(encoding="utf-8") as opened:
                texts[name] = opened.read(SECRET_SIZE).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: cannot be read as text: {type(error).__name__}", subject=str(file)) from None
        if not texts[name]:
            problems.append(ConfigProblem(ValueOrigin(str(file)), "is empty; write the secret into it, or delete it"))

    def place(path: KeyPath) -> ValueOrigin:
        return ValueOrigin(str(folder / DELIMITER.join(map(str, path))))

    return Layer(_nested(texts, prefix=""), place, tuple(problems))


def _variable(path: KeyPath) -> str:
    return ENV_PREFIX + DELIMITER.join(str(part) for part in path if isinstance(part, str)).upper()


def _nested(texts: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """Flat names with `__` as tables; a whole table or list may be JSON. Texts of numbers and booleans are converted if
    they can be."""
    # The source asks only for the fields of the class, which any model has.
    source = EnvSettingsSource(cast(Any, Settings), env_prefix=prefix, env_nested_delimiter=DELIMITER)
    source.env_vars = {name.lower(): text for name, text in texts.items()}
    try:
        values = source()
    except (SettingsError, RecursionError) as error:
        # Its cause quotes the text, which may be a secret.
        raise ConfigError(f"environment: {error}; write tables and lists as JSON") from None
    for (section, key), kind in leaves():
        table = values.get(section)
        if kind in (int, float, bool) and isinstance(table, dict) and isinstance(table.get(key), str):
            with suppress(ValidationError):
                table[key] = TypeAdapter(kind).validate_python(table[key])
    return values


# ---------------------------------------------------------------- checks of the whole


def check_routes(settings: Settings, deals: Mapping[str, str]) -> None:
    """Refuse routes with a pattern that matches no commitment of the rules, because they would never get a message.
    deals: of each commitment. Raises ConfigError."""
    problems, commitments = [], {*deals, *deals.values()}
    for index, route in enumerate(settings.routes):
        for number, pattern in enumerate(route.commitments):
            if any(fnmatchcase(name, pattern) for name in commitments):
                continue
            # The hint: an id that continues the pattern, else a similar one, else all.
            stem = pattern.rstrip("*-")
            longer = min((name for name in commitments if name.startswith(stem)), key=len, default="")
            meant = f" (did you mean {longer!r}?)" if longer else did_you_mean(stem, commitments)
            hint = meant or f". The rules name: {', '.join(sorted(commitments))}"
            text = f"route {route.name!r}: no commitment matches {pattern!r}{hint}"
            problems.append(ConfigProblem(settings.place(("routes", index, "commitments", number)), text))
    if problems:
        raise ConfigError(_listed(problems), subject=str(settings.path))


def _listed(problems: list[ConfigProblem]) -> str:
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: (problem.place.name, problem.place.line))
    return "\n".join(map(str, ordered))


def _cross_table_problems(merged: Mapping[str, Any], place: LocateKey) -> Iterator[ConfigProblem]:
    """Checks across tables, on plain values, so that they also run if some values are wrong."""
    tables = {name: found for name, found in merged.items() if isinstance(found, dict)}
    lists = {
        name: [(index, row) for index, row in enumerate(found) if isinstance(row, dict)]
        for name, found in merged.items()
        if isinstance(found, list)
    }
    for name, key in (("feeds", "name"), ("feeds", "url"), ("routes", "name")):
        places: defaultdict[str, list[KeyPath]] = defaultdict(list)
        for index, row in lists.get(name, ()):
            if isinstance(row.get(key), str):
                places[row[key]].append((name, index, key))
        for text, (first, *others) in places.items():
            yield from (ConfigProblem(place(o), f"{key} {text!r} is already used at {place(first)}") for o in others)
    yield from _header_problems(tables.get("poll", {}).get("headers"), lists.get("feeds", ()), place)
    names = [str(route.get("name")) for _, route in lists.get("routes", ())]
    owner = tables.get("owner", {}).get("route")
    if isinstance(owner, str) and owner not in names:
        problem = f"owner.route {owner!r} is not the name of a route{did_you_mean(owner, names)}"
        yield ConfigProblem(place(("owner", "route")), problem)
    # Routes that nobody can approve, or with a `to` that their channel cannot use.
    webhook, urls = tables.get("slack", {}).get("webhook"), tables.get("apprise", {}).get("urls")
    targets = [word.partition("=")[0] for word in urls.split()] if isinstance(urls, str) else None
    for index, route in lists.get("routes", ()):
        label, channel, to = route.get("name"), route.get("channel"), route.get("to")
        if route.get("approval") is True and owner in (None, label):
            problem = f"route {label!r} has approval = true, so the owner needs another route to decide"
            remedy = "name one without approval as route in [owner]"
            yield ConfigProblem(place(("routes", index, "approval")), f"{problem}; {remedy}")
        if not to or resembles_secret(str(to)):  # a secret is refused elsewhere, without showing it
            continue
        if channel == "slack" and webhook:
            problem = f"route {label!r} names the Slack channel {to!r}, but a webhook posts to its own channel"
            yield ConfigProblem(place(("routes", index, "to")), f"{problem}; leave 'to' out, or set a token instead")
        elif channel == "apprise" and targets is not None and to not in targets:
            hint = did_you_mean(str(to), targets)
            problem = f"route {label!r} sends to {to!r}, which is not in apprise.urls{hint}"
            yield ConfigProblem(place(("routes", index, "to")), problem)


def _header_problems(
    secret: object, feeds: Iterable[tuple[int, dict[str, Any]]], place: LocateKey
) -> Iterator[ConfigProblem]:
    """Headers for feeds that do not exist, or that would be sent unencrypted."""
    try:
        headers = read_feed_headers(secret) if isinstance(secret, str) else {}
    except ValueError:
        return  # refused elsewhere
    urls = {str(feed.get("name")): str(feed.get("url")) for _, feed in feeds}
    for name in headers:
        if name not in urls:
            problem = f"poll.headers: there is no feed {name!r}{did_you_mean(name, urls)}"
            yield ConfigProblem(place(("poll", "headers")), problem)
        elif not protects_secrets(urls[name]):
            problem = (
                f"poll.headers: the address of feed {name!r} must start with https://, because a secret is sent there"
            )
            yield ConfigProblem(place(("poll", "headers")), problem)


def _likely_mistakes(settings: Settings, place: LocateKey) -> Iterator[ConfigProblem]:
    """Warnings: allowed, but most likely a mistake."""
    for key in ("rules", "templates"):
        folder = getattr(settings.monitor, key)
        # Not an error: a command may be given other rules, or need none.
        if key in settings.monitor.model_fields_set and not folder.is_dir():
            remedy = f"correct the path ('deal-monitor init DIR' creates a folder with the shipped {key})"
            yield ConfigProblem(place(("monitor", key)), f"monitor.{key}: there is no folder {folder}; {remedy}")
    live = settings.live_channels()
    for index, route in enumerate(settings.routes):
        at: KeyPath = ("routes", index)
        if route.channel not in live:
            name, remedy = CHANNELS[route.channel]
            effect = f"which is not set up: its messages are written to files; {remedy}"
            yield ConfigProblem(place((*at, "channel")), f"route {route.name!r} needs {name}, {effect}")
        elif route.channel == "email" and route.to.endswith(("example.com", "example.org", "example.net")):
            text = f"route {route.name!r} sends to {route.to}, which is an example address"
            yield ConfigProblem(place((*at, "to")), text)
        elif route.channel == "slack" and settings.slack.token and not (route.to or settings.slack.channel):
            text = f"route {route.name!r} names no Slack channel, and neither does [slack]"
            yield ConfigProblem(place(at), text)
    keys = {"email": ("smtp", "host"), "apprise": ("apprise", "urls")}
    keys["slack"] = ("slack", "token" if settings.slack.token else "webhook")
    for channel in sorted(live - {"file"} - {route.channel for route in settings.routes}):
        yield ConfigProblem(place(keys[channel]), f"{CHANNELS[channel][0]} is set up, but no route uses it")
    for index, feed in enumerate(settings.feeds):
        if feed.interval < POLITE_SECONDS and not settings.poll.allow_private_addresses:
            text = f"feed {feed.name!r} is polled more than once a minute"
            yield ConfigProblem(place(("feeds", index, "interval")), text)
