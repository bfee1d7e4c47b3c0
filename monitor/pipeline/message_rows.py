"""Messages as outbox rows, with their quoted evidence, and the log of sent messages."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.alert import alert_brief
from monitor.domain.messages.context import RenderContext
from monitor.domain.model import Kind, Message, Route, Verdict
from monitor.domain.verdicts import evidence
from monitor.store import Connection, signals, stories, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import dump
from monitor.store.outbox import NewOutboxItem

MAX_HISTORY = 200
"""Changes shown in a status timeline: more than one in two days for a year, an estimate."""
SENT_LOG_WINDOW = timedelta(days=45)
"""Length of the sent log: the lifetime of signals (policy's `live_days`)."""
UNSENT_STATES = frozenset({"held", "dropped", "expired", "dead"})


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """The context of one review. routes: possible receivers; verdicts: as published after the review."""

    rulebook: Rulebook
    routes: tuple[Route, ...]
    now: datetime
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


def build_row(conn: Connection, context: ReviewContext, message: Message) -> NewOutboxItem:
    """The row of one message, from its signals, including retired ones, and past changes. Raises RenderError if there
    is nothing to show."""
    rulebook, now, verdicts = context.rulebook, context.now, context.verdicts
    route = next(route for route in context.routes if route.name == message.route)
    names = dict.fromkeys(t.commitment for t in message.transitions)
    ids = {*message.supporting}.union(*map(evidence.transition_evidence, message.transitions))
    talks = [each.id for each in rulebook.commitments.values() if each.kind is Kind.SERIES]  # meetings come next
    ids.update(*(evidence.all_evidence(verdicts[name]) for name in (*names, *talks) if name in verdicts))
    quoted = signals.by_ids(conn, ids)
    history = [
        move for name in names for move in verdict_records.transitions(conn, commitments=[name], newest=MAX_HISTORY)
    ]
    since = dict.fromkeys(names, now - timedelta(days=rulebook.policy.corroborate_days))
    lately = signals.by_commitment_after(conn, since)  # who has spoken is not silent, and who reports the act counts
    quoted = {s.id: s for own in lately.values() for s in own} | quoted
    reported = stories.by_ids(conn, {signal.story for signal in quoted.values()})
    known, rules = (quoted, reported, rulebook.publishers, rulebook.policy), rulebook.rules
    rendering = RenderContext(*known, now, route.zone, rulebook.parties, rules, rulebook.commitments, verdicts)
    brief = alert_brief(message, rendering, route, history)
    shown = (*(key for t in message.transitions for key in t.evidence), *message.supporting)
    held_until = now + timedelta(hours=rulebook.policy.held_hours) if message.held else None
    head = (message.id, message.kind, message.route, message.channel, message.to, message.commitment)
    told = (tuple(t.id for t in message.transitions), tuple(dict.fromkeys(shown)))
    return NewOutboxItem(*head, dump(brief), *told, message.not_before, held_until)


def notice_id(key: str) -> str:
    """The message id of a notice: a key is sent once."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def sent_log(conn: Connection, now: datetime, pending: Collection[str] = ()) -> SentLog:
    """The sent messages, as far back as cool-downs, repeats and corrections need them. pending: routes with approval,
    whose held messages count too: what follows on them waits with them, or replaces them."""
    return SentLog(outbox_store.sent_since(conn, now - SENT_LOG_WINDOW, but=UNSENT_STATES, pending=pending))
