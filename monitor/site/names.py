"""Permanent ids in the files for machines, and text that they can carry."""

from __future__ import annotations

import re

from monitor.domain.text.plain import printable

AUTHORITY = "deal-monitor.invalid"
"""The authority of all ids. They must not change with `base_url`, because a reader takes an entry with a new id for a
new entry. RFC 2606 reserves this name, so it can never belong to anyone."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tag(name: str) -> str:
    """A permanent id (RFC 4151)."""
    return f"tag:{AUTHORITY},2026:{name}"


def cleaned(text: str) -> str:
    """Text that XML and iCalendar can carry: no control or direction characters, no half characters."""
    return _NOT_XML.sub("\ufffd", printable(text))
