"""Stories whose text somebody has read, with the readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.domain.model import Reading, Story
from monitor.store import readings, stories
from monitor.store.rows import CHUNK
from monitor.store.tables import READING, STORY


def seen_between(
    conn: Connection, start: datetime, end: datetime | None = None
) -> Iterator[tuple[Story, tuple[Reading, ...]]]:
    """The stories first seen at or after `start` and before `end` (None: until now) whose own text has been read, each with
    its readings, oldest first; without those withdrawn."""
    wanted = select(STORY.c.id).where(STORY.c.seen_at >= start, STORY.c.revision.in_(select(READING.c.text)))
    if end is not None:
        wanted = wanted.where(STORY.c.seen_at < end)
    names = conn.scalars(wanted.order_by(STORY.c.seen_at, STORY.c.id)).all()
    for first in range(0, len(names), CHUNK):
        part = names[first : first + CHUNK]
        found = stories.by_ids(conn, part)
        read = readings.of_texts(conn, {story.revision for story in found.values()})
        shown = (found[name] for name in part)
        yield from ((story, read[story.revision]) for story in shown if not story.withdrawn)
