"""The stories of the last days in memory, where a new entry is compared with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from monitor.domain.stories.identify import INDEX_WINDOW, StoryIndex
from monitor.store import stories


class StoryCache:
    """The stories of the last days: read from the database at first use, and again after a failed poll."""

    def __init__(self) -> None:
        self._index: StoryIndex | None = None

    @contextmanager
    def kept(self) -> Iterator[StoryCache]:
        """Around a transaction: if it fails, what was added to the index is forgotten with it."""
        try:
            yield self
        except BaseException:
            self._index = None
            raise

    def at(self, conn: Connection, now: datetime) -> StoryIndex:
        """The index for a poll at `now`."""
        start = now - INDEX_WINDOW
        if self._index is None:
            self._index = StoryIndex()
            recent, keys = stories.first_seen_since(conn, start), defaultdict[str, set[str]](set)
            for entry in stories.entries_of(conn, [story.id for story in recent]):
                keys[entry.story] |= entry.keys
            for story in recent:
                self._index.add(story, sorted(keys[story.id]))
        self._index.prune(start)
        return self._index
