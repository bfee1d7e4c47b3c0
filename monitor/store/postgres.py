"""PostgreSQL connections on which every wait ends, whatever happens to the server or the network."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

RV = TypeVar("RV")

STATEMENT_SECONDS = 30
"""The longest statement, an estimate: copying the largest table of a backup takes a few seconds."""
QUICK_SECONDS = 2
"""The longest statement of a check, so that `health` answers within five seconds with a server that hangs."""
SLACK_SECONDS = 3
"""How much longer we wait for the server's own report of a timeout: for a frozen server only our own wait ends."""
ASYNC_SECONDS = 35
"""The longest wait of the job engine, an estimate: it asks little, and looks after 30 s of silence by itself."""
IDLE_SECONDS = 30
"""A transaction that stays idle this long is ended by the server: its program is frozen and would block the others."""
LOST_AFTER = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""A silent connection is given up after 25 s, here and on the server, which then frees our locks."""


def _options(address: URL, connect: int) -> dict[str, int | str]:
    """What ends a wait for the network, in the driver's words, and the name of this process in `pg_stat_activity`. What
    the address itself sets stays as it is."""
    options = {"connect_timeout": connect, "tcp_user_timeout": 25_000, **LOST_AFTER}
    named: dict[str, int | str] = {"fallback_application_name": f"deal-monitor {os.getpid()}"}
    return named | {name: value for name, value in options.items() if name not in address.query}


class _BoundedAsync(psycopg.AsyncConnection[Any]):
    """A connection of an event loop that is closed if the server does not answer in time."""

    async def wait(
        self,
        gen: Generator[Any, Any, RV],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - as the driver has it
    ) -> RV:
        try:
            return await super().wait(gen, interval, timeout or ASYNC_SECONDS)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


def pool_of(address: URL) -> dict[str, Any]:
    """The arguments of the driver's own pool of connections for an event loop."""
    conninfo = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return {"conninfo": conninfo, "kwargs": _options(address, 10), "connection_class": _BoundedAsync}


def postgres_engine(address: URL, patience: float, *, quick: bool) -> Engine:
    """An engine whose connections end every wait. patience: seconds to wait for a lock; quick: for a check."""
    seconds = QUICK_SECONDS if quick else STATEMENT_SECONDS
    limits = {
        "statement_timeout": seconds,
        "lock_timeout": min(patience, seconds),
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    settings = [f"{name} = {int(limit * 1000)}" for name, limit in limits.items()]
    settings += [f"tcp_{name} = {value}" for name, value in LOST_AFTER.items()]
    options = _options(address, 2 if quick else 10)
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=True, connect_args=options)

    class Bounded(psycopg.Connection[Any]):
        """A connection that is closed if the server does not answer in time."""

        def wait(self, gen: Generator[Any, Any, RV], interval: float = 0.1, timeout: float | None = None) -> RV:
            try:
                return super().wait(gen, interval, timeout or seconds + SLACK_SECONDS)
            except psycopg.OperationalError as error:
                if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                    raise
                self.pgconn.finish()
                raise psycopg.OperationalError(f"the connection gave no answer in {seconds} s") from error

    def connect(_dialect: object, _record: object, args: list[Any], named: dict[str, Any]) -> psycopg.Connection[Any]:
        return Bounded.connect(*args, **named)

    def configure(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.execute("; ".join(f"SET {setting}" for setting in settings))
        connection.commit()

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", configure)
    return engine
