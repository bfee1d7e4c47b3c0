"""A document without its known items gives what the whole document gives, and costs only what is new in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FeedError
from monitor.feeds.items import ParsedFeed
from monitor.feeds.known_items import KnownItems, parse_new_items, split
from monitor.feeds.parse import parse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FEEDS = Path(__file__).resolve().parents[3] / "shared" / "feeds"
RSS = "<rss version='2.0'><channel><title>Wire</title><language>en</language>{}</channel></rss>"
ATOM = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Paper</title>{}</feed>"


def item(number: int, more: str = "") -> str:
    return (
        f"<item><title>Report {number}</title><link>https://news.example/{number}</link><guid>g{number}</guid>"
        f"<pubDate>Mon, 02 Mar 2026 0{number % 10}:00:00 GMT</pubDate>{more}</item>"
    )


@dataclass(slots=True)
class Reader:
    """Reads the documents of one feed, one after the other. parsed: how many items each call of the parser gave."""

    now: datetime = NOW
    known: KnownItems | None = None
    parsed: list[int] = field(default_factory=list)

    def parse(self, body: bytes, content_type: str | None) -> ParsedFeed:
        feed = parse(body, url="https://news.example/rss", content_type=content_type, now=self.now)
        self.parsed.append(len(feed.entries))
        return feed

    def read(self, text: str | bytes) -> ParsedFeed:
        body = text if isinstance(text, bytes) else text.encode()
        feed, self.known = parse_new_items(self.parse, body, "application/xml", self.known, self.now)
        return feed

    def outcome(self, text: str) -> ParsedFeed | str:
        """What is read, or the text of the error."""
        try:
            return self.read(text)
        except FeedError as error:
            return str(error)

    def reads_as_a_whole(self, text: str | bytes) -> None:
        """The document is read as one that nothing is known of."""
        assert self.read(text) == Reader(self.now).read(text)


def test_entries_of_atom_are_known_too() -> None:
    rest = "<updated>2026-03-01T08:00:00Z</updated></entry>"
    entries = [f"<entry><id>urn:{n}</id><title>Note {n}</title><link href='/{n}'/>{rest}" for n in range(3)]
    reader = Reader()
    reader.reads_as_a_whole(ATOM.format("".join(entries[:2])))
    reader.reads_as_a_whole(ATOM.format("".join(entries)))
    assert reader.parsed == [2, 1]


def test_only_new_and_edited_items_are_parsed() -> None:
    reader = Reader()
    reader.reads_as_a_whole(RSS.format(item(1) + item(2)))
    reader.reads_as_a_whole(RSS.format(item(3) + "\n" + item(1) + item(2)))
    reader.reads_as_a_whole(RSS.format(item(2) + item(3)))
    assert reader.parsed == [2, 1, 0]
    reader = Reader()
    reader.read(RSS.format(item(1) + item(2)))
    reader.reads_as_a_whole(RSS.format(item(1, "<description>More.</description>") + item(2)))
    assert reader.parsed == [2, 1]
    reader = Reader()
    reader.read(RSS.format(item(1)))
    assert reader.read(RSS.format(item(1)).replace(">en<", ">zh-cn<")).lang == "zh-cn"
    assert reader.parsed == [1, 0]


def test_a_document_that_is_not_plain_is_not_split() -> None:
    cases = [
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A report"}]}',
        "<!DOCTYPE rss [<!ELEMENT rss ANY>]>" + RSS.format(item(1)),
        RSS.format(item(1)).replace("<channel>", "<channel xml:base='https://other.example/'>"),
        RSS.format(item(1, "<m:x xmlns:m='http://search.yahoo.com/mrss/'>a</m:x>")),
        RSS.format(item(1) + "<!-- between -->" + item(2)),
        RSS.format(item(1) + "<title>Late title</title>" + item(2)),
        RSS.format(item(1) + "<item/>"),
        RSS.format(item(1, "<item>within</item>")),
        RSS.format(item(1, "<?note </item> ?>")),
        RSS.format(item(1).replace("item>", "Item>")),
        RSS.format(item(1) + item(2)).removesuffix("</rss>"),
        "<rss version='2.0'><channel><title>Empty</title></channel></rss>",
        "<html><body>Please log in</body></html>",
        "",
    ]
    assert [text for text in cases if split(text) is not None] == []


def test_an_endless_name_of_an_element_takes_no_time() -> None:
    Reader().reads_as_a_whole(RSS.format(item(1, "<" + 900_000 * "a")))


def test_a_document_that_was_mended_teaches_nothing() -> None:
    """An item that is not well-formed makes the parser read all items of its document in another way."""
    reader = Reader()
    broken = item(1).replace("</guid>", "</guide>")
    for text in (RSS.format(broken + item(2)), RSS.format(item(2)), RSS.format(broken + item(2)), RSS.format(item(2))):
        reader.reads_as_a_whole(text)
    assert reader.known is not None


def test_marks_within_items_and_other_tags_are_read_as_a_whole() -> None:
    tricky = item(1, "<description><![CDATA[</item><item><title>no</title>]]></description><!-- </item> -->")
    reader = Reader()
    reader.reads_as_a_whole(RSS.format(tricky + item(2)))
    reader.reads_as_a_whole(RSS.format(item(3) + tricky + item(2)))
    assert reader.parsed == [2, 1]
    reader = Reader()
    reader.read(RSS.format(item(1, "<dc:date>2026-03-01</dc:date>")))
    other = RSS.format(item(1)).replace("<channel>", "<channel xmlns:dc='http://purl.org/dc/elements/1.1/'>")
    reader.reads_as_a_whole(other)
    reader.reads_as_a_whole("<rss version='2.0'><channel><image>" + item(1) + "</image></channel></rss>")


def test_an_item_dated_too_far_ahead_gets_its_date_once_that_is_near() -> None:
    reader = Reader()
    ahead = item(1).replace("02 Mar", "09 Mar")
    assert reader.read(RSS.format(ahead)).entries[0].published is None
    reader.now = NOW + timedelta(days=6)
    assert reader.read(RSS.format(ahead)).entries[0].published == datetime(2026, 3, 9, 1, 0, tzinfo=UTC)


NAMESPACES = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
)
PIECES = (
    *("A &amp; B", "A & B", "&nbsp;", "<b>bold</b>", "<b>", "</b>", "\x0b", "中文", "xmlns:a='b'", "<?php ?>"),
    *("<![CDATA[<item>]]>", "<![CDATA[", "]]>", "<!--", "-->", "<!-- </item> -->", "</item>", "<item>", "</channel>"),
    *("<title>other</title>", "<title/>", "<guid>g</guid>", "<guid isPermaLink='false'>h</guid>", "<link/>"),
    *("<source url='https://s.example/'>S</source>", "<source/>", "<image>i</image>", "<textInput>t</textInput>"),
    *("<author>a@b.example (A)</author>", "<author><name>A</name></author>", "<dc:creator>C</dc:creator>"),
    *("<content:encoded>E</content:encoded>", "<content:encoded><![CDATA[<p>E</p>]]></content:encoded>"),
    *("<description>D</description>", "<description/>", "<content type='xhtml'><div>d</div></content>"),
    *("<media:group><media:content url='u'><media:title>M</media:title></media:content></media:group>", "<svg>x</svg>"),
    *("<media:description>M</media:description>", "<itunes:summary>I</itunes:summary>", "<summary>S</summary>"),
    *("<category>c</category>", "<enclosure url='e'/>", "<comments>c</comments>", "<rights>r</rights>", "<id>i</id>"),
    *("<pubDate/>", "<dc:date>2026</dc:date>"),
)
"""What feeds put into items, whole and broken."""
ITEMS = st.lists(st.tuples(st.integers(0, 4), st.lists(st.sampled_from(PIECES), max_size=3), st.booleans()), max_size=5)


@given(st.lists(ITEMS, max_size=4))
def test_whatever_the_documents_of_a_feed_hold_they_are_read_as_whole_ones(
    documents: Sequence[Sequence[tuple[int, Sequence[str], bool]]],
) -> None:
    reader = Reader()
    for entries in documents:
        body = ""
        for number, pieces, within in entries:
            more = "".join(pieces)
            body += item(number, f"<description>{more}</description>" if within else more)
        for text in (RSS.format(body), RSS.format(body + item(6))):
            declared = text.replace("<rss", f"<rss {NAMESPACES}")
            assert reader.outcome(declared) == Reader().outcome(declared)


SERIES = sorted(folder for folder in (FEEDS / "series").glob("*") if folder.is_dir() and "merged" not in folder.name)
"""What a person merged of many feeds has too many items to be cut."""


@pytest.mark.slow
@pytest.mark.parametrize("folder", SERIES, ids=lambda folder: str(folder.name))
def test_a_recorded_feed_is_read_as_whole_documents(folder: Path) -> None:
    reader = Reader(datetime(2026, 11, 27, tzinfo=UTC))
    for file in sorted(folder.glob("*.xml"))[:6]:
        reader.reads_as_a_whole(file.read_bytes())
        reader.reads_as_a_whole(file.read_bytes())
