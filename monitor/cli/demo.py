"""`demo`: a sample year through the whole program, offline. It prints and keeps what would have been sent."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import EXISTING_FILE, EXISTING_FOLDER, FOLDER, PACKAGE, bundled, pluralised
from monitor.cli.match_replay import read_entries
from monitor.cli.status import published_verdicts
from monitor.cli.status_tables import as_text, status_table, wide_console

if TYPE_CHECKING:
    from monitor.domain.messages.models import DeliveryReceipt, OutboundMessage
    from monitor.runtime.app import App

DEMO_MARKER = "# Laid out by `deal-monitor demo`, which clears this folder when it is run again.\n"
CONFIG_TEMPLATE = """\
[monitor]
database = "sqlite:///monitor.db"
data = "."
rules = {rules}
templates = {templates}

[[routes]]
name = "desk"
channel = "file"
to = "desk@example.org"
digest = "mon 08:00"
"""
SAMPLE_YEAR = PACKAGE / "samples" / "year.jsonl"
FEED_NAME = "sample year"
DATABASE_FILES = ("monitor.db", "monitor.db-wal", "monitor.db-shm", "monitor.db.lock")
SITE = ("site", "site-versions")
DEMO_OUTPUTS = ("alerts", "digests", *SITE, *DATABASE_FILES, "status.txt", "alerts.txt", "config.toml")
"""What a demo leaves in its folder, and what the next one clears away there; nothing else is touched."""


@click.command()
@click.option("--out", type=FOLDER, default=Path("var/demo"), show_default=True)
@click.option(
    "--stories", type=EXISTING_FILE, default=SAMPLE_YEAR, help="Other stories than the sample year (JSON lines)."
)
@click.option("--rules", type=EXISTING_FOLDER, help="Other rules than the shipped.")
@click.option("--brief", is_flag=True, help="Print only the first line of each message.")
def demo(*, out: Path, stories: Path, rules: Path | None, brief: bool) -> None:
    """Replay a sample year of news (October 2025 to October 2026) and show every alert it would have raised.

    The stories are written for this purpose about what really happened; their addresses lead nowhere. Alerts, weekly
    digests, the final table and the pages (site/index.html) are left in the output folder.
    """
    from monitor.config import FeedSettings, load_settings
    from monitor.logs import setup_logging
    from monitor.runtime.app import open_app
    from monitor.runtime.simulation import SimulatedClock, simulate
    from monitor.runtime.site_builder import build_site

    entries = read_entries(stories)
    if not entries:
        raise click.UsageError(f"{stories} holds no stories")
    clear_previous_demo(out)
    folders = {"rules": rules or bundled("rules"), "templates": bundled("templates")}
    quoted = {name: json.dumps(str(folder.resolve())) for name, folder in folders.items()}
    # The configuration stays beside the results, so that other commands can look at the database.
    config = out / "config.toml"
    config.write_text(DEMO_MARKER + CONFIG_TEMPLATE.format(**quoted), encoding="utf-8")
    setup_logging(level="warning")
    clock, screen = SimulatedClock(), wide_console()
    app = open_app(load_settings(config, environ={}), exclusive=True, clock=clock)
    with closing(app):
        app.senders = {"file": lambda parcel: save_message(app, out, parcel, brief=brief)}
        feed = FeedSettings.model_validate({"name": FEED_NAME, "url": "https://example.org/sample", "interval": "1h"})
        simulate(app, clock, entries, feed)
        verdicts = published_verdicts(app)
        with screen.capture() as captured:
            screen.print(status_table(app.rulebook.commitments, verdicts, clock.now, width=screen.width))
        table = status_table(app.rulebook.commitments, verdicts, clock.now)
        (out / "status.txt").write_text(as_text(table), encoding="utf-8")
        build_site(app)  # as of the last moment of the sample year
    click.echo(captured.get())
    alerts, digests = (len(list((out / kind).glob("*.eml"))) for kind in ("alerts", "digests"))
    played = pluralised(len(entries), "story", "stories"), pluralised(alerts, "alert"), pluralised(digests, "digest")
    click.echo(f"{', '.join(played)}: see {out}; the pages begin at {out / 'site' / 'index.html'}", err=True)


def clear_previous_demo(out: Path) -> None:
    """Removes what the last demo left. Raises UsageError for a folder where such files are not a demo's."""
    config = out / "config.toml"
    there = [name for name in DEMO_OUTPUTS if (out / name).exists() or (out / name).is_symlink()]
    if there and not (config.is_file() and config.read_text(encoding="utf-8").startswith(DEMO_MARKER)):
        raise click.UsageError(f"{out} holds {there[-1]}, which no demo left there; choose another folder with --out")
    out.mkdir(parents=True, exist_ok=True)
    for name in DEMO_OUTPUTS:
        target = out / name
        if target.is_dir() and not target.is_symlink():  # the pages are a link to their newest version
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)


def save_message(app: App, out: Path, parcel: OutboundMessage, *, brief: bool) -> DeliveryReceipt:
    """Writes a message as mail and as Slack JSON, and prints an alert as people would have read it."""
    from monitor.channels.file import FileChannel
    from monitor.runtime.wiring import file_fallback

    is_digest = parcel.kind == "digest"
    receipt = file_fallback(FileChannel(out / ("digests" if is_digest else "alerts")), app.renderer, parcel)
    if not is_digest:
        text = app.renderer.text(parcel)
        with (out / "alerts.txt").open("a", encoding="utf-8") as log:
            log.write(f"{text}\n{'-' * 72}\n")
        click.echo(text.splitlines()[0] if brief else f"{text}\n{'-' * 72}")
    return receipt
