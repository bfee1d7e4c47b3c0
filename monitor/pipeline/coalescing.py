"""Coalescing: messages that wait become one summary, without changes that have been reversed.

Messages wait for the end of quiet hours or for the evening; a message that does not wait takes the waiting ones along.
Each review that adds or removes waiting messages rebuilds the summary in its own write, so nothing has to happen when
the time has come. A single held message stays as it is, and so does a correction.

On a route with approval the same happens at any hour to an undecided message and the changes that continue it: an
editor decides on the present state, and a report that is withdrawn in the meantime leaves nothing to decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.domain.alerts.announce import route_message
from monitor.domain.alerts.recipients import quiet_until
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import Message, Route, Transition
from monitor.domain.verdicts.net_changes import NetChange, is_resolved, net_changes, without_resolved
from monitor.domain.verdicts.standing import most_important
from monitor.pipeline.message_rows import ReviewContext, build_row
from monitor.store import Connection, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from monitor.store.outbox import NewOutboxItem
from monitor.store.tables import Item

COALESCED_KINDS = ("alert", "confirmation", "summary")
MAX_HOLD = timedelta(days=1)
"""Quiet hours are not longer: they begin and end at an hour of the day. (An editor may take longer.)"""

NewMessage = tuple[Message, NewOutboxItem]


@dataclass(frozen=True, slots=True)
class CoalescedMessages:
    """Result for one route. superseded: numbers of the held rows that this replaces; cancelled: ids of messages that
    are not queued separately; row: the summary, None if nothing is left to report or one of the messages stays."""

    superseded: tuple[int, ...] = ()
    cancelled: frozenset[str] = frozenset()
    row: NewOutboxItem | None = None


def coalesce(
    conn: Connection, context: ReviewContext, new: Sequence[NewMessage], recorded: Sequence[Transition]
) -> tuple[CoalescedMessages, ...]:
    """Join waiting and new messages of each route. recorded: all changes of this review.

    1. Find the held rows whose changes are all recorded, and the new messages of the route (with approval: of one of
       its threads).
    2. Compute the net changes; drop those that cancel out or are resolved.
    3. Keep a message that already reports everything left; otherwise write one summary in place of all.
    """
    now, hours, routes = context.now, context.rulebook.policy.held_hours, context.routes
    since = now - max(MAX_HOLD, timedelta(hours=hours if any(route.approval for route in routes) else 0))
    rows = [
        row
        for row in outbox_store.items(conn, ("waiting", "held"), since=since)
        if row.kind in COALESCED_KINDS and row.decided_at is None and not row.attempts
        if row.state == "held" or (row.not_before is not None and row.not_before > now)
    ]
    names = {row.commitment for row in rows} | {message.commitment for message, _ in new}
    groups = [(r, about) for r in routes for about in ([{name} for name in sorted(names)] if r.approval else [names])]
    known = {t.id: t for t in (*verdict_records.transitions(conn, since, now), *recorded)}
    coalesced = []
    for route, about in groups:
        mine = [row for row in rows if (row.route, row.state == "held") == (route.name, route.approval)]
        waiting = [row for row in mine if row.commitment in about and known.keys() >= {*row.transitions}]
        waiting = _concerned(waiting, known, recorded) if route.approval else waiting
        due = [pair for pair in new if (pair[0].route, pair[0].held) == (route.name, route.approval)]
        added = [pair for pair in due if pair[0].commitment in about]
        if not waiting and all(message.not_before is None for message, _ in added):
            continue
        # Candidates for a summary: held messages, new ones, and corrections of held messages.
        shown = {key for row in waiting for key in row.evidence}
        fresh = [m for m, row in added if m.kind in COALESCED_KINDS or shown & {*row.evidence}]
        sources = [row.transitions for row in waiting] + [tuple(t.id for t in m.transitions) for m in fresh]
        pending = dict.fromkeys(key for source in sources for key in source)
        others = {t.id: None for t in recorded if t.id not in pending}
        moves = sorted((known[key] for key in pending | others), key=lambda t: t.at)
        nets = [net for net in net_changes(moves) if pending.keys() & {*net.of}]
        if any(others.keys() & {*net.of} for net in nets) or (fresh and len(sources) > 1):
            coalesced.append(_replacement(conn, context, route, waiting, added, fresh, sources, nets))
    return tuple(coalesced)


def _concerned(
    undecided: Sequence[Item], known: Mapping[str, Transition], recorded: Sequence[Transition]
) -> list[Item]:
    """The undecided messages that a recorded change continues, reverses, confirms or withdraws. Others on the same
    commitment are events of their own."""
    ids = {t.id for t in recorded}
    earlier = (known[key] for row in undecided for key in row.transitions)
    nets = net_changes(sorted({t.id: t for t in (*earlier, *recorded)}.values(), key=lambda t: t.at))
    joined = {key for net in nets if ids & {*net.of} for key in net.of}
    shown = {key for t in recorded for key in (*t.evidence, *t.reason.signals)}
    return [row for row in undecided if joined & {*row.transitions} or shown & {*row.evidence}]


def _replacement(
    conn: Connection,
    context: ReviewContext,
    route: Route,
    held: Sequence[Item],
    new: Sequence[NewMessage],
    fresh: Sequence[Message],
    sources: Sequence[tuple[str, ...]],
    net: Sequence[NetChange],
) -> CoalescedMessages:
    """One message in place of the pending ones of a route; one of them stays if it already reports everything left.
    fresh: new ones that may become part of it; sources: the changes of each candidate; net: their net changes."""
    verdicts, used = context.verdicts, {key for change in net for key in change.of}
    nets = [n for n in net if not (n.is_cancelled_out or is_resolved(n, verdicts[n.move.commitment]))]
    reported = tuple(key for net in nets for key in net.of)
    stays, left = None, {*reported}
    if left and all(len(net.of) == 1 for net in nets):
        stays = next((source for source in sources if {*source} == left), None)
    superseded = tuple(row.number for row in held if row.transitions != stays)
    cancelled = set()
    for message, _ in new:
        ids = tuple(t.id for t in message.transitions)
        if ids != stays and used >= {*ids}:
            cancelled.add(message.id)
    if stays is not None or not left:
        return CoalescedMessages(superseded, frozenset(cancelled))
    moves = tuple(without_resolved(net.move, verdicts[net.move.commitment]) for net in nets)
    parts = [*(row.message_id for row in held), *(message.id for message, _ in new)]
    # Notes of messages that are still partly reported.
    briefs = [from_json(row.payload) for row in held if left & {*row.transitions}]
    notes = [brief.note for brief in briefs if isinstance(brief, AlertBrief)]
    notes += [message.note for message in fresh if left & {t.id for t in message.transitions}]
    kind = "summary" if len(moves) > 1 else "alert"
    times = [message.not_before for message in fresh] + [row.not_before for row in held]
    not_before = quiet_until(route, context.now)
    if not_before is None and not route.approval and None not in times:
        not_before = min(filter(None, times))
    key, thread = (*sorted(parts), *sorted(used)), most_important(moves).commitment
    note = " ".join(dict.fromkeys(filter(None, notes)))
    message = route_message(route, kind, key, moves, thread, context.now, note=note, not_before=not_before)
    row = build_row(conn, context, message)
    return CoalescedMessages(superseded, frozenset(cancelled), replace(row, transitions=reported))
