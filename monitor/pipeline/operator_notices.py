"""Operator notices: what the program tells its owner about itself, such as a broken channel or a dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.alerts.unsubscriptions import membership, unsubscribed
from monitor.domain.messages.headlines.subject import FIRST_LINE
from monitor.domain.messages.models import EvidenceLine
from monitor.domain.model import Route
from monitor.domain.text.plain import truncated
from monitor.pipeline.message_rows import notice_id, notice_row
from monitor.store import Connection, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.tables import Item


@dataclass(frozen=True, slots=True)
class OperatorNotice:
    """One notice on the program itself. One `key` is sent once.

    said: what the part that found the trouble (`by`) reports of it, a line each; good: the trouble is over.
    """

    key: str
    name: str
    short: str
    shown: str
    first_line: str
    why: str
    sure: str
    said: tuple[str, ...]
    by: str
    remedy: str
    good: bool = False


def notify_operator(conn: Connection, notice: OperatorNotice, routes: Sequence[Route], now: datetime) -> None:
    """Queue a notice for the first of these routes whose channel works and whose place can be reached.

    A place that refused its last message cannot be reached, nor can one that has left its route; a message that our own code could
    not make says nothing of it.
    """
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
    parts = {name: getattr(notice, name) for name in ("name", "short", "shown", "why", "sure")}
    said = tuple(EvidenceLine("intervention", line, outlet=notice.by, at=now, when=stamp) for line in notice.said)
    parts |= {"first_line": truncated(notice.first_line, FIRST_LINE), "evidence": said, "back": notice.remedy}
    parts |= {"status": "mended", "way": "up"} if notice.good else {"status": "trouble", "way": "down"}
    reason = f"You get this because the route “{route.config_name}” is told of the program's own troubles."
    row = notice_row(route, notice.key, now, route=reason, data_time=stamp, zone="UTC", **parts)
    outbox_store.enqueue(conn, [row], now)


def was_told(conn: Connection, key: str) -> bool:
    """Whether a notice of this key was queued, be it sent by now or not."""
    return outbox_store.is_queued(conn, notice_id(key))


def channel_notice(channel: str, error: str, now: datetime) -> OperatorNotice:
    """The notice, sent once, that a channel is broken."""
    key, head = f"broken\n{channel}\n{now.isoformat()}", (f"Channel {channel}", channel, "broken")
    first_line = f"CHANNEL BROKEN · {channel} · nothing goes out through it"
    why = f"Messages for {channel} wait in the outbox and go out in order once it is repaired: {error}"
    sure = "The channel itself said so."
    remedy = "Mend what it names (a token, a password, a certificate, a setting); the outbox tries once a minute."
    return OperatorNotice(key, *head, first_line, why, sure, (error,), channel, remedy)


def dead_letter_notice(item: Item, error: str, now: datetime) -> OperatorNotice:
    """The notice that messages to a place begin to be given up; at most once a day for one place."""
    place = item.place
    key, head = f"dead\n{place}\n{now:%Y-%m-%d}", (f"Messages to {place}", place, "not delivered")
    first_line = f"NOT DELIVERED · {place} · {error}"
    why = f"Message {item.number} was given up, and those to the same place that follow may be too: {error}"
    sure = "The outbox keeps them."
    remedy = "Repair the cause, see `deal-monitor outbox list --state dead`, then `deal-monitor outbox retry`."
    return OperatorNotice(key, *head, first_line, why, sure, (error,), item.channel, remedy)


def heartbeat_notice(error: str, since: datetime) -> OperatorNotice:
    """The notice, sent once for failures in a row, that the outside check cannot be called. since: the first of them."""
    key, head = f"heartbeat\n{since.isoformat()}", ("Outside check", "outside check", "not reached")
    first_line = f"OUTSIDE CHECK NOT REACHED · {error}"
    why = f"The monitor works, and has not been able to say so since {since:%-d %b %Y %H:%M} UTC: the check may raise a false alarm."
    sure = "The monitor called it itself."
    remedy = "Check DEAL_MONITOR_HEARTBEAT__URL, or the file heartbeat__url; `deal-monitor doctor` shows the last call."
    return OperatorNotice(key, *head, first_line, why, sure, (error,), "monitor", remedy)
