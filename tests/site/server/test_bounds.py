"""A client that is slow, or that are many, holds nothing for long."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from monitor.site.server.bounds import BoundedProtocol
from tests.builders.site_servers import Site, app_of, read_all, running

SECONDS = 0.3
HEAD = b"POST /none HTTP/1.1\r\nHost: localhost\r\n"
LARGE = 30_000_000
"""Bytes: more than two machines keep on the way."""


class QuickProtocol(BoundedProtocol):
    """The same bounds, so tight that a test need not wait."""

    receive_seconds = SECONDS
    answer_seconds = SECONDS
    most_connections = 8


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("site")
    (root / "index.html").write_bytes(b"the board")
    (root / "large.html").write_bytes(b"a" * LARGE)
    with running(app_of(root), QuickProtocol) as found:
        yield found


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GE",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        HEAD + b"Content-Length: 100\r\n\r\nact=",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=["nothing", "half a word", "no end of the head", "half a body", "half a chunk"],
)
def test_a_request_that_does_not_come_to_its_end_is_cut_off(site: Site, sent: bytes) -> None:
    with site.connected() as connection:
        connection.sendall(sent)
        read_all(connection)  # returns once the server has closed


def test_a_byte_now_and_then_wins_no_time(site: Site) -> None:
    began = time.monotonic()
    with site.connected() as connection:
        connection.settimeout(SECONDS / 10)
        for byte in b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 1000:
            try:
                connection.sendall(bytes([byte]))
                if connection.recv(100) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("the server read for as long as bytes came")
    assert time.monotonic() - began < 20 * SECONDS


def test_an_answer_that_nobody_takes_is_cut_off(site: Site) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", site.port))
        connection.sendall(b"GET /large.html HTTP/1.1\r\nHost: localhost\r\n\r\n")
        end = time.monotonic() + 3 * SECONDS
        while time.monotonic() < end:
            site.ask("/")  # others are served meanwhile
        assert len(read_all(connection)) < LARGE


def test_several_requests_on_one_connection_each_have_their_time(site: Site) -> None:
    with site.connected() as connection:
        began, answers = time.monotonic(), 0
        while time.monotonic() < began + 2 * SECONDS:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answers += connection.recv(65536).count(b"the board")
        assert answers > 1


def test_connections_beyond_the_limit_are_closed_and_the_server_goes_on(site: Site) -> None:
    with ExitStack() as stack:
        held = [stack.enter_context(site.connected()) for _ in range(QuickProtocol.most_connections + 4)]
        for connection in held:
            read_all(connection)
    assert site.ask("/").status == 200


def test_the_bounds_that_hold_outside_of_tests_are_tight_enough() -> None:
    assert BoundedProtocol.receive_seconds <= 10
    assert BoundedProtocol.answer_seconds <= 60
    assert BoundedProtocol.most_connections <= 256
