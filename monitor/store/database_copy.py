"""Copies an SQLite database that is in use, and reads the contents of a copy. A copy is a snapshot of one moment, and
no writer waits for it. A database of an earlier schema is copied as it is, so that a backup can precede an upgrade."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.domain.model import Verdict
from monitor.errors import StoreError
from monitor.long_work import long_work
from monitor.store import json_codec
from monitor.store.engine import HEAD, store_error

PAGES = 2_048
"""Pages of 4 KB copied between two progress reports: 8 MB, a few hundredths of a second on a common disk."""
MEGABYTE = 1_000_000
PATIENCE_S = 15.0
"""How long a copy waits for a lock, as `open_store` does."""
COUNTED = ("story", "signal", "transition", "intervention")
"""The tables whose rows are counted."""


@dataclass(frozen=True, slots=True)
class DatabaseContents:
    """The contents of a database. statuses: the published status by commitment; waiting: unsent messages."""

    schema: str
    counts: dict[str, int]
    statuses: dict[str, str]
    waiting: int


def copy_database(source: Path, target: Path) -> None:
    """Copy the database as it is now into one new file. Raises StoreError."""
    if not source.is_file():
        text = f"database {source}: there is no such file yet; `deal-monitor run` makes it"
        raise StoreError(text, subject=str(source))
    # The last connection to close removes the log and shared memory, for which it needs write access.
    mode = "rw" if os.access(source, os.W_OK) and os.access(source.parent, os.W_OK) else "ro"
    with _opened(source, mode, source) as old, _opened(target, "rwc", source) as new:
        # Without a transaction, each write of another program would restart the copy.
        old.execute("BEGIN")
        pages, size = (_number(old, f"PRAGMA {fact}") for fact in ("page_count", "page_size"))
        with long_work("copying the database", pages * size // MEGABYTE, "MB") as step:
            try:
                old.backup(new, pages=PAGES, progress=lambda _, left, total: step((total - left) * size // MEGABYTE))
                new.execute("PRAGMA journal_mode=DELETE")  # or the copy would not be one file
            except sqlite3.OperationalError as error:
                if "disk is full" not in str(error):
                    raise
                # The usual remedy is about the database itself; here the disk of the copy is full.
                text = f"database {source} cannot be copied: the disk of the backup is full"
                raise StoreError(
                    f"{text}: free some space there, or name another folder", subject=str(source)
                ) from error


def contents(database: Path, name: str) -> DatabaseContents:
    """The contents of a copy.

    Raises StoreError if it is damaged, of another program or of a newer version of this one.
    """
    with _opened(database, "rw", name) as conn:
        if (answer := conn.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise StoreError(f"database {name} is damaged ({answer}): use another backup", subject=name)
        tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "verdict", "outbox"} <= tables:
            raise StoreError(f"database {name} holds the tables of another program", subject=name)
        schema = str(conn.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        if schema > HEAD:
            problem = f"was written by a newer version of this program (schema {schema}, ours is {HEAD})"
            remedy = "install that version, or use a backup made before its upgrade"
            raise StoreError(f"database {name} {problem}: {remedy}", subject=name)
        counts = {table: _number(conn, f"SELECT count(*) FROM {table}") for table in COUNTED}  # noqa: S608
        waiting = _number(conn, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'leased', 'uncertain')")
        verdicts = conn.execute("SELECT commitment, published FROM verdict ORDER BY commitment").fetchall()
    statuses = {name: json_codec.load(Verdict, published).status.value for name, published in verdicts}
    return DatabaseContents(schema, counts, statuses, waiting)


@contextmanager
def _opened(file: Path, mode: str, name: Path | str) -> Iterator[sqlite3.Connection]:
    """A connection to a file. name: of the database, for errors."""
    address = f"{file.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE_S, isolation_level=None)) as conn:
            yield conn
    except sqlite3.Error as error:
        raise store_error(error, str(name)) from error


def _number(conn: sqlite3.Connection, query: str) -> int:
    return int(conn.execute(query).fetchone()[0])
