"""Notices that the machine's clock was set, or that the machine was suspended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.errors import StoreError
from monitor.logs import get_logger
from monitor.pipeline.health import CLOCK
from monitor.store import Store, outbox
from monitor.store.rows import save_rows
from monitor.store.tables import Run

JUMP = timedelta(seconds=60)
"""A smaller difference between the clock and the steady time is a correction by the time service (estimate)."""

log = get_logger(__name__)


@dataclass(slots=True)
class ClockWatch:
    """Compares the clock with the monotonic time at each turn of the main loop."""

    store: Store
    _last: tuple[datetime, float] | None = None

    def jumped(self, now: datetime, steady: float) -> bool:
        """Whether the clock jumped since the last turn; a jump is logged and recorded, and what
        waits for a time of the old clock goes on. steady: monotonic seconds."""
        before, self._last = self._last, (now, steady)
        if before is None:
            return False
        expected = before[0] + timedelta(seconds=steady - before[1])
        jump = now - expected
        if abs(jump) < JUMP:
            return False
        seconds = round(jump.total_seconds())
        log.warning("the clock jumped; work that is due goes on", seconds=seconds, expected=expected.isoformat())
        run = Run(job=CLOCK, started_at=now, ended_at=now, outcome="jumped", detail=str(seconds))
        try:
            with self.store.begin() as conn:
                save_rows(conn, run)
                outbox.end_false_waits(conn, now, timedelta())
        except StoreError as error:
            log.warning("the jump could not be recorded", error=str(error))
        return True
