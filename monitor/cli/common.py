"""Shared parts of the commands: groups, parameter types, settings, the opened program, output, names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from monitor.runtime.shipped import PACKAGE as PACKAGE
from monitor.runtime.shipped import bundled as bundled

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Commitment
    from monitor.runtime.app import App
    from monitor.runtime.session import Session


class ListedGroup(click.Group):
    """A group with a table of its commands. It imports a command only to call it, and answers a mistyped one with the
    nearest."""

    def __init__(self, *arguments: Any, table: Mapping[str, tuple[str, str]], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.whole, self.table = table, {name: entry for name, entry in table.items() if " " not in name}

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self.table:
            return None
        where, text = self.table[cmd_name]
        if not where:
            begin = f"{cmd_name} "
            own = {name.removeprefix(begin): entry for name, entry in self.whole.items() if name.startswith(begin)}
            return ListedGroup(cmd_name, table=own, help=text)
        module, _, name = where.partition(":")
        command: click.Command = getattr(import_module(f"monitor.cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.table, 1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands with their whole help; click would cut what does not fit on one line."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.table.items()])


FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


LENGTH = re.compile(r"([1-9]\d{0,3})([hdw])")
UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class DateTimeParam(click.ParamType[datetime | timedelta]):
    """An ISO date or time; without a zone it is UTC. day_ends: a bare date means the end of that day; lengths: also a
    length of time such as 12h, 7d or 2w, as a timedelta."""

    name = "time"

    def __init__(self, *, day_ends: bool = False, lengths: bool = False) -> None:
        self.day_ends, self.lengths = day_ends, lengths

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime | timedelta:
        if isinstance(value, datetime | timedelta):
            return value
        text = str(value).strip()
        if self.lengths and (length := LENGTH.fullmatch(text)):
            return timedelta(**{UNITS[length[2]]: int(length[1])})
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            other = (
                "2025-10-30, or a duration such as 12h, 7d or 2w" if self.lengths else "2025-10-30 or 2025-10-30T09:00Z"
            )
            self.fail(f"{value!r} is not a date or time such as {other}", param, ctx)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        bare = self.day_ends and not set(text) & set("Tt: ")
        return moment + timedelta(days=1, microseconds=-1) if bare else moment


WARNED = frozenset({"run", "worker", "poll"})
"""Commands that warn of likely mistakes in the settings; `doctor` reports them as findings."""


def program_option(name: str) -> Any:
    """A global option such as `now`; None if it is not given."""
    return click.get_current_context().find_root().obj[name]


def settings_of() -> Settings:
    """The checked settings. Sets up the logs to redact secrets; commands that send print warnings to stderr."""
    from monitor.config import load_settings
    from monitor.logs import setup_logging

    config, level = program_option("config"), program_option("log_level")
    as_json = {"auto": None, "json": True, "text": False}[program_option("log_format")]
    setup_logging(level=level, secrets=(), as_json=as_json)
    settings = load_settings(Path(config) if config else None)
    setup_logging(level=level, secrets=settings.secret_values(), as_json=as_json)
    if click.get_current_context().find_root().invoked_subcommand in WARNED:
        for warning in settings.warnings:
            click.echo(f"warning: {warning}", err=True)
    return settings


def opened_app(*, exclusive: bool = False, clock: Callable[[], datetime] | None = None) -> closing[App]:
    """The whole program with its database open; closes it at the end."""
    from monitor.runtime.app import open_app

    app = open_app(settings_of(), exclusive=exclusive, clock=clock or program_clock())
    if click.get_current_context().find_root().invoked_subcommand in WARNED:
        for feed in app.feeds():
            if feed.publisher and (unknown := app.rulebook.publishers.unknown(feed.publisher, feed.url)) is not None:
                click.echo(f"warning: feed {feed.name}: {unknown}", err=True)
    return closing(app)


def session(*, rules: bool = False) -> closing[Session]:
    """The database and the settings; closes the database at the end. rules: load them at once, else on first use."""
    from monitor.runtime.session import open_session

    return closing(open_session(settings_of(), rules=rules, clock=program_clock()))


def program_clock() -> Callable[[], datetime]:
    """The clock of the machine, or the time of --now."""
    from monitor.runtime.session import utc_now

    now = program_option("now")
    return (lambda: now) if now is not None else utc_now


def echo_json(value: Any, file: IO[str] | None = None) -> None:
    """Prints a value as one JSON line, or writes it to a file."""
    from monitor.domain.text.plain import json_line

    click.echo(json_line(value), file)


def fields_of(thing: object, *names: str) -> dict[str, Any]:
    """These attributes by name, for JSON. "created=created_at" gives an attribute another name."""
    pairs = (name.partition("=") for name in names)
    return {name: attrgetter(attribute or name)(thing) for name, _, attribute in pairs}


def pluralised(count: int, one: str, many: str = "") -> str:
    """The count with its noun: "1 rule", "1,041 examples"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def describe_rulebook(rulebook: Rulebook) -> str:
    """The size of a rulebook and its version: "15 commitments, 157 rules, version 84e55ce0"."""
    from monitor.domain.matching.rules import acts_of

    commitments = pluralised(len(rulebook.commitments), "commitment")
    rules = pluralised(len(acts_of(rulebook)), "rule")
    return f"{commitments}, {rules}, version {rulebook.version}"


def format_utc(at: datetime, clock: str = "%H:%M") -> str:
    """ "24 Dec 2026 23:59 UTC"."""
    return f"{at:%-d %b %Y {clock}} UTC"


def named_commitment(
    known: Mapping[str, Commitment], word: str, parameter: str = "COMMITMENT", *, whole: bool = False
) -> str:
    """The commitment with this id or short name, in any case, or the only one whose id or short name begins so; of a
    commitment and its parts the commitment. whole: only the full name counts, for commands that change what people
    see. Raises BadParameter with the nearest name."""
    from monitor.domain.reading.join import in_family

    wanted = word.strip().casefold()
    names = {name: (name.casefold(), commitment.short.casefold()) for name, commitment in known.items()}
    fitting = [name for name, own in names.items() if wanted in own]
    if not fitting and wanted and not whole:
        begin = [name for name, own in names.items() if any(each.startswith(wanted) for each in own)]
        fitting = [name for name in begin if all(in_family(other, name) for other in begin)] or begin
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        message = f"several commitments begin with {word!r}: {', '.join(fitting)}"
        raise click.BadParameter(message, param_hint=parameter)
    owners = {each: name for name, own in names.items() for each in own}
    near = get_close_matches(wanted, owners, 1)
    hint = f"; did you mean {owners[near[0]]!r}?" if near else "."
    message = f"no commitment is called {word!r}{hint} Known: {', '.join(sorted(known))}"
    raise click.BadParameter(message, param_hint=parameter)
