"""Stories with their outlets and texts, and the entries by which feeds are known to carry them.

Nearly every story has one outlet and one text, and both are those of its row. So rows beside it are written only where they
say something else.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from monitor.domain.intake import KnownEntry
from monitor.domain.model import Outlet, Story
from monitor.domain.stories.syndication import Revision
from monitor.store.rows import chunks, insert_new, read, row_of, upsert, value_of
from monitor.store.tables import ENTRY, ENTRY_KEY, OUTLET, REVISION, STORY

_ID = re.compile(r"[0-9a-f]{16}")

# ---------------------------------------------------------------- entries


def entries_by_key(conn: Connection, keys: Collection[str]) -> Iterator[KnownEntry]:
    """The entries of any feed that bear one of `keys`."""
    bearing = (select(ENTRY_KEY.c.story).where(ENTRY_KEY.c.key.in_(part)) for part in chunks(keys))
    stories, wanted = {story for query in bearing for story in conn.scalars(query)}, frozenset(keys)
    return (entry for entry in entries_of(conn, stories) if not wanted.isdisjoint(entry.keys))


def entries_of(conn: Connection, stories: Collection[str]) -> Iterator[KnownEntry]:
    """The entries of any feed that carry these stories."""
    for part in chunks(stories):
        yield from read(conn, KnownEntry, select(ENTRY).where(ENTRY.c.story.in_(part)))


def save_entries(conn: Connection, entries: Collection[KnownEntry]) -> None:
    """Store entries and the keys under which each is known; a key that another entry of the feed owns stays with it."""
    stored = entries_by_key(conn, {key for entry in entries for key in entry.keys})
    owners: dict[tuple[str, str], str] = {}
    for owner in (*stored, *entries):
        for key in owner.keys:
            owners.setdefault((owner.feed, key), owner.id)
    own = [replace(e, keys=frozenset(key for key in e.keys if owners[e.feed, key] == e.id)) for e in entries]
    upsert(conn, ENTRY, own)
    insert_new(conn, ENTRY_KEY, ({"key": key, "story": entry.story} for entry in own for key in sorted(entry.keys)))


# ---------------------------------------------------------------- stories


def save(conn: Connection, stories: Mapping[str, Story], revisions: Collection[Revision]) -> None:
    """Store stories as they now are, by id, and texts: credited to another outlet, no longer live, or live again after an
    edit.

    1. Give the text that a changed story no longer says a row of its own, if it has none.
    2. Write the stories and their outlets.
    3. Write the texts, but for those that the row of their story now says.
    """
    before = (
        story for part in chunks(stories) for story in read(conn, Story, select(STORY).where(STORY.c.id.in_(part)))
    )
    texts = [(_valid_text(story), _valid_text(stories[story.id])) for story in before]
    insert_new(conn, REVISION, (old for old, new in texts if old != new))
    upsert(conn, STORY, stories.values())
    _save_outlets(conn, stories.values())
    _save_texts(conn, stories, revisions)


def _save_texts(conn: Connection, stories: Mapping[str, Story], revisions: Iterable[Revision]) -> None:
    said, others = set[str](), list[Revision]()
    for text in revisions:
        if text.story in stories and text == _valid_text(stories[text.story]):
            said.add(text.story)
        else:
            others.append(text)
    valid = select(STORY.c.revision).where(STORY.c.id == REVISION.c.story).scalar_subquery()
    for part in chunks(said):
        conn.execute(delete(REVISION).where(REVISION.c.story.in_(part), REVISION.c.hash == valid))
    upsert(conn, REVISION, others)


def _save_outlets(conn: Connection, stories: Iterable[Story]) -> None:
    """Store every outlet of these stories, but for one that the row of the story says."""
    several: dict[str, tuple[Outlet, ...]] = {}
    for story in stories:
        several[story.id] = () if story.outlets == (_own_outlet(story),) else story.outlets
    for part in chunks([name for name, outlets in several.items() if not outlets]):
        conn.execute(delete(OUTLET).where(OUTLET.c.story.in_(part)))
    numbered = ((name, number, outlet) for name, outlets in several.items() for number, outlet in enumerate(outlets))
    upsert(conn, OUTLET, (row_of(OUTLET, outlet, story=name, number=number) for name, number, outlet in numbered))


def by_ids(conn: Connection, ids: Collection[str]) -> dict[str, Story]:
    """The stories with these ids; unknown ids are left out, and so is what has not the form of one."""
    of_form = [name for name in ids if _ID.fullmatch(name)]
    return {s.id: s for part in chunks(of_form) for s in _read(conn, select(STORY).where(STORY.c.id.in_(part)))}


def first_seen_since(conn: Connection, moment: datetime) -> tuple[Story, ...]:
    """Stories first seen at or after `moment`, oldest first."""
    return _read(conn, select(STORY).where(STORY.c.seen_at >= moment).order_by(STORY.c.seen_at, STORY.c.id))


def _read(conn: Connection, wanted: Select[Any]) -> tuple[Story, ...]:
    stories = read(conn, Story, wanted)
    outlets: dict[str, list[Outlet]] = defaultdict(list)
    for part in chunks([story.id for story in stories]):
        carried = select(OUTLET).where(OUTLET.c.story.in_(part)).order_by(OUTLET.c.story, OUTLET.c.number)
        for row in conn.execute(carried).mappings():
            outlets[row["story"]].append(value_of(Outlet, row))
    return tuple(replace(s, outlets=tuple(outlets.get(s.id, ())) or (_own_outlet(s),)) for s in stories)


def _own_outlet(story: Story) -> Outlet:
    return Outlet(story.source, story.url, story.published_at, story.seen_at)


# ---------------------------------------------------------------- texts


def live_revisions(conn: Connection, stories: Iterable[Story]) -> Iterator[Revision]:
    """The texts of these stories that are still shown somewhere."""
    return (revision for revision in revisions(conn, stories) if revision.live)


def revisions(conn: Connection, stories: Iterable[Story]) -> Iterator[Revision]:
    """Every text that these stories have had, in order of (story, first seen, hash)."""
    texts = {(story.id, story.revision): _valid_text(story) for story in stories}
    for part in chunks({story for story, _ in texts}):
        rows = read(conn, Revision, select(REVISION).where(REVISION.c.story.in_(part)))
        texts |= {(text.story, text.hash): text for text in rows}
    return iter(sorted(texts.values(), key=lambda text: (text.story, text.seen_at, text.hash)))


def _valid_text(story: Story) -> Revision:
    return Revision(story.id, story.revision, story.source, story.url, story.title, story.summary, story.seen_at)
