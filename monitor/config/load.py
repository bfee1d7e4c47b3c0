"""Find the configuration, read its layers and check the whole, so that one run shows every problem."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import reduce
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from monitor.config import layers
from monitor.config.field_checks import did_you_mean, resembles_secret
from monitor.config.problems import ConfigProblem, problems_of
from monitor.config.schema import BASE_FOLDER, Settings
from monitor.config.toml_lines import KeyPath, ValueOrigin
from monitor.errors import ConfigError

_POLITE_SECONDS = 60
"""An estimate: news sites publish no oftener, and some block whoever asks more often."""
_CHANNELS = {
    "slack": ("Slack", "set DEAL_MONITOR_SLACK__TOKEN or DEAL_MONITOR_SLACK__WEBHOOK"),
    "apprise": ("apprise", "set DEAL_MONITOR_APPRISE__URLS"),
    "email": ("a mail server", "set host and sender in [smtp]"),
}

LocateKey = Callable[[KeyPath], ValueOrigin]


def find_config(path: FilePath | None, environ: Mapping[str, str]) -> FilePath:
    """The file to read: `path` (--config), else $DEAL_MONITOR_CONFIG, else ./config.toml. ConfigError when absent."""
    file = path or FilePath(environ.get(layers.CONFIG_VARIABLE) or "config.toml")
    remedy = f"name one with --config or {layers.CONFIG_VARIABLE}, or lay out a folder with 'deal-monitor init DIR'"
    try:
        found = file.stat()
    except FileNotFoundError:
        raise ConfigError(f"{file}: there is no such file; {remedy}", subject=str(file)) from None
    except OSError as error:
        raise ConfigError(layers.unreadable(file, error), subject=str(file)) from None
    if stat.S_ISDIR(found.st_mode):
        # Docker makes one where a file that does not exist is mounted.
        raise ConfigError(f"{file}: is a folder, not a file; {remedy}", subject=str(file))
    return file


def load_settings(
    path: FilePath | None, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The checked settings: config.toml < secrets folder < environment < `overrides` ({'poll.per_host': 1}).

    Raises ConfigError that lists every problem as 'path:line: text (did you mean ...)'.
    """
    environ = os.environ if environ is None else environ
    file = find_config(path, environ)
    base, env, flags = layers.toml_layer(file), layers.env_layer(environ), layers.flag_layer(overrides or {})
    folder = layers.secrets_folder([base, env, flags], environ, file.resolve().parent)
    sources = [base, *([layers.secret_layer(folder)] if folder else []), env, flags]
    merged: dict[str, Any] = reduce(layers.merge, (layer.values for layer in sources))

    def place(at: KeyPath) -> ValueOrigin:
        """Where a value came from: the strongest layer that sets it, else the file."""
        return next((layer for layer in reversed(sources) if layer.has(at)), base).place(at)

    problems = [problem for layer in sources for problem in layer.problems]
    problems += _cross_table_problems(merged, place)
    token = BASE_FOLDER.set(file.resolve().parent)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        problems += problems_of(error.errors(), place)
    finally:
        BASE_FOLDER.reset(token)
    if problems:
        raise ConfigError(_listed(problems), subject=str(file))
    settings._path, settings._place = file.resolve(), place
    settings._secret_files = tuple(layers.secret_files(folder)) if folder else ()
    settings._warnings = tuple(map(str, _likely_mistakes(settings, place)))
    return settings


def usable_settings(
    path: FilePath | None, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """What can be used of a configuration that `load_settings` refuses, so that a check of the rest can go on: what is wrong is left
    out, a feed or route whole. Raises ConfigError if there is no file."""
    environ = os.environ if environ is None else environ
    file = find_config(path, environ)
    values: dict[str, Any] = {}
    found: list[layers.Layer] = []
    with suppress(ConfigError):
        found.append(layers.toml_layer(file))
    if not found:
        values = layers.readable_part(file)
    with suppress(ConfigError):
        found.append(layers.env_layer(environ))
    found.append(layers.flag_layer(overrides or {}))
    with suppress(ConfigError):
        folder = layers.secrets_folder(found, environ, file.resolve().parent)
        found[1:1] = [layers.secret_layer(folder)] if folder else []
    values = reduce(layers.merge, (layer.values for layer in found), values)
    token = BASE_FOLDER.set(file.resolve().parent)
    try:
        settings = _without_faults(values)
    finally:
        BASE_FOLDER.reset(token)
    settings._path = file.resolve()
    return settings


def _without_faults(values: dict[str, Any]) -> Settings:
    """The settings of these values; what is wrong is left out, again and again until the rest is right."""
    while values:
        try:
            return Settings(**values)
        except ValidationError as error:
            places = {tuple(each["loc"][:2]) for each in error.errors()}
            # The last items of a list first, so that the places of the others stay right.
            for place in sorted(places, key=lambda place: (str(place[0]), *place[1:]), reverse=True):
                _leave_out(values, place)
    return Settings()


def _leave_out(values: dict[str, Any], place: KeyPath) -> None:
    """Take out the value at a place of one or two steps; its whole section where it is not in there."""
    name, key = str(place[0]), place[-1]
    section = values.get(name)
    if len(place) > 1 and isinstance(section, dict) and key in section:
        values[name] = {other: value for other, value in section.items() if other != key}
    elif len(place) > 1 and isinstance(section, list) and isinstance(key, int):
        values[name] = [*section[:key], *section[key + 1 :]]
    else:
        values.pop(name, None)


def check_routes(settings: Settings, commitments: Collection[str]) -> None:
    """Refuse routes with a pattern that fits no commitment of the rules: they would never get anything. Raises ConfigError.

    The hint is an id that goes on where the pattern ends, else one much like it, else all of them.
    """
    problems = []
    for index, route in enumerate(settings.routes):
        for number, pattern in enumerate(route.commitments):
            if any(fnmatchcase(name, pattern) for name in commitments):
                continue
            stem = pattern.rstrip("*-")
            longer = min((name for name in commitments if name.startswith(stem)), key=len, default="")
            meant = f" (did you mean {longer!r}?)" if longer else did_you_mean(stem, commitments)
            hint = meant or f". The rules name: {', '.join(sorted(commitments))}"
            text = f"route {route.name!r}: no commitment fits {pattern!r}{hint}"
            problems.append(ConfigProblem(settings.place(("routes", index, "commitments", number)), text))
    if problems:
        raise ConfigError(_listed(problems), subject=str(settings.path))


def _listed(problems: list[ConfigProblem]) -> str:
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: (problem.place.name, problem.place.line))
    return "\n".join(map(str, ordered))


def _cross_table_problems(merged: Mapping[str, Any], place: LocateKey) -> Iterator[ConfigProblem]:
    """Checks over several tables, on plain values, so that they also run when some of those are wrong."""
    feeds, routes = _tables(merged, "feeds"), _tables(merged, "routes")
    for name, key, rows in (("feeds", "name", feeds), ("feeds", "url", feeds), ("routes", "name", routes)):
        places: defaultdict[str, list[ValueOrigin]] = defaultdict(list)
        for index, row in rows:
            if isinstance(row.get(key), str):
                places[row[key]].append(place((name, index, key)))
        for value, (first, *others) in places.items():
            yield from (ConfigProblem(other, f"{key} {value!r} is taken already at {first}") for other in others)
    stages = {str(route.get("name")): route.get("stage") for _, route in routes}
    owner = _value(merged, "owner", "route")
    if isinstance(owner, str) and owner not in stages:
        text = f"owner.route {owner!r} names no route{did_you_mean(owner, stages)}"
        yield ConfigProblem(place(("owner", "route")), text)
    elif isinstance(owner, str) and stages[owner] == "experimental":
        text = f"owner.route {owner!r} hears of rules on trial alone; name a route without stage = 'experimental'"
        yield ConfigProblem(place(("owner", "route")), text)
    # Routes whose `to` their channel cannot use: a webhook posts to its own Slack channel, and a route through apprise
    # names one of its targets, once there are any. What looks like a secret is refused elsewhere, without being shown.
    webhook, urls = _value(merged, "slack", "webhook"), _value(merged, "apprise", "urls")
    targets = [word.partition("=")[0] for word in urls.split()] if isinstance(urls, str) else None
    for index, route in routes:
        label, channel, to, at = route.get("name"), route.get("channel"), route.get("to"), ("routes", index, "to")
        if not to or resembles_secret(str(to)):
            continue
        if channel == "slack" and webhook:
            remedy = "it posts to its own channel; leave 'to' out, or set a token instead"
            text = f"route {label!r} names the Slack channel {to!r}, which has no effect beside a webhook: {remedy}"
            yield ConfigProblem(place(at), text)
        elif channel == "apprise" and targets is not None and to not in targets:
            hint = did_you_mean(str(to), targets)
            yield ConfigProblem(place(at), f"route {label!r} sends to {to!r}, which apprise.urls does not name{hint}")


def _value(merged: Mapping[str, Any], section: str, key: str) -> object:
    table = merged.get(section)
    return table.get(key) if isinstance(table, dict) else None


def _tables(merged: Mapping[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    rows = merged.get(name)
    return [(index, row) for index, row in enumerate(rows) if isinstance(row, dict)] if isinstance(rows, list) else []


def _likely_mistakes(settings: Settings, place: LocateKey) -> Iterator[ConfigProblem]:
    """What is allowed and most likely a mistake."""
    for key in ("rules", "templates"):
        folder = getattr(settings, key)
        # Not refused: a command may be given other rules, or need none.
        if key in settings.monitor.model_fields_set and not folder.is_dir():
            remedy = f"correct the path ('deal-monitor init DIR' lays the shipped {key} out)"
            text = f"monitor.{key}: there is no folder {folder}; {remedy}"
            yield ConfigProblem(place(("monitor", key)), text)
    live = settings.live_channels()
    for index, route in enumerate(settings.routes):
        at: KeyPath = ("routes", index)
        if route.channel not in live:
            what, remedy = _CHANNELS[route.channel]
            effect = f"which is not set up: its messages are written to files; {remedy}"
            yield ConfigProblem(place((*at, "channel")), f"route {route.name!r} wants {what}, {effect}")
        elif route.channel == "email" and route.to.endswith(("example.com", "example.org", "example.net")):
            yield ConfigProblem(place((*at, "to")), f"route {route.name!r} mails to {route.to}, which nobody reads")
        elif route.channel == "slack" and settings.slack.token and not (route.to or settings.slack.channel):
            yield ConfigProblem(place(at), f"route {route.name!r} names no Slack channel, nor does [slack]")
    keys = {"email": ("smtp", "host"), "apprise": ("apprise", "urls")}
    keys["slack"] = ("slack", "token" if settings.slack.token else "webhook")
    for channel in sorted(live - {"file"} - {route.channel for route in settings.routes}):
        yield ConfigProblem(place(keys[channel]), f"{_CHANNELS[channel][0]} is set up, but no route uses it")
    for index, feed in enumerate(settings.feeds):
        if feed.interval < _POLITE_SECONDS and not settings.poll.allow_private_addresses:
            text = f"feed {feed.name!r} is polled more than once a minute"
            yield ConfigProblem(place(("feeds", index, "interval")), text)
