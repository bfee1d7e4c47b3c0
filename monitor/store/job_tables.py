"""The job engine's tables in a PostgreSQL database, and what a fleet of workers asks the server about itself.

The engine's tables hold nothing that lasts: what is due stands in our own rows, and each job comes again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, text

from monitor.errors import StoreError
from monitor.store.engine import AdvisoryLock, Store, workers

_VERSION = text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")
_LEFTOVERS = text(
    "SELECT 'TABLE', c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' "
    "AND c.relname LIKE 'procrastinate%' AND c.relnamespace = current_schema()::regnamespace UNION ALL "
    "SELECT 'FUNCTION', p.oid::regprocedure::text FROM pg_proc p "
    "WHERE p.proname LIKE 'procrastinate%' AND p.pronamespace = current_schema()::regnamespace UNION ALL "
    "SELECT 'TYPE', t.oid::regtype::text FROM pg_type t WHERE t.typname LIKE 'procrastinate%' "
    "AND t.typnamespace = current_schema()::regnamespace AND (t.typtype = 'e' OR t.typrelid IN "
    "(SELECT oid FROM pg_class WHERE relkind = 'c'))"
)
_OPEN = text(
    "SELECT j.status::text, count(*), min(e.at) FROM procrastinate_jobs j "
    "LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type IN ('deferred', 'started') GROUP BY j.status"
)


@dataclass(frozen=True, slots=True)
class JobCounts:
    """The engine's jobs by state (todo, doing, failed), and when the oldest one that waits or runs was made."""

    by_state: dict[str, int] = field(default_factory=dict)
    oldest: datetime | None = None


def prepare(conn: Connection, schema: str, version: str) -> None:
    """Create the engine's tables; replace those of another version of the engine. Raises StoreError while other workers
    use them."""
    found = conn.scalar(_VERSION)
    if found == version:
        return
    if found is not None and workers(conn) > 1:
        problem = f"the workers that run use the job tables of version {found}, and this one needs {version}"
        raise StoreError(f"{problem}: stop them all first, then start them with one version of the program")
    for kind, name in conn.execute(_LEFTOVERS).all():
        conn.exec_driver_sql(f"DROP {kind} IF EXISTS {name} CASCADE")
    # Several statements in one string, with per cent signs: as the driver takes them without parameters.
    conn.execution_options(no_parameters=True).exec_driver_sql(schema)
    conn.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{version}'")


def open_jobs(conn: Connection) -> JobCounts | None:
    """None if no worker has prepared this database."""
    if conn.dialect.name != "postgresql" or conn.scalar(_VERSION) is None:
        return None
    found = conn.execute(_OPEN).all()
    oldest = min((at for state, _, at in found if state in ("todo", "doing") and at), default=None)
    return JobCounts({state: count for state, count, _ in found}, oldest)


def server_time(conn: Connection) -> datetime:
    """The time of the database's machine, by which a fleet compares due times."""
    at: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
    return at


def refuse_pooler(store: Store) -> None:
    """Raise StoreError if a pooler gives the connection with our session lock to other transactions too: the lock, and
    the notifications of new jobs, would be lost."""
    with store.begin(by_rules=False) as conn:
        own = conn.scalar(text("SELECT pg_backend_pid()"))
    if isinstance(store._lock, AdvisoryLock) and own == store._lock.process:
        problem = f"database {store.name}: a pooler hands out connections by transaction"
        raise StoreError(f"{problem}: connect to the server itself, or let the pooler work by session")
