"""An outside check on the loopback address that counts the calls it gets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.builders.channel_servers import web_server


@dataclass
class OutsideCheck:
    """calls: the paths that were asked; status: the answer; hangs: give none until the end."""

    status: int = 200
    hangs: bool = False
    port: int = 0
    calls: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class _Talk(BaseHTTPRequestHandler):
    far: OutsideCheck

    def do_GET(self) -> None:
        self.far.calls.append(self.path)
        if self.far.hangs:
            self.far.stopping.wait(30)
        self.send_response(self.far.status)
        if 300 <= self.far.status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def outside_check(*, status: int = 200, hangs: bool = False) -> Iterator[OutsideCheck]:
    """A running check; change `status` to have it answer otherwise."""
    with web_server(_Talk, OutsideCheck(status, hangs)) as check:
        yield check
