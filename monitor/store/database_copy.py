"""Copies an SQLite database that is in use, and reads the contents of a copy. A copy is a snapshot of one moment, and
no writer waits for it. A database of an earlier schema is copied as it is, so that a backup can precede an upgrade."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from monitor.domain.model import Verdict
from monitor.errors import StoreError
from monitor.long_work import long_work
from monitor.store import json_codec
from monitor.store.engine import looked_into, store_error

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
        problem = f"database {source}: there is no such file yet; `deal-monitor run` makes it"
        raise StoreError(problem, subject=str(source))
    # The last connection to close removes the log and shared memory, for which it needs write access.
    mode = "rw" if os.access(source, os.W_OK) and os.access(source.parent, os.W_OK) else "ro"
    address = f"{source.absolute().as_uri()}?mode={mode}"
    try:
        with long_work("copying the database"), closing(sqlite3.connect(address, uri=True, timeout=PATIENCE_S)) as conn:
            conn.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise store_error(error, str(source)) from error


def contents(database: Path, name: str) -> DatabaseContents:
    """The contents of a copy. name: of the database, for errors. Raises StoreError if it is damaged, of another program
    or of a newer version of this one."""
    with looked_into(f"sqlite:///{database}", name=name) as (_, store):
        if store is None:
            raise StoreError(f"database {name} is missing: use another backup", subject=name)
        with store.read() as conn:
            schema = str(conn.scalar(text("SELECT version_num FROM alembic_version")))
            counts = {table: conn.scalar(text(f"SELECT count(*) FROM {table}")) for table in COUNTED}  # noqa: S608
            unsent = text("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'leased', 'uncertain')")
            waiting = conn.scalar(unsent)
            verdicts = conn.execute(text("SELECT commitment, published FROM verdict ORDER BY commitment")).all()
    statuses = {row.commitment: json_codec.load(Verdict, row.published).status.value for row in verdicts}
    return DatabaseContents(schema, counts, statuses, waiting)
