"""Reads OPML, the format in which feed readers exchange lists of feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from monitor.errors import ConfigError
from monitor.feeds.items import plain_title, visible_text

MAX_BYTES = 5_000_000
MOST_FEEDS = 5_000
DEEPEST = 50
"""Limits of one list, estimates far above real ones: a feed takes about 200 bytes."""
AS_UTF_8 = 'save it as UTF-8, with encoding="UTF-8" in its first line or none'
_SCHEME = re.compile(r"^feed:(//)?(?=https?:)|^feed://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. title: '' if it has none; page: its web page; lang: as written; line: in the file."""

    url: str
    title: str = ""
    page: str = ""
    lang: str = ""
    line: int = 0


def read_opml(data: bytes, name: str) -> tuple[Outline, ...]:
    """The feeds of a list in its order, those in folders included. name: of the file, for errors. Raises ConfigError
    with the line for anything but OPML, and for document type declarations and endless nesting, which only attacks
    contain."""
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{name}: has {len(data):,} bytes, the limit is {MAX_BYTES:,}; split it", subject=name)
    outlines, depth, parser = list[Outline](), 0, expat.ParserCreate()

    def refusal(text: str) -> ConfigError:
        return ConfigError(f"{name}:{parser.CurrentLineNumber}: {text}", subject=name)

    def refuse_doctype(*_declared: object) -> None:
        raise refusal("declares a document type, which no list of feeds needs; remove that declaration")

    def start(tag: str, given: Mapping[str, str]) -> None:
        nonlocal depth
        if depth == 0 and tag.lower() != "opml":
            raise refusal(f"is <{visible_text(tag)[:40]}>, no list of feeds (OPML); export the list as OPML")
        depth += 1
        if depth > DEEPEST:
            raise refusal(f"nests outlines more than {DEEPEST} deep; use fewer folders")
        values = {key.lower(): value for key, value in given.items()}
        url = values.get("xmlurl", "").strip()
        if tag.lower() != "outline" or not url:
            return
        if len(outlines) == MOST_FEEDS:
            raise refusal(f"lists more than {MOST_FEEDS:,} feeds; split it")
        # feed:// means http://, feed:https:// means https://
        url = _SCHEME.sub(lambda m: "http://" if m[0].lower() == "feed://" and not m[1] else "", url, count=1)
        title = plain_title(values.get("text", "")) or plain_title(values.get("title", ""))
        page, lang = (visible_text(values.get(key, "")) for key in ("htmlurl", "language"))
        outlines.append(Outline(url, title, page, lang, parser.CurrentLineNumber))

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler, parser.StartElementHandler, parser.EndElementHandler = refuse_doctype, start, end
    try:
        parser.Parse(data, True)
    except (ValueError, LookupError) as error:  # a charset that Python does not pass to expat
        raise ConfigError(f"{name}:1: has an unreadable encoding ({error}); {AS_UTF_8}", subject=name) from None
    except expat.ExpatError as error:
        at, reason = parser.ErrorByteIndex, expat.ErrorString(error.code)
        remedy = "export it again, or correct that line" if data[at : at + 1].isascii() else AS_UTF_8
        raise ConfigError(f"{name}:{error.lineno}: is not valid XML ({reason}); {remedy}", subject=name) from None
    return tuple(outlines)
