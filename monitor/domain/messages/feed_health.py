"""How the sources do, from what their polls left behind. Pure: states in, one line of health a feed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from monitor.domain.messages.alert import SourceHealth

SILENT_AFTER = timedelta(days=7)
"""A news feed that brought nothing new for so long is silent; slower ones are after 20 of their own intervals."""
FROZEN_AFTER = timedelta(days=30)


class PollState(Protocol):
    """What is stored of a feed's polls."""

    @property
    def first_ok_at(self) -> datetime | None: ...
    @property
    def ok_at(self) -> datetime | None: ...
    @property
    def new_at(self) -> datetime | None: ...
    @property
    def failing_since(self) -> datetime | None: ...
    @property
    def error(self) -> str: ...
    @property
    def failures(self) -> int: ...


class ConfiguredFeed(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def interval(self) -> int: ...


def source_health(
    feeds: Sequence[ConfiguredFeed], states: Mapping[str, PollState], now: datetime
) -> tuple[SourceHealth, ...]:
    """The health of every configured feed, in their order."""
    return tuple(feed_health(feed, states.get(feed.name), now) for feed in feeds)


def feed_health(feed: ConfiguredFeed, state: PollState | None, now: datetime) -> SourceHealth:
    if state is None:
        return SourceHealth(feed.name, "never", None, "not polled yet")
    if state.failures:
        word = "never read" if state.first_ok_at is None else "failing"
        return SourceHealth(feed.name, "failing", state.failing_since, f"{word}: {state.error}")
    heard = state.new_at or state.first_ok_at
    if heard is None:
        return SourceHealth(feed.name, "never", None, "not read yet")
    quiet = (state.ok_at or now) - heard  # as far as we looked: our own pauses are not the feed's
    if quiet > FROZEN_AFTER:
        return SourceHealth(feed.name, "frozen", heard, f"answers, but nothing new since {heard:%-d %B %Y}")
    if quiet > max(SILENT_AFTER, timedelta(seconds=20 * feed.interval)):
        return SourceHealth(feed.name, "silent", heard, f"nothing new for {quiet.days} days")
    return SourceHealth(feed.name, "ok", heard, "")
