"""`site`: the pages of where each commitment stands."""

from __future__ import annotations

import click

from monitor.cli.common import Entry, ListedGroup

COMMANDS = {
    "build": Entry("site.build:build", "Write all pages, feeds, calendars and JSON files into the data folder."),
    "serve": Entry("site.serve:serve", "Serve the pages, health, metrics and the links in messages, until stopped."),
}


@click.group(cls=ListedGroup, table=COMMANDS)
def site() -> None:
    """The pages that show where each commitment stands, with feeds, calendars and JSON beside them."""
