"""Every wait on PostgreSQL ends, and other waits of the same address are not touched."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from monitor.errors import StoreError
from monitor.store import Store, outbox
from monitor.store.engine import AdvisoryLock, looked_into, open_store, standbys, store_error, wait_for_turn
from tests.builders.databases import NOW, POSTGRES, addresses, ask, do, later, stores
from tests.builders.silent_loss import SilentLoss, silent_loss

END_INSTANCE = (
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted "
    "AND classid::int8 = hashtext('deal-monitor instance')::oid::int8 "
    "AND objid::int8 = hashtext(current_schema())::oid::int8"
)
"""What the server does once a machine no longer answers."""
needs_server = pytest.mark.skipif(not POSTGRES, reason="DEAL_MONITOR_TEST_POSTGRES names no server")


def test_a_server_that_accepts_and_says_nothing_is_given_up_by_a_check() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        asked = time.monotonic()
        address = f"postgresql://monitor@127.0.0.1:{mute.getsockname()[1]}/none"
        with pytest.raises(StoreError, match="cannot be reached"), looked_into(address):
            pass
        assert time.monotonic() - asked < 5


@pytest.fixture
def lossy() -> Iterator[SilentLoss]:
    with silent_loss(POSTGRES) as way:
        yield way


@needs_server
@pytest.mark.slow
def test_a_connection_that_silently_loses_everything_is_closed_with_an_error(lossy: SilentLoss) -> None:
    from monitor.store.postgres import QUICK_SECONDS, SLACK_SECONDS, postgres_engine

    address = make_url(POSTGRES).set(drivername="postgresql+psycopg", host="127.0.0.1", port=lossy.port)
    engine = postgres_engine(address, 1.0, quick=True)
    with engine.connect() as conn:
        assert conn.scalar(text("SELECT 1")) == 1
        lossy.lose()
        asked = time.monotonic()
        with pytest.raises(Exception, match="gave no answer") as silence:
            conn.scalar(text("SELECT 2"))
        assert time.monotonic() - asked < 2 * (QUICK_SECONDS + SLACK_SECONDS)
    assert "cannot be reached" in str(store_error(silence.value, "db"))


@needs_server
@pytest.mark.slow
def test_a_writer_gives_up_while_another_session_holds_the_write_lock() -> None:
    with (
        closing(open_store(POSTGRES, patience=0.5)) as first,
        closing(open_store(POSTGRES, patience=0.5)) as second,
        first.begin(),
        pytest.raises(StoreError, match="locked"),
        second.begin(),
    ):
        pass


@needs_server
def test_a_message_is_claimed_and_settled_while_another_writer_works(tmp_path: Path) -> None:
    message = outbox.NewOutboxItem("m", "alert", "desk", "email", "a@example.org", "soy", "{}")
    other = replace(message, message_id="n", to="b@example.org")
    for store in stores("postgresql", tmp_path):
        do(store, outbox.enqueue, [message, other], NOW)
        with store.begin(), store.begin(alone=False) as conn:
            first = outbox.claim(conn, ["email"], "one", NOW, later(minutes=5))
            with store.begin(alone=False) as beside:
                second = outbox.claim(beside, ["email"], "two", NOW, later(minutes=5))
                assert outbox.claim(beside, ["email"], "two", NOW, later(minutes=5)) is None
            assert first is not None
            assert second is not None
            assert (first.message_id, second.message_id) == ("m", "n")
            assert outbox.settle(conn, first, outbox.Settlement("sent", "sent"), NOW)


@needs_server
def test_an_instance_whose_lock_is_gone_writes_nothing_and_its_last_transaction_ends_before_the_next_instance_begins(
    tmp_path: Path,
) -> None:
    for address in addresses("postgresql", tmp_path):
        with closing(open_store(address, exclusive=True)) as old, closing(open_store(address)) as other:
            with old.begin(alone=False):
                do(other, lambda conn: conn.execute(text(END_INSTANCE)))
                with pytest.raises(StoreError, match="locked"):
                    open_store(address, exclusive=True, patience=0.5)
            with closing(open_store(address, exclusive=True)):
                with pytest.raises(StoreError, match="still taken"), old.begin():
                    pass
                assert isinstance(old._lock, AdvisoryLock)
                with pytest.raises(StoreError, match="still taken"), other.begin() as conn:
                    old._lock.check(conn)


@needs_server
def test_a_standby_waits_is_counted_and_takes_its_turn(tmp_path: Path) -> None:
    seen = list[int]()
    for address in addresses("postgresql", tmp_path):
        with closing(open_store(address, exclusive=True)) as running, closing(open_store(address)) as other:

            def go_on(running: Store = running, other: Store = other) -> bool:
                seen.append(ask(other, standbys))
                if len(seen) == 2:
                    running.close()
                return True

            assert ask(other, standbys) == 0
            assert wait_for_turn(address, go_on)
            assert set(seen) == {1}
        with closing(open_store(address, exclusive=True)):
            assert not wait_for_turn(address, lambda: False)


def test_a_standby_on_sqlite_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="leave out --standby"):
        wait_for_turn(f"sqlite:///{tmp_path / 'monitor.db'}", lambda: True)
