"""Digests kept as pages: one HTML file a route and slot, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from monitor.domain.messages.models import OutboundMessage
from monitor.errors import RenderError
from monitor.render.html_page import html_page
from monitor.render.mail import header_token
from monitor.render.renderer import Renderer


def write_page(renderer: Renderer, parcel: OutboundMessage, folder: Path, route: str, slot: str) -> Path:
    """Write the parcel as folder/ROUTE/SLOT.html; the same slot is written over. Raises RenderError."""
    target = folder / header_token(route) / f"{slot.replace(':', '')}.html"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, html_page(renderer.mail(parcel)).encode("utf-8", "replace"))
    except OSError as error:
        raise RenderError(
            f"{target} cannot be written: {error.strerror or error}. Make the folder writable or free some space",
            subject=target.name,
        ) from error
    return target


def _write(target: Path, data: bytes) -> None:
    """Beside the target first, then renamed: a reader never meets half a page."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
