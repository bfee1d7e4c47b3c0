"""A running program's reports on its health: to the database, the outside check, and the service manager (systemd).
`pipeline/health.py` judges by the first whether the monitor works. A failure here never stops the program."""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from monitor.channels.outside_check import call_outside_check
from monitor.errors import ChannelError, StoreError
from monitor.logs import get_logger
from monitor.pipeline.health import (
    KEPT,
    OUTSIDE_CHECK,
    PROGRAM,
    ROUND,
    STALE_AFTER,
    VITAL_JOBS,
    WORKER,
    HealthSign,
    health,
)
from monitor.pipeline.operator_notices import heartbeat_notice, notify_operator
from monitor.runtime.app import App
from monitor.runtime.clock_watch import DatabaseClock, TrustedClock
from monitor.store import problems_and_runs
from monitor.store.rows import save_rows
from monitor.store.tables import Run

SIGN_SECONDS = {PROGRAM: 30, WORKER: 5}
"""Between two health signs: one small transaction. Other workers look at a worker's."""
RESTART_AFTER = timedelta(minutes=15)
"""After this time without success of a vital job the service manager restarts the program, an estimate: a long review
of many stories must not be cut off."""
NOTIFY_AFTER = 3
"""Failed calls of the outside check in a row before the owner is notified, an estimate: one or two pass."""
STATUS_SECONDS = 60.0
"""Between two status lines for the service manager: each reads the states of the feeds."""

log = get_logger(__name__)


@dataclass(slots=True)
class HealthRecorder:
    """Writes the health signs of one running program. kind: PROGRAM or WORKER; vital: its jobs among the vital ones;
    ended_well: when each job last ended without an error."""

    app: App
    started_at: datetime
    kind: str = PROGRAM
    vital: Collection[str] = VITAL_JOBS
    ended_well: dict[str, datetime] = field(default_factory=dict)
    _over: bool = False
    _writing: Lock = field(default_factory=Lock)

    @property
    def every(self) -> int:
        """Seconds between two signs."""
        return SIGN_SECONDS[self.kind]

    def write(self, *, end: bool = False) -> None:
        """Write a sign, unless the end is written. end: write that the program has ended. Raises StoreError."""
        with self._writing:
            if self._over:
                return
            app = self.app
            if isinstance(app.clock, DatabaseClock):
                app.clock.set()
            self._over, now = end, app.clock()
            # The others may have done what this worker has not, so each tells of all.
            stalled = {} if end else self.stalled(now, STALE_AFTER if self.kind == PROGRAM else timedelta(0))
            known = self.started_at, now, not end, app.owner, stalled, _ahead(app)
            sign = HealthSign(self.kind, *known, app.rulebook.version, app.idle)
            with app.store.begin(by_rules=False) as conn:
                problems_and_runs.keep_run(conn, sign.as_run())

    def stalled(self, now: datetime, patience: timedelta = STALE_AFTER) -> dict[str, datetime]:
        """The vital jobs that have not ended well for longer than `patience`, and since when."""
        since = {job: self.ended_well.get(job, self.started_at) for job in self.vital}
        return {job: at for job, at in since.items() if now - at > patience}


def _ahead(app: App) -> timedelta:
    """How far the machine's clock is ahead of the program's."""
    return app.clock.ahead if isinstance(app.clock, TrustedClock | DatabaseClock) else timedelta(0)


def record_round(app: App, started_at: datetime) -> None:
    """Record that a round (`poll`) has ended; delete old rounds. Raises StoreError."""
    now = app.clock()
    with app.store.begin() as conn:
        sign = HealthSign(ROUND, started_at, now, running=False, who=app.owner, ahead=_ahead(app))
        save_rows(conn, sign.as_run())
        problems_and_runs.forget_runs(conn, now - KEPT)


@dataclass(slots=True)
class Heartbeat:
    """Calls the outside check of [heartbeat] while the monitor is well; it raises the alarm when the calls stop. call:
    makes one call; raises ChannelError. failures: failed calls in a row."""

    app: App
    call: Callable[[str], None] = call_outside_check
    failures: int = 0

    def beat(self) -> str:
        """Call if the monitor is well. Returns and records 'called', 'withheld' or 'failed'. Raises StoreError. One row
        is stored for calls in a row with the same outcome, also across a restart; a new outcome is logged."""
        url, now = self.app.settings.heartbeat.url, self.app.clock()
        assert url is not None
        with self.app.store.read() as conn:
            reasons = health(conn, self.app.feeds(), now).reasons
        outcome, detail = "called", ""
        if reasons:
            outcome, detail = "withheld", "; ".join(reasons)
        else:
            try:
                self.call(url.get_secret_value())
            except ChannelError as error:
                outcome, detail = "failed", str(error)
        now = self.app.clock()
        self.failures = self.failures + 1 if outcome == "failed" else 0
        with self.app.store.begin() as conn:
            last = next(iter(problems_and_runs.last_runs(conn, OUTSIDE_CHECK, 1)), None)
            same = last if last is not None and last.outcome == outcome else None
            since = same.started_at if same is not None else now
            run = Run(job=OUTSIDE_CHECK, started_at=since, ended_at=now, outcome=outcome, detail=detail)
            problems_and_runs.keep_run(conn, run)
            if self.failures == NOTIFY_AFTER:
                notify_operator(conn, heartbeat_notice(detail, since), self.app.owner_routes(), now)
        if same is not None and same.detail == detail:
            return outcome
        if outcome == "failed":
            log.warning("outside check could not be called", error=detail)
        elif outcome == "withheld":
            log.warning("outside check not called: the monitor is not healthy", reason=detail)
        else:
            log.info("outside check called")
        return outcome


@dataclass(frozen=True, slots=True)
class ServiceManager:
    """The receiver of service reports. address: of its socket; watchdog_seconds: how long it waits for a sign."""

    address: str = ""
    watchdog_seconds: float | None = None

    def send(self, *facts: str) -> None:
        """Send these facts ("READY=1") as one message. Never raises."""
        if not self.address:
            return
        # A name that begins with @ is in the abstract name space, written with a zero byte.
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.connect(address)
                sender.sendall("\n".join(facts).encode())
        except OSError as error:
            log.debug("the service manager could not be reached", facts=facts, error=str(error))


def service_manager(environ: Mapping[str, str] = os.environ, process: int = 0) -> ServiceManager:
    """The manager that the environment names in $NOTIFY_SOCKET, and how often it expects a sign of this process."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    ours = environ.get("WATCHDOG_PID") in (None, str(process or os.getpid()))
    seconds = int(microseconds) / 1e6 if microseconds.isdecimal() and ours else None
    return ServiceManager(environ.get("NOTIFY_SOCKET", ""), seconds or None)


@dataclass(slots=True)
class ServiceReports:
    """Reports to the manager that the program is ready, its status, and that it works. describe: the status in one
    line; may raise StoreError. Called from the main thread, so neither a main thread nor a job that hangs is reported
    as working."""

    manager: ServiceManager
    recorder: HealthRecorder
    describe: Callable[[], str]
    _ready: bool = False
    _sent: dict[str, float] = field(default_factory=dict)

    def turn(self, now: datetime, at: float) -> None:
        """Send what is due on this turn of the main loop. at: seconds of a monotonic clock."""
        if not self.manager.address:
            return
        if not self._ready and self.recorder.ended_well:
            self._ready = True
            self.manager.send("READY=1")
        if self._ready and at - self._sent.get("status", -math.inf) >= STATUS_SECONDS:
            self._sent["status"] = at
            try:
                status = self.describe()
            except StoreError as error:
                status = str(error)
            self.manager.send(f"STATUS={' '.join(status.split())}")
        # A quarter of the allowed time, so that one lost or late message does no harm.
        wait, waited = self.manager.watchdog_seconds, at - self._sent.get("watchdog", -math.inf)
        if wait is not None and waited >= wait / 4 and not self.recorder.stalled(now, RESTART_AFTER):
            self._sent["watchdog"] = at
            self.manager.send("WATCHDOG=1")
