"""A publisher of feeds on loopback, as a process of its own: keep-alive, ETag and 304, new items when it is told to.

    python -m benchmarks.feed_source STORIES FEEDS

Feed N is at /feed/N and shows ITEMS items, headlines of the stories with their summaries cut at SUMMARY characters.
It is a driver (see `measure.Driver`): it says its port when it has started; `new` puts one new item on top of some
feeds or of all; `asked` tells how often each feed was asked and with what it answered. It ends with its input, or
after LIMIT_S.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.archive import read_lines

ITEMS, SUMMARY = 20, 400
LIMIT_S = 1800.0


@dataclass(slots=True)
class Feed:
    """What one feed shows: its items, newest first, and how often it changed."""

    number: int
    items: list[str]
    version: int = 0
    body: bytes = b""

    def put(self, item: str) -> None:
        self.items = [item, *self.items][:ITEMS]
        self.version, self.body = self.version + 1, b""

    def document(self) -> bytes:
        if not self.body:
            channel = f"<title>Feed {self.number}</title><link>https://news.example/</link><description>-</description>"
            text = f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{channel}{''.join(self.items)}"
            self.body = f"{text}</channel></rss>".encode()
        return self.body

    @property
    def tag(self) -> str:
        return f'"{self.number}-{self.version}"'


@dataclass(slots=True)
class Source:
    """All feeds, and the stories that become items, each once; after the last one the first comes again with another
    title."""

    stories: Sequence[dict[str, Any]]
    start: datetime
    feeds: list[Feed] = field(default_factory=list)
    taken: int = 0
    asked: Counter[tuple[int, int]] = field(default_factory=Counter)

    def item(self, feed: int, title: str = "") -> str:
        copy, place = divmod(self.taken, len(self.stories))
        story, self.taken = self.stories[place], self.taken + 1
        title = title or story["title"] + (f" x{copy}x" if copy else "")
        address = f"https://news{feed}.example/{self.taken}"
        at = format_datetime(self.start - timedelta(minutes=self.taken % 2000))
        summary = (story.get("summary") or "")[:SUMMARY]
        return (
            f"<item><guid isPermaLink='false'>{address}</guid><title>{escape(title)}</title><link>{address}</link>"
            f"<pubDate>{at}</pubDate><description>{escape(summary)}</description></item>"
        )

    def obey(self, what: dict[str, Any]) -> dict[str, Any]:
        """new: numbers of feeds, or None for all; title: of the new item."""
        if "new" in what:
            for number in range(len(self.feeds)) if what["new"] is None else what["new"]:
                self.feeds[number].put(self.item(number, what.get("title", "")))
        answers: Counter[int] = Counter()
        for (_, status), count in self.asked.items():
            answers[status] += count
        return {"answers": {str(status): count for status, count in answers.items()}, "polls": self.asked.total()}


class Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    source: Source

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that the base class gives it
        """Say nothing."""

    def do_GET(self) -> None:
        feed = self.source.feeds[int(self.path.rpartition("/")[2])]
        status = 304 if self.headers["If-None-Match"] == feed.tag else 200
        self.source.asked[feed.number, status] += 1
        self.send_response(status)
        self.send_header("ETag", feed.tag)
        body = feed.document() if status == 200 else b""
        if status == 200:
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def end_at_last() -> None:
    """A server that nobody ends ends by itself."""
    time.sleep(LIMIT_S)
    os._exit(1)


def main() -> None:
    stories = [json.loads(line) for line in read_lines(Path(sys.argv[1]))]
    source = Source(stories, datetime.now(UTC))
    for number in range(int(sys.argv[2])):
        source.feeds.append(Feed(number, [source.item(number) for _ in range(ITEMS)]))
    with Server(("127.0.0.1", 0), type("Talk", (Talk,), {"source": source})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        threading.Thread(target=end_at_last, daemon=True).start()
        print(json.dumps({"port": server.server_address[1]}), flush=True)
        for line in sys.stdin:
            print(json.dumps(source.obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
