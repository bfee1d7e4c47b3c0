"""A client that is slow, or that are many, holds nothing for long."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path

import pytest

from monitor.site.server.bounds import MAX_REQUESTS, BoundedProtocol
from tests.builders.site_servers import PATIENCE, Site, app_of, read_all, running

SECONDS = 0.3
HEAD = b"POST /none HTTP/1.1\r\nHost: localhost\r\n"
LARGE = 12_000_000
"""Bytes: more than two machines keep on the way."""


class QuickProtocol(BoundedProtocol):
    """A bound on requests so tight that a test need not wait."""

    receive_seconds = SECONDS


class TakenProtocol(BoundedProtocol):
    """The same for answers."""

    answer_seconds = SECONDS


class FewProtocol(BoundedProtocol):
    """Few connections at once."""

    most_connections = 8


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_bytes(b"the board")
    (folder / "large.html").write_bytes(b"a" * LARGE)
    return folder


@pytest.fixture(scope="module")
def site(root: Path) -> Iterator[Site]:
    with running(app_of(root), QuickProtocol) as found:
        yield found


@pytest.mark.slow
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


@pytest.mark.slow
def test_an_answer_that_nobody_takes_is_cut_off(root: Path) -> None:
    with running(app_of(root), TakenProtocol) as site, socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", site.port))
        connection.sendall(b"GET /large.html HTTP/1.1\r\nHost: localhost\r\n\r\n")
        end = time.monotonic() + 3 * SECONDS
        while time.monotonic() < end:
            assert site.ask("/").status == 200, "others are served meanwhile"
        assert len(read_all(connection)) < LARGE


@pytest.mark.slow
def test_a_client_that_takes_an_answer_slowly_gets_all_of_it(site: Site) -> None:
    """Though it takes longer than a request may: the bound on requests does not cut an answer off."""
    with site.connected() as connection:
        connection.sendall(b"GET /large.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        taken, end = 0, time.monotonic() + 3 * SECONDS
        while time.monotonic() < end:
            taken += len(connection.recv(1))
        assert taken + len(read_all(connection)) > LARGE


@pytest.mark.slow
def test_several_requests_on_one_connection_each_have_their_time(site: Site) -> None:
    """A machine that stands still for longer than the bound cuts a connection off: then another one is tried."""

    def lives() -> bool:
        with site.connected() as connection:
            began = time.monotonic()
            while time.monotonic() < began + 2 * SECONDS:
                try:
                    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    got = b""
                    while not got.endswith(b"the board"):
                        part = connection.recv(65536)
                        if not part:
                            return False
                        got += part
                except ConnectionError:
                    return False
            return True

    assert any(lives() for _ in range(5))


def test_connections_beyond_the_limit_are_closed_and_the_server_goes_on(root: Path) -> None:
    with running(app_of(root), FewProtocol) as site:
        with ExitStack() as stack:
            held = [stack.enter_context(site.connected()) for _ in range(FewProtocol.most_connections + 4)]
            for connection in held[FewProtocol.most_connections :]:
                assert read_all(connection) == b""

        def answers() -> bool:
            try:
                return site.ask("/").status == 200
            except (OSError, HTTPException):  # the ends of the others have not been seen yet
                return False

        end = time.monotonic() + PATIENCE
        assert any(answers() for _ in iter(lambda: time.monotonic() < end, False))


def test_the_bounds_that_hold_outside_of_tests_are_tight_enough() -> None:
    assert BoundedProtocol.receive_seconds <= 10
    assert BoundedProtocol.answer_seconds <= 60
    assert MAX_REQUESTS < BoundedProtocol.most_connections <= 512
