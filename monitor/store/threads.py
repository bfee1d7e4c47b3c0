"""Threads: the conversation about a commitment at a destination, and whether its first message is up to date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, literal, select, update

from monitor.store.outbox import Settlement
from monitor.store.rows import read, read_first, row_of, upsert
from monitor.store.tables import BROKEN, LANE, OUTBOX, THREAD, TRANSITION, Item, Thread


def current_thread(conn: Connection, item: Item, begun_after: datetime) -> str | None:
    """The thread of a message; None if none was started after `begun_after`.

    A correction goes into its thread however old that is: people read it where they read the report.
    """
    thread = read_first(conn, Thread, select(THREAD).where(*_place(item)))
    if thread is None:
        return None
    young = thread.started_at is not None and thread.started_at > begun_after
    return thread.ref if young or item.kind == "correction" else None


def joined_thread(conn: Connection, item: Item, end: Settlement, now: datetime) -> None:
    """Record the thread of a sent message, for the next messages.

    The first message is to be rewritten after each reply, and if a change was recorded while it waited to be sent.
    """
    thread = read_first(conn, Thread, select(THREAD).where(*_place(item)))
    if thread is not None and thread.ref == end.thread:
        if end.ref != end.thread:
            conn.execute(update(THREAD).where(*_place(item)).values(refresh_at=now, tries=0))
        return
    changed = select(TRANSITION.c.commitment).where(TRANSITION.c.id.in_(item.transitions))
    concerned = (TRANSITION.c.commitment == item.commitment) | TRANSITION.c.commitment.in_(changed)
    later = select(TRANSITION.c.id).where(concerned, TRANSITION.c.at > item.created_at)
    due = now if conn.execute(later.limit(1)).first() is not None else None
    upsert(conn, THREAD, [row_of(THREAD, item, ref=end.thread, started_at=now, refresh_at=due)])


def mark_outdated(conn: Connection, commitments: Collection[str], now: datetime) -> None:
    """Request that all first messages that name these commitments be rewritten."""
    if not commitments:
        return
    names = sorted(commitments)
    first = (OUTBOX.c.ref.in_(select(THREAD.c.ref)), OUTBOX.c.state == "sent")
    moves = set(conn.scalars(select(TRANSITION.c.id).where(TRANSITION.c.commitment.in_(names))))
    sent = conn.execute(select(OUTBOX.c.ref, OUTBOX.c.transitions).where(*first))
    started = [row.ref for row in sent if moves.intersection(row.transitions)]
    concerned = THREAD.c.commitment.in_(names) | THREAD.c.ref.in_(started)
    conn.execute(update(THREAD).where(concerned).values(refresh_at=now, tries=0))


def next_outdated_thread(conn: Connection, channel: str, now: datetime) -> Thread | None:
    """The next thread of a channel whose first message is to be rewritten now; None if none is due.

    Skips lanes that wait and a broken channel.
    """
    waits = exists().where(LANE.c.channel == channel, LANE.c.to == THREAD.c.to, LANE.c.not_before > now)
    broken = exists().where(BROKEN.c.channel == channel)
    due = select(THREAD).where(THREAD.c.channel == channel, THREAD.c.refresh_at <= now, ~waits, ~broken)
    return read_first(conn, Thread, due.order_by(THREAD.c.refresh_at))


def next_refresh_at(conn: Connection, channel: str) -> datetime | None:
    """The earliest moment at which a channel's first message may be rewritten; None if none is due."""
    if conn.scalar(select(exists().where(BROKEN.c.channel == channel))):
        return None
    lane = and_(LANE.c.channel == THREAD.c.channel, LANE.c.to == THREAD.c.to)
    due = select(THREAD.c.refresh_at, LANE.c.not_before).outerjoin_from(THREAD, LANE, lane)
    rows = conn.execute(due.where(THREAD.c.channel == channel, THREAD.c.refresh_at.is_not(None)))
    return min((max(filter(None, row)) for row in rows), default=None)


def sent_messages(conn: Connection, thread: Thread, since: int | None = None) -> tuple[Item, ...]:
    """The messages of a thread, in order; or all those sent to its destination from the number `since` on."""
    own = (OUTBOX.c.thread == thread.ref, OUTBOX.c.commitment == thread.commitment)
    wanted = own if since is None else (OUTBOX.c.number >= since,)
    sent = (OUTBOX.c.channel == thread.channel, OUTBOX.c.to == thread.to, OUTBOX.c.state == "sent")
    return read(conn, Item, select(OUTBOX).where(*sent, *wanted).order_by(OUTBOX.c.number))


def mark_refreshed(conn: Connection, thread: Thread, again: datetime | None, until: datetime) -> None:
    """Record that the first message was rewritten, or (again) when to retry. A request made in the meantime stays.

    No message is sent to this destination before `until`.
    """
    same = (THREAD.c.ref == thread.ref, THREAD.c.refresh_at == thread.refresh_at)
    tries = thread.tries + 1 if again else 0
    conn.execute(update(THREAD).where(*_place(thread), *same).values(refresh_at=again, tries=tries))
    ready_before = (LANE.c.channel == thread.channel, LANE.c.to == thread.to, LANE.c.not_before < until)
    later = case((LANE.c.ready_at < until, literal(until, LANE.c.ready_at.type)), else_=LANE.c.ready_at)
    conn.execute(update(LANE).where(*ready_before).values(not_before=until, ready_at=later))


def _place(of: Item | Thread) -> tuple[ColumnElement[bool], ...]:
    return THREAD.c.channel == of.channel, THREAD.c.to == of.to, THREAD.c.commitment == of.commitment
