"""JSON Feed (version 1 and 1.1), which feedparser does not read."""

from __future__ import annotations

import json
from typing import Any

from monitor.errors import FeedError
from monitor.feeds.items import ParsedFeed, ParseOptions, RawItem, make_entries
from monitor.feeds.plain_text import plain_title

_VERSION = "https://jsonfeed.org/version/"


def is_json(text: str) -> bool:
    return text[:64].lstrip("\ufeff \t\r\n").startswith(("{", "["))


def parse_json(text: str, options: ParseOptions) -> ParsedFeed:
    """The feed, or FeedError: unreadable if it is not whole JSON, not_a_feed if it is something else."""
    try:
        document = json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError) as error:
        place = type(error).__name__
        if isinstance(error, json.JSONDecodeError):
            place = f"line {error.lineno}, {error.msg}"
        raise FeedError("unreadable", f"the JSON is broken or cut off: {place}") from error
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(version, str) or _VERSION not in version.replace("http:", "https:"):
        raise FeedError("not_a_feed", "this is JSON, but not a JSON Feed (no jsonfeed.org version)")
    items = document.get("items")
    if not isinstance(items, list):
        raise FeedError("not_a_feed", "this JSON Feed has no list of items")
    raw_items = [
        RawItem(
            id=_text(item, "id"),
            title=_text(item, "title"),
            url=_text(item, "url", "external_url"),
            date=_text(item, "date_published", "date_modified"),
            summary=_text(item, "summary", "content_text", "content_html"),
            source="",
        )
        for item in items
        if isinstance(item, dict)
    ]
    entries, warnings = make_entries(raw_items, options, listed=len(items))
    format_name = "json" + version.rpartition("/")[2][:4].replace(".", "")
    lang = _text(document, "language").lower()[:20]
    return ParsedFeed(plain_title(_text(document, "title")), entries, format_name, lang, warnings)


def _text(mapping: dict[str, Any], *keys: str) -> str:
    """The first of the keys that holds a string or a number (ids are often numbers)."""
    for key in keys:
        value = mapping.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""
