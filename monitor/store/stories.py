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
from itertools import takewhile

from sqlalchemy import Connection, delete, select

from monitor.domain.intake import KnownEntry
from monitor.domain.model import Outlet, Story
from monitor.domain.stories.syndication import Revision
from monitor.store.rows import (
    CHUNK,
    among,
    execute_among,
    insert_new,
    read,
    read_among,
    row_of,
    rows_among,
    upsert,
    value_of,
)
from monitor.store.tables import ENTRY, ENTRY_KEY, OUTLET, REVISION, STORY

ID_LENGTH = 16
"""Hexadecimal digits of the id of a story."""
SHORT_NAME = 4
"""Digits that a person types at least: an estimate, quick to type and rarely shared among ten thousand stories."""
_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
_ID_START = re.compile(rf"[0-9a-f]{{1,{ID_LENGTH}}}")

_BEARING = select(ENTRY_KEY.c.story).where(among(ENTRY_KEY.c.key))
_ENTRIES_OF = select(ENTRY).where(among(ENTRY.c.story))
_BY_ID = select(STORY).where(among(STORY.c.id))
_OUTLETS_OF = select(OUTLET).where(among(OUTLET.c.story)).order_by(OUTLET.c.story, OUTLET.c.number)
_TEXTS_OF = select(REVISION).where(among(REVISION.c.story))
_DROP_OUTLETS = delete(OUTLET).where(among(OUTLET.c.story))
_VALID = select(STORY.c.revision).where(STORY.c.id == REVISION.c.story).scalar_subquery()
_DROP_VALID_TEXT = delete(REVISION).where(among(REVISION.c.story), REVISION.c.hash == _VALID)

# ---------------------------------------------------------------- entries


def entries_by_key(conn: Connection, keys: Collection[str]) -> Iterator[KnownEntry]:
    """The entries of any feed that bear one of `keys`."""
    stories = {row["story"] for row in rows_among(conn, _BEARING, keys)}
    wanted = frozenset(keys)
    return (entry for entry in entries_of(conn, stories) if not wanted.isdisjoint(entry.keys))


def entries_of(conn: Connection, stories: Collection[str]) -> Iterator[KnownEntry]:
    """The entries of any feed that carry these stories."""
    return read_among(conn, KnownEntry, _ENTRIES_OF, stories)


def save_entries(conn: Connection, entries: Collection[KnownEntry]) -> None:
    """Store entries and the keys under which each is known; a key that another entry of the feed owns stays with it."""
    stored = entries_by_key(conn, {key for entry in entries for key in entry.keys})
    owners: dict[tuple[str, str], str] = {}
    for owner in (*stored, *entries):
        for key in owner.keys:
            owners.setdefault((owner.feed, key), owner.id)
    own = [(e, frozenset(key for key in e.keys if owners[e.feed, key] == e.id)) for e in entries]
    upsert(conn, ENTRY, (row_of(ENTRY, entry, keys=keys) for entry, keys in own))
    insert_new(conn, ENTRY_KEY, ({"key": key, "story": entry.story} for entry, keys in own for key in sorted(keys)))


# ---------------------------------------------------------------- stories


def save(conn: Connection, stories: Mapping[str, Story], revisions: Collection[Revision]) -> None:
    """Store stories as they now are, by id, and texts: credited to another outlet, no longer live, or live again after an
    edit.

    1. Give the text that a changed story no longer says a row of its own, if it has none.
    2. Write the stories and their outlets.
    3. Write the texts, but for those that the row of their story now says.
    """
    before = {story.id: story for story in read_among(conn, Story, _BY_ID, stories)}
    texts = [(_valid_text(story), _valid_text(stories[name])) for name, story in before.items()]
    insert_new(conn, REVISION, (old for old, new in texts if old != new))
    upsert(conn, STORY, stories.values())
    _save_outlets(conn, stories.values(), before)
    _save_texts(conn, stories, revisions, before)


def _save_outlets(conn: Connection, stories: Iterable[Story], before: Collection[str]) -> None:
    """Store every outlet of these stories, but for one that the row of the story says. before: those that were stored."""
    outlets = {story.id: () if story.outlets == (_own_outlet(story),) else story.outlets for story in stories}
    execute_among(conn, _DROP_OUTLETS, [name for name in before if not outlets[name]])
    numbered = ((name, number, outlet) for name, several in outlets.items() for number, outlet in enumerate(several))
    upsert(conn, OUTLET, (row_of(OUTLET, outlet, story=name, number=number) for name, number, outlet in numbered))


def _save_texts(
    conn: Connection, stories: Mapping[str, Story], revisions: Iterable[Revision], before: Collection[str]
) -> None:
    said, others = set[str](), list[Revision]()
    for text in revisions:
        if text.story in stories and text == _valid_text(stories[text.story]):
            said.add(text.story)
        else:
            others.append(text)
    execute_among(conn, _DROP_VALID_TEXT, said.intersection(before))
    upsert(conn, REVISION, others)


def by_ids(conn: Connection, ids: Collection[str]) -> dict[str, Story]:
    """The stories with these ids; unknown ids are left out, and so is what has not the form of one."""
    of_form = [name for name in ids if _ID.fullmatch(name)]
    return {story.id: story for story in _with_outlets(conn, read_among(conn, Story, _BY_ID, of_form))}


def short_names(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """By id: its shortest beginning, of SHORT_NAME digits or more, with which the id of no other story begins."""
    names = {}
    for name in ids:
        before = conn.scalar(select(STORY.c.id).where(STORY.c.id < name).order_by(STORY.c.id.desc()).limit(1))
        after = conn.scalar(select(STORY.c.id).where(STORY.c.id > name).order_by(STORY.c.id).limit(1))
        shared = max(_shared_digits(name, other) for other in (before or "", after or ""))
        names[name] = name[: max(SHORT_NAME, shared + 1)]
    return names


def _shared_digits(one: str, other: str) -> int:
    """With how many same digits two ids begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def beginning_with(conn: Connection, start: str, limit: int = 5) -> dict[str, Story]:
    """The first stories whose ids begin so, by id; none for what is no beginning of an id."""
    if not _ID_START.fullmatch(start):
        return {}
    between = STORY.c.id.between(start.ljust(ID_LENGTH, "0"), start.ljust(ID_LENGTH, "f"))
    return by_ids(conn, conn.scalars(select(STORY.c.id).where(between).order_by(STORY.c.id).limit(limit)).all())


def first_seen_since(conn: Connection, moment: datetime) -> tuple[Story, ...]:
    """Stories first seen at or after `moment`, oldest first."""
    recent = select(STORY).where(STORY.c.seen_at >= moment).order_by(STORY.c.seen_at, STORY.c.id)
    return _with_outlets(conn, read(conn, Story, recent))


def batches_seen_since(conn: Connection, moment: datetime) -> Iterator[list[Story]]:
    """The stories of `first_seen_since`, a batch at a time: all together they take ten times the space of the index."""
    recent = select(STORY.c.id).where(STORY.c.seen_at >= moment).order_by(STORY.c.seen_at, STORY.c.id)
    names = conn.scalars(recent).all()
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        found = by_ids(conn, part)
        yield [found[name] for name in part]


def _with_outlets(conn: Connection, rows: Iterable[Story]) -> tuple[Story, ...]:
    stories, outlets = tuple(rows), defaultdict[str, list[Outlet]](list)
    for row in rows_among(conn, _OUTLETS_OF, [story.id for story in stories]):
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
    rows = read_among(conn, Revision, _TEXTS_OF, [story for story, _ in texts])
    texts |= {(text.story, text.hash): text for text in rows}
    return iter(sorted(texts.values(), key=lambda text: (text.story, text.seen_at, text.hash)))


def _valid_text(story: Story) -> Revision:
    return Revision(story.id, story.revision, story.source, story.url, story.title, story.summary, story.seen_at)
