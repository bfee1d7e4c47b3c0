"""A parsed feed, and the one way from an item's raw strings to an entry of plain text, whatever its format."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, replace
from datetime import datetime
from html.entities import html5
from urllib.parse import urljoin, urlsplit

from monitor.domain.model.news import Entry
from monitor.feeds.feed_dates import read_date

SUMMARY_LIMIT = 2_000
TITLE_LIMIT = 500
_RAW_FACTOR = 10
"""Markup characters read per character of text: a summary of 2,000 is taken from at most 20,000."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u115f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control and bidi characters, lone surrogates, tags and non-characters. The two joiners stay: Persian needs them."""
_BLANKS = re.compile(r"\s+")
_INLINE = "a abbr b bdi bdo big cite code em font i ins mark q s small span strike strong sub sup time tt u wbr"
_BLOCK = (
    "address article aside audio blockquote body br button center dd details div dl dt figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 head header hr html iframe img input label li link main meta nav noscript object ol option p "
    "picture pre section select source summary svg table tbody td tfoot th thead title tr ul video"
)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE.replace(' ', '|')})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    rf"</?(?:{_BLOCK.replace(' ', '|')})(?:\s[^<>]*)?/?>|<!--.*?(?:-->|\Z)|<!doctype\s[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_HIDDEN = re.compile(r"<(script|style|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_CUT_TAG = re.compile(r"<[a-zA-Z/!][^<>]*\Z")
_JSON_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})(?:\\ ?)?")
_LEFT_OVER = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,30});")


def visible_text(text: str) -> str:
    """The text without invisible and unstorable characters, with single blanks."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip()


def plain_title(markup: str) -> str:
    """A title as people read it, at most TITLE_LIMIT characters: without tags and entities, `P&G;` repaired. A title
    that was escaped twice still holds entities after XML; one that was escaped once holds tags."""
    return truncated(_plain(markup[: TITLE_LIMIT * _RAW_FACTOR]), TITLE_LIMIT)


def truncated(text: str, limit: int) -> str:
    """The text, or its start up to a blank and an ellipsis, at most `limit` characters."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = head.rfind(" ")
    return (head[:at] if at > limit * 2 // 3 else head).rstrip() + "…"


def _plain(markup: str) -> str:
    text = _without_tags(markup)
    if "&" in text:
        # Tags again: in a description that was escaped twice they appear only now.
        text = _without_tags(html.unescape(text))
        # Lenient XML parsers make `P&G;` of `P&G`: undo that, and keep real entities.
        text = _LEFT_OVER.sub(lambda found: found[0] if found[1] + ";" in html5 else "&" + found[1], text)
    # Feeds made by careless programs hold the escapes of JSON and the end of a CDATA section.
    text = _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text.replace("]]>", " "))
    return visible_text(text)


def _without_tags(markup: str) -> str:
    """Remove known tags only, so that "<10m tonnes" and "a<b" stay."""
    if "<" not in markup:
        return markup
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", _HIDDEN.sub(" ", markup)))


URL_LIMIT = 4_000
ID_LIMIT = 1_000
"""Characters; a longer guid is hashed. Both limits are estimates far above real feeds."""
_TITLE_FROM_SUMMARY = 160
"""Characters of the summary that replace a missing title."""
PATHS = ("/", "./", "../")
"""Beginnings of addresses that only lack a host."""
_TITLE_SEPARATORS = (" - ", " – ", " — ", " | ", " -- ")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that is a feed. `version` is feedparser's name of the format ("rss20", "atom10") or "json1"."""

    title: str
    entries: tuple[Entry, ...]
    version: str
    lang: str
    warnings: tuple[str, ...] = ()

    def told(self, lang: str = "") -> tuple[Entry, ...]:
        """The entries with a text. lang: '' means the document's own language."""
        return tuple(replace(entry, lang=lang or self.lang) for entry in self.entries if entry.title)


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How to read one feed. base: resolves links; zone, now: see `parse.parse`."""

    base: str
    zone: str = "UTC"
    now: datetime | None = None


def make_entry(
    options: ParseOptions, *, guid: str, title: str, url: str, date: str, summary: str, source: str = "", home: str = ""
) -> Entry:
    """The entry of an item with these raw strings ('' if absent). The id is the guid: a path counts from the feed's
    address, a bare name stays (or every story would be new when the feed moves); else it is the link, else a hash of
    title and date."""
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
    summary = truncated(_plain(_CUT_TAG.sub("", summary[: SUMMARY_LIMIT * _RAW_FACTOR])), SUMMARY_LIMIT)
    title = title or truncated(summary, _TITLE_FROM_SUMMARY)
    # Aggregators repeat the title (and publisher) as the summary.
    if summary.casefold() in {title.casefold(), f"{title} {source}".casefold(), f"{title} - {source}".casefold()}:
        summary = ""
    # Some generators leave the link empty although the guid is the page's address.
    address = absolute_url(url, options.base) or absolute_url(guid if "://" in guid else "", options.base)
    found = read_date(date, zone=options.zone, now=options.now)
    published, date_only = (found.at, found.date_only) if found else (None, False)
    key = visible_text(guid)
    if key.startswith(PATHS):
        key = absolute_url(key, options.base) or key
    if len(key) > ID_LIMIT or not (key or address):
        key = "sha256:" + hashlib.sha256((key or f"{title}\n{visible_text(date)}").encode()).hexdigest()
    home = absolute_url(home, "")
    return Entry(key or address, title, address, published, summary, source, date_only=date_only, home=home)


def absolute_url(link: str, base: str) -> str:
    """The link as an absolute http(s) address without a user's name, '' for any other (javascript:, malformed)."""
    link = visible_text(link).replace(" ", "%20")[:URL_LIMIT]
    try:
        url = urljoin(base, link)
        parts = urlsplit(url)
        if "@" in parts.netloc:  # it would show another host than the one that it leads to, or a password
            parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
            url = parts.geturl()
        return url if link and parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""
