"""Stories with their outlets and texts, and the feed entries that carry them. Nearly every story has one outlet and one
text, and both are in its own row. So the tables of outlets and texts have rows only for the others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from os.path import commonprefix

from sqlalchemy import Connection, delete, func, select, update

from monitor.domain.intake import KnownEntry
from monitor.domain.model import Outlet, Story
from monitor.domain.stories.syndication import Revision
from monitor.store.rows import CHUNK, among, execute_among, insert_new, read_among, row_of, rows_among, upsert, value_of
from monitor.store.tables import ENTRY, ENTRY_KEY, OUTLET, REVISION, STORY

ID_LENGTH = 16
"""Hexadecimal digits of a story's id."""
SHORT_NAME = 4
"""Least digits that a person types, an estimate: quick to type and rarely ambiguous among ten thousand stories."""
_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
_ID_START = re.compile(rf"[0-9a-f]{{1,{ID_LENGTH}}}")

_WITH_KEY = select(ENTRY_KEY.c.story).where(among(ENTRY_KEY.c.key))
_ENTRIES_OF = select(ENTRY).where(among(ENTRY.c.story))
_BY_ID = select(STORY).where(among(STORY.c.id))
_OUTLETS_OF = select(OUTLET).where(among(OUTLET.c.story)).order_by(OUTLET.c.story, OUTLET.c.number)
_TEXTS_OF = select(REVISION).where(among(REVISION.c.story))
_DROP_OUTLETS = delete(OUTLET).where(among(OUTLET.c.story))
_MARK = update(STORY).where(among(STORY.c.id))
_LAST_CHANGE = select(func.max(STORY.c.change))
_VALID = select(STORY.c.revision).where(STORY.c.id == REVISION.c.story).scalar_subquery()
_DROP_VALID_TEXT = delete(REVISION).where(among(REVISION.c.story), REVISION.c.hash == _VALID)


def entries_by_key(conn: Connection, keys: Collection[str]) -> Iterator[KnownEntry]:
    stories = {row["story"] for row in rows_among(conn, _WITH_KEY, keys)}
    wanted = frozenset(keys)
    return (entry for entry in entries_of(conn, stories) if not wanted.isdisjoint(entry.keys))


def entries_of(conn: Connection, stories: Collection[str]) -> Iterator[KnownEntry]:
    return read_among(conn, KnownEntry, _ENTRIES_OF, stories)


def save_entries(conn: Connection, entries: Collection[KnownEntry]) -> None:
    """Store entries with their keys; a key that another entry of the same feed has stays with that entry."""
    stored = entries_by_key(conn, {key for entry in entries for key in entry.keys})
    owners: dict[tuple[str, str], str] = {}
    for owner in (*stored, *entries):
        for key in owner.keys:
            owners.setdefault((owner.feed, key), owner.id)
    own = [(e, frozenset(key for key in e.keys if owners[e.feed, key] == e.id)) for e in entries]
    upsert(conn, ENTRY, (row_of(ENTRY, entry, keys=keys) for entry, keys in own))
    insert_new(conn, ENTRY_KEY, ({"key": key, "story": entry.story} for entry, keys in own for key in sorted(keys)))


def save(
    conn: Connection, stories: Mapping[str, Story], revisions: Collection[Revision], also: Collection[str] = ()
) -> int:
    """Store changed stories, by id, and changed texts, except an outlet or text that is in the row of its story.
    Returns the number of this change. also: stories of which only the entries have changed.

    The replaced text of a story gets a row of its own, if it has none.
    """
    change = last_change(conn) + 1
    before = {story.id: story for story in read_among(conn, Story, _BY_ID, stories)}
    texts = [(_own_text(story), _own_text(stories[name])) for name, story in before.items()]
    insert_new(conn, REVISION, (old for old, new in texts if old != new))
    upsert(conn, STORY, (row_of(STORY, story, change=change) for story in stories.values()))
    execute_among(conn, _MARK.values(change=change), [name for name in also if name not in stories])
    outlets = {name: () if s.outlets == (_own_outlet(s),) else s.outlets for name, s in stories.items()}
    execute_among(conn, _DROP_OUTLETS, [name for name in before if not outlets[name]])
    numbered = ((name, number, outlet) for name, several in outlets.items() for number, outlet in enumerate(several))
    upsert(conn, OUTLET, (row_of(OUTLET, outlet, story=name, number=number) for name, number, outlet in numbered))
    own = {text.story for text in revisions if text.story in stories and text == _own_text(stories[text.story])}
    execute_among(conn, _DROP_VALID_TEXT, own.intersection(before))
    upsert(conn, REVISION, (t for t in revisions if t.story not in own or t != _own_text(stories[t.story])))
    return change


def last_change(conn: Connection) -> int:
    """The number of the last change; 0 before the first."""
    return conn.scalar(_LAST_CHANGE) or 0


def changed_since(conn: Connection, change: int) -> Iterator[list[Story]]:
    """The stories with a later change than this one, in order of change, in batches."""
    later = select(STORY.c.id).where(STORY.c.change > change)
    return _batches(conn, conn.scalars(later.order_by(STORY.c.change, STORY.c.seen_at, STORY.c.id)).all())


def by_ids(conn: Connection, ids: Collection[str]) -> dict[str, Story]:
    """The stories with these ids; unknown and malformed ids are ignored."""
    valid = [name for name in ids if _ID.fullmatch(name)]
    found = {story.id: story for story in read_among(conn, Story, _BY_ID, valid)}
    outlets = defaultdict[str, list[Outlet]](list)
    for row in rows_among(conn, _OUTLETS_OF, found):
        outlets[row["story"]].append(value_of(Outlet, row))
    return {n: replace(s, outlets=tuple(outlets.get(n, ())) or (_own_outlet(s),)) for n, s in found.items()}


def short_names(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The shortest unique prefix of each id, at least SHORT_NAME digits."""
    names = {}
    for name in ids:
        before = conn.scalar(select(STORY.c.id).where(STORY.c.id < name).order_by(STORY.c.id.desc()).limit(1))
        after = conn.scalar(select(STORY.c.id).where(STORY.c.id > name).order_by(STORY.c.id).limit(1))
        # By characters, as wanted here.
        shared = max(len(commonprefix([name, other or ""])) for other in (before, after))  # noqa: RUF071
        names[name] = name[: max(SHORT_NAME, shared + 1)]
    return names


def beginning_with(conn: Connection, start: str, limit: int = 5) -> dict[str, Story]:
    """The first stories whose ids have this prefix; none for a malformed one."""
    if not _ID_START.fullmatch(start):
        return {}
    between = STORY.c.id.between(start.ljust(ID_LENGTH, "0"), start.ljust(ID_LENGTH, "f"))
    return by_ids(conn, conn.scalars(select(STORY.c.id).where(between).order_by(STORY.c.id).limit(limit)).all())


def first_seen_since(conn: Connection, moment: datetime) -> tuple[Story, ...]:
    """Stories first seen at or after `moment`, oldest first."""
    return tuple(story for batch in batches_seen_since(conn, moment) for story in batch)


def batches_seen_since(conn: Connection, moment: datetime) -> Iterator[list[Story]]:
    """The stories of `first_seen_since` in batches: all at once take ten times the memory of the index."""
    recent = select(STORY.c.id).where(STORY.c.seen_at >= moment).order_by(STORY.c.seen_at, STORY.c.id)
    return _batches(conn, conn.scalars(recent).all())


def _batches(conn: Connection, names: Sequence[str]) -> Iterator[list[Story]]:
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        found = by_ids(conn, part)
        yield [found[name] for name in part]


def _own_outlet(story: Story) -> Outlet:
    return Outlet(story.source, story.url, story.published_at, story.seen_at)


def revisions(conn: Connection, stories: Iterable[Story], *, live_only: bool = True) -> list[Revision]:
    """The texts of these stories that an entry still shows, or all, in order of (story, first seen, hash)."""
    texts = {(story.id, story.revision): _own_text(story) for story in stories}
    rows = read_among(conn, Revision, _TEXTS_OF, [story for story, _ in texts])
    texts |= {(text.story, text.hash): text for text in rows}
    wanted = (text for text in texts.values() if text.live or not live_only)
    return sorted(wanted, key=lambda text: (text.story, text.seen_at, text.hash))


def _own_text(story: Story) -> Revision:
    return Revision(story.id, story.revision, story.source, story.url, story.title, story.summary, story.seen_at)
