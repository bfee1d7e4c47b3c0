"""Stored readings of texts, the queue of texts that wait for one, the last checks of models, and their use per day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from monitor.domain.model import ReaderKind, Reading, Story
from monitor.domain.reading.lead import ReaderCheck
from monitor.store import json_codec, stories
from monitor.store.rows import CHUNK, among, execute_among, read, read_first, row_of, rows_among, upsert
from monitor.store.tables import READER_CHECK, READER_USE, READING, STORY, UNREAD, ReaderUse, UnreadText

_OF_TEXTS = select(READING.c.text, READING.c.body).where(among(READING.c.text)).order_by(READING.c.at)
_DROP_OF_PEOPLE = delete(READING).where(among(READING.c.text), READING.c.kind == ReaderKind.PERSON.value)
_DROP_UNREAD = delete(UNREAD).where(among(UNREAD.c.text))


def save(conn: Connection, readings: Iterable[Reading]) -> None:
    """Store readings. A reading replaces an earlier one of the same text, reader and version."""
    upsert(conn, READING, (row_of(READING, reading, body=json_codec.dump(reading)) for reading in readings))


def drop_of_people(conn: Connection, texts: Collection[str]) -> None:
    execute_among(conn, _DROP_OF_PEOPLE, texts)


def of_texts(conn: Connection, texts: Collection[str]) -> Mapping[str, tuple[Reading, ...]]:
    """The readings of these texts, oldest first; a text without a reading is missing."""
    found = defaultdict[str, list[Reading]](list)
    for row in rows_among(conn, _OF_TEXTS, texts):
        found[row["text"]].append(json_codec.load(Reading, row["body"]))
    return {text: tuple(readings) for text, readings in found.items()}


def of_text(conn: Connection, text: str) -> tuple[Reading, ...]:
    return of_texts(conn, [text]).get(text, ())


def read_stories(
    conn: Connection, start: datetime, end: datetime | None = None
) -> Iterator[tuple[Story, tuple[Reading, ...]]]:
    """The read stories first seen from `start` to `end` (None: now), not withdrawn, with their readings in order."""
    wanted = select(STORY.c.id).where(STORY.c.seen_at >= start, STORY.c.revision.in_(select(READING.c.text)))
    if end is not None:
        wanted = wanted.where(STORY.c.seen_at < end)
    names = conn.scalars(wanted.order_by(STORY.c.seen_at, STORY.c.id)).all()
    for first in range(0, len(names), CHUNK):
        part = names[first : first + CHUNK]
        found = stories.by_ids(conn, part)
        readings = of_texts(conn, {story.revision for story in found.values()})
        shown = (found[name] for name in part)
        yield from ((story, readings[story.revision]) for story in shown if not story.withdrawn)


def last_leading(conn: Connection, model: str, since: datetime, count: int) -> tuple[tuple[Story, Reading], ...]:
    """The last stories in their present text that a model with the lead has read from `since` on, with its readings."""
    own = (READING.c.kind == ReaderKind.MODEL.value, READING.c.name == model, READING.c.at >= since)
    wanted = select(STORY.c.id, READING.c.body).join(READING, READING.c.text == STORY.c.revision).where(*own)
    rows = conn.execute(wanted.order_by(READING.c.at.desc(), STORY.c.id).limit(count)).all()
    found = stories.by_ids(conn, {row.id for row in rows})
    read_by = ((found[row.id], json_codec.load(Reading, row.body)) for row in rows)
    return tuple((story, reading) for story, reading in read_by if not reading.confirms)


def check_of(conn: Connection, model: str, template: str) -> ReaderCheck | None:
    """The last full check of a model with a template of the question."""
    own = (READER_CHECK.c.model == model, READER_CHECK.c.template == template)
    body = conn.scalar(select(READER_CHECK.c.body).where(*own))
    return None if body is None else json_codec.load(ReaderCheck, body)


def save_check(conn: Connection, check: ReaderCheck) -> None:
    upsert(conn, READER_CHECK, [row_of(READER_CHECK, check, body=json_codec.dump(check))])


def drop_unread(conn: Connection, texts: Collection[str], deal: str = "") -> None:
    """Remove texts from the queue of one deal, or of all."""
    execute_among(conn, _DROP_UNREAD.where(UNREAD.c.deal == deal) if deal else _DROP_UNREAD, texts)


def unread(conn: Connection) -> tuple[UnreadText, ...]:
    return read(conn, UnreadText, select(UNREAD).order_by(UNREAD.c.since.desc(), UNREAD.c.text, UNREAD.c.deal))


def unreadable(conn: Connection) -> frozenset[str]:
    """The texts that the model is not asked about any more, because it has failed on each of them alone."""
    return frozenset(row.text for row in unread(conn) if row.given_up)


def use_of(conn: Connection, day: str) -> ReaderUse:
    """The model's use on a day (UTC, as 2026-11-27)."""
    return read_first(conn, ReaderUse, select(READER_USE).where(READER_USE.c.day == day)) or ReaderUse(day=day)


def add_use(conn: Connection, now: datetime, *, requests: int, texts: int, tokens: int) -> None:
    before = use_of(conn, f"{now:%Y-%m-%d}")
    counts = {"requests": before.requests + requests, "texts": before.texts + texts, "tokens": before.tokens + tokens}
    upsert(conn, READER_USE, [before.changed(**counts)])
