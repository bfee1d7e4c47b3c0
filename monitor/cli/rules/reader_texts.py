"""Stories with their readings: those of the database, or lines of a file with recorded readings beside it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from monitor.cli.common import settings_of
from monitor.cli.match_replay import read_recorded
from monitor.cli.rules.story_sources import Since, current_time, entries_since, start_time

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.model import Reading, Story

ReadTexts: TypeAlias = "list[tuple[Story, tuple[Reading, ...]]]"


def read_texts(
    stories: Path | None, readings: Path | None, since: Since | None, now: datetime | None, rulebook: Rulebook
) -> ReadTexts:
    """The stories since then (None: all) that somebody has read, each with its readings; of a file none without `readings`.

    Raises UsageError where recorded readings have no stories.
    """
    if stories is None:
        if readings is not None:
            raise click.UsageError("--readings belong to the stories of a file: name it by --stories")
        return _stored(None if since is None else start_time(since, current_time(now)))
    recorded = read_recorded(readings, rulebook)
    if recorded is None:
        return []
    from monitor.replay import line_as_story

    entries = [entry for entry in entries_since(stories, since) if recorded.of_line(entry.key)]
    return [(line_as_story(entry), recorded.of_line(entry.key)) for entry in entries]


def _stored(start: datetime | None) -> ReadTexts:
    from monitor.runtime.session import open_database
    from monitor.store import readings

    with closing(open_database(settings_of())) as store, store.read() as conn:
        return list(readings.read_stories(conn, start or datetime.min.replace(tzinfo=UTC)))
