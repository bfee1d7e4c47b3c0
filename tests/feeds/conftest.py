"""A web server on the loopback interface, whose answers each test writes, and that stops by itself."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler

import pytest

from monitor.errors import FeedError
from monitor.feeds.fetch import Fetcher, FetchLimits, FetchRequest, FetchResult
from tests.builders.channel_servers import web_server

Answer = Callable[[BaseHTTPRequestHandler], None]


def fetched(requests: Sequence[FetchRequest], limits: FetchLimits) -> list[FetchResult | FeedError]:
    """The outcomes of these requests, in their order."""
    with Fetcher(limits) as fetcher:
        return [answer.result(60) for answer in fetcher.fetch(requests)]


class Site:
    """Paths and their answers; `hits` counts requests, `headers` keeps the last request's; `closing` ends slow
    answers."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.hits: Counter[str] = Counter()
        self.headers: dict[str, dict[str, str]] = {}
        self.closing = self.stopping = threading.Event()
        self.port = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Answer `path` so; underscores in header names stand for hyphens."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        return self.on(path, answer)

    def on(self, path: str, answer: Answer) -> str:
        self.answers[path] = answer
        return self.base + path


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            site.hits[path] += 1
            site.headers[path] = dict(self.headers.items())
            try:
                site.answers[path](self)
            except OSError:
                self.close_connection = True

    with web_server(Handler, site):
        yield site
