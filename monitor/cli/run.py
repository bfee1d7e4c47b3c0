"""`run` and `poll`: the daemon and one round of it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, NoReturn

import click

from monitor.cli.common import DateTimeParam, echo_json, opened_app, pluralised
from monitor.domain.messages.wording import reason_text
from monitor.domain.model.notation import notation

if TYPE_CHECKING:
    from monitor.runtime.app import App

REFRESH_SECONDS = 0.5
GRACE_SECONDS = 7.0
"""How long a running step may take to end once the program is told to stop."""
MAX_ROUND = timedelta(seconds=45)
"""So long a round sends, at the longest: one that is started every minute should not meet the one before."""


@click.command()
@click.option("--quiet", is_flag=True, help="No table, only the log.")
@click.pass_context
def run(ctx: click.Context, *, quiet: bool) -> None:
    """Watch the configured feeds until stopped (Ctrl-C or SIGTERM), and send what changes."""
    stop = Event()
    stop_on_signals(stop)
    with opened_app(ctx, exclusive=True) as app:
        app.stop = stop
        click.echo(startup_text(app), err=True)
        if not run_until_stopped(app, quiet=quiet):
            exit_immediately()
    click.echo("stopped", err=True)


def startup_text(app: App) -> str:
    """What a person should know as the program starts: what is watched, and where messages go."""
    from monitor.runtime.app import outbox_folder

    lines = [f"watching {len(app.feeds())} feeds for {len(app.rulebook.commitments)} commitments"]
    folder = outbox_folder(app.settings)
    if folder is not None:
        lines.append(f"messages of channels that are not configured are written to {folder}")
    return "\n".join(lines)


def exit_immediately() -> NoReturn:
    """Ends with a send still hanging: its row was marked before it began, and is uncertain at the next start."""
    click.echo(f"stopped; a send did not end within {GRACE_SECONDS:.0f} seconds and counts as uncertain", err=True)
    sys.stdout.flush()
    os._exit(0)


def run_until_stopped(app: App, *, quiet: bool) -> bool:
    """Runs the jobs until `app.stop` is set, showing the table; False if a job would not end in time."""
    from monitor.feeds.worker import ParseWorker
    from monitor.runtime.app import recover_and_catch_up
    from monitor.runtime.scheduler import start_jobs, stop_jobs

    started = recover_and_catch_up(app)
    if started.uncertain:
        click.echo(f"{started.uncertain} message(s) of unknown fate will be sent again", err=True)
    news = Event()
    news.set()  # the first table does not wait for feeds that are slow to answer
    with ParseWorker() as worker:
        scheduler = start_jobs(app, worker, news.set)
        try:
            with status_view(app, quiet=quiet) as refresh:
                while not app.stop.wait(REFRESH_SECONDS):
                    refresh(news)
        finally:
            app.stop.set()
            worker.close()
            ended = stop_jobs(scheduler, GRACE_SECONDS)
    return ended


def status_view(app: App, *, quiet: bool) -> AbstractContextManager[Callable[[Event], None]]:
    """How the table is shown: live on a terminal, else printed again after each round of polls that changed it."""
    from rich.live import Live

    from monitor.cli.tables import wide_console

    if quiet:
        return nullcontext(_show_nothing)
    screen = wide_console()
    if not screen.is_terminal:
        return nullcontext(_printer(app, screen))
    live = Live(console=screen, auto_refresh=False, transient=False)
    return _LiveDashboard(app, live)


def _show_nothing(news: Event) -> None:
    news.clear()


def _printer(app: App, screen: Any) -> Callable[[Event], None]:
    """Prints the table at once, and again when polls changed it; if nobody reads any more, the work goes on without it."""
    shown: list[str] = []

    def refresh(news: Event) -> None:
        if shown and not news.is_set():
            return
        news.clear()
        with screen.capture() as captured:
            screen.print(fitted_dashboard(app))
        text = captured.get()
        if shown[-1:] == [text]:
            return
        shown[:] = [text]
        print_if_read(text)

    return refresh


def print_if_read(text: str) -> None:
    """Writes to stdout; a reader that has gone ends the table, not the program."""
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo("nobody reads the table any more; going on without it", err=True)


class _LiveDashboard(AbstractContextManager[Callable[[Event], None]]):
    """The table kept up to date in place."""

    def __init__(self, app: App, live: Any) -> None:
        self.app, self.live = app, live

    def __enter__(self) -> Callable[[Event], None]:
        self.live.start()
        return self._refresh

    def __exit__(self, *failure: object) -> None:
        self.live.stop()

    def _refresh(self, news: Event) -> None:
        news.clear()
        self.live.update(fitted_dashboard(self.app, self.live.console.size), refresh=True)


def fitted_dashboard(app: App, room: Any = None) -> Any:
    """Commitments and sources as they are now, as far as they fit a terminal of this size."""
    from rich.console import Group

    from monitor.cli.tables import dashboard
    from monitor.runtime.session import sources
    from monitor.store import verdict_records

    with app.store.read() as conn:
        verdicts = {name: record.published for name, record in verdict_records.verdict_records(conn).items()}
    told = refused_edit_lines(app.refused, app.rulebook.version)
    shown = dashboard(app.rulebook.commitments, verdicts, sources(app), app.clock(), _remaining_room(room, told))
    return Group(*told, shown)


def refused_edit_lines(fault: str, version: str) -> list[Any]:
    """The lines above the table while the folder of rules holds an edit that cannot be used."""
    from rich.text import Text

    if not fault:
        return []
    told = f"rules refused, version {version} stays in use: {fault}"
    return [Text(told, style="bold red", no_wrap=True, overflow="ellipsis")]


def _remaining_room(room: Any, told: list[Any]) -> Any:
    """The room that these lines leave."""
    return room and room.__class__(room.width, room.height - len(told))


def stop_on_signals(stop: Event) -> None:
    """The first SIGTERM or SIGINT asks for an orderly end; a second one is not waited for.

    The handler only writes to a pipe: setting the event itself would wait for ever if the signal came while the main
    thread holds the event's lock.
    """
    listen, speak = os.pipe()

    def ask(number: int, frame: object) -> None:
        del frame
        os.write(speak, b".")
        signal.signal(number, signal.SIG_DFL)

    def pass_on() -> None:
        os.read(listen, 1)
        stop.set()

    Thread(target=pass_on, name="signals", daemon=True).start()
    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)


@click.command()
@click.option("--once", is_flag=True, required=True, help="Ask every feed once, decide, send, and end.")
@click.option("--now", type=DateTimeParam(), help="Rehearse as if it were this moment (for recorded feeds).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: feeds, transitions, messages.")
@click.pass_context
def poll(ctx: click.Context, *, once: bool, now: datetime | None, as_json: bool) -> None:
    """Ask every feed once, without waiting for news to settle; for cron and for trying things out.

    It ends when what may go out within seconds has gone out, or after most of a minute.
    """
    from monitor.runtime.simulation import SimulatedClock

    del once
    start = now or ctx.find_root().obj["now"]
    with opened_app(ctx, exclusive=True, clock=SimulatedClock(start) if start else None) as app:
        stop_on_signals(app.stop)
        result = run_round(app)
        if as_json:
            echo_json(result)
        else:
            print_round(app, result)


def run_round(app: App) -> dict[str, Any]:
    """One whole round: what fell due while the program was off, polls, verdicts, deliveries, digests."""
    from monitor.feeds.worker import ParseWorker
    from monitor.pipeline.outbox_admin import counts
    from monitor.runtime.app import drain_outbox, recover_and_catch_up, run_digests, run_follow_ups, run_reviews
    from monitor.runtime.polling import poll as ask

    started = recover_and_catch_up(app)
    with ParseWorker() as worker:
        reports = ask(app, worker, everything=True)
    reviewed = (started.reviewed, run_reviews(app, settled=True))
    run_follow_ups(app)
    digests = run_digests(app)
    delivered = drain_outbox(app, time_passer(app), most=MAX_ROUND)
    totals = counts(app.store)
    return {
        "feeds": [
            {"feed": r.feed, "new": r.new, "revised": r.revised, "outlets": r.outlets, "error": r.error}
            for r in reports
        ],
        "transitions": [
            {"commitment": t.commitment, "kind": t.kind.value, "from": was, "to": now, "reason": reason_text(t.reason)}
            for report in reviewed
            for t in report.transitions
            for was, now in [notation(t.change)]
        ],
        "messages": [m.id for report in reviewed for m in report.messages],
        "digests": digests,
        "sent": len(delivered.sent),
        "waiting": totals["waiting"] + totals["uncertain"],
        "dead": totals["dead"],
        "next_at": next_delivery_at(app),
    }


def time_passer(app: App) -> Callable[[datetime], object]:
    """How time passes up to a moment: the clock of a rehearsal is moved, by the real one is waited, or until told to stop."""
    from monitor.runtime.simulation import SimulatedClock

    clock = app.clock
    return clock.move if isinstance(clock, SimulatedClock) else lambda to: app.stop.wait((to - clock()).total_seconds())


def next_delivery_at(app: App) -> datetime | None:
    """When the next message that waits may go out."""
    from monitor.store import outbox as outbox_store

    with app.store.read() as conn:
        return outbox_store.next_deliverable_at(conn, app.senders.keys())


def print_round(app: App, result: dict[str, Any]) -> None:
    from monitor.cli.tables import wide_console

    wide_console().print(fitted_dashboard(app))
    fresh = sum(feed["new"] for feed in result["feeds"])
    failed = sum(bool(feed["error"]) for feed in result["feeds"])
    click.echo(
        f"{len(result['feeds'])} feeds asked, {failed} failed; {fresh} new stories; "
        f"{len(result['transitions'])} changes; {', '.join(round_summary(result, app.clock()))}"
    )


def round_summary(result: dict[str, Any], now: datetime) -> Iterator[str]:
    """What became of the messages of a round, and what is left of this and of earlier ones."""
    yield f"{pluralised(result['sent'], 'message')} sent"
    later = result["next_at"] is not None and result["next_at"] > now
    yield f"{result['waiting']} waiting" + (
        f" (the next until {result['next_at']:%-d %b %Y %H:%M} UTC)" if later else ""
    )
    if result["dead"]:
        yield f"{result['dead']} dead: deal-monitor outbox list --state dead"
