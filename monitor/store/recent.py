"""The stories of the last days in memory, where a new entry is held against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.domain.model import Story
from monitor.domain.stories import StoryIndex
from monitor.store import stories

INDEX_DAYS = 10
"""Stories older than this join no outlet; an entry that a feed still lists is found in the database whatever its age."""


class Recent:
    """The stories of the last days: read from the database at first use, and again after a failed poll."""

    def __init__(self) -> None:
        self._index: StoryIndex | None = None

    @contextmanager
    def kept(self) -> Iterator[Recent]:
        """Around a transaction: if it fails, what was added to the index is forgotten with it."""
        try:
            yield self
        except BaseException:
            self._index = None
            raise

    def at(self, conn: Connection, now: datetime) -> StoryIndex:
        """The index for a poll at `now`."""
        start = now - timedelta(days=INDEX_DAYS)
        if self._index is None:
            self._index = StoryIndex()
            add_stored(conn, self._index, tuple(stories.since(conn, start)))
        self._index.prune(start)
        return self._index


def add_stored(conn: Connection, index: StoryIndex, stored: Sequence[Story]) -> None:
    """Put stories into the index, each under every key by which it is known."""
    keys = stories.keys_of(conn, [story.id for story in stored])
    for story in stored:
        index.add(story, keys.get(story.id, ()))
