"""Find the configuration, read its layers and check the whole, so that one run shows every problem."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from monitor.config.field_checks import did_you_mean, resembles_secret
from monitor.config.field_types import BASE_FOLDER
from monitor.config.layers import (
    CONFIG_VARIABLE,
    Layer,
    env_layer,
    flag_layer,
    merge,
    origin_of,
    secret_layer,
    secrets_folder,
    toml_layer,
)
from monitor.config.problems import ConfigProblem, problems_of
from monitor.config.schema import Settings
from monitor.config.toml_lines import KeyPath, ValueOrigin
from monitor.errors import ConfigError

_POLITE_SECONDS = 60
_CHANNELS = {
    "slack": ("Slack", "set DEAL_MONITOR_SLACK__TOKEN or DEAL_MONITOR_SLACK__WEBHOOK"),
    "apprise": ("apprise", "set DEAL_MONITOR_APPRISE__URLS"),
    "email": ("a mail server", "set host and sender in [smtp]"),
}

LocateKey = Callable[[KeyPath], ValueOrigin]


def find_config(path: FilePath | None, environ: Mapping[str, str]) -> FilePath:
    """The file to read: `path` (--config), else $DEAL_MONITOR_CONFIG, else ./config.toml. ConfigError when absent."""
    file = path or FilePath(environ.get(CONFIG_VARIABLE) or "config.toml")
    if not file.is_file():
        raise ConfigError(
            f"{file}: there is no such file; name one with --config or {CONFIG_VARIABLE}, "
            "or lay out a folder with 'deal-monitor init DIR'",
            subject=str(file),
        )
    return file


def load_settings(
    path: FilePath | None, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The checked settings: config.toml < secrets folder < environment < `overrides` ({'poll.per_host': 1}).

    Raises ConfigError that lists every problem as 'path:line: text (did you mean ...)'.
    """
    environ = os.environ if environ is None else environ
    file = find_config(path, environ)
    layers = _layers(file, overrides or {}, environ)
    merged = merge(layers)

    def place(at: KeyPath) -> ValueOrigin:
        return origin_of(at, layers)

    problems = [problem for layer in layers for problem in layer.problems]
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
    settings._warnings = tuple(map(str, _likely_mistakes(settings, place)))
    return settings


def check_routes(settings: Settings, commitments: Collection[str]) -> None:
    """Refuses routes with a pattern that fits no commitment of the rules: they would never hear anything. ConfigError."""
    problems = [
        ConfigProblem(
            settings.place(("routes", index, "commitments", number)),
            f"route {route.name!r}: no commitment fits {pattern!r}{_nearest(pattern, commitments)}",
        )
        for index, route in enumerate(settings.routes)
        for number, pattern in enumerate(route.commitments)
        if not any(fnmatchcase(name, pattern) for name in commitments)
    ]
    if problems:
        raise ConfigError(_listed(problems), subject=str(settings.path))


def _nearest(pattern: str, commitments: Collection[str]) -> str:
    """What was probably meant: an id that goes on where the pattern ends, else one much like it, else any of them."""
    stem = pattern.rstrip("*-")
    longer = min((name for name in commitments if name.startswith(stem)), key=len, default="")
    meant = f" (did you mean {longer!r}?)" if longer else did_you_mean(stem, commitments)
    return meant or f". The rules name: {', '.join(sorted(commitments))}"


def _layers(file: FilePath, overrides: Mapping[str, Any], environ: Mapping[str, str]) -> list[Layer]:
    base, env, flags = toml_layer(file), env_layer(environ), flag_layer(overrides)
    folder = secrets_folder([base, env, flags], environ, file.resolve().parent)
    return [base, *([secret_layer(folder)] if folder else []), env, flags]


def _listed(problems: list[ConfigProblem]) -> str:
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: (problem.place.name, problem.place.line))
    return "\n".join(map(str, ordered))


# ---------------------------------------------------------------- across sections


def _cross_table_problems(merged: Mapping[str, Any], place: LocateKey) -> list[ConfigProblem]:
    """Checks over several tables, on plain values, so that they also run when some of those are wrong."""
    feeds, routes = _tables(merged, "feeds"), _tables(merged, "routes")
    return [
        *_duplicates("feeds", "name", feeds, place),
        *_duplicates("feeds", "url", feeds, place),
        *_duplicates("routes", "name", routes, place),
        *_beside_webhook(merged, routes, place),
        *_unknown_targets(merged, routes, place),
        *_owner_route_problems(merged, routes, place),
    ]


def _owner_route_problems(
    merged: Mapping[str, Any], routes: list[tuple[int, dict[str, Any]]], place: LocateKey
) -> Iterator[ConfigProblem]:
    """The owner's route must be there, and hear of more than rules on trial."""
    owner = merged.get("owner")
    wanted = owner.get("route") if isinstance(owner, dict) else None
    if not isinstance(wanted, str):
        return
    stages = {str(route.get("name")): route.get("stage") for _, route in routes}
    if wanted not in stages:
        text = f"owner.route {wanted!r} names no route{did_you_mean(wanted, stages)}"
        yield ConfigProblem(place(("owner", "route")), text)
    elif stages[wanted] == "experimental":
        text = f"owner.route {wanted!r} hears of rules on trial alone; name a route without stage = 'experimental'"
        yield ConfigProblem(place(("owner", "route")), text)


def _beside_webhook(
    merged: Mapping[str, Any], routes: list[tuple[int, dict[str, Any]]], place: LocateKey
) -> Iterator[ConfigProblem]:
    """A webhook belongs to one channel, so a route cannot name another one. A secret there is refused without being shown."""
    slack = merged.get("slack")
    if not (isinstance(slack, dict) and slack.get("webhook")):
        return
    for index, route in routes:
        if route.get("channel") == "slack" and route.get("to") and not resembles_secret(str(route["to"])):
            text = (
                f"route {route.get('name')!r} names the Slack channel {route['to']!r}, which has no effect beside a webhook: "
                "it posts to its own channel; leave 'to' out, or set a token instead"
            )
            yield ConfigProblem(place(("routes", index, "to")), text)


def _unknown_targets(
    merged: Mapping[str, Any], routes: list[tuple[int, dict[str, Any]]], place: LocateKey
) -> Iterator[ConfigProblem]:
    """A route through apprise names one of its targets, once there are any."""
    section = merged.get("apprise")
    urls = section.get("urls") if isinstance(section, dict) else None
    if not isinstance(urls, str):
        return
    names = [word.partition("=")[0] for word in urls.split()]
    for index, route in routes:
        to = route.get("to")
        if route.get("channel") == "apprise" and to not in ("", None, *names) and not resembles_secret(str(to)):
            text = f"route {route.get('name')!r} sends to {route['to']!r}, which apprise.urls does not name"
            yield ConfigProblem(place(("routes", index, "to")), text + did_you_mean(str(route["to"]), names))


def _tables(merged: Mapping[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    rows = merged.get(name)
    return [(index, row) for index, row in enumerate(rows) if isinstance(row, dict)] if isinstance(rows, list) else []


def _duplicates(
    name: str, key: str, rows: list[tuple[int, dict[str, Any]]], place: LocateKey
) -> Iterator[ConfigProblem]:
    places: defaultdict[str, list[ValueOrigin]] = defaultdict(list)
    for index, row in rows:
        if isinstance(row.get(key), str):
            places[row[key]].append(place((name, index, key)))
    for value, (first, *others) in places.items():
        yield from (ConfigProblem(other, f"{key} {value!r} is taken already at {first}") for other in others)


def _likely_mistakes(settings: Settings, place: LocateKey) -> Iterator[ConfigProblem]:
    """Allowed, but hardly meant."""
    yield from _missing_folders(settings, place)
    live = settings.live_channels()
    for index, route in enumerate(settings.routes):
        if route.channel not in live:
            what, remedy = _CHANNELS[route.channel]
            text = (
                f"route {route.name!r} wants {what}, which is not set up: its messages are written to files ({remedy})"
            )
            yield ConfigProblem(place(("routes", index, "channel")), text)
        elif route.channel == "email" and route.to.endswith(("example.com", "example.org", "example.net")):
            yield ConfigProblem(
                place(("routes", index, "to")), f"route {route.name!r} mails to {route.to}, which nobody reads"
            )
        elif route.channel == "slack" and settings.slack.token and not (route.to or settings.slack.channel):
            yield ConfigProblem(
                place(("routes", index)), f"route {route.name!r} names no Slack channel, nor does [slack]"
            )
    for channel in sorted(live - {"file"} - {route.channel for route in settings.routes}):
        yield ConfigProblem(
            place(_enabling_key(channel, settings)), f"{_CHANNELS[channel][0]} is set up, but no route uses it"
        )
    for index, feed in enumerate(settings.feeds):
        if feed.interval < _POLITE_SECONDS and not settings.poll.allow_private_addresses:
            yield ConfigProblem(
                place(("feeds", index, "interval")), f"feed {feed.name!r} is polled more than once a minute"
            )


def _missing_folders(settings: Settings, place: LocateKey) -> Iterator[ConfigProblem]:
    """Not refused: a command may be given other rules, or need none."""
    for key in ("rules", "templates"):
        folder = getattr(settings, key)
        if key in settings.monitor.model_fields_set and not folder.is_dir():
            text = f"monitor.{key}: there is no folder {folder}; correct the path ('deal-monitor init DIR' lays the shipped {key} out)"
            yield ConfigProblem(place(("monitor", key)), text)


def _enabling_key(channel: str, settings: Settings) -> KeyPath:
    """The key whose value turns the channel on."""
    if channel != "slack":
        return ("smtp", "host") if channel == "email" else ("apprise", "urls")
    return ("slack", "token" if settings.slack.token else "webhook")
