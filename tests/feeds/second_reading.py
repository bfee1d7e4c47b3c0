"""A second, simple reading of a feed document by Python's own parsers, to compare ours with. It shares no code with it:
the documents must be well-formed, and every text is read as HTML."""

import html
import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urljoin

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_NAMES = {
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/rss/1.0/": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://search.yahoo.com/mrss/": "media:",
}
_TITLES = ("title", "dc:title", "media:title")
_IDS = ("guid", "id")
_INLINE = ("a", "b", "code", "em", "i", "span", "strong", "sub", "sup")
_DATES = ("pubDate", "published", "dc:date", "updated")
_TEXTS = ("description", "summary", "content", "content:encoded", "media:description")


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    url: str
    id: str
    published: str
    texts: tuple[str, ...]


def read(document: bytes, url: str) -> list[Item]:
    """The items of an RSS, Atom or JSON Feed document."""
    if document.lstrip().startswith(b"{"):
        return [_json_item(item, url) for item in json.loads(document)["items"]]
    try:
        root = ET.fromstring(document)
    except ValueError:  # Python's parser knows no charset of Chinese
        declared = document.split(b'encoding="', 1)[1].split(b'"', 1)[0].decode()
        root = ET.fromstring(document.decode(declared).split("?>", 1)[1])
    return [_item(item, base) for item, base in _items(root, url)]


def _items(element: ET.Element, base: str) -> list[tuple[ET.Element, str]]:
    base = urljoin(base, element.get(_BASE, ""))
    if _name(element) in ("item", "entry"):
        return [(element, base)]
    return [found for child in element for found in _items(child, base)]


def _item(item: ET.Element, base: str) -> Item:
    parts: dict[str, list[ET.Element]] = {}
    for part in item:
        parts.setdefault(_name(part), []).append(part)

    def first(names: tuple[str, ...]) -> str:
        written = (_inner(part).strip() for name in names for part in parts.get(name, ()))
        return next(filter(None, written), "")

    guid = next((part for name in _IDS for part in parts.get(name, ())), None)
    links = [(part, part.get("href") or _inner(part).strip()) for part in parts.get("link", ())]
    link = next((href for part, href in links if href and part.get("rel", "alternate") == "alternate"), "")
    if not link and guid is not None and guid.get("isPermaLink", "true") == "true" and "://" in _inner(guid):
        link = _inner(guid).strip()
    address = urljoin(base, link) if link else ""
    name = " ".join((_inner(guid) if guid is not None else item.get(_ABOUT, "")).split())
    texts = tuple(plain(_inner(part)) for name in _TEXTS for part in parts.get(name, ()))
    return Item(plain(first(_TITLES)), address, name or address, utc(first(_DATES)), texts)


def _json_item(item: dict[str, object], url: str) -> Item:
    def first(*names: str) -> str:
        return next((str(item[name]) for name in names if item.get(name) not in (None, "")), "")

    link = first("url", "external_url")
    return Item(
        plain(first("title")),
        urljoin(url, link) if link else "",
        first("id"),
        utc(first("date_published", "date_modified")),
        tuple(plain(first(name)) for name in ("summary", "content_text", "content_html") if name in item),
    )


def _name(element: ET.Element) -> str:
    namespace, _, name = element.tag.rpartition("}")
    return _NAMES.get(namespace[1:], namespace[1:] + " " if namespace else "") + name


def _inner(element: ET.Element) -> str:
    return (element.text or "") + "".join(ET.tostring(child, "unicode") for child in element)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in ("script", "style")
        self.text.append("" if tag in _INLINE else " ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style")
        self.text.append("" if tag in _INLINE else " ")

    def handle_data(self, data: str) -> None:
        if self.hidden <= 0:
            self.text.append(data)


def plain(markup: str) -> str:
    """The text of HTML with single blanks."""
    reader = _Text()
    reader.feed(markup)
    reader.close()
    return " ".join(html.unescape("".join(reader.text)).split())


def utc(date: str) -> str:
    """A date of RFC 822 or 3339 as the second in UTC, '' for others."""
    try:
        moment = datetime.fromisoformat(date) if date[:4].isdigit() else parsedate_to_datetime(date)
    except ValueError:
        return ""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
