"""A mail as bytes: text first, then HTML with its pictures; the same parcel always gives the same bytes."""

from __future__ import annotations

import hashlib
import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import parseaddr

from monitor.domain.messages.models import AlertBrief, OutboundMessage
from monitor.domain.model import NOTICE
from monitor.domain.text.plain import one_line, truncated
from monitor.errors import RenderError

MAX_SUBJECT = 78
MAX_HEADER_LINE = 76
"""Most characters of a line with encoded words, by the standard on them."""
UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class MailIdentity:
    """Who sends, and under which domain threads and lists are named."""

    sender: str
    domain: str
    list_name: str = "Deal monitor"
    unsubscribe: str = ""
    """Whoever takes a reader off the list; '' stands for the sender."""

    @property
    def unsubscribe_link(self) -> str:
        return parseaddr(self.unsubscribe or self.sender)[1]


def subject(parcel: OutboundMessage) -> str:
    """One line, at most 78 characters."""
    brief = parcel.brief
    line = brief.first_line if isinstance(brief, AlertBrief) else f"Digest: {brief.subject}"
    return truncated(one_line(line, MAX_SUBJECT * 2), MAX_SUBJECT)


def event_time(parcel: OutboundMessage) -> datetime:
    """The event's time, not the attempt's: a second copy is the same mail."""
    brief = parcel.brief
    return (brief.at if isinstance(brief, AlertBrief) else brief.end).astimezone(UTC).replace(microsecond=0)


def message_id(parcel: OutboundMessage, post: MailIdentity) -> str:
    """`<ev.{message}.{recipient}@{domain}>`, from the parcel alone."""
    return f"<ev.{header_token(parcel.message_id)}.{_digest(parcel.to.lower())[:12]}@{post.domain}>"


def header_token(text: str) -> str:
    """`text` as part of a header's identifier; what had to be changed is told apart by a short hash."""
    safe = UNSAFE_CHARACTERS.sub("-", text)[:60]
    return safe if safe == text else f"{safe}-{_digest(text)[:8]}"


def build_mail(
    parcel: OutboundMessage, post: MailIdentity, text: str, html: str, pictures: Mapping[str, bytes]
) -> bytes:
    """The whole message. Raises RenderError when an address or a header cannot be written."""
    mail = EmailMessage(policy=SMTP)
    try:
        _set_headers(mail, parcel, post)
        mail.set_content(text, cte="quoted-printable")
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        for cid, data in pictures.items():
            _html_part(mail).add_related(
                data, "image", "png", cid=f"<{cid}>", disposition="inline", filename=f"{cid.partition('.')[0]}.png"
            )
        _name_boundaries(mail)
        return _subject_line(subject(parcel)) + mail.as_bytes()
    except (ValueError, UnicodeError, IndexError) as error:
        raise RenderError(
            f"message {parcel.message_id} to {parcel.to!r}: {error}", subject=parcel.message_id
        ) from error


def encoded_size(html: str) -> int:
    """Bytes of an HTML part on the wire: quoted-printable with CRLF line ends."""
    coded = quopri.encodestring(html.encode("utf-8"))
    return len(coded) + coded.count(b"\n")


def picture_id(name: str, parcel: OutboundMessage, post: MailIdentity) -> str:
    return f"{name}.{_digest(message_id(parcel, post))[:12]}@{post.domain}"


def _set_headers(mail: EmailMessage, parcel: OutboundMessage, post: MailIdentity) -> None:
    root = f"commitment.{header_token(parcel.commitment)}" if parcel.commitment else "digest"
    mail["From"] = post.sender
    mail["To"] = Address(addr_spec=parcel.to)
    mail["Date"] = event_time(parcel)
    mail["Message-ID"] = message_id(parcel, post)
    # The root is no real mail: every mail of a commitment hangs on it, so a lost or rewritten one breaks no thread.
    mail["In-Reply-To"] = mail["References"] = f"<{root}@{post.domain}>"
    mail["List-Id"] = f"{post.list_name} <{header_token(parcel.commitment) or 'digest'}.{post.domain}>"
    mail["List-Unsubscribe"] = f"<mailto:{post.unsubscribe_link}?subject=unsubscribe>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail["X-Deal-Event"] = _filter_header(parcel)


def _subject_line(text: str) -> bytes:
    """The header as it travels. The mail's own folding would lose the blanks between encoded words, and would read
    words of a title that look encoded.
    """
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    folded = Header(text, charset, MAX_HEADER_LINE, "Subject").encode(linesep="\r\n")
    return f"Subject: {folded}\r\n".encode("ascii")


def _filter_header(parcel: OutboundMessage) -> str:
    """For people's filters: kind, status and commitment in a fixed form. A notice has no status."""
    brief = parcel.brief
    status = f"; status={header_token(brief.status)}" if isinstance(brief, AlertBrief) and brief.kind != NOTICE else ""
    about = f"; commitment={header_token(parcel.commitment)}" if parcel.commitment else ""
    return f"{header_token(parcel.kind)}{status}{about}"


def _html_part(mail: EmailMessage) -> MIMEPart:
    part = mail.get_body(("html",))
    assert part is not None
    return part


def _name_boundaries(mail: EmailMessage) -> None:
    """Boundaries from the Message-ID instead of chance, so that two builds are the same bytes."""
    seed = _digest(str(mail["Message-ID"]))[:24]
    for number, part in enumerate(_multiparts(mail)):
        part.set_boundary(f"=_{seed}_{number}")


def _multiparts(mail: EmailMessage) -> Iterator[MIMEPart]:
    return (part for part in mail.walk() if part.is_multipart())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
