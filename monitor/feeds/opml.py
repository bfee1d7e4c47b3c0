"""Lists of feeds as OPML, the format in which feed readers exchange them: read with care, written as version 2.0."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from monitor.errors import ConfigError
from monitor.feeds.plain_text import plain_title, visible_text

MAX_BYTES = 5_000_000
MOST_FEEDS = 5_000
DEEPEST = 50
"""Bounds of one list, estimates far above real ones: a feed takes about 200 bytes, and folders are rarely nested twice."""
AS_UTF_8 = 'save it as UTF-8, with encoding="UTF-8" in its first line or none'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SCHEME = re.compile(r"^feed:(//)?(?=https?:)|^feed://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. line: where it stands; text and title: what it is called, '' where it says nothing; page: the address
    of its web page; lang: as written."""

    url: str
    text: str = ""
    title: str = ""
    page: str = ""
    lang: str = ""
    line: int = 0


def read_opml(data: bytes, name: str) -> tuple[Outline, ...]:
    """The feeds of a list in its order, those in folders too. name: of the file, for errors.

    Raises ConfigError with the line for what is no OPML, and for what only attacks hold: declarations of a document type, and
    outlines nested without end.
    """
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{name}: has {len(data):,} bytes, and the limit is {MAX_BYTES:,}; split it", subject=name)
    if not data.strip():
        raise ConfigError(f"{name}:1: is empty; export the list of feeds as OPML once more", subject=name)
    reader = _Reader(name)
    try:
        reader.parser.Parse(data, True)
    except (ValueError, LookupError) as error:  # charsets that Python does not give to expat
        problem = f"is in an encoding that cannot be read here ({error}); {AS_UTF_8}"
        raise ConfigError(f"{name}:1: {problem}", subject=name) from None
    except expat.ExpatError as error:
        at, reason = reader.parser.ErrorByteIndex, expat.ErrorString(error.code)
        remedy = "export it once more, or mend that line" if data[at : at + 1].isascii() else AS_UTF_8
        problem = f"is no XML that can be read ({reason}); {remedy}"
        raise ConfigError(f"{name}:{error.lineno}: {problem}", subject=name) from None
    return tuple(reader.outlines)


class _Reader:
    """Collects outlines while expat reads. Every element is looked at on its way in; nothing else is kept."""

    def __init__(self, name: str) -> None:
        self.outlines: list[Outline] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._name, self._depth = name, 0

    def _refuse(self, text: str) -> ConfigError:
        return ConfigError(f"{self._name}:{self.parser.CurrentLineNumber}: {text}", subject=self._name)

    def _doctype(self, *_declared: object) -> None:
        raise self._refuse(
            "declares a document type, which serves attacks and no list of feeds; remove that declaration"
        )

    def _start(self, tag: str, given: Mapping[str, str]) -> None:
        if self._depth == 0 and tag.lower() != "opml":
            kind, remedy = f"<{visible_text(tag)[:40]}>", "export the list as OPML"
            if tag.lower().rpartition(":")[2] in ("rss", "feed", "rdf"):
                kind, remedy = "a feed itself", "deal-monitor feeds add takes its address"
            raise self._refuse(f"is {kind}, no list of feeds (OPML); {remedy}")
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refuse(f"nests outlines more than {DEEPEST} deep; put its feeds into fewer folders")
        values = {key.lower(): value for key, value in given.items()}
        if tag.lower() == "outline" and (url := values.get("xmlurl", "").strip()):
            if len(self.outlines) == MOST_FEEDS:
                raise self._refuse(f"lists more than {MOST_FEEDS:,} feeds; split it")
            text, title = (plain_title(values.get(key, "")) for key in ("text", "title"))
            page, lang = (visible_text(values.get(key, "")) for key in ("htmlurl", "language"))
            self.outlines.append(Outline(_web_address(url), text, title, page, lang, self.parser.CurrentLineNumber))

    def _end(self, _tag: str) -> None:
        self._depth -= 1


def _web_address(url: str) -> str:
    """The address with the scheme that it stands for: feed:// is http://, feed:https:// is https://."""
    return _SCHEME.sub(lambda found: "http://" if found[0].lower() == "feed://" and not found[1] else "", url, count=1)


def write_opml(title: str, folders: Mapping[str, Sequence[Outline]], now: datetime) -> str:
    """A list with a folder each; '' holds those that stand in none. The same list always has the same text but for its date."""
    body: list[str] = []
    for folder, outlines in folders.items():
        inner = "  " if folder else ""
        lines = [f"    {inner}{_outline(outline)}" for outline in outlines]
        body += [f"    <outline text={_quoted(folder)}>", *lines, "    </outline>"] if folder else lines
    head = [
        f"    <title>{escape(_NOT_XML.sub('', title))}</title>",
        f"    <dateCreated>{format_datetime(now)}</dateCreated>",
    ]
    document = ['<opml version="2.0">', "  <head>", *head, "  </head>", "  <body>", *body, "  </body>", "</opml>"]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *document, ""])


def _outline(outline: Outline) -> str:
    given = {"text": outline.text or outline.title or outline.url, "title": outline.title, "xmlUrl": outline.url}
    given |= {"htmlUrl": outline.page, "language": outline.lang}
    return f'<outline type="rss" {_attributes(given.items())}/>'


def _attributes(given: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{key}={_quoted(value)}" for key, value in given if value)


def _quoted(value: str) -> str:
    """The value as an attribute in double quotes; characters that XML cannot hold are left out."""
    return quoteattr(_NOT_XML.sub("", value), {'"': "&quot;"})
