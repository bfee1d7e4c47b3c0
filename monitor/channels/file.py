"""The channel without a service: messages as files in a folder, exactly as they would be sent."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from monitor.domain.messages.briefs import AlertBrief, DeliveryReceipt, OutboundMessage
from monitor.errors import ChannelError

UNSAFE_CHARACTERS = re.compile(r"[^A-Za-z0-9._-]+")


def message_file_name(message: OutboundMessage) -> str:
    """A file name without its suffix: sorts by the event's time, and stays the same for a message written again."""
    at = message.brief.at if isinstance(message.brief, AlertBrief) else message.brief.end
    recipient = hashlib.sha256(f"{message.channel}\0{message.to}".encode("utf-8", "replace")).hexdigest()[:8]
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{safe_file_name(message.message_id)}-{recipient}"


def safe_file_name(text: str) -> str:
    """`text` as part of a file name; a short hash tells changed or cut texts apart."""
    safe = UNSAFE_CHARACTERS.sub("-", text).strip(".-")[:80]
    if safe == text:
        return safe
    return f"{safe or 'message'}-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"


@dataclass(frozen=True)
class FileChannel:
    """Writes mails as `.eml` and Slack messages as `.json`, over an earlier file of the same name."""

    folder: Path

    def send(self, message: bytes | Mapping[str, Any], name: str) -> DeliveryReceipt:
        """Write a mail (bytes) or a Slack message. Raises ChannelError when the folder cannot be written. It is written
        to a temporary file, flushed to the disk, then renamed, so that readers never see half a file."""
        suffix, data = "eml", message
        if not isinstance(data, bytes):
            suffix, data = "json", f"{json.dumps(data, ensure_ascii=False, indent=2)}\n".encode("utf-8", "replace")
        target = self.folder / f"{safe_file_name(name)}.{suffix}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".writing-", delete=False) as file:
                try:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(target)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            text = f"cannot write {target}: {error.strerror or error}. Make the folder writable or free some space"
            raise ChannelError(text, subject="file") from error
        return DeliveryReceipt(ref=target.name)
