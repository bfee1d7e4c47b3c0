"""`worker`: one of several processes, on any number of machines, that do the work of one monitor; and `rules adopt`."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack, closing, suppress
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import click

from monitor.cli.common import describe_rulebook, pluralised, settings_of
from monitor.cli.run_commands import GRACE_SECONDS, REFRESH_SECONDS, stop_on_signals, use_one_heap
from monitor.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from monitor.runtime.app import App


@click.command()
@click.option("--only", type=click.Choice(["deliver"]), help="Send messages, and leave all other work to others.")
def worker(*, only: str | None) -> None:
    """Work as one of several workers on one PostgreSQL database, until stopped by Ctrl-C or SIGTERM.

    Start as many as you like, on any machines, all with the same configuration and rules. Together they do what `run`
    does; a worker that dies is replaced within a minute by the others. docs/fleet.md has the details.
    """
    try:
        from monitor.runtime.fleet import open_worker
    except ModuleNotFoundError as error:
        raise ConfigError(f"workers need the package {error.name}; run: pip install 'deal-monitor[scale]'") from None
    use_one_heap()
    stop = Event()
    stop_on_signals(stop)
    with closing(open_worker(settings_of())) as app:
        app.stop = stop
        work = "sending messages" if only else f"working on {pluralised(len(app.feeds()), 'feed')}"
        click.echo(f"{work} as {app.owner}, rules {app.rulebook.version}", err=True)
        if not run_worker(app, only_deliver=only is not None):
            click.echo(f"stopped; a send took longer than {GRACE_SECONDS:.0f} s, its message is uncertain", err=True)
            sys.stdout.flush()
            os._exit(0)
    click.echo("stopped", err=True)


def run_worker(app: App, *, only_deliver: bool) -> bool:
    """Runs the jobs until `app.stop` is set; False if one did not end in time."""
    from monitor.pipeline.health import VITAL_JOBS, WORKER
    from monitor.runtime.app import recover
    from monitor.runtime.fleet import Fleet, lost_leases
    from monitor.runtime.health_reports import HealthRecorder, service_manager
    from monitor.runtime.poller import Poller
    from monitor.runtime.scheduler import DELIVER, JobRunner, RunLog, jobs_of, schedule, send_now, stop_jobs

    signs = HealthRecorder(app, app.clock(), WORKER, () if only_deliver else VITAL_JOBS)
    signs.write()
    recover(app)
    gc.collect()
    gc.freeze()
    runner, poller, manager = JobRunner(app, signs, RunLog(app)), Poller(app), service_manager()
    jobs = [lost_leases(app), *jobs_of(app, poller, signs, lambda: None)]
    if only_deliver:
        jobs = [job for job in jobs if job.where == "always" or job.name.startswith(DELIVER)]
    scheduler = schedule([job for job in jobs if job.where != "once"], runner)
    fleet = Fleet(app, [job for job in jobs if job.where == "once"], runner.run, partial(send_now, scheduler))
    with ExitStack() as opened:
        if not only_deliver:
            opened.enter_context(poller)
        scheduler.start()
        fleet.start()
        try:
            while not app.stop.wait(REFRESH_SECONDS):
                manager.send("READY=1", f"STATUS={app.idle or 'working'}", "WATCHDOG=1")
        finally:
            app.stop.set()
            manager.send("STOPPING=1", "STATUS=finishing running jobs")
            opened.close()
            ended = stop_jobs(scheduler, GRACE_SECONDS / 2) & fleet.stop(GRACE_SECONDS / 2)
    with suppress(StoreError):  # a missing sign of life is not worth an error at the end
        signs.write(end=True)
    return ended


@click.command()
def adopt() -> None:
    """Adopt the rules of this folder for all workers of a fleet.

    Stories of the live window are matched again, and messages that only the edit causes are held. Workers take the
    rules up from their own folders within seconds; one that does not have them writes nothing until it has.
    """
    from monitor.runtime.session import open_database, rules_of, utc_now
    from monitor.store import problems_and_runs, rematch

    settings = settings_of()
    rulebook = rules_of(settings)
    with closing(open_database(settings, worker=True)) as store, store.begin() as conn:
        before = problems_and_runs.adopted_version(conn)
        touched = rematch.activate_rulebook(conn, rulebook, utc_now())
    if before == rulebook.version:
        click.echo(f"already adopted: {describe_rulebook(rulebook)}")
    else:
        click.echo(f"adopted: {describe_rulebook(rulebook)}; {pluralised(len(touched), 'commitment')} to decide again")
