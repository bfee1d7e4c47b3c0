"""Intake of news: entries of a feed become stories, texts, signals and review requests.

`Intake` decides; `IntakeChanges` lists the rows to store. Live polling writes them in one transaction, a replay
applies them to dictionaries. Both implement `Shelf`, and neither decides anything.
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
from monitor.domain.stories import syndication
from monitor.domain.stories.entry_keys import entry_keys, is_unique_key, revision_hash
from monitor.domain.stories.identify import Identified, entry_as_story, identify
from monitor.domain.stories.index import StoryIndex
from monitor.domain.stories.syndication import Revision, can_change_verdict, confirmed_elsewhere
from monitor.domain.verdicts.corroboration import is_official_act
from monitor.domain.verdicts.review_requests import ReviewRequest, merged
from monitor.errors import StoreError

ReadText = Callable[[Story, Rulebook], tuple[Signal, ...]]
"""Reads the signals of a text: the matcher, or one that joins the matcher's signals with readings."""


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """One item of one feed as it was last seen. revision: the hash of its text, '' once its page carries another story.
    keys: the keys that it owns, as the first entry of its feed with them."""

    id: str
    feed: str
    story: str
    revision: str
    seen_at: datetime
    keys: frozenset[str] = frozenset()


@dataclass(slots=True)
class StoredStory:
    """A story with its entries of any feed by id, its live texts by hash and its live signals by id."""

    story: Story
    entries: dict[str, KnownEntry] = field(default_factory=dict)
    revisions: dict[str, Revision] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)

    def put(self, revision: Revision) -> None:
        """Store a text, or remove it once no outlet shows it."""
        self.revisions.pop(revision.hash, None)
        if revision.live:
            self.revisions[revision.hash] = revision


class Shelf(Protocol):
    """The stored news, as before the incoming document. Only the index receives each story at once."""

    def index_at(self, now: datetime) -> StoryIndex:
        """The stories that an entry seen at `now` may join."""

    def entries(self, keys: Collection[str]) -> Iterable[KnownEntry]:
        """The entries of any feed that own one of these keys."""

    def stored(self, stories: Collection[str]) -> Mapping[str, StoredStory]:
        """These stories, as copies that the caller may change."""


@dataclass(frozen=True, slots=True)
class IntakePorts:
    """The collaborators of an intake. deals_to_read: the deals on which a text waits for a model's reading; None: no
    text waits. enough: whether the rest of the document must wait for the next step."""

    shelf: Shelf
    read: ReadText = match
    deals_to_read: Callable[[Story], Collection[str]] | None = None
    enough: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class IntakeProblem:
    """One entry or story that failed; the others were taken in. kind: 'entry' or 'story'."""

    kind: str
    subject: str
    error: Exception


@dataclass(slots=True)
class IntakeChanges:
    """All changes of one document, each by its id. A shelf stores them together or not at all.

    retired: by signal id, why it no longer counts ('revised' or 'withdrawn'); a signal that is also among `signals`
    counts again. carried: for each entry of the document, in order, its story and the hash of its text; None if it was
    not identified. counts: the numbers of entries that were new, revised, outlet, withdrawn or known. unread: the
    texts that wait for a model, by hash and deal, each with its story. left: entries at the end of the document that
    were not taken; they are taken when it is passed again.
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
    unread: dict[tuple[str, str], str] = field(default_factory=dict)
    left: int = 0


@dataclass(slots=True)
class Intake:
    """The intake of one document. backfill: it is the first of its feed, so its news is evaluated but never announced.
    _owners: key -> id of the entry of this feed that owns it. _listed: the entries of this feed that own a key of the
    document or were attached by it. _lost: signals that no longer count."""

    rulebook: Rulebook
    ports: IntakePorts
    now: datetime
    feed: str = ""
    backfill: bool = False
    changes: IntakeChanges = field(default_factory=IntakeChanges)
    _index: StoryIndex = field(init=False)
    _owners: dict[str, str] = field(default_factory=dict)
    _listed: dict[str, KnownEntry] = field(default_factory=dict)
    _stored: dict[str, StoredStory] = field(default_factory=dict)
    _lost: list[Signal] = field(default_factory=list)

    def take(self, entries: Sequence[Entry]) -> IntakeChanges:
        """Decide the changes of the document. An entry or story that cannot be read is a problem and stops only itself.

        1. Load the entries that own the document's keys, and their stories into the index, whatever their age.
        Then for each entry, in the order of the document:
        2. If its text is unchanged, add at most a new key.
        3. Identify it: a new story, a changed text, one more outlet, a withdrawal, or a known text.
        4. Store the revision: the state of the story, and the text with the outlet credited with it.
        5. Attach the entry to the story. Texts that its publisher no longer shows are dropped.
        6. Apply the signals: retire the signals of dropped texts, add the signals of the new one, request reviews.
        7. Detach an entry that was known by all of these keys, if its page has become another story.
        After all entries:
        8. Request a review for each lost signal: a correction, unless another text says the same.
        """
        self._index = self.ports.shelf.index_at(self.now)
        keyed = [(entry, entry_keys(entry)) for entry in entries]
        known = tuple(self.ports.shelf.entries({key for _, keys in keyed for key in keys if is_unique_key(key)}))
        for own in known:
            if own.feed == self.feed:
                self._listed[own.id] = own
                self._owners.update(dict.fromkeys(own.keys, own.id))
        if old := {entry.story for entry in known if entry.story not in self._index}:
            self._stored.update(self.ports.shelf.stored(old))
        for name in sorted(old):
            stored_keys = {key for entry in self._stored[name].entries.values() for key in entry.keys}
            self._index.add(self._stored[name].story, sorted(stored_keys))
        for number, (entry, keys) in enumerate(keyed):
            # At least one entry that was not known is taken, so that each step comes farther.
            if self.changes.entries and self.ports.enough():
                self.changes.left = len(keyed) - number
                break
            self.changes.carried.append(self._take_one(entry, keys))
        for lost in self._lost:
            again = confirmed_elsewhere(lost, self.changes.signals.values())
            self._request_review(lost, Cause.NEWS if again else Cause.CORRECTION)
        return self.changes

    def _loaded(self, story: str) -> StoredStory:
        if story not in self._stored:
            self._stored.update(self.ports.shelf.stored([story]))
        return self._stored[story]

    def _take_one(self, entry: Entry, keys: tuple[str, ...]) -> tuple[str, str] | None:
        """Steps 2 to 7 for one entry: its story and the hash of its text; None if it is not identified."""
        text, own_keys = revision_hash(entry.title, entry.summary), [key for key in keys if is_unique_key(key)]
        owners = dict.fromkeys(filter(None, map(self._owners.get, own_keys)))
        known = [self._listed[owner] for owner in owners]
        for same in known:
            if same.revision == text:
                self.changes.counts["known"] += 1
                if any(key not in self._owners for key in own_keys):
                    self._note(replace(same, keys=same.keys.union(self._owned(same.id, keys))))
                return same.story, text
        try:
            found = identify(entry, self._index, self.rulebook.publishers, self.now, backfill=self.backfill)
        except Exception as error:  # noqa: BLE001 - whatever fails in one entry, the others are stored
            self.changes.problems.append(IntakeProblem("entry", f"{self.feed}: {entry.url or entry.id}", error))
            return None
        story = found.story
        self.changes.counts[found.kind] += 1
        self._index.add(story, keys)
        stored = self._stored[story.id] = StoredStory(story) if found.kind == "new" else self._loaded(story.id)
        if found.kind != "known":
            self.changes.stories[story.id] = stored.story = story
        if text not in stored.revisions:  # else the first outlet stays credited
            self._put(Revision(story.id, text, entry.source, entry.url, entry.title, entry.summary, self.now))
        dropped = self._attach_entry(found, entry, keys, known, text)
        self._apply_signals(found, entry, text, dropped)
        for other in known:
            if other.story != story.id and all(self._owners[key] == other.id for key in own_keys):
                # The page of an outlet has become a story of its own, so it no longer shows its old text.
                self._note(replace(other, revision=""))
                left = self._loaded(other.story)
                if other.revision != left.story.revision and other.revision in left.revisions:
                    self._drop_text(left.story, other.revision, entry)
                    if not left.story.withdrawn:
                        self._rebuild_variants(left.story)
        return story.id, text

    def _put(self, revision: Revision) -> None:
        self.changes.revisions[revision.story, revision.hash] = revision
        self._loaded(revision.story).put(revision)

    def _attach_entry(
        self, found: Identified, entry: Entry, keys: tuple[str, ...], known: Sequence[KnownEntry], text: str
    ) -> list[str]:
        """Record which entry carries the story. Returns the texts that its publisher no longer shows."""
        story = found.story
        old = next((own for own in known if own.story == story.id), None)
        if old is None and found.previous is not None:
            # The entry that this one replaces under another guid and address. An entry that the document still lists
            # is not replaced, and an entry of a publisher new to the story replaces none.
            find = self.rulebook.publishers.find
            carriers = {find(outlet.source, outlet.url).name for outlet in found.previous.outlets}
            if find(entry.source, entry.url).name in carriers:
                carrying = self._loaded(story.id).entries.values()
                shown = [e for e in carrying if (e.feed, e.revision) == (self.feed, text) and e.id not in self._listed]
                old = min(shown, key=lambda replaced: (replaced.seen_at, replaced.id), default=None)
        if old is not None:
            entry_id, own_keys = old.id, old.keys
        else:  # the id is made from its first story and its first and strongest key
            entry_id = hashlib.sha256("\n".join((self.feed, story.id, keys[0])).encode()).hexdigest()[:24]
            own_keys = frozenset()
        own_keys = own_keys.union(self._owned(entry_id, keys))
        self._note(KnownEntry(entry_id, self.feed, story.id, text, self.now, own_keys))
        dropped = [found.previous.revision] if found.kind in ("revised", "withdrawn") and found.previous else []
        if old is not None and old.revision in self._loaded(story.id).revisions:
            dropped.append(old.revision)
        return [lost for lost in dict.fromkeys(dropped) if lost not in (text, story.revision)]

    def _owned(self, entry_id: str, keys: Iterable[str]) -> list[str]:
        """The keys that the entry owns, because no other entry of the feed had them before."""
        return [key for key in keys if self._owners.setdefault(key, entry_id) == entry_id]

    def _note(self, entry: KnownEntry) -> None:
        self.changes.entries[entry.id] = self._listed[entry.id] = self._loaded(entry.story).entries[entry.id] = entry

    def _drop_text(self, story: Story, text: str, entry: Entry) -> None:
        """End a text that the publisher of `entry` no longer shows, or credit it to an outlet that still does."""
        self._retire_signals(story.id, text)
        stored = self._loaded(story.id)
        revision = stored.revisions.get(text)
        if revision is None:
            return
        departing = self.rulebook.publishers.find(entry.source, entry.url).name
        shown = {key for carrying in stored.entries.values() if carrying.revision == text for key in carrying.keys}
        carrier = syndication.next_carrier(story, departing, shown, self.rulebook.publishers)
        if carrier is None:
            self._put(replace(revision, live=False))
        else:
            self._put(replace(revision, source=carrier.source, url=carrier.url, seen_at=carrier.seen_at))

    def _apply_signals(self, found: Identified, entry: Entry, text: str, dropped: Sequence[str]) -> None:
        story = found.story
        for lost in dropped:
            self._drop_text(story, lost, entry)
        if found.kind == "withdrawn" or story.withdrawn:
            self._retire_signals(story.id, None)
            return
        if found.kind in ("new", "revised"):
            self._add_signals(self._match(story))
        elif found.kind == "outlet":  # the evidence of a signal includes which outlets carry its story
            for signal in self._loaded(story.id).signals.values():
                self._request_review(signal, self._news)
        if text != story.revision:
            variant = replace(entry_as_story(entry, self.now), id=story.id, backfill=story.backfill)
            self._add_signals(self._new_statements(variant))
        if dropped:
            self._rebuild_variants(story)

    def _rebuild_variants(self, story: Story) -> None:
        """Add the statements that only the texts of other outlets still make."""
        stored = self._loaded(story.id)
        others = [text for text in stored.revisions.values() if text.hash != story.revision]
        for revision in sorted(others, key=lambda text: (text.seen_at, text.hash)):
            statements = self._new_statements(syndication.as_reported_by(story, revision))
            self._add_signals([signal for signal in statements if signal.id not in stored.signals])

    def _new_statements(self, variant: Story) -> list[Signal]:
        """The statements that an outlet's own text adds to the story's other texts."""
        said = self._loaded(variant.id).signals.values()
        return [] if variant.withdrawn else syndication.new_statements(self._match(variant), said)

    def _match(self, story: Story) -> tuple[Signal, ...]:
        try:
            for deal in self.ports.deals_to_read(story) if self.ports.deals_to_read is not None else ():
                self.changes.unread[story.revision, deal] = story.id
            return self.ports.read(story, self.rulebook)
        except StoreError:  # not this story's: the whole document is taken again
            raise
        except Exception as error:  # noqa: BLE001 - whatever fails in one story, the others are matched
            self.changes.problems.append(IntakeProblem("story", story.id, error))
            return ()

    def _add_signals(self, signals: Iterable[Signal]) -> None:
        for signal in signals:
            self.changes.signals[signal.id] = self._loaded(signal.story).signals[signal.id] = signal
            # In a text that waits for a model, a formal act is not urgent: its review waits for that reading.
            waits = (signal.revision, self.rulebook.deal_of(signal.commitment)) in self.changes.unread
            urgent = is_official_act(signal) and not waits
            self._request_review(signal, self._news, urgent=urgent)

    def _retire_signals(self, story: str, text: str | None) -> None:
        """Retire the signals of one text of a story, or of all its texts if `text` is None."""
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
