"""The server of the pages on a port of this machine, and requests to it that no client library would let through."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from threading import Thread

from starlette.types import ASGIApp

from monitor.site.server import listen, make_server

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATIENCE = 10.0
"""Seconds in which an answer must come; no test waits that long when all is well."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. headers: by small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(slots=True)
class Site:
    """A server that runs."""

    port: int

    def ask(self, path: str, method: str = "GET", body: bytes | str | None = None, **headers: str) -> Answer:
        """One request. Headers are written content_type='…'; Host='' leaves it out."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            wanted = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_host="Host" in wanted, skip_accept_encoding=True)
            data = body.encode() if isinstance(body, str) else body
            if data is not None and "content-length" not in {name.lower() for name in wanted}:
                wanted["Content-Length"] = str(len(data))
            for name, value in wanted.items():
                if value:
                    connection.putheader(name, value)
            connection.endheaders(data)
            got = connection.getresponse()
            found = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, found, got.read())
        finally:
            connection.close()

    def press(self, path: str, body: str, **headers: str) -> Answer:
        """A form sent."""
        return self.ask(path, "POST", body, content_type="application/x-www-form-urlencoded", **headers)

    def raw(self, data: bytes) -> bytes:
        """All that comes back for these bytes, until the server closes."""
        with self.connected() as connection:
            connection.sendall(data)
            return read_all(connection)

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            yield connection


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side closes, be it in order or not."""
    found = b""
    try:
        while part := connection.recv(65536):
            found += part
    except ConnectionError:
        pass
    return found


@contextmanager
def running(app: ASGIApp) -> Iterator[Site]:
    """The server in a thread; ended in order."""
    with listen("127.0.0.1", 0) as sock:
        server = make_server(app)
        thread = Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        try:
            yield Site(sock.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
            assert not thread.is_alive(), "the server did not end"
