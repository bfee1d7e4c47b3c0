"""Stories with their outlets and texts, and the entries by which feeds are known to carry them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.domain.model import Outlet, Story
from monitor.store.rows import chunks, insert_new, plain, upsert
from monitor.store.tables import EntryKeyRow, EntryRow, OutletRow, RevisionRow, StoryRow, table_of

_STORY, _OUTLET, _REVISION = table_of(StoryRow), table_of(OutletRow), table_of(RevisionRow)
_ENTRY, _KEY = table_of(EntryRow), table_of(EntryKeyRow)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as we last saw it. revision: hash of its text."""

    id: str
    feed: str
    story: str
    revision: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """One text of a story, and whose it is."""

    story: str
    hash: str
    source: str
    url: str
    title: str
    summary: str
    seen_at: datetime
    live: bool = True


def entry_id(feed: str, story: str, key: str) -> str:
    return hashlib.sha256("\n".join((feed, story, key)).encode()).hexdigest()[:24]


# ---------------------------------------------------------------- entries


def entries_by_key(conn: Connection, keys: Collection[str]) -> dict[str, tuple[StoredEntry, ...]]:
    """For each of `keys` that is known: the entries of any feed that bear it."""
    found: dict[str, list[StoredEntry]] = defaultdict(list)
    for part in chunks(keys):
        bearing = select(_KEY.c.key, _ENTRY).join(_ENTRY, _ENTRY.c.id == _KEY.c.entry).where(_KEY.c.key.in_(part))
        for row in conn.execute(bearing):
            found[row.key].append(_entry(row))
    return {key: tuple(entries) for key, entries in found.items()}


def _entry(row: Row[Any]) -> StoredEntry:
    return StoredEntry(row.id, row.feed, row.story, row.revision, row.seen_at)


def save_entries(conn: Connection, entries: Iterable[StoredEntry], keys: Mapping[str, Iterable[str]]) -> None:
    """Store entries, and the keys (by entry id) under which each is known from now on."""
    owners = {entry.id: entry for entry in entries}
    upsert(conn, EntryRow, [plain(entry) for entry in owners.values()])
    bearing = ({"feed": owners[entry].feed, "key": key, "entry": entry} for entry, own in keys.items() for key in own)
    insert_new(conn, EntryKeyRow, bearing)


def showing(conn: Connection, story: str, text: str) -> tuple[StoredEntry, ...]:
    """The entries of any feed that showed this text of the story when last read."""
    rows = conn.execute(select(_ENTRY).where(_ENTRY.c.story == story, _ENTRY.c.revision == text))
    return tuple(_entry(row) for row in rows)


# ---------------------------------------------------------------- stories


def save_stories(conn: Connection, stories: Iterable[Story]) -> None:
    """Store stories as they now are, with every outlet."""
    kept = tuple(stories)
    columns = [column.name for column in _STORY.columns]
    upsert(conn, StoryRow, [{name: getattr(story, name) for name in columns} for story in kept])
    outlets = (
        {"story": story.id, "number": number, **plain(outlet)}
        for story in kept
        for number, outlet in enumerate(story.outlets)
    )
    upsert(conn, OutletRow, outlets)


def by_ids(conn: Connection, ids: Collection[str]) -> dict[str, Story]:
    """The stories with these ids; unknown ids are left out."""
    found: dict[str, Story] = {}
    for part in chunks(ids):
        rows = conn.execute(select(_STORY).where(_STORY.c.id.in_(part))).all()
        found |= _with_outlets(conn, rows)
    return found


def since(conn: Connection, moment: datetime) -> Iterator[Story]:
    """Stories first seen at or after `moment`, oldest first."""
    rows = conn.execute(select(_STORY).where(_STORY.c.seen_at >= moment).order_by(_STORY.c.seen_at, _STORY.c.id)).all()
    yield from _with_outlets(conn, rows).values()


def keys_of(conn: Connection, stories: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By story: every key under which any feed knows it."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in chunks(stories):
        bearing = select(_ENTRY.c.story, _KEY.c.key).join(_KEY, _KEY.c.entry == _ENTRY.c.id)
        for story, key in conn.execute(bearing.where(_ENTRY.c.story.in_(part))):
            found[story].add(key)
    return {story: tuple(sorted(keys)) for story, keys in found.items()}


def _with_outlets(conn: Connection, rows: Collection[Row[Any]]) -> dict[str, Story]:
    outlets: dict[str, list[Outlet]] = defaultdict(list)
    for part in chunks([row.id for row in rows]):
        carried = select(_OUTLET).where(_OUTLET.c.story.in_(part)).order_by(_OUTLET.c.story, _OUTLET.c.number)
        for row in conn.execute(carried):
            outlets[row.story].append(Outlet(row.source, row.url, row.published_at, row.seen_at))
    return {row.id: Story(**row._mapping, outlets=tuple(outlets[row.id])) for row in rows}


# ---------------------------------------------------------------- texts


def save_revisions(conn: Connection, revisions: Iterable[Revision]) -> None:
    """Store texts; one that comes back after an edit is live again."""
    upsert(conn, RevisionRow, [plain(revision) for revision in revisions])


def end_revision(conn: Connection, story: str, text: str) -> None:
    """The entry that carried this text now shows another."""
    old = update(_REVISION).where(_REVISION.c.story == story, _REVISION.c.hash == text)
    conn.execute(old.values(live=False))


def live_revisions(conn: Connection, stories: Collection[str]) -> Iterator[Revision]:
    """The texts of these stories that are still shown somewhere."""
    return (revision for revision in revisions(conn, stories) if revision.live)


def revisions(conn: Connection, stories: Collection[str]) -> Iterator[Revision]:
    """Every text that these stories have had."""
    for part in chunks(stories):
        texts = select(_REVISION).where(_REVISION.c.story.in_(part))
        for row in conn.execute(texts.order_by(_REVISION.c.story, _REVISION.c.seen_at, _REVISION.c.hash)):
            yield Revision(**row._mapping)
