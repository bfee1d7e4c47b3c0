"""The state of polled feeds: validators, health and the next poll; when sources that can tell of a change were read, and which
troubles with them the owner was told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_high

from sqlalchemy import Connection, desc, insert, or_, select, update

from monitor.domain.model import BlindSpan, Policy, ReadSpan
from monitor.domain.verdicts.blind import blind_spans
from monitor.errors import FeedError
from monitor.store.rows import chunks, read, read_first, upsert
from monitor.store.tables import ENTRY, FEED, READ_SPAN, SOURCE_TROUBLE, STORY, FeedState, SourceTrouble

MAX_BACKOFF = timedelta(hours=6)
"""The longest wait after failures, an estimate: a feed that is repaired is read again within half a day's news."""
_MAX_DOUBLINGS = 12
"""Enough to pass MAX_BACKOFF from an interval of 6 seconds, and few enough that no number overflows."""
JOINED_WITHIN = timedelta(hours=1)
"""Two answers so close belong to one time of reading: shorter than any gap that matters, and a feed asked every quarter of an
hour adds no row."""

MANY_GAPS = 4
"""Gaps from which a usual one can be told, an estimate."""


def states(conn: Connection, names: Collection[str] | None = None) -> dict[str, FeedState]:
    """The feeds ever polled, by name: of these names, or all (None)."""
    if names is None:
        return {state.name: state for state in read(conn, FeedState, select(FEED).order_by(FEED.c.name))}
    parts = (select(FEED).where(FEED.c.name.in_(part)) for part in chunks(names))
    return {state.name: state for part in parts for state in read(conn, FeedState, part)}


def state(conn: Connection, name: str) -> FeedState | None:
    """The feed of this name; None if it was never polled."""
    return states(conn, [name]).get(name)


def save(conn: Connection, *changed: FeedState) -> None:
    """Store the states as they now are, in one statement."""
    upsert(conn, FEED, changed)


def next_polls(conn: Connection) -> dict[str, datetime]:
    """When each feed that was polled is due again, by name."""
    planned = select(FEED.c.name, FEED.c.next_poll_at).where(FEED.c.next_poll_at.is_not(None))
    return {row.name: row.next_poll_at for row in conn.execute(planned)}


def failing(conn: Connection) -> tuple[FeedState, ...]:
    """Feeds whose last poll failed, by name."""
    broken = select(FEED).where(or_(FEED.c.failures > 0, FEED.c.error != "")).order_by(FEED.c.name)
    return read(conn, FeedState, broken)


def after_failure(
    state: FeedState, error: FeedError, interval: timedelta, now: datetime, next_poll: datetime | None, *, url: str
) -> FeedState:
    """The state after a poll of `url` that failed.

    next_poll: when it is polled next; None: after a wait that doubles each time.
    """
    backoff = max(interval, min(interval * 2 ** min(state.failures, _MAX_DOUBLINGS), MAX_BACKOFF))
    health = {"failures": state.failures + 1, "failing_since": state.failing_since or now, "moved_polls": 0}
    moments = {"polled_at": now, "next_poll_at": next_poll or now + backoff}
    return state.changed(**health, **moments, url=url, error_kind=error.kind, error=str(error))


def after_success(
    state: FeedState, interval: timedelta, now: datetime, next_poll: datetime | None, *, url: str, **changes: object
) -> FeedState:
    """The state after a poll of `url` that was answered, with the changes that the answer brought.

    next_poll: when it is polled next; None: after the interval.
    """
    moments = {"polled_at": now, "ok_at": now, "next_poll_at": next_poll or now + interval}
    return state.changed(**moments, url=url, failures=0, failing_since=None, error_kind="", error="", **changes)


def news_gaps(conn: Connection, since: datetime) -> dict[str, timedelta]:
    """How long each feed usually is without news, by name: the median gap between polls since then that brought some. Feeds with fewer
    than MANY_GAPS of them are left out, and so is what a feed showed at its first poll."""
    polls = select(ENTRY.c.feed, ENTRY.c.seen_at).distinct().join(STORY, ENTRY.c.story == STORY.c.id)
    polls = polls.where(STORY.c.seen_at >= since, STORY.c.backfill.is_(False)).order_by(ENTRY.c.feed, ENTRY.c.seen_at)
    gaps: defaultdict[str, list[timedelta]] = defaultdict(list)
    for before, after in pairwise(conn.execute(polls)):
        if before.feed == after.feed:
            gaps[before.feed].append(after.seen_at - before.seen_at)
    return {feed: median_high(found) for feed, found in gaps.items() if len(found) >= MANY_GAPS}


# ---------------------------------------------------------------- when sources were read


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
