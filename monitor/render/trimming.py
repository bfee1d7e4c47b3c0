"""Long lists cut at the border of an item, with the number left out said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from monitor.domain.brief import AlertBrief, Brief

ALERT_LISTS = ("evidence", "changes", "deadlines", "sections")
DIGEST_LISTS = ("changes", "evidence", "stands", "deadlines", "open", "unchecked", "strips")


def trimmed(brief: Brief, limit: int) -> tuple[Brief, Mapping[str, int]]:
    """The brief with at most `limit` items a list, and for each list how many were left out."""
    names = ALERT_LISTS if isinstance(brief, AlertBrief) else DIGEST_LISTS
    lists: dict[str, tuple[Any, ...]] = {name: getattr(brief, name) for name in names}
    kept: dict[str, Any] = {name: items[:limit] for name, items in lists.items()}
    more = {name: max(0, len(items) - limit) for name, items in lists.items()}
    return replace(brief, **kept), more
