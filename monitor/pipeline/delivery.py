"""Delivery: the outbox at work. Lease a row, record the attempt, send, settle.

The attempt is committed before the send starts, so after a crash the row is *uncertain*, never forgotten: its message is
sent again under the same id and marked as a repeat, or looked up first where the channel can be asked. Messages to one
place keep their order; a place that must wait holds up no other.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final

from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.domain.model import Route
from monitor.errors import ChannelError, MonitorError, RenderError
from monitor.logs import get_logger
from monitor.pipeline.operator_notices import channel_notice, dead_letter_notice, notify_operator
from monitor.store import Store, threads
from monitor.store import outbox as outbox_store
from monitor.store.codec.json_codec import from_json
from monitor.store.outbox import Settlement
from monitor.store.tables import Item

log = get_logger(__name__)

Sender = Callable[[OutboundMessage], DeliveryReceipt]
DeliveryLookup = Callable[[OutboundMessage, datetime], DeliveryReceipt | None]
"""Asks a channel for a message that may have arrived at or after a moment; None if it is not there."""

# Where no source is named, the times and numbers below are estimates.
LEASE: Final = timedelta(minutes=5)
"""Longer than any send can take: a channel's own time limits end it before."""
MIN_SEND_INTERVAL: Final = {"slack": timedelta(seconds=1)}
"""The least time between two messages to one place. Slack's documentation allows one message a second for each channel."""
FIRST_BACKOFF: Final = timedelta(seconds=2)
MAX_BACKOFF: Final = timedelta(minutes=15)
RETRY_AFTER_LIMITS: Final = (timedelta(seconds=1), timedelta(hours=1))
"""The shortest and longest wait that a provider may ask for."""
CIRCUIT_RETRY: Final = timedelta(minutes=1)
LOOKUP_ATTEMPTS: Final = 3
"""How often a channel that cannot answer at the moment is asked again, before a message is repeated without an answer."""
INTERNAL_ERROR_RETRY: Final = timedelta(minutes=1)
MAX_INTERNAL_ERRORS: Final = 5
"""A row that fails this often in our own code becomes a dead letter."""
MAX_MESSAGE_AGE: Final = timedelta(days=7)
MAX_THREAD_AGE: Final = timedelta(days=30)
"""Readers overlook a reply to something older, so after this time a new thread is begun."""


@dataclass(slots=True)
class DeliveryReport:
    """What one delivery did, by number of the row. next_at: when there is something to do again; None if nothing waits."""

    sent: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    uncertain: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    lost_places: list[str] = field(default_factory=list)
    """Places where messages began to be given up, each with the reason: "slack C1: ..."."""
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
    store: Store,
    senders: Mapping[str, Sender],
    now: datetime,
    *,
    owner: str,
    rng: Callable[[], float],
    finders: Mapping[str, DeliveryLookup] | None = None,
    notify: Sequence[Route] = (),
    stop: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] | None = None,
) -> DeliveryReport:
    """Send every row that may go out now through these channels.

    owner: a name that no other worker uses. rng: uniform in [0, 1), for jitter. finders: channels that can be asked whether
    a repeat has arrived. notify: routes to the operator; one on another channel reports a broken channel. stop: asked before
    each row; True ends the delivery there. clock: the time while much is sent; None: it stands still at `now`.
    Raises only StoreError; every other failure is settled in its row.

    1. Make rows uncertain whose lease ran out, and expire held ones; where no row is unsettled, there is nothing to do.
    2. For each row that may go out: lease it and record the attempt, send it, settle it.
    3. Ask when there is something to do again.
    """
    run = _DeliveryRun(store, senders, finders or {}, tuple(notify), owner, clock or (lambda: now), rng)
    with store.read() as conn:
        if not outbox_store.has_unsettled(conn):
            return run.report
    with store.begin() as conn:
        outbox_store.expire_leases(conn, now, everyone=False)
        run.report.expired = outbox_store.expire_held(conn, now)
    while not stop() and run.deliver_next():
        pass
    with store.read() as conn:
        run.report.next_at = outbox_store.next_deliverable_at(conn, senders.keys())
    return run.report


def recover(store: Store, now: datetime) -> tuple[int, ...]:
    """At start: rows leased by a process that has ended become uncertain. Returns their numbers.

    The one running instance knows that every lease is that of an ended process; any other caller ends only expired ones.
    """
    with store.begin() as conn:
        return outbox_store.expire_leases(conn, now, everyone=store.exclusive)


@dataclass(slots=True)
class _DeliveryRun:
    """One delivery: its tools and its report. clock: asked at each step, so that a lease or wait begins with its row."""

    store: Store
    senders: Mapping[str, Sender]
    finders: Mapping[str, DeliveryLookup]
    notify: tuple[Route, ...]
    owner: str
    clock: Callable[[], datetime]
    rng: Callable[[], float]
    report: DeliveryReport = field(default_factory=DeliveryReport)

    def deliver_next(self) -> bool:
        """Lease, send and settle one row; False if none may go out."""
        with self.store.begin() as conn:
            now = self.clock()
            item = outbox_store.claim(conn, self.senders.keys(), self.owner, now, now + LEASE)
            if item is None:
                return False
            outbox_store.half_open_circuit(conn, item.channel, now + CIRCUIT_RETRY)
            failures = outbox_store.consecutive_failures(conn, item.channel, item.to)
            thread = threads.current_thread(conn, item, now - MAX_THREAD_AGE) if item.commitment else None
            since = outbox_store.uncertain_since(conn, item.number) if item.repeat else None
        end, report = self._send(item, thread, failures, since), self.report
        with self.store.begin() as conn:
            now = self.clock()
            outbox_store.settle(conn, item, end, now)
            if end.state == "sent":
                outbox_store.close_circuit(conn, item.channel)
                if end.thread and item.commitment:
                    threads.joined_thread(conn, item, end, now)
            retry_at, broken = now + CIRCUIT_RETRY, end.outcome == "broken"
            if broken and outbox_store.open_circuit(conn, item.channel, end.error, now, retry_at):
                report.broken.append(item.channel)
                notify_operator(conn, channel_notice(item.channel, end.error, now), self.notify, now)
            if end.state == "dead":  # reported when it begins, not for each message that follows
                before = outbox_store.last_outcome(conn, item.channel, item.to, but=item.number)
                if before[0] != "dead":
                    report.lost_places.append(f"{item.place}: {end.error}")
                    notify_operator(conn, dead_letter_notice(item, end.error, now), self.notify, now)
            lists = {"sent": report.sent, "dead": report.dead, "uncertain": report.uncertain}
            lists.get(end.state, report.failed).append(item.number)
        _log(item, end)
        return True

    def _send(self, item: Item, thread: str | None, failures: int, since: datetime | None) -> Settlement:
        """Only what is no failure of a message (the end of the process) leaves this without a settlement."""
        try:
            payload, place = from_json(item.payload), (item.channel, item.to, item.kind, item.commitment)
            message = OutboundMessage(item.message_id, item.number, *place, payload, thread, item.repeat)
            earlier, finder = None, self.finders.get(message.channel) if since else None
            if finder and since:  # look for an earlier copy; a channel that cannot answer for long stops no message
                try:
                    earlier = finder(message, since)
                except ChannelError:
                    if item.attempts <= LOOKUP_ATTEMPTS + 1:
                        raise
            receipt = earlier or self.senders[message.channel](message)
            return on_success(receipt, item, self.clock(), found=earlier is not None)
        except ChannelError as error:
            return on_transport_error(error, item, failures, self.clock(), self.rng())
        except Exception as error:  # noqa: BLE001 - a template or payload may raise anything; the rows behind go out
            return on_internal_error(error, item, self.clock())


def _log(item: Item, end: Settlement) -> None:
    ids = {"message": item.number, "route": item.route, "channel": item.channel, "commitment": item.commitment}
    if end.state == "sent":
        log.info("message sent", **ids, found=end.outcome == "found")
    elif end.state == "dead":
        log.warning("message given up", **ids, error=end.error)
    elif end.state == "uncertain":
        log.warning("message may have arrived; it is looked up, or sent again", **ids, error=end.error)
    else:
        log.warning("message not sent; it is tried again", **ids, state=end.state, error=end.error)


# ---------------------------------------------------------------- what follows from an attempt


def on_success(receipt: DeliveryReceipt, item: Item, now: datetime, *, found: bool = False) -> Settlement:
    """The channel took the message, now or (found) at an earlier attempt whose answer was lost."""
    pace = MIN_SEND_INTERVAL.get(item.channel, timedelta())
    outcome = "found" if found else "sent"
    return Settlement("sent", outcome, ref=receipt.ref, thread=receipt.thread or "", lane_until=now + pace)


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
        text = f"given up after {MAX_MESSAGE_AGE.days} days{doubt}: {text}"
        return Settlement("dead", outcome, text, repeat=in_doubt)
    state, until = "uncertain" if in_doubt else "waiting", now + backoff(failures, error.retry_after, chance)
    tries, faults = failures + 1, item.faults
    return Settlement(state, outcome, text, repeat=in_doubt, lane_until=until, failures=tries, faults=faults)


def on_internal_error(error: Exception, item: Item, now: datetime) -> Settlement:
    """Our own code failed on the message: it steps aside, and after MAX_INTERNAL_ERRORS attempts it is given up.

    A foreign error's text may hold an address or a token, so only the text of our own errors is quoted.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    unsent = isinstance(error, RenderError)
    detail = f": {error}" if isinstance(error, MonitorError) else ""
    text = f"{'template' if unsent else type(error).__name__}{detail}{where}"
    faults = item.faults + 1
    if faults >= MAX_INTERNAL_ERRORS:
        return Settlement("dead", "fault", f"failed {faults} times: {text}", faults=faults)
    aside = now + INTERNAL_ERROR_RETRY * 2 ** (faults - 1)
    return Settlement("waiting", "fault", text, not_before=aside, repeat=not unsent, faults=faults)


def backoff(failures: int, retry_after: float | None, chance: float) -> timedelta:
    """How long a lane waits after a failure: what the provider asks within limits, else twice as long each time."""
    if retry_after is not None:
        least, most = (bound.total_seconds() for bound in RETRY_AFTER_LIMITS)
        return timedelta(seconds=min(max(retry_after, least), most))
    full: timedelta = min(FIRST_BACKOFF * 2 ** min(failures, 20), MAX_BACKOFF)
    return full * (0.5 + chance / 2)
