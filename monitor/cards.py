"""Threads at work: after each change the first message of a thread is rewritten to how the commitment stands now.

What is to be rewritten is on record, in the same commit as the change itself and as the reply that told it, and is worked out
from what is published and what was sent. So a rewrite may be late, come twice or fail without harm: what is worth a message
is told by one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from monitor.domain.brief_parts import Facts
from monitor.domain.card import Card, as_published, beside, card, others, status_told
from monitor.domain.rules import Rulebook
from monitor.errors import ChannelError
from monitor.outbox import PACE, backoff
from monitor.store import Store, cases, queue, threads
from monitor.store.codec import from_json
from monitor.store.tables import Item, Thread

Updater = Callable[[Card], None]
"""Rewrites the message that a card stands on. Raises ChannelError."""

TRIES: Final = 6
"""So often a rewrite is tried; the next change is a new occasion."""


def refresh(
    store: Store, rulebook: Rulebook, channel: str, update: Updater, now: datetime, *, rng: Callable[[], float],
    stop: Callable[[], bool] = lambda: False,
) -> str:  # fmt: skip
    """Rewrite what is due in one channel, up to the first that fails; returns why it did, '' if none. Raises only StoreError."""
    while not stop() and (thread := _stale(store, channel, now)):
        trouble = _renew(store, rulebook, thread, update, now, rng())
        if trouble:
            return f"{thread.channel} {thread.to}, {thread.commitment}: {trouble}"
    return ""


def next_due(store: Store, channel: str) -> datetime | None:
    """When the next rewrite in a channel may be made; None if none is due."""
    with store.read() as conn:
        return threads.next_stale(conn, channel)


def _stale(store: Store, channel: str, now: datetime) -> Thread | None:
    with store.read() as conn:
        return threads.stale(conn, channel, now)


def _renew(
    store: Store, rulebook: Rulebook, thread: Thread, update: Updater, now: datetime, chance: float
) -> str:  # fmt: skip
    """Rewrite the first message of one thread; returns why that failed, '' if it did not."""
    again, trouble = None, ""
    try:
        shown = _card(store, rulebook, thread, now)
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


def _card(store: Store, rulebook: Rulebook, thread: Thread, now: datetime) -> Card | None:
    """What the first message is to say; None while it alone tells all there is to tell."""
    with store.read() as conn:
        said = [(item.number, from_json(item.payload)) for item in threads.said(conn, thread)]
        made = card(thread.channel, thread.to, thread.ref, said)
        if made is None:
            return None
        names = others(made.first, thread.commitment)
        published = cases.published_at(conn, now, [thread.commitment, *names])
        there = threads.there(conn, thread, made.told[0].number)
    verdicts = {name: record.verdict for name, record in published.items()}
    verdict, commitment = verdicts.get(thread.commitment), rulebook.commitments.get(thread.commitment)
    if verdict is None or commitment is None:
        return made if len(made.told) > 1 else None
    facts = Facts({}, {}, rulebook.publishers, rulebook.policy, now, made.now.zone)
    present = as_published(made.now, verdict, commitment, facts, _last_told(there, thread.commitment))
    return replace(made, now=present, beside=beside(names, verdicts, rulebook.commitments, facts.zone))


def _last_told(there: Sequence[Item], commitment: str) -> str:
    """The status that the latest of these messages to name the commitment gave it."""
    statuses = (status_told(from_json(item.payload), commitment) for item in reversed(there))
    return next(filter(None, statuses), "")
