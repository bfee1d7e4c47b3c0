"""The program with faults at its edges: `python -m tests.faults.injected ...` takes the program's own arguments.

The n-th call of a kind fails, or the process dies in it. The kinds: `network` (what our sockets do), `database`
(statements and commits), `clock` (readings), `file` (opening, looking at and replacing files of the folder it works in
or of its rules). faults.json beside config.toml holds the plan, [kind, [[fault, gap], ...]]: a fault comes `gap` calls
after the one before it or the start. What came is a line in faults.log, so a restart goes on behind it.
"""

import builtins
import errno
import io
import json
import os
import socket
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import apscheduler.executors.base as executors
import apscheduler.job as job
import apscheduler.schedulers.base as schedulers
import apscheduler.triggers.interval as interval
import psycopg
from sqlalchemy.engine.default import DefaultDialect

from monitor.cli import main as program
from monitor.cli import run_commands
from monitor.runtime import scheduler, session

HERE = Path.cwd()
CLOCK = HERE / "clock"
NETWORK = {"raise": errno.ECONNRESET, "timeout": errno.ETIMEDOUT, "no way": errno.ENETUNREACH}
DATABASE = {
    "sqlite": {"raise": "disk I/O error", "locked": "database is locked", "full": "database or disk is full"},
    "postgresql": {
        "raise": "server closed the connection unexpectedly",
        "locked": "canceling statement due to lock timeout",
        "full": "could not extend file: No space left on device",
    },
}
FILE = {"raise": errno.EIO, "full": errno.ENOSPC, "too many": errno.EMFILE}
FAULTS = {"network": (*NETWORK, "after"), "database": (*DATABASE["sqlite"], "after"), "clock": ("raise",), "file": FILE}
"""The faults of each kind; each kind has "die" too. after: the call is made, and then fails."""


class Shifted(datetime):
    """A clock that is off by the seconds that the file `clock` holds: the program's and the scheduler's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(seconds=float(CLOCK.read_text() or 0 if CLOCK.exists() else 0))


class Plan:
    """Which call is next to fail."""

    def __init__(self) -> None:
        file = HERE / "faults.json"
        self.kind, self.entries = json.loads(file.read_text()) if file.exists() else ("", [])
        self.log = HERE / "faults.log"
        came = len(self.log.read_text().splitlines()) if self.log.exists() else 0
        self.entries, self.calls, self.lock = self.entries[came:], 0, threading.Lock()

    def next(self, kind: str, what: str) -> str:
        """The fault of this call; '' for none. Does not return if the process is to die in it."""
        if kind != self.kind:
            return ""
        with self.lock:
            self.calls += 1
            if not self.entries or self.calls < self.entries[0][1]:
                return ""
            fault, self.calls = self.entries.pop(0)[0], 0
            descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(descriptor, f"{fault}\t{what}\n".encode())
            os.close(descriptor)
            if fault == "die":
                os._exit(137)
            return str(fault)


def wrap(
    owner: Any, name: str, kind: str, error: Callable[[str, Any], Exception], plan: Plan, at: Callable[..., bool]
) -> None:
    """Let a function of an edge fail as planned. at: whether a call with these arguments is one of ours."""
    plain = getattr(owner, name)

    def call(*args: Any, **named: Any) -> Any:
        fault = plan.next(kind, name) if at(*args) else ""
        if fault and fault != "after":
            raise error(fault, args)
        result = plain(*args, **named)
        if fault:
            raise error("raise", args)
        return result

    setattr(owner, name, call)


def is_internet(near: socket.socket, *_: Any) -> bool:
    return near.family in (socket.AF_INET, socket.AF_INET6)


def is_ours(path: Any, *_: Any) -> bool:
    return (
        isinstance(path, str | Path)
        and Path(path).is_relative_to(HERE)
        and Path(path).name not in ("faults.log", "clock")
    )


def network_error(fault: str, _args: Any) -> Exception:
    return OSError(NETWORK[fault], os.strerror(NETWORK[fault]))


def database_error(fault: str, args: Any) -> Exception:
    name, error = args[0].name, psycopg.OperationalError if args[0].name == "postgresql" else sqlite3.OperationalError
    return error(DATABASE[name][fault])


def file_error(fault: str, args: Any) -> Exception:
    return OSError(FILE[fault], os.strerror(FILE[fault]), str(args[0]))


def clock_error(_fault: str, _args: Any) -> Exception:
    return OSError(errno.EINVAL, "no clock")


def main() -> None:
    plan = Plan()
    for name in ("connect", "send", "sendall", "recv", "recv_into"):
        wrap(socket.socket, name, "network", network_error, plan, is_internet)
    for name in ("do_commit", "do_execute", "do_executemany"):
        wrap(DefaultDialect, name, "database", database_error, plan, lambda *_: True)
    for owner, name in ((io, "open"), (builtins, "open"), (os, "open"), (os, "stat"), (os, "replace"), (os, "scandir")):
        wrap(owner, name, "file", file_error, plan, is_ours)
    session.utc_now = lambda: Shifted.now(UTC)
    readers: tuple[Any, ...] = (schedulers, interval, executors, job, run_commands, scheduler)
    for module in readers:
        module.datetime = Shifted
    wrap(session, "utc_now", "clock", clock_error, plan, lambda *_: True)
    program(prog_name="deal-monitor")


if __name__ == "__main__":
    main()
