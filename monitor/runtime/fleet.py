"""A worker of a fleet: the job engine, procrastinate on PostgreSQL, starts each `once` job on one of the workers.

Rows decide, and the engine only says who looks. So a job may run twice, late, or on a worker that was given up, and
one that was lost with its worker is not repeated: it comes again at its next tick.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

import procrastinate
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from monitor.errors import StoreError
from monitor.logs import get_logger
from monitor.pipeline import review
from monitor.pipeline.health import worker_signs
from monitor.runtime.app import App, open_app
from monitor.runtime.clock_watch import DatabaseClock
from monitor.runtime.scheduler import Job
from monitor.store import Connection, job_tables, outbox, problems_and_runs
from monitor.store.engine import check_rules
from monitor.store.postgres import pool_of
from monitor.store.rows import save_rows
from monitor.store.tables import Run

if TYPE_CHECKING:
    from monitor.config import Settings

SEND = "send"
"""The engine's job that lets a worker look for messages to send, made in the transaction that queues them."""
SIGN_SECONDS = 5.0
"""Between two signs of a worker to the engine."""
STALLED_SECONDS = 30.0
"""Without a sign for so long, a worker loses its jobs and the messages that it was sending: with RESCUE_SECONDS and a
tick, all goes on within a minute. The engine's own number: a slow network must not count."""
RESCUE_SECONDS = 5
LOOK_SECONDS = 0.5
"""Between two looks whether this worker should end or pause."""
RESTART_SECONDS = 2.0
MOST_SKEW = timedelta(seconds=60)
"""The engine's ticks come by the clock of each machine."""

log = get_logger(__name__)


def open_worker(settings: Settings) -> App:
    """Open the program as a worker. Raises ConfigError, RuleError or StoreError, each with a remedy: for a pooler that
    works by transaction, a clock that is off, and rules that are not the adopted ones."""
    app = open_app(settings, worker=True)
    try:
        job_tables.refuse_pooler(app.store)

        def server_time() -> datetime:
            with app.store.read() as conn:
                return job_tables.server_time(conn)

        app.clock = clock = DatabaseClock(server_time)
        if abs(clock.ahead) > MOST_SKEW:
            problem = f"the clock of this machine is {clock.ahead.total_seconds():+.0f} s off the database's"
            raise StoreError(f"{problem}: set the clock, or start the time service")
        with app.store.read() as conn:
            check_rules(conn, app.rulebook.version, app.store.name)
        review.activate_rulebook(app.store, app.rulebook, app.clock())  # the first rules of all
        app.store.rules = lambda: app.rulebook.version
        schema = procrastinate.schema.SchemaManager.get_schema()
        with app.store.begin() as conn:
            job_tables.prepare(conn, schema, procrastinate.__version__)
    except BaseException:
        app.close()
        raise
    return app


def lost_leases(app: App) -> Job:
    """The job that takes over the messages of workers that give no sign: they may have arrived."""

    def take_over() -> None:
        now = app.clock()
        with app.store.read() as conn:
            alive = {sign.who for sign in worker_signs(conn, now, timedelta(seconds=STALLED_SECONDS))}
            silent = [owner for owner in outbox.leased_by(conn) if owner.rpartition(":")[0] not in alive]
        if silent:
            with app.store.begin(by_rules=False) as conn:
                outbox.expire_leases(conn, now, owners=silent)

    return Job("lost messages", take_over, RESCUE_SECONDS, where="everywhere")


class Fleet:
    """The part of one worker in the fleet, in a thread of its own. jobs: those that one worker does for all; run: runs
    one of them; send: lets this worker look for messages to send."""

    def __init__(self, app: App, jobs: Collection[Job], run: Callable[[Job], None], send: Callable[[], None]) -> None:
        self._app = app
        connector = procrastinate.PsycopgConnector(**pool_of(app.store.engine.url))
        self._engine = procrastinate.App(connector=connector, periodic_defaults={"max_delay": STALLED_SECONDS})
        # Uses the connections of our own transactions alone.
        self._caller = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        self._queues = [SEND, *(job.name for job in jobs)]
        """Each job has a queue, so that a worker takes only those that it knows."""
        self._engine.task(name=SEND, queue=SEND)(send)
        for job in jobs:
            self._add(job, run)
        self._thread = Thread(target=lambda: asyncio.run(self._serve()), name="fleet", daemon=True)

    def _add(self, job: Job, run: Callable[[Job], None]) -> None:
        """Let the engine start a job at its ticks: never two at once, and no more than one waits."""
        name = job.name

        def work(**_due: int) -> None:
            run(job)

        task = self._engine.task(name=name, queue=name, lock=name, queueing_lock=name)(work)
        self._engine.periodic(cron=cron_of(job.seconds))(cast(Any, task))

    def start(self) -> None:
        self._app.store.queueing = self.call_for_sending
        self._thread.start()

    def stop(self, grace_s: float) -> bool:
        """After `app.stop` was set, wait for the running jobs; False if one still runs after `grace_s` seconds."""
        self._thread.join(grace_s)
        return not self._thread.is_alive()

    def call_for_sending(self, conn: Connection) -> None:
        """Make a job in the caller's transaction, so that its commit wakes a worker."""
        self._caller.configure_task(SEND, queue=SEND, connection=conn.connection.driver_connection).defer()

    async def _serve(self) -> None:
        """Work until the program stops; pause while this worker is idle, and start again after a failure."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2 * len(self._queues), "fleet"))
        while not self._app.stop.is_set():
            if self._app.idle:
                await asyncio.sleep(LOOK_SECONDS)
                continue
            try:
                async with self._engine.open_async():
                    await self._work()
            except Exception as error:  # noqa: BLE001 - whatever the engine raises, the worker must go on
                log.warning("the job engine failed; it starts again", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(RESTART_SECONDS)

    async def _work(self) -> None:
        """Take jobs, and end those of workers that are gone, until this worker stops or pauses. Raises what the engine
        raises."""
        taking = self._engine.run_worker_async(
            queues=self._queues,
            concurrency=len(self._queues),
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=SIGN_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
        )
        tasks = [asyncio.create_task(taking), asyncio.create_task(self._rescue())]
        try:
            while not (self._app.stop.is_set() or self._app.idle):
                done, _ = await asyncio.wait(tasks, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    raise task.exception() or RuntimeError("it ended by itself")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _rescue(self) -> None:
        """End the jobs of workers that give no sign. The next tick makes them anew; to put them back would collide with
        the one that waits already."""
        manager = self._engine.job_manager
        while True:
            await asyncio.sleep(RESCUE_SECONDS)
            for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
                with suppress(ConnectorException):  # another worker was first
                    await manager.finish_job(job, Status.FAILED, delete_job=True)
                    log.warning("a job was lost with its worker; it runs again", job=job.task_name)
                    await asyncio.to_thread(self._record_rescue, job.task_name)

    def _record_rescue(self, job: str) -> None:
        now = self._app.clock()
        with suppress(StoreError), self._app.store.begin(by_rules=False) as conn:
            save_rows(conn, Run(job=job, started_at=now, ended_at=now, outcome=problems_and_runs.RESCUED))


def cron_of(seconds: int) -> str:
    """A tick every so many seconds, which divide a minute, or every minute or day."""
    if seconds < 60:
        return f"* * * * * */{seconds}"  # the sixth column holds the seconds
    return "* * * * * 0" if seconds == 60 else "0 0 * * * 0"
