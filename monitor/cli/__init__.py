"""The command line: arguments in, text and an exit code out. A command is imported only when it is called.

Exit codes: 0 fine · 1 the check found problems · 2 wrong usage or configuration · 3 a diff differs.
"""

from __future__ import annotations

import atexit
import errno
import gc
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime

import click

from monitor.cli.common import DateTimeParam, Entry, ListedGroup, Nouns
from monitor.cli.progress_line import shown_progress
from monitor.errors import ConfigError, MonitorError, ReplayError, RuleError, StoreError

COMMANDS: Mapping[str, Entry | Nouns] = {
    "run": Entry("run_commands:run", "Watch the configured feeds until stopped, and send alerts."),
    "poll": Entry("run_commands:poll", "Poll every feed once, decide, send, and exit."),
    "status": Entry("status:status", "Show the status of every commitment, or everything about one."),
    "commitment": Nouns(
        "Pin or mute a commitment, and list what people have done.",
        {
            "pin": Entry("commitment_commands:pin", "Hold the published status of a commitment."),
            "unpin": Entry("commitment_commands:unpin", "End a pin."),
            "mute": Entry("commitment_commands:mute", "Send no alerts about a commitment for a while."),
            "unmute": Entry("commitment_commands:unmute", "End a mute early."),
            "log": Entry("commitment_commands:log", "List the interventions: pins, mutes, rejections and readings."),
        },
    ),
    "evidence": Nouns(
        "List, reject, restore and export the signals behind the verdicts.",
        {
            "list": Entry("evidence_commands:list_signals", "List the signals of a commitment, or of all."),
            "reject": Entry("evidence_commands:reject", "Reject a misread signal."),
            "restore": Entry("evidence_commands:restore", "Restore a rejected signal."),
            "export": Entry("evidence_commands:export", "Export changes with their sources, ready to cite."),
        },
    ),
    "inbox": Nouns(
        "Review the stories that the rules and the model leave in doubt.",
        {
            "list": Entry("inbox_commands:list_inbox", "List the stories in the inbox."),
            "review": Entry("inbox_commands:review", "Go through the inbox story by story, one key each."),
            "record": Entry("inbox_commands:record", "Record your reading of one story."),
        },
    ),
    "feeds": Nouns(
        "List, add, check and import feeds.",
        {
            "list": Entry("feeds.list_feeds:list_feeds", "List the configured feeds with their state."),
            "add": Entry("feeds.add:add", "Find the feed of a page, try it, and add it to config.toml."),
            "check": Entry("feeds.check:check", "Fetch feeds now and show what they contain."),
            "import": Entry("feeds.add:import_opml", "Import the feeds of an OPML file."),
        },
    ),
    "rules": Nouns(
        "Check, test, explain and compare the rules.",
        {
            "check": Entry(
                "rules.check_command:check", "Check the rule files and list every problem with its location."
            ),
            "test": Entry("rules.test_command:test", "Run the examples and scenarios of the rules."),
            "explain": Entry("rules.explain_command:explain", "Explain what the rules find in a story, and why."),
            "diff": Entry("rules.diff_command:diff", "Compare two versions of the rules on stored stories."),
            "new": Entry("rules.new_command:new", "Write the file for a new commitment."),
            "schema": Entry("rules.new_command:schema", "Print the JSON Schema of the rule files."),
            "example": Entry("rules.example_command:example", "Add an example to a rule."),
        },
    ),
    "model": Nouns(
        "Check the language model that reads alongside the rules, and have it read stories.",
        {
            "check": Entry("model:check", "Score the model on the labelled examples."),
            "read": Entry("model:read", "Have the model read a file of stories."),
        },
    ),
    "outbox": Nouns(
        "List, show, retry and release messages.",
        {
            "list": Entry("outbox_commands:list_messages", "List the newest messages with their state."),
            "show": Entry("outbox_commands:show", "Show one message and every attempt to send it."),
            "retry": Entry("outbox_commands:retry", "Send dead messages again."),
            "release": Entry("outbox_commands:release", "Release messages held after a rule edit."),
        },
    ),
    "routes": Nouns(
        "Try the routes, and unsubscribe addresses.",
        {
            "try": Entry("route_commands:try_routes", "Show who would be notified of a change, when, and how."),
            "unsubscribe": Entry("route_commands:unsubscribe", "Stop or resume sending to an address of a route."),
        },
    ),
    "digest": Nouns(
        "Preview the digest, or send a test.",
        {
            "preview": Entry("digest_commands:preview", "Show the digest as it would be sent now."),
            "send": Entry("digest_commands:send", "Send the current digest as a test."),
        },
    ),
    "site": Nouns(
        "Build and serve the status pages.",
        {
            "build": Entry("site:build", "Write all pages, feeds, calendars and JSON files."),
            "serve": Entry("site:serve", "Serve the pages until stopped."),
        },
    ),
    "match": Entry("match_replay:match", "Match the stories of a file with the rules (JSON lines)."),
    "replay": Entry("match_replay:replay", "Replay the stories of a file and decide every verdict (JSON lines)."),
    "init": Entry("init:init", "Create a working folder with config.toml, rules and templates."),
    "demo": Entry("demo:demo", "Replay a sample year of news and show every alert."),
    "doctor": Entry("doctor:doctor", "Check the whole installation, with a remedy for each problem."),
    "health": Entry("operating_commands:health", "Report whether the monitor is running, reading and able to send."),
    "backup": Entry("operating_commands:backup", "Back up database, settings, rules, templates and digests."),
    "restore": Entry("operating_commands:restore", "Restore a backup into a new folder."),
}
"""Command -> its module and short help, in the order of --help."""

COLLECT_AFTER = 500_000
"""New objects before a garbage collection in commands other than `run`, at most about 50 MB. Measured: with Python's
own 700 the collector walks through all imported modules 150 times, a tenth of a short command's time."""

USAGE_ERRORS = (ConfigError, RuleError, StoreError, ReplayError)


class CommandLine(ListedGroup):
    """The top-level group, with progress and errors."""

    def invoke(self, ctx: click.Context) -> object:
        """Shows progress. Prints our own errors, and problems with files, as one message without a traceback."""
        try:
            with shown_progress():
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
@click.option("--database", help="Database to use instead of the configured one.")
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
    help="Run as if it were this time; use a copy or the demo's database.",
)
@click.version_option(package_name="deal-monitor", message="%(prog)s %(version)s")
@click.pass_context
def main(
    ctx: click.Context, config: str | None, database: str | None, log_level: str, log_format: str, now: datetime | None
) -> None:
    """Follow the commitments of a deal in the news, and send an alert when a status changes."""
    if ctx.invoked_subcommand != "run":
        gc.set_threshold(COLLECT_AFTER)
    # Skip the collection at exit, which takes 0.2 to 0.5 s. Tests call `main` more than once, so register it once.
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    if now is not None and ctx.invoked_subcommand == "run":
        raise click.UsageError("run uses the clock; --now is for the other commands")
    ctx.obj = {"config": config, "database": database, "now": now, "log_level": log_level, "log_format": log_format}
