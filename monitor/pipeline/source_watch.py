"""Keeping record of when sources were read, and deciding anew what time could not move while nobody was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.domain.model import Policy
from monitor.store import Connection, verdict_records
from monitor.store import feeds as feed_store


def note_read(conn: Connection, sources: Sequence[str], policy: Policy, now: datetime) -> None:
    """Record that one of the sources that could tell of a change answered at `now`.

    Where this ends a time in which nobody was reading, or makes up for it, every verdict falls due.
    """
    before = feed_store.unread_spans(conn, sources, policy, now)
    feed_store.add_read(conn, now)
    if feed_store.unread_spans(conn, sources, policy, now) != before:
        verdict_records.make_due(conn, now)
