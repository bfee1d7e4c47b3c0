"""The feeds that a web page announces, and where sites customarily keep one that they do not announce."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from monitor.feeds.decode import decode
from monitor.feeds.items import absolute_url
from monitor.feeds.plain_text import plain_title

MAX_PAGE_BYTES = 1_000_000
"""Of a page, its beginning: announcements stand in its head."""
MOST_FEEDS = 50
"""Announcements that are read; an estimate far above real pages."""
CUSTOMARY_PATHS = ("/feed", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml")
"""Where the common publishing programs put their feed."""

_FORMATS = {
    "application/rss+xml": "RSS",
    "application/rdf+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
}
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_PAGE_START = 4_096
"""Characters in which a page shows that it is one."""
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|textarea)\b[^<>]*>.*?(?:</\1\b|\Z)", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<(?:link|base)\b[^<>]{1,4000}>", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,2000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AnnouncedFeed:
    """A feed as its page announces it. title: '' where the page gives none."""

    url: str
    format: str
    title: str = ""

    @property
    def of_comments(self) -> bool:
        """Whether it carries what readers write rather than news."""
        return "comment" in f"{self.title} {urlsplit(self.url).path}".lower()


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page with the feeds that it announces, in its order but for those of comments, which come last."""

    title: str
    feeds: tuple[AnnouncedFeed, ...]


def read_web_page(body: bytes, content_type: str | None, url: str) -> WebPage | None:
    """The page in `body`; None if it is no HTML. url: where it came from, for relative links."""
    text = _HIDDEN.sub(" ", decode(body[:MAX_PAGE_BYTES], content_type)[0])
    if "html" not in (content_type or "").lower() and not _PAGE.search(text[:_PAGE_START]):
        return None
    title = _TITLE.search(text)
    # Each tag is parsed by itself: on hostile pages of a megabyte Python's parser would take minutes over the whole.
    reader = _TagReader()
    for tag in _TAG.finditer(text):
        reader.feed(tag[0])
        reader.reset()
    base = next((found for href in reader.bases if (found := absolute_url(href, url))), url)
    feeds: dict[str, AnnouncedFeed] = {}
    for href, kind, name in reader.links:
        if (address := absolute_url(href, base)) and len(feeds) < MOST_FEEDS:
            feeds.setdefault(address, AnnouncedFeed(address, kind, plain_title(name)))
    return WebPage(plain_title(title[1]) if title else "", tuple(sorted(feeds.values(), key=lambda f: f.of_comments)))


class _TagReader(HTMLParser):
    """Collects the addresses of <base>, and address, format and title of each <link> to a feed."""

    def __init__(self) -> None:
        super().__init__()
        self.bases: list[str] = []
        self.links: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # of two alike the first counts
        href, kind = given.get("href", "").strip(), given.get("type", "").partition(";")[0].strip().lower()
        if tag == "base" and href:
            self.bases.append(href)
        elif (
            tag == "link"
            and href
            and kind in _FORMATS
            and {"alternate", "feed"} & set(given.get("rel", "").lower().split())
        ):
            self.links.append((href, _FORMATS[kind], given.get("title", "")))


def customary_addresses(url: str) -> tuple[str, ...]:
    """Where the host of a page may keep a feed that the page does not announce, the likeliest first."""
    parts = urlsplit(url)
    return tuple(f"{parts.scheme}://{parts.netloc}{path}" for path in CUSTOMARY_PATHS)
