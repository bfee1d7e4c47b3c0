"""The state of polled feeds: validators, health and the next poll."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from monitor.errors import FeedError
from monitor.store.rows import plain, upsert
from monitor.store.tables import FeedRow, table_of

_FEED = table_of(FeedRow)

LONGEST_BACKOFF = timedelta(hours=6)


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


# ---------------------------------------------------------------- after a poll


def failed(
    state: FeedState, error: FeedError, interval: timedelta, now: datetime, next_poll: datetime | None
) -> FeedState:
    """The state after a poll that failed; it waits longer each time, unless `next_poll` says until when."""
    backoff = max(interval, min(interval * 2 ** min(state.failures, 12), LONGEST_BACKOFF))
    return replace(
        state, failures=state.failures + 1, failing_since=state.failing_since or now, error_kind=error.kind,
        error=str(error), next_poll_at=next_poll or now + backoff, moved_polls=0,
    )  # fmt: skip


def answered(state: FeedState, interval: timedelta, now: datetime, next_poll: datetime | None) -> FeedState:
    """The state after a poll that was answered."""
    return replace(
        state, ok_at=now, failures=0, failing_since=None, error_kind="", error="",
        next_poll_at=next_poll or now + interval,
    )  # fmt: skip
