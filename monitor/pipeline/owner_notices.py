"""Notices to the owner of the installation: a broken channel, a dead letter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.messages.alert import AlertBrief, EvidenceLine
from monitor.domain.messages.headline import FIRST_LINE
from monitor.domain.model import NOTICE, Route
from monitor.domain.text.plain import truncated
from monitor.store import Connection
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import to_json
from monitor.store.outbox import NewOutboxItem
from monitor.store.tables import Item


@dataclass(frozen=True, slots=True)
class OperatorNotice:
    """What the owner of the program must hear about the program itself. One `key` is told once.

    said: what whoever found the trouble (`by`) says of it, a line each; good: the trouble is over.
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
    """Queue a notice for the first of these routes whose channel and place are in order."""
    broken = outbox_store.open_circuits(conn).keys()
    route = next((one for one in routes if one.channel not in broken and _is_reachable(conn, one)), None)
    if route is not None:
        outbox_store.enqueue(conn, [_notice_item(notice, route, now)], now)


def _channel_notice(channel: str, error: str, now: datetime) -> OperatorNotice:
    """What the owner is told, once, when a channel breaks."""
    return OperatorNotice(
        key=f"broken\n{channel}\n{now.isoformat()}", name=f"Channel {channel}", short=channel, shown="broken",
        first_line=f"CHANNEL BROKEN · {channel} · nothing goes out through it",
        why=f"Messages for {channel} wait in the outbox and go out in order once it is repaired: {error}",
        sure="The channel itself said so.", said=(error,), by=channel,
        remedy="Mend what it names (a token, a password, a certificate, a setting); the outbox tries once a minute.",
    )  # fmt: skip


def _is_reachable(conn: Connection, route: Route) -> bool:
    """A place is out of reach when it refused the last message; one that our own code could not make says nothing of it."""
    state, faults = outbox_store.last_outcome(conn, route.channel, route.to)
    return state != "dead" or faults > 0


def _dead_letter_notice(item: Item, error: str, now: datetime) -> OperatorNotice:
    """What the owner is told when messages to a place begin to be given up; at most once a day for one place."""
    place = item.place
    return OperatorNotice(
        key=f"dead\n{place}\n{now:%Y-%m-%d}", name=f"Messages to {place}", short=place, shown="not delivered",
        first_line=f"NOT DELIVERED · {place} · {error}",
        why=f"Message {item.number} was given up, and those to the same place that follow may be too: {error}",
        sure="The outbox keeps them.", said=(error,), by=item.channel,
        remedy="Repair the cause, see `deal-monitor outbox list --state dead`, then `deal-monitor outbox retry`.",
    )  # fmt: skip


def _notice_item(notice: OperatorNotice, route: Route, now: datetime) -> NewOutboxItem:
    message_id = hashlib.sha256(notice.key.encode()).hexdigest()[:16]
    stamp = f"{now:%d %b %Y %H:%M} UTC"
    brief = AlertBrief(
        message_id=message_id, kind=NOTICE, commitment="", name=notice.name, short=notice.short,
        first_line=truncated(notice.first_line, FIRST_LINE), status="mended" if notice.good else "trouble", shown=notice.shown,
        way="up" if notice.good else "down", changes=(), why=notice.why, sure=notice.sure,
        evidence=tuple(EvidenceLine("act", line, outlet=notice.by, at=now, when=stamp) for line in notice.said),
        progress=None, deadlines=(), criteria="", back=notice.remedy,
        route=f"You get this because the route “{route.config_name}” is told of the program's own troubles.", as_of=now,
        data_time=stamp, at=now, events=(), zone="UTC",
    )  # fmt: skip
    return NewOutboxItem(message_id, NOTICE, route.name, route.channel, route.to, "", to_json(brief))
