"""What a feed's document holds, once read; and how one raw item becomes an entry, whatever format it came in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from monitor.domain.model import Entry
from monitor.feeds.dates import read_date
from monitor.feeds.plain_text import plain_summary, plain_title, truncated, visible_text

URL_LIMIT = 4_000
ID_LIMIT = 1_000
_TITLE_FROM_SUMMARY = 160
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
        return tuple(
            Entry(
                item.id,
                item.title,
                item.url,
                _day_in(zone, item.published) if item.published is not None and item.date_only else item.published,
                item.summary,
                item.source or publisher,
                lang or self.lang,
                item.date_only,
            )
            for item in self.entries
        )


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


def make_entry(raw: RawItem, reading: ParseOptions) -> ParsedEntry | None:
    """The entry, or None if there is nothing to read in it: neither a title nor a summary to take one from."""
    source = _publisher(raw.source)
    title = _without_publisher(plain_title(raw.title), source)
    summary = plain_summary(raw.summary)
    if not title:
        title = truncated(summary, _TITLE_FROM_SUMMARY)
    if not title:
        return None
    # Some generators leave the link empty although the guid is the page's address.
    url = absolute_url(raw.url, reading.base) or absolute_url(raw.id if "://" in raw.id else "", reading.base)
    date = read_date(raw.date, zone=reading.zone, tz_names=reading.tz_names, now=reading.now)
    return ParsedEntry(
        id=_identity(raw, title, url),
        title=title,
        url=url,
        published=date.at if date else None,
        summary="" if _repeats(summary, title, source) else summary,
        source=source,
        date_only=bool(date and date.date_only),
        raw_date=visible_text(raw.date)[:120],
    )


def _day_in(zone: str, midnight: datetime) -> datetime:
    """Midnight in a zone as midnight UTC of that day, as entries write a bare date."""
    return datetime.combine(midnight.astimezone(ZoneInfo(zone)).date(), time(), UTC)


def absolute_url(link: str, base: str) -> str:
    """The link as an absolute http(s) address, or '' for any other (javascript:, data:, unreadable)."""
    link = visible_text(link).replace(" ", "%20")[:URL_LIMIT]
    try:
        url = urljoin(base, link)
        parts = urlsplit(url)
        return url if link and parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""


def _identity(raw: RawItem, title: str, url: str) -> str:
    """The guid as written: resolving it would make every story new when the feed's address moves."""
    guid = visible_text(raw.id)
    if len(guid) > ID_LIMIT:
        return "sha256:" + hashlib.sha256(guid.encode()).hexdigest()
    return guid or url or "sha256:" + hashlib.sha256(f"{title}\n{visible_text(raw.date)}".encode()).hexdigest()


def _publisher(raw: str) -> str:
    name = plain_title(raw)
    return "" if name.casefold() in ("unknown", "none", "n/a") else name


def _without_publisher(title: str, source: str) -> str:
    """An aggregator's "Title - Publisher" without the publisher it names in its own field."""
    if not source or not title.casefold().endswith(source.casefold()):
        return title
    head = title[: -len(source)]
    for joint in _TITLE_SEPARATORS:
        if head.endswith(joint) and head.strip():
            return head.removesuffix(joint).rstrip()
    return title


def _repeats(summary: str, title: str, source: str) -> bool:
    """True if the summary says nothing but the title (and publisher) again, as aggregators write it."""
    return summary.casefold() in {title.casefold(), f"{title} {source}".casefold(), f"{title} - {source}".casefold()}
