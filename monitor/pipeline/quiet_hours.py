"""Quiet hours: what waits for their end waits as one summary, without what has turned back meanwhile.

It is put together anew by each review that adds to it or takes from it, in the write of that review, so that nothing has to
happen at the end of the quiet hours: the row is there and its time comes. A message that stays alone stays as it is. What
corrects or confirms something told before the quiet hours goes into its own thread, and waits by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.alerts.quiet_hours import quiet_until
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.alert import AlertBrief
from monitor.domain.model import Message, Route, Transition, Verdict
from monitor.domain.verdicts.net_changes import NetChange, is_resolved, net_changes, without_resolved
from monitor.domain.verdicts.severity import most_important
from monitor.pipeline.message_rows import message_builder
from monitor.store import Connection, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from monitor.store.outbox import NewOutboxItem
from monitor.store.tables import Item

COALESCED_KINDS = ("alert", "summary")
MAX_HOLD = timedelta(days=1)
"""No quiet hours are longer."""

NewMessage = tuple[Message, NewOutboxItem]


@dataclass(frozen=True, slots=True)
class CoalescedMessages:
    """What becomes of the messages to one route. retired: rows that this replaces, by number; dropped: messages of this review
    that are not queued by themselves; row: the summary, None if nothing is left to tell or one of the messages stays."""

    superseded: tuple[int, ...] = ()
    cancelled: frozenset[str] = frozenset()
    row: NewOutboxItem | None = None


def coalesce(
    conn: Connection, rulebook: Rulebook, routes: Sequence[Route], now: datetime, verdicts: Mapping[str, Verdict],
    new: Sequence[NewMessage], found: Sequence[Transition],
) -> tuple[CoalescedMessages, ...]:  # fmt: skip
    """By route in quiet hours: what waits and what this review adds as one. found: all that this review has recorded."""
    resting = [route for route in routes if quiet_until(route, now) is not None]
    rows = outbox_store.items(conn, ("waiting",), since=now - MAX_HOLD) if resting else ()
    known = {t.id: t for t in (*verdict_records.transitions(conn, now - MAX_HOLD, now), *found)} if resting else {}
    made = []
    for route in resting:
        table = _PendingMessages(
            route, now,
            tuple(row for row in rows if row.route == route.name and _waits(row, now) and known.keys() >= {*row.transitions}),
            tuple(pair for pair in new if pair[0].route == route.name and not pair[0].held),
        )  # fmt: skip
        fold = table.fold(known, found, verdicts)
        if fold is not None:
            made.append(_written(conn, rulebook, route, now, verdicts, table, fold))
    return tuple(made)


def _waits(row: Item, now: datetime) -> bool:
    return row.kind in COALESCED_KINDS and not row.attempts and row.not_before is not None and row.not_before > now


def replace_rows(conn: Connection, found: Sequence[CoalescedMessages]) -> bool:
    """Take the rows out that were folded; False if one of them has changed since it was read."""
    numbers = [number for fold in found for number in fold.superseded]
    return not numbers or outbox_store.reset_rows(conn, numbers, ("waiting",), "expired") == len(numbers)


@dataclass(frozen=True, slots=True)
class _PendingMessages:
    """What lies before one route: rows that wait, and messages of this review."""

    route: Route
    now: datetime
    rows: tuple[Item, ...]
    new: tuple[NewMessage, ...]

    @property
    def fresh(self) -> tuple[NewMessage, ...]:
        """Those that may become part of it: what is new, and what confirms or corrects something that waits."""
        waits = {key for row in self.rows for key in row.evidence}
        return tuple(pair for pair in self.new if pair[0].kind in COALESCED_KINDS or waits & {*pair[1].evidence})

    def sources(self) -> list[tuple[str, ...]]:
        """The changes of each message that may become one, in order."""
        return [row.transitions for row in self.rows] + [tuple(t.id for t in m.transitions) for m, _ in self.fresh]

    def fold(
        self, known: dict[str, Transition], found: Sequence[Transition], verdicts: Mapping[str, Verdict]
    ) -> _SelectedChanges | None:
        """What is left to tell; None if what waits stays as it is."""
        told = dict.fromkeys(key for source in self.sources() for key in source)
        added = {t.id: None for t in found if t.id not in told}
        moves = sorted((known[key] for key in told | added), key=lambda t: t.at)
        nets = [net for net in net_changes(moves) if told.keys() & {*net.of}]
        if not any(added.keys() & {*net.of} for net in nets) and (not self.fresh or len(self.sources()) < 2):
            return None
        left = (net for net in nets if not (net.is_cancelled_out or is_resolved(net, verdicts[net.move.commitment])))
        return _SelectedChanges(tuple(left), frozenset(key for net in nets for key in net.of))


@dataclass(frozen=True, slots=True)
class _SelectedChanges:
    """The changes still to tell, and the ids of all that they came from."""

    kept: tuple[NetChange, ...]
    used: frozenset[str]

    def alone(self, sources: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
        """The one message that already says all that is left, as it is."""
        if any(len(net.of) > 1 for net in self.kept):
            return None
        left = {key for net in self.kept for key in net.of}
        return next((source for source in sources if left and {*source} == left), None)


def _written(
    conn: Connection, rulebook: Rulebook, route: Route, now: datetime, verdicts: Mapping[str, Verdict], table: _PendingMessages,
    chosen: _SelectedChanges,
) -> CoalescedMessages:  # fmt: skip
    stays = chosen.alone(table.sources())
    replaced = tuple(row.number for row in table.rows if row.transitions != stays)
    dropped = frozenset(
        message.id
        for message, _ in table.new
        if (ids := tuple(t.id for t in message.transitions)) != stays and chosen.used >= {*ids}
    )
    if stays is not None or not chosen.kept:
        return CoalescedMessages(replaced, dropped)
    message = _summary(route, now, verdicts, table, chosen)
    row = message_builder(conn, rulebook, (route,), now, verdicts, message.transitions).build_row(message)
    return CoalescedMessages(
        replaced, dropped, replace(row, transitions=tuple(key for net in chosen.kept for key in net.of))
    )


def _summary(
    route: Route, now: datetime, verdicts: Mapping[str, Verdict], table: _PendingMessages, chosen: _SelectedChanges
) -> Message:  # fmt: skip
    moves = tuple(without_resolved(net.move, verdicts[net.move.commitment]) for net in chosen.kept)
    parts = [*(row.message_id for row in table.rows), *(message.id for message, _ in table.new)]
    key = "|".join((route.name, *sorted(parts), *sorted(chosen.used)))
    start, end = route.quiet or ("", "")
    held = f"Held back in quiet hours, {start} to {end} ({route.zone})."
    return Message(
        id=hashlib.blake2b(key.encode(), digest_size=8).hexdigest(),
        kind="summary" if len(moves) > 1 else "alert", route=route.name, channel=route.channel, to=route.to,
        transitions=moves, commitment=most_important(moves).commitment, at=now, not_before=quiet_until(route, now),
        note=" ".join(dict.fromkeys(filter(None, _notes(table, chosen)))), waited=held if len(moves) > 1 else "",
    )  # fmt: skip


def _notes(table: _PendingMessages, chosen: _SelectedChanges) -> list[str]:
    """What the messages of which something is left said of themselves."""
    left = {key for net in chosen.kept for key in net.of}
    briefs = [from_json(row.payload) for row in table.rows if left & {*row.transitions}]
    fresh = [message.note for message, _ in table.fresh if left & {t.id for t in message.transitions}]
    return [*(brief.own_note for brief in briefs if isinstance(brief, AlertBrief)), *fresh]
