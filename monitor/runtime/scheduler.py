"""What runs when: APScheduler as the clock, in memory. The database, not the scheduler, says what is due.

Every job may be late or run twice without harm: due rows decide. A job that fails is logged and runs again at its next tick.
The run log in the database holds each failure and each recovery, and one run an hour of a job that goes on as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from typing import Any

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from monitor.errors import MonitorError, StoreError
from monitor.logs import bound, get_logger
from monitor.runtime.app import App, deliver_channel, run_digests, run_follow_ups, run_reviews, watch_sources
from monitor.runtime.health_reports import KEEP_RUNS, SIGN_SECONDS, HealthRecorder, Heartbeat
from monitor.runtime.poller import Poller
from monitor.runtime.reading_job import read_next, release_late
from monitor.runtime.rule_reload import reload_rules
from monitor.runtime.site_builder import SiteBuilder
from monitor.store import problems_and_runs
from monitor.store.tables import Run

log = get_logger(__name__)

POLL_SECONDS = 5
REVIEW_SECONDS = 5
DELIVER_SECONDS = 2
READ_SECONDS = 2
FURTHER_SECONDS = 60
SOURCES_SECONDS = 60
DIGEST_SECONDS = 30
RULES_SECONDS = 3
SITE_SECONDS = 5
PRUNE_SECONDS = 24 * 3600
"""How often the database (or the folder of rules) is asked what is due, not how often something is done. Estimates: what a
person waits for within seconds, what lies in a digest or a thread within a minute."""
RECORD_EVERY = timedelta(hours=1)
"""Between two records of a job that goes on as before: not every two seconds."""
MAX_DETAIL = 2000
"""Characters kept of an error's text, an estimate: two screens of a terminal."""


@dataclass(slots=True)
class RunLog:
    """Records what became of the runs of jobs. written: by job, the run last recorded and the class of its error; unrecorded: jobs
    whose last run the database did not take; failing: by job, the class of its error and when the log told of it last."""

    app: App
    written: dict[str, tuple[Run, type | None]] = field(default_factory=dict)
    unrecorded: set[str] = field(default_factory=set)
    failing: dict[str, tuple[type, datetime]] = field(default_factory=dict)

    def tell_failure(self, job: str, error: Exception) -> None:
        """Log a failure, with the traceback if it is none of our own errors; one that goes on, once an hour: jobs run every few seconds,
        and on a full disk the log would take the rest."""
        now, (kind, told_at) = self.app.clock(), self.failing.get(job, (None, None))
        text, foreign = f"{type(error).__name__}: {error}", not isinstance(error, MonitorError)
        if kind is type(error) and told_at is not None and now - told_at < RECORD_EVERY:
            log.debug("job still fails", job=job, error=text)
            return
        log.error(
            "job failed; it runs again at its next tick", job=job, error=text, exc_info=error if foreign else None
        )
        self.failing[job] = type(error), now

    def tell_success(self, job: str) -> None:
        """Log that a job which has failed works again."""
        if self.failing.pop(job, None) is not None:
            log.info("job works again", job=job)

    def record(self, job: str, started: datetime, outcome: str, error: BaseException | None = None) -> None:
        """Record a run that ended now, if it differs from the one recorded last or that is an hour ago.

        Runs differ where a job fails, fails otherwise, or works again. Never raises for a database out of order.
        """
        kind = type(error) if error is not None else None
        detail = f"{type(error).__name__}: {error}"[:MAX_DETAIL] if error is not None else ""
        last, last_kind = self.written.get(job, (None, None))
        if last is not None and started - last.started_at < RECORD_EVERY:
            failing = "failed" in (outcome, last.outcome)
            if not failing or (outcome, kind) == (last.outcome, last_kind):
                return
        run = Run(job=job, started_at=started, ended_at=self.app.clock(), outcome=outcome, detail=detail)
        try:
            with self.app.store.begin() as conn:
                problems_and_runs.add_run(conn, run)
        except StoreError as trouble:
            if job not in self.unrecorded:
                log.warning("a run could not be recorded", job=job, outcome=outcome, error=str(trouble))
                self.unrecorded.add(job)
            return
        self.unrecorded.discard(job)
        self.written[job] = run, kind


@dataclass(frozen=True, slots=True)
class Job:
    """What is done every `seconds`, in the threads of `executor`. at_once: whether it begins at the start, or `seconds` later."""

    name: str
    do: Callable[[], Any]
    seconds: int
    executor: str = "default"
    at_once: bool = True


def jobs_of(app: App, poller: Poller, signs: HealthRecorder, after_polls: Callable[[], None]) -> Iterator[Job]:
    """Every job of a running program."""

    def ask_feeds() -> None:
        poller.ask_due()
        if poller.settled.is_set():
            poller.settled.clear()
            after_polls()

    yield Job("poll", ask_feeds, POLL_SECONDS)
    yield Job("review", lambda: run_reviews(app), REVIEW_SECONDS)
    yield Job("further evidence", lambda: run_follow_ups(app), FURTHER_SECONDS)
    for channel in app.senders:
        yield Job(f"deliver {channel}", partial(deliver_channel, app, channel), DELIVER_SECONDS, "channels")
    if app.reader is not None:
        yield Job("read", lambda: read_next(app), READ_SECONDS, "reader")
        yield Job("release unread", lambda: release_late(app), READ_SECONDS)
    yield Job("sources", lambda: watch_sources(app), SOURCES_SECONDS)
    yield Job("digest", lambda: run_digests(app), DIGEST_SECONDS)
    yield Job("rules", lambda: reload_rules(app), RULES_SECONDS)
    if app.settings.site.build:
        yield Job("site", SiteBuilder(app).build_if_changed, SITE_SECONDS, "site")
    yield Job("sign of life", signs.write, SIGN_SECONDS)
    if app.settings.heartbeat.configured:
        # Not at once: a program that ends after seconds, and is started again and again, must not look well from outside.
        yield Job("heartbeat", Heartbeat(app).beat, app.settings.heartbeat.seconds, "heartbeat", at_once=False)
    yield Job("prune", lambda: prune(app), PRUNE_SECONDS)


def start_jobs(app: App, poller: Poller, signs: HealthRecorder, after_polls: Callable[[], None]) -> BackgroundScheduler:
    """The scheduler, running. `after_polls` is called when answers of feeds were stored; signs: what learns when a job ended well.

    Each channel has a job and a thread of its own, and so have the model that reads, the pages and the heartbeat: one that hangs
    holds up no other channel and no other work.
    """
    pools = {"default": 4, "channels": len(app.senders) or 1, "reader": 1, "site": 1, "heartbeat": 1}
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={name: ThreadPoolExecutor(threads) for name, threads in pools.items()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    runs = RunLog(app)

    def report(event: Any) -> None:
        """What APScheduler saw: a job that was missed, or still runs from the tick before."""
        if event.code == EVENT_JOB_MISSED:
            log.warning("job missed its time", job=event.job_id)
            runs.record(event.job_id, event.scheduled_run_time, "missed")
        else:
            log.debug("job still running", job=event.job_id)
            runs.record(event.job_id, event.scheduled_run_times[-1], "skipped")

    def add(job: Job) -> None:
        """Run the job at its interval, most of them at once too, unless the program is stopping; record each run."""

        def run() -> None:
            if app.stop.is_set():
                return
            started = app.clock()
            try:
                with bound(job=job.name):
                    job.do()
            except Exception as error:  # noqa: BLE001 - a job that fails stops no other, and runs again
                runs.tell_failure(job.name, error)
                runs.record(job.name, started, "failed", error)
                return
            runs.tell_success(job.name)
            signs.ended_well[job.name] = app.clock()
            runs.record(job.name, started, "ok")

        first = app.clock() if job.at_once else app.clock() + timedelta(seconds=job.seconds)
        tick = {"seconds": job.seconds, "next_run_time": first}
        scheduler.add_job(run, "interval", id=job.name, name=job.name, executor=job.executor, **tick)

    scheduler.add_listener(report, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    for job in jobs_of(app, poller, signs, after_polls):
        add(job)
    scheduler.start()
    return scheduler


def stop_jobs(scheduler: BackgroundScheduler, grace_s: float) -> bool:
    """Start nothing more and wait for what is running; False if something still runs after `grace_s` seconds."""
    ended = Event()

    def end() -> None:
        scheduler.shutdown(wait=True)
        ended.set()

    Thread(target=end, daemon=True).start()
    return ended.wait(grace_s)


def prune(app: App) -> None:
    """Delete the run log beyond KEEP_RUNS, which nobody will ask for again. Evidence is never deleted."""
    with app.store.begin() as conn:
        problems_and_runs.forget_runs(conn, app.clock() - KEEP_RUNS)
