"""A parsed feed, and the one way from an item's raw strings to an entry, whatever its format."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitor.domain.model.news import Entry
from monitor.feeds.feed_dates import read_date
from monitor.feeds.plain_text import plain_summary, plain_title, truncated, visible_text

URL_LIMIT = 4_000
ID_LIMIT = 1_000
"""Characters; a longer guid is hashed. Both limits are estimates far above real feeds."""
_TITLE_FROM_SUMMARY = 160
"""Characters of the summary that replace a missing title."""
_TITLE_SEPARATORS = (" - ", " – ", " — ", " | ", " -- ")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that is a feed. `version` is feedparser's name of the format ("rss20", "atom10") or "json1"."""

    title: str
    entries: tuple[Entry, ...]
    version: str
    lang: str
    warnings: tuple[str, ...] = ()

    def published_by(self, publisher: str, lang: str = "") -> tuple[Entry, ...]:
        """The entries of a feed of `publisher`; an item of an aggregator keeps the publisher that it names.

        lang: '' means the document's own language.
        """
        return tuple(replace(e, source=e.source or publisher, lang=lang or self.lang) for e in self.entries)


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How to read one feed. base: resolves links; zone, tz_names, now: see `parse.parse`."""

    base: str
    zone: str = "UTC"
    tz_names: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None


def make_entry(
    options: ParseOptions, *, guid: str, title: str, url: str, date: str, summary: str, source: str = ""
) -> Entry | None:
    """The entry of an item with these raw strings ('' if absent); None without title and summary.

    The id is the guid as written (resolved against the feed's address, every story would be new when the feed moves),
    else the link, else a hash of title and date.
    """
    source = plain_title(source)
    if source.casefold() in ("unknown", "none", "n/a"):
        source = ""
    title = plain_title(title)
    # An aggregator's "Title - Publisher" loses the publisher, which has a field of its own.
    if source and title.casefold().endswith(source.casefold()):
        start = title[: -len(source)]
        separator = next((each for each in _TITLE_SEPARATORS if start.endswith(each)), "")
        if separator and start.strip():
            title = start.removesuffix(separator).rstrip()
    summary = plain_summary(summary)
    title = title or truncated(summary, _TITLE_FROM_SUMMARY)
    if not title:
        return None
    # Aggregators repeat the title (and publisher) as the summary.
    if summary.casefold() in {title.casefold(), f"{title} {source}".casefold(), f"{title} - {source}".casefold()}:
        summary = ""
    # Some generators leave the link empty although the guid is the page's address.
    address = absolute_url(url, options.base) or absolute_url(guid if "://" in guid else "", options.base)
    found = read_date(date, zone=options.zone, tz_names=options.tz_names, now=options.now)
    published, date_only = (found.at, found.date_only) if found else (None, False)
    key = visible_text(guid)
    if len(key) > ID_LIMIT or not (key or address):
        key = "sha256:" + hashlib.sha256((key or f"{title}\n{visible_text(date)}").encode()).hexdigest()
    return Entry(key or address, title, address, published, summary, source, date_only=date_only)


def absolute_url(link: str, base: str) -> str:
    """The link as an absolute http(s) address, '' for any other (javascript:, data:, malformed)."""
    link = visible_text(link).replace(" ", "%20")[:URL_LIMIT]
    try:
        url = urljoin(base, link)
        parts = urlsplit(url)
        return url if link and parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""
