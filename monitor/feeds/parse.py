"""Bytes of a feed -> entries. Never opens what the bytes name, never half-reads, raises only FeedError.

feedparser reads XML formats and is given clean UTF-8 in a BytesIO, nothing else: handed a string or bytes it would open
the file or address that they spell. Its verdict `bozo` is not used; a document is a feed if it has a version.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser

from monitor.errors import FeedError
from monitor.feeds.decode import decode
from monitor.feeds.items import ParsedEntry, ParsedFeed, ParseOptions, RawItem, make_entry
from monitor.feeds.jsonfeed import is_json, parse_json
from monitor.feeds.plain_text import plain_title, visible_text
from monitor.feeds.url_policy import redacted_url
from monitor.feeds.xml_repair import repair_xml

__all__ = ["MAX_BYTES", "MAX_ENTRIES", "ParsedEntry", "ParsedFeed", "parse"]

MAX_BYTES = 10_000_000
MAX_ENTRIES = 5_000


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    zone: str = "UTC",
    tz_names: Mapping[str, str] | None = None,
    encoding: str | None = None,
    now: datetime | None = None,
    max_bytes: int = MAX_BYTES,
) -> ParsedFeed:
    """The feed in `body`; FeedError not_a_feed, empty, too_large or unreadable, with the address as its subject.

    url: the feed's address, only to resolve relative links. content_type: the HTTP header, for its charset.
    zone: what a date without a zone is in. tz_names: what short zone names mean here. encoding: overrides all charsets.
    now: dates outside [now-10y, now+2d] are dropped; None: not checked.
    """
    reading = ParseOptions(url, zone, tz_names or {}, now)
    try:
        if len(body) > max_bytes:
            raise FeedError("too_large", f"the document has {len(body):,} bytes, the limit is {max_bytes:,}")
        text, _ = decode(body, content_type, encoding)
        feed = parse_json(text, reading) if is_json(text) else _parse_xml(text, reading)
    except FeedError as error:
        error.subject = error.subject or redacted_url(url)
        raise
    except MemoryError as error:
        raise FeedError(
            "unreadable", "the document needs more memory than parsing may use", subject=redacted_url(url)
        ) from error
    except Exception as error:  # a parser's own fault on odd input stops this feed only
        raise FeedError(
            "unreadable", f"the parser failed: {type(error).__name__}", subject=redacted_url(url)
        ) from error
    return _bounded(feed)


def _parse_xml(text: str, reading: ParseOptions) -> ParsedFeed:
    document = repair_xml(text)
    found = feedparser.parse(
        io.BytesIO(document.text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    version = found.get("version") or ""
    if not version:
        raise FeedError("not_a_feed", "this is XML or text, but no RSS, Atom or JSON feed")
    based = replace(reading, base=visible_text(urljoin(reading.base, document.base)))
    entries = tuple(entry for item in found.entries if (entry := make_entry(_raw(item), based)))
    dropped = len(found.entries) - len(entries)
    left_out = (f"{dropped} items without title or text left out",) if dropped else ()
    return ParsedFeed(
        title=plain_title(_string(found.feed, "title")),
        entries=entries,
        version=version,
        lang=visible_text(_string(found.feed, "language")).lower()[:20],
        warnings=document.warnings + left_out + tuple(_complaints(found)),
    )


def _raw(item: Any) -> RawItem:
    return RawItem(
        id=_string(item, "id"),
        title=_string(item, "title"),
        url=_link(item),
        date=_string(item, "published") or _string(item, "updated") or _string(item, "created"),
        summary=_string(item, "summary") or _content(item),
        source=_string(item.get("source") or {}, "title"),
    )


def _string(holder: Any, key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _link(item: Any) -> str:
    """The link as written; else the first that leads to the text itself, where none has rel=alternate."""
    written = _string(item, "link")
    # feedparser calls a lone guid the link as well; a bare name would then be resolved into an address of nothing.
    if written and not (item.get("guidislink") and "://" not in written):
        return written
    for link in item.get("links", ()):
        if link.get("rel", "alternate") not in ("self", "enclosure", "edit", "replies", "hub"):
            return _string(link, "href")
    return ""


def _content(item: Any) -> str:
    return next((value for part in item.get("content", ()) if (value := _string(part, "value"))), "")


def _complaints(found: Any) -> Iterator[str]:
    if found.get("bozo"):
        error = found.get("bozo_exception")
        yield f"not well-formed ({visible_text(str(error))[:120]}); read leniently"


def _bounded(feed: ParsedFeed) -> ParsedFeed:
    if len(feed.entries) <= MAX_ENTRIES:
        return feed
    warning = f"only the first {MAX_ENTRIES:,} of {len(feed.entries):,} items are read"
    return replace(feed, entries=feed.entries[:MAX_ENTRIES], warnings=(*feed.warnings, warning))
