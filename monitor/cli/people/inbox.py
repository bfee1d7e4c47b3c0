"""`inbox`: the stories that want a person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import click

from monitor.cli.common import echo_lines, pluralised, session
from monitor.cli.people.reading_lines import item_lines, item_values
from monitor.cli.people.story_choice import (
    COMMITMENT_OPTION,
    DAYS_OPTION,
    INBOX_DAYS,
    LIMIT_OPTION,
    short_names,
    waiting_stories,
)
from monitor.cli.rules.story_text import wrapped


@click.command()
@DAYS_OPTION
@COMMITMENT_OPTION
@LIMIT_OPTION
@click.option(
    "--all", "quiet", is_flag=True, help="Also near stories in which neither the rules nor a model see anything."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a story.")
def inbox(*, days: int, commitment: str | None, limit: int, quiet: bool, as_json: bool) -> None:
    """Stories near the deal that nobody has read for sure: rules and model differ, or neither speaks.

    The newest day first, and of one day first what may move a verdict. `deal-monitor inbox record ID` says what a story
    says, `deal-monitor inbox record` alone walks through them one by one.

    \b
    Example:
      deal-monitor inbox list --days 3 --commitment soybean-purchases
    """
    with session(rules=True) as app:
        items, left_out = waiting_stories(app, days, commitment, quiet=quiet)
        shown = items[:limit]
        names = short_names(app, shown)
        texts = ("\n".join(item_lines(item, names[item.story.id])) for item in shown)
        values = (item_values(item, names[item.story.id]) for item in shown)
        echo_lines(as_json=as_json, values=values, text=texts)
    if as_json:
        return
    for line in chain.from_iterable(map(wrapped, _remarks(len(items), len(shown), left_out, days))):
        click.echo(line)


def _remarks(items: int, shown: int, left_out: int, days: int) -> Iterator[str]:
    """What is said below the list."""
    if not items:
        yield f"Nothing to read in the last {pluralised(days, 'day')}."
    if items > shown:
        yield f"{pluralised(items - shown, 'more story', 'more stories')}; --limit {items} lists all."
    if left_out:
        where = pluralised(left_out, "near story", "near stories")
        yield f"In {where} neither the rules nor a model see anything; --all lists them too."
    if shown:
        span = "" if days == INBOX_DAYS else f" --days {days}"
        yield f"To read them: deal-monitor inbox review{span}, or deal-monitor inbox record ID COMMITMENT=EFFECT."
