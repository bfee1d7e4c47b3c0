"""Every wait on PostgreSQL ends, and other waits of the same address are not touched."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from monitor.errors import StoreError
from monitor.store.engine import looked_into, open_store, store_error
from tests.builders.databases import POSTGRES

needs_server = pytest.mark.skipif(not POSTGRES, reason="DEAL_MONITOR_TEST_POSTGRES names no server")


def test_a_server_that_accepts_and_says_nothing_is_given_up_by_a_check() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        asked = time.monotonic()
        address = f"postgresql://monitor@127.0.0.1:{mute.getsockname()[1]}/none"
        with pytest.raises(StoreError, match="cannot be reached"), looked_into(address):
            pass
        assert time.monotonic() - asked < 5


@dataclass
class SilentLoss:
    """A way to the server that loses everything, without a word, once `lost` is set."""

    server: tuple[str, int]
    lost: Event = field(default_factory=Event)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.server)
                for source, sink in ((near, far), (far, near)):
                    Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self.lost.is_set():
                    sink.sendall(data)


@pytest.fixture
def lossy() -> Iterator[SilentLoss]:
    server = urlsplit(POSTGRES)
    way = SilentLoss((server.hostname or "127.0.0.1", server.port or 5432))
    Thread(target=way.serve, daemon=True).start()
    yield way
    way.listener.close()


@needs_server
@pytest.mark.slow
def test_a_connection_that_silently_loses_everything_is_closed_with_an_error(lossy: SilentLoss) -> None:
    from monitor.store.postgres import QUICK_SECONDS, SLACK_SECONDS, postgres_engine

    address = make_url(POSTGRES).set(drivername="postgresql+psycopg", host="127.0.0.1", port=lossy.port)
    engine = postgres_engine(address, 1.0, quick=True)
    with engine.connect() as conn:
        assert conn.scalar(text("SELECT 1")) == 1
        lossy.lost.set()
        asked = time.monotonic()
        with pytest.raises(Exception, match="gave no answer") as silence:
            conn.scalar(text("SELECT 2"))
        assert time.monotonic() - asked < 2 * (QUICK_SECONDS + SLACK_SECONDS)
    assert "cannot be reached" in str(store_error(silence.value, "db"))


@needs_server
@pytest.mark.slow
def test_a_writer_gives_up_while_another_session_holds_the_write_lock() -> None:
    from contextlib import closing

    with (
        closing(open_store(POSTGRES, patience=0.5)) as first,
        closing(open_store(POSTGRES, patience=0.5)) as second,
        first.begin(),
        pytest.raises(StoreError, match="locked"),
        second.begin(),
    ):
        pass
