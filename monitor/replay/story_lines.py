"""Story lines: the JSON lines that `match` and `replay` read, checked, and the order in which replay's clock meets them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry, Story
from monitor.domain.stories.identify import event_time, revision_hash
from monitor.errors import ReplayError

STORY_LINE_FORMAT = '{"id", "title", "published"}, and, where known, "source", "url", "summary", "lang"'
"""What a line of a story file holds: all of it text, `publication_time` an ISO date or time."""


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """A story line with the moment that replay's clock gives it: a bare date ends with its day in the publisher's zone."""

    at: datetime
    entry: Entry
    id: str


def read_story(line: str, number: int, path: str) -> Mapping[str, Any]:
    """One line of a story file, checked; ReplayError names file and line."""
    try:
        story = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ReplayError(f"{path}:{number}: not JSON: {error}", subject=path) from error
    if not isinstance(story, dict):
        raise ReplayError(f"{path}:{number}: a story is a JSON object: {STORY_LINE_FORMAT}", subject=path)
    lacking = [name for name in ("id", "title", "published") if not isinstance(story.get(name), str)]
    if lacking:
        raise ReplayError(
            f'{path}:{number}: the story has no text for "{lacking[0]}": {STORY_LINE_FORMAT}', subject=path
        )
    return story


def publication_time(story: Mapping[str, Any], number: int, path: str) -> tuple[datetime, bool]:
    """When a story line says it was published, in UTC, and whether that is a bare date (no time, or midnight UTC sharp)."""
    text = str(story.get("published", ""))
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ReplayError(f"{path}:{number}: published is not an ISO time: {text!r}", subject=path) from error
    return at, len(text) == 10 or (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)


def as_entry(story: Mapping[str, Any], number: int, path: str) -> Entry:
    at, date_only = publication_time(story, number, path)
    text = {name: _storable(str(story.get(name) or "")) for name in ("id", "title", "url", "summary", "source", "lang")}
    return Entry(
        key=text["id"], title=text["title"], url=text["url"], published_at=at, summary=text["summary"],
        source=text["source"], lang=text["lang"], date_only=date_only,
    )  # fmt: skip


def _storable(text: str) -> str:
    """The text without what no matcher and no database takes: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def line_as_story(entry: Entry) -> Story:
    """A story line on its own, as `match` sees it: nothing joined, nothing known before."""
    assert entry.published_at is not None
    return Story(
        id=entry.key, published_at=entry.published_at, seen_at=entry.published_at, source=entry.source, url=entry.url,
        title=entry.title, summary=entry.summary, lang=entry.lang, revision=revision_hash(entry.title, entry.summary),
        date_only=entry.date_only,
    )  # fmt: skip


def in_replay_order(entries: Iterable[Entry], rulebook: Rulebook) -> list[DatedEntry]:
    """The entries in the order of replay's clock."""
    found = []
    for entry in entries:
        zone = rulebook.publishers.find(entry.source, entry.url).zone
        found.append(DatedEntry(event_time(line_as_story(entry), zone).end, replace(entry, key=""), entry.key))
    return sorted(found, key=lambda d: (d.at, d.id))
