"""Story lines: the files that `match` and `replay` read (JSON lines, plain or gzipped, and Parquet, whose rows count as
lines), checked and put in the order of the replay's clock."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry, Story
from monitor.domain.stories.identify import event_time
from monitor.domain.text.plain import whole_characters
from monitor.errors import ReplayError
from monitor.long_work import counted

STORY_LINE_FORMAT = '{"id", "title", "published"}, and, where known, "source", "url", "summary", "lang"'
"""The fields of a story line, as errors print them. All are text; `published` is an ISO date or time."""
_TEXTS = ("id", "title", "url", "summary", "source", "lang")
STORY_FIELDS = (*_TEXTS, "published")
STANDARD_INPUT = Path("-")
ROWS = 1_000
"""Rows of a Parquet file that are unpacked at a time: about a megabyte."""


@dataclass(frozen=True, slots=True)
class DatedEntry:
    """A story line at its moment on the replay's clock: for a bare date, the end of that day in the publisher's zone.
    id: the id of the line, which is not a key of the entry."""

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
    """A checked story line as an entry of a feed, with its id as the key.

    A date without a time is a bare date, and so is exactly midnight UTC. Raises ReplayError if `published` is no ISO
    date or time.
    """
    written = str(story.get("published", ""))
    try:
        at = datetime.fromisoformat(written)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ReplayError(f"{path}:{number}: published is not an ISO time: {written!r}", subject=path) from error
    # Neither matcher nor database accepts NUL and half surrogate pairs.
    texts = (whole_characters(str(story.get(name) or "").replace("\0", "")) for name in _TEXTS)
    name, title, url, summary, source, lang = texts
    return Entry(name, title, url, at, summary, source, lang, len(written) == 10 or at.time() == time.min)


def line_as_story(entry: Entry) -> Story:
    """A story line as `match` sees it: it joins no other story, so its text needs no hash (`revision`)."""
    at = entry.published
    assert at is not None
    lang, date_only = entry.lang, entry.date_only
    return Story(entry.id, at, at, entry.source, entry.url, entry.title, entry.summary, lang, date_only=date_only)


def in_replay_order(entries: Iterable[Entry], rulebook: Rulebook) -> list[DatedEntry]:
    """The entries in the order of the replay's clock, at one moment in the order of their ids."""
    dated = []
    for entry in entries:
        at = entry.published
        assert at is not None
        if entry.date_only:
            at = event_time(line_as_story(entry), rulebook.publishers.find(entry.source, entry.url).zone).end
        dated.append(DatedEntry(at, replace(entry, id=""), entry.id))
    return sorted(dated, key=lambda item: (item.at, item.id))


# ---------------------------------------------------------------- files


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The non-blank lines of a file (-: standard input) with their numbers, and each row of a Parquet file as the line
    of its story. Raises ReplayError after the last readable line if the file is damaged or not UTF-8."""
    number = 0
    try:
        lines = _rows(path) if path.suffix == ".parquet" else _lines(path)
        for number, line in enumerate(counted(lines, f"reading {path.name}", unit="stories"), 1):
            if line.strip():
                yield number, line
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ReplayError(f"{path}:{number + 1}: cannot be read from here on: {error}", subject=str(path)) from None


def _lines(path: Path) -> Iterator[str]:
    """Decoded line by line, so that an error is that of a line and not of a buffer."""
    if path == STANDARD_INPUT:
        yield from (line.decode() for line in sys.stdin.buffer)
        return
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        yield from (line.decode() for line in stream)


def _rows(path: Path) -> Iterator[str]:
    try:
        from pyarrow import parquet
    except ImportError:
        remedy = "Parquet needs the package pyarrow; install it: pip install 'deal-monitor[parquet]'"
        raise ReplayError(f"{path}: {remedy}", subject=str(path)) from None
    with parquet.ParquetFile(path) as file:
        columns = [name for name in STORY_FIELDS if name in file.schema_arrow.names]
        for batch in file.iter_batches(ROWS, columns=columns):
            for row in batch.to_pylist():
                yield json.dumps(row, default=lambda moment: moment.isoformat())


def numbered_stories(path: Path) -> Iterator[tuple[str, Entry]]:
    """The stories of a file with the ids as written. Raises ReplayError at the first unusable line."""
    for number, line in numbered_lines(path):
        written = read_story(line, number, str(path))
        yield written["id"], as_entry(written, number, str(path))


def read_entries(path: Path) -> list[Entry]:
    """All stories of a file. Raises ReplayError with the first unusable line."""
    return [entry for _, entry in numbered_stories(path)]
