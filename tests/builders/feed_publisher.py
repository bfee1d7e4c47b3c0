"""A publisher on the loopback address: documents that change when a test says so, served with ETag and 304."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from xml.sax.saxutils import escape

from tests.builders.channel_servers import web_server


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as a feed shows it. published: an HTTP date for RSS, an ISO time for Atom."""

    guid: str
    title: str
    url: str
    published: str


def rss(*items: Item) -> bytes:
    """An RSS 2.0 document of these items."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{escape(item.guid)}</guid><title>{escape(item.title)}</title>"
        f"<link>{escape(item.url)}</link><pubDate>{item.published}</pubDate></item>"
        for item in items
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{entries}</channel></rss>".encode()


def atom(*items: Item) -> bytes:
    """An Atom document of these items."""
    entries = "".join(
        f"<entry><id>{escape(item.guid)}</id><title>{escape(item.title)}</title>"
        f"<link href='{escape(item.url)}'/><updated>{item.published}</updated></entry>"
        for item in items
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Paper</title>{entries}</feed>".encode()


@dataclass(slots=True)
class Publisher:
    """What it serves now, by path, where other paths redirect (status and address), and how often it answered what:
    `answers["/wire", 304]`."""

    documents: dict[str, bytes]
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    now: datetime | None = None
    """The time that it sends; None: that of the machine."""
    port: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    answered: threading.Condition = field(default_factory=threading.Condition)
    stopping: threading.Event = field(default_factory=threading.Event)

    def all_answered(self, status: int, paths: int, wait_s: float) -> bool:
        """Wait until so many paths were answered with this status; False after so many seconds."""
        with self.answered:
            return self.answered.wait_for(lambda: sum(key[1] == status for key in self.answers) >= paths, wait_s)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class _Talk(BaseHTTPRequestHandler):
    far: Publisher

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.far.now.timestamp() if self.far.now else timestamp)

    def do_GET(self) -> None:
        body = self.far.documents.get(self.path)
        if body is None:
            status, _ = self.far.redirects.get(self.path, (404, ""))
            return self.reply(status)
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        return self.reply(304, tag) if self.headers["If-None-Match"] == tag else self.reply(200, tag, body)

    def reply(self, status: int, tag: str = "", body: bytes = b"") -> None:
        with self.far.answered:
            self.far.answers[self.path, status] += 1
            self.far.answered.notify_all()
        self.send_response(status)
        self.send_header("ETag", tag)
        if status in (301, 302, 307, 308):
            self.send_header("Location", self.far.redirects[self.path][1])
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def publisher(documents: dict[str, bytes]) -> Iterator[Publisher]:
    """A running publisher of these documents; change `documents` to publish."""
    with web_server(_Talk, Publisher(documents)) as talk:
        yield talk
