"""Opening the database: settings, schema, instance lock, and the two kinds of transaction.

SQLite writers start with BEGIN IMMEDIATE: two read-modify-write transactions that both began deferred would lose updates.
On PostgreSQL a transaction lock gives the same promise, one writer at a time, so one code is right on both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from monitor.errors import StoreError
from monitor.store import schema
from monitor.store.errors import store_error
from monitor.store.lock import AdvisoryLock, FileLock, InstanceLock

__all__ = ["Connection", "Store", "open_store"]

_WRITE_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('deal-monitor write'), hashtext(current_schema()))")


@dataclass(slots=True)
class Store:
    """An open database. `exclusive`: this process is the one running instance."""

    engine: Engine
    name: str
    """The address without its password."""
    path: Path | None
    _inode: tuple[int, int] | None = None
    _lock: InstanceLock | None = None

    @property
    def exclusive(self) -> bool:
        return self._lock is not None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes: all of it is stored, or, on any error, none. Raises StoreError."""
        if self._lock is not None:
            self._lock.hold()
        with self._connection("IMMEDIATE") as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(_WRITE_LOCK)
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one view of the database, which holds up no writer. Raises StoreError."""
        with self._connection("DEFERRED") as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield conn

    @contextmanager
    def _connection(self, mode: str) -> Iterator[Connection]:
        self._same_file()
        try:
            with self.engine.connect().execution_options(begin_mode=mode) as conn, conn.begin():
                yield conn
        except SQLAlchemyError as error:
            raise store_error(error, self.name) from error

    def _same_file(self) -> None:
        """A file that was moved away would take our writes with it, unseen."""
        if self.path is not None and self._inode is not None and _inode(self.path) != self._inode:
            raise StoreError(
                f"database {self.name} was removed or replaced while the program ran: "
                "put the file back, or restart the program to use the new one",
                subject=self.name,
            )

    def close(self) -> None:
        """Release the connections and the instance lock."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def open_store(url: str, *, exclusive: bool = False, patience: float = 15.0) -> Store:
    """Open the database at `url` (sqlite:///path or postgresql://…), making or upgrading its tables.

    exclusive: be the one running instance; refused with StoreError while another is.
    patience: seconds that a transaction waits for another process's writer before it fails (SQLite).
    Raises StoreError, with a remedy, for whatever stops the database from being used.
    """
    address = _address(url)
    path = _file(address)
    engine = _engine(address, patience)
    store = Store(engine, address.render_as_string(hide_password=True), path)
    try:
        if exclusive:
            store._lock = _instance_lock(store)
        _check_and_migrate(store)
        store._inode = _inode(path) if path else None
    except SQLAlchemyError as error:
        store.close()
        raise store_error(error, store.name) from error
    except BaseException:
        store.close()
        raise
    return store


def _check_and_migrate(store: Store) -> None:
    if store.path is not None and store.path.exists():
        schema.check_integrity(store.engine, store.name, thorough=store.exclusive)
    with store.begin() as conn:
        state = schema.schema_state(conn, store.name)
    if state is schema.SchemaState.CURRENT:
        return
    # Another instance's tables must not change under it, so an upgrade needs the lock even where opening does not.
    lock = None if store.exclusive or state is schema.SchemaState.EMPTY else _instance_lock(store)
    try:
        with store.begin() as conn:
            schema.upgrade(conn)
    finally:
        if lock is not None:
            lock.release()


def _instance_lock(store: Store) -> InstanceLock:
    return FileLock(store.path) if store.path is not None else AdvisoryLock(store.engine, store.name)


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError(
            "the database address cannot be read; write sqlite:///var/monitor.db or postgresql://user@host/name",
            subject="database",
        ) from None
    if address.drivername in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StoreError(
            f"databases of type {address.drivername} are not supported: use sqlite or postgresql",
            subject=address.drivername,
        )
    return address


def _file(address: URL) -> Path | None:
    """The file of an SQLite database, whose folder must exist and be ours to write to."""
    if address.get_backend_name() != "sqlite":
        return None
    if address.database in (None, "", ":memory:"):
        raise StoreError("a database in memory would lose alerts: name a file, as in sqlite:///var/monitor.db")
    path = Path(str(address.database))
    if not path.parent.is_dir():
        raise StoreError(f"database {path}: the folder {path.parent} does not exist; create it", subject=str(path))
    if path.is_dir():
        raise StoreError(f"database {path} is a folder: name a file in it", subject=str(path))
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise StoreError(
            f"database {path} is read-only: give this user the right to write to the file and its folder",
            subject=str(path),
        )
    return path


def _engine(address: URL, patience: float) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(address, hide_parameters=True, pool_pre_ping=True)
    engine = create_engine(address, hide_parameters=True)
    event.listen(engine, "connect", partial(_settings, int(patience * 1000)))
    event.listen(engine, "begin", _begin)
    return engine


def _settings(busy_ms: int, connection: Any, _record: object) -> None:
    """SQLite's defaults are a 5 s wait, no foreign keys, and a driver that opens transactions behind our back."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout={busy_ms}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql(f"BEGIN {conn.get_execution_options().get('begin_mode', 'DEFERRED')}")
