"""`demo`: replays a sample year through the whole program, offline. Messages are printed and kept, not sent."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from monitor.channels.file import FileChannel
from monitor.cli.common import FOLDER, PACKAGE, bundled, pluralised
from monitor.cli.init import RULES_FOLDER, copy_shipped, shipped_deals
from monitor.cli.status import published_verdicts
from monitor.cli.status_tables import FILE_WIDTH, status_table, wide_console
from monitor.config import FeedSettings, load_settings
from monitor.logs import setup_logging
from monitor.replay import read_entries
from monitor.runtime.app import open_app
from monitor.runtime.simulation import SimulatedClock, simulate
from monitor.runtime.site_builder import build_site
from monitor.runtime.wiring import file_fallback

if TYPE_CHECKING:
    from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
    from monitor.runtime.app import App

DEMO_MARKER = "# Written by `deal-monitor demo`, which replaces the files of its folder when it is run again.\n"
CONFIG_TEMPLATE = """\
[monitor]
database = "sqlite:///monitor.db"
data = "."
rules = "rules"
templates = {templates}

[[routes]]
name = "desk"
channel = "file"
to = "desk@example.org"
digest = "mon 08:00"
"""
SAMPLE_YEAR = PACKAGE / "samples" / "year.jsonl"
SAMPLE_DEAL = "us-china-busan"
"""The deal that its stories are about: others would stand still for a year."""
FEED_NAME = "sample year"
DATABASE_FILES = ("monitor.db", "monitor.db-wal", "monitor.db-shm", "monitor.db.lock")
SITE = ("site", "site-versions")
DEMO_OUTPUTS = ("alerts", "digests", *SITE, *DATABASE_FILES, "status.txt", "alerts.txt", "config.toml", RULES_FOLDER)
"""The files of a demo, which the next demo replaces."""


@click.command()
@click.option("--out", type=FOLDER, default=Path("var/demo"), show_default=True, help="Output folder.")
@click.option("--brief", is_flag=True, help="Print only the subject of each alert.")
def demo(*, out: Path, brief: bool) -> None:
    """Replay a sample year of news (October 2025 to October 2026) and show every alert.

    The events are real; the stories were written for this demo, and their links do not work. Alerts, weekly digests,
    the final table and the pages (site/index.html) are written to the output folder.
    """
    entries = read_entries(SAMPLE_YEAR)
    clear_previous_demo(out)
    copy_shipped(RULES_FOLDER, out / RULES_FOLDER, shipped_deals() - {SAMPLE_DEAL})
    templates = json.dumps(str(bundled("templates").resolve()))
    # The configuration is kept with the results, so that other commands can read the database.
    config = out / "config.toml"
    config.write_text(DEMO_MARKER + CONFIG_TEMPLATE.format(templates=templates), encoding="utf-8")
    setup_logging(level="warning")
    clock = SimulatedClock()
    app = open_app(load_settings(config, environ={}), exclusive=True, clock=clock)
    with closing(app):
        app.senders = {"file": lambda message: save_message(app, out, message, brief=brief)}
        feed = FeedSettings.model_validate({"name": FEED_NAME, "url": "https://example.org/sample", "interval": "1h"})
        simulate(app, clock, entries, feed)
        verdicts = published_verdicts(app)
        rulebook = app.rulebook
        build_site(app)  # as of the last moment of the sample year
    screen = wide_console()
    screen.print(status_table(rulebook, verdicts, clock.now, width=screen.width))
    with (out / "status.txt").open("w", encoding="utf-8") as file:
        Console(file=file, width=FILE_WIDTH, no_color=True).print(status_table(rulebook, verdicts, clock.now))
    alerts, digests = (len(list((out / kind).glob("*.eml"))) for kind in ("alerts", "digests"))
    played = pluralised(len(entries), "story", "stories"), pluralised(alerts, "alert"), pluralised(digests, "digest")
    click.echo(f"{', '.join(played)}: see {out}; open the pages at {out / 'site' / 'index.html'}", err=True)


def clear_previous_demo(out: Path) -> None:
    """Removes the files of the last demo. Raises UsageError if they are not those of a demo."""
    config = out / "config.toml"
    there = [name for name in DEMO_OUTPUTS if (out / name).exists() or (out / name).is_symlink()]
    if there and not (config.is_file() and config.read_text(encoding="utf-8").startswith(DEMO_MARKER)):
        raise click.UsageError(
            f"{out} contains {there[-1]}, which is not from a demo; choose another folder with --out"
        )
    out.mkdir(parents=True, exist_ok=True)
    for name in DEMO_OUTPUTS:
        target = out / name
        if target.is_dir() and not target.is_symlink():  # the pages are a link to their latest version
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)


def save_message(app: App, out: Path, message: OutboundMessage, *, brief: bool) -> DeliveryReceipt:
    """Writes a message as mail and as Slack JSON, and prints an alert as text."""
    is_digest = message.kind == "digest"
    receipt = file_fallback(FileChannel(out / ("digests" if is_digest else "alerts")), app.renderer, message)
    if not is_digest:
        text = app.renderer.text(message)
        with (out / "alerts.txt").open("a", encoding="utf-8") as log:
            log.write(f"{text}\n{'-' * 72}\n")
        click.echo(text.splitlines()[0] if brief else f"{text}\n{'-' * 72}")
    return receipt
