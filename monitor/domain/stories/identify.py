"""Entries become stories: known already, new, a changed text, one more outlet, or withdrawn.

`identify` is pure: it looks into an index of recent stories and returns what the entry is; the caller stores it and adds it to
the index with `entry_keys(entry)`. What it decides does not depend on which feed listed the entry.

* The same page or guid is the same entry; another text there is a revision of the story.
* The same title is the same entry if the same publisher gives it within most of a day (a re-issued guid, a new address), and one
  more outlet if another publisher gives it within a week. A title of few words ("Live updates") joins nothing.
* A headline that differs only in words that change nothing (`likeness`) is one more outlet, in the same spans of time.

The first outlet speaks for the story. An outlet whose own text later says something else becomes a story of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from monitor.domain.model import Entry, EventTime, Outlet, Publisher, Story
from monitor.domain.stories.entry_keys import canonical_url, entry_keys, hash_of, revision_hash
from monitor.domain.stories.index import StoryIndex
from monitor.domain.stories.retraction_notices import is_correction, is_withdrawal
from monitor.domain.stories.similarity import is_duplicate, normalised_tokens
from monitor.domain.stories.titles import normal_title, title_words

JOIN_WINDOW = timedelta(days=7)
"""Two outlets carry one report only if they published it within this time of each other."""
INDEX_WINDOW = JOIN_WINDOW + timedelta(days=3)
"""So long after it was last seen a story is looked at by every index. Longer than WINDOW, which goes by publication: a bare
date is seen up to 37 hours after its midnight, and some feeds list an item days late. Under its own page or guid an entry is
known whatever its age."""
_SAME_PUBLISHER = timedelta(hours=18)
"""Less than a day: a daily column has one title every day."""
_OLDEST = timedelta(days=3652)
_NEWEST = timedelta(days=2)
_MIN_SHARED_WORDS = 0.5
"""Two headlines that share a smaller part of their words are not two versions of one."""

EntryKind = Literal["known", "new", "revised", "outlet", "withdrawn"]


class PublisherLookup(Protocol):
    """Finds who writes under a name or at an address."""

    def find(self, source: str, url: str = "") -> Publisher: ...


@dataclass(frozen=True, slots=True)
class Identified:
    """What an entry is. `story` is the state to store; `previous` the state before, None for a new story."""

    kind: EntryKind
    story: Story
    previous: Story | None


def publication_time(entry: Entry, now: datetime) -> datetime:
    """When the entry says it was published, in UTC; `now` if it says nothing, or something beyond belief."""
    given = entry.published_at
    if given is None or not now - _OLDEST <= given <= now + _NEWEST:
        return now
    return given.astimezone(UTC)


def entry_as_story(entry: Entry, now: datetime, *, backfill: bool = False) -> Story:
    """The entry as a story of its own, with its publisher as only outlet. Its id is that of a new story under its strongest key."""
    return _story(entry, entry_keys(entry)[0], now, backfill=backfill)


def new_story_id(key: str, published: datetime) -> str:
    """The id of a new story under a key. Words alone come back (a column, a standing headline): then the day counts too."""
    by_words = key.startswith(("title:", "text:"))
    return hash_of("story", key, published.date().isoformat()) if by_words else hash_of("story", key)


def _story(entry: Entry, key: str, now: datetime, *, backfill: bool) -> Story:
    published = publication_time(entry, now)
    return Story(
        id=new_story_id(key, published),
        published_at=published,
        seen_at=now,
        source=entry.source,
        url=entry.url,
        title=entry.title,
        summary=entry.summary,
        lang=entry.lang,
        revision=revision_hash(entry.title, entry.summary),
        date_only=entry.date_only and entry.published_at is not None and published == entry.published_at,
        outlets=(Outlet(entry.source, entry.url, published, now),),
        withdrawn=is_withdrawal(entry.title, entry.summary),
        backfill=backfill,
    )


def identify(
    entry: Entry, index: StoryIndex, publishers: PublisherLookup, now: datetime, *, backfill: bool = False
) -> Identified:
    """Say what an entry is, given the stories of the last days. Changes nothing."""
    keys = entry_keys(entry)
    publisher = publishers.find(entry.source, entry.url)
    look = _Identification(_story(entry, keys[0], now, backfill=backfill), publisher, keys, index, publishers)
    return look.by_page() or look.by_title() or look.by_likeness() or look.as_new()


@dataclass(frozen=True, slots=True)
class _Identification:
    """One entry held against the index. `fresh` is the entry as a story of its own, `publisher` who wrote it."""

    fresh: Story
    publisher: Publisher
    keys: tuple[str, ...]
    index: StoryIndex
    publishers: PublisherLookup

    def by_page(self) -> Identified | None:
        for key in self.keys:
            if key.startswith("title:"):
                continue
            for known in self.index.by_key(key):
                if not self._shares_only_the_page(known):
                    return self._again(known) if self._speaks_for(known) else self._outlet_again(known)
        return None

    def by_title(self) -> Identified | None:
        if not self.keys[-1].startswith("title:"):
            return None
        return next(self._joined(self.index.by_key(self.keys[-1]), exact=True), None)

    def by_likeness(self) -> Identified | None:
        return next(self._joined(tuple(self.index.similar_to(self.fresh.title)), exact=False), None)

    def as_new(self) -> Identified:
        free = next((key for key in self.keys if not self.index.by_key(key)), None)
        story_id = new_story_id(free, self.fresh.published_at) if free else ""
        if not story_id or story_id in self.index:
            story_id = hash_of("story", *self.keys, self.fresh.published_at.isoformat(), self.fresh.revision)
        story = self.fresh if self.fresh.id == story_id else replace(self.fresh, id=story_id)
        return Identified("new", story, None)

    # ------------------------------------------------------------ which story

    def _shares_only_the_page(self, known: Story) -> bool:
        """Feeds may give one address to all of their items; then each has a guid and a title of its own."""
        guids = {key for key in self.index.keys_of(known.id) if key.startswith("guid:")}
        own = {key for key in self.keys if key.startswith("guid:")}
        return bool(own and guids) and not own & guids and _shared(self.fresh.title, known.title) < _MIN_SHARED_WORDS

    def _joined(self, stories: tuple[Story, ...], *, exact: bool) -> Iterator[Identified]:
        for known in stories:
            apart = abs(self.fresh.published_at - known.published_at)
            if not self._same_publisher(known):
                if apart <= JOIN_WINDOW:
                    yield self._withdrawn_by_outlet(known) if self.fresh.withdrawn else self._one_more_outlet(known)
            elif self.fresh.withdrawn or is_correction(self.fresh.title, self.fresh.summary):
                if apart <= JOIN_WINDOW:
                    yield self._again(known)
            elif apart <= _SAME_PUBLISHER and not _summaries_differ(self.fresh, known):
                own = exact and title_words(known.title) == title_words(self.fresh.title)  # not that of an outlet of it
                yield self._again(known) if own else self._one_more_outlet(known)

    def _speaks_for(self, known: Story) -> bool:
        """Whether the entry is the story's own, rather than one of its further outlets: a second page of the publisher
        that once joined it stays one."""
        page = canonical_url(self.fresh.url)
        if canonical_url(known.url) == page:
            return True
        joined = any(canonical_url(outlet.url) == page for outlet in known.outlets)
        return not joined and self._same_publisher(known)

    def _same_publisher(self, known: Story) -> bool:
        return self.publishers.find(known.source, known.url).name == self.publisher.name

    def _is_nearer(self, known: Story) -> bool:
        return self.publisher.tier < self.publishers.find(known.source, known.url).tier

    # ------------------------------------------------------------ what of it

    def _again(self, known: Story) -> Identified:
        """The entry that speaks for a story, seen again: as it was, changed, or taken back."""
        if self.fresh.revision == known.revision or _says_no_more(self.fresh, known):
            return Identified("known", known, known)
        if self.fresh.withdrawn:
            return Identified("withdrawn", self._revision_of(known), known)
        if not self._same_publisher(known) and not self._is_nearer(known):
            # Another feed lists the page under a headline of its own; the first one stands.
            return Identified("known", known, known)
        return Identified("revised", self._revision_of(known), known)

    def _revision_of(self, known: Story) -> Story:
        """The story with the new text. It is dated later only if the feed itself says so."""
        fresh = self.fresh
        later = fresh.published_at > known.published_at and fresh.published_at < fresh.seen_at
        moved = tuple(
            replace(outlet, url=fresh.url) if (outlet.source, outlet.url) == (known.source, known.url) else outlet
            for outlet in known.outlets
        )
        return replace(
            fresh,
            id=known.id,
            published_at=fresh.published_at if later else known.published_at,
            date_only=fresh.date_only if later else known.date_only,
            outlets=moved,
            backfill=known.backfill and fresh.backfill,
        )

    def _outlet_again(self, known: Story) -> Identified | None:
        """An outlet's entry seen again; None if its text has become another report than the story's."""
        same_title = self.keys[-1] in self.index.keys_of(known.id) and self.keys[-1].startswith("title:")
        if same_title or is_duplicate(normalised_tokens(self.fresh.title), normalised_tokens(known.title)):
            return self._withdrawn_by_outlet(known) if self.fresh.withdrawn else self._one_more_outlet(known)
        return None

    def _one_more_outlet(self, known: Story) -> Identified:
        page = canonical_url(self.fresh.url)
        if any(outlet.source == self.fresh.source and canonical_url(outlet.url) == page for outlet in known.outlets):
            return Identified("known", known, known)
        return Identified("outlet", replace(known, outlets=known.outlets + self.fresh.outlets), known)

    def _withdrawn_by_outlet(self, known: Story) -> Identified:
        """Who stands nearer to the news than the outlet that speaks for the story can take it back for all."""
        if known.withdrawn or not self._is_nearer(known):
            return Identified("known", known, known)
        return Identified("withdrawn", self._revision_of(known), known)


def _shared(one: str, other: str) -> float:
    words, others = set(normalised_tokens(one)), set(normalised_tokens(other))
    return len(words & others) / max(1, len(words | others))


def _summaries_differ(one: Story, other: Story) -> bool:
    """Whether two stories under one title have each a text of their own."""
    return bool(one.summary.strip() and other.summary.strip()) and normal_title(one.summary) != normal_title(
        other.summary
    )


def _says_no_more(fresh: Story, known: Story) -> bool:
    """Whether the new text is the old one with a shorter summary, or spelt otherwise, and is no notice to readers."""
    if fresh.withdrawn != known.withdrawn or title_words(fresh.title) != title_words(known.title):
        return False
    if is_correction(fresh.title, fresh.summary) != is_correction(known.title, known.summary):
        return False
    return normal_title(known.summary).startswith(normal_title(fresh.summary))


def event_time(story: Story, zone: str) -> EventTime:
    """When what a story reports took place: its moment, or for a bare date the whole of that day in the publisher's zone.

    `zone` is a name of the time zone database, as `Publisher.zone`; ZoneInfoNotFoundError if it is not there.
    """
    if not story.date_only:
        return EventTime(story.published_at, story.published_at)
    day, place = story.published_at.date(), ZoneInfo(zone)
    return EventTime(
        datetime.combine(day, time.min, place).astimezone(UTC), datetime.combine(day, time.max, place).astimezone(UTC)
    )


__all__ = [
    "INDEX_WINDOW",
    "JOIN_WINDOW",
    "Identified",
    "PublisherLookup",
    "StoryIndex",
    "canonical_url",
    "entry_as_story",
    "entry_keys",
    "event_time",
    "identify",
    "normal_title",
    "publication_time",
    "revision_hash",
]  # fmt: skip
