"""Approval: messages of routes with `approval` are held, and the owner is asked about each of them once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final

from monitor.domain.messages.briefs import HeldMessage
from monitor.domain.model import Route, route_config_name
from monitor.domain.text.labels import format_time, pluralised
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator, was_notified
from monitor.store import Store
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import subject_of
from monitor.store.tables import Item

MAX_ASKED: Final = 5
"""Messages in one notice, so that each fits with its whole text (estimate)."""


def ask_owner(
    store: Store, edited: Collection[str], owner: Sequence[Route], now: datetime, text: Callable[[Item], str]
) -> int:
    """Queue one notice on the held messages that the owner was not asked about, up to MAX_ASKED; returns their number.
    edited: the routes with approval; text: shows a message. Without a reachable owner nothing is recorded, so it is
    tried again. Raises StoreError."""
    with store.read() as conn:
        if not outbox_store.unasked(conn, edited):
            return 0
    with store.begin() as conn:
        rows = outbox_store.unasked(conn, edited)
        firsts = {row.copies: row for row in reversed(rows)}.values()
        messages = sorted(firsts, key=lambda row: row.number)[:MAX_ASKED]
        notice = held_notice(messages, text)
        notify_operator(conn, notice, owner, now)
        if not was_notified(conn, notice.key):
            return 0
        shown = {row.copies for row in messages}
        outbox_store.mark_asked(conn, [row.number for row in rows if row.copies in shown], now)
    return len(messages)


def held_notice(rows: Sequence[Item], text: Callable[[Item], str]) -> OperatorNotice:
    """The notice with each message as it would be sent, and the commands that decide."""
    numbers, subjects = " ".join(str(row.number) for row in rows), [subject_of(row.payload) for row in rows]
    waiting = f"{pluralised(len(rows), 'message')} wait{'s' if len(rows) == 1 else ''}"
    findings, held = [], []
    for row, subject in zip(rows, subjects, strict=True):
        until = row.held_until or row.created_at
        route = route_config_name(row.route)
        findings.append(f"Message {row.number} to {route}, until {format_time(until, 'UTC')}: {subject}")
        place = (row.number, row.message_id, row.channel, row.to, row.commitment, until)
        held.append(HeldMessage(*place, tuple(text(row).splitlines())))
    return OperatorNotice(
        key="\n".join(("held", *(row.message_id for row in rows))),
        state="to approve",
        first_line=f"TO APPROVE · {subjects[0] if len(rows) == 1 else waiting}",
        why=f"{waiting} for your decision. Without one, nothing is sent.",
        confidence="Each message is shown below as it would be sent. Its link decides, so do not forward this notice.",
        findings=tuple(findings),
        remedy=f"deal-monitor outbox release {numbers}; or deal-monitor outbox drop {numbers} --reason WHY",
        held=tuple(held),
    )
