"""Delivery from the outbox: lease a row, record the attempt, send, settle; several rows at a time, one of each address.

The attempt is committed before the send starts, so after a crash the row is *uncertain*, never lost: its message is
looked up first if the channel allows that, else sent again with the same id and marked as a repeat. Messages to one
address keep their order; an address that must wait delays no other.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Final

from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.domain.model import Route
from monitor.errors import ChannelError, MonitorError, RenderError, StoreError
from monitor.logs import get_logger
from monitor.pipeline.operator_notices import channel_notice, dead_letter_notice, notify_operator
from monitor.store import Store, threads
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from monitor.store.outbox import Settlement
from monitor.store.tables import Item

log = get_logger(__name__)

Sender = Callable[[OutboundMessage], DeliveryReceipt]
DeliveryLookup = Callable[[OutboundMessage, datetime], DeliveryReceipt | None]
"""Looks up a message in a channel that may have arrived at or after a moment; None if it has not."""

# Where no source is named, the times and numbers below are estimates.
LEASE: Final = timedelta(minutes=5)
"""Longer than any send takes: a channel's own time limits end it earlier."""
MIN_SEND_INTERVAL: Final = {"slack": timedelta(seconds=1)}
"""Minimum time between two messages to one address. Slack's documentation allows one message a second per channel."""
FIRST_BACKOFF: Final = timedelta(seconds=2)
SHORT_BACKOFF: Final = timedelta(seconds=10)
SHORT_FAILURES: Final = 8
"""So many failures in a row, about a minute, wait no longer than SHORT_BACKOFF: most faults are shorter (estimates)."""
MAX_BACKOFF: Final = timedelta(minutes=15)
RETRY_AFTER_LIMITS: Final = (timedelta(seconds=1), timedelta(hours=1))
"""The shortest and longest wait that a provider may ask for."""
CIRCUIT_RETRY: Final = timedelta(minutes=1)
LOOKUP_ATTEMPTS: Final = 3
"""Attempts to look up a message in a channel that does not answer, before the message is repeated anyway."""
INTERNAL_ERROR_RETRY: Final = timedelta(seconds=15)
"""The first wait; the next ones are four times as long each. What fails by chance is soon sent, and a template that is
being edited has twenty minutes."""
MAX_INTERNAL_ERRORS: Final = 5
"""A row that fails this often in our own code becomes a dead letter."""
HANDS: Final = 8
"""Senders of a channel: with so many, a server that needs 300 ms a message takes 5,000 in four minutes."""
LEAST_HANDS: Final = 2
"""Senders of a channel that refuses: with one, a recipient that hangs would delay all others."""
SEND_WITHIN: Final = timedelta(seconds=20)
"""A sender that begins later after its claim stood still: others may have taken the message over (`runtime.fleet`)."""
LOOK_SECONDS: Final = 0.25
"""Between two looks for due rows while messages are being sent."""
SETTLE_RETRY_SECONDS: Final = 1.0
"""Between two attempts to record the result of a send: a message that left must not wait for its own lease."""
MAX_MESSAGE_AGE: Final = timedelta(days=7)
MAX_THREAD_AGE: Final = timedelta(days=30)
"""Readers overlook a reply to something older, so after this time a new thread starts."""


@dataclass(slots=True)
class DeliveryReport:
    """Results of one delivery, by row number. lost_places: addresses where messages began to be given up, each with the
    reason: "slack C1: ..."; next_at: the next time with something to do, None if nothing waits."""

    sent: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    uncertain: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    lost_places: list[str] = field(default_factory=list)
    expired: int = 0
    next_at: datetime | None = None


def merge_reports(reports: Iterable[DeliveryReport]) -> DeliveryReport:
    """The reports of several channels as one."""
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
    give_up: Callable[[float], bool] = lambda _: True,
    clock: Callable[[], datetime] | None = None,
    hands: int = 1,
) -> DeliveryReport:
    """Send every row that is due through these channels.

    owner: a name unique to this worker; a lease that it has left, as when the answer to a commit was lost, is over.
    rng: uniform in [0, 1), for jitter. finders: look-ups of repeats, by channel. notify: routes to the operator;
    one on another channel reports a broken channel. stop: checked before each row; True ends the delivery. give_up:
    waits so many seconds before a result that could not be recorded is recorded again; True: raise the error
    instead. clock: the current time; None: always `now`. hands: the most sends at a time. Raises only StoreError;
    every other failure is settled in its row.
    """
    run = _DeliveryRun(store, senders, finders or {}, tuple(notify), owner, clock or (lambda: now), rng, give_up)
    with store.read() as conn:
        lapsed, due = outbox_store.lapsed(conn, now, owner), outbox_store.next_deliverable_at(conn, senders.keys())
    if lapsed:
        with store.begin(by_rules=False) as conn:
            outbox_store.expire_leases(conn, now, owners=(owner,))
            run.report.expired = outbox_store.expire_held(conn, now)
    if lapsed or (due is not None and due <= now):
        run.send_due(hands, stop)
        with store.read() as conn:
            due = outbox_store.next_deliverable_at(conn, senders.keys())
    run.report.next_at = due
    return run.report


@dataclass(slots=True)
class _DeliveryRun:
    """One delivery with its report. clock: read at each step, so that a lease or wait begins with its row."""

    store: Store
    senders: Mapping[str, Sender]
    finders: Mapping[str, DeliveryLookup]
    notify: tuple[Route, ...]
    owner: str
    clock: Callable[[], datetime]
    rng: Callable[[], float]
    give_up: Callable[[float], bool]
    report: DeliveryReport = field(default_factory=DeliveryReport)

    def send_due(self, hands: int, stop: Callable[[], bool]) -> None:
        """Send what is due or becomes due meanwhile, each lane by one of up to `hands` senders, so that a slow one
        delays only its lane. After a refusal half as many send at a time, after a success one more: a server may limit
        its connections."""
        sending, most = set[Future[str]](), hands
        with ThreadPoolExecutor(most) as pool:
            while True:
                try:
                    while len(sending) < hands and not stop() and (task := self._claim()) is not None:
                        sending.add(pool.submit(copy_context().run, partial(self._finish, *task)))
                except StoreError:  # what is being sent must not delay others until it ends
                    if not sending:
                        raise
                if not sending:
                    return
                done, sending = wait(sending, LOOK_SECONDS, FIRST_COMPLETED)
                for outcome in [one.result() for one in done]:
                    hands = min(most, max(LEAST_HANDS, hands // 2) if outcome == "failed" else hands + 1)

    def _claim(self) -> tuple[Item, str | None, int, datetime | None] | None:
        """Lease a row: with its thread, the failures of its lane, and when it may first have arrived. None: none is
        due."""
        with self.store.begin(alone=False) as conn:
            now = self.clock()
            item = outbox_store.claim(conn, self.senders.keys(), self.owner, now, now + LEASE)
            if item is None:
                return None
            failures, since = outbox_store.earlier_attempts(conn, item, now + CIRCUIT_RETRY)
            thread = threads.current_thread(conn, item, now - MAX_THREAD_AGE) if item.commitment else None
        return item, thread, failures, since

    def _finish(self, item: Item, thread: str | None, failures: int, since: datetime | None) -> str:
        """Send and settle a leased row; returns the outcome."""
        end, report, troubles = self._send(item, thread, failures, since), self.report, 0
        while True:
            try:
                self._record(item, end, thread)
                break
            except StoreError as error:
                if not troubles:
                    log.warning("the result of a send could not be recorded yet", message=item.number, error=str(error))
                troubles += 1
                if self.give_up(SETTLE_RETRY_SECONDS):
                    raise
        lists = {"sent": report.sent, "dead": report.dead, "uncertain": report.uncertain}
        lists.get(end.state, report.failed).append(item.number)
        ids = {"message": item.number, "route": item.route, "channel": item.channel, "commitment": item.commitment}
        if end.state == "sent":
            log.info("message sent", **ids, found=end.outcome == "found")
        elif end.state == "dead":
            log.warning("message given up", **ids, error=end.error)
        elif end.state == "uncertain":
            log.warning("message may have arrived; it is looked up, or sent again", **ids, error=end.error)
        else:
            log.warning("message not sent; it is tried again", **ids, state=end.state, error=end.error)
        return end.outcome

    def _record(self, item: Item, end: Settlement, thread: str | None) -> None:
        """Settle the row, and notify the operator of a broken channel or the first of several dead letters. thread: in
        which it was sent."""
        broken, lost, joins = False, "", end.state == "sent" and bool(end.thread and item.commitment)
        # A notice, or a new thread, depends on what others write; every other result concerns only its lane.
        alone = end.outcome == "broken" or end.state == "dead" or (joins and end.thread != thread)
        with self.store.begin(alone=alone, by_rules=False) as conn:
            now = self.clock()
            outbox_store.settle(conn, item, end, now)
            if joins:
                threads.joined_thread(conn, item, end, now)
            if end.outcome == "broken":
                broken = outbox_store.open_circuit(conn, item.channel, end.error, now, now + CIRCUIT_RETRY)
            if broken:
                notify_operator(conn, channel_notice(item.channel, end.error, now), self.notify, now)
            if end.state == "dead":  # reported once, not for each following message
                before = outbox_store.last_outcome(conn, item.channel, item.to, but=item.number)
                lost = f"{item.place}: {end.error}" if before[0] != "dead" else ""
            if lost:
                notify_operator(conn, dead_letter_notice(item, end.error, now), self.notify, now)
        self.report.broken += [item.channel] if broken else []
        self.report.lost_places += [lost] if lost else []

    def _send(self, item: Item, thread: str | None, failures: int, since: datetime | None) -> Settlement:
        """Send one message. Always returns a settlement, unless the process ends."""
        try:
            payload, place = from_json(item.payload), (item.channel, item.to, item.kind, item.commitment)
            message = OutboundMessage(item.message_id, item.number, *place, payload, thread, item.repeat)
            if item.lease_until is not None and self.clock() - (item.lease_until - LEASE) > SEND_WITHIN:
                return Settlement("uncertain" if item.repeat else "waiting", "failed", "the sender stood still")
            earlier, finder = None, self.finders.get(message.channel) if since else None
            if finder and since:  # a channel that does not answer look-ups must not stop a message for long
                try:
                    earlier = finder(message, since)
                except ChannelError:
                    if item.attempts <= LOOKUP_ATTEMPTS + 1:
                        raise
            receipt = earlier or self.senders[message.channel](message)
            outcome, pace = "found" if earlier else "sent", MIN_SEND_INTERVAL.get(item.channel, timedelta())
            until = self.clock() + pace
            return Settlement("sent", outcome, ref=receipt.ref, thread=receipt.thread or "", lane_until=until)
        except ChannelError as error:
            return on_transport_error(error, item, failures, self.clock(), self.rng())
        except Exception as error:  # noqa: BLE001 - a template or payload may raise anything; later rows are sent
            return on_internal_error(error, item, self.clock())


def on_transport_error(error: ChannelError, item: Item, failures: int, now: datetime, chance: float) -> Settlement:
    """The channel may not have accepted the message. failures: earlier failed attempts to the same address."""
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
    """Our own code failed on the message: it is delayed, and given up after MAX_INTERNAL_ERRORS attempts."""
    # The text of a foreign error may contain an address or a token, so only our own errors are quoted.
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    unsent = isinstance(error, RenderError)
    detail = f": {error}" if isinstance(error, MonitorError) else ""
    text = f"{'template' if unsent else type(error).__name__}{detail}{where}"
    faults = item.faults + 1
    if faults >= MAX_INTERNAL_ERRORS:
        return Settlement("dead", "fault", f"failed {faults} times: {text}", faults=faults)
    aside = now + INTERNAL_ERROR_RETRY * 4 ** (faults - 1)
    return Settlement("waiting", "fault", text, not_before=aside, repeat=not unsent, faults=faults)


def backoff(failures: int, retry_after: float | None, chance: float) -> timedelta:
    """The wait after a failure: the provider's own time within limits, else doubled up to SHORT_BACKOFF, and on from
    the SHORT_FAILURES-th failure."""
    if retry_after is not None:
        least, most = (bound.total_seconds() for bound in RETRY_AFTER_LIMITS)
        return timedelta(seconds=min(max(retry_after, least), most))
    short: timedelta = min(FIRST_BACKOFF * 2 ** min(failures, 20), SHORT_BACKOFF)
    full: timedelta = min(short * 2 ** min(max(failures - SHORT_FAILURES + 1, 0), 20), MAX_BACKOFF)
    return full * (0.5 + chance / 2)
