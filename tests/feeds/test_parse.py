import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.model import Entry
from monitor.errors import FeedError
from monitor.feeds.items import ParsedFeed
from monitor.feeds.parse import MAX_ENTRIES, parse
from tests.builders.tables import table

URL = "https://news.example/feed.xml"


def rss(items: str, *, head: str = "", declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{declaration}<rss version="2.0"><channel><title>Wire</title>{head}{items}</channel></rss>'


def atom(entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>Wire</title>{entries}</feed>'


def read(document: str | bytes, content_type: str | None = None) -> ParsedFeed:
    body = document.encode() if isinstance(document, str) else document
    return parse(body, url=URL, content_type=content_type)


def only(item: str) -> Entry:
    (entry,) = read(rss(f"<item>{item}</item>")).entries
    return entry


def failure(document: str | bytes) -> FeedError:
    with pytest.raises(FeedError) as caught:
        read(document)
    assert caught.value.subject == URL
    return caught.value


# ---------------------------------------------------------------- what an entry holds


def test_an_rss_item_becomes_an_entry_with_all_its_parts() -> None:
    entry = only(
        "<title>Buyers book ten cargoes</title><link>https://news.example/a</link><guid>abc123</guid>"
        "<pubDate>Mon, 24 Nov 2025 08:00:00 +0800</pubDate><description>Ten &lt;b&gt;cargoes&lt;/b&gt;.</description>"
    )
    assert entry == Entry(
        id="abc123",
        title="Buyers book ten cargoes",
        url="https://news.example/a",
        published=datetime(2025, 11, 24, tzinfo=UTC),
        summary="Ten cargoes.",
        source="",
    )


def test_what_identifies_an_item_is_its_guid_or_link_or_else_title_and_date() -> None:
    document = '<entry><title>a</title><id>abc123</id><link href="/a"/></entry>'
    (entry,) = read(atom(document, ' xml:base="https://old.example/x/"')).entries
    assert (entry.id, entry.url) == ("https://old.example/x/abc123", "https://old.example/a")
    assert only("<title>a</title><guid>abc123</guid>").id == "abc123"
    assert only("<title>a</title><guid>/abc123</guid>").id == "https://news.example/abc123"
    assert only("<title>a</title><link>/rel</link>").id == "https://news.example/rel"
    first, again = only("<title>a</title><pubDate>x</pubDate>"), only("<title>a</title><pubDate>x</pubDate>")
    assert first.id == again.id != only("<title>b</title><pubDate>x</pubDate>").id


def test_an_item_is_dated_in_the_zone_of_its_feed() -> None:
    (entry,) = read(atom("<entry><title>a</title><updated>2025-11-24T08:00:00Z</updated></entry>")).entries
    assert entry.published == datetime(2025, 11, 24, 8, tzinfo=UTC)
    body = rss("<item><title>a</title><pubDate>2025-11-24 08:00:00</pubDate></item>").encode()
    (entry,) = parse(body, url=URL, content_type=None, zone="Asia/Shanghai").entries
    assert entry.published == datetime(2025, 11, 24, tzinfo=UTC)


def test_the_link_is_that_to_the_text_or_else_a_guid_that_is_an_address() -> None:
    assert only("<title>a</title><guid>abc123</guid>").url == ""
    assert only("<title>a</title><guid>https://news.example/1</guid>").url == "https://news.example/1"
    links = '<link rel="self" href="/self"/><link rel="enclosure" href="/a.mp3"/><link rel="related" href="/text"/>'
    (entry,) = read(atom(f"<entry><title>a</title>{links}</entry>")).entries
    assert entry.url == "https://news.example/text"
    (entry,) = read(atom('<entry><title>a</title><link href=""/><id>https://news.example/1</id></entry>')).entries
    assert entry.url == "https://news.example/1"
    cases = ["javascript:alert(1)", "data:text/html,x", "mailto:a@b", "http://[::1", "file:///etc/passwd"]
    assert [link for link in cases if only(f"<title>a</title><link>{link}</link>").url] == []
    named = only("<title>a</title><link>https://ministry.example:pw@news.example/1</link>")
    assert named.url == named.id == "https://news.example/1"


@pytest.mark.parametrize("case", table("parse", "documents_of_every_form"), ids=lambda case: case[0])
def test_ids_titles_and_links_are_read_in_every_form_of_feed(case: tuple[str, str, list[list[str]]]) -> None:
    _, document, items = case
    found = read(document).entries
    assert [
        [written and entry.id, entry.title, entry.url] for entry, (written, *_) in zip(found, items, strict=True)
    ] == (items)


# ---------------------------------------------------------------- titles and summaries


def test_titles_and_summaries_are_plain_text() -> None:
    cases = table("parse", "titles_and_summaries_are_plain_text")
    assert [(written, only(f"<title>{written}</title>").title) for written, _ in cases] == [
        (written, meant) for written, meant in cases
    ]
    title = '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Ten <em>new</em> cargoes</div></title>'
    (entry,) = read(atom(f"<entry>{title}</entry>")).entries
    assert entry.title == "Ten new cargoes"
    entry = only(
        "<title>a</title><description><![CDATA[<p>one</p><script>x()</script><p>two</p>"
        + "word " * 9000
        + "]]></description>"
    )
    assert entry.summary.startswith("one two word")
    assert len(entry.summary) <= 2000
    feed = read(rss("<item><description>A post of few words</description></item><item><link>/x</link></item>"))
    assert [entry.title for entry in feed.entries] == ["A post of few words", ""]
    assert [entry.title for entry in feed.told()] == ["A post of few words"]
    assert feed.warnings == ("1 items without title or text left out",)


def test_an_aggregators_publisher_becomes_the_source_and_leaves_the_title() -> None:
    cases = [" - ", " | ", " – "]
    for joint in cases:
        entry = only(
            f'<title>Ten cargoes sold{joint}The Wire</title><source url="https://wire.example">The Wire</source>'
        )
        assert (entry.title, entry.source) == ("Ten cargoes sold", "The Wire"), joint
    assert only("<title>a</title><source>Unknown</source>").source == ""
    link = '&lt;a href="https://x.example"&gt;Ten cargoes&lt;/a&gt;&amp;nbsp;&lt;font&gt;The Wire&lt;/font&gt;'
    item = f"<title>Ten cargoes - The Wire</title><source>The Wire</source><description>{link}</description>"
    assert only(item).summary == ""


# ---------------------------------------------------------------- charsets

CHINESE = rss("<item><title>中国商务部宣布采购大豆</title></item>", declaration="")


def test_chinese_is_read_whatever_the_charset_says() -> None:
    cases = [
        (CHINESE.encode(), None),
        (CHINESE.encode(), "text/xml; charset=iso-8859-1"),
        (CHINESE.encode("gbk"), None),
        (CHINESE.encode("gbk"), "text/xml; charset=ISO-8859-1"),
        (CHINESE.encode("gbk"), "application/rss+xml; charset=utf-8"),
        (CHINESE.encode("gbk"), "text/xml; charset=gb2312"),
        (b'<?xml version="1.0" encoding="gb2312"?>' + CHINESE.encode("gbk"), None),
        (CHINESE.encode("utf-16"), None),
        (CHINESE.encode(), "application/rss+xml; charset=zlib"),
        (CHINESE.encode(), ';;;=charset="'),
    ]
    for body, content_type in cases:
        (entry,) = read(body, content_type).entries
        assert entry.title.startswith("中国"), body


def test_texts_in_one_charset_are_not_taken_for_another() -> None:
    document = rss("<item><title>Été à Genève: café fermé, señor Müller déçu</title></item>", declaration="")
    (entry,) = read(document.encode("cp1252")).entries
    assert entry.title == "Été à Genève: café fermé, señor Müller déçu"
    stray = rss("<item><title>采购大豆 “deal” XX</title></item>").encode().replace(b"XX", b"\x93ok\x94")
    (entry,) = read(stray).entries
    assert entry.title == "采购大豆 “deal” “ok”"


# ---------------------------------------------------------------- what is refused


def test_what_is_no_readable_feed_is_refused_with_its_kind() -> None:
    cases = [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("<!doctype html><title>Log in</title>", "not_a_feed"),
        ("<html><body><rss version='2.0'></rss></body></html>", "not_a_feed"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url/></urlset>', "not_a_feed"),
        ("<opml version='2.0'/>", "not_a_feed"),
        ("<note>no feed</note>", "not_a_feed"),
        ("just words", "not_a_feed"),
        ('{"a": 1}', "not_a_feed"),
        ("[1, 2]", "not_a_feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id', "unreadable"),
        ('{"a":' * 100_000, "unreadable"),
        ('<!DOCTYPE rss [<!ENTITY a "b">]>' + rss("", declaration=""), "unreadable"),
        (
            '<!doctype x SYSTEM "a>b" [<!ATTLIST a b CDATA "<!--"><!entity % p "q">]>' + rss("", declaration=""),
            "unreadable",
        ),
        ("<rss version='2.0'><channel><title>x</title><item><title>cut", "unreadable"),
        (rss("<item><title>a</title><a " + " ".join(f"b{n}='>'" for n in range(501)) + "/></item>"), "unreadable"),
        (rss("<item><title>a</title>" + "<b><i/>" * 501 + "</b>" * 501 + "</item>"), "unreadable"),
    ]
    assert [(document, failure(document).kind) for document, kind in cases] == [
        (document, kind) for document, kind in cases
    ]


def test_a_body_that_spells_a_path_or_an_address_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(rss("<item><title>secret</title></item>"))
    assert failure(str(secret)).kind == "not_a_feed"
    assert failure(secret.as_uri()).kind == "not_a_feed"


# ---------------------------------------------------------------- broken documents


def test_of_a_cut_document_the_whole_items_are_used_and_the_cut_one_never() -> None:
    items = (f"<item><title>Story {n} of five</title><link>https://a.example/{n}</link></item>" for n in range(5))
    whole = rss("".join(items))
    for length in range(whole.index("</item>") + 7, len(whole)):
        titles = [entry.title for entry in read(whole[:length]).entries]
        assert titles == [f"Story {n} of five" for n in range(whole[:length].count("</item>"))]


def test_slips_of_a_feed_are_mended() -> None:
    cut = "<item><title>two</title><description><![CDATA[ </item></rss>"
    feed = read(f"<rss><channel><item><title>one</title></item>{cut}")
    assert [entry.title for entry in feed.entries] == ["one"]
    assert "cut off" in feed.warnings[0]
    feed = read("<br />Warning: x<br />" + rss("<item><title>a</title></item>") + "<script>x</script>")
    assert [entry.title for entry in feed.entries] == ["a"]
    feed = read("\n\n" + rss("<item><title>a\x07 &nbsp;b</title></item>", declaration=""), "text/plain")
    assert [entry.title for entry in feed.entries] == ["a b"]
    feed = read(rss("<item><title>one</title><description><b>x</description></item><item><title>two</title></item>"))
    assert [entry.title for entry in feed.entries] == ["one", "two"]
    assert "not well-formed" in feed.warnings[-1]
    assert read(rss("", head="<language>zh-CN</language>")) == ParsedFeed("Wire", (), "rss20", "zh-cn")
    doctype = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "https://news.example/rss.dtd">'
    assert read(doctype + rss("<item><title>a</title></item>", declaration="")).entries


def test_documents_are_bounded() -> None:
    with pytest.raises(FeedError) as caught:
        parse(b" " * 101, url=URL, content_type=None, max_bytes=100)
    assert caught.value.kind == "too_large"
    began, line = time.process_time(), '<?xml version="1.0" ' + 'encoding="utf-"1.0" ' * 1000
    assert failure(line + "\n" + rss("<item><title>a</title></item>", declaration="")).kind == "not_a_feed"
    assert time.process_time() - began < 1
    assert read(rss("<item><title>a</title><description><br><p></description></item>" * 501)).entries, "it ends there"
    feed = read(rss("<item><title>a</title></item>" * (MAX_ENTRIES + 1)))
    assert len(feed.entries) == MAX_ENTRIES
    assert "only the first" in feed.warnings[-1]


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<rss>", b"<feed><entry>", b"{", b"<?xml version='1.0'?><rss><channel><item>"]),
)
def test_no_bytes_raise_anything_but_a_feed_error(noise: bytes, start: bytes) -> None:
    with suppress(FeedError):
        parse(start + noise, url=URL, content_type="text/xml")


# ---------------------------------------------------------------- JSON Feed


def test_a_json_feed_is_read() -> None:
    feed = read(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Posts", "language": "en-US", "items": ['
        '{"id": 7, "url": "/a", "title": "A &amp; B", "content_html": "<p>text</p>", "date_published": '
        '"2025-11-24T08:00:00Z"},'
        '{"id": "8", "content_text": "Only \\ud83d words"}, null]}'
    )
    assert (feed.title, feed.version, feed.lang) == ("Posts", "json11", "en-us")
    assert [(entry.id, entry.title, entry.url) for entry in feed.entries] == [
        ("7", "A & B", "https://news.example/a"),
        ("8", "Only words", ""),
    ]
    assert feed.entries[0].published == datetime(2025, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize("case", table("json_feeds", "documents"), ids=lambda case: case["claim"])
def test_json_feeds_are_read_as_their_specification_says(case: dict[str, Any]) -> None:
    url = "https://news.example/feeds/posts.json"
    feed = parse(json.dumps(case["document"]).encode(), url=url, content_type=None)
    assert [
        {
            "title": entry.title,
            "link": entry.url,
            "id": entry.id,
            "date": entry.published.isoformat() if entry.published else "",
            "summary": entry.summary,
        }
        for entry in feed.entries
    ] == case["items"]


@pytest.mark.parametrize("bad", [b"\0", b"\xed\xa0\x80", b"&#0;", b"&#xD800;", b"\xff"])
@pytest.mark.parametrize("content_type", [None, "text/xml; charset=latin-1"])
def test_what_no_database_takes_stays_outside_wherever_it_stands(bad: bytes, content_type: str | None) -> None:
    document = (
        b"<rss version='2.0' xml:base='https://a.example/~/'><channel><title>t</title><language>en~</language><item>"
        b"<guid>g~</guid><title>China buys~ soy</title><link>1~x</link><source url='x'>Wire~</source>"
        b"<description>d~</description></item></channel></rss>"
    ).replace(b"~", bad)
    (made,) = parse(document, url="https://f.example/rss", content_type=content_type).told()
    texts = "".join((made.id, made.title, made.url, made.summary, made.source, made.lang))
    assert "\0" not in texts
    assert texts.encode("utf-8"), "no half of a character"
