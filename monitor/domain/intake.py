"""News taken in: entries of a feed become stories, texts, signals, and requests to review what they touch.

`Intake` decides and `IntakeChanges` says what is to be stored. Live polling writes it in one transaction, a replay applies it
to dictionaries: both are a `Shelf`, and neither decides anything.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Entry, Signal, Story
from monitor.domain.stories.entry_keys import entry_keys, is_unique_key, revision_hash
from monitor.domain.stories.identify import Identified, entry_as_story, identify
from monitor.domain.stories.index import StoryIndex
from monitor.domain.stories.syndication import (
    Revision,
    as_reported_by,
    can_change_verdict,
    confirmed_elsewhere,
    new_statements,
    next_carrier,
)
from monitor.domain.verdicts.corroboration import is_official_act
from monitor.domain.verdicts.review_requests import ReviewRequest, merged

Reads = Callable[[Story, Rulebook], tuple[Signal, ...]]
"""How a text is read: by the matcher, or by one who looks over its shoulder."""


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """One item of one feed as it was last seen. revision: hash of its text, '' once its page carries another story.

    keys: what it is known by; of the entries of one feed each key is owned by the first that bore it.
    """

    id: str
    feed: str
    story: str
    revision: str
    seen_at: datetime
    keys: frozenset[str] = frozenset()


@dataclass(slots=True)
class StoredStory:
    """A story and all that counts of it: entries of any feed by id, texts that are shown still by hash, signals by id."""

    story: Story
    entries: dict[str, KnownEntry] = field(default_factory=dict)
    revisions: dict[str, Revision] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)


class Shelf(Protocol):
    """What is stored, as before the document that comes in; only the index takes up each story at once."""

    def index_at(self, now: datetime) -> StoryIndex:
        """The stories that an entry seen at `now` may join."""

    def entries(self, keys: Collection[str]) -> Iterable[KnownEntry]:
        """The entries of any feed that own one of these keys."""

    def stored(self, stories: Collection[str]) -> Mapping[str, StoredStory]:
        """These stories, as values of the caller's own."""


@dataclass(frozen=True, slots=True)
class IntakeProblem:
    """Something that failed by itself while the rest went on. kind: 'entry' or 'story'."""

    kind: str
    subject: str
    error: Exception


@dataclass(slots=True)
class IntakeChanges:
    """All that one document changes, each by its id. A shelf stores it whole or not at all.

    retired: by signal id, why it no longer counts ('revised' or 'withdrawn'); one that is among `signals` as well is alive
    again. carried: for each entry of the document, in order, the story that it carries and the hash of its text; None if it
    could not be identified. counts: how many entries were new, revised, outlet, withdrawn or known.
    """

    stories: dict[str, Story] = field(default_factory=dict)
    entries: dict[str, KnownEntry] = field(default_factory=dict)
    revisions: dict[tuple[str, str], Revision] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)
    retired: dict[str, str] = field(default_factory=dict)
    requests: dict[str, ReviewRequest] = field(default_factory=dict)
    problems: list[IntakeProblem] = field(default_factory=list)
    carried: list[tuple[str, str] | None] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Intake:
    """One document on its way in. backfill: the first one of its feed, whose news is weighed but never announced."""

    rulebook: Rulebook
    shelf: Shelf
    now: datetime
    feed: str = ""
    backfill: bool = False
    reads: Reads = match
    changes: IntakeChanges = field(default_factory=IntakeChanges)
    _index: StoryIndex = field(init=False)
    _owners: dict[str, str] = field(default_factory=dict)
    """Key -> the entry of this feed that owns it."""
    _listed: dict[str, KnownEntry] = field(default_factory=dict)
    """The entries of this feed that own a key of the document or were attached by it, as they are by now."""
    _stored: dict[str, StoredStory] = field(default_factory=dict)
    """The stories that the document touches, as they are by now."""
    _lost: list[Signal] = field(default_factory=list)

    def take(self, entries: Sequence[Entry]) -> IntakeChanges:
        """What the document changes. An entry or story that cannot be read is a problem and stops only itself.

        1. Load the entries known by the document's keys, and the stories they carry into the index, whatever their age.
        Then for each entry, in the order of the document:
        2. Let an entry that shows the text it had be: at most it is known by one more key.
        3. Identify what it is: a new story, a changed text, one more outlet, a withdrawal, or nothing new.
        4. Store the revision: the story as it now is, and the text with the outlet that is credited with it.
        5. Attach the entry to the story; what its publisher shows no longer are dropped texts.
        6. Apply the signals: retire those of dropped texts, add those of the new one, request reviews.
        7. Detach the entry that was known by all of these keys, if its page has become another story.
        At last:
        8. Request a review of what lost signals moved: a correction, unless another text says the same.
        """
        self._index = self.shelf.index_at(self.now)
        keyed = [(entry, entry_keys(entry)) for entry in entries]
        self._load_known({key for _, keys in keyed for key in keys if is_unique_key(key)})
        self.changes.carried += [self._take_one(entry, keys) for entry, keys in keyed]
        for lost in self._lost:
            again = confirmed_elsewhere(lost, self.changes.signals.values())
            self._request_review(lost, Cause.NEWS if again else Cause.CORRECTION)
        return self.changes

    def _load_known(self, keys: set[str]) -> None:
        known = tuple(self.shelf.entries(keys))
        for entry in known:
            if entry.feed == self.feed:
                self._listed[entry.id] = entry
                self._owners.update(dict.fromkeys(entry.keys, entry.id))
        if old := {entry.story for entry in known if entry.story not in self._index}:
            self._stored.update(self.shelf.stored(old))
        for name in sorted(old):
            keys = {key for entry in self._stored[name].entries.values() for key in entry.keys}
            self._index.add(self._stored[name].story, sorted(keys))

    def _loaded(self, story: str) -> StoredStory:
        if story not in self._stored:
            self._stored.update(self.shelf.stored([story]))
        return self._stored[story]

    def _take_one(self, entry: Entry, keys: tuple[str, ...]) -> tuple[str, str] | None:
        """Steps 2 to 7 for one entry: the story that it carries and the hash of its text, None if it is not identified."""
        text, own_keys = revision_hash(entry.title, entry.summary), [key for key in keys if is_unique_key(key)]
        owners = dict.fromkeys(self._owners[key] for key in own_keys if key in self._owners)
        known = [self._listed[owner] for owner in owners]
        same = next((one for one in known if one.revision == text), None)
        if same is not None:
            self.changes.counts["known"] += 1
            if any(key not in self._owners for key in own_keys):
                self._note(same, keys)
            return same.story, text
        try:
            found = identify(entry, self._index, self.rulebook.publishers, self.now, backfill=self.backfill)
        except Exception as error:  # noqa: BLE001 - whatever one entry does to us, the others are stored
            self.changes.problems.append(IntakeProblem("entry", f"{self.feed}: {entry.url or entry.key}", error))
            return None
        self.changes.counts[found.kind] += 1
        self._store_revision(found, entry, keys, text)
        dropped = self._attach_entry(found, entry, keys, known, text)
        self._apply_signals(found, entry, text, dropped)
        for other in known:
            if other.story != found.story.id and all(self._owners[key] == other.id for key in own_keys):
                self._detach_entry(other, entry)
        return found.story.id, text

    # ------------------------------------------------------------ stories, texts, entries

    def _store_revision(self, found: Identified, entry: Entry, keys: tuple[str, ...], text: str) -> None:
        story = found.story
        self._index.add(story, keys)
        if found.kind == "new":
            self._stored[story.id] = StoredStory(story)
        if found.kind != "known":
            self.changes.stories[story.id] = self._loaded(story.id).story = story
        if text not in self._loaded(story.id).revisions:  # else the first outlet stays credited
            self._put(Revision(story.id, text, entry.source, entry.url, entry.title, entry.summary, self.now))

    def _put(self, revision: Revision) -> None:
        self.changes.revisions[revision.story, revision.hash] = revision
        live = self._loaded(revision.story).revisions
        live.pop(revision.hash, None)
        if revision.live:
            live[revision.hash] = revision

    def _attach_entry(
        self, found: Identified, entry: Entry, keys: tuple[str, ...], known: Sequence[KnownEntry], text: str
    ) -> list[str]:
        """Note which entry carries the story; returns the texts that its publisher shows no longer."""
        story = found.story
        old = next((one for one in known if one.story == story.id), None) or self._reissued(found, entry, text)
        entry_id = old.id if old else entry_id_of(self.feed, story.id, keys[0])
        own_keys = old.keys if old else frozenset()
        self._note(KnownEntry(entry_id, self.feed, story.id, text, self.now, own_keys), keys)
        dropped = [found.previous.revision] if found.kind in ("revised", "withdrawn") and found.previous else []
        if old is not None and old.revision in self._loaded(story.id).revisions:
            dropped.append(old.revision)
        return [gone for gone in dict.fromkeys(dropped) if gone not in (text, story.revision)]

    def _reissued(self, found: Identified, entry: Entry, text: str) -> KnownEntry | None:
        """The entry that this one replaces under another guid and address, if there is one.

        What the document still lists is an entry of its own, and so is what a publisher new to the story brings: under
        one row their texts would take turns at every poll.
        """
        if found.previous is None:
            return None
        find = self.rulebook.publishers.find
        carriers = {find(outlet.source, outlet.url).name for outlet in found.previous.outlets}
        if find(entry.source, entry.url).name not in carriers:
            return None
        carrying = self._loaded(found.story.id).entries.values()
        shown = (e for e in carrying if (e.feed, e.revision) == (self.feed, text) and e.id not in self._listed)
        return min(shown, key=lambda one: (one.seen_at, one.id), default=None)

    def _note(self, entry: KnownEntry, keys: Iterable[str] = ()) -> None:
        own = (key for key in keys if self._owners.setdefault(key, entry.id) == entry.id)
        noted = replace(entry, keys=entry.keys.union(own))
        self.changes.entries[noted.id] = self._listed[noted.id] = self._loaded(noted.story).entries[noted.id] = noted

    def _detach_entry(self, old: KnownEntry, entry: Entry) -> None:
        """The page of an outlet has become a story of its own: it shows what it showed no longer."""
        self._note(replace(old, revision=""))
        stored = self._loaded(old.story)
        if old.revision != stored.story.revision and old.revision in stored.revisions:
            self._drop_text(stored.story, old.revision, entry)
            if not stored.story.withdrawn:
                self._rebuild_variants(stored.story)

    def _drop_text(self, story: Story, text: str, entry: Entry) -> None:
        """The publisher of `entry` shows this text no longer: it dies, or is credited to an outlet that shows it still."""
        self._retire_signals(story.id, text)
        stored = self._loaded(story.id)
        revision = stored.revisions.get(text)
        if revision is None:
            return
        departing = self.rulebook.publishers.find(entry.source, entry.url).name
        shown = {key for one in stored.entries.values() if one.revision == text for key in one.keys}
        carrier = next_carrier(story, departing, shown, self.rulebook.publishers)
        if carrier is None:
            self._put(replace(revision, live=False))
        else:
            self._put(replace(revision, source=carrier.source, url=carrier.url, seen_at=carrier.seen_at))

    # ------------------------------------------------------------ signals

    def _apply_signals(self, found: Identified, entry: Entry, text: str, dropped: Sequence[str]) -> None:
        story = found.story
        for gone in dropped:
            self._drop_text(story, gone, entry)
        if found.kind == "withdrawn" or story.withdrawn:
            self._retire_signals(story.id, None)
            return
        if found.kind in ("new", "revised"):
            self._add_signals(self._match(story))
        elif found.kind == "outlet":  # who carries a story is part of what it weighs
            for signal in self._loaded(story.id).signals.values():
                self._request_review(signal, self._news)
        if text != story.revision:
            variant = replace(entry_as_story(entry, self.now), id=story.id, backfill=story.backfill)
            self._add_signals(self._new_statements(variant))
        if dropped:
            self._rebuild_variants(story)

    def _rebuild_variants(self, story: Story) -> None:
        """Add what the texts of other outlets say, now that the story no longer says it in their stead."""
        stored = self._loaded(story.id)
        others = [text for text in stored.revisions.values() if text.hash != story.revision]
        for revision in sorted(others, key=lambda text: (text.seen_at, text.hash)):
            found = self._new_statements(as_reported_by(story, revision))
            self._add_signals([signal for signal in found if signal.id not in stored.signals])

    def _new_statements(self, variant: Story) -> list[Signal]:
        """What an outlet's own text adds to what the story's other texts say."""
        said = self._loaded(variant.id).signals.values()
        return [] if variant.withdrawn else new_statements(self._match(variant), said)

    def _match(self, story: Story) -> tuple[Signal, ...]:
        try:
            return self.reads(story, self.rulebook)
        except Exception as error:  # noqa: BLE001 - whatever one story does to a rule, the others are matched
            self.changes.problems.append(IntakeProblem("story", story.id, error))
            return ()

    def _add_signals(self, found: Iterable[Signal]) -> None:
        for signal in found:
            self.changes.signals[signal.id] = self._loaded(signal.story).signals[signal.id] = signal
            self._request_review(signal, self._news, urgent=is_official_act(signal))

    def _retire_signals(self, story: str, text: str | None) -> None:
        """The signals of one text of a story (of all its texts, if None) no longer count."""
        live = self._loaded(story).signals
        for signal in [signal for signal in live.values() if text is None or signal.revision == text]:
            self.changes.retired[signal.id] = "withdrawn" if text is None else "revised"
            self.changes.signals.pop(signal.id, None)
            self._lost.append(live.pop(signal.id))

    @property
    def _news(self) -> Cause:
        return Cause.BACKFILL if self.backfill else Cause.NEWS

    def _request_review(self, signal: Signal, cause: Cause, *, urgent: bool = False) -> None:
        if can_change_verdict(signal):
            request = ReviewRequest(signal.commitment, self.now, cause, urgent)
            self.changes.requests = merged(self.changes.requests, (request,))


def entry_id_of(feed: str, story: str, key: str) -> str:
    """The id of an entry of a feed: of the story that it first carried, and the strongest key that it was first known by."""
    return hashlib.sha256("\n".join((feed, story, key)).encode()).hexdigest()[:24]
