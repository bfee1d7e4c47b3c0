"""Digests kept as pages: one HTML file for each route and slot."""

from __future__ import annotations

import base64
import email
import email.policy
import os
import tempfile
from email.message import EmailMessage
from pathlib import Path

from monitor.domain.messages.briefs import OutboundMessage
from monitor.domain.pages.addresses import digest_page
from monitor.errors import RenderError
from monitor.render.mail import header_token
from monitor.render.renderer import Renderer


def write_page(renderer: Renderer, parcel: OutboundMessage, folder: Path, route: str, slot: str) -> str:
    """Write the message as folder/digests/ROUTE/SLOT.html, replacing an earlier page of the slot. Raises RenderError.
    Returns the address of the page, relative to the folder and to the site. The page is written to a temporary file and
    then renamed, so that a reader never gets half a page."""
    address = digest_page(header_token(route), slot.replace(":", ""))
    target = folder / address
    data = html_page(renderer.mail(parcel)).encode("utf-8", "replace")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".writing-", delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o644)  # a temporary file has 0600, and a web server may have to read the page
                Path(file.name).replace(target)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        text = f"{target} cannot be written: {error.strerror or error}. Make the folder writable or free some space"
        raise RenderError(text, subject=target.name) from error
    return address


def html_page(raw: bytes) -> str:
    """The HTML part of the RFC 5322 message `raw` as a page of its own: its pictures become data addresses."""
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
