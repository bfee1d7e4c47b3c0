"""A mail as bytes: text first, then HTML with its pictures. The same message always gives the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from monitor.domain.messages.briefs import AlertBrief, OutboundMessage
from monitor.domain.messages.subject import MAX_SUBJECT
from monitor.domain.model import NOTICE
from monitor.domain.text.plain import one_line, truncated
from monitor.errors import RenderError

MAX_HEADER_LINE = 76
"""Characters of a line with encoded words, by RFC 2047."""
UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class MailIdentity:
    """The sender, and the domain of threads and lists. unsubscribe: an address, '' for the sender."""

    sender: str
    domain: str
    unsubscribe: str = ""

    @property
    def contact(self) -> str:
        """The address for people who want to unsubscribe."""
        return parseaddr(self.unsubscribe or self.sender)[1]


def subject(message: OutboundMessage) -> str:
    """One line, at most MAX_SUBJECT characters."""
    return truncated(one_line(message.brief.subject, MAX_SUBJECT * 2), MAX_SUBJECT)


def message_id(message: OutboundMessage, identity: MailIdentity) -> str:
    """`<ev.{message}.{recipient}@{domain}>`, from the message alone."""
    return f"<ev.{header_token(message.message_id)}.{digest(message.to.lower())[:12]}@{identity.domain}>"


def header_token(text: str) -> str:
    """`text` as part of a header's identifier; a short hash tells changed texts apart."""
    safe = UNSAFE_CHARACTERS.sub("-", text)[:60]
    return safe if safe == text else f"{safe}-{digest(text)[:8]}"


def build_mail(
    message: OutboundMessage,
    identity: MailIdentity,
    text: str,
    html: str,
    pictures: Mapping[str, bytes],
    unsubscribe_link: str = "",
) -> bytes:
    """The whole message. pictures: PNG data by content id; unsubscribe_link: for one step (RFC 8058), '' without.
    Raises RenderError when a header cannot be written."""
    brief, commitment = message.brief, header_token(message.commitment)
    mail = EmailMessage(policy=SMTP)
    try:
        thread = f"commitment.{commitment}" if message.commitment else "digest"
        mail["From"] = identity.sender
        mail["To"] = Address(addr_spec=message.to)
        # The event's time, not the attempt's: a second copy is the same mail.
        happened = brief.at if isinstance(brief, AlertBrief) else brief.end
        mail["Date"] = happened.astimezone(UTC).replace(microsecond=0)
        mail["Message-ID"] = message_id(message, identity)
        # The root is no real mail: every mail of a commitment refers to it, so a lost mail breaks no thread.
        mail["In-Reply-To"] = mail["References"] = f"<{thread}@{identity.domain}>"
        mail["List-Id"] = f"Deal monitor <{commitment or 'digest'}.{identity.domain}>"
        unsubscribe = f"<mailto:{identity.contact}?subject=unsubscribe>"
        if unsubscribe_link:
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        else:
            mail["List-Unsubscribe"] = unsubscribe
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
        # For people's filters: kind, status and commitment in a fixed form. A notice has no status.
        event = [header_token(message.kind)]
        if isinstance(brief, AlertBrief) and brief.kind != NOTICE:
            event.append(f"status={header_token(brief.headline.status)}")
        mail["X-Deal-Event"] = "; ".join([*event, f"commitment={commitment}"] if message.commitment else event)
        mail.set_content(text, cte="quoted-printable")
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        for cid, data in pictures.items():
            html_part, name = mail.get_body(("html",)), f"{cid.partition('.')[0]}.png"
            assert html_part is not None
            html_part.add_related(data, "image", "png", cid=f"<{cid}>", disposition="inline", filename=name)
        # Boundaries from the Message-ID instead of chance, so that two builds are the same bytes.
        seed = digest(str(mail["Message-ID"]))[:24]
        for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
            part.set_boundary(f"=_{seed}_{number}")
        # The library's own folding loses the blanks between encoded words, and decodes words that only look encoded.
        line = subject(message)
        charset = "us-ascii" if line.isascii() and "=?" not in line else "utf-8"
        folded = Header(line, charset, MAX_HEADER_LINE, "Subject").encode(linesep="\r\n")
        # It would also break or encode a long address, and a relay that folds a line again spoils its signature.
        leave = f"List-Unsubscribe: <{unsubscribe_link}>,\r\n {unsubscribe}\r\n" if unsubscribe_link else ""
        return f"Subject: {folded}\r\n{leave}".encode("ascii") + mail.as_bytes()
    except (ValueError, UnicodeError, IndexError) as error:
        problem = f"message {message.message_id} to {message.to!r}: {error}"
        raise RenderError(problem, subject=message.message_id) from error


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
