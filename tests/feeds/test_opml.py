"""OPML lists are read with care, and refused with a line and a remedy."""

import pytest

from monitor.errors import ConfigError
from monitor.feeds.opml import DEEPEST, MAX_BYTES, MOST_FEEDS, Outline, read_opml
from tests.builders.golden_wording import GoldenWording

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0">
  <head><title>Mine</title></head>
  <body>
    <outline text="News">
      <outline text="Herald" title="The Herald" type="rss"
        xmlUrl="https://herald.example/rss" htmlUrl="https://herald.example/" language="en"/>
      <outline text="World"><outline xmlURL=" feed://paper.example/rss "/></outline>
    </outline>
    <outline text="A folder without feeds"/>
    <outline title="Wire" xmlUrl="feed:https://wire.example/rss"/>
  </body>
</opml>
"""
ENTITY_BOMB = '<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<opml><outline text="&b;"/></opml>'
UNUSABLE = (
    (b" ", 1),
    (b"{}", 1),
    (b"<opml>\n<outline>\n</body>", 3),
    (b"<opml>\n<body>", 2),
    (b"<opml><outline text='&nbsp;'/></opml>", 1),
    (b"<html><body/></html>", 1),
    (b"\n<rss version='2.0'/>", 2),
    (ENTITY_BOMB.encode(), 1),
    (b'<!DOCTYPE opml SYSTEM "file:///etc/passwd">\n<opml/>', 1),
    ("<opml>\n<outline text='Caf\u00e9'/></opml>".encode("latin-1"), 2),
    (b'<?xml version="1.0" encoding="gb18030"?><opml/>', 1),
    (b'<?xml version="1.0" encoding="no-such"?><opml/>', 1),
    (b"<opml>" + b"<outline>\n" * DEEPEST, DEEPEST),
    (b"<opml>" + b"<outline xmlUrl='a'/>" * (MOST_FEEDS + 1), 1),
)


def test_feeds_are_read_from_nested_folders_with_their_lines() -> None:
    assert read_opml(LIST.encode(), "mine.opml") == (
        Outline("https://herald.example/rss", "Herald", "https://herald.example/", "en", 6),
        Outline("http://paper.example/rss", line=8),
        Outline("https://wire.example/rss", "Wire", line=11),
    )


def test_a_list_may_have_any_encoding_that_it_declares() -> None:
    cases = ["utf-8-sig", "utf-16", "iso-8859-1"]
    for encoding in cases:
        declared = encoding.removesuffix("-sig")
        text = (
            f'<?xml version="1.0" encoding="{declared}"?><opml><outline text="Caf\u00e9" xmlUrl="https://a/"/></opml>'
        )
        assert read_opml(text.encode(encoding), "x")[0].title == "Caf\u00e9", encoding


def test_an_unusable_list_is_refused_with_its_line_and_a_remedy(wording: GoldenWording) -> None:
    for data, line in UNUSABLE:
        with pytest.raises(ConfigError) as refused:
            read_opml(data, "mine.opml")
        assert str(refused.value).startswith(f"mine.opml:{line}: ")
        wording(str(refused.value))


def test_a_list_over_the_limit_is_refused(wording: GoldenWording) -> None:
    with pytest.raises(ConfigError) as refused:
        read_opml(b" " * (MAX_BYTES + 1), "mine.opml")
    wording(str(refused.value))
