"""`feeds`: what is polled and how it does, and how a document would be read."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import EXISTING_FILE, SuggestingGroup, echo_json, echo_lines, fields_of, session
from monitor.cli.tables import source_table, wide_console


@click.group(cls=SuggestingGroup)
def feeds() -> None:
    """Look at the configured feeds, or at one document."""


@feeds.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a feed.")
@click.option("--bad", is_flag=True, help="Only those that cannot be relied on.")
def list_feeds(*, as_json: bool, bad: bool) -> None:
    """Every configured feed with its health: ok, failing, silent, frozen, or never polled."""
    from monitor.runtime.session import sources

    with session() as app:
        health = sources(app)
        urls = {feed.name: feed.url for feed in app.feeds()}
    if not as_json:
        wide_console().print(source_table(health, only_bad=bad))
        return
    for source in health:
        if source.state != "ok" or not bad:
            values = fields_of(source, "state", "since", "detail")
            echo_json({"feed": source.name, "url": urls[source.name], **values})


@feeds.command("parse")
@click.argument("document", type=EXISTING_FILE)
@click.option("--url", default="", help="Address the document came from, for relative links.")
@click.option("--content-type", help="As the server would name it.")
@click.option("--zone", default="UTC", show_default=True, help="Zone of dates that name none.")
@click.option("--encoding", help="Encoding to assume, if the document names a wrong one or none.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an entry.")
def parse_document(
    document: Path, *, url: str, content_type: str | None, zone: str, encoding: str | None, as_json: bool
) -> None:
    """Read DOCUMENT (a saved feed) as a poll would, and print its entries."""
    from monitor.feeds.parse import parse  # feedparser: `feeds list` does without it

    address = url or document.resolve().as_uri()
    parsed = parse(document.read_bytes(), url=address, content_type=content_type, zone=zone, encoding=encoding)
    names = ("id", "title", "url", "published", "summary", "source", "date_only")
    dates = (f"{entry.published:%Y-%m-%d %H:%M}" if entry.published else "no date" for entry in parsed.entries)
    echo_lines(
        as_json=as_json,
        values=(fields_of(entry, *names) for entry in parsed.entries),
        text=(f"{at:<16}  {entry.title}  {entry.url}" for at, entry in zip(dates, parsed.entries, strict=True)),
    )
    for warning in parsed.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"{parsed.version}: {len(parsed.entries)} entries, {parsed.title}", err=True)
