"""The running program: settings, database, rulebook and channels wired together, and what it does when something is due.

Besides `jobs`, `wiring` and the command line this is the only place that joins the parts. Each function takes the moment
from `app.clock`, so the sample year runs through the very same code as the live news.
"""

from __future__ import annotations

import hashlib
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

from monitor import cards, digest, further, ingest, outbox, review, trials
from monitor.config import FeedSettings, Settings
from monitor.domain.brief import DigestBrief, Parcel
from monitor.domain.model import Cause, Route
from monitor.domain.rules import Rulebook
from monitor.errors import FeedError
from monitor.feeds.fetch import FetchLimits, FetchRequest, FetchResult, fetch_many
from monitor.feeds.schedule import next_poll, wants_whole
from monitor.feeds.worker import ParseWorker
from monitor.ingest import Fetched, IngestReport, NotModified
from monitor.logs import get_logger
from monitor.opening import feeds_of, open_database, routes_of, rules_of, sources, utc_now
from monitor.render import archive
from monitor.render.renderer import Renderer
from monitor.rulebook.watch import FolderWatch
from monitor.store import Store
from monitor.store import feeds as feed_store
from monitor.store.recent import Recent
from monitor.store.tables import FeedState
from monitor.wiring import NOBODY, make_renderer, make_senders, memory

MOVED_AFTER = 3
"""So many polls in a row must find the same permanent redirect before the new address is asked directly."""
BREATH = timedelta(seconds=5)
"""What may go out within it is waited for where a delivery ends by itself: the pace of a place, the first try after a failure."""
LEAST_WAIT = timedelta(milliseconds=100)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Started:
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
    senders: Mapping[str, outbox.Sender]
    clock: Callable[[], datetime] = utc_now
    chance: Callable[[], float] = random.random
    stop: Event = field(default_factory=Event)
    recent: Recent = field(default_factory=Recent)
    whole: dict[str, datetime] = field(default_factory=dict)
    """When each feed was last asked without conditions; a start counts as such."""
    watch: FolderWatch | None = None
    """Looks for edits of the rules; None where the rulebook came from elsewhere."""
    steady: Lock = field(default_factory=Lock)
    """Held by whoever writes what the rulebook found, so that an edited one is taken over between two such jobs."""
    finders: Mapping[str, outbox.Finder] = field(default_factory=dict)
    """The channels that can be asked whether a message of unknown fate has arrived."""
    updaters: Mapping[str, cards.Updater] = field(default_factory=dict)
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
        return tuple(sorted(self.routes, key=lambda route: (route.written != named, route.stage != "stable")))

    def close(self) -> None:
        self.store.close()


def open_app(settings: Settings, *, exclusive: bool = False, clock: Callable[[], datetime] = utc_now) -> App:
    """The program ready to work. Raises ConfigError, RuleError or StoreError, each with a remedy."""
    watch = FolderWatch(settings.rules)
    rulebook = rules_of(settings)
    routes = tuple(routes_of(settings))
    renderer = make_renderer(settings)
    store = open_database(settings, exclusive=exclusive)
    senders, (finders, updaters) = make_senders(settings, renderer), memory(settings)
    return App(
        settings, store, rulebook, routes, renderer, senders, clock, watch=watch, finders=finders, updaters=updaters
    )


# ---------------------------------------------------------------- polling


def poll(app: App, worker: ParseWorker, *, everything: bool = False) -> list[IngestReport]:
    """Asks every feed that is due (or all) and stores what came; a feed that fails stops only itself."""
    due = due_feeds(app, everything=everything)
    with app.store.read() as conn:
        states = feed_store.states(conn)
    requests = [_request(app, feed, states.get(feed.name)) for feed in due]
    outcomes = fetch_many(requests, fetch_limits(app.settings), stop=app.stop)
    reports = []
    for feed, outcome in zip(due, outcomes, strict=True):
        if app.stop.is_set():
            break
        reports.append(_take(app, worker, feed, outcome, states.get(feed.name)))
    return reports


def due_feeds(app: App, *, everything: bool = False) -> tuple[FeedSettings, ...]:
    feeds = app.feeds()
    if everything:
        return feeds
    with app.store.read() as conn:
        waiting = feed_store.waiting(conn, [feed.name for feed in feeds], app.clock())
    return tuple(feed for feed in feeds if feed.name not in waiting)


def fetch_limits(settings: Settings) -> FetchLimits:
    poll = settings.poll
    return FetchLimits(
        max_bytes=poll.max_bytes, total_s=poll.total_seconds, read_s=poll.timeout_seconds,
        connect_s=min(poll.timeout_seconds, 10.0), per_host=poll.per_host, at_once=poll.concurrency,
        allow_private=poll.allow_private_addresses, user_agent=poll.user_agent,
    )  # fmt: skip


def _request(app: App, feed: FeedSettings, state: FeedState | None) -> FetchRequest:
    """Conditional, but for the first time at an address and once a day: some servers answer "unchanged" for ever."""
    if state is None or state.url != feed.url:
        return FetchRequest(feed.name, feed.url)
    url = state.moved_to if state.moved_to and state.moved_polls >= MOVED_AFTER else feed.url
    if wants_whole(app.whole.setdefault(feed.name, app.clock()), app.clock()):
        app.whole[feed.name] = app.clock()
        return FetchRequest(feed.name, url)
    return FetchRequest(feed.name, url, state.etag or None, state.last_modified or None)


def _take(
    app: App, worker: ParseWorker, feed: FeedSettings, outcome: FetchResult | FeedError,
    state: FeedState | None,
) -> IngestReport:  # fmt: skip
    found = _read(app, worker, feed, outcome, state)
    error = found if isinstance(found, FeedError) else None
    failures = (state.failures if state else 0) + 1 if error else 0
    when = next_poll(feed.interval, failures, error, app.clock(), app.chance)
    with app.steady:
        report = ingest.ingest(app.store, app.rulebook, feed, found, app.clock(), recent=app.recent, next_poll=when)
    _log(feed, report, error)
    return report


def _read(
    app: App, worker: ParseWorker, feed: FeedSettings, outcome: FetchResult | FeedError,
    state: FeedState | None,
) -> Fetched | NotModified | FeedError:  # fmt: skip
    """The answer parsed; bytes that are the same as last time are not parsed again."""
    if isinstance(outcome, FeedError):
        return outcome
    digest = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
    if outcome.status == 304 or (state is not None and state.body_hash == digest):
        return NotModified()
    try:
        parsed = worker.parse(
            outcome.body, url=feed.url, content_type=outcome.content_type, zone=feed.zone, tz_names=feed.tz_names,
            encoding=feed.encoding or None, now=app.clock(),
        )  # fmt: skip
    except FeedError as error:
        return error
    entries = parsed.as_entries(feed.publisher, zone=feed.zone, lang=feed.lang)
    return Fetched(entries, outcome.etag or "", outcome.last_modified or "", outcome.permanent_url, digest)


def _log(feed: FeedSettings, report: IngestReport, error: FeedError | None) -> None:
    if error is not None:
        log.warning("feed failed", feed=feed.name, kind=error.kind, error=str(error))
        return
    if report.new or report.revised or report.withdrawn:
        log.info(
            "feed read", feed=feed.name, new=report.new, revised=report.revised, outlets=report.outlets,
            signals=report.signals, backfill=report.backfill,
        )  # fmt: skip
    if report.gap:
        log.warning("entries may have been missed: nothing in the feed was known", feed=feed.name)
    for problem in report.problems:
        log.error("story set aside", feed=feed.name, problem=problem)


# ---------------------------------------------------------------- verdicts and messages


def review_due(app: App, *, settled: bool = False, cause: Cause = Cause.NEWS) -> review.ReviewReport:
    """Decides every commitment that is due; `settled` does not wait for news that may still be coming in."""
    with app.steady:
        report = review.review(app.store, app.rulebook, app.routes, app.clock(), cause=cause, settled=settled)
        trials.tell(app.store, app.rulebook, app.routes, app.clock())
    for problem in report.problems:
        log.error("commitment could not be decided", problem=problem)
    return report


def further_due(app: App) -> int:
    """Queues replies on further evidence for what was told; returns how many."""
    with app.steady:
        told = further.tell(app.store, app.rulebook, app.routes, app.clock())
    for problem in told.problems:
        log.error("further evidence could not be told", problem=problem)
    if told.queued:
        log.info("further evidence told", messages=told.queued)
    return told.queued


def deliver_due(app: App) -> outbox.DeliveryReport:
    """Sends what may go out now, each channel at its own speed; what the owner must hear of that goes out before the end."""
    total = outbox.DeliveryReport()
    while True:
        with ThreadPoolExecutor(len(app.senders) or 1) as pool:
            told = outbox.together(pool.map(partial(deliver_through, app), app.senders))
        total = outbox.together((total, told))
        total.next_at = told.next_at
        if not told.broken and not told.lost_places:
            return total


def deliver_on(
    app: App, wait: Callable[[datetime], object], *, most: timedelta = timedelta.max
) -> outbox.DeliveryReport:
    """Sends until nothing is left that may go out within a breath, or `most` has passed. `wait` lets time pass up to a moment."""
    began, total = app.clock(), outbox.DeliveryReport()
    while True:
        told = deliver_due(app)
        total = outbox.together((total, told))
        now, total.next_at = app.clock(), told.next_at
        if app.stop.is_set() or told.next_at is None or told.next_at > now + BREATH or now - began >= most:
            return total
        wait(max(told.next_at, now + LEAST_WAIT))


def deliver_through(app: App, channel: str) -> outbox.DeliveryReport:
    """Sends what may go out now through one channel. Whoever does so for another one neither waits for it nor takes its rows."""
    report = outbox.deliver(
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
        trouble = cards.refresh(
            app.store, app.rulebook, channel, update, app.clock(), rng=app.chance, stop=app.stop.is_set
        )
        if trouble:
            log.warning("the first message of a thread could not be brought up to date", thread=trouble)
        report.next_at = min(filter(None, (report.next_at, cards.next_due(app.store, channel))), default=None)
    return report


def outbox_folder(settings: Settings) -> Path | None:
    """Where messages of unconfigured channels are written; None if every channel of a route can send."""
    wanted = {route.channel for route in settings.domain_routes()}
    return settings.outbox_dir if wanted - (settings.live_channels() - {"file"}) else None


# ---------------------------------------------------------------- sources and digests


def digests_due(app: App) -> list[str]:
    """Queues the digests whose slot has come; returns the names of their routes."""
    keep = partial(keep_page, app)
    made = digest.make_due(app.store, app.rulebook, app.routes, lambda: sources(app), app.clock(), keep)
    if made:
        log.info("digests made", routes=made)
    return made


def keep_page(app: App, route: Route, slot: str, made: DigestBrief) -> str:
    """Where the page of a digest was written; '' if it could not be: the message goes out all the same."""
    parcel = Parcel(f"{route.name}-{slot}", 0, "file", NOBODY, "digest", "", made)
    try:
        page = archive.keep(app.renderer, parcel, app.settings.data_dir / "digests", route.name, slot)
    except Exception as error:  # noqa: BLE001 - the page is an extra, whatever a template or the disk raises
        log.warning("digest not kept as a page", route=route.name, slot=slot, error=str(error))
        return ""
    home = app.settings.path.parent if app.settings.path else Path()
    return str(page.relative_to(home) if page.is_relative_to(home) else page)


def begin(app: App) -> Started:
    """What a start does before anything else: leases of a dead process, and what fell due meanwhile.

    What still waits to go out is left to the first delivery: a channel that hangs must not hold up the start.
    """
    uncertain = outbox.recover(app.store, app.clock())
    return Started(len(uncertain), review_due(app))
