"""Reuses the entries of items that are byte for byte those of the feed's last document, and parses only the others.

The result is that of parsing the whole document. So only a plain document is split: well-formed XML whose items are
adjacent and independent of each other, under the same tags as those of the last document. Any other is parsed whole,
and so is the first one after a start: known items are kept in memory only.

Why this exists: nine tenths of a document are known, and feedparser takes half the time of a poll. Without it a poll
with one new item of 20 costs 1.4 times as much as one of `reader`, with it 0.95 times (benchmarks/bench_poll.py, on
30 November 2026).
"""

from __future__ import annotations

import pickle
import re
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import TypeAlias

from monitor.domain.model.news import Entry
from monitor.errors import FeedError
from monitor.feeds.feed_dates import in_range
from monitor.feeds.feed_text import FEEDS, decode, masked, root_element
from monitor.feeds.items import ParsedFeed

MAX_SPLIT_BYTES = 1_000_000
"""A larger document is not split: this process would decode it, and a hostile one takes long to decode. An estimate."""
MAX_SPLIT_ITEMS = 500
"""More than a feed of news lists, an estimate; it limits the memory of known items."""

_ITEM_TAG = re.compile(r"<(/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s/>])[^<>]*?(/?)>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_ELEMENT_TAG = re.compile(r"<(/?)([^\s<>/]++)[^<>]*?(/?)>")
"""A name is never tried shorter: this process would take hours for one of a megabyte without an end."""
_PARTS = frozenset((whole, part) for whole in ("author", "contributor") for part in ("name", "uri", "email"))
"""Elements that may be nested in an element of an item."""
_WORDPRESS_NAMESPACE = 'xmlns="com-wordpress:feed-additions:1"'
"""On the post number in each item of very many feeds; no element that is read has it."""

Parse: TypeAlias = Callable[[bytes, str | None], ParsedFeed]
"""Parses a body, given its content type."""


@dataclass(frozen=True, slots=True)
class KnownItems:
    """The entries of a feed's last document by the hashes of their items. context: a hash of the outer tags. packed:
    the entries, compressed, because two thousand feeds list forty thousand items, and few of them change."""

    context: bytes
    packed: bytes

    @classmethod
    def of(cls, context: bytes, entries: dict[bytes, Entry]) -> KnownItems:
        return cls(context, zlib.compress(pickle.dumps(entries), 1))

    @property
    def entries(self) -> dict[bytes, Entry]:
        entries: dict[bytes, Entry] = pickle.loads(zlib.decompress(self.packed))  # noqa: S301 - made by this process
        return entries


@dataclass(frozen=True, slots=True)
class SplitDocument:
    """A plain document: the text before its items, the items, the text after them, and hashes of both."""

    start: str
    items: tuple[str, ...]
    end: str
    context: bytes
    hashes: tuple[bytes, ...]


def parse_new_items(
    parse: Parse, body: bytes, content_type: str | None, known: KnownItems | None, now: datetime | None
) -> tuple[ParsedFeed, KnownItems | None]:
    """The feed as `parse` reads the whole document, and the items to pass as `known` the next time. Raises what
    `parse` raises.

    1. Split the document into items, if it is plain.
    2. Parse it without the known items, and put their entries in their places.
    3. Parse it whole if no item is known or the rest proves not to be plain.
    """
    document = split(decode(body, content_type)) if len(body) <= MAX_SPLIT_BYTES else None
    if document is None:
        return parse(body, content_type), None
    hashes, entries = document.hashes, dict[bytes, Entry]()
    if known is not None and known.context == document.context:
        # A date too far ahead is dropped at first, so an entry without one is read again.
        dated = ((key, e, e.published) for key, e in known.entries.items() if e.published is not None)
        entries = {key: e for key, e, at in dated if now is None or in_range(at, now)}
    fresh = [number for number, item in enumerate(hashes) if item not in entries]
    plain = all(_is_flat(document.items[number]) for number in fresh)
    parsed: ParsedFeed | None = None
    if plain and len(fresh) < len(hashes):
        rest = "".join((document.start, *(document.items[number] for number in fresh), document.end))
        with suppress(FeedError):
            some = parse(rest.encode("utf-8", "replace"), None)
            if not some.warnings and len(some.entries) == len(fresh):
                entries |= {hashes[number]: entry for number, entry in zip(fresh, some.entries, strict=True)}
                parsed = replace(some, entries=tuple(entries[item] for item in hashes))
    parsed = parsed or parse(body, content_type)
    # A repair or an item left out may concern every item.
    if not plain or parsed.warnings or len(parsed.entries) != len(hashes):
        return parsed, None
    return parsed, KnownItems.of(document.context, dict(zip(hashes, parsed.entries, strict=True)))


def split(text: str) -> SplitDocument | None:
    """Split a document into its items; None without items, or if it is not plain enough to parse item by item."""
    visible = masked(text)
    root, kind = root_element(text.lstrip("\ufeff \t\r\n\0"))
    tags = list(_ITEM_TAG.finditer(visible))
    opening, closing = tags[::2], tags[1::2]
    paired = len(opening) == len(closing) and all(
        (one[1], two[1], one[3], one[2]) == ("", "/", "", two[2]) and one[2] in ("item", "entry")
        for one, two in zip(opening, closing, strict=True)
    )
    if kind not in FEEDS or not tags or not paired or len(opening) > MAX_SPLIT_ITEMS:
        return None
    start, end = opening[0].start(), closing[-1].end()
    adjacent = not any(
        text[before.end() : after.start()].strip() for before, after in zip(closing, opening[1:], strict=False)
    )
    # Bases and namespaces of an item could reach beyond it; processing instructions could hide an item.
    namespaces = "xmlns" in text[start:].replace(_WORDPRESS_NAMESPACE, "")
    far_reaching = namespaces or "xml:base" in text or "<!DOCTYPE" in visible[:start].upper() or "<?" in visible[start:]
    closed = re.search(rf"</{re.escape(root)}\s*>", visible[end:]) is not None
    if not adjacent or far_reaching or not closed:
        return None
    items = tuple(text[one.start() : two.end()] for one, two in zip(opening, closing, strict=True))
    hashed = ("".join(_TAG.findall(visible[:start])), *items)
    context, *hashes = (blake2b(each.encode("utf-8", "surrogatepass"), digest_size=16).digest() for each in hashed)
    return SplitDocument(text[:start], items, text[end:], context, tuple(hashes))


def _is_flat(item: str) -> bool:
    """Whether the elements of an item hold text only, apart from the parts of an author and of media.

    feedparser reads a known element wherever it is nested: a title within a description changes how later items are
    read.
    """
    inside: list[str] = []
    for tag in _ELEMENT_TAG.finditer(masked(item)):
        end, name, empty = tag.groups()
        if end:
            if not inside or inside.pop() != name:
                return False
            continue
        nested = len(inside) > 1 and (inside[-1], name) not in _PARTS
        if nested and not (name.startswith("media:") and inside[-1].startswith("media:")):
            return False
        if not empty:
            inside.append(name)
    return not inside
