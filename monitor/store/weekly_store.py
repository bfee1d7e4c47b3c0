"""Stored weekly reviews of the board by the model: the weeks, and one row for each commitment of a week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.rows import read, read_first
from monitor.store.tables import BOARD_REVIEW, REVIEW_WEEK, BoardReview, ReviewWeek

DONE = ("answered", "refused")
"""The states of a commitment whose answer came, usable or not."""


def last_week(conn: Connection, *, first: bool = False) -> ReviewWeek | None:
    """The week that was begun last, or first; None before the first."""
    slot = REVIEW_WEEK.c.slot
    return read_first(conn, ReviewWeek, select(REVIEW_WEEK).order_by(slot if first else slot.desc()))


def waiting(conn: Connection) -> tuple[BoardReview, ...]:
    rows = select(BOARD_REVIEW).where(BOARD_REVIEW.c.state == "waiting")
    return read(conn, BoardReview, rows.order_by(BOARD_REVIEW.c.slot, BOARD_REVIEW.c.place))


def settled(conn: Connection, start: datetime, end: datetime) -> tuple[BoardReview, ...]:
    """The reviews that were answered, refused or given up in [start, end), in order."""
    rows = select(BOARD_REVIEW).where(BOARD_REVIEW.c.at >= start, BOARD_REVIEW.c.at < end)
    return read(conn, BoardReview, rows.order_by(BOARD_REVIEW.c.at, BOARD_REVIEW.c.place))


def newest(conn: Connection, states: Iterable[str]) -> Mapping[str, BoardReview]:
    """The last review of each commitment in one of these states."""
    rows = select(BOARD_REVIEW).where(BOARD_REVIEW.c.state.in_(list(states)))
    return {row.commitment: row for row in read(conn, BoardReview, rows.order_by(BOARD_REVIEW.c.slot))}
