"""The outbox: messages by destination, their leases, and the result of each attempt.

Rows of one (channel, to) are sent in the order of their numbers. A row with a future `not_before` lets later rows pass
(quiet hours, a poison row); a lane with a future `not_before` waits as a whole (back-off, rate limit).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, or_, select, update

from monitor.domain.alerts import recipients
from monitor.domain.alerts.sent_log import Sent
from monitor.domain.model import NOTICE, route_config_name
from monitor.store.rows import insert_new, read, read_first, row_of, save_rows, upsert
from monitor.store.tables import ATTEMPT, BROKEN, DIGEST_SLOT, DIRTY, LANE, OUTBOX, Attempt, Item
from monitor.store.verdict_records import interventions

_OTHER = OUTBOX.alias("other")

Decided = Literal["waiting", "dropped"]
"""The state of a held message that a person has released or dropped."""
_TO_SEND = ("waiting", "uncertain")
UNSETTLED = (*_TO_SEND, "leased", "held")
"""States of messages that wait to be sent, released or expired."""
UNDECIDED = "nobody decided in time"
"""The error of a held message that expired."""
REPLACED = "a newer message took its place"
_UNCERTAIN_OUTCOMES = ("uncertain", "fault")
"""Outcomes of attempts whose message may have arrived."""


@dataclass(frozen=True, slots=True)
class NewOutboxItem:
    """A message for the outbox. held_until: it waits for a person until then, and expires."""

    message_id: str
    kind: str
    route: str
    channel: str
    to: str
    commitment: str
    payload: str
    transitions: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    not_before: datetime | None = None
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """The result of one attempt, and its consequences. outcome: sent, found, uncertain, failed, broken, permanent or
    fault. repeat: the message may have arrived. lane_until: the whole lane waits until then. failures: failed attempts
    in a row in the lane."""

    state: str
    outcome: str
    error: str = ""
    ref: str = ""
    thread: str = ""
    not_before: datetime | None = None
    repeat: bool = False
    lane_until: datetime | None = None
    failures: int = 0
    faults: int = 0


# ---------------------------------------------------------------- adding


def enqueue(conn: Connection, items: Iterable[NewOutboxItem], now: datetime) -> None:
    """Add messages. One with a known id is ignored, and so is one to an address that has unsubscribed from its route:
    every message passes here, also one made before the address unsubscribed."""
    new = tuple(items)
    if not new:
        return
    left = recipients.unsubscribed(interventions(conn, ()).get("", ()))
    wanted = (item for item in new if recipients.membership(item.route, item.to) not in left)
    states = ((item, "held" if item.held_until else "waiting") for item in wanted)
    insert_new(conn, OUTBOX, (row_of(OUTBOX, item, state=state, created_at=now) for item, state in states))


def enqueue_once(conn: Connection, slot: str, item: NewOutboxItem, now: datetime) -> bool:
    """Add the digest of one route and slot; False if it was made before."""
    made = (DIGEST_SLOT.c.route == item.route, DIGEST_SLOT.c.slot == slot)
    if conn.scalar(select(DIGEST_SLOT.c.slot).where(*made)) is not None:
        return False
    insert_new(conn, DIGEST_SLOT, [{"route": item.route, "slot": slot, "made_at": now}])
    enqueue(conn, [item], now)
    return True


def digests_made(conn: Connection, route: str) -> tuple[datetime | None, str | None]:
    """The time of the first digest of any route, and the slot of the last one of this route; None if there is none."""
    slots = select(DIGEST_SLOT.c.slot).where(DIGEST_SLOT.c.route == route).order_by(DIGEST_SLOT.c.made_at.desc())
    return conn.scalar(select(func.min(DIGEST_SLOT.c.made_at))), conn.scalar(slots.limit(1))


# ---------------------------------------------------------------- sending


def claim(conn: Connection, channels: Collection[str], owner: str, now: datetime, until: datetime) -> Item | None:
    """Lease the next row that may be sent now through one of these channels, and record the start of an attempt.

    Skips rows with a future `not_before`, and rows whose lane waits, whose channel is broken, or whose lane has a
    leased row. None: no row can be sent.
    """
    waits = exists().where(LANE.c.channel == OUTBOX.c.channel, LANE.c.to == OUTBOX.c.to, LANE.c.not_before > now)
    broken = exists().where(BROKEN.c.channel == OUTBOX.c.channel, BROKEN.c.retry_at > now)
    busy = exists().where(_OTHER.c.channel == OUTBOX.c.channel, _OTHER.c.to == OUTBOX.c.to, _OTHER.c.state == "leased")
    ready = or_(OUTBOX.c.not_before.is_(None), OUTBOX.c.not_before <= now)
    queued = (OUTBOX.c.state.in_(_TO_SEND), OUTBOX.c.channel.in_(list(channels)))
    number = conn.scalar(select(func.min(OUTBOX.c.number)).where(*queued, ready, ~waits, ~broken, ~busy))
    if number is None:
        return None
    row = update(OUTBOX).where(OUTBOX.c.number == number)
    conn.execute(row.values(state="leased", lease_owner=owner, lease_until=until, attempts=OUTBOX.c.attempts + 1))
    leased = item(conn, number)
    assert leased is not None
    save_rows(conn, Attempt(number=number, attempt=leased.attempts, owner=owner, started_at=now))
    return leased


def earlier_attempts(conn: Connection, item: Item, retry_at: datetime) -> tuple[int, datetime | None]:
    """The failed attempts in a row in the lane of a leased row, and the start of its first attempt whose message may
    have arrived; None if there is none.

    If the channel is broken, it gets no other attempt before `retry_at`.
    """
    conn.execute(update(BROKEN).where(BROKEN.c.channel == item.channel).values(retry_at=retry_at))
    failures = conn.scalar(select(LANE.c.failures).where(LANE.c.channel == item.channel, LANE.c.to == item.to)) or 0
    uncertain = (ATTEMPT.c.number == item.number, ATTEMPT.c.outcome.in_(_UNCERTAIN_OUTCOMES))
    since = conn.scalar(select(func.min(ATTEMPT.c.started_at)).where(*uncertain)) if item.repeat else None
    return failures, since


def settle(conn: Connection, item: Item, end: Settlement, now: datetime) -> bool:
    """Record the result of an attempt. False if the lease was lost: then only a success is recorded.

    After a success, the channel counts as usable again.
    """
    attempt = and_(ATTEMPT.c.number == item.number, ATTEMPT.c.attempt == item.attempts)
    conn.execute(update(ATTEMPT).where(attempt).values(ended_at=now, outcome=end.outcome, error=end.error))
    row = update(OUTBOX).where(OUTBOX.c.number == item.number)
    if end.state == "sent":
        row = row.where(OUTBOX.c.state != "sent")
        conn.execute(delete(BROKEN).where(BROKEN.c.channel == item.channel))
    else:
        mine = (OUTBOX.c.attempts == item.attempts, OUTBOX.c.lease_owner == item.lease_owner)
        row = row.where(OUTBOX.c.state == "leased", *mine)
    row = row.values(state=end.state, error=end.error, ref=end.ref, thread=end.thread, faults=end.faults)
    row = row.values(lease_owner="", lease_until=None, repeat=item.repeat or end.repeat)
    settled_at = now if end.state in ("sent", "dead") else None
    row = row.values(not_before=end.not_before or item.not_before, settled_at=settled_at)
    done = conn.execute(row).rowcount == 1
    if done and end.lane_until is not None:
        lane = {"channel": item.channel, "to": item.to, "not_before": end.lane_until, "failures": end.failures}
        upsert(conn, LANE, [lane])
    return done


def expire_leases(conn: Connection, now: datetime, *, everyone: bool) -> tuple[int, ...]:
    """Make expired leases (everyone: all) uncertain, since their message may have arrived; returns their numbers."""
    lost = OUTBOX.c.state == "leased" if everyone else and_(OUTBOX.c.state == "leased", OUTBOX.c.lease_until <= now)
    numbers = tuple(conn.scalars(select(OUTBOX.c.number).where(lost).order_by(OUTBOX.c.number)))
    if numbers:
        unfinished = update(ATTEMPT).where(ATTEMPT.c.number.in_(numbers), ATTEMPT.c.ended_at.is_(None))
        conn.execute(unfinished.values(ended_at=now, outcome="uncertain", error="the sender ended before the answer"))
        rows = update(OUTBOX).where(OUTBOX.c.number.in_(numbers))
        conn.execute(rows.values(state="uncertain", repeat=True, lease_owner="", lease_until=None))
    return numbers


def last_outcome(conn: Connection, channel: str, to: str, but: int = 0) -> tuple[str, int]:
    """State and faults of the message that was last settled for a destination. but: a number to ignore.

    The state is "sent", "dead", or "" if none was settled.
    """
    others = (OUTBOX.c.channel == channel, OUTBOX.c.to == to, OUTBOX.c.number != but)
    ended = select(OUTBOX.c.state, OUTBOX.c.faults).where(*others, OUTBOX.c.state.in_(("sent", "dead")))
    row = conn.execute(ended.order_by(OUTBOX.c.settled_at.desc(), OUTBOX.c.number.desc()).limit(1)).first()
    return (row.state, row.faults) if row else ("", 0)


def next_deliverable_at(conn: Connection, channels: Collection[str]) -> datetime | None:
    """The earliest moment at which a row could be sent through one of these channels; None if none waits."""
    ready = func.coalesce(OUTBOX.c.not_before, OUTBOX.c.created_at)
    lanes = select(OUTBOX.c.channel, OUTBOX.c.to, func.min(ready).label("ready"))
    lanes = lanes.where(OUTBOX.c.state.in_(_TO_SEND), OUTBOX.c.channel.in_(list(channels)))
    pauses = {(row.channel, row.to): row.not_before for row in conn.execute(select(LANE))}
    repairs = {row.channel: row.retry_at for row in conn.execute(select(BROKEN))}
    moments = [
        max(moment for moment in (ready, pauses.get((channel, to)), repairs.get(channel)) if moment is not None)
        for channel, to, ready in conn.execute(lanes.group_by(OUTBOX.c.channel, OUTBOX.c.to))
    ]
    return min(moments, default=None)


def overdue_channels(conn: Connection, now: datetime, patience: timedelta) -> dict[str, datetime]:
    """Channels whose oldest message could have been sent since this moment, more than `patience` ago, but which have
    tried nothing since; a channel that works through a long queue is not overdue."""
    tried = select(OUTBOX.c.channel).join(ATTEMPT, ATTEMPT.c.number == OUTBOX.c.number)
    busy = set(conn.scalars(tried.where(ATTEMPT.c.started_at > now - patience).distinct()))
    waiting = conn.scalars(select(OUTBOX.c.channel).where(OUTBOX.c.state.in_(_TO_SEND)).distinct())
    since = {channel: next_deliverable_at(conn, [channel]) for channel in sorted(set(waiting) - busy)}
    return {channel: at for channel, at in since.items() if at is not None and now - at > patience}


# ---------------------------------------------------------------- channels


def open_circuit(conn: Connection, channel: str, error: str, now: datetime, retry_at: datetime) -> bool:
    """Mark a channel as unusable until `retry_at`. True if it worked until now."""
    since = conn.scalar(select(BROKEN.c.since).where(BROKEN.c.channel == channel))
    upsert(conn, BROKEN, [{"channel": channel, "since": since or now, "retry_at": retry_at, "error": error}])
    return since is None


def end_false_waits(conn: Connection, now: datetime, longest: timedelta) -> None:
    """End what a clock that was ahead has made wait: lanes and broken channels for longer than `longest`, and reviews
    requested in the future."""
    waits = ((LANE.c.not_before, longest), (BROKEN.c.retry_at, longest), (DIRTY.c.since, timedelta()))
    for moment, most in waits:
        conn.execute(update(moment.table).where(moment > now + most).values({moment: now}))


def open_circuits(conn: Connection) -> dict[str, tuple[datetime, str]]:
    """Broken channels: since when, and why."""
    return {row.channel: (row.since, row.error) for row in conn.execute(select(BROKEN).order_by(BROKEN.c.channel))}


# ---------------------------------------------------------------- earlier messages


def is_queued(conn: Connection, message_id: str) -> bool:
    return conn.scalar(select(OUTBOX.c.number).where(OUTBOX.c.message_id == message_id)) is not None


def sent_since(
    conn: Connection, since: datetime, *, but: Collection[str], pending: Collection[str] = ()
) -> tuple[Sent, ...]:
    """The messages queued at or after a moment, in order. but: states to leave out; pending: the routes whose held
    messages are not left out."""
    names = (OUTBOX.c.message_id, OUTBOX.c.route, OUTBOX.c.commitment, OUTBOX.c.transitions.label("transition_ids"))
    wanted = select(*names, OUTBOX.c.evidence, OUTBOX.c.created_at.label("at"))
    # Ordered by number alone, SQLite would read all rows with their payloads.
    wanted = wanted.order_by(OUTBOX.c.created_at, OUTBOX.c.number)
    counts = or_(OUTBOX.c.state.not_in(list(but)), and_(OUTBOX.c.state == "held", OUTBOX.c.route.in_(list(pending))))
    return read(conn, Sent, wanted.where(OUTBOX.c.created_at >= since, counts))


# ---------------------------------------------------------------- listing and repairing


def items(
    conn: Connection, states: Collection[str] | None = None, since: datetime | None = None, limit: int | None = None
) -> tuple[Item, ...]:
    """Rows in these states (None: all) created since a moment, in order of number; the newest `limit` of them."""
    wanted = select(OUTBOX).order_by(OUTBOX.c.number.desc())
    if states is not None:
        wanted = wanted.where(OUTBOX.c.state.in_(list(states)))
    if since is not None:
        wanted = wanted.where(OUTBOX.c.created_at >= since)
    return read(conn, Item, wanted.limit(limit))[::-1]


def item(conn: Connection, number: int) -> Item | None:
    return read_first(conn, Item, select(OUTBOX).where(OUTBOX.c.number == number))


def attempts(conn: Connection, number: int) -> tuple[Attempt, ...]:
    return read(conn, Attempt, select(ATTEMPT).where(ATTEMPT.c.number == number).order_by(ATTEMPT.c.attempt))


def possible_duplicates(conn: Connection, numbers: Collection[int]) -> frozenset[int]:
    """The rows among these that may have arrived twice: a copy was sent after an uncertain attempt."""
    number = ATTEMPT.c.number
    arrived = select(number).where(number.in_(list(numbers)), ATTEMPT.c.outcome.in_(("sent", *_UNCERTAIN_OUTCOMES)))
    repeated = arrived.where(number.in_(select(OUTBOX.c.number).where(OUTBOX.c.repeat)))
    return frozenset(conn.scalars(repeated.group_by(number).having(func.count() > 1)))


def supersede(conn: Connection, numbers: Collection[int], now: datetime) -> int:
    """Expire those of these rows that wait, or are held, without a decision; returns how many did."""
    rows = update(OUTBOX).where(OUTBOX.c.number.in_(list(numbers)), OUTBOX.c.decided_at.is_(None))
    rows = rows.where(OUTBOX.c.state.in_(("waiting", "held")))
    return conn.execute(rows.values(state="expired", settled_at=now, error=REPLACED)).rowcount


def requeue(conn: Connection, now: datetime, numbers: Collection[int] | None = None) -> int:
    """Send dead rows (numbers: all, if None) again; returns how many. This ends all waits of lanes and channels: a
    person says that they work again."""
    conn.execute(update(LANE).where(LANE.c.not_before > now).values(not_before=now, failures=0))
    conn.execute(update(BROKEN).where(BROKEN.c.retry_at > now).values(retry_at=now))
    rows = update(OUTBOX).where(OUTBOX.c.state == "dead")
    if numbers is not None:
        rows = rows.where(OUTBOX.c.number.in_(list(numbers)))
    fresh: dict[str, Any] = {"faults": 0, "error": "", "settled_at": None, "not_before": None}
    return conn.execute(rows.values(state="waiting", **fresh)).rowcount


def decide(conn: Connection, numbers: Collection[int], *, to: Decided, by: str, why: str, now: datetime) -> int:
    """Release or drop those of these rows that are held, with their copies to other addresses of the route, as this
    person says; returns how many were."""
    held = items(conn, ("held",))
    chosen = {row.copies for row in held if row.number in numbers}
    copies = [row.number for row in held if row.copies in chosen]
    rows = update(OUTBOX).where(OUTBOX.c.number.in_(copies), OUTBOX.c.state == "held")
    decision = {"decided_at": now, "decided_by": by, "decided_why": why, "held_until": None, "error": "", "faults": 0}
    return conn.execute(rows.values(state=to, settled_at=now if to == "dropped" else None, **decision)).rowcount


def hold_undecided(conn: Connection, routes: Collection[str], until: datetime) -> None:
    """Hold what these routes would send without a decision: messages from before they had approval."""
    rows = update(OUTBOX).where(OUTBOX.c.state.in_(_TO_SEND), OUTBOX.c.kind != NOTICE, OUTBOX.c.decided_at.is_(None))
    conn.execute(rows.where(or_(*map(_of_route, routes))).values(state="held", held_until=until))


def unasked(conn: Connection, routes: Collection[str]) -> tuple[Item, ...]:
    """The held messages of these routes that the owner was not asked about."""
    rows = select(OUTBOX).where(OUTBOX.c.state == "held", OUTBOX.c.asked_at.is_(None), OUTBOX.c.route.in_(list(routes)))
    return read(conn, Item, rows.order_by(OUTBOX.c.number))


def mark_asked(conn: Connection, numbers: Collection[int], now: datetime) -> None:
    conn.execute(update(OUTBOX).where(OUTBOX.c.number.in_(list(numbers))).values(asked_at=now))


def expired_undecided(conn: Connection, since: datetime, end: datetime) -> tuple[Item, ...]:
    """The held rows that expired from `since` to `end`."""
    rows = select(OUTBOX).where(OUTBOX.c.state == "expired", OUTBOX.c.error == UNDECIDED)
    return read(conn, Item, rows.where(OUTBOX.c.settled_at >= since, OUTBOX.c.settled_at < end))


def expire_held(conn: Connection, now: datetime) -> int:
    """Expire held rows that were not released in time; returns their number."""
    rows = update(OUTBOX).where(OUTBOX.c.state == "held", OUTBOX.c.held_until <= now)
    return conn.execute(rows.values(state="expired", settled_at=now, error=UNDECIDED)).rowcount


def _of_route(name: str) -> ColumnElement[bool]:
    """Whether a row is of this route of config.toml, at any address."""
    return or_(OUTBOX.c.route == name, OUTBOX.c.route.startswith(f"{name}/", autoescape=True))


def expire_for(conn: Connection, route: str, to: str, now: datetime, error: str) -> int:
    """Expire all unsent rows to an address of a route, and return how many. One being sent may still arrive."""
    of_route, unsent = _of_route(route_config_name(route)), (*UNSETTLED, "dead")
    rows = update(OUTBOX).where(of_route, func.lower(OUTBOX.c.to) == to.lower(), OUTBOX.c.state.in_(unsent))
    return conn.execute(rows.values(state="expired", settled_at=now, error=error)).rowcount


def counts(conn: Connection) -> dict[tuple[str, str], int]:
    """How many rows of each channel are in each state, by (channel, state)."""
    grouped = select(OUTBOX.c.channel, OUTBOX.c.state, func.count()).group_by(OUTBOX.c.channel, OUTBOX.c.state)
    return {(channel, state): count for channel, state, count in conn.execute(grouped)}


def state_counts(conn: Connection) -> dict[str, int]:
    total = dict.fromkeys(("waiting", "leased", "uncertain", "held", "sent", "dropped", "expired", "dead"), 0)
    for (_, state), count in counts(conn).items():
        total[state] += count
    return total
