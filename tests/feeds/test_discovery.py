"""A page's feeds are found from its head, and a hostile page costs little."""

from monitor.feeds.discovery import MAX_PAGE_BYTES, MOST_FEEDS, AnnouncedFeed, announced_feeds
from tests.builders.tables import table

URL = "https://herald.example/news/"
RSS = '<link rel="alternate" type="application/rss+xml" href="{href}" title="{title}">'


def announced(*tags: str, url: str = URL) -> list[tuple[str, str, str]]:
    feeds = announced_feeds(f"<html><head>{''.join(tags)}</head>".encode(), "text/html", url)
    assert feeds is not None
    return [(feed.url, feed.format, feed.title) for feed in feeds]


def test_announcements_are_read_however_they_are_written() -> None:
    cases = table("discovery", "announcements_are_read_however_they_are_written")
    assert [(tag, announced(tag)) for tag, _ in cases] == [(tag, [tuple(found)]) for tag, found in cases]


def test_what_announces_no_feed_is_passed_over() -> None:
    cases = [
        '<link rel="stylesheet" type="application/rss+xml" href="/rss">',
        '<link rel="alternate" type="text/html" href="/rss">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="http://[">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        "<!-- " + RSS.format(href="/rss", title="") + " -->",
        "<script>'" + RSS.format(href="/rss", title="") + "'</script>",
        "<template>" + RSS.format(href="/rss", title=""),
    ]
    assert [tag for tag in cases if announced(tag)] == []


def test_announced_feeds_are_found_with_their_addresses_in_order() -> None:
    body = b"<!doctype html>" + RSS.format(href="/rss", title="Top &amp; more").encode()
    assert announced_feeds(body, None, URL) == (AnnouncedFeed("https://herald.example/rss", "RSS", "Top & more"),)
    tags = ['<base href="/en/">', '<base href="/no/">', RSS.format(href="rss", title="")]
    assert announced(*tags) == [("https://herald.example/en/rss", "RSS", "")]
    rows = (("/comments/feed", "Talk"), ("/feed", "News"), ("/feed", "Again"), ("/all", "Comments on all"))
    tags = [RSS.format(href=href, title=title) for href, title in rows]
    assert [title for _, _, title in announced(*tags)] == ["News", "Talk", "Comments on all"]
    tags = [RSS.format(href=f"/{number}", title="A\u202eB\x07&lt;b&gt;") for number in range(MOST_FEEDS + 5)]
    found = announced(*tags)
    assert len(found) == MOST_FEEDS
    assert found[0][2] == "AB"
    cases = [b"{}", b"plain text", b"<rss><channel/></rss>", b""]
    assert [body for body in cases if announced_feeds(body, "application/octet-stream", URL) is not None] == []


def test_a_hostile_page_is_read_in_one_pass() -> None:
    """Were the time to grow with the square of the size, these would take minutes."""
    cases = ["<link ", "<!--", "<script", "<a", "<title>", "<link <", "<link rel=alternate href='"]
    for piece in cases:
        page = (piece * MAX_PAGE_BYTES)[: 2 * MAX_PAGE_BYTES].encode()
        assert not announced_feeds(page, "text/html", URL), piece


def test_what_stands_beyond_a_megabyte_is_not_looked_at() -> None:
    body = b"<html>" + b" " * MAX_PAGE_BYTES + RSS.format(href="/rss", title="").encode()
    assert announced_feeds(body, "text/html", URL) == ()
