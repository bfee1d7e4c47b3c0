"""The health of feeds, from the states that their polls have stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from monitor.domain.messages.models import SourceHealth
from monitor.domain.text.labels import format_date

SILENT_AFTER = timedelta(days=7)
"""A feed without anything new for a week is silent (estimate); a slow one after 20 of its own intervals."""
FROZEN_AFTER = timedelta(days=30)
"""An answer that has not changed for a month (estimate)."""


class PollState(Protocol):
    """The stored state of a feed's polls. Moments are None if there was none; failures: those in a row."""

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
    """The health of one feed. state: None if it was never polled."""
    if state is None:
        return SourceHealth(feed.name, "never", None, "not polled yet")
    if state.failures:
        error = state.error if state.first_ok_at is not None else f"never read: {state.error}"
        return SourceHealth(feed.name, "failing", state.failing_since, error)
    last_new = state.new_at or state.first_ok_at
    if last_new is None:
        return SourceHealth(feed.name, "never", None, "not read yet")
    quiet = (state.ok_at or now) - last_new  # up to the last good poll: our own pauses are not the feed's
    if quiet > FROZEN_AFTER:
        return SourceHealth(
            feed.name, "frozen", last_new, f"answers, but nothing new since {format_date(last_new.date())}"
        )
    if quiet > max(SILENT_AFTER, timedelta(seconds=20 * feed.interval)):
        return SourceHealth(feed.name, "silent", last_new, f"nothing new for {quiet.days} days")
    return SourceHealth(feed.name, "ok", last_new, "")
