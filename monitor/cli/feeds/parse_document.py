"""`feeds parse`: how a saved document would be read."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import EXISTING_FILE, echo_lines, fields_of


@click.command()
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
