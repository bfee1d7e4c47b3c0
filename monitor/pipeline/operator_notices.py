"""Notices to the owner about the program itself, such as a broken channel or a dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.alerts.recipients import membership, unsubscribed
from monitor.domain.messages.briefs import AlertBrief, EvidenceLine, EvidenceSection, Footer, Headline, HeldMessage
from monitor.domain.messages.subject import MAX_SUBJECT
from monitor.domain.model import NOTICE, Direction, Route
from monitor.domain.text.plain import truncated
from monitor.pipeline.message_rows import notice_id
from monitor.store import Connection, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import dump
from monitor.store.outbox import NewOutboxItem
from monitor.store.tables import Item


@dataclass(frozen=True, slots=True)
class OperatorNotice:
    """A notice about the program itself; one `key` is sent once. good: the trouble is over; held: messages to decide
    on."""

    key: str
    state: str
    first_line: str
    why: str
    confidence: str
    findings: tuple[str, ...]
    remedy: str
    found_by: str = "monitor"
    good: bool = False
    held: tuple[HeldMessage, ...] = ()


def notify_operator(conn: Connection, notice: OperatorNotice, routes: Sequence[Route], now: datetime) -> None:
    """Queue a notice for the first of these routes whose channel works and whose address can be reached. An address
    that refused its last message cannot be reached, nor can one that unsubscribed. A message that failed in our own
    code does not count."""
    broken = outbox_store.open_circuits(conn).keys()
    left = unsubscribed(verdict_records.interventions(conn, ()).get("", ()))
    for route in routes:
        if membership(route.name, route.to) in left:
            continue
        state, faults = outbox_store.last_outcome(conn, route.channel, route.to)
        if route.channel not in broken and (state != "dead" or faults > 0):
            break
    else:
        return
    stamp = f"{now:%d %b %Y %H:%M} UTC"
    lines = [EvidenceLine("monitor", line, outlet=notice.found_by, when=stamp) for line in notice.findings]
    reason = f"You receive this because the list “{route.config_name}” receives notices about the program itself."
    subject, status = truncated(notice.first_line, MAX_SUBJECT), "mended" if notice.good else "trouble"
    brief = AlertBrief(
        message_id=notice_id(notice.key),
        kind=NOTICE,
        commitment="",
        direction=(Direction.UP if notice.good else Direction.DOWN).value,
        at=now,
        as_of=now,
        headline=Headline(subject, status, notice.state),
        evidence=EvidenceSection(tuple(lines)),
        footer=Footer(reason, stamp),
        note=notice.why,
        confidence=notice.confidence,
        next=notice.remedy,
        zone="UTC",
        held=notice.held,
    )
    row = NewOutboxItem(brief.message_id, NOTICE, route.name, route.channel, route.to, "", dump(brief))
    outbox_store.enqueue(conn, [row], now)


def was_notified(conn: Connection, key: str) -> bool:
    """Whether a notice with this key was queued, sent or not."""
    return outbox_store.is_queued(conn, notice_id(key))


def channel_notice(channel: str, error: str, now: datetime) -> OperatorNotice:
    """A channel is broken; sent once."""
    return OperatorNotice(
        key=f"broken\n{channel}\n{now.isoformat()}",
        state="broken",
        first_line=f"CHANNEL BROKEN · {channel} · no message can be sent",
        why=f"Messages for {channel} stay in the outbox and are sent in order once it is repaired: {error}",
        confidence="Reported by the channel itself.",
        findings=(error,),
        found_by=channel,
        remedy="Correct the token, password, certificate or setting that it names; the outbox retries once a minute.",
    )


def dead_letter_notice(item: Item, error: str, now: datetime) -> OperatorNotice:
    """Messages to an address are no longer delivered; at most once a day per address."""
    return OperatorNotice(
        key=f"dead\n{item.place}\n{now:%Y-%m-%d}",
        state="not delivered",
        first_line=f"NOT DELIVERED · {item.place} · {error}",
        why=f"Message {item.number} was given up, and other messages to this address may be too: {error}",
        confidence="The outbox keeps them.",
        findings=(error,),
        found_by=item.channel,
        remedy="See `deal-monitor outbox list --state dead`, correct the cause, and run `deal-monitor outbox retry`.",
    )


def heartbeat_notice(error: str, since: datetime) -> OperatorNotice:
    """The outside check cannot be reached; once per series of failures. since: the first of them."""
    return OperatorNotice(
        key=f"heartbeat\n{since.isoformat()}",
        state="not reached",
        first_line=f"OUTSIDE CHECK NOT REACHED · {error}",
        why=f"The monitor works, but has not reached it since {since:%-d %b %Y %H:%M} UTC; it may raise a false alarm.",
        confidence="The monitor called it itself.",
        findings=(error,),
        remedy="Check DEAL_MONITOR_HEARTBEAT__URL or the file heartbeat__url; `deal-monitor doctor` shows the call.",
    )
