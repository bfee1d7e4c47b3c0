"""Signed links in messages: unsubscribe an address from its route, report the message as wrong, or (to the owner)
decide on a message that waits for approval.

A token holds the number of a message, the action and the last day on which it works, and ends with an HMAC over these
and over the message's id, place and commitment. So a link is short, needs no storage and fits one message only, even
in a new database that numbers its messages from 1 again. `docs/decisions/links.md` gives the reasons.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from enum import IntEnum
from typing import NamedTuple

from monitor.domain.messages.briefs import AlertBrief, OutboundMessage
from monitor.domain.model import NOTICE

FOLDER = "links"
"""Every link is base_url/links/TOKEN."""
EPOCH = date(2020, 1, 1)
"""The last day is counted from here, in two bytes, which last until 2199."""
_FIELDS = struct.Struct(">BIH")
"""The action, the number of the message and the last day."""
_MAC_BYTES = 16
"""128 bits of HMAC-SHA256 are as hard to guess as all 256 and save 21 characters."""
TOKEN_LENGTH = 31
_PURPOSE = b"deal-monitor link v1\n"
"""Signed with every token, so that no other signature by the same key can pass for a link."""


class LinkAction(IntEnum):
    """The action of a link. The numbers are part of tokens and never change."""

    UNSUBSCRIBE = 1
    WRONG = 2
    DECIDE = 3


DAYS = {LinkAction.UNSUBSCRIBE: 365, LinkAction.WRONG: 60}
"""For how many days after its message a link works (estimates). Readers report a message within days, but they may
unsubscribe by an old digest. A link to decide on a message works while it is held."""


class SignedFields(NamedTuple):
    """The signed fields of a message. number: its outbox row."""

    number: int
    message_id: str
    channel: str
    to: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Token:
    """The fields of a token, not yet verified."""

    action: LinkAction
    number: int
    last_day: date


def read_token(token: str) -> Token | None:
    """The fields of a token; None if the text is not a token."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        data = base64.b64decode(f"{token}=", altchars=b"-_", validate=True)
        action, number, day = _FIELDS.unpack_from(data)
        return Token(LinkAction(action), number, EPOCH + timedelta(days=day))
    except (binascii.Error, struct.error, ValueError):
        return None


def is_signed(token: str, message: SignedFields, keys: Iterable[bytes]) -> bool:
    """Whether one of these keys signed this token for this message. Each token has exactly one spelling."""
    parsed = read_token(token)
    if parsed is None:
        return False
    valid = [hmac.compare_digest(token, token_of(parsed.action, message, parsed.last_day, key)) for key in keys]
    return any(valid)


def token_of(action: LinkAction, message: SignedFields, last_day: date, key: bytes) -> str:
    """A token that allows `action` until the end of `last_day` (UTC)."""
    number, *others = message
    signed = json.dumps([int(action), number, last_day.isoformat(), *others]).encode()
    mac = hmac.new(key, _PURPOSE + signed, hashlib.sha256).digest()[:_MAC_BYTES]
    fields = _FIELDS.pack(action, number, (last_day - EPOCH).days)
    return base64.urlsafe_b64encode(fields + mac).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class MessageLinks:
    """The signed links of a message; '' for a link that it does not have. decide: one for each of `brief.held`."""

    unsubscribe: str = ""
    wrong: str = ""
    decide: tuple[str, ...] = ()


NO_LINKS = MessageLinks()


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Signs links. base_url: the public address of `site serve`; key: empty to make none."""

    base_url: str
    key: bytes

    def links(self, message: OutboundMessage) -> MessageLinks:
        """The links of a message. A message outside the outbox (a preview, a kept page) has none. The last day counts
        from the time of writing, so that a second copy has the same links."""
        if not message.number or not self.key:
            return NO_LINKS
        brief = message.brief
        written = (brief.as_of if isinstance(brief, AlertBrief) else brief.end).astimezone(UTC).date()
        signed = SignedFields(message.number, message.message_id, message.channel, message.to, message.commitment)
        links = {action: self._link(action, signed, written + timedelta(days=days)) for action, days in DAYS.items()}
        reports = message.kind != NOTICE and message.commitment
        decide = []
        for held in brief.held if isinstance(brief, AlertBrief) else ():
            signed = SignedFields(held.number, held.message_id, held.channel, held.to, held.commitment)
            decide.append(self._link(LinkAction.DECIDE, signed, held.until.astimezone(UTC).date()))
        return MessageLinks(
            links[LinkAction.UNSUBSCRIBE] if message.channel == "email" else "",
            links[LinkAction.WRONG] if reports else "",
            tuple(decide),
        )

    def _link(self, action: LinkAction, signed: SignedFields, last_day: date) -> str:
        return f"{self.base_url}/{FOLDER}/{token_of(action, signed, last_day, self.key)}"
