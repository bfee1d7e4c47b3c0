"""Which tables a database has, and bringing them up to date.

Alembic costs half a second to import, so it is loaded only when there is something to do.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from monitor.errors import StoreError

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""All revisions under migrations/versions, oldest first; the last is the schema of this program."""
HEAD = REVISIONS[-1]


class SchemaState(Enum):
    """How the tables of a database compare with this program's."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"


def check_integrity(engine: Engine, name: str, *, thorough: bool) -> None:
    """Raise StoreError before a damaged SQLite file is written to. thorough: read every page, once a start of the service."""
    with engine.connect() as conn:
        answer = conn.exec_driver_sql("PRAGMA quick_check(1)" if thorough else "PRAGMA schema_version").scalar()
    if thorough and answer != "ok":
        problem = f"database {name} is damaged: stop the program, keep the file, and restore a backup ({answer})"
        raise StoreError(problem, subject=name)


def schema_state(conn: Connection, name: str) -> SchemaState:
    """How the tables compare with this program's; StoreError if they are newer or not ours."""
    tables = set(inspect(conn).get_table_names())
    if not tables:
        return SchemaState.EMPTY
    if "alembic_version" not in tables or "verdict" not in tables:
        problem = f"database {name} holds the tables of another program: name a database of its own for the monitor"
        raise StoreError(problem, subject=name)
    revision = conn.scalar(text("SELECT version_num FROM alembic_version"))
    sqlite = conn.dialect.name == "sqlite"
    user_version = int(conn.exec_driver_sql("PRAGMA user_version").scalar_one()) if sqlite else 0
    if revision not in REVISIONS or user_version > int(HEAD):
        problem = f"was written by a newer version of this program (schema {revision}, ours is {HEAD})"
        remedy = "upgrade the program, or restore the backup made before the upgrade"
        raise StoreError(f"database {name} {problem}: {remedy}", subject=name)
    return SchemaState.CURRENT if revision == HEAD else SchemaState.OLDER


def upgrade(conn: Connection) -> None:
    """Run the migrations that are missing, inside the transaction of `conn`."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(f"PRAGMA user_version = {int(HEAD)}")


def reclaim_space(engine: Engine) -> None:
    """Give back what an upgrade freed of an SQLite file. Where that fails, later rows fill the free pages instead."""
    with closing(engine.raw_connection()) as conn, suppress(sqlite3.Error):
        conn.cursor().execute("VACUUM")
