"""The command line: arguments in, text and an exit code out. Commands import what they need inside, so that --help is instant.

Exit codes: 0 fine · 1 the check found problems · 2 wrong usage or configuration · 3 a diff differs.
"""

from __future__ import annotations

import sys
from datetime import datetime
from importlib import import_module

import click

from monitor.cli.common import Group, Moment
from monitor.errors import ConfigError, MonitorError, ReplayError, RuleError, StoreError

COMMANDS = {
    "run": "monitor.cli.running:run",
    "poll": "monitor.cli.running:poll",
    "status": "monitor.cli.standing:status",
    "digest": "monitor.cli.digests:digest",
    "pin": "monitor.cli.pins:pin",
    "unpin": "monitor.cli.pins:unpin",
    "mute": "monitor.cli.mutes:mute",
    "unmute": "monitor.cli.mutes:unmute",
    "acts": "monitor.cli.acts:acts",
    "evidence": "monitor.cli.evidence:evidence",
    "feeds": "monitor.cli.feeds:feeds",
    "match": "monitor.cli.archive:match",
    "replay": "monitor.cli.archive:replay",
    "rules": "monitor.cli.rules:rules",
    "outbox": "monitor.cli.outbox:outbox",
    "route": "monitor.cli.routes:route",
    "demo": "monitor.cli.demo:demo",
    "init": "monitor.cli.setting_up:init",
    "doctor": "monitor.cli.doctor:doctor",
}
"""Command -> where it is written, in the order in which --help lists them."""

USAGE = (ConfigError, RuleError, StoreError, ReplayError)


class Commands(Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Errors of our own are for people: one message, no traceback."""
        try:
            return super().invoke(ctx)
        except MonitorError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2 if isinstance(error, USAGE) else 1)


def show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"deal-monitor {version('deal-monitor')}")
    except PackageNotFoundError:
        click.echo("deal-monitor, a checkout that is not installed")
    ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config", type=click.Path(dir_okay=False), help="Configuration file [$DEAL_MONITOR_CONFIG, ./config.toml]."
)
@click.option("--database", help="Database address instead of the configured one.")
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", show_default=True
)
@click.option(
    "--now",
    type=Moment(),
    metavar="TIME",
    help="Take this for the present: rehearsals on a copy, or the demo's database.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version and exit.",
)
@click.pass_context
def main(ctx: click.Context, config: str | None, database: str | None, log_level: str, now: datetime | None) -> None:
    """Watch the news for what becomes of a deal's commitments, and tell people when a status changes."""
    if now is not None and ctx.invoked_subcommand == "run":
        raise click.UsageError("run goes by the clock; --now is for commands that look or act once")
    ctx.obj = {"config": config, "database": database, "log_level": log_level, "now": now}
