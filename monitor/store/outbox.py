"""The outbox: messages by destination, their leases, and the result of each attempt.

Rows of one (channel, to) are sent in the order of their numbers. A row with a future `not_before` lets later rows pass
(quiet hours, a poison row); a lane with a future `not_before` waits as a whole (back-off, rate limit).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)

from monitor.domain.alerts import recipients
from monitor.domain.alerts.sent_log import Sent
from monitor.domain.model import NOTICE, route_config_name
from monitor.store.engine import QUEUED
from monitor.store.rows import insert_new, read, read_first, row_of, save_rows, upsert, value_of
from monitor.store.tables import ATTEMPT, BROKEN, DIGEST_SLOT, DIRTY, LANE, OUTBOX, SENDABLE, Attempt, Item
from monitor.store.verdict_records import interventions

_OTHER = OUTBOX.alias("other")
_SENDABLE = text(f"outbox.{SENDABLE}")
LOOK_AGAIN = timedelta(seconds=1)
"""Between two looks at a lane whose next row is in use."""

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
    wanted = [item for item in new if recipients.membership(item.route, item.to) not in left]
    lanes = sorted({(item.channel, item.to) for item in wanted})
    states = ((item, "held" if item.held_until else "waiting") for item in wanted)
    insert_new(conn, OUTBOX, (row_of(OUTBOX, item, state=state, created_at=now) for item, state in states))
    insert_new(conn, LANE, ({"channel": c, "to": to, "not_before": now, "failures": 0} for c, to in lanes))
    if lanes:
        lane = (LANE.c.channel == bindparam("channel_"), LANE.c.to == bindparam("to_"))
        later = or_(LANE.c.ready_at.is_(None), LANE.c.ready_at > now)
        look = update(LANE).where(*lane, later).values(ready_at=_next_look(_not_paused(now)))
        conn.execute(look, [{"channel_": channel, "to_": to} for channel, to in lanes])
        conn.info[QUEUED] = True


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


def digests(conn: Connection) -> tuple[str, ...]:
    """The contents of all digests, oldest first."""
    return tuple(conn.scalars(select(OUTBOX.c.payload).where(OUTBOX.c.kind == "digest").order_by(OUTBOX.c.number)))


def digest_count(conn: Connection) -> int:
    return conn.scalar(select(func.count()).select_from(DIGEST_SLOT)) or 0


# ---------------------------------------------------------------- sending


def claim(conn: Connection, channels: Collection[str], owner: str, now: datetime, until: datetime) -> Item | None:
    """Lease the next row that may be sent now through one of these channels, and record the start of an attempt.

    Of the lanes that may send, the one that has waited longest gives its first row, so the cost does not grow with the
    number of rows. Skips broken channels, and lanes that another sender uses or looks at. None: no row can be sent.
    """
    broken = select(BROKEN.c.channel).where(BROKEN.c.retry_at > now)
    ready = (LANE.c.channel.in_(list(channels)), LANE.c.ready_at <= now, LANE.c.channel.not_in(broken))
    first = select(LANE.c.channel, LANE.c.to).where(*ready).order_by(LANE.c.ready_at, LANE.c.to).limit(1)
    while (place := conn.execute(first.with_for_update(skip_locked=True)).first()) is not None:
        lane = update(LANE).where(LANE.c.channel == place.channel, LANE.c.to == place.to)
        waiting = select(OUTBOX.c.number).where(OUTBOX.c.channel == place.channel, OUTBOX.c.to == place.to, _SENDABLE)
        head = waiting.where(_ready(now)).order_by(OUTBOX.c.number).limit(1)
        other = (_OTHER.c.channel == place.channel, _OTHER.c.to == place.to, _OTHER.c.state == "leased")
        free = select(OUTBOX.c.number).where(OUTBOX.c.number == head.scalar_subquery(), ~exists().where(*other))
        number = conn.scalar(free.with_for_update(skip_locked=True))
        if number is None:  # its lane is looked at again when a row may be sent, or soon if one is in use
            conn.execute(lane.values(ready_at=_next_look(_moment(now + LOOK_AGAIN))))
            continue
        conn.execute(lane.values(ready_at=None))
        row = update(OUTBOX).where(OUTBOX.c.number == number).returning(OUTBOX)
        row = row.values(state="leased", lease_owner=owner, lease_until=until, attempts=OUTBOX.c.attempts + 1)
        leased = value_of(Item, dict(conn.execute(row).mappings().one()))
        save_rows(conn, Attempt(number=number, attempt=leased.attempts, owner=owner, started_at=now))
        return leased
    return None


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
    lane = (LANE.c.channel == item.channel, LANE.c.to == item.to)
    conn.execute(select(LANE.c.to).where(*lane).with_for_update())  # before its rows, as in `claim`
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
    pause: dict[str, Any] = {}
    if done and end.lane_until is not None:
        pause = {"not_before": end.lane_until, "failures": end.failures}
    at = _moment(end.lane_until or now) if pause else _not_paused(now)
    conn.execute(update(LANE).where(*lane).values(ready_at=_next_look(at), **pause))
    return done


def leased_by(conn: Connection) -> frozenset[str]:
    """The owners of leases."""
    return frozenset(conn.scalars(select(OUTBOX.c.lease_owner).where(OUTBOX.c.state == "leased").distinct()))


def expire_leases(
    conn: Connection, now: datetime, *, everyone: bool = False, owners: Collection[str] = ()
) -> tuple[int, ...]:
    """Make expired leases, and those of these owners (everyone: all), uncertain, since their message may have arrived;
    returns their numbers."""
    lost = update(OUTBOX).where(OUTBOX.c.state == "leased", *(() if everyone else (_is_over(now, owners),)))
    lost = lost.values(state="uncertain", repeat=True, lease_owner="", lease_until=None)
    numbers = tuple(sorted(conn.scalars(lost.returning(OUTBOX.c.number))))
    if numbers:
        unfinished = update(ATTEMPT).where(ATTEMPT.c.number.in_(numbers), ATTEMPT.c.ended_at.is_(None))
        conn.execute(unfinished.values(ended_at=now, outcome="uncertain", error="the sender ended before the answer"))
        _look_at_lanes(conn)
    return numbers


def _is_over(now: datetime, owners: Collection[str]) -> ColumnElement[bool]:
    """Whether a lease has expired, or is one of these owners, who work on none."""
    return or_(OUTBOX.c.lease_until <= now, OUTBOX.c.lease_owner.in_(list(owners)))


def lapsed(conn: Connection, now: datetime, owner: str) -> bool:
    """Whether a lease (as in `expire_leases`) or the time to decide on a held row is over."""
    lease = and_(OUTBOX.c.state == "leased", _is_over(now, (owner,)))
    over = or_(lease, and_(OUTBOX.c.state == "held", OUTBOX.c.held_until <= now))
    return conn.scalar(select(OUTBOX.c.number).where(over).limit(1)) is not None


def _moment(at: datetime) -> ColumnElement[datetime]:
    return literal(at, LANE.c.ready_at.type)


def _not_paused(at: datetime) -> ColumnElement[datetime]:
    """The first moment from `at` on at which a lane may send."""
    return case((LANE.c.not_before > at, LANE.c.not_before), else_=_moment(at))


def _ready(at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a row may be sent at a moment."""
    return or_(OUTBOX.c.not_before.is_(None), OUTBOX.c.not_before <= at)


def _next_look(at: ColumnElement[Any]) -> ColumnElement[datetime]:
    """The first moment from `at` on at which a lane has a row that may be sent; null if none waits."""
    waiting = select(func.min(OUTBOX.c.not_before)).where(
        OUTBOX.c.channel == LANE.c.channel, OUTBOX.c.to == LANE.c.to, _SENDABLE
    )
    some = waiting.with_only_columns(OUTBOX.c.number).where(_ready(at))
    return case((some.exists(), at), else_=waiting.scalar_subquery())


def _look_at_lanes(conn: Connection) -> None:
    """Look at every lane with a row to send, because rows of some may be sent that could not be before. Not from now
    on: a command's clock may be ahead."""
    conn.execute(update(LANE).values(ready_at=_next_look(LANE.c.not_before)))


def last_outcome(conn: Connection, channel: str, to: str, but: int = 0) -> tuple[str, int]:
    """State and faults of the message that was last settled for a destination. but: a number to ignore.

    The state is "sent", "dead", or "" if none was settled.
    """
    others = (OUTBOX.c.channel == channel, OUTBOX.c.to == to, OUTBOX.c.number != but)
    ended = select(OUTBOX.c.state, OUTBOX.c.faults).where(*others, OUTBOX.c.state.in_(("sent", "dead")))
    row = conn.execute(ended.order_by(OUTBOX.c.settled_at.desc(), OUTBOX.c.number.desc()).limit(1)).first()
    return (row.state, row.faults) if row else ("", 0)


def next_deliverable_at(conn: Connection, channels: Collection[str]) -> datetime | None:
    """The earliest moment at which a row could be sent through one of these channels; None if none waits. It may be too
    early after rows were expired."""
    repairs = {row.channel: row.retry_at for row in conn.execute(select(BROKEN))}
    moments = list[datetime]()
    for channel in channels:
        ready = conn.scalar(select(func.min(LANE.c.ready_at)).where(LANE.c.channel == channel))
        moments += [max(ready, repairs.get(channel, ready))] if ready is not None else []
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
    _look_at_lanes(conn)


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
    count = conn.execute(rows.values(state="waiting", **fresh)).rowcount
    _look_at_lanes(conn)
    return count


def decide(conn: Connection, numbers: Collection[int], *, to: Decided, by: str, why: str, now: datetime) -> int:
    """Release or drop those of these rows that are held, with their copies to other addresses of the route, as this
    person says; returns how many were."""
    held = items(conn, ("held",))
    chosen = {row.copies for row in held if row.number in numbers}
    copies = [row.number for row in held if row.copies in chosen]
    rows = update(OUTBOX).where(OUTBOX.c.number.in_(copies), OUTBOX.c.state == "held")
    decision = {"decided_at": now, "decided_by": by, "decided_why": why, "held_until": None, "error": "", "faults": 0}
    count = conn.execute(rows.values(state=to, settled_at=now if to == "dropped" else None, **decision)).rowcount
    _look_at_lanes(conn)
    return count


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
