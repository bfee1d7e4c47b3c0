"""Items of a feed as values. A raw item becomes an entry in one way, whatever format it came in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from monitor.feeds.dates import read_date
from monitor.feeds.plain_text import plain_summary, plain_title, truncated, visible_text

if TYPE_CHECKING:
    from monitor.domain.model import Entry

URL_LIMIT = 4_000
ID_LIMIT = 1_000
"""Characters; a longer guid is hashed. Both bounds are estimates far above what feeds write."""
_TITLE_FROM_SUMMARY = 160
"""Characters of a summary that serve as the title of an item without one."""
_TITLE_SEPARATORS = (" - ", " – ", " — ", " | ", " -- ")


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item. `id` is the raw guid, else the link, else a hash of title and date: never built from the feed's address.

    published: UTC, None when absent, unreadable or outside [now-10y, now+2d]; `raw_date` is what the feed wrote.
    date_only: the feed gave no time; `published` is then midnight in the feed's zone.
    source: the publisher that an aggregator names, else "".
    """

    id: str
    title: str
    url: str
    published: datetime | None
    summary: str
    source: str
    date_only: bool
    raw_date: str


_FIELDS = tuple(field.name for field in fields(ParsedEntry))
_PUBLISHED = _FIELDS.index("published")


def row_of_entry(entry: ParsedEntry) -> list[Any]:
    """The entry as JSON holds it: its fields in order."""
    row = [getattr(entry, name) for name in _FIELDS]
    row[_PUBLISHED] = entry.published.isoformat() if entry.published else None
    return row


def entry_of_row(row: Sequence[Any]) -> ParsedEntry:
    """The entry that `row_of_entry` made a row of. Raises TypeError or ValueError for a row of another shape."""
    values = list(row)
    values[_PUBLISHED] = datetime.fromisoformat(row[_PUBLISHED]) if row[_PUBLISHED] is not None else None
    return ParsedEntry(*values)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that is a feed. `version` is feedparser's name of the format ("rss20", "atom10") or "json1"."""

    title: str
    entries: tuple[ParsedEntry, ...]
    version: str
    lang: str
    warnings: tuple[str, ...] = ()

    def as_entries(self, publisher: str, *, zone: str = "UTC", lang: str = "") -> tuple[Entry, ...]:
        """The items as entries of a feed of `publisher`; an aggregator's item keeps the publisher that it names itself.

        zone: that of the feed's bare dates, as it was parsed with. lang: the document's own if ''.
        """
        from monitor.domain.model import Entry  # which the child that parses does not need

        entries = []
        for item in self.entries:
            published = item.published
            if published is not None and item.date_only:
                # Entries write a bare date as midnight UTC of its day.
                published = datetime.combine(published.astimezone(ZoneInfo(zone)).date(), time(), UTC)
            source, language = item.source or publisher, lang or self.lang
            entries.append(
                Entry(item.id, item.title, item.url, published, item.summary, source, language, item.date_only)
            )
        return tuple(entries)


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How to read one feed: `base` resolves links; the rest is what its configuration says about dates."""

    base: str
    zone: str = "UTC"
    tz_names: Mapping[str, str] = field(default_factory=dict)
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item as its format gives it: strings as written, '' for what is absent."""

    id: str
    title: str
    url: str
    date: str
    summary: str
    source: str


def make_entries(
    items: Sequence[RawItem], options: ParseOptions, *, listed: int
) -> tuple[tuple[ParsedEntry, ...], tuple[str, ...]]:
    """The entries, and a warning where the `listed` items of the document were more than these."""
    entries = tuple(entry for item in items if (entry := make_entry(item, options)))
    dropped = listed - len(entries)
    return entries, (f"{dropped} items without title or text left out",) if dropped else ()


def make_entry(raw: RawItem, options: ParseOptions) -> ParsedEntry | None:
    """The entry, or None if there is nothing to read in it: neither a title nor a summary to take one from."""
    source = plain_title(raw.source)
    if source.casefold() in ("unknown", "none", "n/a"):
        source = ""
    title = plain_title(raw.title)
    # An aggregator's "Title - Publisher" loses the publisher, which has a field of its own.
    if source and title.casefold().endswith(source.casefold()):
        head = title[: -len(source)]
        joint = next((joint for joint in _TITLE_SEPARATORS if head.endswith(joint)), "")
        if joint and head.strip():
            title = head.removesuffix(joint).rstrip()
    summary = plain_summary(raw.summary)
    title = title or truncated(summary, _TITLE_FROM_SUMMARY)
    if not title:
        return None
    # Some generators leave the link empty although the guid is the page's address.
    url = absolute_url(raw.url, options.base) or absolute_url(raw.id if "://" in raw.id else "", options.base)
    date = read_date(raw.date, zone=options.zone, tz_names=options.tz_names, now=options.now)
    published, date_only = (date.at, date.date_only) if date else (None, False)
    # Aggregators write the title (and publisher) again as the summary.
    repeats = {title.casefold(), f"{title} {source}".casefold(), f"{title} - {source}".casefold()}
    summary = "" if summary.casefold() in repeats else summary
    raw_date = visible_text(raw.date)
    # The guid as written: resolving it would make every story new when the feed's address moves.
    guid = visible_text(raw.id)
    if len(guid) > ID_LIMIT or not (guid or url):
        guid = "sha256:" + hashlib.sha256((guid or f"{title}\n{raw_date}").encode()).hexdigest()
    return ParsedEntry(guid or url, title, url, published, summary, source, date_only, raw_date[:120])


def absolute_url(link: str, base: str) -> str:
    """The link as an absolute http(s) address, or '' for any other (javascript:, data:, unreadable)."""
    link = visible_text(link).replace(" ", "%20")[:URL_LIMIT]
    try:
        url = urljoin(base, link)
        parts = urlsplit(url)
        return url if link and parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""
