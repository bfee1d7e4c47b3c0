"""`feeds parse` reads a saved document as a poll would."""

from __future__ import annotations

from tests.builders.working_folder import Desk, objects

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Herald</title><id>h</id>
<entry><id>1</id><title>China buys soybeans</title><link href="/1"/><updated>2026-03-02T09:00:00Z</updated></entry>
<entry><id>2</id><title>No date here</title><link href="/2"/></entry></feed>"""


def test_a_saved_document_is_read_as_a_poll_would(desk: Desk) -> None:
    (desk.folder / "saved.xml").write_text(ATOM, encoding="utf-8")
    result = desk.run("feeds", "parse", desk.folder / "saved.xml", "--url", "https://herald.example/feed", "--json")
    first, second = objects(result.stdout)
    assert list(first) == ["id", "title", "url", "published", "summary", "source", "date_only"]
    assert (first["title"], first["url"]) == ("China buys soybeans", "https://herald.example/1")
    assert first["published"] == "2026-03-02T09:00:00+00:00"
    assert second["published"] is None
    assert "2 entries, Herald" in result.stderr


def test_a_document_that_is_no_feed_is_an_error_without_a_traceback(desk: Desk) -> None:
    (desk.folder / "saved.html").write_text("<html><body>Please log in</body></html>", encoding="utf-8")
    result = desk.run("feeds", "parse", desk.folder / "saved.html")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert isinstance(result.exception, SystemExit)
