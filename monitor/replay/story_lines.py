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
from monitor.errors import ReplayError

STORY_LINE_FORMAT = '{"id", "title", "published"}, and, where known, "source", "url", "summary", "lang"'
"""The fields of a story line, as errors print them. All are text; `published` is an ISO date or time."""


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """A story line at its moment on the replay's clock: for a bare date, the end of that day in the publisher's zone."""

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


def as_entry(story: Mapping[str, Any], number: int, path: str) -> Entry:
    """A checked story line as an entry of a feed, dated in UTC; raises ReplayError if `published` is no ISO date or time.

    A bare date is a text without a time, or midnight UTC sharp.
    """
    written = str(story.get("published", ""))
    try:
        at = datetime.fromisoformat(written)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ReplayError(f"{path}:{number}: published is not an ISO time: {written!r}", subject=path) from error
    date_only = len(written) == 10 or at.time() == time.min
    key, title, url, summary, source, lang = (
        _storable(str(story.get(name) or "")) for name in ("id", "title", "url", "summary", "source", "lang")
    )
    return Entry(key, title, url, at, summary, source, lang, date_only)


def _storable(text: str) -> str:
    """A text without NUL, and with a mark for half of a surrogate pair: no matcher and no database takes either."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\0", "")


def line_as_story(entry: Entry) -> Story:
    """A story line on its own, as `match` sees it: it joins no other story, so its text needs no name (`revision`)."""
    at = entry.published_at
    assert at is not None
    lang, date_only = entry.lang, entry.date_only
    return Story(entry.key, at, at, entry.source, entry.url, entry.title, entry.summary, lang, date_only=date_only)


def in_replay_order(entries: Iterable[Entry], rulebook: Rulebook) -> list[DatedEntry]:
    """The entries in the order of the replay's clock. The id of a line is no key, so entries lose theirs."""
    dated = []
    for entry in entries:
        zone = rulebook.publishers.find(entry.source, entry.url).zone
        dated.append(DatedEntry(event_time(line_as_story(entry), zone).end, replace(entry, key=""), entry.key))
    return sorted(dated, key=lambda item: (item.at, item.id))
