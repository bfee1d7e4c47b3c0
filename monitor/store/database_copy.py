"""Copies an SQLite database that is in use, and checks a copy. A copy is a snapshot of one moment, and
no writer waits for it. A database of an earlier schema is copied as it is, so that a backup can precede an upgrade."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from monitor.errors import StoreError
from monitor.long_work import long_work
from monitor.store.engine import looked_into, store_error

PATIENCE_S = 15.0
"""How long a copy waits for a lock, as `open_store` does."""


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


def unsent_messages(database: Path, name: str) -> int:
    """The number of unsent messages in a copy. name: of the database, for errors. Raises StoreError if it is damaged,
    of another program or of a newer version of this one."""
    with looked_into(f"sqlite:///{database}", name=name) as (_, store):
        if store is None:
            raise StoreError(f"database {name} is missing: use another backup", subject=name)
        with store.read() as conn:
            unsent = text("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'leased', 'uncertain')")
            return conn.scalar(unsent) or 0
