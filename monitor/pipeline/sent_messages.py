"""The sent log as the database holds it."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.store import Connection
from monitor.store import outbox as outbox_store

SENT_LOG_WINDOW = timedelta(days=45)
"""How far back messages are looked at for cool-downs and repeats."""
UNSENT_STATES = frozenset({"held", "expired", "dead"})


def sent_log(conn: Connection, now: datetime) -> SentLog:
    """What was told, as far back as it bears on what is told now."""
    told = (item for item in outbox_store.items(conn, since=now - SENT_LOG_WINDOW) if item.state not in UNSENT_STATES)
    return SentLog(tuple(
        Sent(i.message_id, i.route, i.commitment, i.transitions, i.evidence, i.created_at) for i in told
    ))  # fmt: skip
