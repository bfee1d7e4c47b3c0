"""The store of a replay: the stories so far and their signals, the older ones in temporary files.

All story lines count as entries of one feed that was read before, so nothing is backfill. As the database does, it knows a page
for ever: an old story whose page comes again is compared with what it said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from typing import Any

from monitor.domain.intake import IntakeChanges, KnownEntry, StoredStory
from monitor.domain.model import Signal, Story
from monitor.domain.stories.identify import INDEX_WINDOW
from monitor.domain.stories.index import StoryIndex
from monitor.domain.verdicts.review_requests import ReviewRequest, merged
from monitor.replay.spilled_dict import SpilledDict

KEPT_IN_MEMORY = 50_000
"""Stories, and signals, in memory: about 2 kB each. An estimate: more than the windows of index and verdicts hold, so that
little comes back from the temporary files."""
KEYS_A_STORY = 3
"""At most: its page, a guid that is another page, and its title. An outlet that joins adds its own."""


@dataclass(slots=True)
class MemoryShelf:
    """A `Shelf` of dictionaries.

    live: signals that count, by commitment and id; known: all signals that ever counted, by id; requests: reviews asked
    for, by commitment; in_memory: how many stories, and signals, are held in memory.
    """

    live: dict[str, dict[str, Signal]] = field(default_factory=lambda: defaultdict(dict))
    known: SpilledDict[Signal] = field(init=False)
    requests: dict[str, ReviewRequest] = field(default_factory=dict)
    in_memory: InitVar[int] = KEPT_IN_MEMORY
    _index: StoryIndex = field(default_factory=StoryIndex)
    _owners: SpilledDict[tuple[str, str]] = field(init=False)
    """Key -> the story and the id of the entry that owns it."""
    _stored: SpilledDict[StoredStory] = field(init=False)

    def __post_init__(self, in_memory: int) -> None:
        self.known, self._stored = SpilledDict(in_memory), SpilledDict(in_memory)
        self._owners = SpilledDict(KEYS_A_STORY * in_memory)

    @property
    def stories(self) -> Mapping[str, Story]:
        """The stories by id."""
        return _Stories(self._stored)

    def put(self, changes: IntakeChanges) -> None:
        """Store what one document changes."""
        for story in changes.stories.values():
            self._stored.setdefault(story.id, StoredStory(story)).story = story
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

    def signals_after(self, commitment: str, moment: datetime) -> tuple[Signal, ...]:
        """The live signals of what happened after a moment; drops those before it, which no later review needs."""
        live = {key: signal for key, signal in self.live[commitment].items() if signal.happened.end > moment}
        self.live[commitment] = live
        return tuple(live.values())

    def index_at(self, now: datetime) -> StoryIndex:
        self._index.prune(now - INDEX_WINDOW)
        return self._index

    def entries(self, keys: Collection[str]) -> Iterable[KnownEntry]:
        owners = dict.fromkeys(owner for key in keys if (owner := self._owners.get(key)))
        return [self._stored[story].entries[entry] for story, entry in owners]

    def stored(self, stories: Collection[str]) -> Mapping[str, StoredStory]:
        found = ((name, self._stored[name]) for name in stories)
        return {n: StoredStory(s.story, dict(s.entries), dict(s.revisions), dict(s.signals)) for n, s in found}


class _Stories(Mapping[str, Story]):
    """The stories of what is stored."""

    def __init__(self, stored: Mapping[str, StoredStory]) -> None:
        self._stored = stored

    def __getitem__(self, key: str) -> Story:
        return self._stored[key].story

    def get(self, key: str, default: Any = None) -> Any:
        """The story with an id, `default` if there is none. A fold asks for the story of every signal."""
        found = self._stored.get(key)
        return default if found is None else found.story

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)
