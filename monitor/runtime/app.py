"""The open program and its work: review, queue, send; without threads or ticks.

Every function reads the time from `app.clock`, so the sample year runs through the same code as live news. Modules
that send or render are imported inside the functions: many commands only review.
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from monitor.config import Settings
from monitor.domain.model import Cause, ReaderMode, Route
from monitor.domain.model.changes import notation
from monitor.feeds.schedule import Turns
from monitor.logs import get_logger
from monitor.pipeline import review
from monitor.runtime import session
from monitor.runtime.clock_watch import TrustedClock
from monitor.runtime.folder_watch import FolderWatch
from monitor.store import outbox, threads
from monitor.store.intake_shelf import StoryCache

if TYPE_CHECKING:
    from monitor.feeds.known_items import KnownItems
    from monitor.pipeline.delivery import DeliveryLookup, DeliveryReport, Sender
    from monitor.pipeline.thread_cards import MessageEditor
    from monitor.render.renderer import Renderer
    from monitor.runtime.model_reader import ModelReader

DRAIN_GRACE = timedelta(seconds=5)
"""The longest wait for the next message before a delivery ends: longer than the first retry after a failure."""
MIN_WAIT = timedelta(milliseconds=100)
"""Between two deliveries, so that a row that stays due does not occupy the processor."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StartupReport:
    """Results of a start. uncertain: number of uncertain messages; reviewed: the overdue reviews."""

    uncertain: int
    reviewed: review.ReviewReport


@dataclass(kw_only=True)
class App(session.Session):
    """A running monitor. `stop` is set to end it."""

    renderer: Renderer
    senders: Mapping[str, Sender]
    chance: Callable[[], float] = random.random
    stop: Event = field(default_factory=Event)
    recent: StoryCache = field(default_factory=StoryCache)
    known_items: dict[str, tuple[str, KnownItems]] = field(default_factory=dict)
    """The hash and the items of the last document of each feed, which need not be parsed again. A start knows of
    none."""
    turns: Turns = field(default_factory=Turns)
    """Whose turn it is at the hosts of aggregators."""
    read_at: datetime | None = None
    """The last recorded answer of a source that could report a change; None at a start."""
    watch: FolderWatch | None = None
    """Detects rule edits; None if the rulebook was not read from the folder."""
    finders: Mapping[str, DeliveryLookup] = field(default_factory=dict)
    """Look-ups of uncertain messages, by channel."""
    updaters: Mapping[str, MessageEditor] = field(default_factory=dict)
    """Edits of sent messages, by channel."""
    reader: ModelReader | None = None
    """The configured model; None without one."""
    refused: str = ""
    """The first error of a refused rule edit; '' if the rules in use match the folder."""
    idle: str = ""
    """Why this worker of a fleet writes nothing; '' if it works."""

    @property
    def owner(self) -> str:
        """The name of this process on its leases."""
        return f"{socket.gethostname()}:{os.getpid()}"

    def hear(self, date: datetime | None) -> None:
        """Compare the clock with the time of a server, if it is a clock that can be doubted."""
        if isinstance(self.clock, TrustedClock):
            self.clock.hear(date)

    @property
    def knows_time(self) -> bool:
        """Whether what time alone makes due may be done: the clock is not in doubt."""
        return not isinstance(self.clock, TrustedClock) or self.clock.sure

    @property
    def asks_model(self) -> bool:
        """Whether new texts are read by a model: one is configured, and the policy does not exclude it."""
        return self.reader is not None and self.rulebook.policy.reader is not ReaderMode.OFF

    def owner_routes(self) -> tuple[Route, ...]:
        """Receivers of operator notices, the first choice first."""
        return session.owner_first(self.routes, self.settings.owner.route)


def open_app(
    settings: Settings,
    *,
    exclusive: bool = False,
    worker: bool = False,
    clock: Callable[[], datetime] = session.utc_now,
) -> App:
    """Open the program. Raises ConfigError, RuleError or StoreError, each with a remedy."""
    from monitor.runtime.wiring import make_reader, make_renderer, make_senders

    watch = FolderWatch(settings.monitor.rules)  # before the folder is read, or an edit in between would be missed
    rulebook, routes = session.rules_of(settings), tuple(session.routes_of(settings))
    renderer, reader = make_renderer(settings), make_reader(settings, rulebook)
    # Last: broken rules or templates create no database.
    store = session.open_database(settings, exclusive=exclusive, worker=worker)
    senders, finders, updaters = make_senders(settings, renderer)
    opened = App(settings, store, clock, renderer=renderer, senders=senders, watch=watch, reader=reader)
    opened.rulebook, opened.routes, opened.finders, opened.updaters = rulebook, routes, finders, updaters
    return opened


def recover_and_catch_up(app: App) -> StartupReport:
    """First step of a start: end the leases of a dead process, hold what a route with approval has not decided, and do
    overdue reviews."""
    uncertain = recover(app)
    return StartupReport(uncertain, run_reviews(app))


def recover(app: App) -> int:
    """End the leases of a dead process, and hold what a route with approval has not decided. Returns the number of
    messages that have become uncertain."""
    from monitor.pipeline.delivery import RETRY_AFTER_LIMITS

    # Waiting messages are left to the first delivery: a channel that hangs must not delay the start.
    # The exclusive instance knows that every lease belongs to a dead process. A worker knows that of an earlier process
    # of its name: a container starts with the same number again.
    with app.store.begin() as conn:
        own = [owner for owner in outbox.leased_by(conn) if owner.rpartition(":")[0] == app.owner]
        uncertain = outbox.expire_leases(conn, app.clock(), everyone=app.store.exclusive, owners=own)
        outbox.end_false_waits(conn, app.clock(), RETRY_AFTER_LIMITS[1])
        session.hold_undecided(app, conn)
    return len(uncertain)


def run_reviews(app: session.Session, *, settled: bool = False, cause: Cause = Cause.NEWS) -> review.ReviewReport:
    """Decide every commitment that is due, unless the clock is in doubt. settled: do not wait for more news."""
    if isinstance(app, App) and not app.knows_time:
        return review.ReviewReport()
    with app.steady:
        facts = (app.store, app.rulebook, app.routes, app.clock())
        report = review.review(*facts, cause=cause, settled=settled, sources=session.able_sources(app))
    running = app.store.exclusive or app.store.shared
    for change in report.transitions if running else ():  # a command reports its own results
        before, after = notation(change.change)
        log.info("change recorded", commitment=change.commitment, kind=change.kind.value, before=before, after=after)
    for problem in report.problems:
        name, _, error = problem.partition(": ")
        log.error("commitment could not be decided", commitment=name, error=error)
    return report


def watch_sources(app: App) -> list[str]:
    """Notify the owner of changes in the sources; returns the first lines of the notices."""
    from monitor.domain.verdicts.blind import important_sources
    from monitor.pipeline import source_notices

    important = important_sources(app.feeds(), app.rulebook.publishers, app.rulebook.policy)
    notices = source_notices.watch_sources(app.store, app.feeds(), important, app.owner_routes(), app.clock())
    for line in notices:
        log.warning("owner notified of sources", notice=line)
    return notices


def run_digests(app: App) -> list[str]:
    """Queue due digests, unless the clock is in doubt; returns the names of their routes."""
    from monitor.pipeline import digests

    if not app.knows_time:
        return []
    made = (app.store, app.rulebook, app.routes, lambda: session.sources(app), app.clock())
    names = digests.enqueue_due_digests(*made, owner=app.settings.owner.route)
    if names:
        log.info("digests made", routes=names)
    return names


def ask_owner(app: App) -> int:
    """Notify the owner of messages that wait for a decision; returns their number."""
    from monitor.pipeline import approvals
    from monitor.runtime.wiring import shown_text

    edited = [route.name for route in app.routes if route.approval]
    # Nobody else may decide, so the notice waits if the owner cannot be reached.
    owner = [route for route in app.owner_routes() if route.config_name == app.settings.owner.route]
    text = partial(shown_text, app.renderer)
    return approvals.ask_owner(app.store, edited, owner, app.clock(), text) if edited else 0


def deliver_due(app: App) -> DeliveryReport:
    """Send due messages, each channel in its own thread, and then the operator notices that this has caused."""
    from monitor.pipeline import delivery

    total = delivery.DeliveryReport()
    ask_owner(app)
    while True:
        with ThreadPoolExecutor(len(app.senders) or 1) as pool:
            report = delivery.merge_reports(pool.map(partial(deliver_channel, app), app.senders))
        total = delivery.merge_reports((total, report))
        total.next_at = report.next_at
        if not report.broken and not report.lost_places:
            return total


def drain_outbox(app: App, wait: Callable[[datetime], object], *, most: timedelta = timedelta.max) -> DeliveryReport:
    """Send until no message is due within DRAIN_GRACE, or `most` has passed. wait: sleeps until a time."""
    from monitor.pipeline.delivery import merge_reports

    began, total = app.clock(), merge_reports(())
    while True:
        report = deliver_due(app)
        total = merge_reports((total, report))
        now, total.next_at = app.clock(), report.next_at
        if app.stop.is_set() or report.next_at is None or report.next_at > now + DRAIN_GRACE or now - began >= most:
            return total
        wait(max(report.next_at, now + MIN_WAIT))


def deliver_channel(app: App, channel: str) -> DeliveryReport:
    """Send due messages through one channel, then edit its thread headers. Channels may run in parallel."""
    from monitor.pipeline import delivery, thread_cards

    stop, clock = app.stop.is_set, app.clock
    report = delivery.deliver(
        app.store,
        {channel: app.senders[channel]},
        clock(),
        owner=f"{app.owner}:{channel}",
        notify=app.owner_routes(),
        finders=app.finders,
        clock=clock,
        rng=app.chance,
        stop=stop,
        give_up=app.stop.wait,
        hands=delivery.HANDS,
    )
    for name in report.broken:
        log.error("channel needs a person", channel=name)
    for place in report.lost_places:
        log.warning("messages are given up; see outbox list --state dead", place=place)
    if channel in app.updaters:
        edit = app.updaters[channel]
        edit_due = partial(thread_cards.update_stale_threads, app.store, app.rulebook, channel, edit, clock())
        approval = {route.to for route in app.routes if route.approval and route.channel == channel}
        trouble = edit_due(rng=app.chance, stop=stop, approval=approval)
        if trouble:
            log.warning("the first message of a thread could not be edited", thread=trouble)
        with app.store.read() as conn:
            next_edit = threads.next_refresh_at(conn, channel)
        report.next_at = min(filter(None, (report.next_at, next_edit)), default=None)
    return report


def outbox_folder(settings: Settings) -> Path | None:
    """The folder for messages of unconfigured channels; None if every channel of a route can send."""
    wanted = {route.channel for route in settings.domain_routes()}
    return settings.outbox_dir if wanted - (settings.live_channels() - {"file"}) else None
