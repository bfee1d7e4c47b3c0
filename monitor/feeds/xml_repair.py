"""Text of a feed -> text that an XML parser can take whole, or a FeedError that says in plain words why not.

Here, before any parser runs: what is no feed at all is named, entity declarations are refused, a document that was cut
off keeps only its whole items, and the usual slips (bare `&`, HTML entities, control characters) are repaired.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.entities import html5

from monitor.errors import FeedError

_START = 4_096
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
    """A document fit to parse. `base` is the document's own xml:base, which relative links hang on, or ''."""

    text: str
    base: str
    warnings: tuple[str, ...]


def repair_xml(text: str) -> RepairedXml:
    """The document made fit, or FeedError not_a_feed, empty or unreadable (the caller adds the subject)."""
    text, warnings = _from_the_feed_on(text)
    _refuse_entities(text)
    root = _root(text)
    text, cut = _whole_items(text, root)
    warnings += cut
    base = _XML_BASE.search(text[:_START])
    text = _DECLARATION.sub("", _XML_BASE.sub("", text))
    text = _LOOSE.sub(_repaired_ampersand, _ILLEGAL.sub("", text))
    return RepairedXml(text, base[1][1:-1] if base else "", tuple(warnings))


def _from_the_feed_on(text: str) -> tuple[str, list[str]]:
    """Leave out what a broken site printed before the feed; refuse what has no feed in it."""
    text = text.lstrip("\ufeff \t\r\n\0")
    if not text:
        raise FeedError("empty", "the answer is empty")
    if _kind(text) in _NOT_FEEDS:
        raise FeedError("not_a_feed", f"this is {_NOT_FEEDS[_kind(text)]}")
    start = _FEED_ROOT.search(text[:_START])
    if start is None or start.start() == 0 or text.startswith(("<!", "<?")) or _kind(text) in _FEEDS:
        return text, []
    return text[start.start() :], [f"{start.start()} characters before the feed left out"]


def _kind(text: str) -> str:
    """The root's name without prefix, lower case; 'html' also for a doctype of HTML; '' if there is none."""
    at = _PROLOG.match(text)
    rest = text[at.end() if at else 0 :]
    if re.match(r"<!doctype\s+html", rest, re.IGNORECASE):
        return "html"
    return _local(_root(text))


def _root(text: str) -> str:
    """The name of the first element as written, '' if there is none."""
    at = _PROLOG.match(text)
    found = _ROOT.search(text, at.end() if at else 0)
    return found[1] if found else ""


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _refuse_entities(text: str) -> None:
    """Entity declarations serve attacks (expansion, outside files) and no feed that we know of."""
    at = _PROLOG.match(text)
    rest = text[at.end() if at else 0 :]
    if rest[:9].upper() == "<!DOCTYPE" and re.search("<!ENTITY", rest, re.IGNORECASE):
        raise FeedError("unreadable", "the document declares entities of its own: refused unread, for safety")


def _whole_items(text: str, root: str) -> tuple[str, list[str]]:
    """The document as it is if its root is closed, else up to its last whole item; a cut item is never used."""
    if _local(root) not in _FEEDS:
        return text, []
    masked = _masked(text)
    if closed := list(re.finditer(rf"</{re.escape(root)}\s*>", masked)):
        return text[: closed[-1].end()], []
    ends = list(_ITEM_END.finditer(masked))
    if not ends:
        raise FeedError("unreadable", "the document is cut off before its first whole item")
    at = ends[-1].end()
    closing = f"</{root}>"
    if _local(root) == "rss" and "</channel" not in masked[:at].lower():
        closing = "</channel>" + closing
    return text[:at] + closing, ["the document is cut off: its last, incomplete item is left out"]


def _masked(text: str) -> str:
    """The text with CDATA and comments blanked, at the same length: tags inside them are not the document's."""
    return _HIDDEN.sub(lambda found: " " * len(found[0]), text)


def _repaired_ampersand(found: re.Match[str]) -> str:
    """One `&` of the document: kept if XML knows it, resolved if HTML does, escaped if it is a bare one."""
    name = found[1]
    if name is None or name in _XML_NAMES:
        return found[0]
    if name.startswith("#"):
        return found[0] if _legal(name) else ""
    if name in html5:
        return html.escape(html5[name])
    return "&amp;" + name


def _legal(reference: str) -> bool:
    digits = reference[1:-1]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
