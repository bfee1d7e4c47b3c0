"""Which story a person means, and which stories there are to read: options and look-ups that `inbox`, `read` and `rules example`
share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import named_commitment, pluralised
from monitor.domain.text.plain import one_line
from monitor.pipeline.people_readings import load_inbox
from monitor.store import stories

if TYPE_CHECKING:
    from monitor.domain.model import Story
    from monitor.domain.reading.inbox import InboxItem
    from monitor.runtime.session import Opened
    from monitor.store import Store

INBOX_DAYS = 7
INBOX_LIMIT = 20

DAYS_OPTION = click.option(
    "--days",
    type=click.IntRange(1, 3660),
    default=INBOX_DAYS,
    show_default=True,
    help="Stories first seen in the last so many days.",
)
COMMITMENT_OPTION = click.option("--commitment", help="Only stories that may concern this commitment or a part of it.")
LIMIT_OPTION = click.option(
    "--limit", type=click.IntRange(1), default=INBOX_LIMIT, show_default=True, help="At most so many stories."
)


def waiting_stories(
    app: Opened, days: int, commitment: str | None, *, quiet: bool = False
) -> tuple[list[InboxItem], int]:
    """The inbox of the last days in order, and how many near stories are left out because nobody sees anything in them (none, if
    `quiet` ones are wanted). Warns of stories that the rules could not read."""
    if commitment is not None:
        commitment = named_commitment(app.rulebook.commitments, commitment, "--commitment")
    with app.store.read() as conn:
        box = load_inbox(conn, app.rulebook, app.clock() - timedelta(days=days))
    for story, error in box.failed.items():
        click.echo(f"warning: story {story} could not be read by the rules: {error}", err=True)
    listed = sorted((*box.items, *(box.quiet if quiet else ())), key=lambda item: item.order, reverse=True)
    if commitment is not None:
        listed = [item for item in listed if item.concerns(commitment)]
    return listed, 0 if quiet or commitment is not None else len(box.quiet)


def short_names(app: Opened, items: Iterable[InboxItem]) -> Mapping[str, str]:
    """By story: what to type for it."""
    with app.store.read() as conn:
        return stories.short_names(conn, [item.story.id for item in items])


def story_beginning(store: Store, start: str, parameter: Any = "STORY") -> Story:
    """The story whose id begins so. Raises BadParameter where there is none, or more than one."""
    given = start.strip().casefold()
    with store.read() as conn:
        fitting = stories.beginning_with(conn, given)
        names = stories.short_names(conn, fitting)
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    if not fitting:
        message = f"no story has an id that begins with {start!r}; deal-monitor inbox list shows those to read"
    else:
        shown = "\n".join(f"  {names[key]}  {one_line(story.title, 70)}" for key, story in fitting.items())
        message = (
            f"{pluralised(len(fitting), 'story', 'stories')} or more begin with {start!r}; give more of it:\n{shown}"
        )
    raise click.BadParameter(message, param_hint=parameter)
