"""PostgreSQL connections on which every wait ends, whatever happens to the server or the network."""

from __future__ import annotations

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
IDLE_SECONDS = 60
"""A transaction that stays idle this long is ended by the server: its program is frozen and would block the others."""
LOST_AFTER = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""A silent connection is given up after 25 s, here and on the server, which then frees our locks."""


def _timeouts(address: URL, connect: int) -> dict[str, int]:
    """What ends a wait for the network, in the driver's words. What the address itself sets stays as it is."""
    timeouts = {"connect_timeout": connect, "tcp_user_timeout": 25_000, **LOST_AFTER}
    return {name: value for name, value in timeouts.items() if name not in address.query}


def driver_address(address: URL) -> tuple[str, dict[str, int]]:
    """The address with its password for a library that uses the driver itself, and the limits of its connections."""
    return address.set(drivername="postgresql").render_as_string(hide_password=False), _timeouts(address, 10)


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
    defaults = _timeouts(address, 2 if quick else 10)
    engine = create_engine(address, hide_parameters=True, pool_pre_ping=True, connect_args=defaults)

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
