"""T1 in memory: what `ingest` does to the database, done to dictionaries. A test holds the two to the same answers.

All story lines count as entries of one feed that was read before, so nothing is backfill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.claims import is_official
from monitor.domain.echoes import Text, heir, moves, still_said, told_by, unsaid
from monitor.domain.identity import identifies, page_key
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
    _variants: dict[str, dict[str, Text]] = field(default_factory=lambda: defaultdict(dict))
    """By story and name: its live texts beside its own."""
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
        left = self._carry(found, entry, mine, keys, text)
        self._weigh(found, entry, text, left, now)
        for other in mine:
            if other[0] != found.story.id and all(self._by_key[key] == other for key in filter(identifies, keys)):
                self._move_away(other, entry, now)
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
        """The entries that bear these keys."""
        return (self._by_key[key] for key in keys if key in self._by_key and identifies(key))

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
    ) -> list[Text]:
        """Notes which entry carries the story; returns the texts that its publisher shows no longer."""
        story, carried = found.story, self._entries[found.story.id]
        old = next((one for one in mine if one in carried), None) or self._reissued(found, entry, mine, text)
        shown = carried[old] if old else text
        self._note(old or (story.id, keys[0]), keys, text)
        left = [_text_of(found.previous)] if found.kind in ("revised", "withdrawn") and found.previous else []
        left += [told for told in self._variants[story.id].values() if told.name == shown]
        return [told for told in left if told.name not in (text, story.revision)]

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

    def _weigh(self, found: Identified, entry: Entry, text: str, left: Iterable[Text], now: datetime) -> None:
        story, variant = found.story, replace(as_story(entry, now), id=found.story.id)
        for told in left:
            self._leave(story, told, entry)
        self._variants[story.id].pop(story.revision, None)
        if text != story.revision:
            self._variants[story.id].setdefault(text, _text_of(variant))
        if found.kind == "withdrawn" or story.withdrawn:
            self._bury(story.id, None)
            return
        if found.kind in ("new", "revised"):
            self._add(self.reads(story, self.rulebook), now)
        elif found.kind == "outlet":
            self._mark(self._of_story[story.id], now)
        if text != story.revision:
            self._add(self._unsaid(variant), now)
        if left:
            self._retell(story, now)

    def _unsaid(self, variant: Story) -> list[Signal]:
        """What a text of another outlet adds to what the story's other texts say."""
        return [] if variant.withdrawn else unsaid(self.reads(variant, self.rulebook), self._of_story[variant.id])

    def _leave(self, story: Story, told: Text, entry: Entry) -> None:
        """The publisher of `entry` shows this text no longer: it dies, or becomes the word of who shows it still."""
        self._bury(story.id, told.name)
        leaver = self.rulebook.publishers.find(entry.source, entry.url).name
        pages = {page_key(outlet.url) for outlet in story.outlets} & self._by_key.keys()
        entries = self._entries[story.id]
        shown = {key for key in pages if entries.get(self._by_key[key]) == told.name}
        teller = heir(story, leaver, shown, self.rulebook.publishers)
        if teller is not None:
            passed = replace(told, source=teller.source, url=teller.url, seen_at=teller.seen_at)
            self._variants[story.id][told.name] = passed

    def _move_away(self, old: EntryId, entry: Entry, now: datetime) -> None:
        """The page of an outlet has become a report of its own: it shows what it showed no longer."""
        story, text = self.stories[old[0]], self._entries[old[0]][old]
        self._entries[old[0]][old] = ""
        if text in self._variants[story.id]:
            self._leave(story, self._variants[story.id][text], entry)
            if not story.withdrawn:
                self._retell(story, now)

    def _retell(self, story: Story, now: datetime) -> None:
        """What the texts of other outlets say, now that the story no longer says it in their stead."""
        for told in sorted(self._variants[story.id].values(), key=lambda told: (told.seen_at, told.name)):
            live = {signal.id for signal in self._of_story[story.id]}
            found = self._unsaid(told_by(story, told))
            self._add([signal for signal in found if signal.id not in live], now)

    def _add(self, found: Iterable[Signal], now: datetime) -> None:
        for signal in found:
            self.live[signal.commitment][signal.id] = self.known[signal.id] = signal
            others = [s for s in self._of_story[signal.story] if s.id != signal.id]
            self._of_story[signal.story] = [*others, signal]
            self._found.append(signal)
            self._mark([signal], now, urgent=is_official(signal))

    def _bury(self, story: str, text: str | None) -> None:
        """The signals of one text of a story (of all its texts, if None) die."""
        if text is not None:
            self._variants[story].pop(text, None)
        for signal in list(self._of_story[story]):
            if text is None or signal.revision == text:
                self._of_story[story].remove(signal)
                self.live[signal.commitment].pop(signal.id, None)
                self._lost.append(signal)

    def _mark_lost(self, now: datetime) -> None:
        """What a lost signal moved is weighed again: as a correction, unless the story still says the same."""
        for signal in self._lost:
            again = still_said(signal, self._found)
            self._mark([signal], now, Cause.NEWS if again else Cause.CORRECTION)
        self._found, self._lost = [], []

    def _mark(
        self, signals: Iterable[Signal], now: datetime, cause: Cause = Cause.NEWS, *, urgent: bool = False
    ) -> None:
        for signal in filter(moves, signals):
            mark, old = Mark(now, cause, urgent), self.marks.get(signal.commitment)
            self.marks[signal.commitment] = old.joined(mark) if old else mark


def _text_of(story: Story) -> Text:
    return Text(story.revision, story.source, story.url, story.title, story.summary, story.seen_at)


def _last_seen(story: Story) -> datetime:
    return max((outlet.seen_at for outlet in story.outlets), default=story.seen_at)
