"""Settings, database and rules opened for one command: enough for what looks, reviews, or moves a message by hand.

The rules are read when a command first asks for them. Whoever sends needs the whole program, `monitor.runtime.app`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from monitor.long_work import long_work
from monitor.store import Store, open_store

if TYPE_CHECKING:
    from monitor.config import FeedSettings, Settings
    from monitor.domain.matching.rules import Rulebook
    from monitor.domain.messages.briefs import SourceHealth
    from monitor.domain.model import Route


def utc_now() -> datetime:
    """The time of the machine."""
    return datetime.now(UTC)


class Opened(Protocol):
    """What a `Session` and the whole program (`monitor.runtime.app.App`) both are."""

    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def rulebook(self) -> Rulebook: ...
    @property
    def routes(self) -> tuple[Route, ...]: ...
    @property
    def steady(self) -> Lock: ...
    def feeds(self) -> tuple[FeedSettings, ...]: ...


@dataclass
class Session:
    """Settings, database and clock. steady: as in the whole program, though a command runs no second job."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime] = utc_now
    steady: Lock = field(default_factory=Lock)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rules, compiled. Raises RuleError, and ConfigError for a route that fits none of their commitments."""
        return rules_of(self.settings)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The routes, one a mail address."""
        return tuple(routes_of(self.settings))

    def feeds(self) -> tuple[FeedSettings, ...]:
        """The feeds that are polled."""
        return feeds_of(self.settings)

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def open_session(settings: Settings, *, rules: bool = False, clock: Callable[[], datetime] = utc_now) -> Session:
    """With `rules` they are read first, so that broken ones leave no database behind. Raises RuleError, ConfigError and
    StoreError, each with a remedy."""
    rulebook = rules_of(settings) if rules else None
    opened = Session(settings, open_database(settings), clock)
    if rulebook is not None:
        opened.rulebook = rulebook
    return opened


def open_database(settings: Settings, *, exclusive: bool = False) -> Store:
    """The database, in a data folder that a fresh copy does not have yet. Raises StoreError."""
    with suppress(OSError):  # whatever needs the folder reports it with its own remedy
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    with long_work("opening the database"):
        return open_store(settings.database, exclusive=exclusive)


def rules_of(settings: Settings) -> Rulebook:
    """The configured rules, from the cache in the data folder where they are unchanged. Raises RuleError and ConfigError."""
    from monitor.config import check_routes
    from monitor.rulebook import load_rulebook

    rulebook = load_rulebook(settings.rules, cache=rule_cache(settings))
    check_routes(settings, rulebook.commitments)
    return rulebook


def rule_cache(settings: Settings) -> Path:
    """The folder of compiled rules beside the database, which a service may write where it has no home."""
    return settings.data_dir / "cache"


def feeds_of(settings: Settings) -> tuple[FeedSettings, ...]:
    """The feeds that are polled."""
    return tuple(feed for feed in settings.feeds if feed.enabled)


def able_sources(app: Opened) -> tuple[str, ...]:
    """The names of the feeds that could tell of a change (`domain.verdicts.blind`)."""
    from monitor.domain.verdicts import blind

    return blind.able_sources(app.feeds(), app.rulebook.publishers, app.rulebook.policy)


def routes_of(settings: Settings) -> Iterator[Route]:
    """The routes, one a mail address: each has a lane of its own, so that one that is refused holds up no other."""
    from email.utils import getaddresses

    for route in settings.domain_routes():
        if route.channel != "email":
            yield route
            continue
        first, *others = (address for _, address in getaddresses([route.to]))
        yield replace(route, to=first)
        yield from (replace(route, to=address, name=f"{route.name}/{address}") for address in others)


def owner_first(routes: Iterable[Route], owner: str | None) -> tuple[Route, ...]:
    """Where operator notices go: the route named in [owner] first, with all its addresses, and routes for experimental rules last."""
    return tuple(sorted(routes, key=lambda route: (route.config_name != owner, route.stage != "stable")))


def sources(app: Opened) -> tuple[SourceHealth, ...]:
    """The health of every feed that is polled."""
    from monitor.domain.messages.feed_health import source_health
    from monitor.store import feeds

    with app.store.read() as conn:
        return source_health(app.feeds(), feeds.states(conn), app.clock())
