"""`reader`: the language model beside the rules: what it is asked, and how well it reads."""

from __future__ import annotations

import click

from monitor.cli.common import Entry, ListedGroup

COMMANDS = {
    "check": Entry(
        "reader.check:check", "Ask the configured model about the labelled examples of the deal, and score its answers."
    ),
    "prompt": Entry(
        "reader.prompt:prompt",
        "Print the question that a model is asked about stories, with its version and its length.",
    ),
}


@click.group(cls=ListedGroup, table=COMMANDS)
def reader() -> None:
    """The language model that reads beside the rules: what it is asked, and how well it reads."""
