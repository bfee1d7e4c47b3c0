"""Where the workbench's stories come from: a file of story lines, or the database of a running monitor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EXISTING_FILE, DateTimeParam, program_clock, settings_of
from monitor.cli.match_replay import numbered_lines, open_text, read_entries

if TYPE_CHECKING:
    from monitor.domain.model import Entry, Reading, Story
    from monitor.store import Store

_DURATION = re.compile(r"(\d{1,4})\s*([hdw])")
_BEGINNING = re.compile(r"[0-9a-f]{4,16}")
"""What can be the beginning of a story's id, and is hardly ever a headline."""
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
NO_STORIES = "no stories: poll the feeds first, take a wider --since, or give --stories FILE"
Since = timedelta | datetime
"""A span back from now, or a moment."""


class SinceParam(click.ParamType[Since]):
    """A span back from now (30d, 12h, 6w), or a date or time."""

    name = "span or time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Since:
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
    "--stories", type=EXISTING_FILE, help="Stories of a file (.jsonl or .jsonl.gz) instead of those in the database."
)
NOW_OPTION = click.option("--now", type=DateTimeParam(), help="As if it were this moment (for the database).")


def current_time(now: datetime | None) -> datetime:
    """The moment that the command names, else that of the program's own --now, else now."""
    return now or program_clock()()


def start_time(since: Since, now: datetime) -> datetime:
    return now - since if isinstance(since, timedelta) else since


def entries_since(path: Path, since: Since | None) -> list[Entry]:
    """The stories of a file published since then (None: all); a span counts back from the newest one."""
    entries = read_entries(path)
    dates = [entry.published for entry in entries if entry.published is not None]
    if since is None or not dates:
        return entries
    start = start_time(since, max(dates))
    return [entry for entry in entries if entry.published is not None and entry.published >= start]


def stories_since(path: Path | None, since: Since | None, now: datetime | None = None) -> list[Story]:
    """The stories of a file, or (None) of the database, since then (None: all). now: the moment that the command names."""
    if path is not None:
        from monitor.replay import line_as_story

        return [line_as_story(entry) for entry in entries_since(path, since)]
    from monitor.runtime.session import open_database

    with closing(open_database(settings_of())) as store:
        return stored_stories(store, None if since is None else start_time(since, current_time(now)))


def stored_stories(store: Store, start: datetime | None) -> list[Story]:
    """The stories of the database first seen since `start` (None: all) that were not withdrawn."""
    from monitor.store import stories

    begin = start or datetime.min.replace(tzinfo=UTC)
    with store.read() as conn:
        return [story for story in stories.first_seen_since(conn, begin) if not story.withdrawn]


def stored_text(name: str) -> tuple[Story, tuple[Reading, ...]] | None:
    """The story of the database with this id, or whose id begins so, as `inbox` names it, and the readings of its text, oldest
    first; None if there is none. Raises BadParameter where several begin so."""
    from monitor.cli.inbox_commands import story_beginning
    from monitor.runtime.session import open_database
    from monitor.store import reading_store, stories

    if not _BEGINNING.fullmatch(name):
        return None
    with closing(open_database(settings_of())) as store, store.read() as conn:
        if not stories.beginning_with(conn, name, limit=1):
            return None
        story = story_beginning(store, name)
        return story, reading_store.of_text(conn, story.revision)


def story_line(path: Path, story_id: str) -> Mapping[str, Any] | None:
    """One story of a file, as its fields; None if it has no such id. Reads no other line as JSON than those with the id."""
    from monitor.replay import read_story

    with open_text(path) as stream:
        for number, line in numbered_lines(stream, str(path)):
            if story_id in line and (story := read_story(line, number, str(path)))["id"] == story_id:
                return story
    return None
