"""The command line: arguments in, text and an exit code out. A command is imported only when it is called.

Exit codes: 0 fine · 1 the check found problems · 2 wrong usage or configuration · 3 a diff differs.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime

import click

from monitor.cli.common import DateTimeParam, ListedGroup
from monitor.cli.progress_line import LiveLine, PlainLines
from monitor.errors import ConfigError, MonitorError, ReplayError, RuleError, StoreError
from monitor.long_work import listened_to_by

COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("run_commands:run", "Watch the configured feeds until stopped, and send alerts."),
    "worker": ("run_commands:worker", "Work as one of several workers on one PostgreSQL database."),
    "poll": ("run_commands:poll", "Poll every feed once, decide, send, and exit."),
    "status": ("status:status", "Show the status of every commitment, or everything about one."),
    "commitment": ("", "Pin or mute a commitment, and list what people have done."),
    "commitment pin": ("commitment_commands:pin", "Hold the published status of a commitment."),
    "commitment unpin": ("commitment_commands:unpin", "End a pin."),
    "commitment mute": ("commitment_commands:mute", "Send no alerts about a commitment for a while."),
    "commitment unmute": ("commitment_commands:unmute", "End a mute early."),
    "commitment log": ("commitment_commands:log", "List the interventions: pins, mutes, rejections and readings."),
    "evidence": ("", "List, reject, restore and export the signals behind the verdicts."),
    "evidence list": ("evidence_commands:list_signals", "List the signals of a commitment, or of all."),
    "evidence reject": ("evidence_commands:reject", "Reject a misread signal."),
    "evidence restore": ("evidence_commands:restore", "Restore a rejected signal."),
    "evidence export": ("evidence_commands:export", "Export changes with their sources, ready to cite."),
    "inbox": ("", "Review the stories that the rules and the model leave in doubt."),
    "inbox list": ("inbox_commands:list_inbox", "List the stories in the inbox."),
    "inbox review": ("inbox_commands:review", "Go through the inbox story by story, one key each."),
    "inbox record": ("inbox_commands:record", "Record your reading of one story."),
    "feeds": ("", "List, add, check and import feeds."),
    "feeds list": ("feeds.list_feeds:list_feeds", "List the configured feeds with their state."),
    "feeds add": ("feeds.add:add", "Find the feed of a page, try it, and add it to config.toml."),
    "feeds check": ("feeds.check:check", "Fetch feeds now and show what they contain."),
    "feeds import": ("feeds.add:import_opml", "Import the feeds of an OPML file."),
    "rules": ("", "Check, test, explain and compare the rules."),
    "rules check": ("rules.check_command:check", "Check the rule files and list every problem with its location."),
    "rules test": ("rules.test_command:test", "Run the examples and scenarios of the rules."),
    "rules explain": ("rules.explain_command:explain", "Explain what the rules find in a story, and why."),
    "rules diff": ("rules.diff_command:diff", "Compare two versions of the rules on stored stories."),
    "rules adopt": ("run_commands:adopt", "Adopt the rules of this folder for all workers."),
    "rules new": ("rules.new_command:new", "Write the file for a new commitment."),
    "rules schema": ("rules.new_command:schema", "Write the JSON Schemas of the rule files, for editors."),
    "model": ("", "Check the language model that reads alongside the rules, and have it read stories."),
    "model check": ("model:check", "Score the model on the labelled examples."),
    "model read": ("model:read", "Have the model read a file of stories."),
    "outbox": ("", "List, show, retry and release messages."),
    "outbox list": ("outbox_commands:list_messages", "List the newest messages with their state."),
    "outbox show": ("outbox_commands:show", "Show one message and every attempt to send it."),
    "outbox retry": ("outbox_commands:retry", "Send dead messages again."),
    "outbox release": ("outbox_commands:release", "Send held messages."),
    "outbox drop": ("outbox_commands:drop", "Never send held messages."),
    "routes": ("", "Try the routes, and unsubscribe addresses."),
    "routes try": ("route_commands:try_routes", "Show who would be notified of a change, when, and how."),
    "routes unsubscribe": ("route_commands:unsubscribe", "Stop or resume sending to an address of a route."),
    "digest": ("", "Preview the digest, or send a test."),
    "digest preview": ("digest_commands:preview", "Show the digest as it would be sent now."),
    "digest send": ("digest_commands:send", "Send the current digest as a test."),
    "site": ("", "Build and serve the status pages."),
    "site build": ("site:build", "Write all pages, feeds, calendars and JSON files."),
    "site serve": ("site:serve", "Serve the pages until stopped."),
    "match": ("match_replay:match", "Match the stories of a file with the rules (JSON lines)."),
    "replay": ("match_replay:replay", "Replay the stories of a file and decide every verdict (JSON lines)."),
    "init": ("init:init", "Create a working folder with config.toml, rules and templates."),
    "demo": ("demo:demo", "Replay a sample year of news and show every alert."),
    "doctor": ("doctor:doctor", "Check the whole installation, with a remedy for each problem."),
    "health": ("operating_commands:health", "Report whether the monitor is running, reading and able to send."),
    "backup": ("operating_commands:backup", "Back up database, settings, rules, templates and digests."),
    "restore": ("operating_commands:restore", "Restore a backup into a new folder."),
}
"""Command -> its "module:name" below `monitor.cli`, '' for a group, and its short help, in the order of --help."""

COLLECT_AFTER = 500_000
"""New objects before a garbage collection in commands other than `run`, at most about 50 MB. Measured: with Python's
own 700 the collector walks through all imported modules 150 times, a tenth of a short command's time."""

USAGE_ERRORS = (ConfigError, RuleError, StoreError, ReplayError)


class CommandLine(ListedGroup):
    """The top-level group, with progress and errors."""

    def invoke(self, ctx: click.Context) -> object:
        """Shows progress. Prints our own errors, and problems with files, as one message without a traceback."""
        terminal = sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
        try:
            with listened_to_by(LiveLine() if terminal else PlainLines(sys.stderr)):
                return super().invoke(ctx)
        except MonitorError as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2 if isinstance(error, USAGE_ERRORS) else 1)
        except OSError as error:
            if (message := file_problem(error)) is None:
                raise
            click.echo(f"error: {message}", err=True)
            sys.exit(2)


def file_problem(error: OSError) -> str | None:
    """The file, the problem and the remedy; None for an error that is not about a file."""
    copies = error.args[0] if isinstance(error, shutil.Error) and error.args else None
    first = str(copies[0][2]) if isinstance(copies, list) and copies else ""  # a list of (source, target, reason)
    if error.errno == errno.ENOSPC or f"[Errno {errno.ENOSPC}]" in first:
        return "the disk is full; free some space and run the command again"
    if copies and first:
        return f"{copies[0][1]} cannot be written: {first}"
    if error.filename is None or error.strerror is None:
        return None
    refused = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
    remedy = "; give this user access to the file and its folder, or use another path" if refused else ""
    return f"{error.filename}: {error.strerror[0].lower()}{error.strerror[1:]}{remedy}"


@click.group(
    cls=CommandLine, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--config", type=click.Path(dir_okay=False), help="Configuration file [$DEAL_MONITOR_CONFIG, else ./config.toml]."
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="Lowest level of log messages on stderr.",
)
@click.option(
    "--log-format",
    type=click.Choice(["auto", "json", "text"]),
    default="auto",
    show_default=True,
    help="auto: text on a terminal, else one JSON object per line.",
)
@click.option(
    "--now",
    type=DateTimeParam(),
    metavar="TIME",
    help="Run as if it were this time; only for a copy or the demo's database.",
)
@click.version_option(package_name="deal-monitor", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context, config: str | None, log_level: str, log_format: str, now: datetime | None) -> None:
    """Follow the commitments of a deal in the news, and send an alert when a status changes."""
    if ctx.invoked_subcommand not in ("run", "worker"):
        gc.set_threshold(COLLECT_AFTER)
    # Skip the collection at exit, which takes 0.2 to 0.5 s. Tests call `main` more than once, so register it once.
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    if now is not None and ctx.invoked_subcommand in ("run", "worker"):
        raise click.UsageError(f"{ctx.invoked_subcommand} uses the clock; --now is for the other commands")
    ctx.obj = {"config": config, "now": now, "log_level": log_level, "log_format": log_format}
