"""The jobs of a running program; the database decides what is due. APScheduler starts them in memory; in a fleet of
workers the job engine starts those that one worker does for all (`fleet`). Every job may be late or run twice without
harm. A job that fails is logged and runs again at its next tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any, Literal

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.errors import MonitorError, StoreError
from monitor.logs import bound, get_logger
from monitor.pipeline.health import KEPT
from monitor.runtime.app import App, ask_owner, deliver_channel, run_digests, run_reviews, watch_sources
from monitor.runtime.health_reports import HealthRecorder, Heartbeat
from monitor.runtime.poller import Poller
from monitor.runtime.reading_job import read_next, release_late, review_board
from monitor.runtime.rule_reload import reload_rules
from monitor.runtime.site_builder import SiteBuilder
from monitor.store import problems_and_runs
from monitor.store.rows import save_rows
from monitor.store.tables import Run

log = get_logger(__name__)

RECORD_EVERY = timedelta(hours=1)
"""Between two records of an unchanged job."""
DELIVER = "deliver "
"""Begins the names of the jobs that send, each followed by its channel."""
MAX_DETAIL = 2000
"""Stored characters of an error, an estimate: two screens of a terminal."""


@dataclass(slots=True)
class RunLog:
    """Logs and records the runs of jobs. written: by job, the start of the last recorded run and the class of its
    error; unrecorded: jobs whose last run could not be stored; failing: by job, the class of its error and the time of
    its last log line."""

    app: App
    written: dict[str, tuple[datetime, type | None]] = field(default_factory=dict)
    unrecorded: set[str] = field(default_factory=set)
    failing: dict[str, tuple[type, datetime]] = field(default_factory=dict)

    def note(self, job: str, started: datetime, error: Exception | None = None) -> None:
        """Log and record a run that ended now. Never raises StoreError. A failure is logged with a traceback unless it
        is one of our own errors, a lasting one once an hour; so is the recovery. A run is recorded if its error differs
        from that of the last recorded run or that is an hour old."""
        now, (failed, logged_at) = self.app.clock(), self.failing.get(job, (None, None))
        kind, text = (type(error), f"{type(error).__name__}: {error}") if error is not None else (None, "")
        if error is None and self.failing.pop(job, None) is not None:
            log.info("job works again", job=job)
        elif error is not None and failed is kind and logged_at is not None and now - logged_at < RECORD_EVERY:
            log.debug("job still fails", job=job, error=text)
        elif error is not None:
            trace = None if isinstance(error, MonitorError) else error
            log.error("job failed; it runs again at its next tick", job=job, error=text, exc_info=trace)
            self.failing[job] = type(error), now
        last = self.written.get(job)
        if last is not None and last[1] is kind and started - last[0] < RECORD_EVERY:
            return
        outcome = "ok" if error is None else "failed"
        run = Run(job=job, started_at=started, ended_at=now, outcome=outcome, detail=text[:MAX_DETAIL])
        try:
            with self.app.store.begin() as conn:
                save_rows(conn, run)
        except StoreError as trouble:
            if job not in self.unrecorded:
                log.warning("a run could not be recorded", job=job, outcome=outcome, error=str(trouble))
                self.unrecorded.add(job)
            return
        self.unrecorded.discard(job)
        self.written[job] = started, kind


@dataclass(frozen=True, slots=True)
class Job:
    """Work done every `seconds`, in the threads of `executor`. at_once: start immediately, not `seconds` later. timed:
    it may expire or give up something, so it is not done while the clock is in doubt. where: `once` in a fleet, or by
    each worker: only with the adopted rules, or always."""

    name: str
    do: Callable[[], Any]
    seconds: int
    executor: str = "default"
    at_once: bool = True
    timed: bool = False
    where: Literal["once", "everywhere", "always"] = "once"


def jobs_of(app: App, poller: Poller, signs: HealthRecorder, after_polls: Callable[[], None]) -> Iterator[Job]:
    """Every job of a running program, with the seconds between two checks for due work: estimates."""

    def ask_feeds() -> None:
        poller.poll_due()
        if poller.settled.is_set():
            poller.settled.clear()
            after_polls()

    def prune() -> None:
        """Delete old entries of the run log. Evidence is never deleted."""
        with app.store.begin() as conn:
            problems_and_runs.forget_runs(conn, app.clock() - KEPT)

    yield Job("poll", ask_feeds, 5)
    yield Job("review", lambda: run_reviews(app), 5)
    if any(route.approval for route in app.routes):
        yield Job("approval", lambda: ask_owner(app), 5)
    for channel in app.senders:
        yield Job(
            f"{DELIVER}{channel}", partial(deliver_channel, app, channel), 2, "channels", True, True, "everywhere"
        )
    if app.reader is not None:
        yield Job("read", lambda: read_next(app), 2, "reader", timed=True)
        yield Job("release unread", lambda: release_late(app), 2, timed=True)
        if app.settings.reader.weekly_review:
            yield Job("weekly review", lambda: review_board(app), 10, "reader", timed=True)
    yield Job("sources", lambda: watch_sources(app), 60)
    yield Job("digest", lambda: run_digests(app), 30)
    yield Job("rules", lambda: reload_rules(app), 3, where="always")
    if app.settings.site.build:  # into a folder of this machine
        yield Job("site", SiteBuilder(app).build_if_changed, 5, "site", where="everywhere")
    yield Job("sign of life", signs.write, signs.every, where="always")
    if app.settings.heartbeat.url:
        # Not at once: a program that crashes and restarts every few seconds must not look healthy from outside.
        every = app.settings.heartbeat.seconds
        yield Job("heartbeat", Heartbeat(app).beat, every, "heartbeat", at_once=False, where="everywhere")
    yield Job("prune", prune, 24 * 3600)


@dataclass(frozen=True, slots=True)
class JobRunner:
    """Runs jobs and records each run; a stopping program runs none."""

    app: App
    signs: HealthRecorder
    runs: RunLog

    def run(self, job: Job) -> None:
        """Never raises: a failing job stops no other, and runs again."""
        app = self.app
        if app.stop.is_set() or (app.idle and job.where != "always"):
            return
        started = app.clock()
        try:
            with bound(job=job.name):
                if app.knows_time or not job.timed:
                    job.do()
        except Exception as error:  # noqa: BLE001 - whatever a job raises, it is logged here
            self.runs.note(job.name, started, error)
            return
        self.signs.ended_well[job.name] = app.clock()
        self.runs.note(job.name, started)


def start_jobs(app: App, poller: Poller, signs: HealthRecorder, after_polls: Callable[[], None]) -> BackgroundScheduler:
    """Start all jobs of a program that works alone. after_polls: called after answers of feeds were stored; signs: when
    jobs ended well."""
    scheduler = schedule(jobs_of(app, poller, signs, after_polls), JobRunner(app, signs, RunLog(app)))
    app.store.queued = partial(send_now, scheduler)
    scheduler.start()
    return scheduler


def schedule(jobs: Iterable[Job], runner: JobRunner) -> BackgroundScheduler:
    """A scheduler of these jobs, not started yet. Each channel, the model, the pages and the heartbeat have threads of
    their own: one that hangs does not delay the others."""
    now = datetime.now(UTC)
    pools = {"default": 4, "channels": len(runner.app.senders) or 1, "reader": 1, "site": 1, "heartbeat": 1}
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={name: ThreadPoolExecutor(threads) for name, threads in pools.items()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )

    for job in jobs:
        first = now if job.at_once else now + timedelta(seconds=job.seconds)
        named = {"id": job.name, "name": job.name, "executor": job.executor}
        scheduler.add_job(partial(runner.run, job), "interval", seconds=job.seconds, next_run_time=first, **named)
    return scheduler


def send_now(scheduler: BackgroundScheduler) -> None:
    """Look for messages to send. In a thread, as a scheduler that stops holds its lock until the jobs have ended, and
    one of them may ask."""
    Thread(target=resume_jobs, args=(scheduler, datetime.now(UTC), DELIVER), daemon=True).start()


def resume_jobs(scheduler: BackgroundScheduler, now: datetime, prefix: str = "") -> None:
    """Run every job now whose name begins with `prefix`: because messages were queued, or after the clock was set, as
    the times of the next runs belong to the old clock."""
    for job in scheduler.get_jobs():
        if job.id.startswith(prefix):
            with suppress(JobLookupError):  # the program ends
                job.modify(next_run_time=now)


def stop_jobs(scheduler: BackgroundScheduler, grace_s: float) -> bool:
    """Stop the scheduler and wait for running jobs; False if one still runs after `grace_s` seconds."""
    ending = Thread(target=partial(scheduler.shutdown, wait=True), daemon=True)
    ending.start()
    ending.join(grace_s)
    return not ending.is_alive()
