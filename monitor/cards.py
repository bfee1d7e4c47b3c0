"""Threads at work: after each change the first message of a thread is rewritten to how the commitment stands now.

What is to be rewritten is on record, in the same commit as the reply that told the change, and is worked out from what was
sent. So a rewrite may be late, come twice or fail without harm: the change itself is a message of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from monitor.domain.brief import from_json
from monitor.domain.card import Card, card
from monitor.errors import ChannelError
from monitor.outbox import PACE, backoff
from monitor.store import Store, queue, threads
from monitor.store.threads import Thread

Updater = Callable[[Card], None]
"""Rewrites the message that a card stands on. Raises ChannelError."""

TRIES: Final = 6
"""So often a rewrite is tried; the next change is a new occasion."""


def refresh(
    store: Store, channel: str, update: Updater, now: datetime, *, rng: Callable[[], float],
    stop: Callable[[], bool] = lambda: False,
) -> str:  # fmt: skip
    """Rewrite what is due in one channel, up to the first that fails; returns why it did, '' if none. Raises only StoreError."""
    while not stop() and (thread := _stale(store, channel, now)):
        trouble = _renew(store, thread, update, now, rng())
        if trouble:
            return f"{thread.channel} {thread.to}, {thread.commitment}: {trouble}"
    return ""


def _stale(store: Store, channel: str, now: datetime) -> Thread | None:
    with store.read() as conn:
        return threads.stale(conn, channel, now)


def _renew(store: Store, thread: Thread, update: Updater, now: datetime, chance: float) -> str:
    """Rewrite the first message of one thread; returns why that failed, '' if it did not."""
    again, trouble = None, ""
    try:
        shown = _card(store, thread)
        if shown is not None:
            update(shown)
    except ChannelError as error:
        trouble = str(error)
        if not (error.permanent or error.broken) and thread.tries + 1 < TRIES:
            again = now + backoff(thread.tries, error.retry_after, chance)
    except Exception as error:  # noqa: BLE001 - whatever a payload or a layout raises, the alerts go on
        trouble = type(error).__name__
    with store.begin() as conn:
        threads.refreshed(conn, thread, again)
        queue.pause(conn, thread.channel, thread.to, now + PACE.get(thread.channel, now - now))
    return trouble


def _card(store: Store, thread: Thread) -> Card | None:
    with store.read() as conn:
        said = threads.said(conn, thread)
    return card(thread.channel, thread.to, thread.ref, [(item.number, from_json(item.payload)) for item in said])
