"""The running program: settings, database, rulebook and channels wired together, and what it does when something is due.

Besides `jobs`, `wiring` and the command line this is the only place that joins the parts. Each function takes the moment
from `app.clock`, so the sample year runs through the very same code as the live news.
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
from threading import Event, Lock

from monitor.config import FeedSettings, Settings
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.alert import DigestBrief, OutboundMessage
from monitor.domain.model import Cause, Route
from monitor.logs import get_logger
from monitor.pipeline import delivery, digests, experimental_rules, further_evidence, review, thread_cards
from monitor.render import digest_archive
from monitor.render.renderer import Renderer
from monitor.runtime.folder_watch import FolderWatch
from monitor.runtime.session import feeds_of, open_database, routes_of, rules_of, sources, utc_now
from monitor.runtime.wiring import PLACEHOLDER_ADDRESS, make_renderer, make_senders, slack_thread_api
from monitor.store import Store
from monitor.store.story_cache import StoryCache

DRAIN_GRACE = timedelta(seconds=5)
"""What may go out within it is waited for where a delivery ends by itself: the pace of a place, the first try after a failure."""
MIN_WAIT = timedelta(milliseconds=100)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StartupReport:
    """What was found and done at the start: messages of unknown fate, and what fell due meanwhile."""

    uncertain: int
    reviewed: review.ReviewReport


@dataclass(slots=True)
class App:
    """All that a running monitor holds. `stop` is set when it shall end."""

    settings: Settings
    store: Store
    rulebook: Rulebook
    routes: tuple[Route, ...]
    renderer: Renderer
    senders: Mapping[str, delivery.Sender]
    clock: Callable[[], datetime] = utc_now
    chance: Callable[[], float] = random.random
    stop: Event = field(default_factory=Event)
    recent: StoryCache = field(default_factory=StoryCache)
    whole: dict[str, datetime] = field(default_factory=dict)
    """When each feed was last asked without conditions; a start counts as such."""
    watch: FolderWatch | None = None
    """Looks for edits of the rules; None where the rulebook came from elsewhere."""
    steady: Lock = field(default_factory=Lock)
    """Held by whoever writes what the rulebook found, so that an edited one is taken over between two such jobs."""
    finders: Mapping[str, delivery.DeliveryLookup] = field(default_factory=dict)
    """The channels that can be asked whether a message of unknown fate has arrived."""
    updaters: Mapping[str, thread_cards.MessageEditor] = field(default_factory=dict)
    """The channels in which a message that was sent can be rewritten."""
    refused: str = ""
    """The first error of an edit of the rules that cannot be used, for as long as the folder holds it."""

    @property
    def owner(self) -> str:
        return f"{socket.gethostname()}:{os.getpid()}"

    def feeds(self) -> tuple[FeedSettings, ...]:
        return feeds_of(self.settings)

    def owner_routes(self) -> tuple[Route, ...]:
        """Where the owner hears of a broken channel: the route named in [owner] first, with all its addresses, and those that
        hear of rules on trial alone after every other one."""
        named = self.settings.owner.route
        return tuple(sorted(self.routes, key=lambda route: (route.config_name != named, route.stage != "stable")))

    def close(self) -> None:
        self.store.close()


def open_app(settings: Settings, *, exclusive: bool = False, clock: Callable[[], datetime] = utc_now) -> App:
    """The program ready to work. Raises ConfigError, RuleError or StoreError, each with a remedy."""
    watch = FolderWatch(settings.rules)
    rulebook = rules_of(settings)
    routes = tuple(routes_of(settings))
    renderer = make_renderer(settings)
    store = open_database(settings, exclusive=exclusive)
    senders, (finders, updaters) = make_senders(settings, renderer), slack_thread_api(settings)
    return App(
        settings, store, rulebook, routes, renderer, senders, clock, watch=watch, finders=finders, updaters=updaters
    )


# ---------------------------------------------------------------- polling


# ---------------------------------------------------------------- verdicts and messages


def run_reviews(app: App, *, settled: bool = False, cause: Cause = Cause.NEWS) -> review.ReviewReport:
    """Decides every commitment that is due; `settled` does not wait for news that may still be coming in."""
    with app.steady:
        report = review.review(app.store, app.rulebook, app.routes, app.clock(), cause=cause, settled=settled)
        experimental_rules.enqueue_trial_matches(app.store, app.rulebook, app.routes, app.clock())
    for problem in report.problems:
        log.error("commitment could not be decided", problem=problem)
    return report


def run_follow_ups(app: App) -> int:
    """Queues replies on further evidence for what was told; returns how many."""
    with app.steady:
        told = further_evidence.enqueue_follow_ups(app.store, app.rulebook, app.routes, app.clock())
    for problem in told.problems:
        log.error("further evidence could not be told", problem=problem)
    if told.queued:
        log.info("further evidence told", messages=told.queued)
    return told.queued


def deliver_due(app: App) -> delivery.DeliveryReport:
    """Sends what may go out now, each channel at its own speed; what the owner must hear of that goes out before the end."""
    total = delivery.DeliveryReport()
    while True:
        with ThreadPoolExecutor(len(app.senders) or 1) as pool:
            told = delivery.merge_reports(pool.map(partial(deliver_channel, app), app.senders))
        total = delivery.merge_reports((total, told))
        total.next_at = told.next_at
        if not told.broken and not told.lost_places:
            return total


def drain_outbox(
    app: App, wait: Callable[[datetime], object], *, most: timedelta = timedelta.max
) -> delivery.DeliveryReport:
    """Sends until nothing is left that may go out within a breath, or `most` has passed. `wait` lets time pass up to a moment."""
    began, total = app.clock(), delivery.DeliveryReport()
    while True:
        told = deliver_due(app)
        total = delivery.merge_reports((total, told))
        now, total.next_at = app.clock(), told.next_at
        if app.stop.is_set() or told.next_at is None or told.next_at > now + DRAIN_GRACE or now - began >= most:
            return total
        wait(max(told.next_at, now + MIN_WAIT))


def deliver_channel(app: App, channel: str) -> delivery.DeliveryReport:
    """Sends what may go out now through one channel. Whoever does so for another one neither waits for it nor takes its rows."""
    report = delivery.deliver(
        app.store,
        {channel: app.senders[channel]},
        app.clock(),
        owner=f"{app.owner}:{channel}",
        rng=app.chance,
        finders=app.finders,
        clock=app.clock,
        notify=app.owner_routes(),
        stop=app.stop.is_set,
    )
    for name in report.broken:
        log.error("channel needs a person", channel=name)
    for place in report.lost_places:
        log.warning("messages are given up; see outbox list --state dead", place=place)
    if report.sent:
        log.info("messages sent", count=len(report.sent))
    if channel in app.updaters:
        update = app.updaters[channel]
        trouble = thread_cards.update_stale_threads(
            app.store, app.rulebook, channel, update, app.clock(), rng=app.chance, stop=app.stop.is_set
        )
        if trouble:
            log.warning("the first message of a thread could not be brought up to date", thread=trouble)
        report.next_at = min(
            filter(None, (report.next_at, thread_cards.next_edit_at(app.store, channel))), default=None
        )
    return report


def outbox_folder(settings: Settings) -> Path | None:
    """Where messages of unconfigured channels are written; None if every channel of a route can send."""
    wanted = {route.channel for route in settings.domain_routes()}
    return settings.outbox_dir if wanted - (settings.live_channels() - {"file"}) else None


# ---------------------------------------------------------------- sources and digests


def run_digests(app: App) -> list[str]:
    """Queues the digests whose slot has come; returns the names of their routes."""
    keep = partial(archive_digest, app)
    made = digests.enqueue_due_digests(app.store, app.rulebook, app.routes, lambda: sources(app), app.clock(), keep)
    if made:
        log.info("digests made", routes=made)
    return made


def archive_digest(app: App, route: Route, slot: str, made: DigestBrief) -> str:
    """Where the page of a digest was written; '' if it could not be: the message goes out all the same."""
    parcel = OutboundMessage(f"{route.name}-{slot}", 0, "file", PLACEHOLDER_ADDRESS, "digest", "", made)
    try:
        page = digest_archive.write_page(app.renderer, parcel, app.settings.data_dir / "digests", route.name, slot)
    except Exception as error:  # noqa: BLE001 - the page is an extra, whatever a template or the disk raises
        log.warning("digest not kept as a page", route=route.name, slot=slot, error=str(error))
        return ""
    home = app.settings.path.parent if app.settings.path else Path()
    return str(page.relative_to(home) if page.is_relative_to(home) else page)


def recover_and_catch_up(app: App) -> StartupReport:
    """What a start does before anything else: leases of a dead process, and what fell due meanwhile.

    What still waits to go out is left to the first delivery: a channel that hangs must not hold up the start.
    """
    uncertain = delivery.recover(app.store, app.clock())
    return StartupReport(len(uncertain), run_reviews(app))
