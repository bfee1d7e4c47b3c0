"""The command line: arguments in, text and an exit code out. A command is imported when it is called.

Exit codes: 0 fine · 1 the check found problems · 2 wrong usage or configuration · 3 a diff differs.
"""

from __future__ import annotations

import atexit
import errno
import gc
import shutil
import sys
from datetime import datetime

import click

from monitor.cli.common import DateTimeParam, Entry, ListedGroup
from monitor.cli.progress import shown_progress
from monitor.errors import ConfigError, MonitorError, ReplayError, RuleError, StoreError

COMMANDS = {
    "run": Entry("run:run", "Watch the configured feeds until stopped (Ctrl-C or SIGTERM), and send what changes."),
    "poll": Entry(
        "run:poll", "Ask every feed once, without waiting for news to settle; for cron and for trying things out."
    ),
    "status": Entry("status:status", "Where each commitment stands, or all that is known of one COMMITMENT."),
    "digest": Entry("digests:digest", "Show the digest as it would be sent now, or send it as a test."),
    "pin": Entry("people.pins:pin", "Hold the published STATUS of a COMMITMENT, whatever the news says."),
    "unpin": Entry(
        "people.pins:unpin",
        "End the pin of a COMMITMENT: the program's own verdict is published again, and told where it differs.",
    ),
    "mute": Entry(
        "people.mutes:mute", "Send no alerts about a COMMITMENT, or all that fit a PATTERN such as 'soybean-*'."
    ),
    "unmute": Entry("people.mutes:unmute", "End a mute, named as it was given, before its time."),
    "acts": Entry(
        "people.list_acts:acts",
        "What people have done: pins, mutes, rejections and readings in force, with who, when, why and until when.",
    ),
    "inbox": Entry(
        "people.inbox:inbox",
        "Stories near the deal that nobody has read for sure: rules and model differ, or neither speaks.",
    ),
    "read": Entry(
        "people.read:read",
        "Say what STORY reports, by COMMITMENT=EFFECT or --none; without STORY, walk through the inbox.",
    ),
    "evidence": Entry(
        "evidence:evidence",
        "The signals behind the verdicts: list them, reject a misread one, export them as citations.",
    ),
    "feeds": Entry(
        "feeds:feeds", "The feeds that are polled: list, add and test them, and exchange them with other programs."
    ),
    "match": Entry(
        "match_replay:match",
        "What the rules read in each story of STORIES (.jsonl or .jsonl.gz; standard input by default).",
    ),
    "replay": Entry(
        "match_replay:replay",
        "Dated stories of STORIES (.jsonl or .jsonl.gz) in time order through the whole verdict; nothing is sent.",
    ),
    "rules": Entry("rules:rules", "Check the rule files, and run the examples they carry."),
    "reader": Entry(
        "reader:reader", "The language model that reads beside the rules: what it is asked, and how well it reads."
    ),
    "outbox": Entry("outbox:outbox", "Messages on their way: list them, show one, retry dead ones, release held ones."),
    "route": Entry("routes:route", "Routes: who hears of what, where and when."),
    "site": Entry(
        "site:site", "The pages that show where each commitment stands, with feeds, calendars and JSON beside them."
    ),
    "demo": Entry(
        "demo:demo",
        "Replay a sample year of news (October 2025 to October 2026) and show every alert it would have raised.",
    ),
    "init": Entry("init:init", "Lay out FOLDER with config.toml, rules/, templates/ and .vscode/ to make your own."),
    "guide": Entry(
        "guide:guide",
        "List the guides, or show the one called NAME: in a pager on a terminal, as plain text elsewhere.",
    ),
    "health": Entry("operating.health:health", "Say whether the monitor does its work: it runs, reads and can send."),
    "backup": Entry(
        "operating.backup:backup",
        "Write database, settings, rules, templates and sent digests into one archive. A monitor may run meanwhile.",
    ),
    "restore": Entry("operating.backup:restore", "Restore backup FILE into a new or empty FOLDER."),
    "doctor": Entry(
        "doctor:doctor",
        "Check machine, configuration, rules, templates, database, sources, channels, reader and pages.",
    ),
}
"""Command -> its module and help, in the order in which --help lists them."""

COLLECT_AFTER = 500_000
"""Objects that a command which ends by itself makes before the garbage collector looks, at most about 50 MB. Measured: Python's
own 700 make it go through all that is imported 150 times, a tenth of a short command's time."""

USAGE_ERRORS = (ConfigError, RuleError, StoreError, ReplayError)


class CommandLine(ListedGroup):
    """All commands."""

    def invoke(self, ctx: click.Context) -> object:
        """Shows what takes long. Errors of our own, and files that cannot be used, are for people: one message, no traceback."""
        try:
            with shown_progress():
                return super().invoke(ctx)
        except MonitorError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2 if isinstance(error, USAGE_ERRORS) else 1)
        except OSError as error:
            if (told := file_trouble(error)) is None:
                raise
            click.echo(f"error: {told}", err=True)
            sys.exit(2)


def file_trouble(error: OSError) -> str | None:
    """What the system refused to do with which file, and the remedy; None if it is about no file."""
    copies = error.args[0] if isinstance(error, shutil.Error) and error.args else None
    first = str(copies[0][2]) if isinstance(copies, list) and copies else ""  # of (source, target, why)
    if error.errno == errno.ENOSPC or f"[Errno {errno.ENOSPC}]" in first:
        return "the disk is full: free some space, and call the command again"
    if copies and first:
        return f"{copies[0][1]} cannot be written: {first}"
    if error.filename is None or error.strerror is None:
        return None
    refused = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
    remedy = ": give this user the right to it and to its folder, or name another place" if refused else ""
    return f"{error.filename}: {error.strerror[0].lower()}{error.strerror[1:]}{remedy}"


def show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from monitor.version import program_version

    installed = program_version()
    click.echo(f"deal-monitor {installed}" if installed else "deal-monitor, a checkout that is not installed")
    ctx.exit()


@click.group(
    cls=CommandLine, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--config", type=click.Path(dir_okay=False), help="Configuration file [$DEAL_MONITOR_CONFIG, ./config.toml]."
)
@click.option("--database", help="Database address instead of the configured one.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="The least that is logged, to standard error.",
)
@click.option(
    "--log-format",
    type=click.Choice(["auto", "json", "text"]),
    default="auto",
    show_default=True,
    help="auto: text on a terminal, else a JSON object a line.",
)
@click.option(
    "--now",
    type=DateTimeParam(),
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
def main(
    ctx: click.Context, config: str | None, database: str | None, log_level: str, log_format: str, now: datetime | None
) -> None:
    """Watch the news for what becomes of a deal's commitments, and tell people when a status changes."""
    if ctx.invoked_subcommand != "run":
        gc.set_threshold(COLLECT_AFTER)
    # What is left at the end goes back to the system whole: to collect it takes 0.2 to 0.5 s. Tests call `main` more than once.
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    if now is not None and ctx.invoked_subcommand == "run":
        raise click.UsageError("run goes by the clock; --now is for commands that look or act once")
    ctx.obj = {"config": config, "database": database, "now": now, "log_level": log_level, "log_format": log_format}
