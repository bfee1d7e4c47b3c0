"""`site build`: the pages as files."""

from __future__ import annotations

import click

from monitor.cli.common import session


@click.command()
def build() -> None:
    """Write all pages, feeds, calendars and JSON files into the data folder.

    A running monitor does this by itself after each change, unless [site] build is false. Any web server can serve the folder.
    """
    from monitor.runtime.site.builder import build_site

    with session(rules=True) as app:
        count = build_site(app)
        click.echo(f"{count} files: {app.settings.site_dir}")
