"""Opens the database: settings, schema, instance lock, two kinds of transaction, and errors with a remedy.

SQLite writers start with BEGIN IMMEDIATE: two read-modify-write transactions that both began deferred would lose
updates. On PostgreSQL a transaction lock gives the same promise, one writer at a time, so one code is right on both.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from monitor.errors import StoreError

log = logging.getLogger(__name__)

_KEYS = "(hashtext('deal-monitor {name}'), hashtext(current_schema()))"
_FENCE = "pg_advisory_xact_lock_shared" + _KEYS.format(name="fence")
"""Held by each transaction that writes. A new instance waits until all have ended; what begins later finds out that the
instance lock is gone (`AdvisoryLock.check`). So a program that stood still writes nothing when it goes on."""
_BESIDE = text(f"SELECT {_FENCE}")
_ALONE = text(f"SELECT {_FENCE}, pg_advisory_xact_lock{_KEYS.format(name='write')}")
_REMEDIES = (
    ("readonly", "it is read-only: give this user the right to write to the file and its folder"),
    ("read-only", "it is read-only: give this user the right to write"),
    ("unable to open", "it cannot be opened: check that the folder exists and that this user may write to it"),
    ("not a database", "the file is not a database or is damaged: move it away and restore a backup"),
    ("malformed", "it is damaged: stop the program, keep the file, and restore a backup"),
    ("lock timeout", "another program holds it locked: end that program or try again"),
    ("locked", "another program holds it locked: end that program or try again"),
    ("disk is full", "the disk is full: free some space; no change was stored and no message was sent"),
    ("disk i/o error", "the disk reports an error: check the disk and its free space"),
    ("password authentication", "the server refuses the user or the password"),
    ("connection", "the server cannot be reached or ended the connection: check that it is running"),
)
"""A part of the driver's message and its remedy; the first match counts."""


HEAD = "0001"
"""The newest revision under migrations/versions, four digits: the schema of this program."""
_REVISION_TABLE = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
QUEUED = "messages were queued"
"""A mark on the connection of a transaction."""
MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaState(Enum):
    """How the tables of a database compare with this program's."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"


def check_integrity(engine: Engine, name: str, *, thorough: bool) -> None:
    """Raise StoreError before a damaged SQLite file is written to. thorough: read every page."""
    with engine.connect() as conn:
        answer = conn.exec_driver_sql("PRAGMA quick_check(1)" if thorough else "PRAGMA schema_version").scalar()
    if thorough and answer != "ok":
        problem = f"database {name} is damaged: stop the program, keep the file, and restore a backup ({answer})"
        raise StoreError(problem, subject=name)


def schema_state(conn: Connection, name: str) -> SchemaState:
    """How the tables compare with this program's. Raises StoreError if they are newer or of another program."""
    tables = set(inspect(conn).get_table_names())
    if not tables:
        return SchemaState.EMPTY
    if not {"alembic_version", "verdict"} <= tables:
        problem = f"database {name} holds the tables of another program: give the monitor a database of its own"
        raise StoreError(problem, subject=name)
    revision = str(conn.scalar(text("SELECT version_num FROM alembic_version")))
    if revision > HEAD:
        problem = f"was written by a newer version of this program (schema {revision}, ours is {HEAD})"
        remedy = "upgrade the program, or restore the backup made before the upgrade"
        raise StoreError(f"database {name} {problem}: {remedy}", subject=name)
    return SchemaState.CURRENT if revision == HEAD else SchemaState.OLDER


def upgrade(conn: Connection, migrations: Path = MIGRATIONS) -> None:
    """Run the migrations that are missing, in the transaction of `conn`. migrations: Alembic's folder."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


@dataclass(slots=True)
class Store:
    """An open database. name: its address without the password. path: the file of SQLite; None: PostgreSQL."""

    engine: Engine
    name: str
    path: Path | None
    queued: Callable[[], None] = lambda: None
    """Called after each commit that queued messages."""
    queueing: Callable[[Connection], None] = lambda _: None
    """Called within each such transaction, before its commit."""
    rules: Callable[[], str] | None = None
    """The version of the rules by which a worker of a fleet writes; None: not compared with the adopted ones."""
    _inode: tuple[int, int] | None = None
    _lock: FileLock | AdvisoryLock | None = None

    @property
    def exclusive(self) -> bool:
        """Whether this process is the one running instance."""
        return self._lock is not None and not self.shared

    @property
    def shared(self) -> bool:
        """Whether this process is a worker of a fleet."""
        return isinstance(self._lock, AdvisoryLock) and self._lock.shared

    @contextmanager
    def begin(self, *, alone: bool = True, by_rules: bool = True) -> Iterator[Connection]:
        """A transaction that writes: all of it is stored, or, on any error, none. alone: no other writer works
        meanwhile; without, the caller locks what it decides on. by_rules: what is written depends on the rules, so a
        worker needs the adopted ones. Raises StoreError."""
        with self._connection("IMMEDIATE") as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(_ALONE if alone else _BESIDE)
            if self._lock is not None:
                self._lock.check(conn)
            if self.rules is not None and by_rules and alone:
                check_rules(conn, self.rules(), self.name)
            yield conn
            if queued := conn.info.pop(QUEUED, False):
                self.queueing(conn)
        if queued:
            self.queued()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one view of the database, which holds up no writer. Raises StoreError."""
        with self._connection("DEFERRED") as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield conn

    @contextmanager
    def _connection(self, mode: str) -> Iterator[Connection]:
        # Writes to a file that was moved away would be lost silently.
        if self.path is not None and self._inode is not None and _inode(self.path) != self._inode:
            problem = f"database {self.name} was removed or replaced while the program ran"
            remedy = "put the file back, or restart the program to use the new one"
            raise StoreError(f"{problem}: {remedy}", subject=self.name)
        try:
            if self._lock is not None and mode == "IMMEDIATE":
                self._lock.hold()
            with self.engine.connect().execution_options(begin_mode=mode) as conn, conn.begin():
                yield conn
        except SQLAlchemyError as error:
            raise store_error(error, self.name) from error

    def close(self) -> None:
        self.engine.dispose()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def open_store(url: str, *, exclusive: bool = False, worker: bool = False, patience: float = 15.0) -> Store:
    """Open the database at `url` (sqlite:///path or postgresql://…), creating or upgrading its tables.

    exclusive: be the only running instance; StoreError while there is another, or a worker.
    worker: be one of several workers; StoreError while there is a running instance, and on SQLite.
    patience: seconds that a transaction waits for another process's writer before it fails.
    Raises StoreError with a remedy.

    1. Take the instance lock, if exclusive.
    2. Check that an SQLite file is whole.
    3. Compare the schema with ours; create the tables, or upgrade them under the instance lock.
    4. Take the part of a worker in the instance lock.
    5. Remember the inode, so that a moved file is noticed.
    """
    address, path = _address_and_file(url)
    if worker and path is not None:
        problem = f"database {path}: workers share a database on PostgreSQL"
        raise StoreError(f"{problem}: move it there, or start `deal-monitor run`", subject=str(path))
    store = _store_at(address, path, patience)
    try:
        if exclusive:
            store._lock = _instance_lock(store)
        if path is not None and path.exists():
            check_integrity(store.engine, store.name, thorough=exclusive)
        elif path is not None:
            if isinstance(store._lock, FileLock) and store._lock.used_before:
                log.warning("database %s is gone and begins anew; what the feeds show now is not reported", store.name)
            # For this user alone, as it has readers' addresses. SQLite gives its log the same mode.
            with suppress(OSError):  # opening the file reports the error with a remedy
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        with store.begin() as conn:
            state = schema_state(conn, store.name)
            if state is SchemaState.EMPTY:
                from monitor.store.tables import METADATA

                METADATA.create_all(conn)
                # Alembic reads this record of the revision at an upgrade.
                conn.execute(text(_REVISION_TABLE))
                conn.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        if state is SchemaState.OLDER:
            # An upgrade changes the tables under another instance, so it needs the lock even where opening does not.
            lock = None if exclusive else _instance_lock(store)
            try:
                with store.begin() as conn:
                    log.warning("database %s is of an earlier version: upgrading it ...", store.name)
                    upgrade(conn)
            finally:
                if lock is not None:
                    lock.release()
        if worker:
            store._lock = AdvisoryLock(store.engine, store.name, shared=True)
        store._inode = _inode(path) if path else None
    except BaseException as error:
        store.close()
        if isinstance(error, SQLAlchemyError):
            raise store_error(error, store.name) from error
        raise
    return store


@contextmanager
def looked_into(
    url: str, *, patience: float = 2.0, thorough: bool = True, name: str = ""
) -> Iterator[tuple[SchemaState, Store | None]]:
    """The database as it is, for a check: never created, upgraded or locked. The store is None if there is no file
    yet.

    The data of an OLDER schema cannot be read. patience: as in `open_store`; thorough: read every page; name: of the
    database in errors, '' for its address. Raises StoreError.
    """
    address, path = _address_and_file(url)
    if path is not None and not path.exists():
        yield SchemaState.EMPTY, None
        return
    store = _store_at(address, path, patience, writes=False)
    store.name = name or store.name
    try:
        if path is not None:
            check_integrity(store.engine, store.name, thorough=thorough)
        with store.read() as conn:
            state = schema_state(conn, store.name)
        yield state, store
    except SQLAlchemyError as error:
        raise store_error(error, store.name) from error
    finally:
        store.close()


def _instance_lock(store: Store) -> FileLock | AdvisoryLock:
    return FileLock(store.path) if store.path is not None else AdvisoryLock(store.engine, store.name)


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def database_file(url: str) -> Path | None:
    """The file of an SQLite address; None for a database of a server."""
    address = make_url(url)
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def _address_and_file(url: str) -> tuple[URL, Path | None]:
    """The address of a database, and the file of SQLite; None: PostgreSQL.

    Raises StoreError for another kind of database, and unless the folder of the file exists and we may write to both.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        problem = "the database address cannot be read; write sqlite:///var/monitor.db or postgresql://user@host/name"
        raise StoreError(problem, subject="database") from None
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    kind = address.drivername
    if kind == "postgresql+psycopg":
        return address, None
    if kind != "sqlite":
        raise StoreError(f"databases of type {kind} are not supported: use sqlite or postgresql", subject=kind)
    if address.database in (None, "", ":memory:"):
        raise StoreError("a database in memory would lose alerts: name a file, as in sqlite:///var/monitor.db")
    path = Path(str(address.database))
    if not path.parent.is_dir():
        raise StoreError(f"database {path}: the folder {path.parent} does not exist; create it", subject=str(path))
    if path.is_dir():
        raise StoreError(f"database {path} is a folder: name a file in it", subject=str(path))
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        remedy = "give this user the right to write to the file and its folder"
        raise StoreError(f"database {path} is read-only: {remedy}", subject=str(path))
    return address, path


def _store_at(address: URL, path: Path | None, patience: float, *, writes: bool = True) -> Store:
    """A store without a check. SQLite gets a longer wait, foreign keys, and transactions that we begin ourselves."""
    name = address.render_as_string(hide_password=True)
    if path is None:
        from monitor.store.postgres import postgres_engine

        store = Store(postgres_engine(address, patience, quick=not writes), name, None)
    else:
        store = Store(create_engine(address, hide_parameters=True), name, path)
    wait = f"busy_timeout={int(patience * 1000)}"
    kept = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON") if writes else ("query_only=ON",)

    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (wait, *kept):
            connection.execute(f"PRAGMA {pragma}")

    def begin(conn: Connection) -> None:
        conn.exec_driver_sql(f"BEGIN {conn.get_execution_options().get('begin_mode', 'DEFERRED')}")

    def translate(context: ExceptionContext) -> StoreError | None:
        # At once: code that goes on after an error about one story must not take a failed statement for one.
        error = context.sqlalchemy_exception
        return None if error is None or context.is_pre_ping else store_error(error, store.name)

    if path is not None:
        event.listen(store.engine, "connect", configure)
        event.listen(store.engine, "begin", begin)
    event.listen(store.engine, "handle_error", translate)
    return store


def store_error(error: Exception, name: str) -> StoreError:
    """The driver's `error` about the database `name` with a remedy, without statements, parameters or passwords."""
    told: object = error
    if isinstance(error, SQLAlchemyError):
        told = error.orig if isinstance(error, DBAPIError) else type(error).__name__
    cause = " ".join(str(told).split())
    remedy = next((text for sign, text in _REMEDIES if sign in cause.lower()), "")
    return StoreError(f"database {name}: {remedy or 'it refused a statement'} ({cause})", subject=name)


# ---------------------------------------------------------------- one running instance per database


_INSTANCE, _STANDBY = _KEYS.format(name="instance"), _KEYS.format(name="standby")
_TAKE, _JOIN = (
    text(f"SELECT CASE WHEN pg_try_advisory_lock{shared}{_INSTANCE} THEN pg_backend_pid() END")
    for shared in ("", "_shared")
)
_PASS_FENCE = text(f"SELECT pg_advisory_xact_lock{_KEYS.format(name='fence')}")
_STAND_BY = text(f"SELECT pg_advisory_lock_shared{_STANDBY}")
_FREE = text(f"SELECT pg_try_advisory_xact_lock{_INSTANCE}")
_HOLDERS = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND (classid::int8, objid::int8) = "
    "(hashtext('deal-monitor {name}')::oid::int8, hashtext(current_schema())::oid::int8)"
)
_HELD = text(_HOLDERS.format(name="instance") + " AND pid = :pid")
_STANDBYS = text(_HOLDERS.format(name="standby"))
_WORKERS = text(_HOLDERS.format(name="instance") + " AND mode = 'ShareLock'")
_ADOPTED = text("SELECT version FROM rulebook ORDER BY id DESC LIMIT 1")


def wait_for_turn(url: str, go_on: Callable[[], bool]) -> bool:
    """Wait until no instance runs on the database at `url`; False if `go_on`, which waits between two looks, says no.

    Raises StoreError for SQLite, and if the server cannot be reached.
    """
    address, path = _address_and_file(url)
    if path is not None:
        problem = f"database {path}: only an instance on PostgreSQL can have a standby"
        raise StoreError(f"{problem}: move it there, or leave out --standby", subject=str(path))
    store = _store_at(address, None, patience=15.0)
    try:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.execute(_STAND_BY)
            while not (free := bool(conn.scalar(_FREE))) and go_on():
                pass
            return free
    except SQLAlchemyError as error:
        raise store_error(error, store.name) from error
    finally:
        store.close()


def standbys(conn: Connection) -> int:
    """How many standbys wait for the running instance to end."""
    return int(conn.scalar(_STANDBYS) or 0) if conn.dialect.name == "postgresql" else 0


def workers(conn: Connection) -> int:
    """How many workers of a fleet have the database open."""
    return int(conn.scalar(_WORKERS) or 0) if conn.dialect.name == "postgresql" else 0


def check_rules(conn: Connection, version: str, name: str) -> None:
    """Raise StoreError unless the rules of this version are the adopted ones, or none is adopted yet."""
    if (adopted := conn.scalar(_ADOPTED)) not in (None, version):
        problem = f"database {name}: its workers use the rules of version {adopted}, and here is version {version}"
        remedy = "use those rules here too, or adopt these with `deal-monitor rules adopt`"
        raise StoreError(f"{problem}: {remedy}", subject=name)


def _in_use(name: str, holder: str, *, by_workers: bool = False) -> StoreError:
    remedy = "stop that one first, give this one its own database, or on PostgreSQL use `run --standby`"
    if by_workers:
        problem = f"database {name} is in use by workers"
        return StoreError(f"{problem}: stop them all first, or start another `deal-monitor worker`", subject=name)
    return StoreError(f"database {name} is in use by a running instance{holder}: {remedy}", subject=name)


def _lost_lock(name: str) -> StoreError:
    problem = "the connection with the instance lock was lost, and its lock is still taken"
    remedy = "the server frees it within a minute, unless another instance has taken over"
    return StoreError(f"database {name}: {problem}: {remedy}", subject=name)


def holder_of(database: Path) -> int | None:
    """The process that holds the lock of an SQLite database; None if there is none. 0: its number is unreadable."""
    try:
        file = os.open(database.with_name(database.name + ".lock"), os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        text = os.read(file, 20).decode("ascii", "replace").strip()
        return int(text) if text.isdecimal() else 0
    finally:
        os.close(file)
    return None


class FileLock:
    """flock on `<database>.lock`; the file contains the process number, for people."""

    used_before: bool
    """Whether a running instance has held this lock before."""

    def __init__(self, database: Path) -> None:
        self._file = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
            os.close(self._file)
            raise _in_use(str(database), f" (process {holder})" if holder else "") from error
        self.used_before = bool(os.read(self._file, 1))
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, str(os.getpid()).encode())

    def hold(self) -> None:
        """A lock on an open file cannot be lost."""

    def check(self, conn: Connection) -> None:
        """Nor can it be lost before a transaction."""

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class AdvisoryLock:
    """A session lock on a connection of its own; the server releases it when that connection ends. process: the
    server's, for this connection; shared: workers hold it together."""

    def __init__(self, engine: Engine, name: str, *, shared: bool = False) -> None:
        self._engine, self._name, self.shared = engine, name, shared
        self._conn: Connection | None = None
        self._was_ours, self.process = False, 0
        self._checking = Lock()  # one connection serves every thread
        self.hold()

    def hold(self) -> None:
        """Check that the lock is still ours; take it again if its connection was cut. Raises StoreError."""
        with self._checking:
            try:
                if self._conn is not None:
                    self._conn.scalar(text("SELECT 1"))
                    return
            except (SQLAlchemyError, StoreError):
                self.release()
            self._conn = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                process = self._conn.scalar(_JOIN if self.shared else _TAKE)
                if process is None and self._was_ours:
                    raise _lost_lock(self._name)
                if process is None:
                    raise _in_use(self._name, "", by_workers=workers(self._conn) > 0)
                self._conn.execute(_PASS_FENCE)
                self._was_ours, self.process = True, process
            except BaseException:
                self.release()
                raise

    def check(self, conn: Connection) -> None:
        """Raise StoreError unless the lock is ours within this transaction."""
        if not conn.scalar(_HELD, {"pid": self.process}):
            raise _lost_lock(self._name)

    def release(self) -> None:
        if self._conn is not None:
            self._conn.invalidate()
            self._conn.close()
            self._conn = None
