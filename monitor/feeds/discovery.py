"""Finds the feeds that a web page announces with <link rel=alternate>."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from monitor.feeds.feed_text import decode
from monitor.feeds.items import absolute_url, plain_title

MAX_PAGE_BYTES = 1_000_000
"""Only this much of a page is searched: feeds are announced in its head."""
MOST_FEEDS = 50
"""Announced feeds that are read, an estimate far above real pages."""

_FORMATS = {
    "application/rss+xml": "RSS",
    "application/rdf+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
}
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_PAGE_START = 4_096
"""Characters within which a page has one of these tags."""
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|textarea)\b[^<>]*>.*?(?:</\1\b|\Z)", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<(?:link|base)\b[^<>]{1,4000}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AnnouncedFeed:
    """A feed as its page announces it. title: '' if the page gives none."""

    url: str
    format: str
    title: str = ""

    @property
    def of_comments(self) -> bool:
        """True for readers' comments rather than news."""
        return "comment" in f"{self.title} {urlsplit(self.url).path}".lower()


def announced_feeds(body: bytes, content_type: str | None, url: str) -> tuple[AnnouncedFeed, ...] | None:
    """The feeds that the page at `url` announces, in its order, comments last; None if `body` is no HTML."""
    text = _HIDDEN.sub(" ", decode(body[:MAX_PAGE_BYTES], content_type))
    if "html" not in (content_type or "").lower() and not _PAGE.search(text[:_PAGE_START]):
        return None
    # Each tag is parsed separately: Python's parser would take minutes for a hostile page of a megabyte.
    reader = _TagReader()
    for tag in _TAG.finditer(text):
        reader.feed(tag[0])
        reader.reset()
    base = next((found for href in reader.bases if (found := absolute_url(href, url))), url)
    feeds: dict[str, AnnouncedFeed] = {}
    for href, kind, name in reader.links:
        if (address := absolute_url(href, base)) and len(feeds) < MOST_FEEDS:
            feeds.setdefault(address, AnnouncedFeed(address, kind, plain_title(name)))
    return tuple(sorted(feeds.values(), key=lambda feed: feed.of_comments))


class _TagReader(HTMLParser):
    """Collects the addresses of <base>, and address, format and title of each <link> to a feed."""

    def __init__(self) -> None:
        super().__init__()
        self.bases: list[str] = []
        self.links: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # of a repeated attribute the first counts
        href, kind = given.get("href", "").strip(), given.get("type", "").partition(";")[0].strip().lower()
        relations = set(given.get("rel", "").lower().split())
        if tag == "base" and href:
            self.bases.append(href)
        elif tag == "link" and href and kind in _FORMATS and {"alternate", "feed"} & relations:
            self.links.append((href, _FORMATS[kind], given.get("title", "")))
