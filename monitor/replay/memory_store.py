"""The store of a replay, in memory.

All story lines count as entries of one feed that was polled before, so no story is backfill. Pages are never forgotten:
an old story whose page comes again is compared with its former text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.domain.intake import IntakeChanges, KnownEntry, StoredStory
from monitor.domain.model import Signal, Story
from monitor.domain.stories.identify import INDEX_WINDOW
from monitor.domain.stories.index import StoryIndex
from monitor.domain.verdicts.review_requests import ReviewRequest, merged


@dataclass(slots=True)
class MemoryShelf:
    """A `Shelf` of dictionaries: about 4 kB for each story, 220 MB for the recorded year. stories: by id. live: the
    signals that count, by commitment and id. known: all signals that ever counted, by id. requests: pending review
    requests, by commitment. _owners: key -> the story and the id of the entry that owns the key."""

    stories: dict[str, Story] = field(default_factory=dict)
    live: dict[str, dict[str, Signal]] = field(default_factory=lambda: defaultdict(dict))
    known: dict[str, Signal] = field(default_factory=dict)
    requests: dict[str, ReviewRequest] = field(default_factory=dict)
    _index: StoryIndex = field(default_factory=StoryIndex)
    _owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    _stored: dict[str, StoredStory] = field(default_factory=dict)

    def put(self, changes: IntakeChanges) -> None:
        for story in changes.stories.values():
            self.stories[story.id] = self._stored.setdefault(story.id, StoredStory(story)).story = story
        for entry in changes.entries.values():
            place = entry.story, entry.id
            others = [key for key in entry.keys if self._owners.setdefault(key, place)[1] != entry.id]
            own = replace(entry, keys=entry.keys.difference(others)) if others else entry
            self._stored[entry.story].entries[entry.id] = own
        for revision in changes.revisions.values():
            self._stored[revision.story].put(revision)
        for signal in filter(None, map(self.known.get, changes.retired)):
            self._stored[signal.story].signals.pop(signal.id, None)
            self.live[signal.commitment].pop(signal.id, None)
        for signal in changes.signals.values():
            self.known[signal.id] = self.live[signal.commitment][signal.id] = signal
            self._stored[signal.story].signals[signal.id] = signal
        if changes.requests:
            self.requests = merged(self.requests, changes.requests.values())

    def index_at(self, now: datetime) -> StoryIndex:
        self._index.prune(now - INDEX_WINDOW)
        return self._index

    def entries(self, keys: Collection[str]) -> Iterable[KnownEntry]:
        owners = dict.fromkeys(owner for key in keys if (owner := self._owners.get(key)))
        return [self._stored[story].entries[entry] for story, entry in owners]

    def stored(self, stories: Collection[str]) -> Mapping[str, StoredStory]:
        found = ((name, self._stored[name]) for name in stories)
        return {n: StoredStory(s.story, dict(s.entries), dict(s.revisions), dict(s.signals)) for n, s in found}
