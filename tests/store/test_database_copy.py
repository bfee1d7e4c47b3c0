"""A copy of a database in use is of one moment, and what a copy holds is told only of a sound one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from monitor.errors import StoreError
from monitor.store import database_copy
from tests.builders.databases import empty_database
from tests.builders.golden_wording import GoldenWording


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "monitor.db"
    file.write_bytes(empty_database())
    return file


@pytest.fixture
def changed(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection by which a test changes the database."""
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        yield conn


def test_a_copy_of_a_database_that_is_written_to_holds_whole_transactions_alone(database: Path, tmp_path: Path) -> None:
    """The writer adds pairs, a pair a transaction, from before the copy begins until after it has ended."""
    first, stop = Event(), Event()

    def write() -> None:
        with closing(sqlite3.connect(database, isolation_level=None, timeout=15)) as conn:
            conn.execute("CREATE TABLE pair (number INTEGER, filling BLOB)")
            number = 0
            while not stop.is_set() or number < 20:
                conn.execute("BEGIN IMMEDIATE")
                conn.executemany("INSERT INTO pair VALUES (?, zeroblob(100000))", [(number,), (number,)])
                conn.execute("COMMIT")
                number += 1
                if number == 20:
                    first.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert first.wait(20)
        database_copy.copy_database(database, tmp_path / "copy.db")
    finally:
        stop.set()
        writer.join()
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        counts = [row[0] for row in copy.execute("SELECT count(*) FROM pair GROUP BY number")]
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(counts) >= 20
    assert set(counts) == {2}
    assert not (tmp_path / "copy.db-wal").exists(), "a copy is one file"


def test_a_database_of_an_old_schema_is_copied(database: Path, changed: sqlite3.Connection, tmp_path: Path) -> None:
    changed.execute("UPDATE alembic_version SET version_num = '0000'")
    database_copy.copy_database(database, tmp_path / "copy.db")
    assert database_copy.unsent_messages(tmp_path / "copy.db", "copy") == 0


def test_a_database_that_is_not_there_yet_is_named(tmp_path: Path, wording: GoldenWording) -> None:
    with pytest.raises(StoreError) as refused:
        database_copy.copy_database(tmp_path / "none.db", tmp_path / "copy.db")
    wording(str(refused.value))
    assert not (tmp_path / "none.db").exists()


def test_a_newer_schema_has_a_remedy(database: Path, changed: sqlite3.Connection, wording: GoldenWording) -> None:
    changed.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError) as refused:
        database_copy.unsent_messages(database, "copy")
    wording(str(refused.value))


@pytest.mark.parametrize("damage", ["no database", "a page"])
def test_a_damaged_database_is_refused(database: Path, damage: str) -> None:
    content = bytearray(database.read_bytes())
    if damage == "no database":
        content[:100] = b"x" * 100
    else:
        content[4096:20000] = b"\xff" * (20000 - 4096)
    database.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        database_copy.unsent_messages(database, "copy")
