"""Parses the bytes of a feed. `parse` never opens a file or address, uses no incomplete item, raises only FeedError.

feedparser reads the XML formats. It always gets clean UTF-8 in a BytesIO: given a string or bytes it would open the
file or address that they spell. Its verdict `bozo` is ignored; a document is a feed if it has a version.
"""

from __future__ import annotations

import io
import json
import re
from collections import defaultdict
from datetime import datetime
from typing import Any, TypeAlias

import feedparser
import feedparser.api

from monitor.domain.model.news import Entry
from monitor.errors import FeedError
from monitor.feeds.feed_text import decode, repair_xml
from monitor.feeds.items import PATHS, ParsedFeed, ParseOptions, make_entry, plain_title, visible_text
from monitor.feeds.url_policy import redacted_url

_JSON_VERSION = re.compile(r"\s*(?:https?://(?:www\.)?jsonfeed\.org/version/)?([12](?:\.\d)?)/?\s*", re.IGNORECASE)
"""The address of a version, or its bare number as some programs write it."""
# Otherwise feedparser searches all folders for another XML parser at every document; Python's own serves it.
feedparser.api.PREFERRED_XML_PARSERS.clear()
MAX_BYTES = 10_000_000
MAX_ENTRIES = 5_000
"""Limits of one document, estimates far above real feeds: most have under 100 items and 1 MB."""
_Read: TypeAlias = tuple[str, list[Entry], str, str, list[str]]
"""Title, entries, format, language and warnings."""


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str | None,
    zone: str = "UTC",
    now: datetime | None = None,
    max_bytes: int = MAX_BYTES,
) -> ParsedFeed:
    """The feed in `body`; FeedError not_a_feed, empty, too_large or unreadable, with the address as its subject. url:
    the feed's address, to resolve relative links. content_type: the HTTP header, for its charset. zone: of dates
    without a zone, or with a name that it uses. now: dates outside [now-10y, now+2d] are dropped; None: no check."""
    options = ParseOptions(url, zone, now)
    try:
        if len(body) > max_bytes:
            raise FeedError("too_large", f"the document has {len(body):,} bytes, the limit is {max_bytes:,}")
        text = decode(body, content_type)
        is_json = text[:64].lstrip("\ufeff \t\r\n").startswith(("{", "["))
        parsed = _parse_json(text, options) if is_json else _parse_xml(text, options)
    except FeedError as error:
        error.subject = error.subject or redacted_url(url)
        raise
    except Exception as error:  # a fault of a parser on odd input stops this feed only
        reason = f"the parser failed: {type(error).__name__}"
        if isinstance(error, MemoryError):
            reason = "the document needs more memory than parsing may use"
        raise FeedError("unreadable", reason, subject=redacted_url(url)) from error
    title, entries, version, lang, warnings = parsed
    if silent := sum(not entry.title for entry in entries):
        warnings = [f"{silent} items without title or text left out", *warnings]
    if len(entries) > MAX_ENTRIES:
        warnings = [*warnings, f"only the first {MAX_ENTRIES:,} of {len(entries):,} items are read"]
    return ParsedFeed(title, tuple(entries[:MAX_ENTRIES]), version, lang.lower()[:20], tuple(warnings))


def _parse_xml(text: str, options: ParseOptions) -> _Read:
    document = repair_xml(text, options.base)
    parsed = feedparser.parse(
        # Behind a line break: at the start feedparser looks for a charset, for seconds in a line made for that.
        io.BytesIO(f"\n{document.text}".encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    # Some namespaces of RSS 0.9, RSS 1.1 and CDF are no version to feedparser, although it reads their items.
    version = parsed.get("version") or (document.root if document.root in ("rdf", "channel") and parsed.entries else "")
    if not version:
        raise FeedError("not_a_feed", "this is XML or text, but no RSS, Atom or JSON feed")
    entries = [
        make_entry(
            options,
            guid=_string(item, "id"),
            title=_string(item, "title", "itunes_title"),
            url=_link(item),
            date=_string(item, "published", "updated", "created"),
            summary=_string(item, "summary")
            or next(filter(None, (_string(part, "value") for part in item.get("content", ()))), ""),
            source=_string(item.get("source") or {}, "title"),
            home=_string(item.get("source") or {}, "href", "link", "id"),
        )
        for item in parsed.entries
        if item  # one inside another leaves the outer one empty
    ]
    warnings = list(document.warnings)
    if parsed.get("bozo"):
        complaint = visible_text(str(parsed.get("bozo_exception")))[:120]
        warnings.append(f"not well-formed ({complaint}); read leniently")
    title, lang = plain_title(_string(parsed.feed, "title")), visible_text(_string(parsed.feed, "language"))
    return title, entries, version, lang, warnings


def _string(holder: Any, *keys: str) -> str:
    """The first of these values that is non-empty text, else ''."""
    values = (holder.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str) and value), "")


def _link(item: Any) -> str:
    """The first link to the text as a page, in any other form, the guid, the address that a service wraps, any other
    link to the text, or the file that the item encloses."""
    found = defaultdict[str, str](str)
    for link in reversed(item.get("links", ())):
        use = link.get("rel", "").rpartition("/")[2] or "alternate"
        if use == "alternate":
            use = "page" if "html" in link.get("type", "") else "text"
        elif use not in ("self", "enclosure", "edit", "replies", "hub"):
            use = "other"
        found[use] = _string(link, "href").strip() or found[use]
    # feedparser takes a lone guid for the link; a bare name would become an address of nothing.
    guid = _string(item, "link")
    if item.get("guidislink") and "://" not in guid and not guid.startswith(PATHS):
        guid = ""
    wrapped = _string(item, "feedburner_origlink")
    return found["page"] or found["text"] or guid or wrapped or found["other"] or found["enclosure"]


# ---------------------------------------------------------------- JSON Feed (1 and 1.1), which feedparser does not read


def _parse_json(text: str, options: ParseOptions) -> _Read:
    """The feed. Raises FeedError unreadable for broken JSON, not_a_feed for anything else."""
    try:
        document = json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError) as error:
        place = type(error).__name__
        if isinstance(error, json.JSONDecodeError):
            place = f"line {error.lineno}, {error.msg}"
        raise FeedError("unreadable", f"the JSON is broken or cut off: {place}") from error
    version = _JSON_VERSION.fullmatch(_json_text(document, "version")) if isinstance(document, dict) else None
    if version is None:
        raise FeedError("not_a_feed", "this is JSON, but not a JSON Feed (no version of jsonfeed.org)")
    items = document.get("items")
    if not isinstance(items, list):
        raise FeedError("not_a_feed", "this JSON Feed has no list of items")
    entries = [
        make_entry(
            options,
            guid=_json_text(item, "id"),
            title=_json_text(item, "title"),
            url=_json_link(item),
            date=_json_text(item, "date_published", "date_modified"),
            summary=_json_text(item, "summary", "content_text", "content_html"),
        )
        for item in items
        if isinstance(item, dict)
    ]
    format_name = "json" + version[1].removesuffix(".0").replace(".", "")
    title = plain_title(_json_text(document, "title"))
    return title, entries, format_name, _json_text(document, "language"), []


def _json_link(item: dict[str, Any]) -> str:
    """The item's address, the page that it speaks of, an id that is an address, or the first file attached."""
    guid, files = _json_text(item, "id"), item.get("attachments")
    attached = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return (
        _json_text(item, "url", "external_url")
        or (guid if "://" in guid else "")
        or next(filter(None, (_json_text(file, "url") for file in attached)), "")
    )


def _json_text(mapping: dict[str, Any], *keys: str) -> str:
    """The value of the first key with a string or a number (ids are often numbers)."""
    for key in keys:
        value = mapping.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""
