"""Opening, refusing, locking and losing a database."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from monitor.errors import StoreError
from monitor.logs import setup_logging
from monitor.store import engine, open_store
from monitor.store.engine import looked_into, store_error
from tests.builders.databases import BACKENDS, addresses
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table

ADD = 'INSERT INTO thread (channel, "to", commitment, ref, tries) VALUES '
ONE_ROW = text(f"{ADD} ('c', 't', 'x', '0', 0)")


@pytest.fixture(params=BACKENDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield from addresses(request.param, tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


def test_a_new_database_file_is_this_users_alone(file: Path) -> None:
    with closing(open_store(f"sqlite:///{file}")) as store, store.begin():
        assert {
            path.stat().st_mode & 0o077 for path in file.parent.glob(f"{file.name}*") if path.suffix != ".lock"
        } == {0}


def test_sqlite_is_set_for_safety(file: Path) -> None:
    store = open_store(f"sqlite:///{file}")
    with store.begin() as conn:
        found = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    store.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}


def test_concurrent_read_modify_write_loses_no_update(address: str) -> None:
    store = open_store(address)
    with store.begin() as conn:
        conn.execute(ONE_ROW)

    def add(_: int) -> None:
        with store.begin() as conn:
            old = conn.scalar(text("SELECT ref FROM thread"))
            conn.execute(text("UPDATE thread SET ref = :ref"), {"ref": str(int(str(old)) + 1)})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(80)))
    with store.read() as conn:
        assert conn.scalar(text("SELECT ref FROM thread")) == "80"
    store.close()


def test_a_transaction_that_fails_leaves_nothing(address: str) -> None:
    store = open_store(address)
    with suppress(RuntimeError), store.begin() as conn:
        conn.execute(ONE_ROW)
        raise RuntimeError
    with store.read() as conn:
        assert conn.scalar(text("SELECT count(*) FROM thread")) == 0
    store.close()


def test_a_reader_does_not_wait_for_a_writer(address: str) -> None:
    store = open_store(address)
    with store.begin() as writer, store.read() as reader:
        writer.execute(ONE_ROW)
        assert reader.scalar(text("SELECT count(*) FROM thread")) == 0
    store.close()


def test_a_second_instance_is_refused_and_told_why(address: str) -> None:
    first = open_store(address, exclusive=True)
    with pytest.raises(StoreError, match="in use"):
        open_store(address, exclusive=True)
    open_store(address).close()
    first.close()
    open_store(address, exclusive=True).close()


@pytest.mark.slow
def test_the_lock_of_a_killed_instance_is_free(file: Path) -> None:
    script = (
        f"import os; from monitor.store import open_store; open_store('sqlite:///{file}', exclusive=True); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 9
    open_store(f"sqlite:///{file}", exclusive=True).close()


def test_a_database_that_is_gone_begins_anew_with_a_warning(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup_logging(level="info")
    open_store(f"sqlite:///{file}", exclusive=True).close()
    assert "begins anew" not in capsys.readouterr().err, "a first start is as it should be"
    file.unlink()
    open_store(f"sqlite:///{file}", exclusive=True).close()
    assert "begins anew" in capsys.readouterr().err


def test_an_unusable_address_is_refused_with_a_remedy(wording: GoldenWording) -> None:
    urls = ("sqlite:///no/such/folder/monitor.db", "sqlite:////", "sqlite://", "sqlite:///:memory:")
    for url in (*urls, "mysql://user@host/name", "what is this"):
        with pytest.raises(StoreError) as refused:
            open_store(url)
        wording(str(refused.value))


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(StoreError) as refusal:
        open_store("postgresql://monitor:s3cret@127.0.0.1:1/none?connect_timeout=2")
    assert "s3cret" not in str(refusal.value)
    assert "***" in str(refusal.value)


def test_a_file_that_is_no_database_is_refused_and_kept(file: Path) -> None:
    file.write_bytes(b"rss feeds of the week\n" * 200)
    with pytest.raises(StoreError, match="damaged"):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes().startswith(b"rss feeds")


def test_a_damaged_page_is_found_when_the_service_starts(file: Path) -> None:
    open_store(f"sqlite:///{file}").close()
    with file.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xff" * 4096)
    with pytest.raises(StoreError, match="damaged"):
        open_store(f"sqlite:///{file}", exclusive=True)


def test_the_database_of_another_program_is_refused(file: Path, wording: GoldenWording) -> None:
    raw = sqlite3.connect(file)
    raw.execute("CREATE TABLE recipes (id)")
    raw.close()
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{file}")
    wording(str(refused.value))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to everything")
def test_a_read_only_file_is_refused(file: Path, wording: GoldenWording) -> None:
    open_store(f"sqlite:///{file}").close()
    file.chmod(0o444)
    with pytest.raises(StoreError) as refused:
        open_store(f"sqlite:///{file}")
    wording(str(refused.value))


@pytest.mark.slow
def test_a_file_replaced_while_running_is_noticed(file: Path, wording: GoldenWording) -> None:
    store = open_store(f"sqlite:///{file}")
    file.rename(file.with_suffix(".bak"))
    with pytest.raises(StoreError) as refused, store.begin():
        pass
    wording(str(refused.value))
    open_store(f"sqlite:///{file}").close()
    with pytest.raises(StoreError) as refused, store.read():
        pass
    wording(str(refused.value))
    store.close()


def test_a_database_that_stays_locked_is_a_store_error(file: Path, wording: GoldenWording) -> None:
    store = open_store(f"sqlite:///{file}", patience=0.05)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError) as refused, store.begin():
        pass
    wording(str(refused.value))
    other.close()
    with store.begin() as conn:
        conn.execute(ONE_ROW)
    store.close()


def test_a_full_disk_stores_nothing_and_heals_by_itself(file: Path, wording: GoldenWording) -> None:
    store = open_store(f"sqlite:///{file}")
    big = {"ref": "x" * 200_000}
    with store.begin() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreError) as refused, store.begin() as conn:
        conn.execute(text(f"{ADD} ('c', 't', 'x', :ref, 0)"), big)
    wording(str(refused.value))
    with store.begin() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
        conn.execute(text(f"{ADD} ('c', 't', 'x', :ref, 0)"), big)
    with store.read() as conn:
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()


def test_what_the_driver_says_becomes_an_instruction() -> None:
    cases = table("engine", "what_the_driver_says_becomes_an_instruction")
    for said, remedy in cases:
        error = OperationalError("SELECT secret", {"token": "abc"}, sqlite3.OperationalError(said))
        message = str(store_error(error, "monitor.db"))
        assert remedy in message, said
        assert "secret" not in message, said
        assert "abc" not in message, said


def test_a_look_makes_no_database(file: Path) -> None:
    with looked_into(f"sqlite:///{file}") as found:
        assert found == (engine.SchemaState.EMPTY, None)
    assert not file.exists()


def test_a_look_reads_and_can_write_nothing(address: str) -> None:
    open_store(address).close()
    with looked_into(address) as (state, store):
        assert state is engine.SchemaState.CURRENT
        assert store is not None
        with store.read() as conn:
            assert conn.scalar(text("SELECT count(*) FROM thread")) == 0
            with pytest.raises(StoreError, match="read-only"):
                conn.execute(ONE_ROW)


def test_a_look_upgrades_nothing_and_leaves_the_file_as_it_is(file: Path) -> None:
    open_store(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as plain, plain:
        plain.execute("UPDATE alembic_version SET version_num = '0000'")
    before = file.read_bytes()
    with looked_into(f"sqlite:///{file}") as (state, _):
        assert state is engine.SchemaState.OLDER
    assert file.read_bytes() == before


def test_a_look_holds_up_no_running_monitor_and_is_held_up_by_none(file: Path) -> None:
    with closing(open_store(f"sqlite:///{file}", exclusive=True)) as running, running.begin() as conn:
        conn.execute(ONE_ROW)
        with looked_into(f"sqlite:///{file}") as (state, store):
            assert state is engine.SchemaState.CURRENT
            assert store is not None
