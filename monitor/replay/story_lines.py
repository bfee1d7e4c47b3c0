"""Story lines: the JSON lines that `match` and `replay` read, checked and put in the order of the replay's clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry, Story
from monitor.domain.stories.identify import event_time
from monitor.domain.text.plain import whole_characters
from monitor.errors import ReplayError

STORY_LINE_FORMAT = '{"id", "title", "published"}, and, where known, "source", "url", "summary", "lang"'
"""The fields of a story line, as errors print them. All are text; `published` is an ISO date or time."""
_TEXTS = ("title", "url", "summary", "source", "lang")


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """A story line at its moment on the replay's clock: for a bare date, the end of that day in the publisher's zone.

    id: that of the line, which is no key of the entry.
    """

    at: datetime
    entry: Entry
    id: str


def read_story(line: str, number: int, path: str) -> Mapping[str, Any]:
    """Parse and check one line of a story file. Raises ReplayError, which names file and line."""
    try:
        story = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ReplayError(f"{path}:{number}: not JSON: {error}", subject=path) from error
    if not isinstance(story, dict):
        raise ReplayError(f"{path}:{number}: a story is a JSON object: {STORY_LINE_FORMAT}", subject=path)
    for name in ("id", "title", "published"):
        if not isinstance(story.get(name), str):
            raise ReplayError(f'{path}:{number}: the story has no text for "{name}": {STORY_LINE_FORMAT}', subject=path)
    return story


def published(story: Mapping[str, Any], number: int, path: str) -> tuple[datetime, bool]:
    """When a checked story line was published, in UTC, and whether that is a bare date: no time, or midnight UTC sharp.

    Raises ReplayError if it is no ISO date or time.
    """
    written = str(story.get("published", ""))
    try:
        at = datetime.fromisoformat(written)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ReplayError(f"{path}:{number}: published is not an ISO time: {written!r}", subject=path) from error
    return at, len(written) == 10 or at.time() == time.min


def as_entry(story: Mapping[str, Any], number: int, path: str, *, keyed: bool = True) -> Entry:
    """A checked story line as an entry of a feed; raises ReplayError as `published` does. keyed: its id is its key."""
    at, date_only = published(story, number, path)
    title, url, summary, source, lang = [storable(story.get(name)) for name in _TEXTS]
    return Entry(storable(story["id"]) if keyed else "", title, url, at, summary, source, lang, date_only)


def storable(value: object) -> str:
    """A field as text. No matcher and no database takes NUL or half of a surrogate pair."""
    return whole_characters(str(value or "").replace("\0", ""))


def line_as_story(entry: Entry) -> Story:
    """A story line on its own, as `match` sees it: it joins no other story, so its text needs no name (`revision`)."""
    at = entry.published_at
    assert at is not None
    lang, date_only = entry.lang, entry.date_only
    return Story(entry.key, at, at, entry.source, entry.url, entry.title, entry.summary, lang, date_only=date_only)


def dated_entry(entry: Entry, rulebook: Rulebook) -> DatedEntry:
    """The entry of a story line at its moment, without the line's id as its key."""
    at = entry.published_at
    assert at is not None
    if entry.date_only:
        at = end_of_day(entry, rulebook)
    return DatedEntry(at, replace(entry, key=""), entry.key)


def end_of_day(entry: Entry, rulebook: Rulebook) -> datetime:
    """The end of the day that a bare date names, in the publisher's zone."""
    return event_time(line_as_story(entry), rulebook.publishers.find(entry.source, entry.url).zone).end


def in_replay_order(entries: Iterable[Entry], rulebook: Rulebook) -> list[DatedEntry]:
    """The entries in the order of the replay's clock, those of one moment in the order of their ids."""
    return sorted((dated_entry(entry, rulebook) for entry in entries), key=lambda item: (item.at, item.id))
