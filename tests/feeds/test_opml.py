"""Lists of feeds: read with care, refused with a line, and written so that they are read back as they were."""

from __future__ import annotations

import pytest

from monitor.errors import ConfigError
from monitor.feeds.opml import DEEPEST, MAX_BYTES, MOST_FEEDS, Outline, read_opml, write_opml
from tests.builders.databases import NOW

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0">
  <head><title>Mine</title></head>
  <body>
    <outline text="News">
      <outline text="Herald" title="The Herald" type="rss" xmlUrl="https://herald.example/rss" htmlUrl="https://herald.example/" language="en"/>
      <outline text="World"><outline xmlURL=" feed://paper.example/rss "/></outline>
    </outline>
    <outline text="A folder without feeds"/>
    <outline text="Wire" xmlUrl="feed:https://wire.example/rss"/>
  </body>
</opml>
"""


def test_feeds_are_read_from_nested_folders_with_their_lines() -> None:
    assert read_opml(LIST.encode(), "mine.opml") == (
        Outline("https://herald.example/rss", "Herald", "The Herald", "https://herald.example/", "en", 6),
        Outline("http://paper.example/rss", line=7),
        Outline("https://wire.example/rss", "Wire", line=10),
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_a_list_may_be_in_any_encoding_that_it_declares(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><opml><outline text="Café" xmlUrl="https://a.example/"/></opml>'
    assert read_opml(text.encode(encoding), "x")[0].text == "Café"


ENTITY_BOMB = '<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<opml><outline text="&b;"/></opml>'
OUTSIDE = '<!DOCTYPE opml SYSTEM "file:///etc/passwd">\n<opml/>'


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b" ", "mine.opml:1: is empty"),
        (b"{}", "mine.opml:1: is no XML that can be read"),
        (b"<opml>\n<outline>\n</body>", "mine.opml:3: is no XML that can be read (mismatched tag)"),
        (b"<opml>\n<body>", "mine.opml:2: is no XML that can be read (no element found)"),
        (b"<opml><outline text='&nbsp;'/></opml>", "(undefined entity)"),
        (b"<html><body/></html>", "mine.opml:1: is <html>, no list of feeds (OPML); export the list as OPML"),
        (b"\n<rss version='2.0'/>", "mine.opml:2: is a feed itself, no list of feeds (OPML); deal-monitor feeds add"),
        (ENTITY_BOMB.encode(), "mine.opml:1: declares a document type"),
        (OUTSIDE.encode(), "mine.opml:1: declares a document type"),
        ("<opml>\n<outline text='Café'/></opml>".encode("latin-1"), "mine.opml:2: is no XML that can be read"),
        (b'<?xml version="1.0" encoding="gb18030"?><opml/>', "mine.opml:1: is in an encoding that cannot be read here"),
        (b'<?xml version="1.0" encoding="no-such"?><opml/>', "mine.opml:1: is in an encoding that cannot be read here"),
        (b"<opml>" + b"<outline>\n" * DEEPEST, f"mine.opml:{DEEPEST}: nests outlines more than {DEEPEST} deep"),
        (b"<opml>" + b"<outline xmlUrl='a'/>" * (MOST_FEEDS + 1), "mine.opml:1: lists more than 5,000 feeds"),
        (b" " * (MAX_BYTES + 1), "mine.opml: has 5,000,001 bytes"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_line_and_a_remedy(data: bytes, complaint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_opml(data, "mine.opml")
    text = str(refused.value)
    assert complaint in text
    assert ";" in text


def test_a_wrong_encoding_is_told_apart_from_broken_markup() -> None:
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        read_opml("<opml><outline text='Café'/></opml>".encode("latin-1"), "x")
    with pytest.raises(ConfigError, match="mend that line"):
        read_opml(b"<opml><outline text=></opml>", "x")


def test_a_list_is_read_back_as_it_was_written() -> None:
    hostile = Outline(
        "https://a.example/?x=1&y=<2>", 'A "quoted" <b>', "P & Q's\n\x00\x1b中文", "https://a.example/", "zh"
    )
    plain = Outline("https://b.example/", "b", "B")
    text = write_opml("Feeds & more", {"wire & press": [hostile], "": [plain]}, NOW)
    assert "<title>Feeds &amp; more</title>" in text
    assert "<dateCreated>Mon, 02 Mar 2026 09:00:00 +0000</dateCreated>" in text
    first, second = read_opml(text.encode(), "x")
    assert (first.url, first.text, first.page, first.lang) == (hostile.url, 'A "quoted"', hostile.page, "zh")
    assert first.title == "P & Q's 中文"
    assert (second.url, second.text, second.title) == (plain.url, "b", "B")


def test_a_feed_without_a_name_is_called_by_its_address() -> None:
    (found,) = read_opml(write_opml("x", {"": [Outline("https://b.example/")]}, NOW).encode(), "x")
    assert found.text == "https://b.example/"
