"""Messages made into rows of the outbox, with all that they may quote and show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.alert import alert_brief
from monitor.domain.messages.evidence_lines import RenderContext
from monitor.domain.model import FURTHER_EVIDENCE, Message, Route, Signal, Story, Transition, Verdict
from monitor.domain.verdicts import evidence_refs
from monitor.store import Connection, signals, stories, verdict_records
from monitor.store.json_codec import to_json
from monitor.store.outbox import NewOutboxItem

MAX_HISTORY = 200
"""Changes of a commitment that its status strip is drawn from."""


@dataclass(frozen=True, slots=True)
class MessageBuilder:
    """What the messages of one moment are written from. history: of the commitments told of, oldest first for each."""

    rulebook: Rulebook
    routes: Sequence[Route]
    now: datetime
    verdicts: Mapping[str, Verdict]
    signals: Mapping[str, Signal]
    stories: Mapping[str, Story]
    history: Sequence[Transition]

    def build_row(self, message: Message) -> NewOutboxItem:
        """The row of one message. Raises RenderError where there is nothing to show."""
        book, route = self.rulebook, next(route for route in self.routes if route.name == message.route)
        context = RenderContext(
            self.signals,
            self.stories,
            book.publishers,
            book.policy,
            self.now,
            route.zone,
            rules=book.rules,
            commitments=book.commitments,
            verdicts=self.verdicts,
        )
        brief = alert_brief(message, context, route, self.history)
        told, further = (key for t in message.transitions for key in t.evidence), message.kind == FURTHER_EVIDENCE
        held = timedelta(hours=self.rulebook.policy.held_hours)
        return NewOutboxItem(
            message.id, message.kind, message.route, message.channel, message.to, message.commitment, to_json(brief),
            transitions=() if further else tuple(t.id for t in message.transitions),
            evidence=tuple(dict.fromkeys((*(() if further else told), *message.also))),
            not_before=message.not_before, held_until=self.now + held if message.held else None,
        )  # fmt: skip


def message_builder(
    conn: Connection, rulebook: Rulebook, routes: Sequence[Route], now: datetime, verdicts: Mapping[str, Verdict],
    told: Iterable[Transition], also: Iterable[str] = (),
) -> MessageBuilder:  # fmt: skip
    """For messages about these changes: their evidence, signals that no longer count included, and past changes.

    also: signals beside the evidence that the messages tell of.
    """
    told = tuple(told)
    names = dict.fromkeys(t.commitment for t in told)
    ids = {key for t in told for key in evidence_refs.transition_evidence(t)}
    ids |= {*also} | {
        key for name in names if name in verdicts for key in evidence_refs.verdict_evidence(verdicts[name])
    }
    quoted = signals.by_ids(conn, ids)
    past = [move for name in names for move in verdict_records.history(conn, [name], MAX_HISTORY)]
    heard = stories.by_ids(conn, {signal.story for signal in quoted.values()})
    return MessageBuilder(rulebook, routes, now, verdicts, quoted, heard, past)
