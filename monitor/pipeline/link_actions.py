"""Signed links: GET shows a page, a button on it unsubscribes an address, reports a message as wrong, or decides on a
message that waits for approval.

No link changes a verdict. If a message was forwarded, its new holder can at most unsubscribe the first recipient, and
the owner is notified of that.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.domain.alerts.mutes import MUTE_FOR
from monitor.domain.alerts.recipients import RESUBSCRIBE, UNSUBSCRIBE, membership, unsubscribed
from monitor.domain.messages.action_links import LinkAction, SignedFields, is_signed, read_token
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import Intervention, Route, route_config_name
from monitor.domain.pages import link_page
from monitor.domain.pages.link_page import APPROVE, PRESS, LinkedMessage, LinkPage, Press
from monitor.domain.text.labels import format_time
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.interventions import REPORT
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator
from monitor.store import Connection, Store, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from monitor.store.tables import Item

ShownText = Callable[[Item], str]
"""Shows a message as it would be sent."""
FORWARDED = "Anyone who holds a message can use its links, also if it was forwarded."


@dataclass(frozen=True, slots=True)
class _VerifiedLink:
    """A valid link with its message. done: the intervention that it (or another unsubscription) has recorded."""

    action: LinkAction
    item: Item
    done: Intervention | None

    @property
    def message(self) -> LinkedMessage:
        place = link_page.masked_place(self.item.channel, self.item.to)
        try:
            brief = from_json(self.item.payload)
        except Exception:  # noqa: BLE001 - a reader can unsubscribe even if the stored message cannot be read
            return LinkedMessage(self.item.commitment, "", place)
        promise = brief.promise if isinstance(brief, AlertBrief) else ""
        return LinkedMessage(one_line(promise, 160), one_line(brief.subject, 160), place)


def show(conn: Connection, token: str, keys: Sequence[bytes], now: datetime, text: ShownText) -> LinkPage:
    """The page of a link. It changes nothing, so mail scanners may open it. text: shows a held message."""
    link = _verified(conn, token, keys, now)
    if isinstance(link, LinkPage):
        return link
    if link.action is LinkAction.DECIDE:
        return _decision_page(link.item, text)
    if link.done is None:
        return link_page.offer_page(link.action, link.message)
    return link_page.done_page(link.action, link.message, link.done.at)


def press(
    store: Store,
    token: str,
    keys: Sequence[bytes],
    now: datetime,
    pressed: Press,
    *,
    notify: Sequence[Route],
    text: ShownText,
) -> LinkPage:
    """Do what the link says, once, and return its page. Raises StoreError; then nothing has changed. notify: routes to
    the owner; text: as for `show`."""
    with store.read() as conn:  # an invalid token must not take the write lock
        link = _verified(conn, token, keys, now)
    if isinstance(link, LinkPage):
        return link
    decides = link.action is LinkAction.DECIDE
    fits = decides is (pressed.choice not in ("", PRESS))
    if not fits or (pressed.one_click and link.action is not LinkAction.UNSUBSCRIBE):
        return link_page.MISMATCH
    if decides and not pressed.name.strip():  # browsers require it
        return _decision_page(link.item, text)
    with store.begin() as conn:
        link = _verified(conn, token, keys, now)
        if isinstance(link, LinkPage):
            return link
        if decides:
            _decide(conn, link.item, pressed, now)
        elif link.done is None:
            item, by = link.item, f"a reader of {route_config_name(link.item.route)}"
            if link.action is LinkAction.UNSUBSCRIBE:
                why = f"by the link in message {item.number}"
                used = item.message_id
                unsubscribe(conn, item.route, item.to, now, by=by, reason=why, notify=notify, message_id=used)
            else:
                said = link_page.reader_comment(pressed.comment)
                signals = json.dumps({"signals": list(item.evidence)})
                about = (REPORT, item.commitment, str(item.number), said, "", now)
                report = Intervention(_report_id(item), *about, payload=signals, by=by)
                verdict_records.add_intervention(conn, report, now, ())
                notify_operator(conn, report_notice(item, link.message, report), notify, now)
        return show(conn, token, keys, now, text)


def _decide(conn: Connection, item: Item, pressed: Press, now: datetime) -> None:
    """Release or drop a message that is still held, and mute its commitment if that was chosen."""
    outbox_store.expire_held(conn, now)
    why, by = link_page.reader_comment(pressed.comment), f"{one_line(pressed.name, 60)} (by a signed link)"
    to: outbox_store.Decided = "waiting" if pressed.choice == APPROVE else "dropped"
    decided = outbox_store.decide(conn, [item.number], to=to, by=by, why=why, now=now)
    if decided and pressed.choice == "mute" and item.commitment:
        reason = why or f"rejected message {item.number}"
        about = ("mute", "", item.commitment, reason, "", now, now + MUTE_FOR)
        mute = Intervention(secrets.token_hex(6), *about, by=by)
        verdict_records.add_intervention(conn, mute, now, [item.commitment])


def _decision_page(item: Item, text: ShownText) -> LinkPage:
    """The page of a held message with its choices, or what became of it."""
    shown = tuple(text(item).splitlines())
    if item.state == "held" and item.held_until is not None:
        route = route_config_name(item.route)
        return link_page.approval_page(route, item.commitment, item.held_until, shown)
    how, line = "Not sent", f"Nothing to decide: {item.error or item.state}."
    if item.decided_at is not None:
        how = "Rejected" if item.state == "dropped" else "Approved"
        line = f"{how} by {item.decided_by} on {format_time(item.decided_at, 'UTC')}."
    return LinkPage("done", how, (line,), text=shown)


def _verified(conn: Connection, token: str, keys: Sequence[bytes], now: datetime) -> _VerifiedLink | LinkPage:
    """The link of a token, or the page that says why it is not valid."""
    parsed = read_token(token)
    item = outbox_store.item(conn, parsed.number) if parsed is not None else None
    if parsed is None or item is None:
        return link_page.NO_LINK
    signed = SignedFields(item.number, item.message_id, item.channel, item.to, item.commitment)
    if not is_signed(token, signed, keys):
        return link_page.NO_LINK
    if now.astimezone(UTC).date() > parsed.last_day:
        return link_page.expired_page(parsed.last_day)
    stored = verdict_records.interventions(conn, [item.commitment])
    known = [each for group in stored.values() for each in group]
    if parsed.action is LinkAction.UNSUBSCRIBE:
        done = unsubscribed(known).get(membership(item.route, item.to))
    else:
        done = next((each for each in known if each.id == _report_id(item)), None)
    return _VerifiedLink(parsed.action, item, done)


def _report_id(item: Item) -> str:
    """The same for every report on one message, so that a second press changes nothing."""
    return hashlib.sha256(f"report\n{item.message_id}".encode()).hexdigest()[:12]


def report_notice(item: Item, message: LinkedMessage, report: Intervention) -> OperatorNotice:
    """The notice to the owner, with the commands to check and to reject the evidence."""
    comment = f"A reader wrote: “{report.reason}”" if report.reason else "The reader gave no reason."
    reject = [f"deal-monitor evidence reject {signal[:12]} WHY" for signal in item.evidence[:3]]
    look_at = f"deal-monitor outbox show {item.number}; deal-monitor evidence list {item.commitment}"
    return OperatorNotice(
        key=f"report\n{report.id}",
        state="reported as wrong",
        first_line=f"REPORTED AS WRONG · {item.commitment} · message {item.number}",
        why=f"A reader reports message {item.number} as wrong: “{message.first_line}”. The status stays as it is.",
        confidence=FORWARDED,
        findings=(comment,),
        found_by="a reader",
        remedy="; or ".join((f"Look: {look_at}", *reject)),
    )


def unsubscribe(
    conn: Connection,
    route: str,
    to: str,
    now: datetime,
    *,
    by: str,
    reason: str,
    notify: Sequence[Route],
    message_id: str = "",
) -> int:
    """Unsubscribe an address from a route, let its waiting messages expire and notify the owner. Returns how many
    messages expired. message_id: of the message whose link was used, '' for a command."""
    name, subject = route_config_name(route), membership(route, to)
    entry = Intervention(secrets.token_hex(6), UNSUBSCRIBE, "", subject, reason, "", now, payload=message_id, by=by)
    verdict_records.add_intervention(conn, entry, now, ())
    expired = outbox_store.expire_for(conn, route, to, now, f"unsubscribed: {reason}")
    said = f"{to} is no longer on route {name}; unsubscribed by {by}: {reason.rstrip('.')}."
    notice = OperatorNotice(
        key=f"left\n{entry.id}",
        state="unsubscribed",
        first_line=f"UNSUBSCRIBED · {name} · a reader has left",
        why=said,
        confidence=FORWARDED if message_id else "It was done by `deal-monitor routes unsubscribe`.",
        findings=(said,),
        found_by="a signed link" if message_id else by,
        remedy=f"If that was a mistake: deal-monitor routes unsubscribe {name} {shlex.quote(to)} WHY --undo",
    )
    notify_operator(conn, notice, notify, now)
    return expired


def resubscribe(conn: Connection, entry: Intervention, now: datetime, *, by: str, reason: str) -> None:
    """Undo an unsubscription. Messages that have expired stay expired."""
    undo = Intervention(secrets.token_hex(6), RESUBSCRIBE, "", entry.id, reason, "", now, by=by)
    verdict_records.add_intervention(conn, undo, now, ())
