"""Signed links in messages: what a reader can do by one, how it is signed, and what makes it valid.

A token names a message by its number, what the link does and its last day, and ends with an HMAC over all of that and over what the
message is: its id, its place and its commitment. So a link is short, nothing is stored for it, and it fits only the one message, also where
a new database counts messages from one again. `docs/decisions/links.md` says why.
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
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Protocol

from monitor.domain.messages.models import AlertBrief, OutboundMessage
from monitor.domain.model import NOTICE

FOLDER = "links"
"""Below base_url: every address of a link is base_url/links/TOKEN."""
LINK_DAYS = 60
"""How long links work, an estimate: who acts on a message does so within days, and an old mailbox should open nothing."""
UNSUBSCRIBE_DAYS = 365
"""Unsubscribing works longer: a reader may look for the link in the last digest that was kept."""
EPOCH = date(2020, 1, 1)
"""Days are counted from here, in two bytes, which last until 2199."""
_HEAD = struct.Struct(">BIH")
"""What the link does, the number of its message, its last day."""
_MAC_BYTES = 16
"""128 bits of HMAC-SHA256: as hard to guess as the whole, and 21 characters shorter."""
TOKEN_LENGTH = 31
"""Characters of a token, always."""
_CONTEXT = b"deal-monitor link v1\n"
"""A key may sign other things one day; none of them can be taken for a link."""


class Deed(IntEnum):
    """What a link does. The numbers stand in tokens and never change."""

    UNSUBSCRIBE = 1
    MUTE = 2
    WRONG = 3

    @property
    def days(self) -> int:
        """How long after its message the link works."""
        return UNSUBSCRIBE_DAYS if self is Deed.UNSUBSCRIBE else LINK_DAYS


class SignedMessage(Protocol):
    """What of a message is signed; an outgoing message and a row of the outbox both have it."""

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
class Claim:
    """What a token says of itself, before anybody has checked it."""

    deed: Deed
    number: int
    last_day: date
    mac: bytes

    def is_signed(self, message: SignedMessage, keys: Iterable[bytes]) -> bool:
        """Whether one of these keys has signed this claim for this message."""
        own = [hmac.compare_digest(self.mac, _mac(key, self.deed, message, self.last_day)) for key in keys]
        return message.number == self.number and any(own)

    def has_expired(self, now: datetime) -> bool:
        """Whether its last day, in UTC, is over."""
        return now.astimezone(UTC).date() > self.last_day


def read_token(token: str) -> Claim | None:
    """The claim of a token; None for whatever is no token. Each claim has one spelling."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        data = base64.b64decode(f"{token}=", altchars=b"-_", validate=True)
        deed, number, day = _HEAD.unpack_from(data)
        claim = Claim(Deed(deed), number, EPOCH + timedelta(days=day), data[_HEAD.size :])
    except (binascii.Error, struct.error, ValueError):
        return None
    return claim if _encoded(data) == token else None


def token_of(deed: Deed, message: SignedMessage, last_day: date, key: bytes) -> str:
    """The token by which `deed` can be done until the end of `last_day` in UTC."""
    head = _HEAD.pack(deed, message.number, (last_day - EPOCH).days)
    return _encoded(head + _mac(key, deed, message, last_day))


def _mac(key: bytes, deed: Deed, message: SignedMessage, last_day: date) -> bytes:
    said = [int(deed), message.number, last_day.isoformat(), message.message_id]
    signed = json.dumps([*said, message.channel, message.to, message.commitment]).encode()
    return hmac.new(key, _CONTEXT + signed, hashlib.sha256).digest()[:_MAC_BYTES]


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


# ---------------------------------------------------------------- the links of a message


@dataclass(frozen=True, slots=True)
class MessageLinks:
    """The addresses by which a reader can act on a message; '' where there is no such act."""

    unsubscribe: str = ""
    mute: str = ""
    wrong: str = ""

    @property
    def about_it(self) -> tuple[tuple[str, str], ...]:
        """What is offered beside the text, in words, each with its address."""
        offers = (("This is wrong", self.wrong), ("Mute this commitment here for 7 days", self.mute))
        return tuple((words, url) for words, url in offers if url)


NO_LINKS = MessageLinks()


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes the links of messages. base_url: where `site serve` is reached; key: what signs."""

    base_url: str
    key: bytes

    def links(self, message: OutboundMessage) -> MessageLinks:
        """What a reader of this message can do by links. A message that is in no outbox (a preview, a kept page) has none.

        Their last day counts from when the message was written, so that a second copy has the same links.
        """
        if not message.number:
            return NO_LINKS
        brief = message.brief
        written = (brief.as_of if isinstance(brief, AlertBrief) else brief.end).astimezone(UTC).date()

        def link(deed: Deed) -> str:
            token = token_of(deed, message, written + timedelta(days=deed.days), self.key)
            return f"{self.base_url}/{FOLDER}/{token}"

        leaves = link(Deed.UNSUBSCRIBE) if message.channel == "email" else ""
        if message.kind == NOTICE or not message.commitment:
            return MessageLinks(leaves)
        return MessageLinks(leaves, link(Deed.MUTE), link(Deed.WRONG))


def keys_of(text: str) -> tuple[bytes, ...]:
    """The keys that a text holds, with blanks or lines between: the first signs, all are accepted."""
    return tuple(word.encode() for word in text.split())
