"""Calls the outside check of [heartbeat] as long as all is well; when the calls stop, that check raises the alarm.

A call that fails is a warning, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from monitor.channels.outside_check import call_outside_check
from monitor.errors import ChannelError
from monitor.logs import get_logger
from monitor.pipeline.health import OUTSIDE_CHECK, health
from monitor.pipeline.operator_notices import heartbeat_notice, notify_operator
from monitor.runtime.app import App
from monitor.store import problems_and_runs
from monitor.store.tables import Run

TOLD_AFTER = 3
"""Failed calls in a row after which the owner is told, an estimate: one or two pass by themselves."""

log = get_logger(__name__)


@dataclass(slots=True)
class Heartbeat:
    """The calls of one program. call: makes one; raises ChannelError. failures: calls that failed in a row."""

    app: App
    call: Callable[[str], None] = call_outside_check
    failures: int = 0

    def beat(self) -> str:
        """Call if all is well. Returns 'called', 'withheld' or 'failed'; records it, and tells the owner once of calls that fail.

        Raises StoreError; nothing is called then.
        """
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
        self._record(outcome, detail)
        return outcome

    def _record(self, outcome: str, detail: str) -> None:
        """One row for calls that end alike in a row, also over a restart."""
        now = self.app.clock()
        self.failures = self.failures + 1 if outcome == "failed" else 0
        with self.app.store.begin() as conn:
            last = next(iter(problems_and_runs.last_runs(conn, OUTSIDE_CHECK, 1)), None)
            goes_on = last is not None and last.outcome == outcome
            since = last.started_at if goes_on and last is not None else now
            run = Run(job=OUTSIDE_CHECK, started_at=since, ended_at=now, outcome=outcome, detail=detail)
            problems_and_runs.keep_run(conn, run)
            if self.failures == TOLD_AFTER:
                notify_operator(conn, heartbeat_notice(detail, since), self.app.owner_routes(), now)
        if not goes_on or (last is not None and last.detail != detail):
            self._log(outcome, detail)

    def _log(self, outcome: str, detail: str) -> None:
        if outcome == "failed":
            log.warning("outside check could not be called", error=detail)
        elif outcome == "withheld":
            log.warning("outside check not called: the monitor is not well", reason=detail)
        else:
            log.info("outside check called")
