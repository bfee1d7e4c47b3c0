"""Signed links in messages: unsubscribe an address from its route, or report the message as wrong.

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
from typing import Protocol

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

    @property
    def days(self) -> int:
        """For how many days after its message the link works (estimates). Readers report a message within days, but
        they may unsubscribe by an old digest."""
        return 365 if self is LinkAction.UNSUBSCRIBE else 60


class SignedMessage(Protocol):
    """The signed fields of a message: an outgoing message and a row of the outbox both have them."""

    @property
    def message_id(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def to(self) -> str: ...
    @property
    def commitment(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Token:
    """The fields of a token, not yet verified."""

    action: LinkAction
    number: int
    last_day: date
    mac: bytes

    def is_signed(self, message: SignedMessage, keys: Iterable[bytes]) -> bool:
        """Whether one of these keys signed this token for this message."""
        valid = [hmac.compare_digest(self.mac, _mac(key, self.action, message, self.last_day)) for key in keys]
        return message.number == self.number and any(valid)


def read_token(token: str) -> Token | None:
    """The fields of a token; None if the text is not a token. Each token has exactly one spelling."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        data = base64.b64decode(f"{token}=", altchars=b"-_", validate=True)
        action, number, day = _FIELDS.unpack_from(data)
        parsed = Token(LinkAction(action), number, EPOCH + timedelta(days=day), data[_FIELDS.size :])
    except (binascii.Error, struct.error, ValueError):
        return None
    return parsed if _encoded(data) == token else None


def token_of(action: LinkAction, message: SignedMessage, last_day: date, key: bytes) -> str:
    """A token that allows `action` until the end of `last_day` (UTC)."""
    fields = _FIELDS.pack(action, message.number, (last_day - EPOCH).days)
    return _encoded(fields + _mac(key, action, message, last_day))


def _mac(key: bytes, action: LinkAction, message: SignedMessage, last_day: date) -> bytes:
    fields = [int(action), message.number, last_day.isoformat(), message.message_id]
    signed = json.dumps([*fields, message.channel, message.to, message.commitment]).encode()
    return hmac.new(key, _PURPOSE + signed, hashlib.sha256).digest()[:_MAC_BYTES]


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class MessageLinks:
    """The signed links of a message; '' for a link that it does not have."""

    unsubscribe: str = ""
    wrong: str = ""


NO_LINKS = MessageLinks()


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Signs links. base_url: the public address of `site serve`."""

    base_url: str
    key: bytes

    def links(self, message: OutboundMessage) -> MessageLinks:
        """The links of a message. A message outside the outbox (a preview, a kept page) has none.

        The last day counts from the time of writing, so that a second copy has the same links.
        """
        if not message.number:
            return NO_LINKS
        brief = message.brief
        written = (brief.as_of if isinstance(brief, AlertBrief) else brief.end).astimezone(UTC).date()

        def link(action: LinkAction) -> str:
            token = token_of(action, message, written + timedelta(days=action.days), self.key)
            return f"{self.base_url}/{FOLDER}/{token}"

        reports = message.kind != NOTICE and message.commitment
        return MessageLinks(
            link(LinkAction.UNSUBSCRIBE) if message.channel == "email" else "",
            link(LinkAction.WRONG) if reports else "",
        )


def keys_of(text: str) -> tuple[bytes, ...]:
    """The keys in a text, separated by white space: the first one signs, all are accepted."""
    return tuple(word.encode() for word in text.split())
