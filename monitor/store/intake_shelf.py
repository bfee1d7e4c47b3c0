"""The database as the `Shelf` of `domain.intake`: it reads the data to compare a document with, and writes the changes.
The stories of the last days, which every new entry is compared with, stay in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.domain.intake import IntakeChanges, KnownEntry, StoredStory
from monitor.domain.model import Story
from monitor.domain.stories.identify import INDEX_WINDOW
from monitor.domain.stories.index import StoryIndex
from monitor.store import problems_and_runs, signals, stories, verdict_records
from monitor.store.rows import insert_new
from monitor.store.tables import UNREAD, UnreadText


@dataclass(slots=True)
class StoryCache:
    """The stories of the last days: read from the database at first use and after a failed poll. change: the number of
    the last change that the index has."""

    index: StoryIndex | None = None
    change: int = 0

    @contextmanager
    def kept(self) -> Iterator[StoryCache]:
        """Wraps a transaction: if it fails, the index is dropped."""
        try:
            yield self
        except BaseException:
            self.index = None
            raise


@dataclass(frozen=True, slots=True)
class SqlShelf:
    """A `Shelf` in one transaction. recent: the stories of the last days, kept from poll to poll."""

    conn: Connection
    recent: StoryCache

    def put(self, changes: IntakeChanges, now: datetime) -> tuple[str, ...]:
        """Store all changes of a document, one statement for each table; returns its problems as text."""
        touched = {entry.story for entry in changes.entries.values()}
        if changes.stories or touched:
            self.recent.change = stories.save(self.conn, changes.stories, changes.revisions.values(), touched)
        stories.save_entries(self.conn, changes.entries.values())
        for why in sorted(set(changes.retired.values())):
            signals.retire(self.conn, [key for key, reason in changes.retired.items() if reason == why], now, why)
        signals.save(self.conn, changes.signals.values())
        verdict_records.request_reviews(self.conn, changes.requests.values())
        # A text already in the queue stays as it is.
        unread = changes.unread.items()
        waiting = (UnreadText(text=text, deal=deal, story=story, since=now) for (text, deal), story in unread)
        insert_new(self.conn, UNREAD, waiting)
        return tuple(
            f"{p.subject}: {problems_and_runs.add_problem(self.conn, p.kind, p.subject, p.error, now).error}"
            for p in changes.problems
        )

    def index_at(self, now: datetime) -> StoryIndex:
        start, index, last = now - INDEX_WINDOW, self.recent.index, stories.last_change(self.conn)
        missing: Iterable[list[Story]] = ()
        if index is None:
            index, missing = StoryIndex(), stories.batches_seen_since(self.conn, start)
        elif last > self.recent.change:  # another worker has stored stories, and no two may store at the same time
            missing = stories.changed_since(self.conn, self.recent.change)
        for batch in missing:
            keys = defaultdict[str, set[str]](set)
            for entry in stories.entries_of(self.conn, [story.id for story in batch]):
                keys[entry.story] |= entry.keys
            for story in batch:
                index.add(story, sorted(keys[story.id]))
        self.recent.index, self.recent.change = index, last
        index.prune(start)
        return index

    def entries(self, keys: Collection[str]) -> Iterable[KnownEntry]:
        return stories.entries_by_key(self.conn, keys)

    def stored(self, names: Collection[str]) -> Mapping[str, StoredStory]:
        known = {name: StoredStory(story) for name, story in stories.by_ids(self.conn, names).items()}
        for entry in stories.entries_of(self.conn, known):
            known[entry.story].entries[entry.id] = entry
        for revision in stories.revisions(self.conn, [each.story for each in known.values()]):
            known[revision.story].revisions[revision.hash] = revision
        for signal in signals.of_stories(self.conn, known):
            known[signal.story].signals[signal.id] = signal
        return known
