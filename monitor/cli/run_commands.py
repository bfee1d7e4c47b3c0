"""`run`, `worker` and `poll`: the daemon, one of several workers, and one round of the work; and `rules adopt`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import ExitStack, closing, nullcontext, suppress
from ctypes import CDLL
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Literal

import click
from rich.console import Group
from rich.live import Live
from rich.text import Text

from monitor.cli.common import (
    describe_rulebook,
    echo_json,
    fields_of,
    format_utc,
    opened_app,
    pluralised,
    program_option,
    settings_of,
)
from monitor.cli.status_tables import FULL_WIDTH, baselines_note, source_table, status_table, wide_console
from monitor.domain.messages.wording import detail_text
from monitor.domain.model.changes import notation
from monitor.errors import ConfigError, MonitorError, StoreError
from monitor.logs import get_logger
from monitor.long_work import long_work

if TYPE_CHECKING:
    from monitor.runtime.app import App

log = get_logger(__name__)

REFRESH_SECONDS = 0.5
GRACE_SECONDS = 7.0
"""Time for running jobs to end when the program is stopped; `docker stop` kills after ten seconds."""
STANDBY_SECONDS = 1.0
"""Between two looks of a standby whether another instance runs."""
LAST_SECONDS = 9.0
"""After this the process ends whatever still hangs, for the same reason; a kill at any moment loses nothing."""
ENDING = (signal.SIGTERM, signal.SIGINT)
M_ARENA_MAX = -8
"""From malloc.h."""
MAX_ROUND = timedelta(seconds=45)
"""The longest a round sends, so that a round started every minute does not meet the previous one."""
# Database, scheduler and parser are imported inside the functions, so that `run --help` is fast.


@click.command()
@click.option("--standby", is_flag=True, help="Wait until no other instance runs (PostgreSQL only), then take over.")
def run(*, standby: bool) -> None:
    """Watch the configured feeds until stopped by Ctrl-C or SIGTERM, and send alerts and digests.

    On a terminal it shows a table of the commitments, and ends when the terminal is closed. Off a terminal, SIGHUP
    restarts it with the edited config.toml and rules, unless they have errors.
    """
    from monitor.runtime.app import outbox_folder
    from monitor.runtime.clock_watch import TrustedClock

    use_one_heap()
    stop, hangups = Event(), list[int]()
    stop_on_signals(stop)
    if not sys.stdout.isatty() and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda number, _frame: hangups.append(number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # blocked by a restart
    if standby and not its_turn(stop):
        click.echo("stopped", err=True)
        return
    hangups.clear()  # the configuration is read after them
    with opened_app(exclusive=True, clock=TrustedClock()) as app:
        app.stop = stop
        watched = pluralised(len(app.feeds()), "feed"), pluralised(len(app.rulebook.commitments), "commitment")
        click.echo(f"watching {' for '.join(watched)}", err=True)
        if (folder := outbox_folder(app.settings)) is not None:
            click.echo(f"messages of channels that are not configured are written to {folder}", err=True)
        ended = run_until_stopped(app, hangups)
        # A signal to end that came since then has put its default back (`stop_on_signals`).
        if ended == "restart" and signal.SIG_DFL not in [signal.signal(number, signal.SIG_DFL) for number in ENDING]:
            # Until the program that starts has handlers, SIGTERM ends it, and SIGHUP waits.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
            sys.stdout.flush()
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command line
        if ended == "unfinished":
            # The message was marked before the attempt began, so the next start finds it uncertain.
            click.echo(f"stopped; a send took longer than {GRACE_SECONDS:.0f} s, its message is uncertain", err=True)
            sys.stdout.flush()
            os._exit(0)
    click.echo("stopped", err=True)


def its_turn(stop: Event) -> bool:
    """Wait until no other instance runs; False if stopped before. The service manager is told that all is well."""
    from monitor.runtime.health_reports import service_manager
    from monitor.store.engine import wait_for_turn

    manager = service_manager()
    click.echo("standby: takes over when no other instance runs", err=True)

    def go_on() -> bool:
        manager.send("READY=1", "STATUS=standby: takes over when no other instance runs", "WATCHDOG=1")
        return not stop.wait(STANDBY_SECONDS)

    return wait_for_turn(settings_of().database, go_on)


def use_one_heap() -> None:
    """Keep glibc from giving each thread a heap of its own, none of which returns what it frees: with 600 feeds the
    program grew by 30 MB in six minutes, and by less than one with a single heap. Other C libraries have no such heaps.
    """
    with suppress(AttributeError, OSError):
        CDLL(None).mallopt(M_ARENA_MAX, 1)


def run_until_stopped(app: App, hangups: list[int] | None = None) -> Literal["stopped", "unfinished", "restart"]:
    """Runs the jobs until `app.stop` is set, and shows the table. hangups: SIGHUPs received; one ends the jobs for a
    restart if the edited configuration is valid, and is forgotten if not. unfinished: a job did not end in time."""
    from monitor.domain.messages.feed_health import sources_line
    from monitor.runtime.app import recover_and_catch_up
    from monitor.runtime.clock_watch import ClockWatch, steady_seconds
    from monitor.runtime.health_reports import HealthRecorder, ServiceReports, service_manager
    from monitor.runtime.poller import Poller
    from monitor.runtime.scheduler import resume_jobs, start_jobs, stop_jobs
    from monitor.runtime.session import utc_now
    from monitor.store import feeds

    def state_of_sources() -> str:
        with app.store.read() as conn:
            return sources_line(app.feeds(), feeds.states(conn), app.clock())

    doubt_clock(app)
    signs = HealthRecorder(app, app.clock())
    signs.write()
    service = ServiceReports(service_manager(), signs, state_of_sources)
    with long_work("deciding overdue reviews"):
        started = recover_and_catch_up(app)
    # Modules and rules stay until the end; collecting them took a quarter of the time that unchanged feeds cost.
    gc.collect()
    gc.freeze()
    if started.uncertain:
        click.echo(f"{started.uncertain} uncertain message(s) will be sent again", err=True)
    clock_watch, restart = ClockWatch(app.store), False
    news = Event()
    news.set()  # the first table does not wait for slow feeds
    live = Live(auto_refresh=False) if sys.stdout.isatty() else None
    with Poller(app) as poller, live or nullcontext():
        scheduler = start_jobs(app, poller, signs, news.set)

        def turn() -> bool:
            """One turn of the main loop; whether the program is to restart."""
            if live is not None and news.is_set():
                news.clear()
                live.update(dashboard(app, live.console.width, live=True), refresh=True)
            service.turn(app.clock(), monotonic())
            if clock_watch.jumped(utc_now(), steady_seconds(), app.clock()):
                resume_jobs(scheduler, datetime.now(UTC))  # the scheduler reads the machine's clock itself
                poller.poll_all_now()
            clock_watch.take_notes(app.clock)
            if not hangups:
                return False
            hangups.clear()  # another one may come during the check
            return not _refused_edit()

        failed = False
        try:
            while not restart and not app.stop.wait(REFRESH_SECONDS):
                try:
                    restart, failed = turn(), False
                except Exception as error:
                    if not failed:
                        trace = None if isinstance(error, MonitorError) else error
                        text = f"{type(error).__name__}: {error}"
                        log.error("job failed; it runs again at its next tick", job="main", error=text, exc_info=trace)
                    failed = True
            if restart:
                click.echo("restarting with the edited configuration", err=True)
        finally:
            app.stop.set()
            # systemd kills what has said STOPPING, so a restart is told as a reload, which the next READY ends.
            service.manager.send("RELOADING=1" if restart else "STOPPING=1", "STATUS=finishing running jobs")
            poller.close()
            ended = stop_jobs(scheduler, GRACE_SECONDS)
    with suppress(StoreError):  # a missing sign of life is not worth an error at the end
        signs.write(end=True)
    return "restart" if restart else "stopped" if ended else "unfinished"


def doubt_clock(app: App) -> None:
    """Doubt the clock at a start if it does not fit the last work, unless no source could ever confirm it."""
    from monitor.runtime.clock_watch import TrustedClock, last_work

    if isinstance(app.clock, TrustedClock) and app.feeds():
        with app.store.read() as conn:
            app.clock.begin(last_work(conn))


def _refused_edit() -> bool:
    """Whether the edited config.toml, rules or templates have errors; logs them."""
    from monitor.runtime.session import rules_of
    from monitor.runtime.wiring import make_renderer

    try:
        settings = settings_of()
        rules_of(settings)
        make_renderer(settings)
    except MonitorError as error:
        log.error("SIGHUP: the edited configuration is refused; the old one stays in use", error=str(error))
        return True
    return False


def dashboard(app: App, width: int = FULL_WIDTH, *, live: bool = False) -> Group:
    """Notes on sources, rules and model, then the tables of commitments and sources. live: only sources in trouble."""
    from monitor.domain.messages.feed_health import blackout, source_health, sources_line
    from monitor.pipeline.reader_lead import REMEDY
    from monitor.pipeline.reading_queue import reader_state
    from monitor.store import feeds, verdict_records

    with app.store.read() as conn:
        verdicts = {name: record.published for name, record in verdict_records.verdict_records(conn).items()}
        states, last_read = feeds.states(conn), feeds.last_read(conn)
        reading = None
        if app.reader is not None and app.asks_model:
            reading = reader_state(conn, app.rulebook, app.reader.setup, app.clock())
    commitments, now = app.rulebook.commitments, app.clock()
    dark = blackout(app.feeds(), states) is not None
    notes = [Text(sources_line(app.feeds(), states, now), style="bold red" if dark else "dim")]
    if baselines := baselines_note(commitments, verdicts, last_read):
        notes.append(Text(baselines, style="dim"))
    if app.refused:
        text = f"rules refused, version {app.rulebook.version} stays in use: {app.refused}"
        notes.append(Text(text, style="bold red"))
    if reading is not None:
        text = f"model: {reading.state}" + (f", only the rules read: {reading.trouble}" if reading.trouble else "")
        text += f"; it only confirms: {reading.confirms} ({REMEDY})" if reading.confirms else ""
        notes.append(Text(text, style="yellow" if reading.trouble or reading.confirms else "dim"))
    health = source_health(app.feeds(), states, now)
    table = status_table(app.rulebook, verdicts, now, width=width)
    return Group(*notes, table, source_table(health, only_bad=live))


def stop_on_signals(stop: Event) -> None:
    """Sets `stop` at the first SIGTERM, SIGINT or, unless it is ignored (nohup), SIGHUP; the process ends at most
    LAST_SECONDS later. A second signal ends it at once. The handler only writes to a pipe: to set the event there could
    deadlock, as the main thread may hold its lock.
    """
    source, sink = os.pipe()

    def handle(number: int, _frame: object) -> None:
        os.write(sink, b".")
        signal.signal(number, signal.SIG_DFL)

    def wait() -> None:
        os.read(source, 1)
        stop.set()
        sleep(LAST_SECONDS)
        click.echo(f"stopped; something gave no answer within {LAST_SECONDS:.0f} s", err=True)
        os._exit(0)

    Thread(target=wait, name="signals", daemon=True).start()
    for number in ENDING:
        signal.signal(number, handle)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, handle)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object: feeds, transitions, messages.")
def poll(*, as_json: bool) -> None:
    """Poll every feed once, decide, send what is due, and exit; for cron and for trying things out.

    It does not wait for news to settle, and spends at most 45 seconds sending. The global option --now sets the clock
    for a rehearsal with recorded feeds. Exit code 1 if no feed answers.
    """
    from monitor.domain.messages.feed_health import alike_failures
    from monitor.runtime.clock_watch import ClockWatch, TrustedClock
    from monitor.runtime.health_reports import Heartbeat, record_round
    from monitor.runtime.simulation import SimulatedClock
    from monitor.store import feeds

    start = program_option("now")
    with opened_app(exclusive=True, clock=SimulatedClock(start) if start else TrustedClock()) as app:
        stop_on_signals(app.stop)
        doubt_clock(app)
        began = app.clock()
        result = run_round(app)
        if not app.stop.is_set():
            record_round(app, began)
            ClockWatch(app.store).take_notes(app.clock)
            if app.settings.heartbeat.url and not start:  # a rehearsal does not prove that the monitor is well
                Heartbeat(app).beat()
        if as_json:
            echo_json(result)
        else:
            screen = wide_console()
            screen.print(dashboard(app, screen.width))
            click.echo(round_summary(result, app.clock()))
        asked = result["feeds"]
        if not asked or not all(feed["error"] for feed in asked):
            return
        with app.store.read() as conn:
            commonest = alike_failures(app.feeds(), feeds.states(conn))[0]
        count = pluralised(len(commonest.feeds), "feed")
        click.echo(f"no source has answered: {count} of {len(asked)}: {commonest.error}. {commonest.remedy}", err=True)
        raise SystemExit(1)


def run_round(app: App) -> dict[str, Any]:
    """One round of the daemon's work. Returns the JSON of `poll`."""
    from monitor.feeds.worker import ParseWorker
    from monitor.runtime import app as work
    from monitor.runtime.poller import poll as poll_feeds
    from monitor.runtime.reading_job import read_round
    from monitor.runtime.simulation import SimulatedClock
    from monitor.store import outbox as outbox_store

    def pass_time(to: datetime) -> None:
        """Moves the clock of a rehearsal. Otherwise waits, until then or until the program is stopped."""
        if isinstance(app.clock, SimulatedClock):
            app.clock.move(to)
        else:
            app.stop.wait((to - app.clock()).total_seconds())

    with long_work("deciding overdue reviews"):
        started = work.recover_and_catch_up(app)
    with ParseWorker() as worker:
        reports = poll_feeds(app, worker, everything=True)
    with long_work("reading by the model"):
        read_round(app)
    work.watch_sources(app)
    with long_work("deciding"):
        reviews = (started.reviewed, work.run_reviews(app, settled=True))
        digests = work.run_digests(app)
    with long_work("sending what is due"):
        delivered = work.drain_outbox(app, pass_time, most=MAX_ROUND)
    with app.store.read() as conn:
        totals = outbox_store.state_counts(conn)
        next_at = outbox_store.next_deliverable_at(conn, app.senders.keys())
    transitions = []
    for t in (t for review in reviews for t in review.transitions):
        before, after = notation(t.change)
        values = {"from": before, "to": after, "reason": detail_text(t.reason.detail, app.rulebook.parties)}
        transitions.append({**fields_of(t, "commitment", "kind"), **values})
    return {
        "feeds": [fields_of(report, "feed", "new", "revised", "outlets", "error") for report in reports],
        "transitions": transitions,
        "messages": [message.id for review in reviews for message in review.messages],
        "digests": digests,
        "sent": len(delivered.sent),
        "waiting": totals["waiting"] + totals["uncertain"],
        "dead": totals["dead"],
        "next_at": next_at,
    }


def round_summary(result: dict[str, Any], now: datetime) -> str:
    fresh, failed = sum(feed["new"] for feed in result["feeds"]), sum(bool(feed["error"]) for feed in result["feeds"])
    later = result["next_at"] is not None and result["next_at"] > now
    until = f" (the next until {format_utc(result['next_at'])})" if later else ""
    dead = f", {result['dead']} dead: deal-monitor outbox list --state dead" if result["dead"] else ""
    return (
        f"{pluralised(len(result['feeds']), 'feed')} polled, {failed} failed; "
        f"{pluralised(fresh, 'new story', 'new stories')}; {pluralised(len(result['transitions']), 'change')}; "
        f"{pluralised(result['sent'], 'message')} sent, {result['waiting']} waiting{until}{dead}"
    )


# ---------------------------------------------------------------- workers


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
