"""Repairs the text of a feed for an XML parser, or raises FeedError with a plain reason."""

from __future__ import annotations

import html
import re
import sys
from dataclasses import dataclass
from html.entities import html5

from monitor.errors import FeedError

_START = 4_096
"""Characters within which a feed's root and its xml:base must be; an estimate."""
_NAME = r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?"
_PROLOG = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_ROOT = re.compile(rf"<({_NAME})")
_FEED_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF)[\s>]|<\?xml\s", re.IGNORECASE)
_HIDDEN = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_LOOSE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(#\d{1,8};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,31};|)",
    re.DOTALL,
)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_XML_BASE = re.compile(r"""\sxml:base\s*=\s*("[^"<>]*"|'[^'<>]*')""")
_XML_NAMES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_DECLARATION = re.compile(r"^\s*<\?xml\s[^>]*\?>")
_NOT_FEEDS = {
    "html": "a web page (HTML), not a feed: the address is wrong, or a login, consent or bot check came instead",
    "urlset": "a sitemap, not a feed",
    "sitemapindex": "a sitemap index, not a feed",
    "opml": "a list of feeds (OPML), not a feed",
}
_FEEDS = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True)
class RepairedXml:
    """A document ready to parse. base: its own xml:base for relative links, or ''."""

    text: str
    base: str
    warnings: tuple[str, ...]


def repair_xml(text: str) -> RepairedXml:
    """The repaired document. Raises FeedError not_a_feed, empty or unreadable (the caller adds the subject).

    1. Refuse other formats by name. Drop the output of a broken site before the feed.
    2. Refuse entity declarations: they serve attacks (expansion, external files), and no known feed has them.
    3. Keep only the complete items of a document that was cut off.
    4. Repair common errors (bare `&`, HTML entities, control characters).
    """
    text = text.lstrip("\ufeff \t\r\n\0")
    if not text:
        raise FeedError("empty", "the answer is empty")
    html_type = re.match(r"<!doctype\s+html", text[_prolog_end(text) :], re.IGNORECASE)
    kind = "html" if html_type else _local(_root(text))
    if kind in _NOT_FEEDS:
        raise FeedError("not_a_feed", f"this is {_NOT_FEEDS[kind]}")
    warnings = []
    start = _FEED_ROOT.search(text[:_START])
    if start is not None and start.start() > 0 and kind not in _FEEDS and not text.startswith(("<!", "<?")):
        text = text[start.start() :]
        warnings.append(f"{start.start()} characters before the feed left out")
    rest = text[_prolog_end(text) :]
    if rest[:9].upper() == "<!DOCTYPE" and re.search("<!ENTITY", rest, re.IGNORECASE):
        raise FeedError("unreadable", "the document declares entities of its own: refused unread, for safety")
    text, cut = _whole_items(text)
    base = _XML_BASE.search(text[:_START])
    text = _DECLARATION.sub("", _XML_BASE.sub("", text))
    text = _LOOSE.sub(_repaired_ampersand, _ILLEGAL.sub("", text))
    return RepairedXml(text, base[1][1:-1] if base else "", (*warnings, *cut))


def _prolog_end(text: str) -> int:
    """The end of white space, comments and processing instructions at the start."""
    prolog = _PROLOG.match(text)
    return prolog.end() if prolog else 0


def feed_root(text: str) -> str:
    """The name of the first element as written if the document is a feed, else ''."""
    root = _root(text.lstrip("\ufeff \t\r\n\0"))
    return root if _local(root) in _FEEDS else ""


def masked(text: str) -> str:
    """The text with CDATA and comments blanked at the same length, since tags inside them do not count."""
    return _HIDDEN.sub(lambda hidden: " " * len(hidden[0]), text)


def _root(text: str) -> str:
    """The name of the first element as written, '' if there is none."""
    root = _ROOT.search(text, _prolog_end(text))
    return root[1] if root else ""


def _local(name: str) -> str:
    """A name without its prefix, in lower case."""
    return name.rpartition(":")[2].lower()


def _whole_items(text: str) -> tuple[str, list[str]]:
    """The document if its root is closed, else its complete items; an incomplete item is never used."""
    root = _root(text)
    if _local(root) not in _FEEDS:
        return text, []
    visible = masked(text)
    if closed := list(re.finditer(rf"</{re.escape(root)}\s*>", visible)):
        return text[: closed[-1].end()], []
    ends = list(_ITEM_END.finditer(visible))
    if not ends:
        raise FeedError("unreadable", "the document is cut off before its first whole item")
    at = ends[-1].end()
    closing = f"</{root}>"
    if _local(root) == "rss" and "</channel" not in visible[:at].lower():
        closing = "</channel>" + closing
    return text[:at] + closing, ["the document is cut off: its last, incomplete item is left out"]


def _repaired_ampersand(loose: re.Match[str]) -> str:
    """Replace one `&`: keep XML entities, resolve HTML entities, escape a bare `&`."""
    name = loose[1]
    if name is None or name in _XML_NAMES:
        return loose[0]
    if name.startswith("#"):
        code = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        return loose[0] if code <= sys.maxunicode and not _ILLEGAL.match(chr(code)) else ""
    if name in html5:
        return html.escape(html5[name])
    return "&amp;" + name
