"""One running instance a database: a locked file beside SQLite, an advisory lock in PostgreSQL.

Both end with the process, so a killed instance never has to be cleared by hand.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreError

_TAKE = text("SELECT pg_try_advisory_lock(hashtext('deal-monitor instance'), hashtext(current_schema()))")


def _in_use(name: str, holder: str) -> StoreError:
    remedy = "stop that one first, or give this one its own database"
    return StoreError(f"database {name} is in use by a running instance{holder}: {remedy}", subject=name)


def holder_of(database: Path) -> int | None:
    """The process that runs on an SQLite database; None if none does. 0: one whose number cannot be read."""
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
    """flock on `<database>.lock`; the file holds the number of the process for people to read."""

    def __init__(self, database: Path) -> None:
        self._file = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
            os.close(self._file)
            raise _in_use(str(database), f" (process {holder})" if holder else "") from error
        os.ftruncate(self._file, 0)
        os.write(self._file, str(os.getpid()).encode())

    def hold(self) -> None:
        """A lock on an open file cannot be lost."""

    def release(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class AdvisoryLock:
    """A session lock on a connection of its own; the server drops it when that connection ends."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine, self._name = engine, name
        self._conn: Connection | None = None
        self.hold()

    def hold(self) -> None:
        """Check that the lock is still ours, taking it again if its connection was cut; StoreError if it is not."""
        try:
            if self._conn is not None:
                self._conn.scalar(text("SELECT 1"))
                return
        except SQLAlchemyError:
            self.release()
        conn = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not conn.scalar(_TAKE):
            conn.close()
            raise _in_use(self._name, "")
        self._conn = conn

    def release(self) -> None:
        if self._conn is not None:
            self._conn.invalidate()
            self._conn.close()
            self._conn = None


InstanceLock = FileLock | AdvisoryLock
"""Held while the program runs. `release` gives it up; harmless when repeated."""
