"""What several commands share: settings, the opened program, JSON lines, and where bundled files lie."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.runtime.app import App
    from monitor.runtime.session import Session

PACKAGE = Path(__file__).resolve().parents[1]


class SuggestingGroup(click.Group):
    """A group that answers a mistyped command with the one that was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None


class Entry(NamedTuple):
    """One command of a table: "module:name", and the first sentence of its help."""

    where: str
    help: str


class ListedGroup(SuggestingGroup):
    """A group whose commands stand in a table: one is imported when it is called, and none for the list of them."""

    def __init__(self, *arguments: Any, table: Mapping[str, Entry], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self.table:
            return None
        module, _, name = self.table[cmd_name].where.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list as click lays it out: what does not fit beside the longest name is cut."""
        del ctx
        room = formatter.width - 6 - max(map(len, self.table))
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, click.Command(name, help=entry.help).get_short_help_str(room))
                    for name, entry in self.table.items()
                ]
            )


def bundled(name: str) -> Path:
    """A file or folder that ships with the program (rules, templates, config.toml), in a wheel or a checkout."""
    packaged = PACKAGE / "_data" / name
    return packaged if packaged.exists() else PACKAGE.parent / name


def settings_of(ctx: click.Context, **overrides: Any) -> Settings:
    """The checked settings, with logs set up to blot out their secrets; warnings go to stderr."""
    from monitor.config import load_settings
    from monitor.logs import setup_logging

    given = ctx.find_root().obj
    setup_logging(level=given["log_level"])
    path = Path(given["config"]) if given["config"] else None
    settings = load_settings(path, {"monitor.database": given["database"], **overrides})
    setup_logging(level=given["log_level"], secrets=settings.secret_values())
    for warning in settings.warnings:
        click.echo(f"warning: {warning}", err=True)
    return settings


@contextmanager
def opened_app(
    ctx: click.Context, *, exclusive: bool = False, clock: Callable[[], datetime] | None = None
) -> Iterator[App]:
    """The whole program with its database open, closed again at the end."""
    from monitor.runtime.app import open_app

    app = open_app(settings_of(ctx), exclusive=exclusive, clock=clock or clock_of(ctx))
    try:
        yield app
    finally:
        app.close()


@contextmanager
def session(ctx: click.Context, *, rules: bool = False) -> Iterator[Session]:
    """The database alone, closed again at the end. The rules are read first (`rules`), or once they are asked for."""
    from monitor.runtime.session import open_session

    one = open_session(settings_of(ctx), rules=rules, clock=clock_of(ctx))
    try:
        yield one
    finally:
        one.close()


def clock_of(ctx: click.Context) -> Callable[[], datetime]:
    """The time, or that of --now where one is given."""
    from monitor.runtime.session import utc_now

    now = ctx.find_root().obj.get("now")
    return (lambda: now) if now is not None else utc_now


class DateTimeParam(click.ParamType[datetime]):
    """An ISO date or time; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date or time such as 2025-10-30 or 2025-10-30T09:00Z", param, ctx)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class EndOfDayParam(DateTimeParam):
    """The same, and a bare date means the end of that day in UTC."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        moment = super().convert(value, param, ctx)
        bare = isinstance(value, str) and not set(value.strip()) & set("Tt: ")
        return moment + timedelta(days=1, microseconds=-1) if bare else moment


class DurationParam(click.ParamType[timedelta]):
    """A length of time: 12h, 7d, 2w."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        units = {"h": "hours", "d": "days", "w": "weeks"}
        number, unit = str(value)[:-1], str(value)[-1:]
        if not number.isdecimal() or unit not in units or not 0 < int(number) <= 9999:
            self.fail(f"{value!r} is not a length of time such as 12h, 7d or 2w", param, ctx)
        return timedelta(**{units[unit]: int(number)})


def echo_json(value: Any) -> None:
    """One JSON line; moments and days as ISO 8601, secrets and other values as their text."""
    line = json.dumps(value, ensure_ascii=False, default=_json_value)
    whole = line.encode("utf-8", "ignore").decode() == line
    click.echo(
        line if whole else json.dumps(value, default=_json_value)
    )  # half a character can only be written as escape


def _json_value(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def pluralised(count: int, one: str, many: str = "") -> str:
    """The count with its noun: "1 rule", "1,041 examples"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def describe_rulebook(rulebook: Rulebook) -> str:
    """How much a rulebook holds, and which one it is: "15 commitments, 157 rules, version 84e55ce0"."""
    acts = sum(len(topic.acts) for topic in rulebook.matcher.topics)
    return (
        f"{pluralised(len(rulebook.commitments), 'commitment')}, {pluralised(acts, 'rule')}, version {rulebook.version}"
    )


def format_date(moment: datetime | None) -> str:
    from monitor.domain.model import day_of

    return f"{day_of(moment):%-d %b %Y}" if moment else ""


def format_utc_seconds(at: datetime) -> str:
    """ "24 Dec 2026 23:59 UTC"."""
    return f"{at:%-d %b %Y %H:%M} UTC"


def unknown_commitment(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return f"no commitment is called {name!r}{hint} Known: {', '.join(sorted(known))}"
