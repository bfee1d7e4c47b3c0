"""The state of polled feeds: validators, health and the next poll."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from monitor.errors import FeedError
from monitor.store.rows import read, read_first, upsert
from monitor.store.tables import FEED, FeedState

MAX_BACKOFF = timedelta(hours=6)
"""The longest wait after failures, an estimate: a feed that is repaired is read again within half a day's news."""
_MAX_DOUBLINGS = 12
"""Enough to pass MAX_BACKOFF from an interval of 6 seconds, and few enough that no number overflows."""


def states(conn: Connection) -> dict[str, FeedState]:
    """Every feed ever polled, by name."""
    return {state.name: state for state in read(conn, FeedState, select(FEED).order_by(FEED.c.name))}


def state(conn: Connection, name: str) -> FeedState | None:
    """The feed of this name; None if it was never polled."""
    return read_first(conn, FeedState, select(FEED).where(FEED.c.name == name))


def save(conn: Connection, changed: FeedState) -> None:
    """Store the state as it now is."""
    upsert(conn, FEED, [changed])


def not_due(conn: Connection, names: Iterable[str], now: datetime) -> frozenset[str]:
    """Those of `names` whose next poll is still to come; all others are due."""
    later = select(FEED.c.name).where(FEED.c.name.in_(list(names)), FEED.c.next_poll_at > now)
    return frozenset(conn.scalars(later))


def failing(conn: Connection) -> tuple[FeedState, ...]:
    """Feeds whose last poll failed, by name."""
    broken = select(FEED).where(or_(FEED.c.failures > 0, FEED.c.error != "")).order_by(FEED.c.name)
    return read(conn, FeedState, broken)


def after_failure(
    state: FeedState, error: FeedError, interval: timedelta, now: datetime, next_poll: datetime | None
) -> FeedState:
    """The state after a poll that failed. next_poll: when it is polled next; None: after a wait that doubles each time."""
    backoff = max(interval, min(interval * 2 ** min(state.failures, _MAX_DOUBLINGS), MAX_BACKOFF))
    health = {"failures": state.failures + 1, "failing_since": state.failing_since or now, "moved_polls": 0}
    next_poll_at = next_poll or now + backoff
    return state.changed(**health, error_kind=error.kind, error=str(error), next_poll_at=next_poll_at)


def after_success(state: FeedState, interval: timedelta, now: datetime, next_poll: datetime | None) -> FeedState:
    """The state after a poll that was answered. next_poll: when it is polled next; None: after the interval."""
    next_poll_at = next_poll or now + interval
    return state.changed(ok_at=now, failures=0, failing_since=None, error_kind="", error="", next_poll_at=next_poll_at)
