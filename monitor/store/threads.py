"""Where the conversation about a commitment goes on in a place, and whether its first message tells how things stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.store.queue import Item
from monitor.store.rows import upsert
from monitor.store.tables import ThreadRow, table_of

_THREAD = table_of(ThreadRow)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation. ref: its first message; refresh_at: when that is to be rewritten; tries: how often that failed."""

    channel: str
    to: str
    commitment: str
    ref: str
    started_at: datetime | None
    refresh_at: datetime | None
    tries: int


def current(conn: Connection, item: Item, begun_after: datetime) -> str | None:
    """The thread that this message belongs to, if one was started and is not too old.

    What was said is taken back where it was said: a correction goes into its thread however old that is.
    """
    known = _known(conn, item)
    if known is None or item.kind == "correction":
        return known and str(known.ref)
    young = known.started_at is not None and known.started_at > begun_after
    return str(known.ref) if young else None


def went_into(conn: Connection, item: Item, ref: str, now: datetime) -> None:
    """The message was taken into the thread `ref`: it goes on there from now on, also if the channel had to begin a new one."""
    known = _known(conn, item)
    place = {"channel": item.channel, "to": item.to, "commitment": item.commitment}
    if known is None or known.ref != ref:
        upsert(conn, ThreadRow, [{**place, "ref": ref, "started_at": now}])


def _known(conn: Connection, item: Item) -> Row[Any] | None:
    place = (_THREAD.c.channel == item.channel, _THREAD.c.to == item.to, _THREAD.c.commitment == item.commitment)
    return conn.execute(select(_THREAD).where(*place)).one_or_none()
