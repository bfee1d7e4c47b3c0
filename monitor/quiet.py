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

from monitor.domain.announce import quiet_until
from monitor.domain.brief import AlertBrief
from monitor.domain.leading import lead
from monitor.domain.model import Message, Route, Transition, Verdict
from monitor.domain.netting import Net, as_it_stands, netted, settled
from monitor.domain.rules import Rulebook
from monitor.store import Connection, cases, queue
from monitor.store.codec import from_json
from monitor.store.queue import NewItem
from monitor.store.tables import Item
from monitor.writing import writer

FOLDED = ("alert", "summary")
LONGEST = timedelta(days=1)
"""No quiet hours are longer."""

New = tuple[Message, NewItem]


@dataclass(frozen=True, slots=True)
class Fold:
    """What becomes of the messages to one route. retired: rows that this replaces, by number; dropped: messages of this review
    that are not queued by themselves; row: the summary, None if nothing is left to tell or one of the messages stays."""

    retired: tuple[int, ...] = ()
    dropped: frozenset[str] = frozenset()
    row: NewItem | None = None


def folds(
    conn: Connection, rulebook: Rulebook, routes: Sequence[Route], now: datetime, verdicts: Mapping[str, Verdict],
    new: Sequence[New], found: Sequence[Transition],
) -> tuple[Fold, ...]:  # fmt: skip
    """By route in quiet hours: what waits and what this review adds as one. found: all that this review has recorded."""
    resting = [route for route in routes if quiet_until(route, now) is not None]
    rows = queue.items(conn, ("waiting",), since=now - LONGEST) if resting else ()
    known = {t.id: t for t in (*cases.transitions(conn, now - LONGEST, now), *found)} if resting else {}
    made = []
    for route in resting:
        table = _Table(
            route, now,
            tuple(row for row in rows if row.route == route.name and _waits(row, now) and known.keys() >= {*row.transitions}),
            tuple(pair for pair in new if pair[0].route == route.name and not pair[0].held),
        )  # fmt: skip
        fold = table.fold(known, found, verdicts)
        if fold is not None:
            made.append(_written(conn, rulebook, route, now, verdicts, table, fold))
    return tuple(made)


def _waits(row: Item, now: datetime) -> bool:
    return row.kind in FOLDED and not row.attempts and row.not_before is not None and row.not_before > now


def retire(conn: Connection, found: Sequence[Fold]) -> bool:
    """Take the rows out that were folded; False if one of them has changed since it was read."""
    numbers = [number for fold in found for number in fold.retired]
    return not numbers or queue.move(conn, numbers, ("waiting",), "expired") == len(numbers)


@dataclass(frozen=True, slots=True)
class _Table:
    """What lies before one route: rows that wait, and messages of this review."""

    route: Route
    now: datetime
    rows: tuple[Item, ...]
    new: tuple[New, ...]

    @property
    def fresh(self) -> tuple[New, ...]:
        """Those that may become part of it: what is new, and what confirms or corrects something that waits."""
        waits = {key for row in self.rows for key in row.evidence}
        return tuple(pair for pair in self.new if pair[0].kind in FOLDED or waits & {*pair[1].evidence})

    def sources(self) -> list[tuple[str, ...]]:
        """The changes of each message that may become one, in order."""
        return [row.transitions for row in self.rows] + [tuple(t.id for t in m.transitions) for m, _ in self.fresh]

    def fold(
        self, known: dict[str, Transition], found: Sequence[Transition], verdicts: Mapping[str, Verdict]
    ) -> _Chosen | None:
        """What is left to tell; None if what waits stays as it is."""
        told = dict.fromkeys(key for source in self.sources() for key in source)
        added = {t.id: None for t in found if t.id not in told}
        moves = sorted((known[key] for key in told | added), key=lambda t: t.at)
        nets = [net for net in netted(moves) if told.keys() & {*net.of}]
        if not any(added.keys() & {*net.of} for net in nets) and (not self.fresh or len(self.sources()) < 2):
            return None
        left = (net for net in nets if not (net.turned_back or settled(net, verdicts[net.move.commitment])))
        return _Chosen(tuple(left), frozenset(key for net in nets for key in net.of))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The changes still to tell, and the ids of all that they came from."""

    kept: tuple[Net, ...]
    used: frozenset[str]

    def alone(self, sources: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
        """The one message that already says all that is left, as it is."""
        if any(len(net.of) > 1 for net in self.kept):
            return None
        left = {key for net in self.kept for key in net.of}
        return next((source for source in sources if left and {*source} == left), None)


def _written(
    conn: Connection, rulebook: Rulebook, route: Route, now: datetime, verdicts: Mapping[str, Verdict], table: _Table,
    chosen: _Chosen,
) -> Fold:  # fmt: skip
    stays = chosen.alone(table.sources())
    replaced = tuple(row.number for row in table.rows if row.transitions != stays)
    dropped = frozenset(
        message.id
        for message, _ in table.new
        if (ids := tuple(t.id for t in message.transitions)) != stays and chosen.used >= {*ids}
    )
    if stays is not None or not chosen.kept:
        return Fold(replaced, dropped)
    message = _summary(route, now, verdicts, table, chosen)
    row = writer(conn, rulebook, (route,), now, verdicts, message.transitions).row(message)
    return Fold(replaced, dropped, replace(row, transitions=tuple(key for net in chosen.kept for key in net.of)))


def _summary(
    route: Route, now: datetime, verdicts: Mapping[str, Verdict], table: _Table, chosen: _Chosen
) -> Message:  # fmt: skip
    moves = tuple(as_it_stands(net.move, verdicts[net.move.commitment]) for net in chosen.kept)
    parts = [*(row.message_id for row in table.rows), *(message.id for message, _ in table.new)]
    key = "|".join((route.name, *sorted(parts), *sorted(chosen.used)))
    start, end = route.quiet or ("", "")
    held = f"Held back in quiet hours, {start} to {end} ({route.zone})."
    return Message(
        id=hashlib.blake2b(key.encode(), digest_size=8).hexdigest(),
        kind="summary" if len(moves) > 1 else "alert", route=route.name, channel=route.channel, to=route.to,
        transitions=moves, commitment=lead(moves).commitment, at=now, not_before=quiet_until(route, now),
        note=" ".join(dict.fromkeys(filter(None, _notes(table, chosen)))), waited=held if len(moves) > 1 else "",
    )  # fmt: skip


def _notes(table: _Table, chosen: _Chosen) -> list[str]:
    """What the messages of which something is left said of themselves."""
    left = {key for net in chosen.kept for key in net.of}
    briefs = [from_json(row.payload) for row in table.rows if left & {*row.transitions}]
    fresh = [message.note for message, _ in table.fresh if left & {t.id for t in message.transitions}]
    return [*(brief.own_note for brief in briefs if isinstance(brief, AlertBrief)), *fresh]
