"""Items that are byte for byte those of the feed's last document: cut before it is parsed, and put back as they were parsed.

Nine tenths of a document are known, and to parse an item costs more than all else that is done with one that is known. What comes
out is what parsing the whole document gives. So only a plain document is cut: well-formed XML whose items lie side by side, each
read by itself, under the same tags as those of the last document. Any other is parsed whole, and so is the first after a start:
what is known is kept in memory only.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import TypeAlias

from monitor.errors import FeedError
from monitor.feeds.dates import in_range
from monitor.feeds.decode import decode
from monitor.feeds.items import ParsedEntry, ParsedFeed, entry_of_row, row_of_entry
from monitor.feeds.xml_repair import feed_root, masked

MAX_SPLIT_BYTES = 1_000_000
"""A larger document is not cut: this process would decode it, and a hostile one takes long to decode. An estimate."""
MAX_SPLIT_ITEMS = 500
"""Beyond what a document lists of news, an estimate; it bounds the memory of what is known."""

_ITEM_TAG = re.compile(r"<(/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])[^<>]*?(/?)>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_ELEMENT_TAG = re.compile(r"<(/?)([^\s<>/]+)[^<>]*?(/?)>")
_PARTS = frozenset((whole, part) for whole in ("author", "contributor") for part in ("name", "uri", "email"))
"""Elements that may stand within an element of an item."""
_WORDPRESS_NAMESPACE = 'xmlns="com-wordpress:feed-additions:1"'
"""On the number of the post in each item of very many feeds; it concerns no element that is read."""

Parse: TypeAlias = Callable[[bytes, str | None, str | None], ParsedFeed]
"""Parses a body, given its content type and the charset that overrides it."""


@dataclass(frozen=True, slots=True)
class SplitDocument:
    """The text of a plain document: what comes before its items, the items with a hash of each, and what comes behind them.

    context: a hash of the tags under which the items stand, with their namespaces.
    """

    head: str
    items: tuple[str, ...]
    tail: str
    context: bytes
    hashes: tuple[bytes, ...]


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def split(text: str) -> SplitDocument | None:
    """The document at its items; None if it has none, or is not plain enough to be read item by item."""
    hidden = masked(text)
    root = feed_root(text)
    tags = list(_ITEM_TAG.finditer(hidden))
    opening, closing = tags[::2], tags[1::2]
    paired = len(opening) == len(closing) and all(
        (one[1], two[1], one[3], one[2]) == ("", "/", "", two[2]) and one[2] in ("item", "entry")
        for one, two in zip(opening, closing, strict=True)
    )
    if not root or not tags or not paired or len(opening) > MAX_SPLIT_ITEMS:
        return None
    start, end = opening[0].start(), closing[-1].end()
    side_by_side = all(
        not text[before.end() : behind.start()].strip() for before, behind in zip(closing, opening[1:], strict=False)
    )
    # Declarations, bases and namespaces of an item could reach beyond it; instructions could hold what looks like an item.
    namespaces = "xmlns" in text[start:].replace(_WORDPRESS_NAMESPACE, "")
    far_reaching = namespaces or "xml:base" in text or "<!DOCTYPE" in hidden[:start].upper() or "<?" in hidden[start:]
    closed = re.search(rf"</{re.escape(root)}\s*>", hidden[end:]) is not None
    if not side_by_side or far_reaching or not closed:
        return None
    items = tuple(text[one.start() : two.end()] for one, two in zip(opening, closing, strict=True))
    context = _hash("".join(_TAG.findall(hidden[:start])))
    return SplitDocument(text[:start], items, text[end:], context, tuple(map(_hash, items)))


@dataclass(frozen=True, slots=True)
class KnownItems:
    """The items of a feed's last document. hashes: of each item; packed: the entries, as compressed JSON, in the same order."""

    context: bytes
    hashes: tuple[bytes, ...]
    packed: bytes

    def entries(self, context: bytes, now: datetime | None) -> dict[bytes, ParsedEntry]:
        """The entries by the hashes of their items; none under other tags.

        An entry is left out if its date could be read otherwise by now: what lies too far ahead has no date at first.
        """
        if context != self.context:
            return {}
        entries = map(entry_of_row, json.loads(zlib.decompress(self.packed)))
        known = dict(zip(self.hashes, entries, strict=True))
        return {item: entry for item, entry in known.items() if _is_settled(entry, now)}


def _is_settled(entry: ParsedEntry, now: datetime | None) -> bool:
    if entry.published is None:
        return not entry.raw_date
    return now is None or in_range(entry.published, now)


def is_flat(item: str) -> bool:
    """Whether the elements of an item hold text alone, but for the parts of an author and of media.

    feedparser takes what it knows for what it means wherever it stands: a title within a description changes how the items behind
    it are read.
    """
    inside: list[str] = []
    for tag in _ELEMENT_TAG.finditer(masked(item)):
        end, name, empty = tag.groups()
        if end:
            if not inside or inside.pop() != name:
                return False
            continue
        if (
            len(inside) > 1
            and (inside[-1], name) not in _PARTS
            and not (name.startswith("media:") and inside[-1].startswith("media:"))
        ):
            return False
        if not empty:
            inside.append(name)
    return not inside


def remember(document: SplitDocument, parsed: ParsedFeed) -> KnownItems | None:
    """What is known of the document from now on; None if anything in it was mended or left out, which may concern every item."""
    if parsed.warnings or len(parsed.entries) != len(document.items):
        return None
    packed = zlib.compress(json.dumps([row_of_entry(entry) for entry in parsed.entries]).encode(), 1)
    return KnownItems(document.context, document.hashes, packed)


def parse_unknown(
    parse: Parse,
    body: bytes,
    content_type: str | None,
    encoding: str | None,
    known: KnownItems | None,
    now: datetime | None,
) -> tuple[ParsedFeed, KnownItems | None]:
    """What `parse` gives for the whole document, and what is then known of it. Raises what `parse` raises.

    1. Split the document at its items, if it is plain.
    2. Parse it without the items that are known, and put their entries in their places.
    3. Parse it whole, if nothing is known, or what is left is not plain after all.
    """
    document = split(decode(body, content_type, encoding)[0]) if len(body) <= MAX_SPLIT_BYTES else None
    if document is None:
        return parse(body, content_type, encoding), None
    hashes = document.hashes
    entries = known.entries(document.context, now) if known else {}
    fresh = [number for number, item in enumerate(hashes) if item not in entries]
    plain = all(is_flat(document.items[number]) for number in fresh)
    if plain and len(fresh) < len(hashes):
        rest = "".join((document.head, *(document.items[number] for number in fresh), document.tail))
        try:
            parsed = parse(rest.encode("utf-8", "replace"), None, "utf-8")
        except FeedError:
            parsed = None
        if parsed is not None and not parsed.warnings and len(parsed.entries) == len(fresh):
            entries |= {hashes[number]: entry for number, entry in zip(fresh, parsed.entries, strict=True)}
            whole = replace(parsed, entries=tuple(entries[item] for item in hashes))
            return whole, remember(document, whole)
    parsed = parse(body, content_type, encoding)
    return parsed, remember(document, parsed) if plain else None
