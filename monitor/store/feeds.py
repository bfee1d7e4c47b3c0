"""The state of polled feeds: validators, health and the next poll."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from monitor.store.rows import plain, upsert
from monitor.store.tables import FeedRow, table_of

_FEED = table_of(FeedRow)


@dataclass(frozen=True, slots=True)
class FeedState:
    """What the last polls of one feed left behind; see `tables.FeedRow` for the fields."""

    name: str
    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    moved_polls: int = 0
    polled_at: datetime | None = None
    ok_at: datetime | None = None
    first_ok_at: datetime | None = None
    new_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    error_kind: str = ""
    error: str = ""
    next_poll_at: datetime | None = None


def states(conn: Connection) -> dict[str, FeedState]:
    """Every feed ever polled, by name."""
    return {row.name: FeedState(**row._mapping) for row in conn.execute(select(_FEED).order_by(_FEED.c.name))}


def state(conn: Connection, name: str) -> FeedState | None:
    row = conn.execute(select(_FEED).where(_FEED.c.name == name)).one_or_none()
    return FeedState(**row._mapping) if row else None


def save(conn: Connection, changed: FeedState) -> None:
    upsert(conn, FeedRow, [plain(changed)])


def waiting(conn: Connection, names: Iterable[str], now: datetime) -> frozenset[str]:
    """Those of `names` whose next poll is still to come; all others are due."""
    later = select(_FEED.c.name).where(_FEED.c.name.in_(list(names)), _FEED.c.next_poll_at > now)
    return frozenset(conn.scalars(later))


def failing(conn: Connection) -> tuple[FeedState, ...]:
    """Feeds whose last poll failed, by name."""
    broken = select(_FEED).where(or_(_FEED.c.failures > 0, _FEED.c.error != "")).order_by(_FEED.c.name)
    return tuple(FeedState(**row._mapping) for row in conn.execute(broken))
