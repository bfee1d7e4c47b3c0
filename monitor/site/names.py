"""The names that files for machines bear for ever, and text fit to stand in them."""

from __future__ import annotations

import re

from monitor.domain.text.plain import printable

AUTHORITY = "deal-monitor.invalid"
"""The authority of all ids. It must outlive every change of `base_url`, for a reader takes an entry with a new id for a new one; so it is
no address of a site, but a name that RFC 2606 reserves, which nobody can ever own. One change has the same id wherever it is told."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tag(name: str) -> str:
    """The id of a thing for ever (RFC 4151)."""
    return f"tag:{AUTHORITY},2026:{name}"


def cleaned(text: str) -> str:
    """Text that XML and iCalendar can carry: no control or direction characters, no half characters."""
    return _NOT_XML.sub("\ufffd", printable(text))
