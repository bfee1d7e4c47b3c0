"""The state of polled feeds, the times in which sources were read, and troubles reported to the owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_high
from typing import Any

from sqlalchemy import Connection, desc, insert, select, update

from monitor.domain.model import BlindSpan, Policy, ReadSpan
from monitor.domain.verdicts.blind import blind_spans
from monitor.errors import FeedError
from monitor.store.rows import among, read, read_among, read_first, save_rows
from monitor.store.tables import ENTRY, FEED, READ_SPAN, SOURCE_TROUBLE, STORY, VERDICT, FeedState, SourceTrouble

JOINED_WITHIN = timedelta(hours=1)
"""Answers closer than this belong to one span, so a poll every quarter of an hour adds no row."""

MANY_GAPS = 4
"""Least number of gaps for a median, an estimate."""


def states(conn: Connection, names: Collection[str] | None = None) -> dict[str, FeedState]:
    """The polled feeds by name. names: None means all."""
    polled = select(FEED).where(FEED.c.polled_at.is_not(None))
    if names is None:
        return {state.name: state for state in read(conn, FeedState, polled.order_by(FEED.c.name))}
    return {state.name: state for state in read_among(conn, FeedState, polled.where(among(FEED.c.name)), names)}


def due(conn: Connection, now: datetime) -> frozenset[str]:
    """The names of the planned feeds that are due."""
    return frozenset(conn.scalars(select(FEED.c.name).where(FEED.c.next_poll_at <= now)))


def claim(conn: Connection, names: Collection[str], now: datetime, until: datetime) -> frozenset[str]:
    """Take those of these feeds that are still due, so that no other worker polls them before `until`."""
    free = update(FEED).where(FEED.c.name.in_(list(names)), FEED.c.next_poll_at <= now)
    return frozenset(conn.scalars(free.values(next_poll_at=until).returning(FEED.c.name)))


def plan(conn: Connection, feeds: Mapping[str, FeedState | None], at: datetime) -> None:
    """Let these feeds be due at a moment; None: one that was never polled."""
    first = (FeedState(name=name, url="", next_poll_at=at) for name in feeds)
    known = (state.changed(next_poll_at=at) if state else new for new, state in zip(first, feeds.values(), strict=True))
    save_rows(conn, *known)


def after_poll(state: FeedState, now: datetime, error: FeedError | None = None, **changes: object) -> FeedState:
    """The state after a poll that failed with `error`, or was answered, with further changes."""
    if error is not None:
        health = {"failures": state.failures + 1, "failing_since": state.failing_since or now}
        if state.moved_polls and not state.adopted:  # not in a row
            health |= {"moved_to": "", "moved_polls": 0}
        changes = {**health, "error_kind": error.kind, "error": str(error), **changes}
    else:
        changes = {"ok_at": now, "failures": 0, "failing_since": None, "error_kind": "", "error": "", **changes}
    return state.changed(polled_at=now, **changes)


def after_move(state: FeedState, url: str, target: str, *, known: bool) -> dict[str, Any]:
    """The fields of a feed's move, after a good poll of `url` (configured) that permanent redirects led to `target`, ''
    if none did. known: the document has items that the feed had before. A target that first shows unknown items, such
    as a parked address, proves nothing until it is another one."""
    again = bool(target) and (target, url) == (state.moved_to, state.url)
    polls = state.moved_polls + known if again and state.moved_polls else 0
    if target and not again:
        polls = int(known)
    return {"moved_to": target, "moved_polls": polls}


def news_gaps(conn: Connection, since: datetime) -> dict[str, timedelta]:
    """The median time between polls that brought news, for each feed with at least MANY_GAPS of them."""
    polls = select(ENTRY.c.feed, ENTRY.c.seen_at).distinct().join(STORY, ENTRY.c.story == STORY.c.id)
    polls = polls.where(STORY.c.seen_at >= since, STORY.c.backfill.is_(False)).order_by(ENTRY.c.feed, ENTRY.c.seen_at)
    gaps: defaultdict[str, list[timedelta]] = defaultdict(list)
    for before, after in pairwise(conn.execute(polls)):
        if before.feed == after.feed:
            gaps[before.feed].append(after.seen_at - before.seen_at)
    return {feed: median_high(found) for feed, found in gaps.items() if len(found) >= MANY_GAPS}


def last_read(conn: Connection) -> datetime | None:
    """The last answer of a source that can report a change; None before the first."""
    newest = read_first(conn, ReadSpan, select(READ_SPAN).order_by(desc(READ_SPAN.c.since)))
    return newest.until if newest else None


def unread_spans(conn: Connection, sources: Sequence[str], policy: Policy, now: datetime) -> tuple[BlindSpan, ...]:
    """The spans in which none of these sources was read, oldest first; empty without sources."""
    if not sources:
        return ()
    return blind_spans(read(conn, ReadSpan, select(READ_SPAN).order_by(READ_SPAN.c.since)), sources, policy, now)


def note_read(conn: Connection, sources: Sequence[str], policy: Policy, now: datetime) -> None:
    """Record an answer: extend the last span of reading, or begin another. An older answer changes nothing.

    If this ends a blind period of these sources, every verdict becomes due. One that is being decided at this moment
    is decided again.
    """
    blind = unread_spans(conn, sources, policy, now)
    last = read_first(conn, ReadSpan, select(READ_SPAN).order_by(desc(READ_SPAN.c.since)))
    if last is None or now - last.until > JOINED_WITHIN:
        conn.execute(insert(READ_SPAN).values(since=now, until=now))
    elif now > last.until:
        conn.execute(update(READ_SPAN).where(READ_SPAN.c.since == last.since).values(until=now))
    if unread_spans(conn, sources, policy, now) != blind:
        conn.execute(update(VERDICT).values(next_due=now, version=VERDICT.c.version + 1))


def troubles(conn: Connection) -> dict[str, SourceTrouble]:
    """The troubles reported to the owner, by feed; '' means all feeds."""
    wanted = select(SOURCE_TROUBLE).order_by(SOURCE_TROUBLE.c.subject)
    return {trouble.subject: trouble for trouble in read(conn, SourceTrouble, wanted)}
