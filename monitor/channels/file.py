"""The channel without a service: messages as files in a folder, exactly as they would be sent."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
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


class FileChannel:
    """Writes mails as `.eml` and Slack messages as `.json`, over an earlier file of the same name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send_mail(self, raw: bytes, name: str) -> DeliveryReceipt:
        """Write the mail `raw` as NAME.eml. Raises ChannelError when the folder cannot be written."""
        return self._write(f"{safe_file_name(name)}.eml", raw)

    def send_slack(self, payload: Mapping[str, Any], name: str) -> DeliveryReceipt:
        """Write the Slack message as NAME.json. Raises ChannelError when the folder cannot be written."""
        text = json.dumps(payload, ensure_ascii=False, indent=2) + "\n"
        return self._write(f"{safe_file_name(name)}.json", text.encode("utf-8", "replace"))

    def _write(self, name: str, data: bytes) -> DeliveryReceipt:
        """Write a temporary file, flush it to the disk, then rename it, so that readers never see half a file."""
        target = self.folder / name
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
        return DeliveryReceipt(ref=name, thread=None)
