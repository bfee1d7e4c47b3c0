"""The outbox at work: lease a row, record the attempt, send, settle.

The attempt is committed before the send starts, so after a crash the row is *uncertain*, never forgotten: its message is
sent again under the same id and marked as a repeat, or looked up first where the channel can be asked. Messages to one
place keep their order; a place that must wait holds up no other.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final

from monitor.domain.alerts.quiet_hours import quiet_until
from monitor.domain.messages.alert import DeliveryReceipt, OutboundMessage
from monitor.domain.model import Route
from monitor.errors import ChannelError, MonitorError, RenderError
from monitor.pipeline.owner_notices import _channel_notice, _dead_letter_notice, notify_operator
from monitor.store import Connection, Store, threads
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from monitor.store.outbox import NewOutboxItem, Settlement
from monitor.store.tables import Item

Sender = Callable[[OutboundMessage], DeliveryReceipt]
DeliveryLookup = Callable[[OutboundMessage, datetime], DeliveryReceipt | None]
"""Asks a channel for a message that may have arrived at or after a moment; None if it is not there."""

LEASE: Final = timedelta(minutes=5)
"""Longer than any send can take: a channel's own time limits end it before."""
MIN_SEND_INTERVAL: Final = {"slack": timedelta(seconds=1)}
"""The least time between two messages to one place of a channel, where its provider sets a limit."""
FIRST_BACKOFF: Final = timedelta(seconds=2)
MAX_BACKOFF: Final = timedelta(minutes=15)
RETRY_AFTER_LIMITS: Final = (timedelta(seconds=1), timedelta(hours=1))
"""What a provider may ask us to wait."""
CIRCUIT_RETRY: Final = timedelta(minutes=1)
LOOKUP_ATTEMPTS: Final = 3
"""So often a channel that cannot be asked at the moment is asked again, before a message is repeated without."""
INTERNAL_ERROR_RETRY: Final = timedelta(minutes=1)
MAX_INTERNAL_ERRORS: Final = 5
"""A row that fails so often in our own code is poison."""
MAX_MESSAGE_AGE: Final = timedelta(days=7)
MAX_THREAD_AGE: Final = timedelta(days=30)
"""A reply to something older is overlooked, so a thread of that age is left and a new one begun."""


@dataclass(slots=True)
class DeliveryReport:
    """What one delivery did, by number of the row. next_at: when there is something to do again; None if nothing waits."""

    sent: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    uncertain: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    lost_places: list[str] = field(default_factory=list)
    """Places where messages began to be given up, each with why: "slack C1: ..."."""
    expired: int = 0
    next_at: datetime | None = None


def merge_reports(reports: Iterable[DeliveryReport]) -> DeliveryReport:
    """Several deliveries, each through a channel of its own, as one."""
    total = DeliveryReport()
    for report in reports:
        for name in ("sent", "failed", "uncertain", "dead", "broken", "lost_places"):
            getattr(total, name).extend(getattr(report, name))
        total.expired += report.expired
        total.next_at = min(filter(None, (total.next_at, report.next_at)), default=None)
    return total


def deliver(
    store: Store, senders: Mapping[str, Sender], now: datetime, *, owner: str, rng: Callable[[], float],
    finders: Mapping[str, DeliveryLookup] | None = None, notify: Sequence[Route] = (), stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
) -> DeliveryReport:  # fmt: skip
    """Send every row that may go out now through these channels.

    owner: a name no other worker uses; rng: uniform in [0, 1), for jitter; finders: channels that can be asked whether a
    repeat has arrived; stop: asked before each row, True ends the delivery there; notify: where the owner of the program hears of a broken channel, the first on another channel;
    clock: the time as it goes on while much is sent, without which it stands still at `now`.
    Raises only StoreError; every other failure is settled in its row.
    """
    desk = _DeliveryRun(store, senders, finders or {}, tuple(notify), owner, clock or (lambda: now), rng)
    with store.begin() as conn:
        outbox_store.expire_leases(conn, now, everyone=False)
        desk.report.expired = outbox_store.expire_held(conn, now)
    while not stop() and desk.one():
        pass
    with store.read() as conn:
        desk.report.next_at = outbox_store.next_deliverable_at(conn, senders.keys())
    return desk.report


def recover(store: Store, now: datetime) -> tuple[int, ...]:
    """At start: rows leased by a process that is gone become uncertain. Returns their numbers.

    The one running instance knows that every lease is a dead one's; any other caller ends only those that ran out.
    """
    with store.begin() as conn:
        return outbox_store.expire_leases(conn, now, everyone=store.exclusive)


# ---------------------------------------------------------------- one row


@dataclass(slots=True)
class _DeliveryRun:
    """One delivery: its tools and its report."""

    store: Store
    senders: Mapping[str, Sender]
    finders: Mapping[str, DeliveryLookup]
    notify: tuple[Route, ...]
    owner: str
    clock: Callable[[], datetime]
    rng: Callable[[], float]
    report: DeliveryReport = field(default_factory=DeliveryReport)

    @property
    def now(self) -> datetime:
        """Read afresh each time: a lease, a pace and a wait begin when the row does, not when the delivery did."""
        return self.clock()

    def one(self) -> bool:
        """Lease, send and settle one row; False if none may go out."""
        with self.store.begin() as conn:
            item = outbox_store.claim(conn, self.senders.keys(), self.owner, self.now, self.now + LEASE)
            if item is None:
                return False
            outbox_store.half_open_circuit(conn, item.channel, self.now + CIRCUIT_RETRY)
            failures = outbox_store.consecutive_failures(conn, item.channel, item.to)
            thread = threads.current_thread(conn, item, self.now - MAX_THREAD_AGE) if item.commitment else None
            since = outbox_store.uncertain_since(conn, item.number) if item.repeat else None
        end = self._send(item, thread, failures, since)
        with self.store.begin() as conn:
            self._settle(conn, item, end)
        return True

    def _send(self, item: Item, thread: str | None, failures: int, since: datetime | None) -> Settlement:
        """Only what is no failure of a message (the end of the process) leaves this without a settlement."""
        try:
            parcel = _parcel(item, thread)
            found = self._found(parcel, item.attempts, since) if since else None
            receipt = found or self.senders[parcel.channel](parcel)
            return on_success(receipt, item, self.now, found=found is not None)
        except ChannelError as error:
            return on_transport_error(error, item, failures, self.now, self.rng())
        except Exception as error:  # noqa: BLE001 - a template or payload may raise anything; the rows behind go out
            return on_internal_error(error, item, self.now)

    def _found(self, parcel: OutboundMessage, attempts: int, since: datetime) -> DeliveryReceipt | None:
        """The earlier copy, if the channel can be asked. One that cannot for long must not keep the message back."""
        finder = self.finders.get(parcel.channel)
        try:
            return finder(parcel, since) if finder else None
        except ChannelError:
            if attempts <= LOOKUP_ATTEMPTS + 1:
                raise
            return None

    def _settle(self, conn: Connection, item: Item, end: Settlement) -> None:
        outbox_store.settle(conn, item, end, self.now)
        if end.state == "sent":
            outbox_store.close_circuit(conn, item.channel)
            if end.thread and item.commitment:
                threads.joined_thread(conn, item, end, self.now)
        if end.outcome == "broken":
            self._broken(conn, item, end.error)
        if end.state == "dead":
            self._dead(conn, item, end.error)
        lists = {"sent": self.report.sent, "dead": self.report.dead, "uncertain": self.report.uncertain}
        lists.get(end.state, self.report.failed).append(item.number)

    def _broken(self, conn: Connection, item: Item, error: str) -> None:
        if not outbox_store.open_circuit(conn, item.channel, error, self.now, self.now + CIRCUIT_RETRY):
            return
        self.report.broken.append(item.channel)
        notify_operator(conn, _channel_notice(item.channel, error, self.now), self.notify, self.now)

    def _dead(self, conn: Connection, item: Item, error: str) -> None:
        """Told when it begins, not for each message that follows."""
        if outbox_store.last_outcome(conn, item.channel, item.to, but=item.number)[0] == "dead":
            return
        self.report.lost_places.append(f"{item.place}: {error}")
        notify_operator(conn, _dead_letter_notice(item, error, self.now), self.notify, self.now)


def _parcel(item: Item, thread: str | None) -> OutboundMessage:
    return OutboundMessage(
        item.message_id, item.number, item.channel, item.to, item.kind, item.commitment, from_json(item.payload),
        thread, item.repeat,
    )  # fmt: skip


# ---------------------------------------------------------------- what follows from an attempt


def on_success(receipt: DeliveryReceipt, item: Item, now: datetime, *, found: bool = False) -> Settlement:
    """The channel took the message, now or (found) at an earlier attempt whose answer was lost."""
    pace = MIN_SEND_INTERVAL.get(item.channel, timedelta())
    return Settlement(
        "sent", "found" if found else "sent", ref=receipt.ref, thread=receipt.thread or "", lane_until=now + pace
    )


def on_transport_error(error: ChannelError, item: Item, failures: int, now: datetime, chance: float) -> Settlement:
    """The channel did not take the message, or may not have; `failures` attempts in its lane failed before."""
    text = str(error)
    if error.broken:
        return Settlement("waiting", "broken", text, faults=item.faults)
    if error.permanent:
        return Settlement("dead", "permanent", text)
    in_doubt = error.uncertain or item.repeat
    outcome = "uncertain" if error.uncertain else "failed"
    if now - max(item.created_at, item.not_before or item.created_at) > MAX_MESSAGE_AGE:
        doubt = ", it may have arrived" if in_doubt else ""
        return Settlement(
            "dead", outcome, f"given up after {MAX_MESSAGE_AGE.days} days{doubt}: {text}", repeat=in_doubt
        )
    again = "uncertain" if in_doubt else "waiting"
    until = now + backoff(failures, error.retry_after, chance)
    return Settlement(
        again, outcome, text, repeat=in_doubt, lane_until=until, failures=failures + 1, faults=item.faults
    )


def on_internal_error(error: Exception, item: Item, now: datetime) -> Settlement:
    """Our own code failed on the message: it steps aside, and after some attempts it is given up."""
    faults = item.faults + 1
    if faults >= MAX_INTERNAL_ERRORS:
        return Settlement("dead", "fault", f"failed {faults} times: {_failure_text(error)}", faults=faults)
    aside = now + INTERNAL_ERROR_RETRY * 2 ** (faults - 1)
    unsent = isinstance(error, RenderError)
    return Settlement("waiting", "fault", _failure_text(error), not_before=aside, repeat=not unsent, faults=faults)


def backoff(failures: int, retry_after: float | None, chance: float) -> timedelta:
    """How long a lane waits after a failure: what the provider asks within bounds, else twice as long each time."""
    if retry_after is not None:
        least, most = (bound.total_seconds() for bound in RETRY_AFTER_LIMITS)
        return timedelta(seconds=min(max(retry_after, least), most))
    full: timedelta = min(FIRST_BACKOFF * 2 ** min(failures, 20), MAX_BACKOFF)
    return full * (0.5 + chance / 2)


def _failure_text(error: Exception) -> str:
    """What failed and where. A foreign error's text may hold an address or a token, so only ours is quoted."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = f": {error}" if isinstance(error, MonitorError) else ""
    kind = "template" if isinstance(error, RenderError) else type(error).__name__
    return f"{kind}{said}{where}"


# ---------------------------------------------------------------- notices to the owner


# ---------------------------------------------------------------- digests


def enqueue_digest(store: Store, route: Route, slot: str, brief_json: str, now: datetime) -> bool:
    """Put the digest of a slot ("2026-W47") into the outbox; False, and nothing done, if it was made before.

    One that is caught up in the route's quiet hours waits for their end.
    """
    message_id = hashlib.sha256(f"digest\n{route.name}\n{slot}".encode()).hexdigest()[:16]
    item = NewOutboxItem(
        message_id, "digest", route.name, route.channel, route.to, "", brief_json, not_before=quiet_until(route, now)
    )
    with store.begin() as conn:
        return outbox_store.enqueue_once(conn, slot, item, now)
