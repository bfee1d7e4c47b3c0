"""Where the workbench's stories come from: a file of story lines, or the database of a running monitor."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import DateTimeParam

if TYPE_CHECKING:
    from monitor.domain.model import Entry, Story
    from monitor.store import Store

_DURATION = re.compile(r"(\d{1,4})\s*([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
PROGRESS_STEP = 1000
"""Stories between two words of progress."""


class SinceParam(click.ParamType[timedelta | datetime]):
    """A span back from now (30d, 12h, 6w), or a date or time."""

    name = "span or time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta | datetime:  # fmt: skip
        if isinstance(value, timedelta | datetime):
            return value
        ago = _DURATION.fullmatch(str(value).strip().lower())
        if ago:
            return int(ago[1]) * _UNITS[ago[2]]
        if str(value).strip().isdigit():
            self.fail(
                f"{value!r} is no span: write {value}d for days, {value}h for hours, {value}w for weeks", param, ctx
            )
        return DateTimeParam().convert(value, param, ctx)


SINCE_OPTION = click.option("--since", type=SinceParam(), help="Only stories since then: 30d, 12h, 6w, or a date.")
STORIES_OPTION = click.option(
    "--stories", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Stories of a file (.jsonl or .jsonl.gz) instead of those in the database.",
)  # fmt: skip

NOW_OPTION = click.option("--now", type=DateTimeParam(), help="As if it were this moment (for the database).")


def current_time(ctx: click.Context, now: datetime | None) -> datetime:
    """The moment asked for, else that of the program's own --now, else now."""
    rehearsed: datetime | None = ctx.find_root().obj.get("now")
    return now or rehearsed or datetime.now(UTC)


def start_time(since: timedelta | datetime, now: datetime) -> datetime:
    return now - since if isinstance(since, timedelta) else since


def entries_since(entries: list[Entry], since: timedelta | datetime | None) -> list[Entry]:
    """Those published since then; a span counts back from the newest story."""
    dates = [entry.published_at for entry in entries if entry.published_at is not None]
    if since is None or not dates:
        return entries
    start = start_time(since, max(dates))
    return [entry for entry in entries if entry.published_at is not None and entry.published_at >= start]


def stored_stories(store: Store, start: datetime | None) -> list[Story]:
    """The stories of the database first seen since `start` that were not withdrawn."""
    from monitor.store import stories

    begin = start or datetime.min.replace(tzinfo=UTC)
    with store.read() as conn:
        return [story for story in stories.first_seen_since(conn, begin) if not story.withdrawn]


def progress_counter(what: str) -> Callable[[int], None]:
    """Tells the progress of a long reading on stderr, if someone watches."""
    if not sys.stderr.isatty():
        return lambda _: None

    def tell(count: int) -> None:
        if count % PROGRESS_STEP == 0:
            click.echo(f"\r{what}: {count:,} stories", err=True, nl=False)

    return tell


def end_progress() -> None:
    """Ends the line of progress."""
    if sys.stderr.isatty():
        click.echo("", err=True)
