"""The stories that rule commands work on: one story as an argument, the stories of a file, or those of the database."""

from __future__ import annotations

import json
import re
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from monitor.cli.common import EXISTING_FILE, settings_of
from monitor.cli.match_replay import numbered_lines, open_text
from monitor.domain.text.writing_systems import language_of
from monitor.replay import as_entry, line_as_story, read_story

if TYPE_CHECKING:
    from monitor.domain.model import Reading, Story

_ID = re.compile(r"[A-Za-z0-9][\w.:#/@?=&%+-]*", re.ASCII)
_STORED_ID = re.compile(r"[0-9a-f]{4,16}")
"""The beginning of the id of a stored story, which is hardly ever a headline."""
STORIES_OPTION = click.option(
    "--stories", type=EXISTING_FILE, help="Use the stories of a file (.jsonl or .jsonl.gz) instead of the database."
)


class GivenStory(NamedTuple):
    """The story of an argument. `stored`: whether it is in the database, with the readings of its text."""

    story: Story
    readings: tuple[Reading, ...] = ()
    stored: bool = False


def find_story(text: str, stories: Path | None) -> GivenStory:
    """The story of the argument STORY: a headline, an id, a JSON line, or - for standard input.

    An id is looked up in the file `stories`, else in the database. Raises BadParameter if there is no such story.
    """
    text = sys.stdin.readline() if text == "-" else text
    if text.lstrip().startswith("{"):
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise click.BadParameter(f"STORY is no JSON object: {error}", param_hint="STORY") from None
    elif stories is not None:
        fields = _line_with_id(stories, text)
    else:
        if _ID.fullmatch(text):
            stored = stored_story(text)
            if stored is not None:
                return stored
            click.echo(f"no stored story has the id {text!r}; it is read as a headline", err=True)
        fields = {"title": text}
    fields = {name: value for name, value in fields.items() if value}
    if not str(fields.get("title", "")).strip():
        raise click.BadParameter("a story needs a title", param_hint="STORY")
    fields.setdefault("id", "given")
    fields.setdefault("lang", language_of(f"{fields['title']} {fields.get('summary', '')}"))
    fields["published"] = str(fields.get("published") or datetime.now(UTC).isoformat())
    return GivenStory(line_as_story(as_entry(fields, 1, "STORY")))


def stored_story(name: str) -> GivenStory | None:
    """The stored story whose id begins so, with the readings of its text, oldest first; None if there is none.

    Raises BadParameter if there are several.
    """
    from monitor.cli.inbox_commands import story_beginning
    from monitor.runtime.session import open_database
    from monitor.store import reading_store, stories

    if not _STORED_ID.fullmatch(name):
        return None
    with closing(open_database(settings_of())) as store, store.read() as conn:
        if not stories.beginning_with(conn, name, limit=1):
            return None
        story = story_beginning(store, name)
        return GivenStory(story, reading_store.of_text(conn, story.revision), stored=True)


def _line_with_id(path: Path, story_id: str) -> dict[str, Any]:
    """The story of a file with this id. Only lines with the id are parsed. Raises BadParameter if there is none."""
    with open_text(path) as stream:
        for number, line in numbered_lines(stream, str(path)):
            if story_id in line and (story := read_story(line, number, str(path)))["id"] == story_id:
                return dict(story)
    raise click.BadParameter(f"no story of {path} has the id {story_id!r}", param_hint="STORY")
