"""An outside check on the loopback address that counts the calls it gets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.builders.channel_servers import Quiet, served


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
    check: OutsideCheck

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives it
        """Say nothing."""

    def do_GET(self) -> None:
        self.check.calls.append(self.path)
        if self.check.hangs:
            self.check.stopping.wait(30)
        self.send_response(self.check.status)
        if 300 <= self.check.status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def outside_check(*, status: int = 200, hangs: bool = False) -> Iterator[OutsideCheck]:
    """A running check; change `status` to have it answer otherwise."""
    talk = OutsideCheck(status, hangs)
    with Quiet(("127.0.0.1", 0), type("Talk", (_Talk,), {"check": talk})) as server:
        talk.port = server.server_address[1]
        yield from served(server, talk)
