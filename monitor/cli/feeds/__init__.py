"""`feeds`: what is polled and how it does; feeds found, tried, added, and exchanged with other programs."""

from __future__ import annotations

import click

from monitor.cli.common import Entry, ListedGroup

COMMANDS = {
    "list": Entry(
        "feeds.list_feeds:list_feeds",
        "Every configured feed: its state in plain words, its last answer and news, how often it has news, and what to do.",
    ),
    "add": Entry(
        "feeds.add:add", "Find the feed of URL (a feed or a web page), try it, and write it into config.toml."
    ),
    "test": Entry(
        "feeds.try_out:try_out", "Ask feeds now, by NAME or URL (none: all), and say what came; nothing is stored."
    ),
    "import": Entry("feeds.exchange:import_", "Write the feeds of FILE (OPML; - is standard input) into config.toml."),
    "export": Entry("feeds.exchange:export", "Print the feeds that are polled as OPML 2.0, for other programs."),
    "parse": Entry(
        "feeds.parse_document:parse_document", "Read DOCUMENT (a saved feed) as a poll would, and print its entries."
    ),
}


@click.group(cls=ListedGroup, table=COMMANDS)
def feeds() -> None:
    """The feeds that are polled: list, add and test them, and exchange them with other programs."""
