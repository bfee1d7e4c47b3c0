"""The outbox for people: rows, attempts, retry and release. Lists are quick: they do not decode messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from monitor.errors import RenderError
from monitor.store import Store
from monitor.store import outbox as outbox_store
from monitor.store.tables import Attempt, Item


def list_rows(store: Store, states: Collection[str] | None = None, limit: int | None = 100) -> tuple[Item, ...]:
    """The newest rows in these states (all, if None), in order of number."""
    with store.read() as conn:
        return outbox_store.items(conn, states, limit=limit)


def doubles(store: Store, rows: Iterable[Item]) -> frozenset[int]:
    """The numbers of those rows that may have arrived more than once."""
    with store.read() as conn:
        return outbox_store.possible_duplicates(conn, [row.number for row in rows])


def history(store: Store, number: int) -> tuple[Item, tuple[Attempt, ...]] | None:
    """One row and its attempts; None if there is no such row."""
    with store.read() as conn:
        row = outbox_store.item(conn, number)
        return (row, outbox_store.attempts(conn, number)) if row else None


def first_line(item: Item) -> str:
    """The first line of a message; '' if its content cannot be read."""
    from monitor.store.json_codec import from_json

    try:
        brief = from_json(item.payload)
    except RenderError:
        return ""
    return brief.subject


def requeue(store: Store, state: Literal["dead", "held"], now: datetime, numbers: Collection[int] | None = None) -> int:
    """Send dead or held rows (numbers: all, if None); returns their number. Dead ones also end all waits of channels:
    a person says that they work again."""
    with store.begin() as conn:
        if state == "dead":
            outbox_store.end_waits(conn, now)
        return outbox_store.reset_rows(conn, numbers, (state,), "waiting")


def counts(store: Store) -> dict[str, int]:
    """Numbers of rows by state."""
    total = dict.fromkeys(("waiting", "leased", "uncertain", "held", "sent", "expired", "dead"), 0)
    with store.read() as conn:
        for (_, state), count in outbox_store.counts(conn).items():
            total[state] += count
    return total
