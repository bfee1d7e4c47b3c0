"""T1 in memory: what `ingest` does to the database, done to dictionaries. A test holds the two to the same answers.

All story lines count as entries of one feed that was read before, so nothing is backfill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.claims import is_official
from monitor.domain.echoes import gist, moves, unsaid
from monitor.domain.matching import match
from monitor.domain.model import Cause, Entry, Signal, Story
from monitor.domain.rules import Rulebook
from monitor.domain.stories import Identified, StoryIndex, as_story, entry_keys, identify, revision_hash

WINDOW = timedelta(days=10)
"""Stories older than this join no outlet; under its own address an entry is known whatever its age."""
PRUNE_EVERY = timedelta(days=1)

EntryId = tuple[str, str]
"""An entry: the story that it carries, and the strongest key that it was first known by."""


Reads = Callable[[Story, Rulebook], tuple[Signal, ...]]
"""How a text is read: by the matcher, or by one who looks over its shoulder."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A commitment that has something new to weigh since `since`; urgent: a formal act by an official source."""

    since: datetime
    cause: Cause = Cause.NEWS
    urgent: bool = False

    def joined(self, other: Mark) -> Mark:
        cause = Cause.CORRECTION if Cause.CORRECTION in (self.cause, other.cause) else self.cause
        return Mark(min(self.since, other.since), cause, self.urgent or other.urgent)


@dataclass(slots=True)
class Intake:
    """The stories so far, what the rules found in them, and which commitments have something new to weigh.

    live: signals that count, by commitment and id; known: all that ever did.
    """

    rulebook: Rulebook
    reads: Reads = match
    stories: dict[str, Story] = field(default_factory=dict)
    live: dict[str, dict[str, Signal]] = field(default_factory=lambda: defaultdict(dict))
    known: dict[str, Signal] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    _index: StoryIndex = field(default_factory=StoryIndex)
    _pruned: datetime | None = None
    _recalled: bool = False
    _keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _entries: dict[str, dict[EntryId, str]] = field(default_factory=lambda: defaultdict(dict))
    _by_key: dict[str, EntryId] = field(default_factory=dict)
    _of_story: dict[str, list[Signal]] = field(default_factory=lambda: defaultdict(list))
    _found: list[Signal] = field(default_factory=list)
    _lost: list[Signal] = field(default_factory=list)

    def take(self, entry: Entry, now: datetime) -> tuple[str, str]:
        """One entry arrives; returns the story that it carries and the name of its text."""
        keys, text = entry_keys(entry), revision_hash(entry.title, entry.summary)
        mine = list(dict.fromkeys(self._known(keys)))
        same = next((one for one in mine if self._entries[one[0]][one] == text), None)
        if same is not None:
            self._note(same, keys, text)
            return same[0], text
        self._recall(keys, now)
        found = identify(entry, self._index, self.rulebook.publishers, now)
        self._keep(found, keys)
        self._carry(found, entry, mine, keys, text)
        self._weigh(found, entry, text, now)
        self._mark_lost(now)
        return found.story.id, text

    # ------------------------------------------------------------ stories

    def _recall(self, keys: tuple[str, ...], now: datetime) -> None:
        """Lets old stories leave the index, and brings back those that these keys name."""
        self._forget(keys, now)
        for story, _ in self._known(keys):
            if story not in self._index:
                own = [key for key in self._keys[story] if self._by_key[key][0] == story]
                self._index.add(self.stories[story], own)
                self._recalled = True

    def _known(self, keys: tuple[str, ...]) -> Iterator[EntryId]:
        """The entries that bear these keys; a title is none, for it may come again every day."""
        return (self._by_key[key] for key in keys if key in self._by_key and not key.startswith("title:"))

    def _forget(self, keys: tuple[str, ...], now: datetime) -> None:
        """Prunes the index when it could make a difference: to look through all of it for each story would be slow."""
        start = now - WINDOW
        old = (story for key in keys for story in self._index.under(key) if _last_seen(story) < start)
        if self._pruned is None or now - self._pruned >= PRUNE_EVERY or self._recalled or any(old):
            self._index.prune(start)
            self._pruned, self._recalled = now, False

    def _keep(self, found: Identified, keys: tuple[str, ...]) -> None:
        story = found.story
        self._index.add(story, keys)
        self._keys[story.id] = tuple(dict.fromkeys((*self._keys.get(story.id, ()), *keys)))
        if found.kind != "known":
            self.stories[story.id] = story

    def _carry(
        self, found: Identified, entry: Entry, mine: list[EntryId], keys: tuple[str, ...], text: str
    ) -> None:  # fmt: skip
        """Notes which entry carries the story, and lets the text die that it carried before."""
        story, carried = found.story, self._entries[found.story.id]
        old = next((one for one in mine if one in carried), None) or self._reissued(found, entry, mine, text)
        before = carried[old] if old else text
        self._note(old or (story.id, keys[0]), keys, text)
        if before not in (text, story.revision, *carried.values()):
            self._bury(story.id, before)

    def _reissued(self, found: Identified, entry: Entry, mine: list[EntryId], text: str) -> EntryId | None:
        """The entry of the same publisher that this one replaces under another address, if there is one."""
        if found.previous is None or entry.source not in {outlet.source for outlet in found.previous.outlets}:
            return None
        carried = self._entries[found.story.id]
        return next((one for one, shown in carried.items() if shown == text and one not in mine), None)

    def _note(self, entry: EntryId, keys: tuple[str, ...], text: str) -> None:
        self._entries[entry[0]][entry] = text
        for key in keys:
            self._by_key.setdefault(key, entry)

    # ------------------------------------------------------------ signals

    def _weigh(self, found: Identified, entry: Entry, text: str, now: datetime) -> None:
        story = found.story
        if found.kind == "withdrawn" or story.withdrawn:
            self._bury(story.id, None)
        elif found.kind in ("new", "revised"):
            if found.previous is not None:
                self._bury(story.id, found.previous.revision)
            self._add(self.reads(story, self.rulebook), now)
        else:
            if found.kind == "outlet":
                self._mark(self._of_story[story.id], now)
            if text != story.revision:
                variant = replace(as_story(entry, now), id=story.id)
                self._add(unsaid(self.reads(variant, self.rulebook), self._of_story[story.id]), now)

    def _add(self, found: Iterable[Signal], now: datetime) -> None:
        for signal in found:
            self.live[signal.commitment][signal.id] = self.known[signal.id] = signal
            others = [s for s in self._of_story[signal.story] if s.id != signal.id]
            self._of_story[signal.story] = [*others, signal]
            self._found.append(signal)
            self._mark([signal], now, urgent=is_official(signal))

    def _bury(self, story: str, text: str | None) -> None:
        """The signals of one text of a story (of all its texts, if None) die."""
        for signal in list(self._of_story[story]):
            if text is None or signal.revision == text:
                self._of_story[story].remove(signal)
                self.live[signal.commitment].pop(signal.id, None)
                self._lost.append(signal)

    def _mark_lost(self, now: datetime) -> None:
        """What a lost signal moved is weighed again: as a correction, unless the story still says the same."""
        still = {(signal.story, gist(signal)) for signal in self._found}
        for signal in self._lost:
            again = (signal.story, gist(signal)) in still
            self._mark([signal], now, Cause.NEWS if again else Cause.CORRECTION)
        self._found, self._lost = [], []

    def _mark(
        self, signals: Iterable[Signal], now: datetime, cause: Cause = Cause.NEWS, *, urgent: bool = False
    ) -> None:
        for signal in filter(moves, signals):
            mark, old = Mark(now, cause, urgent), self.marks.get(signal.commitment)
            self.marks[signal.commitment] = old.joined(mark) if old else mark


def _last_seen(story: Story) -> datetime:
    return max((outlet.seen_at for outlet in story.outlets), default=story.seen_at)
