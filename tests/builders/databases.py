"""A real, empty database for a test: always SQLite, PostgreSQL too where DEAL_MONITOR_TEST_POSTGRES names one."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import create_engine, event, select, text

from monitor.config import FeedSettings
from monitor.store import Connection, Store, open_store
from monitor.store.rows import read
from monitor.store.tables import RUN, Run

POSTGRES = os.environ.get("DEAL_MONITOR_TEST_POSTGRES", "")
"""Read before the tests start: each of them runs without the settings of this machine."""
BACKENDS = ("sqlite", "postgresql") if POSTGRES else ("sqlite",)

P = ParamSpec("P")
R = TypeVar("R")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def later(**wait: float) -> datetime:
    """NOW and so many minutes, hours or days."""
    return NOW + timedelta(**wait)


def polled_feed(name: str, url: str, publisher: str, seconds: int, *, aggregator: bool = False) -> FeedSettings:
    """A feed as config.toml would name it, polled every so many seconds. publisher: '' to configure none."""
    values = {"name": name, "url": url, "interval": f"{seconds}s", "aggregator": aggregator}
    return FeedSettings.model_validate(values | ({"publisher": publisher} if publisher else {}))


def addresses(backend: str, folder: Path) -> Iterator[str]:
    """The address of a database of its own, removed at the end."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'monitor.db'}"
        return
    schema = f"test_{uuid.uuid4().hex}"
    engine = create_engine(POSTGRES.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options=-csearch_path%3D{schema}"
    with engine.connect() as conn:
        conn.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@cache
def empty_database() -> bytes:
    """What the migrations make of a new SQLite file; to copy it is ten times as fast as to make another."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "monitor.db"
        open_store(f"sqlite:///{file}").close()
        return file.read_bytes()


def stores(backend: str, folder: Path) -> Iterator[Store]:
    """An open database, closed at the end."""
    for address in addresses(backend, folder):
        if backend == "sqlite":
            (folder / "monitor.db").write_bytes(empty_database())
        opened = open_store(address)
        yield opened
        opened.close()


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """What is asked of the database within the block, each statement on one line."""
    asked = list[str]()

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(" ".join(statement.split()))

    event.listen(store.engine, "before_cursor_execute", note)
    yield asked
    event.remove(store.engine, "before_cursor_execute", note)


@contextmanager
def failing(store: Store, place: int) -> Iterator[list[str]]:
    """Within the block the statement at a place, from 0, fails once with an error of the driver. Yields it, when it
    has."""
    failed, driver, number = list[str](), store.engine.dialect.loaded_dbapi, count()

    def fail(_cursor: object, statement: str, *_: object) -> None:
        if next(number) == place:
            failed.append(" ".join(statement.split()))
            raise driver.OperationalError("disk I/O error")

    event.listen(store.engine, "do_execute", fail)
    yield failed
    event.remove(store.engine, "do_execute", fail)


def recorded_runs(conn: Connection) -> tuple[Run, ...]:
    """Every run of a job on record, oldest first."""
    runs = RUN
    return read(conn, Run, select(runs).order_by(runs.c.started_at, runs.c.id))


def ask(store: Store, query: Callable[Concatenate[Connection, P], R], *args: P.args, **named: P.kwargs) -> R:
    """The answer of a function that reads, in a transaction of its own."""
    with store.read() as conn:
        return query(conn, *args, **named)


def do(store: Store, change: Callable[Concatenate[Connection, P], R], *args: P.args, **named: P.kwargs) -> R:
    """The result of a function that writes, in a transaction of its own."""
    with store.begin() as conn:
        return change(conn, *args, **named)
