"""Stories with their outlets and texts, and the entries by which feeds are known to carry them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, select

from monitor.domain.intake import KnownEntry
from monitor.domain.model import Outlet, Story
from monitor.domain.stories.syndication import Revision
from monitor.store.rows import chunks, insert_new, read, row_of, upsert, value_of
from monitor.store.tables import ENTRY, ENTRY_KEY, OUTLET, REVISION, STORY


def entries_by_key(conn: Connection, keys: Collection[str]) -> Iterator[KnownEntry]:
    """The entries of any feed that bear one of `keys`."""
    bearing = (select(ENTRY_KEY.c.entry).where(ENTRY_KEY.c.key.in_(part)) for part in chunks(keys))
    return _entries(conn, ENTRY.c.id, {entry for query in bearing for entry in conn.scalars(query)})


def entries_of(conn: Connection, stories: Collection[str]) -> Iterator[KnownEntry]:
    """The entries of any feed that carry these stories."""
    return _entries(conn, ENTRY.c.story, stories)


def _entries(conn: Connection, column: Column[str], values: Collection[str]) -> Iterator[KnownEntry]:
    for part in chunks(values):
        wanted = select(ENTRY).where(column.in_(part)).subquery()
        keys: dict[str, set[str]] = defaultdict(set)
        for owned in conn.execute(select(ENTRY_KEY).join(wanted, wanted.c.id == ENTRY_KEY.c.entry)):
            keys[owned.entry].add(owned.key)
        for row in conn.execute(select(wanted)).mappings():
            yield value_of(KnownEntry, row, keys=frozenset(keys[row["id"]]))


def save_entries(conn: Connection, entries: Collection[KnownEntry]) -> None:
    """Store entries and the keys under which each is known; a key that another entry of the feed owns stays with it."""
    upsert(conn, ENTRY, entries)
    keys = ({"feed": e.feed, "key": key, "entry": e.id} for e in entries for key in sorted(e.keys))
    insert_new(conn, ENTRY_KEY, keys)


def save_stories(conn: Connection, stories: Collection[Story]) -> None:
    """Store stories as they now are, with every outlet."""
    upsert(conn, STORY, stories)
    numbered = ((story.id, number, outlet) for story in stories for number, outlet in enumerate(story.outlets))
    upsert(conn, OUTLET, (row_of(OUTLET, outlet, story=story, number=number) for story, number, outlet in numbered))


def by_ids(conn: Connection, ids: Collection[str]) -> dict[str, Story]:
    """The stories with these ids; unknown ids are left out."""
    return {s.id: s for part in chunks(ids) for s in _read(conn, select(STORY).where(STORY.c.id.in_(part)))}


def first_seen_since(conn: Connection, moment: datetime) -> tuple[Story, ...]:
    """Stories first seen at or after `moment`, oldest first."""
    return _read(conn, select(STORY).where(STORY.c.seen_at >= moment).order_by(STORY.c.seen_at, STORY.c.id))


def _read(conn: Connection, wanted: Select[Any]) -> tuple[Story, ...]:
    rows = conn.execute(wanted).mappings().all()
    outlets: dict[str, list[Outlet]] = defaultdict(list)
    for part in chunks([row["id"] for row in rows]):
        carried = select(OUTLET).where(OUTLET.c.story.in_(part)).order_by(OUTLET.c.story, OUTLET.c.number)
        for row in conn.execute(carried).mappings():
            outlets[row["story"]].append(value_of(Outlet, row))
    return tuple(value_of(Story, row, outlets=tuple(outlets[row["id"]])) for row in rows)


def save_revisions(conn: Connection, revisions: Iterable[Revision]) -> None:
    """Store texts as they now are: credited to another outlet, no longer live, or live again after an edit."""
    upsert(conn, REVISION, revisions)


def live_revisions(conn: Connection, stories: Collection[str]) -> Iterator[Revision]:
    """The texts of these stories that are still shown somewhere."""
    return (revision for revision in revisions(conn, stories) if revision.live)


def revisions(conn: Connection, stories: Collection[str]) -> Iterator[Revision]:
    """Every text that these stories have had."""
    for part in chunks(stories):
        texts = select(REVISION).where(REVISION.c.story.in_(part))
        yield from read(conn, Revision, texts.order_by(REVISION.c.story, REVISION.c.seen_at, REVISION.c.hash))
