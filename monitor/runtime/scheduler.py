"""What runs when: APScheduler as the clock, in memory. The database, not the scheduler, says what is due.

Every job may be late or run twice without harm: due rows decide. A job that fails is logged and runs again at its next tick.
The run log in the database holds each failure and each recovery, and one run an hour of a job that goes on as before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.errors import StoreError
from monitor.feeds.worker import ParseWorker
from monitor.logs import get_logger
from monitor.runtime.app import App, deliver_channel, run_digests, run_follow_ups, run_reviews
from monitor.runtime.polling import poll
from monitor.runtime.rule_reload import reload_rules
from monitor.store import problems_and_runs
from monitor.store.tables import Run

log = get_logger(__name__)

POLL_SECONDS = 5
REVIEW_SECONDS = 5
DELIVER_SECONDS = 2
FURTHER_SECONDS = 60
DIGEST_SECONDS = 30
RULES_SECONDS = 3
PRUNE_HOURS = 24
KEEP_RUNS = timedelta(days=30)
RECORD_EVERY = timedelta(hours=1)
"""A job that goes on as before is recorded so often: not every two seconds."""


@dataclass(slots=True)
class RunLog:
    """Writes down what became of the runs of jobs. written: the run last recorded, by job."""

    app: App
    written: dict[str, Run] = field(default_factory=dict)

    def record(self, job: str, started: datetime, outcome: str, error: BaseException | None = None) -> None:
        """Record a run that ended now, if it tells more than the last one did. Never raises for a database out of order."""
        detail = f"{type(error).__name__}: {error}"[:2000] if error is not None else ""
        run = Run(job=job, started_at=started, ended_at=self.app.clock(), outcome=outcome, detail=detail)
        if not self._is_news(run):
            return
        try:
            with self.app.store.begin() as conn:
                problems_and_runs.add_run(conn, run)
        except StoreError as trouble:
            log.warning("a run could not be recorded", job=job, outcome=outcome, error=str(trouble))
            return
        self.written[job] = run

    def _is_news(self, run: Run) -> bool:
        last = self.written.get(run.job)
        if last is None or run.started_at - last.started_at >= RECORD_EVERY:
            return True
        return "failed" in (run.outcome, last.outcome) and _run_kind(run) != _run_kind(last)


def _run_kind(run: Run) -> tuple[str, str]:
    """What a run is known by: its outcome, and the kind of its error."""
    return run.outcome, run.detail.partition(":")[0]


def start_jobs(app: App, worker: ParseWorker, after_poll: Callable[[], None]) -> BackgroundScheduler:
    """The scheduler, running: polls, reviews, further evidence, deliveries, digests, edits of the rules, pruning. `after_poll` is called when feeds were asked.

    Each channel has a job and a thread of its own: one that hangs holds up no other channel and no other work.
    """
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(4), "channels": ThreadPoolExecutor(len(app.senders) or 1)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    runs = RunLog(app)
    scheduler.add_listener(
        lambda event: _report(event, runs), EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
    )

    def ask_feeds() -> None:
        if poll(app, worker):
            after_poll()

    _add_job(scheduler, runs, ask_feeds, seconds=POLL_SECONDS)
    _add_job(scheduler, runs, lambda: run_reviews(app), seconds=REVIEW_SECONDS, name="review")
    _add_job(scheduler, runs, lambda: run_follow_ups(app), seconds=FURTHER_SECONDS, name="further evidence")
    for channel in app.senders:
        send = partial(deliver_channel, app, channel)
        _add_job(scheduler, runs, send, seconds=DELIVER_SECONDS, name=f"deliver {channel}", executor="channels")
    _add_job(scheduler, runs, lambda: run_digests(app), seconds=DIGEST_SECONDS, name="digest")
    _add_job(scheduler, runs, lambda: reload_rules(app), seconds=RULES_SECONDS, name="rules")
    _add_job(scheduler, runs, lambda: prune(app), hours=PRUNE_HOURS, name="prune")
    scheduler.start()
    return scheduler


def stop_jobs(scheduler: BackgroundScheduler, grace_s: float) -> bool:
    """Starts nothing more and waits for what is running; False if something still runs after `grace_s` seconds."""
    ended = Event()

    def end() -> None:
        scheduler.shutdown(wait=True)
        ended.set()

    Thread(target=end, daemon=True).start()
    return ended.wait(grace_s)


def _add_job(
    scheduler: BackgroundScheduler, runs: RunLog, do: Callable[[], Any], *, name: str = "poll",
    executor: str = "default", **interval: int,
) -> None:  # fmt: skip
    """Runs `do` at once and then at the interval, unless the program is stopping; each run is noted."""
    app = runs.app

    def job() -> None:
        if app.stop.is_set():
            return
        started = app.clock()
        try:
            do()
        except Exception as error:
            runs.record(name, started, "failed", error)
            raise
        runs.record(name, started, "ok")

    scheduler.add_job(job, "interval", id=name, name=name, next_run_time=app.clock(), executor=executor, **interval)


def prune(app: App) -> None:
    """Forgets what nobody will ask for again: the run log beyond a month. Evidence is never deleted."""
    with app.store.begin() as conn:
        problems_and_runs.forget_runs(conn, app.clock() - KEEP_RUNS)


def _report(event: Any, runs: RunLog) -> None:
    error = getattr(event, "exception", None)
    if error is not None:
        log.error(
            "job failed; it runs again at its next tick", job=event.job_id, error=f"{type(error).__name__}: {error}"
        )
    elif event.code == EVENT_JOB_MISSED:
        log.warning("job missed its time", job=event.job_id)
        runs.record(event.job_id, event.scheduled_run_time, "missed")
    else:
        log.debug("job still running", job=event.job_id)
        runs.record(event.job_id, event.scheduled_run_times[-1], "skipped")
