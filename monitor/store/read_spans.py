"""When sources that can tell of a change were read, and which troubles with them the owner was told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, desc, insert, select, update

from monitor.domain.model import BlindSpan, Policy, ReadSpan
from monitor.domain.verdicts.eyes import blind_spans
from monitor.store.rows import read, read_first, upsert
from monitor.store.tables import READ_SPAN, SOURCE_TROUBLE, SourceTrouble

JOINED_WITHIN = timedelta(hours=1)
"""Two answers so close belong to one time of reading: shorter than any gap that matters, and a feed asked every quarter of an
hour adds no row."""


def read_spans(conn: Connection) -> tuple[ReadSpan, ...]:
    """Every time of reading, oldest first."""
    return read(conn, ReadSpan, select(READ_SPAN).order_by(READ_SPAN.c.since))


def last_read(conn: Connection) -> datetime | None:
    """The last answer of a source that can tell of a change; None before the first."""
    newest = read_first(conn, ReadSpan, select(READ_SPAN).order_by(desc(READ_SPAN.c.since)))
    return newest.until if newest else None


def unread_spans(conn: Connection, sources: Sequence[str], policy: Policy, now: datetime) -> tuple[BlindSpan, ...]:
    """When none of these sources was read, oldest first; none where there are no sources."""
    return blind_spans(read_spans(conn), sources, policy, now) if sources else ()


def add_read(conn: Connection, now: datetime) -> None:
    """Record an answer: it goes on with the last time of reading, or begins another. One from before that is known already."""
    last = read_first(conn, ReadSpan, select(READ_SPAN).order_by(desc(READ_SPAN.c.since)))
    if last is None or now - last.until > JOINED_WITHIN:
        conn.execute(insert(READ_SPAN).values(since=now, until=now))
    elif now > last.until:
        conn.execute(update(READ_SPAN).where(READ_SPAN.c.since == last.since).values(until=now))


def troubles(conn: Connection) -> dict[str, SourceTrouble]:
    """The troubles that the owner was told of, by feed; '' is all of them."""
    wanted = select(SOURCE_TROUBLE).order_by(SOURCE_TROUBLE.c.subject)
    return {trouble.subject: trouble for trouble in read(conn, SourceTrouble, wanted)}


def save_troubles(conn: Connection, *changed: SourceTrouble) -> None:
    """Store the troubles as they now are, in one statement."""
    upsert(conn, SOURCE_TROUBLE, changed)
