"""Decodes the bytes of a feed, whatever charset it declares, and repairs its text for an XML parser."""

from __future__ import annotations

import codecs
import html
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

from monitor.errors import FeedError
from monitor.feeds.items import absolute_url

SAMPLE_SIZE = 40_000
"""Characters sampled to distinguish Chinese from mojibake, an estimate."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 comes before UTF-16, whose mark is the beginning of its own."""
_WIDER_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252", "ascii": "utf-8"}
"""The charset that sites really use when they declare the narrower one."""
_REFUSED_CHARSETS = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_ONE_BYTE = "cp1252"
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def decode(body: bytes, content_type: str | None) -> str:
    """The text. Never fails: invalid bytes are read as Windows-1252 characters.

    Order: a byte order mark, UTF-16 without one, valid UTF-8 (which hardly any other text is), the charset of the HTTP
    header and of the XML declaration if the bytes fit, GBK if the text is then Chinese.
    """
    mark, charset = next((pair for pair in _BOMS if body.startswith(pair[0])), (b"", None))
    body = body[len(mark) :]
    if charset is None and body.startswith((b"<\0?\0", b"\0<\0?")):
        charset = "utf-16-le" if body.startswith(b"<") else "utf-16-be"
    if charset is not None:
        return codecs.getincrementaldecoder(charset)("replace").decode(body, final=False)
    for charset in _candidates(body, content_type):
        if (text := _strict(body, charset)) is not None:
            return text
    # Invalid bytes are read as Windows-1252, as browsers do for old pages.
    return body.decode("utf-8", _RESCUE)


def known_charset(name: str) -> str | None:
    """Python's name of a text charset, widened where sites declare less than they send; None if unknown or unsafe."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # A bytes-to-bytes codec such as zlib is no charset; Python flags the real ones.
    if not getattr(info, "_is_text_encoding", False) or info.name in _REFUSED_CHARSETS:
        return None
    return _WIDER_CHARSETS.get(info.name, info.name)


def _candidates(body: bytes, content_type: str | None) -> Iterator[str]:
    declared = _DECLARED.search(body[:400])
    header = _CHARSET.search(content_type or "")
    named = [known_charset(name) for name in (header and header[1], declared and declared[1].decode("ascii")) if name]
    wide = [charset for charset in named if charset and charset not in (_ONE_BYTE, "utf-8")]
    # Bytes that are valid UTF-8 and not plain ASCII are UTF-8, whatever the header says, unless both declarations
    # agree on another many-byte charset.
    if len(wide) == 2 and wide[0] == wide[1]:
        yield wide[0]
    yield "utf-8"
    yield from wide
    # Few broken bytes among much multi-byte UTF-8: it is UTF-8 with some errors.
    sample = body[: 4 * SAMPLE_SIZE].decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    if len(_NOT_ASCII.findall(sample)) - broken > 4 * broken:
        return
    text = _strict(body, "gb18030") or ""
    odd = _NOT_ASCII.findall(text[:SAMPLE_SIZE]) or _NOT_ASCII.findall(text)[:SAMPLE_SIZE]
    # GB2312 has the common Chinese characters only: accented Latin letters never decode to them.
    if odd and sum(len(char.encode("gb2312", "ignore")) == 2 for char in odd) > 0.8 * len(odd):
        yield "gb18030"
    if _ONE_BYTE in named:
        yield _ONE_BYTE


def _strict(body: bytes, charset: str) -> str | None:
    """The text, or None if a byte does not fit. A character cut off at the very end does not count."""
    try:
        return codecs.getincrementaldecoder(charset)("strict").decode(body, final=False)
    except (UnicodeError, LookupError):
        return None


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_RESCUE = "monitor.cp1252"
codecs.register_error(_RESCUE, _as_cp1252)


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
_NO_ADDRESS = re.compile(r"""\shref\s*=\s*(?:"\s*"|'\s*')""")
_BASED = re.compile(
    r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel|item|entry|link|id|guid|enclosure)\s(?:[^<>]*\s)?xml:base\s*=",
    re.IGNORECASE,
)
_MOST = 500
"""Attributes of one tag, and tags inside each other; an estimate far above real feeds, which have under 30."""
_MANY_ATTRIBUTES = re.compile(rf"""<{_NAME}(?:\s++[^\s=<>"']++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')){{{_MOST + 1}}}""")
_TAG = re.compile(r"<(/?)([A-Za-z_][^\s<>/]*+)(?:[^<>/]++|/(?!>))*+(/?)>")
_XML_NAMES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_DECLARATION = re.compile(r"^\s*<\?xml\s[^>]*\?>")
_NOT_FEEDS = {
    "html": "a web page (HTML), not a feed: the address is wrong, or a login, consent or bot check came instead",
    "urlset": "a sitemap, not a feed",
    "sitemapindex": "a sitemap index, not a feed",
    "opml": "a list of feeds (OPML), not a feed",
}
FEEDS = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True)
class RepairedXml:
    """A document ready to parse. root: the name of its first element, without prefix."""

    text: str
    root: str
    warnings: tuple[str, ...]


def repair_xml(text: str, url: str = "") -> RepairedXml:
    """The repaired document of the address `url`. Raises FeedError not_a_feed, empty or unreadable, without subject.

    1. Refuse other formats by name. Drop the output of a broken site before the feed.
    2. Refuse entity declarations: they serve attacks (expansion, external files), and no known feed has them.
    3. Keep only the complete items of a document that was cut off.
    4. Give the root an absolute base if links or ids have bases, and leave out the prefix of RSS where undeclared.
    5. Repair common errors (bare `&`, HTML entities, control characters).
    """
    text = text.lstrip("\ufeff \t\r\n\0")
    if not text:
        raise FeedError("empty", "the answer is empty")
    html_type = re.match(r"<!doctype\s+html", text[_prolog_end(text) :], re.IGNORECASE)
    kind = "html" if html_type else root_element(text)[1]
    if kind in _NOT_FEEDS:
        raise FeedError("not_a_feed", f"this is {_NOT_FEEDS[kind]}")
    warnings = []
    start = _FEED_ROOT.search(text[:_START])
    if start is not None and start.start() > 0 and kind not in FEEDS and not text.startswith(("<!", "<?")):
        text = text[start.start() :]
        warnings.append(f"{start.start()} characters before the feed left out")
    rest = text[_prolog_end(text) :]
    if rest[:9].upper() == "<!DOCTYPE" and re.search("<!ENTITY", rest, re.IGNORECASE):
        raise FeedError("unreadable", "the document declares entities of its own: refused unread, for safety")
    visible = masked(text)
    _refuse_excess(visible)
    text, cut = _whole_items(text, visible)
    text = _based(_DECLARATION.sub("", text), url)
    if "xmlns:rss" not in text:
        text = text.replace("<rss:", "<").replace("</rss:", "</")
    text = _LOOSE.sub(_repaired_ampersand, _ILLEGAL.sub("", text))
    return RepairedXml(text, kind, (*warnings, *cut))


def _based(text: str, url: str) -> str:
    """The document with an absolute xml:base at its root, from which any other counts, if a link or id has one. Bases
    of texts are left out: nothing is resolved in there. So are empty addresses, which would become the base."""
    root = _ROOT.search(text, _prolog_end(text))
    if root is None or not _BASED.search(text):
        return _XML_BASE.sub("", text)
    own = _XML_BASE.search(text[: text.find(">", root.end())], root.end())
    base = html.escape(absolute_url(html.unescape(own[1][1:-1]) if own else "", url) or url)
    rest = _NO_ADDRESS.sub("", text[root.end() : own.start()] + text[own.end() :] if own else text[root.end() :])
    return f'{text[: root.end()]} xml:base="{base}"{rest}'


def _prolog_end(text: str) -> int:
    """The end of white space, comments and processing instructions at the start."""
    prolog = _PROLOG.match(text)
    return prolog.end() if prolog else 0


def masked(text: str) -> str:
    """The text with CDATA and comments blanked at the same length, since tags inside them do not count."""
    return _HIDDEN.sub(lambda hidden: " " * len(hidden[0]), text)


def root_element(text: str) -> tuple[str, str]:
    """The name of the first element, as written and without its prefix in lower case; '' twice if there is none."""
    root = _ROOT.search(text, _prolog_end(text))
    name = root[1] if root else ""
    return name, name.rpartition(":")[2].lower()


def _refuse_excess(visible: str) -> None:
    """Raise FeedError unreadable for tags that would take a parser's whole time."""
    if _MANY_ATTRIBUTES.search(visible):
        raise FeedError("unreadable", f"a tag has more than {_MOST} attributes: refused unread, for safety")
    depth = 0
    for ending, name, empty in _TAG.findall(visible):
        if ending:  # whatever an item leaves open ends with it
            depth = 0 if name in ("item", "entry") else max(depth - 1, 0)
        elif not empty:
            depth += 1
        if depth > _MOST:
            raise FeedError("unreadable", f"more than {_MOST} tags are nested: refused unread, for safety")


def _whole_items(text: str, visible: str) -> tuple[str, list[str]]:
    """The document if its root is closed, else its complete items; an incomplete item is never used."""
    root, kind = root_element(text)
    if kind not in FEEDS:
        return text, []
    if closed := list(re.finditer(rf"</{re.escape(root)}\s*>", visible)):
        return text[: closed[-1].end()], []
    ends = list(_ITEM_END.finditer(visible))
    if not ends:
        raise FeedError("unreadable", "the document is cut off before its first whole item")
    at = ends[-1].end()
    closing = f"</{root}>"
    if kind == "rss" and "</channel" not in visible[:at].lower():
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
