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

from monitor.domain.brief import AlertBrief, Parcel
from monitor.domain.brief_words import clean, cut
from monitor.domain.model import NOTICE
from monitor.errors import RenderError

SUBJECT = 78
HEADER_LINE = 76
"""Most characters of a line with encoded words, by the standard on them."""
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Post:
    """Who sends, and under which domain threads and lists are named."""

    sender: str
    domain: str
    list_name: str = "Deal monitor"
    unsubscribe: str = ""
    """Whoever takes a reader off the list; '' stands for the sender."""

    @property
    def leave(self) -> str:
        return parseaddr(self.unsubscribe or self.sender)[1]


def subject(parcel: Parcel) -> str:
    """One line, at most 78 characters."""
    brief = parcel.brief
    line = brief.first_line if isinstance(brief, AlertBrief) else f"Digest: {brief.subject}"
    return cut(clean(line, SUBJECT * 2), SUBJECT)


def moment(parcel: Parcel) -> datetime:
    """The event's time, not the attempt's: a second copy is the same mail."""
    brief = parcel.brief
    return (brief.at if isinstance(brief, AlertBrief) else brief.end).astimezone(UTC).replace(microsecond=0)


def message_id(parcel: Parcel, post: Post) -> str:
    """`<ev.{message}.{recipient}@{domain}>`, from the parcel alone."""
    return f"<ev.{token(parcel.message_id)}.{_digest(parcel.to.lower())[:12]}@{post.domain}>"


def token(text: str) -> str:
    """`text` as part of a header's identifier; what had to be changed is told apart by a short hash."""
    safe = UNSAFE.sub("-", text)[:60]
    return safe if safe == text else f"{safe}-{_digest(text)[:8]}"


def build(parcel: Parcel, post: Post, text: str, html: str, pictures: Mapping[str, bytes]) -> bytes:
    """The whole message. Raises RenderError when an address or a header cannot be written."""
    mail = EmailMessage(policy=SMTP)
    try:
        _head(mail, parcel, post)
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


def size(html: str) -> int:
    """Bytes of an HTML part on the wire: quoted-printable with CRLF line ends."""
    coded = quopri.encodestring(html.encode("utf-8"))
    return len(coded) + coded.count(b"\n")


def picture_id(name: str, parcel: Parcel, post: Post) -> str:
    return f"{name}.{_digest(message_id(parcel, post))[:12]}@{post.domain}"


def _head(mail: EmailMessage, parcel: Parcel, post: Post) -> None:
    root = f"commitment.{token(parcel.commitment)}" if parcel.commitment else "digest"
    mail["From"] = post.sender
    mail["To"] = Address(addr_spec=parcel.to)
    mail["Date"] = moment(parcel)
    mail["Message-ID"] = message_id(parcel, post)
    # The root is no real mail: every mail of a commitment hangs on it, so a lost or rewritten one breaks no thread.
    mail["In-Reply-To"] = mail["References"] = f"<{root}@{post.domain}>"
    mail["List-Id"] = f"{post.list_name} <{token(parcel.commitment) or 'digest'}.{post.domain}>"
    mail["List-Unsubscribe"] = f"<mailto:{post.leave}?subject=unsubscribe>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail["X-Deal-Event"] = _event(parcel)


def _subject_line(text: str) -> bytes:
    """The header as it travels. The mail's own folding would lose the blanks between encoded words, and would read
    words of a title that look encoded.
    """
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    folded = Header(text, charset, HEADER_LINE, "Subject").encode(linesep="\r\n")
    return f"Subject: {folded}\r\n".encode("ascii")


def _event(parcel: Parcel) -> str:
    """For people's filters: kind, status and commitment in a fixed form. A notice has no status."""
    brief = parcel.brief
    status = f"; status={token(brief.status)}" if isinstance(brief, AlertBrief) and brief.kind != NOTICE else ""
    about = f"; commitment={token(parcel.commitment)}" if parcel.commitment else ""
    return f"{token(parcel.kind)}{status}{about}"


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
