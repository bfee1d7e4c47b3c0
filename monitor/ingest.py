"""T1: one poll of one feed into the database, all of it in one transaction or none of it.

Validators, entries, texts, stories, signals and the marks of what must be weighed again commit together, so a poll is
either stored or will be fetched again. A story that the matcher cannot read is stored, noted as a problem, and left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from monitor.domain.claims import is_official
from monitor.domain.echoes import heir, moves, still_said, unsaid
from monitor.domain.identity import identifies, page_key
from monitor.domain.matching import match
from monitor.domain.model import Cause, Entry, Signal, Story
from monitor.domain.rules import Rulebook
from monitor.domain.stories import Identified, StoryIndex, as_story, entry_keys, identify, revision_hash
from monitor.errors import FeedError
from monitor.store import Connection, Store, cases, feeds, journal, signals, stories
from monitor.store.cases import Dirty
from monitor.store.recent import Recent, add_stored
from monitor.store.rematch import in_words_of
from monitor.store.stories import Revision, StoredEntry
from monitor.store.tables import FeedState

# ---------------------------------------------------------------- what comes in


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed as configured. interval_s: seconds between polls; zone: where its bare dates are."""

    name: str
    url: str
    publisher: str
    interval_s: int
    lang: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A poll that brought a document. permanent_url: where a permanent redirect pointed, if there was one."""

    entries: tuple[Entry, ...]
    etag: str = ""
    last_modified: str = ""
    permanent_url: str | None = None
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class NotModified:
    """A poll that was answered: as before."""


class ParsedItem(Protocol):
    """An item as the parser of feeds gives it."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def published(self) -> datetime | None: ...
    @property
    def summary(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def date_only(self) -> bool: ...


def entries_of(feed: FeedSpec, items: Iterable[ParsedItem], lang: str = "") -> tuple[Entry, ...]:
    """Parsed items as entries of `feed`. An aggregator's item keeps the publisher that it names itself."""
    return tuple(
        Entry(
            key=item.id, title=item.title, url=item.url, published_at=_given(item, feed.zone), summary=item.summary,
            source=item.source or feed.publisher, lang=feed.lang or lang, date_only=item.date_only,
        )
        for item in items
    )  # fmt: skip


def _given(item: ParsedItem, zone: str) -> datetime | None:
    """When an item says it was published; a bare date, which is midnight in the feed's zone, as midnight UTC of that day."""
    if item.published is None or not item.date_only:
        return item.published
    return datetime.combine(item.published.astimezone(ZoneInfo(zone)).date(), time(), UTC)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one poll brought. gap: a feed polled before listed nothing we knew, so entries in between may be lost."""

    feed: str
    new: int = 0
    revised: int = 0
    outlets: int = 0
    withdrawn: int = 0
    known: int = 0
    signals: int = 0
    backfill: bool = False
    gap: bool = False
    problems: tuple[str, ...] = ()
    error: str = ""


# ---------------------------------------------------------------- the transaction


def ingest(
    store: Store, rulebook: Rulebook, feed: FeedSpec, outcome: Fetched | NotModified | FeedError, now: datetime, *,
    recent: Recent | None = None, next_poll: datetime | None = None,
) -> IngestReport:  # fmt: skip
    """Store the outcome of one poll. next_poll: when to poll again, one interval from `now` if not given.

    `recent` saves reading the last days at every poll; without it the answer is the same. Raises StoreError.
    """
    recent = recent or Recent()
    with recent.kept(), store.begin() as conn:
        before = feeds.state(conn, feed.name) or FeedState(name=feed.name, url=feed.url)
        state, interval = before.changed(url=feed.url, polled_at=now), timedelta(seconds=feed.interval_s)
        if isinstance(outcome, FeedError):
            feeds.save(conn, feeds.failed(state, outcome, interval, now, next_poll))
            return IngestReport(feed.name, error=str(outcome))
        state = feeds.answered(state, interval, now, next_poll)
        if isinstance(outcome, NotModified):
            feeds.save(conn, state)
            return IngestReport(feed.name)
        poll = _Poll(conn, rulebook, feed, recent.at(conn, now), now, backfill=before.first_ok_at is None)
        report = poll.take(outcome.entries)
        feeds.save(conn, _read(state, outcome, report, now))
        return report


def _read(state: FeedState, outcome: Fetched, report: IngestReport, now: datetime) -> FeedState:
    moved_to = outcome.permanent_url or ""
    again = moved_to != "" and moved_to == state.moved_to
    return state.changed(
        etag=outcome.etag, last_modified=outcome.last_modified, body_hash=outcome.body_hash,
        first_ok_at=state.first_ok_at or now, new_at=now if report.new else state.new_at,
        moved_to=moved_to, moved_polls=state.moved_polls + 1 if again else int(bool(moved_to)),
    )  # fmt: skip


# ---------------------------------------------------------------- one document


@dataclass(slots=True)
class _Poll:
    """One document on its way in: what is found is collected here and written at the end, a statement a table."""

    conn: Connection
    rulebook: Rulebook
    feed: FeedSpec
    index: StoryIndex
    now: datetime
    backfill: bool
    known: dict[str, list[StoredEntry]] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)
    entries: dict[str, StoredEntry] = field(default_factory=dict)
    keys: dict[str, set[str]] = field(default_factory=dict)
    revisions: dict[tuple[str, str], Revision] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)
    lost: list[Signal] = field(default_factory=list)
    dirty: list[Dirty] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "revised", "outlet", "withdrawn"), 0))
    seen: int = 0

    def take(self, entries: Sequence[Entry]) -> IngestReport:
        keyed = [(clean, entry_keys(clean)) for clean in map(_storable, entries)]
        self._recall({key for _, keys in keyed for key in keys if identifies(key)})
        for entry, keys in keyed:
            self._one(entry, keys)
        self._write()
        return IngestReport(
            self.feed.name, self.counts["new"], self.counts["revised"], self.counts["outlet"],
            self.counts["withdrawn"], self.seen, len(self.signals), self.backfill,
            gap=not self.backfill and self.counts["new"] > 0 and self.seen == 0, problems=tuple(self.problems),
        )  # fmt: skip

    def _recall(self, keys: set[str]) -> None:
        """Read which entries are known, and put the stories of others' pages into the index if they have left it."""
        bearing = stories.entries_by_key(self.conn, keys)
        self.known = {key: [e for e in entries if e.feed == self.feed.name] for key, entries in bearing.items()}
        ids = {entry.story for entries in bearing.values() for entry in entries if entry.story not in self.index}
        add_stored(self.conn, self.index, tuple(stories.by_ids(self.conn, ids).values()))

    def _one(self, entry: Entry, keys: tuple[str, ...]) -> None:
        text = revision_hash(entry.title, entry.summary)
        mine = list({e.id: e for key in keys if identifies(key) for e in self.known.get(key, ())}.values())
        same = next((e for e in mine if e.revision == text), None)
        if same is not None:
            self.seen += 1
            if any(same not in self.known.get(key, ()) for key in keys if identifies(key)):
                self._note(same, keys)
            return
        found = self._identify(entry)
        if found is None:
            return
        if found.kind == "known":
            self.seen += 1
        else:
            self.counts[found.kind] += 1
        self._keep(found, entry, keys, text)
        left = self._carry(found, entry, mine, keys, text)
        self._weigh(found, entry, text, left)
        for other in mine:
            if other.story != found.story.id and all(other in self.known[key] for key in filter(identifies, keys)):
                self._move_away(other, entry)

    def _identify(self, entry: Entry) -> Identified | None:
        try:
            return identify(entry, self.index, self.rulebook.publishers, self.now, backfill=self.backfill)
        except Exception as error:  # noqa: BLE001 - whatever one entry does to us, the others are stored
            self._problem("entry", f"{self.feed.name}: {entry.url or entry.key}", error)
            return None

    def _keep(self, found: Identified, entry: Entry, keys: tuple[str, ...], text: str) -> None:
        self.index.add(found.story, keys)
        if found.kind != "known":
            self.stories[found.story.id] = found.story
        if found.kind == "new" or text not in self._texts(found.story.id):  # the first who tells it stays its teller
            revision = Revision(found.story.id, text, entry.source, entry.url, entry.title, entry.summary, self.now)
            self.revisions[found.story.id, text] = revision

    def _carry(
        self, found: Identified, entry: Entry, mine: list[StoredEntry], keys: tuple[str, ...], text: str
    ) -> list[str]:
        """Store which entry carries the story; returns the texts that its publisher shows no longer."""
        story = found.story.id
        old = next((e for e in mine if e.story == story), None) or self._reissued(found, entry, text)
        entry_id = old.id if old else stories.entry_id(self.feed.name, story, keys[0])
        self._note(StoredEntry(entry_id, self.feed.name, story, text, self.now), keys)
        left = [found.previous.revision] if found.kind in ("revised", "withdrawn") and found.previous else []
        left += [old.revision] if old else []
        return [gone for gone in dict.fromkeys(left) if gone not in (text, found.story.revision)]

    def _reissued(self, found: Identified, entry: Entry, text: str) -> StoredEntry | None:
        """The entry that this one replaces under another guid and address, if there is one.

        What the document still lists is an entry of its own, and so is what a publisher new to the story brings: under
        one row their texts would take turns at every poll.
        """
        if found.previous is None or entry.source not in {outlet.source for outlet in found.previous.outlets}:
            return None
        listed = {e.id for entries in self.known.values() for e in entries}
        shown = stories.showing(self.conn, found.story.id, text)
        return next((e for e in shown if e.feed == self.feed.name and e.id not in listed), None)

    def _note(self, entry: StoredEntry, keys: tuple[str, ...]) -> None:
        self.entries[entry.id] = entry
        self.keys.setdefault(entry.id, set()).update(keys)
        for key in keys:
            others = [e for e in self.known.get(key, ()) if e.id != entry.id]
            self.known[key] = [entry, *others]

    # ------------------------------------------------------------ signals

    def _weigh(self, found: Identified, entry: Entry, text: str, left: Sequence[str]) -> None:
        story = found.story
        for gone in left:
            self._leave(story, gone, entry)
        if found.kind == "withdrawn" or story.withdrawn:
            self._bury(story.id, None)
            return
        if found.kind in ("new", "revised"):
            self._add(self._match(story))
        elif found.kind == "outlet":
            self._carried_further(story.id)
        if text != story.revision:
            self._add(self._unsaid(story, entry))
        if left:
            self._retell(story)

    def _leave(self, story: Story, text: str, entry: Entry) -> None:
        """The publisher of `entry` shows this text no longer: it dies, or becomes the word of who shows it still."""
        told = self._texts(story.id).get(text)
        self._bury(story.id, text)
        leaver = self.rulebook.publishers.find(entry.source, entry.url).name
        teller = heir(story, leaver, self._pages_showing(story, text), self.rulebook.publishers)
        if told is not None and teller is not None:
            passed = replace(told, source=teller.source, url=teller.url, seen_at=teller.seen_at, live=True)
            self.revisions[story.id, text] = passed

    def _move_away(self, old: StoredEntry, entry: Entry) -> None:
        """The page of an outlet has become a report of its own: it shows what it showed no longer."""
        self._note(replace(old, revision=""), ())
        story = self.stories.get(old.story) or stories.by_ids(self.conn, [old.story])[old.story]
        if old.revision != story.revision and old.revision in self._texts(story.id):
            self._leave(story, old.revision, entry)
            if not story.withdrawn:
                self._retell(story)

    def _pages_showing(self, story: Story, text: str) -> set[str]:
        """The keys of the pages of a story's outlets that show this text."""
        pages = {page_key(outlet.url) for outlet in story.outlets}
        bearing = [(key, e) for key, found in stories.entries_by_key(self.conn, pages).items() for e in found]
        bearing += [(key, e) for e in self.entries.values() for key in self.keys.get(e.id, ())]
        latest = ((key, self.entries.get(e.id, e)) for key, e in bearing)
        return {key for key, e in latest if (e.story, e.revision) == (story.id, text)}

    def _texts(self, story: str) -> dict[str, Revision]:
        """The live texts of a story, by name."""
        stored = {text.hash: text for text in stories.live_revisions(self.conn, [story])}
        pending = {text.hash: text for text in self.revisions.values() if text.story == story}
        return {name: text for name, text in (stored | pending).items() if text.live}

    def _retell(self, story: Story) -> None:
        """What the texts of other outlets say, now that the story no longer says it in their stead."""
        others = (text for text in self._texts(story.id).values() if text.hash != story.revision)
        for told in sorted(others, key=lambda text: (text.seen_at, text.hash)):
            live = self._live(story.id)
            variant, known = in_words_of(story, told), {signal.id for signal in live}
            found = [] if variant.withdrawn else unsaid(self._match(variant), live)
            self._add(signal for signal in found if signal.id not in known)

    def _carried_further(self, story: str) -> None:
        """Who carries a story is part of what it weighs."""
        for signal in self._live(story):
            self._mark(signal, self._news())

    def _unsaid(self, story: Story, entry: Entry) -> list[Signal]:
        """What an outlet's own text adds to what the story's other texts say."""
        variant = replace(as_story(entry, self.now), id=story.id, backfill=story.backfill)
        return [] if variant.withdrawn else unsaid(self._match(variant), self._live(story.id))

    def _match(self, story: Story) -> tuple[Signal, ...]:
        try:
            return match(story, self.rulebook)
        except Exception as error:  # noqa: BLE001 - whatever one story does to a rule, the others are matched
            self._problem("story", story.id, error)
            return ()

    def _live(self, story: str) -> list[Signal]:
        stored = {signal.id: signal for signal in signals.of_story(self.conn, story)}
        return list((stored | {s.id: s for s in self.signals.values() if s.story == story}).values())

    def _add(self, found: Iterable[Signal]) -> None:
        for signal in found:
            self.signals[signal.id] = signal
            self._mark(signal, self._news(), urgent=is_official(signal))

    def _news(self) -> Cause:
        return Cause.BACKFILL if self.backfill else Cause.NEWS

    def _bury(self, story: str, text: str | None) -> None:
        """The signals of one text of a story (of all its texts, if None) die."""
        dying = [signal for signal in self._live(story) if text is None or signal.revision == text]
        signals.kill(self.conn, [s.id for s in dying], self.now, "withdrawn" if text is None else "revised")
        self.lost += dying
        for signal in dying:
            self.signals.pop(signal.id, None)
        if text is not None:
            stories.end_revision(self.conn, story, text)
            if pending := self.revisions.get((story, text)):
                self.revisions[story, text] = replace(pending, live=False)

    def _mark_lost(self) -> None:
        """What a lost signal moved is weighed again: as a correction, unless the story still says the same."""
        for signal in self.lost:
            self._mark(signal, Cause.NEWS if still_said(signal, self.signals.values()) else Cause.CORRECTION)

    def _mark(self, signal: Signal, cause: Cause, *, urgent: bool = False) -> None:
        if moves(signal):
            self.dirty.append(Dirty(signal.commitment, self.now, cause, urgent))

    def _problem(self, kind: str, subject: str, error: Exception) -> None:
        self.problems.append(f"{subject}: {journal.add_problem(self.conn, kind, subject, error, self.now).error}")

    def _write(self) -> None:
        self._mark_lost()
        stories.save_stories(self.conn, self.stories.values())
        stories.save_revisions(self.conn, self.revisions.values())
        stories.save_entries(self.conn, self.entries.values(), self.keys)
        signals.save(self.conn, self.signals.values())
        cases.mark_dirty(self.conn, self.dirty)


def _storable(entry: Entry) -> Entry:
    """The entry without what no database takes: NUL, and halves of characters."""
    return replace(
        entry, key=_text(entry.key), title=_text(entry.title), url=_text(entry.url), summary=_text(entry.summary),
        source=_text(entry.source),
    )  # fmt: skip


def _text(raw: str) -> str:
    return raw.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
