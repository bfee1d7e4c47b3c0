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

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.evidence_lines import RenderContext
from monitor.domain.messages.thread_card import (
    StatusCard,
    build_card,
    current_status,
    related_commitments,
    related_statuses,
    reported_status,
)
from monitor.errors import ChannelError
from monitor.pipeline.delivery import MIN_SEND_INTERVAL, backoff
from monitor.store import Store, threads, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from monitor.store.tables import Item, Thread

MessageEditor = Callable[[StatusCard], None]
"""Rewrites the message that a card stands on. Raises ChannelError."""

MAX_EDIT_ATTEMPTS: Final = 6
"""So often a rewrite is tried; the next change is a new occasion."""


def update_stale_threads(
    store: Store, rulebook: Rulebook, channel: str, update: MessageEditor, now: datetime, *, rng: Callable[[], float],
    stop: Callable[[], bool] = lambda: False,
) -> str:  # fmt: skip
    """Rewrite what is due in one channel, up to the first that fails; returns why it did, '' if none. Raises only StoreError."""
    while not stop() and (thread := _next_stale_thread(store, channel, now)):
        trouble = _update_first_message(store, rulebook, thread, update, now, rng())
        if trouble:
            return f"{thread.channel} {thread.to}, {thread.commitment}: {trouble}"
    return ""


def next_edit_at(store: Store, channel: str) -> datetime | None:
    """When the next rewrite in a channel may be made; None if none is due."""
    with store.read() as conn:
        return threads.next_refresh_at(conn, channel)


def _next_stale_thread(store: Store, channel: str, now: datetime) -> Thread | None:
    with store.read() as conn:
        return threads.next_outdated_thread(conn, channel, now)


def _update_first_message(
    store: Store, rulebook: Rulebook, thread: Thread, update: MessageEditor, now: datetime, chance: float
) -> str:  # fmt: skip
    """Rewrite the first message of one thread; returns why that failed, '' if it did not."""
    again, trouble = None, ""
    try:
        shown = _current_card(store, rulebook, thread, now)
        if shown is not None:
            update(shown)
    except ChannelError as error:
        trouble = str(error)
        if not (error.permanent or error.broken) and thread.tries + 1 < MAX_EDIT_ATTEMPTS:
            again = now + backoff(thread.tries, error.retry_after, chance)
    except Exception as error:  # noqa: BLE001 - whatever a payload or a layout raises, the alerts go on
        trouble = type(error).__name__
    with store.begin() as conn:
        threads.mark_refreshed(conn, thread, again)
        outbox_store.rate_limit(conn, thread.channel, thread.to, now + MIN_SEND_INTERVAL.get(thread.channel, now - now))
    return trouble


def _current_card(store: Store, rulebook: Rulebook, thread: Thread, now: datetime) -> StatusCard | None:
    """What the first message is to say; None while it alone tells all there is to tell."""
    with store.read() as conn:
        said = [(item.number, from_json(item.payload)) for item in threads.thread_messages(conn, thread)]
        made = build_card(thread.channel, thread.to, thread.ref, said)
        if made is None:
            return None
        names = related_commitments(made.first, thread.commitment)
        published = verdict_records.published_at(conn, now, [thread.commitment, *names])
        there = threads.place_messages(conn, thread, made.told[0].number)
    verdicts = {name: record.verdict for name, record in published.items()}
    verdict, commitment = verdicts.get(thread.commitment), rulebook.commitments.get(thread.commitment)
    if verdict is None or commitment is None:
        return made if len(made.told) > 1 else None
    facts = RenderContext({}, {}, rulebook.publishers, rulebook.policy, now, made.now.zone)
    present = current_status(made.now, verdict, commitment, facts, _last_reported_status(there, thread.commitment))
    return replace(made, now=present, beside=related_statuses(names, verdicts, rulebook.commitments, facts.zone))


def _last_reported_status(there: Sequence[Item], commitment: str) -> str:
    """The status that the latest of these messages to name the commitment gave it."""
    statuses = (reported_status(from_json(item.payload), commitment) for item in reversed(there))
    return next(filter(None, statuses), "")
