"""Identification: whether an entry is known, a new story, a changed text, one more outlet, or a withdrawal.

* The same page or guid is the same entry; another text there is a revision of the story.
* The same title is the same entry if the same publisher gives it within most of a day, and one more outlet if another
  publisher gives it within a week. A title of few words ("Live updates") joins nothing.
* A headline that differs only in insignificant words (`similarity`) is one more outlet, within the same times.

The text of the first outlet is the story's; an outlet whose text becomes another report becomes a story of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from monitor.domain.model import Entry, EventTime, Outlet, Publisher, Story
from monitor.domain.stories.entry_keys import canonical_url, entry_keys, hash_of, revision_hash
from monitor.domain.stories.index import StoryIndex
from monitor.domain.stories.similarity import is_duplicate, normalised_tokens
from monitor.domain.stories.syndication import is_correction, is_withdrawal
from monitor.domain.stories.titles import normal_title, title_words
from monitor.domain.text.plain import without_escapes

JOIN_WINDOW = timedelta(days=7)
"""Two outlets carry one report only if they published it within this time of each other: reprints take days."""
INDEX_WINDOW = JOIN_WINDOW + timedelta(days=3)
"""An index holds a story this long after it was last seen. JOIN_WINDOW goes by publication, and a bare date is seen up
to 37 hours after its midnight. A known page or guid is found at any age."""
_SAME_PUBLISHER = timedelta(hours=18)
"""Less than a day: a daily column has the same title every day."""
_OLDEST = timedelta(days=3652)
"""A publication time more than ten years ago, an estimate, counts as a mistake."""
_MIN_SHARED_WORDS = 0.5
"""Two headlines that share fewer words than this are not two versions of one. An estimate."""

EntryKind = Literal["known", "new", "revised", "outlet", "withdrawn"]


class PublisherLookup(Protocol):
    """Finds the publisher by the name of a source or by an address."""

    def find(self, source: str, url: str = "") -> Publisher: ...


@dataclass(frozen=True, slots=True)
class Identified:
    """The result for an entry. `story` is the state to store; `previous` the state before, None for a new story."""

    kind: EntryKind
    story: Story
    previous: Story | None


def entry_as_story(entry: Entry, now: datetime, *, backfill: bool = False) -> Story:
    """The entry as a new story with its publisher as only outlet, under its strongest key.

    It is dated in UTC, at `now` if the entry has no date or one that must be a mistake. A time ahead is one, of the
    publisher's clock or zone or of our clock: until then the report would count for nothing.
    """
    given = entry.published
    dated = given is not None and now - _OLDEST <= given <= now
    published = given.astimezone(UTC) if dated and given is not None else now
    story_id, date_only = _new_story_id(entry_keys(entry)[0], published), entry.date_only and published == given
    source, url, title, lang = entry.source, entry.url, without_escapes(entry.title), entry.lang
    summary = without_escapes(entry.summary)
    revision, withdrawn = revision_hash(title, summary), is_withdrawal(title, summary)
    outlets = (Outlet(source, url, published, now, entry.claimed, entry.basis),)
    return Story(
        story_id, published, now, source, url, title, summary, lang, revision, date_only, outlets, withdrawn, backfill
    )


def _new_story_id(key: str, published: datetime) -> str:
    """The id of a new story under a key. A title recurs (a column), so its day counts too."""
    recurs = key.startswith(("title:", "text:"))
    return hash_of("story", key, published.date().isoformat()) if recurs else hash_of("story", key)


def identify(
    entry: Entry, index: StoryIndex, publishers: PublisherLookup, now: datetime, *, backfill: bool = False
) -> Identified:
    """Identify an entry among the stories of the last days. Changes nothing, and does not depend on the feed.

    The caller stores the story and adds it to the index with `entry_keys(entry)`.
    """
    keys = entry_keys(entry)
    fresh = entry_as_story(entry, now, backfill=backfill)
    publisher = publishers.find(entry.source, entry.url)
    return _Identification(fresh, publisher, keys, index, publishers).result()


@dataclass(frozen=True, slots=True)
class _Identification:
    """One entry compared with the index. fresh: the entry as a story of its own; publisher: the entry's."""

    fresh: Story
    publisher: Publisher
    keys: tuple[str, ...]
    index: StoryIndex
    publishers: PublisherLookup

    def result(self) -> Identified:
        """The first match: a known page or guid, a known title, a similar headline; else a new story."""
        joined = self._by_page()
        if joined is None and self.keys[-1].startswith("title:"):
            joined = self._joined(self.index.by_key(self.keys[-1]), exact=True)
        if joined is None:
            joined = self._joined(self.index.similar_to(self.fresh.title), exact=False)
        if joined is not None:
            return joined
        # A new story is named by its strongest key that no story has, else by a hash of all its fields.
        fresh = self.fresh
        free = next((key for key in self.keys if not self.index.by_key(key)), None)
        if free != self.keys[0] or fresh.id in self.index:
            story_id = _new_story_id(free, fresh.published_at) if free else ""
            if not story_id or story_id in self.index:
                story_id = hash_of("story", *self.keys, fresh.published_at.isoformat(), fresh.revision)
            fresh = replace(fresh, id=story_id)
        return Identified("new", fresh, None)

    def _by_page(self) -> Identified | None:
        for key in self.keys:
            if key.startswith("title:"):
                continue
            for known in self.index.by_key(key):
                # A feed may give all of its items one address. Then each has its own guid and title.
                guids = {key for key in self.index.keys_of(known.id) if key.startswith("guid:")}
                own = {key for key in self.keys if key.startswith("guid:")}
                if own and guids and not own & guids:
                    words, others = set(normalised_tokens(self.fresh.title)), set(normalised_tokens(known.title))
                    if len(words & others) / max(1, len(words | others)) < _MIN_SHARED_WORDS:
                        continue
                # The story's own entry. But a second page of the publisher that once joined as an outlet stays one.
                page = canonical_url(self.fresh.url)
                joined = (canonical_url(outlet.url) == page for outlet in known.outlets)
                if canonical_url(known.url) == page or (not any(joined) and self._same_publisher(known)):
                    return self._seen_again(known)
                # A page of a further outlet; None if its text has become another report.
                same_title = self.keys[-1].startswith("title:") and self.keys[-1] in self.index.keys_of(known.id)
                tokens, known_tokens = normalised_tokens(self.fresh.title), normalised_tokens(known.title)
                return self._as_outlet(known) if same_title or is_duplicate(tokens, known_tokens) else None
        return None

    def _joined(self, stories: Iterable[Story], *, exact: bool) -> Identified | None:
        """The entry as part of the first of these stories that it may join. exact: they have its title."""
        fresh = self.fresh
        for known in stories:
            apart = abs(fresh.published_at - known.published_at)
            if not self._same_publisher(known):
                if apart <= JOIN_WINDOW:
                    return self._as_outlet(known)
            elif fresh.withdrawn or is_correction(fresh.title, fresh.summary):
                if apart <= JOIN_WINDOW:
                    return self._seen_again(known)
            elif apart <= _SAME_PUBLISHER:
                both = fresh.summary.strip() and known.summary.strip()
                if not both or normal_title(fresh.summary) == normal_title(known.summary):
                    own = exact and title_words(known.title) == title_words(fresh.title)
                    return self._seen_again(known) if own else self._as_outlet(known)
        return None

    def _same_publisher(self, known: Story) -> bool:
        return self.publishers.find(known.source, known.url).name == self.publisher.name

    def _is_nearer(self, known: Story) -> bool:
        """Whether the entry's publisher is nearer to the news than the story's."""
        return self.publisher.tier < self.publishers.find(known.source, known.url).tier

    def _seen_again(self, known: Story) -> Identified:
        """The story's own entry again: unchanged, revised or withdrawn."""
        fresh = self.fresh
        if not self._same_publisher(known):
            # Another feed links to the page, under a headline or a notice of its own: what the publisher that is nearer
            # to the news says of it counts, even in the same words.
            if not self._is_nearer(known):
                return Identified("known", known, known)
        elif fresh.revision == known.revision:
            return Identified("known", known, known)
        # A shorter summary or another spelling adds nothing, unless it is a notice to readers.
        elif fresh.withdrawn == known.withdrawn and title_words(fresh.title) == title_words(known.title):
            same_notice = is_correction(fresh.title, fresh.summary) == is_correction(known.title, known.summary)
            if same_notice and normal_title(known.summary).startswith(normal_title(fresh.summary)):
                return Identified("known", known, known)
        return Identified("withdrawn" if fresh.withdrawn else "revised", self._revision_of(known), known)

    def _as_outlet(self, known: Story) -> Identified:
        """One more outlet of a story. A publisher nearer to the news than the story's own can withdraw it for all."""
        if self.fresh.withdrawn:
            if known.withdrawn or not self._is_nearer(known):
                return Identified("known", known, known)
            return Identified("withdrawn", self._revision_of(known), known)
        page = canonical_url(self.fresh.url)
        if any(outlet.source == self.fresh.source and canonical_url(outlet.url) == page for outlet in known.outlets):
            return Identified("known", known, known)
        return Identified("outlet", replace(known, outlets=known.outlets + self.fresh.outlets), known)

    def _revision_of(self, known: Story) -> Story:
        """The story with the new text. It is dated later only if the feed itself gives a later date."""
        fresh = self.fresh
        dated = fresh if known.published_at < fresh.published_at < fresh.seen_at else known
        outlets = tuple(
            replace(outlet, url=fresh.url) if (outlet.source, outlet.url) == (known.source, known.url) else outlet
            for outlet in known.outlets
        )
        if not self._same_publisher(known) and fresh.source not in {outlet.source for outlet in outlets}:
            outlets += fresh.outlets
        story = replace(fresh, id=known.id, outlets=outlets, backfill=known.backfill and fresh.backfill)
        return replace(story, published_at=dated.published_at, date_only=dated.date_only)


def event_time(story: Story, zone: str) -> EventTime:
    """When the event of a story took place: its moment, or for a bare date that day in the publisher's `zone`."""
    if not story.date_only:
        return EventTime(story.published_at, story.published_at)
    day, place = story.published_at.date(), ZoneInfo(zone)
    start, end = datetime.combine(day, time.min, place), datetime.combine(day, time.max, place)
    return EventTime(start.astimezone(UTC), end.astimezone(UTC))
