"""Thread headers: after each change, the first message of a Slack thread is edited to show the present status.

An outdated header is recorded in the same commit as the change; its content follows from published verdicts and sent
messages. So an edit may be late, happen twice or fail without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages import thread_card
from monitor.domain.messages.context import RenderContext
from monitor.domain.model import Commitment, DecisionInput, Verdict
from monitor.domain.text.labels import join_few
from monitor.domain.verdicts import supporting_evidence
from monitor.errors import ChannelError, StoreError
from monitor.pipeline.delivery import MIN_SEND_INTERVAL, backoff
from monitor.store import Connection, Store, signals, stories, threads, verdict_records
from monitor.store.json_codec import from_json
from monitor.store.tables import Thread

MessageEditor = Callable[[thread_card.StatusCard], None]
"""Edits the message that a card replaces. Raises ChannelError."""

MAX_EDIT_ATTEMPTS: Final = 6
"""Attempts at one edit, an estimate; the next change starts new ones."""


def update_stale_threads(
    store: Store,
    rulebook: Rulebook,
    channel: str,
    update: MessageEditor,
    now: datetime,
    *,
    rng: Callable[[], float],
    stop: Callable[[], bool] = lambda: False,
    approval: Collection[str] = (),
) -> str:
    """Make the due edits in one channel, up to the first failure; returns its error. Raises only StoreError. approval:
    destinations whose headers show only what was sent, because an editor approves that."""
    while not stop():
        with store.read() as conn:
            thread = threads.next_outdated_thread(conn, channel, now)
        if thread is None:
            break
        again, trouble = None, ""
        try:
            card = _current_card(store, rulebook, thread, now, as_sent=thread.to in approval)
            if card is not None:
                update(card)
        except ChannelError as error:
            trouble = str(error)
            if not (error.permanent or error.broken) and thread.tries + 1 < MAX_EDIT_ATTEMPTS:
                again = now + backoff(thread.tries, error.retry_after, rng())
        except StoreError:  # it is edited later
            raise
        except Exception as error:  # noqa: BLE001 - alerts continue, whatever a payload or a layout raises
            trouble = type(error).__name__
        pace = MIN_SEND_INTERVAL.get(thread.channel, timedelta())
        with store.begin() as conn:
            threads.mark_refreshed(conn, thread, again, now + pace)
        if trouble:
            return f"{thread.channel} {thread.to}, {thread.commitment}: {trouble}"
    return ""


def _current_card(
    store: Store, rulebook: Rulebook, thread: Thread, now: datetime, *, as_sent: bool
) -> thread_card.StatusCard | None:
    """The new content of the first message; None while it is the only message."""
    with store.read() as conn:
        sent = [(item.number, from_json(item.payload)) for item in threads.sent_messages(conn, thread)]
        card = thread_card.build_card(thread.channel, thread.to, thread.ref, sent)
        if card is None:
            return None
        concerned = dict.fromkeys((card.first.commitment, *(other.commitment for other in card.first.others)))
        names = [name for name in concerned if name != thread.commitment]
        published = verdict_records.published_at(conn, now, [thread.commitment, *names])
        in_place = threads.sent_messages(conn, thread, card.messages[0].number)
        verdicts = {name: record.verdict for name, record in published.items()}
        verdict, commitment = verdicts.get(thread.commitment), rulebook.commitments.get(thread.commitment)
        if verdict is None or commitment is None or as_sent:
            return card if len(card.messages) > 1 else None
        facts = RenderContext({}, {}, rulebook.publishers, rulebook.policy, now, card.now.zone, rulebook.parties)
        further = _further_outlets(conn, rulebook, commitment, verdict, facts)
    # The status of the commitment in the latest message to this address, in any thread.
    statuses = (thread_card.reported_status(from_json(item.payload), thread.commitment) for item in reversed(in_place))
    present = thread_card.current_status(card.now, verdict, commitment, facts, next(filter(None, statuses), ""))
    others = thread_card.related_statuses(names, verdicts, rulebook.commitments, facts.zone)
    sentence = f"Also reported by {join_few(further)}." if further else ""
    return replace(card, now=present, others=others, further=sentence)


def _further_outlets(
    conn: Connection, rulebook: Rulebook, commitment: Commitment, verdict: Verdict, facts: RenderContext
) -> tuple[str, ...]:
    """The outlets that reported the present status without moving it, one for each further source."""
    since = supporting_evidence.status_since(verdict) - timedelta(days=rulebook.policy.corroborate_days)
    found = signals.by_commitment_after(conn, {commitment.id: since})[commitment.id]
    reported = stories.by_ids(conn, {signal.story for signal in found})
    interventions = verdict_records.interventions(conn, (commitment.id,))
    acts = (*interventions.get("", ()), *interventions.get(commitment.id, ()))
    case = DecisionInput(commitment, verdict, found, acts, verdict)
    evidence = supporting_evidence.status_evidence(verdict)
    known = supporting_evidence.independent_sources(case, evidence, reported, rulebook).values()
    supporting = supporting_evidence.supporting_signals(case, reported, rulebook, facts.now)
    new = supporting_evidence.first_per_source(supporting, known)
    return tuple(dict.fromkeys(facts.outlet(s.source, s.url) for s in (reported[signal.story] for signal in new)))
