"""Stories whose text somebody has read, with the readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from monitor.domain.model import Reading, Story
from monitor.store import readings, stories


def seen_between(
    conn: Connection, start: datetime, end: datetime | None = None
) -> Iterator[tuple[Story, tuple[Reading, ...]]]:
    """The stories first seen at or after `start` and before `end` (None: until now) whose own text has been read, each with
    its readings; without those withdrawn."""
    for batch in stories.batches_seen_since(conn, start):
        seen = [story for story in batch if not story.withdrawn and (end is None or story.seen_at < end)]
        read = readings.of_texts(conn, {story.revision for story in seen})
        yield from ((story, read[story.revision]) for story in seen if story.revision in read)
