"""A mail's HTML part as a page of its own: pictures by content id become data addresses, so that a browser shows them."""

from __future__ import annotations

import base64
import email
import email.policy
from email.message import EmailMessage


def html_page(raw: bytes) -> str:
    """The HTML of the RFC 5322 message `raw` with its pictures written into it."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    html = str(body.get_content()) if body is not None else ""
    for part in message.walk():
        name = str(part.get("Content-ID", "")).strip("<>")
        data = part.get_payload(decode=True)
        if name and isinstance(data, bytes):
            address = f"data:{part.get_content_type()};base64,{base64.b64encode(data).decode()}"
            html = html.replace(f"cid:{name}", address)
    return html
