"""Settings, database and rules opened for one command; a command that sends needs the whole program (`runtime.app`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from monitor.long_work import long_work
from monitor.store import Connection, Store, open_store, outbox

if TYPE_CHECKING:
    from monitor.config import FeedSettings, Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.messages.briefs import SourceHealth
    from monitor.domain.model import Route


def utc_now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


@dataclass
class Session:
    """Settings, database and clock; the base of the whole program (`App`)."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime] = utc_now
    steady: Lock = field(default_factory=Lock)
    """Held while results of the rulebook are written, so that an edited one is adopted between two jobs."""

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules, compiled. Raises RuleError, and ConfigError for a route that fits none of their commitments."""
        return rules_of(self.settings)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The routes, one per mail address."""
        return tuple(routes_of(self.settings))

    def feeds(self) -> tuple[FeedSettings, ...]:
        """The polled feeds."""
        return feeds_of(self.settings)

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def open_session(settings: Settings, *, rules: bool = False, clock: Callable[[], datetime] = utc_now) -> Session:
    """rules: read them first, so that broken ones create no database. Raises RuleError, ConfigError and StoreError."""
    rulebook = rules_of(settings) if rules else None
    opened = Session(settings, open_database(settings), clock)
    if rulebook is not None:
        opened.rulebook = rulebook
    return opened


def open_database(settings: Settings, *, exclusive: bool = False, worker: bool = False) -> Store:
    """Open the database; creates its data folder. Raises StoreError."""
    with suppress(OSError):  # the next use of the folder reports the error with a remedy
        settings.monitor.data.mkdir(parents=True, exist_ok=True)
    with long_work("opening the database"):
        return open_store(settings.database, exclusive=exclusive, worker=worker)


def rules_of(settings: Settings) -> Rulebook:
    """The configured rules, from the cache if unchanged. Raises RuleError and ConfigError."""
    from monitor.config import check_routes
    from monitor.rulebook import load_rulebook

    rulebook = load_rulebook(settings.monitor.rules, cache=rule_cache(settings), apart=True)
    check_routes(settings, rulebook.commitments)
    return rulebook


def rule_cache(settings: Settings) -> Path:
    """The folder of compiled rules; in the data folder, because a service may have no home."""
    return settings.monitor.data / "cache"


def feeds_of(settings: Settings) -> tuple[FeedSettings, ...]:
    """The polled feeds."""
    return tuple(feed for feed in settings.feeds if feed.enabled)


def able_sources(app: Session) -> tuple[str, ...]:
    """The names of the feeds that could report a change (`domain.verdicts.blind`)."""
    from monitor.domain.verdicts import blind

    return blind.able_sources(app.feeds(), app.rulebook.publishers, app.rulebook.policy)


def routes_of(settings: Settings) -> Iterator[Route]:
    """The routes, one per mail address, so that a refused address does not delay the others."""
    from email.utils import getaddresses

    for route in settings.domain_routes():
        if route.channel != "email":
            yield route
            continue
        first, *others = (address for _, address in getaddresses([route.to]))
        yield replace(route, to=first)
        yield from (replace(route, to=address, name=f"{route.name}/{address}") for address in others)


def owner_first(routes: Iterable[Route], owner: str | None) -> tuple[Route, ...]:
    """Receivers of operator notices: the route named in [owner] first, none with approval."""
    open_ones = (route for route in routes if not route.approval)
    return tuple(sorted(open_ones, key=lambda route: route.config_name != owner))


def hold_undecided(app: Session, conn: Connection) -> None:
    """Hold what routes with approval would send without a decision: messages from before they had it."""
    if edited := {route.config_name for route in app.routes if route.approval}:
        outbox.hold_undecided(conn, edited, app.clock() + timedelta(hours=app.rulebook.policy.held_hours))


def sources(app: Session) -> tuple[SourceHealth, ...]:
    """The health of every polled feed."""
    from monitor.domain.messages.feed_health import source_health
    from monitor.store import feeds

    with app.store.read() as conn:
        return source_health(app.feeds(), feeds.states(conn), app.clock())
