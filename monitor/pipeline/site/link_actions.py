"""What signed links do. Looking changes nothing; a press of the button is one transaction.

A link acts on the place of its own message and on nothing else: it takes an address off a route, silences a commitment for that place, or
tells the owner that something is wrong. A verdict is never changed by it. So whoever gets a message forwarded can do no more harm
than silence for the one who forwarded it, and the owner is told of that.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.alerts.unsubscriptions import LEAVES, RETURNS, membership, unsubscribed
from monitor.domain.messages.action_links import Claim, Deed, read_token
from monitor.domain.messages.models import AlertBrief
from monitor.domain.model import Intervention, Route, route_config_name
from monitor.domain.pages import link_page
from monitor.domain.pages.link_page import LinkedMessage, LinkPage
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.interventions import LISTED, REPORT, WITHDRAWN
from monitor.pipeline.operator_notices import OperatorNotice, notify_operator
from monitor.store import Connection, Store, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.codec.json_codec import from_json
from monitor.store.tables import Item

ENDS = {Deed.UNSUBSCRIBE: RETURNS, Deed.MUTE: "unmute", Deed.WRONG: WITHDRAWN}
"""The kind of the intervention that takes each deed back."""
SHOWN_IDS = 12
"""Characters of a signal's id in a command: a unique beginning is enough."""
MOST_COMMANDS = 3


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a reader has pressed. undo: the button that takes it back; one_click: the "Unsubscribe" of a mail program, which means nothing
    else; reason: what was written beside the button."""

    undo: bool = False
    one_click: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A link that is in order. intervention: what was done by it (an unsubscription: by whatever means), None before; ended: the intervention that
    took that back; times: how often this link has unsubscribed."""

    deed: Deed
    item: Item
    intervention: Intervention | None
    ended: Intervention | None
    times: int = 0

    @property
    def about(self) -> LinkedMessage:
        """A message that a later program cannot read any more is named by its commitment."""
        try:
            brief = from_json(self.item.payload)
        except Exception:  # noqa: BLE001 - whatever a stored message raises, its reader can leave
            return LinkedMessage(self.item.commitment, "", self._place)
        if isinstance(brief, AlertBrief):
            return LinkedMessage(one_line(brief.name, 160), one_line(brief.first_line, 160), self._place)
        return LinkedMessage("", one_line(brief.subject, 160), self._place)

    @property
    def _place(self) -> str:
        return link_page.masked_place(self.item.channel, self.item.to)

    @property
    def until(self) -> datetime | None:
        """Until when what was done counts or can be taken back; None: no longer, by this link."""
        if self.intervention is None:
            return None
        if self.deed is Deed.MUTE:
            return self.intervention.until
        if self.deed is Deed.WRONG:
            return self.intervention.at + LISTED
        # Once: who presses to and fro would have the owner told each time.
        own = self.intervention.payload == self.item.message_id and self.times == 1
        return self.intervention.at + link_page.UNSUBSCRIBE_UNDO if own else None

    def page(self, now: datetime) -> LinkPage:
        if self.ended is not None:
            return link_page.undone_page(self.deed, self.about, self.ended.at)
        if self.intervention is not None:
            return link_page.done_page(self.deed, self.about, self.intervention.at, self.until, now=now)
        return link_page.offer_page(self.deed, self.about, now)


def look(conn: Connection, token: str, keys: Sequence[bytes], now: datetime) -> LinkPage:
    """The page of a link. Changes nothing, however often a scanner opens it."""
    opened = _open(conn, token, keys, now)
    return opened if isinstance(opened, LinkPage) else opened.page(now)


def press(
    store: Store, token: str, keys: Sequence[bytes], now: datetime, pressed: Pressed, notify: Sequence[Route]
) -> LinkPage:
    """Do what a link says, or take it back; the page of how it stands then. Done twice is done once.

    notify: routes to the owner. Raises StoreError; nothing is done then.
    """
    with store.read() as conn:
        seen = _open(conn, token, keys, now)
    if isinstance(seen, LinkPage):  # whoever guesses at links holds up no writer
        return seen
    with store.begin() as conn:
        opened = _open(conn, token, keys, now)
        if isinstance(opened, LinkPage):
            return opened
        if pressed.one_click and opened.deed is not Deed.UNSUBSCRIBE:
            return link_page.MISMATCH
        if pressed.undo:
            _undo(conn, opened, now)
        elif opened.intervention is None and opened.ended is None:
            _do(conn, opened, now, pressed.reason, notify)
        after = _open(conn, token, keys, now)
        if isinstance(after, LinkPage):
            return after
        if (
            opened.intervention is not None and after.intervention is None
        ):  # an unsubscription leaves nothing behind that its link could show
            return link_page.undone_page(opened.deed, opened.about, now)
        return after.page(now)


def _open(conn: Connection, token: str, keys: Sequence[bytes], now: datetime) -> _Opened | LinkPage:
    """The link if it is in order, else the page that says why not. What is signed by none of our keys says nothing of us."""
    claim = read_token(token)
    item = outbox_store.item(conn, claim.number) if claim is not None else None
    if claim is None or item is None or not claim.is_signed(item, keys):
        return link_page.NO_LINK
    if claim.has_expired(now):
        return link_page.expired_page(claim.last_day)
    return _opened(conn, claim, item)


def _opened(conn: Connection, claim: Claim, item: Item) -> _Opened:
    interventions = verdict_records.interventions(conn, [item.commitment])
    known = {intervention.id: intervention for group in interventions.values() for intervention in group}
    if claim.deed is Deed.UNSUBSCRIBE:
        intervention = unsubscribed(known.values()).get(membership(item.route, item.to))
        times = sum(each.kind == LEAVES and each.payload == item.message_id for each in known.values())
        return _Opened(claim.deed, item, intervention, None, times)
    intervention = known.get(_intervention_id(claim.deed, item))
    kind = ENDS[claim.deed]
    ended = next(
        (a for a in known.values() if intervention is not None and a.kind == kind and a.subject == intervention.id),
        None,
    )
    return _Opened(claim.deed, item, intervention, ended)


def _intervention_id(deed: Deed, item: Item) -> str:
    """The id of what a link has done: the same for every link to that deed of that message, so it is done once."""
    return hashlib.sha256(f"link\n{deed.value}\n{item.message_id}".encode()).hexdigest()[:12]


# ---------------------------------------------------------------- what is done


def _do(conn: Connection, link: _Opened, now: datetime, reason: str, notify: Sequence[Route]) -> None:
    item, name = link.item, link.item.commitment
    by, why = f"a reader of {route_config_name(item.route)}", f"by the link in message {item.number}"
    if link.deed is Deed.UNSUBSCRIBE:
        leave(conn, item.route, item.to, now, by=by, reason=why, notify=notify, message_id=item.message_id)
    elif link.deed is Deed.MUTE:
        until = now + link_page.MUTE_LENGTH
        intervention = Intervention(
            _intervention_id(link.deed, item), "mute", "", name, why, "", now, until, item.route, by
        )
        verdict_records.add_intervention(conn, intervention, now, ())
        verdict_records.due_by(conn, name, until)  # nothing is to be decided now; what differs at the end is told then
    else:
        said, signals = link_page.reader_reason(reason), json.dumps({"signals": list(item.evidence)})
        intervention = Intervention(
            _intervention_id(link.deed, item), REPORT, name, str(item.number), said, "", now, payload=signals, by=by
        )
        verdict_records.add_intervention(conn, intervention, now, ())
        notify_operator(conn, report_notice(item, link.about, intervention), notify, now)


def _undo(conn: Connection, link: _Opened, now: datetime) -> None:
    """Take back what this link has done, as long as that can be. It comes back to where it was before."""
    intervention, until = link.intervention, link.until
    if intervention is None or link.ended is not None or until is None or until <= now:
        return
    by, why = f"a reader of {route_config_name(link.item.route)}", f"by the link in message {link.item.number}"
    end = Intervention(
        secrets.token_hex(6), ENDS[link.deed], intervention.commitment, intervention.id, why, "", now, by=by
    )
    ends_mute = link.deed is Deed.MUTE and link.item.commitment in verdict_records.decided(conn)
    verdict_records.add_intervention(conn, end, now, [link.item.commitment] if ends_mute else ())


def leave(
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
    """Take an address off a route: what waits for it expires, and the owner is told. Returns how many messages expired.

    message_id: of the message whose link did it, '' for a command.
    """
    subject = membership(route, to)
    intervention = Intervention(secrets.token_hex(6), LEAVES, "", subject, reason, "", now, payload=message_id, by=by)
    verdict_records.add_intervention(conn, intervention, now, ())
    dropped = outbox_store.expire_for(conn, route, to, now, f"unsubscribed: {reason}")
    notify_operator(conn, leaving_notice(route_config_name(route), to, intervention), notify, now)
    return dropped


def leaving_notice(route: str, to: str, intervention: Intervention) -> OperatorNotice:
    """The notice that an address has left a route."""
    head = (f"Route {route}", route, "unsubscribed")
    first_line = f"UNSUBSCRIBED · {route} · a reader has left"
    if intervention.payload:
        how, by = f"a reader unsubscribed it {intervention.reason}", "a signed link"
        sure = "Whoever holds a message can use its link, also one that was forwarded."
    else:
        how, by = f"{intervention.by} unsubscribed it: {intervention.reason.rstrip('.')}", intervention.by
        sure = "It was done by `deal-monitor routes unsubscribe`."
    said = f"{to} gets nothing more of the route {route}; {how}."
    remedy = f"If that was a mistake: deal-monitor routes unsubscribe --undo {route} {shlex.quote(to)} WHY"
    return OperatorNotice(f"left\n{intervention.id}", *head, first_line, said, sure, (said,), by, remedy)


def report_notice(item: Item, about: LinkedMessage, intervention: Intervention) -> OperatorNotice:
    """The notice that a reader calls a message wrong, with what the owner can do about it."""
    head = (about.name or item.commitment, item.commitment, "reported as wrong")
    words = f"A reader wrote: “{intervention.reason}”" if intervention.reason else "The reader gave no reason."
    first_line = f"REPORTED AS WRONG · {item.commitment} · message {item.number}"
    why = f"Somebody who has message {item.number} calls it wrong: “{about.said}”. The status stays as it is."
    sure = "Whoever holds a message can use its link, also one that was forwarded."
    reject = [f"deal-monitor evidence reject {key[:SHOWN_IDS]} WHY" for key in item.evidence[:MOST_COMMANDS]]
    look_at = f"deal-monitor outbox show {item.number}; deal-monitor evidence list {item.commitment}"
    remedy = "; or ".join((f"Look: {look_at}", *reject))
    return OperatorNotice(f"report\n{intervention.id}", *head, first_line, why, sure, (words,), "a reader", remedy)


def come_back(conn: Connection, intervention: Intervention, now: datetime, *, by: str, reason: str) -> None:
    """Take back an unsubscription. What has expired meanwhile stays so."""
    back = Intervention(secrets.token_hex(6), RETURNS, "", intervention.id, reason, "", now, by=by)
    verdict_records.add_intervention(conn, back, now, ())
