"""The sign of life that a running program writes every minute, and what each of its jobs did last.

`monitor.pipeline.health` judges by it whether the monitor does its work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from monitor.pipeline.health import PROGRAM, ROUND, STALE_AFTER, SignOfLife
from monitor.runtime.app import App
from monitor.store import problems_and_runs

SIGN_SECONDS = 60
"""Between two signs: one small transaction a minute."""
KEEP_RUNS = timedelta(days=30)
"""How long the run log is kept: `doctor` asks for the last day, a person perhaps for the last month."""
VITAL_JOBS = ("poll", "review", "digest")
"""Without these the monitor does not do its work. A job that sends may take long, and its channel's circuit breaker tells of it."""


@dataclass(slots=True)
class SignsOfLife:
    """Of one running program. ended_well: when each job last ended without an error."""

    app: App
    started_at: datetime
    ended_well: dict[str, datetime] = field(default_factory=dict)
    _over: bool = False
    _writing: Lock = field(default_factory=Lock)

    def write(self) -> None:
        """Write one, unless the end has been written. Raises StoreError."""
        with self._writing:
            if not self._over:
                self._keep(running=True)

    def end(self) -> None:
        """Write that the program has ended. Raises StoreError."""
        with self._writing:
            self._over = True
            self._keep(running=False)

    def stalled(self, now: datetime) -> dict[str, datetime]:
        """The vital jobs that have not ended well for STALE_AFTER, and since when."""
        since = {job: self.ended_well.get(job, self.started_at) for job in VITAL_JOBS}
        return {job: at for job, at in since.items() if now - at > STALE_AFTER}

    def _keep(self, *, running: bool) -> None:
        now = self.app.clock()
        stalled = self.stalled(now) if running else {}
        sign = SignOfLife(PROGRAM, self.started_at, now, running, self.app.owner, stalled)
        with self.app.store.begin() as conn:
            problems_and_runs.keep_run(conn, sign.as_run())


def record_round(app: App, started_at: datetime) -> None:
    """Record that a round (`poll --once`) that began at a moment has ended; forget those that nobody will ask for. Raises
    StoreError."""
    now = app.clock()
    with app.store.begin() as conn:
        problems_and_runs.add_run(conn, SignOfLife(ROUND, started_at, now, running=False, who=app.owner).as_run())
        problems_and_runs.forget_runs(conn, now - KEEP_RUNS)
