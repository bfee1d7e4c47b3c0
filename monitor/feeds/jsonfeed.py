"""JSON Feed (version 1 and 1.1), which feedparser does not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from monitor.errors import FeedError
from monitor.feeds.items import ParsedFeed, ParseOptions, RawItem, make_entry
from monitor.feeds.plain_text import plain_title

_VERSION = "https://jsonfeed.org/version/"


def is_json(text: str) -> bool:
    return text[:64].lstrip("\ufeff \t\r\n").startswith(("{", "["))


def parse_json(text: str, reading: ParseOptions) -> ParsedFeed:
    """The feed, or FeedError: unreadable if it is not whole JSON, not_a_feed if it is something else."""
    document = _load(text.lstrip("\ufeff"))
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(version, str) or _VERSION not in version.replace("http:", "https:"):
        raise FeedError("not_a_feed", "this is JSON, but not a JSON Feed (no jsonfeed.org version)")
    items = document.get("items")
    if not isinstance(items, list):
        raise FeedError("not_a_feed", "this JSON Feed has no list of items")
    made = [make_entry(raw, reading) for raw in _raw_items(items)]
    entries = tuple(entry for entry in made if entry)
    dropped = len(items) - len(entries)
    return ParsedFeed(
        title=plain_title(_text(document, "title")),
        entries=entries,
        version="json" + version.rpartition("/")[2][:4].replace(".", ""),
        lang=_text(document, "language").lower()[:20],
        warnings=(f"{dropped} items without title or text left out",) if dropped else (),
    )


def _load(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError("unreadable", f"the JSON is broken or cut off: {_place(error)}") from error


def _place(error: Exception) -> str:
    return f"line {error.lineno}, {error.msg}" if isinstance(error, json.JSONDecodeError) else type(error).__name__


def _raw_items(items: list[Any]) -> Iterator[RawItem]:
    for item in items:
        if isinstance(item, dict):
            yield RawItem(
                id=_text(item, "id"),
                title=_text(item, "title"),
                url=_text(item, "url", "external_url"),
                date=_text(item, "date_published", "date_modified"),
                summary=_text(item, "summary", "content_text", "content_html"),
                source="",
            )


def _text(mapping: dict[str, Any], *keys: str) -> str:
    """The first of the keys that holds a string or a number (ids are often numbers)."""
    for key in keys:
        value = mapping.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""
