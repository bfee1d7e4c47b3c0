"""Readings of texts, the texts that wait for one, and what the model was asked each day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from monitor.domain.model import ReaderKind, Reading, Story
from monitor.store import stories
from monitor.store.codec import json_codec
from monitor.store.rows import CHUNK, among, execute_among, insert_new, read, read_first, row_of, rows_among, upsert
from monitor.store.tables import READER_USE, READING, STORY, UNREAD, ReaderUse, UnreadText

_OF_TEXTS = select(READING.c.text, READING.c.body).where(among(READING.c.text)).order_by(READING.c.at)
_DROP_OF_PEOPLE = delete(READING).where(among(READING.c.text), READING.c.kind == ReaderKind.PERSON.value)
_KINDS_OF_TEXTS = select(READING.c.text, READING.c.kind).where(among(READING.c.text))
_DROP_UNREAD = delete(UNREAD).where(among(UNREAD.c.text))


def save(conn: Connection, readings: Iterable[Reading]) -> None:
    """Store readings; one of the same text, reader and version replaces the one before."""
    upsert(conn, READING, (row_of(READING, reading, body=json_codec.dump(reading)) for reading in readings))


def drop_of_people(conn: Connection, texts: Collection[str]) -> None:
    """Drop what people have read in these texts."""
    for dropped in execute_among(conn, _DROP_OF_PEOPLE, texts):
        dropped.close()


def of_texts(conn: Connection, texts: Collection[str]) -> Mapping[str, tuple[Reading, ...]]:
    """The readings of these texts, oldest first; texts that nobody has read are left out."""
    found = defaultdict[str, list[Reading]](list)
    for row in rows_among(conn, _OF_TEXTS, texts):
        found[row["text"]].append(json_codec.load(Reading, row["body"]))
    return {text: tuple(readings) for text, readings in found.items()}


def of_text(conn: Connection, text: str) -> tuple[Reading, ...]:
    """The readings of one text, oldest first."""
    return of_texts(conn, [text]).get(text, ())


def read_stories(
    conn: Connection, start: datetime, end: datetime | None = None
) -> Iterator[tuple[Story, tuple[Reading, ...]]]:
    """The stories first seen at or after `start` and before `end` (None: until now) whose own text has been read, each with
    its readings, oldest first; without those withdrawn."""
    wanted = select(STORY.c.id).where(STORY.c.seen_at >= start, STORY.c.revision.in_(select(READING.c.text)))
    if end is not None:
        wanted = wanted.where(STORY.c.seen_at < end)
    names = conn.scalars(wanted.order_by(STORY.c.seen_at, STORY.c.id)).all()
    for first in range(0, len(names), CHUNK):
        part = names[first : first + CHUNK]
        found = stories.by_ids(conn, part)
        read = of_texts(conn, {story.revision for story in found.values()})
        shown = (found[name] for name in part)
        yield from ((story, read[story.revision]) for story in shown if not story.withdrawn)


def read_by_model(conn: Connection, texts: Collection[str]) -> frozenset[str]:
    """Those of these texts that a model has read, whichever and whatever it was asked: the past is never read again by itself."""
    rows = rows_among(conn, _KINDS_OF_TEXTS, texts)
    return frozenset(row["text"] for row in rows if row["kind"] == ReaderKind.MODEL.value)


def add_unread(conn: Connection, waiting: Iterable[UnreadText]) -> None:
    """Add texts that wait for a reading; one that waits already stays as it is."""
    insert_new(conn, UNREAD, waiting)


def update_unread(conn: Connection, waiting: Iterable[UnreadText]) -> None:
    """Store these waiting texts as they now are."""
    upsert(conn, UNREAD, waiting)


def drop_unread(conn: Connection, texts: Collection[str]) -> None:
    """These texts no longer wait."""
    for dropped in execute_among(conn, _DROP_UNREAD, texts):
        dropped.close()


def unread(conn: Connection) -> tuple[UnreadText, ...]:
    """All texts that wait for a reading, the newest first."""
    return read(conn, UnreadText, select(UNREAD).order_by(UNREAD.c.since.desc(), UNREAD.c.text))


def use_of(conn: Connection, day: str) -> ReaderUse:
    """What the model was asked on a day (UTC, as 2026-11-27)."""
    return read_first(conn, ReaderUse, select(READER_USE).where(READER_USE.c.day == day)) or ReaderUse(day=day)


def add_use(conn: Connection, now: datetime, *, requests: int, texts: int, tokens: int) -> None:
    """Add a request to what the model was asked today."""
    before = use_of(conn, f"{now:%Y-%m-%d}")
    counts = {"requests": before.requests + requests, "texts": before.texts + texts, "tokens": before.tokens + tokens}
    upsert(conn, READER_USE, [before.changed(**counts)])
