"""What runs when: APScheduler as the clock, in memory. The database, not the scheduler, says what is due.

Every job may be late or run twice without harm: due rows decide. A job that fails is logged and runs again at its next tick.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.app import App, deliver_due, digests_due, poll, review_due
from monitor.feeds.worker import ParseWorker
from monitor.logs import get_logger
from monitor.reload import reload_rules
from monitor.store import journal

log = get_logger(__name__)

POLL_SECONDS = 5
REVIEW_SECONDS = 5
DELIVER_SECONDS = 2
DIGEST_SECONDS = 30
RULES_SECONDS = 3
PRUNE_HOURS = 24
KEEP_RUNS = timedelta(days=30)


def start_jobs(app: App, worker: ParseWorker, after_poll: Callable[[], None]) -> BackgroundScheduler:
    """The scheduler, running: polls, reviews, deliveries, digests, edits of the rules, pruning. `after_poll` is called when feeds were asked."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    def ask_feeds() -> None:
        if poll(app, worker):
            after_poll()

    _every(scheduler, app, ask_feeds, seconds=POLL_SECONDS)
    _every(scheduler, app, lambda: review_due(app), seconds=REVIEW_SECONDS, name="review")
    _every(scheduler, app, lambda: deliver_due(app), seconds=DELIVER_SECONDS, name="deliver")
    _every(scheduler, app, lambda: digests_due(app), seconds=DIGEST_SECONDS, name="digest")
    _every(scheduler, app, lambda: reload_rules(app), seconds=RULES_SECONDS, name="rules")
    _every(scheduler, app, lambda: prune(app), hours=PRUNE_HOURS, name="prune")
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


def _every(
    scheduler: BackgroundScheduler, app: App, do: Callable[[], Any], *, name: str = "poll", **interval: int
) -> None:
    """Runs `do` at once and then at the interval, unless the program is stopping."""

    def job() -> None:
        if not app.stop.is_set():
            do()

    scheduler.add_job(job, "interval", id=name, name=name, next_run_time=app.clock(), **interval)


def prune(app: App) -> None:
    """Forgets what nobody will ask for again: the run log beyond a month. Evidence is never deleted."""
    with app.store.begin() as conn:
        journal.forget_runs(conn, app.clock() - KEEP_RUNS)


def _report(event: Any) -> None:
    error = getattr(event, "exception", None)
    if error is not None:
        log.error(
            "job failed; it runs again at its next tick", job=event.job_id, error=f"{type(error).__name__}: {error}"
        )
    elif event.code == EVENT_JOB_MISSED:
        log.warning("job missed its time", job=event.job_id)
    else:
        log.debug("job still running", job=event.job_id)
