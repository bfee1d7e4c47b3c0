"""Messages as outbox rows, with their quoted evidence, and the log of sent messages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.alert import alert_brief
from monitor.domain.messages.briefs import AlertBrief, EvidenceLine, EvidenceSection, Footer, Headline
from monitor.domain.messages.context import RenderContext
from monitor.domain.model import FURTHER_EVIDENCE, NOTICE, Direction, Message, Route, Signal, Story, Transition, Verdict
from monitor.domain.verdicts import evidence
from monitor.store import Connection, signals, stories, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import dump
from monitor.store.outbox import NewOutboxItem

MAX_HISTORY = 200
"""Changes shown in a status timeline: more than one in two days for a year, an estimate."""
SENT_LOG_WINDOW = timedelta(days=45)
"""Length of the sent log: the lifetime of signals (policy's `live_days`)."""
UNSENT_STATES = frozenset({"held", "expired", "dead"})


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """The context of one review. routes: possible receivers; verdicts: as published after the review."""

    rulebook: Rulebook
    routes: tuple[Route, ...]
    now: datetime
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageBuilder:
    """The data for the messages of one review. history: of the commitments named, oldest first for each."""

    context: ReviewContext
    signals: Mapping[str, Signal]
    stories: Mapping[str, Story]
    history: Sequence[Transition]

    def build_row(self, message: Message) -> NewOutboxItem:
        """The row of one message. Raises RenderError if there is nothing to show."""
        rulebook, now = self.context.rulebook, self.context.now
        route = next(route for route in self.context.routes if route.name == message.route)
        known, rules = (self.signals, self.stories, rulebook.publishers, rulebook.policy), rulebook.rules
        rendering = RenderContext(
            *known, now, route.zone, rulebook.parties, rules, rulebook.commitments, self.context.verdicts
        )
        brief = alert_brief(message, rendering, route, self.history)
        # A follow-up reports no change: only the signals that it adds count as sent.
        moves = () if message.kind == FURTHER_EVIDENCE else message.transitions
        shown = (*(key for t in moves for key in t.evidence), *message.supporting)
        ids, evidence = tuple(t.id for t in moves), tuple(dict.fromkeys(shown))
        held_until = now + timedelta(hours=rulebook.policy.held_hours) if message.held else None
        head = (message.id, message.kind, message.route, message.channel, message.to, message.commitment)
        return NewOutboxItem(*head, dump(brief), ids, evidence, message.not_before, held_until)


def message_builder(conn: Connection, context: ReviewContext, messages: Iterable[Message]) -> MessageBuilder:
    """Reads the data of these messages: their signals, including retired ones, and past changes."""
    verdicts = context.verdicts
    names: dict[str, None] = {}
    ids: set[str] = set()
    for message in messages:
        names |= dict.fromkeys(t.commitment for t in message.transitions)
        ids.update(message.supporting, *map(evidence.transition_evidence, message.transitions))
    ids.update(*(evidence.verdict_evidence(verdicts[name]) for name in names if name in verdicts))
    quoted = signals.by_ids(conn, ids)
    past = [
        move for name in names for move in verdict_records.transitions(conn, commitments=[name], newest=MAX_HISTORY)
    ]
    reported = stories.by_ids(conn, {signal.story for signal in quoted.values()})
    return MessageBuilder(context, quoted, reported, past)


def notice_id(key: str) -> str:
    """The message id of a notice: a key is sent once."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def notice_row(
    to: Route,
    key: str,
    headline: Headline,
    evidence: Sequence[EvidenceLine],
    footer: Footer,
    *,
    now: datetime,
    note: str,
    confidence: str,
    remedy: str,
    direction: Direction = Direction.OTHER,
    shown_signals: tuple[str, ...] = (),
    quiet: datetime | None = None,
    zone: str = "UTC",
) -> NewOutboxItem:
    """The row of a notice: a message without a change, sent once per `key`. quiet: the end of present quiet hours."""
    brief = AlertBrief(
        message_id=notice_id(key),
        kind=NOTICE,
        commitment="",
        direction=direction.value,
        at=now,
        as_of=now,
        headline=headline,
        evidence=EvidenceSection(tuple(evidence)),
        footer=footer,
        note=note,
        confidence=confidence,
        next=remedy,
        zone=zone,
    )
    place = (to.name, to.channel, to.to)
    return NewOutboxItem(brief.message_id, NOTICE, *place, "", dump(brief), evidence=shown_signals, not_before=quiet)


def sent_log(conn: Connection, now: datetime) -> SentLog:
    """The sent messages, as far back as cool-downs, repeats and corrections need them."""
    return SentLog(outbox_store.sent_since(conn, now - SENT_LOG_WINDOW, but=UNSENT_STATES))
