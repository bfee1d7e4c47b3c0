"""Creates the tables of a new database, compares those of an existing one with ours, and upgrades them.

Alembic takes half a second to import, so it is loaded for an upgrade only.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from monitor.errors import StoreError

HEAD = "0001"
"""The newest revision under migrations/versions, four digits: the schema of this program."""
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


def create_tables(conn: Connection) -> None:
    """Create all tables in an empty database, and the record of their revision that Alembic reads at an upgrade."""
    from monitor.store.tables import METADATA

    METADATA.create_all(conn)
    conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    conn.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def upgrade(conn: Connection, migrations: Path = MIGRATIONS) -> None:
    """Run the migrations that are missing, in the transaction of `conn`. migrations: Alembic's folder."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
