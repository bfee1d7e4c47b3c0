"""The health of feeds, from the states that their polls have stored."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model.publishers import UnknownPublisher
from monitor.domain.text.labels import format_date

SILENT_AFTER = timedelta(days=7)
"""A feed without anything new for a week is silent (estimate); a slow one after 20 of its own intervals."""
FROZEN_AFTER = timedelta(days=30)
"""An answer that has not changed for a month (estimate)."""
PROMPT_SECONDS = 3600
"""Feeds that are asked at least once an hour tell whether any source answers; slower ones only where there are no others."""


class PollState(Protocol):
    """The stored state of a feed's polls. Moments are None if there was none; failures: those in a row."""

    @property
    def first_ok_at(self) -> datetime | None: ...
    @property
    def polled_at(self) -> datetime | None: ...
    @property
    def ok_at(self) -> datetime | None: ...
    @property
    def new_at(self) -> datetime | None: ...
    @property
    def failing_since(self) -> datetime | None: ...
    @property
    def error_kind(self) -> str: ...
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
    known = ((feed, states.get(feed.name)) for feed in feeds)
    return tuple(
        replace(feed_health(feed, state, now), newest=state.new_at if state else None) for feed, state in known
    )


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
        return SourceHealth(feed.name, "silent", last_new, f"answers, but nothing new for {quiet.days} days")
    return SourceHealth(feed.name, "ok", last_new, "")


REMEDIES = {
    "dns": "Is there a network? Check the connection and the name server of this machine",
    "timeout": "Is there a network? Check the connection of this machine, its proxy and its firewall",
    "network": "Is there a network? Check the connection of this machine, its proxy and its firewall",
    "tls": "Check the clock and the certificates of this machine",
    "refused_address": "Correct the address in config.toml, unless it is meant to be there",
    "rate_limited": "Give the feed a longer interval in config.toml",
    "http": "Open the address in a browser: if it fails there too, look for the publisher's present feed (deal-monitor feeds add PAGE)",
    "gone": "Look for the publisher's present feed (deal-monitor feeds add PAGE), and remove this one from config.toml",
    "not_a_feed": "Look for the publisher's present feed: deal-monitor feeds add PAGE finds what the page announces",
    "redirects": "Open the address in a browser, and put the one that it ends at into config.toml",
    "too_large": "Raise max_bytes in [poll] of config.toml, or choose a smaller feed of the publisher",
    "empty": "The server sends nothing: wait a day, then look for the publisher's present feed (deal-monitor feeds add PAGE)",
}
"""Kind of failure -> what to do about it."""
OTHER_REMEDY = "Open the address in a browser, and correct it in config.toml"
STATE_REMEDIES = {
    "silent": "Compare it with the publisher's page; deal-monitor feeds add PAGE finds the present feed if this one was given up",
    "frozen": "Look for the publisher's present feed (deal-monitor feeds add PAGE), and remove this one from config.toml",
    "never": "A monitor reads its feeds at its start: restart one that runs; where none runs, deal-monitor poll asks it now",
}
"""State of a feed that answers, or was not asked -> what to do about it."""
UNKNOWN_REMEDY = "Correct publisher in config.toml, or enter it in rules/sources.yaml"


def remedy_for(error_kind: str) -> str:
    """What to do about a failure of this kind."""
    return REMEDIES.get(error_kind, OTHER_REMEDY)


@dataclass(frozen=True, slots=True)
class FeedReport:
    """All that there is to tell of one feed.

    text: its state in plain words, with since when; remedy: what to do, '' where there is nothing; answered, news: the last answer
    and the last new item, None if there never was one; usual: how long it usually is without news, None if that cannot be told;
    unknown: what is wrong with its publisher, None if it is listed or was not looked up.
    """

    health: SourceHealth
    text: str
    remedy: str
    answered: datetime | None
    news: datetime | None
    usual: timedelta | None
    unknown: UnknownPublisher | None

    @property
    def reliable(self) -> bool:
        return self.health.state == "ok" and self.unknown is None


def feed_report(
    feed: ConfiguredFeed,
    state: PollState | None,
    now: datetime,
    *,
    usual: timedelta | None = None,
    unknown: UnknownPublisher | None = None,
) -> FeedReport:
    """The report on one feed. state: None if it was never polled."""
    health = feed_health(feed, state, now)
    failing = state is not None and health.state == "failing"
    remedy = remedy_for(state.error_kind) if state and failing else STATE_REMEDIES.get(health.state, "")
    answered, news = (state.ok_at, state.new_at) if state is not None else (None, None)
    return FeedReport(health, state_text(health), remedy, answered, news, usual, unknown)


def state_text(health: SourceHealth) -> str:
    """The state of a feed in plain words: "failing since 3 Nov 2026: HTTP 404: not found"."""
    if health.state == "failing":
        since = f"failing since {format_date(health.since)}" if health.since is not None else "failing"
        return f"{since}: {health.detail}"
    return health.detail or health.state


# ---------------------------------------------------------------- all of them


@dataclass(frozen=True, slots=True)
class AlikeFailures:
    """Feeds that fail alike. error: what is wrong, without the host that each names; since: when the first of them failed."""

    kind: str
    error: str
    feeds: tuple[str, ...]
    since: datetime | None

    @property
    def remedy(self) -> str:
        return remedy_for(self.kind)


def alike_failures(feeds: Iterable[ConfiguredFeed], states: Mapping[str, PollState]) -> tuple[AlikeFailures, ...]:
    """The feeds whose last poll failed, those together that fail alike: the commonest failure first."""
    failing = [(feed.name, states[feed.name]) for feed in feeds if feed.name in states and states[feed.name].failures]
    counts = Counter((state.error_kind, _without_host(state.error)) for _, state in failing)
    found = []
    for (kind, error), _ in counts.most_common():
        alike = [(name, s) for name, s in failing if (s.error_kind, _without_host(s.error)) == (kind, error)]
        since = min((s.failing_since for _, s in alike if s.failing_since is not None), default=None)
        found.append(AlikeFailures(kind, error, tuple(name for name, _ in alike), since))
    return tuple(found)


def _without_host(error: str) -> str:
    """What is wrong, without the name of the host before it: 'no answer in time' of 'news.example: no answer in time'."""
    return re.sub(r"^[^\s:]+(:\d+)?: ", "", error)


@dataclass(frozen=True, slots=True)
class Blackout:
    """No source answers. read: the last answer, None if there never was one; failing: since when the first one fails."""

    read: datetime | None
    failing: datetime

    @property
    def since(self) -> datetime:
        return self.read or self.failing


def blackout(feeds: Sequence[ConfiguredFeed], states: Mapping[str, PollState]) -> Blackout | None:
    """That no source answers; None while one does, or none was asked. A feed that is not due is not asked."""
    polled = [(feed, states[feed.name]) for feed in feeds if feed.name in states]
    judged = [state for feed, state in polled if feed.interval <= PROMPT_SECONDS] or [state for _, state in polled]
    read = max((state.ok_at for _, state in polled if state.ok_at is not None), default=None)
    failing = min((state.failing_since for state in judged if state.failing_since is not None), default=None)
    if failing is None or not all(state.failures for state in judged):
        return None
    asked_since = all(read is None or (state.polled_at or failing) >= read for state in judged)
    return Blackout(read, failing) if asked_since else None


def sources_line(feeds: Sequence[ConfiguredFeed], states: Mapping[str, PollState], now: datetime) -> str:
    """All sources in one line: 'NO SOURCE ANSWERS since 20 Oct 2026: is there a network?', or how many are in which state."""
    if not feeds:
        return "No feed is polled"
    if (dark := blackout(feeds, states)) is not None:
        (first, *_) = alike_failures(feeds, states)
        return f"NO SOURCE ANSWERS since {dark.since:%-d %b %Y}: {first.error}. {first.remedy}"
    health = [source.state for source in source_health(feeds, states, now)]
    words = {"never": "not read yet"}
    told = (f"{health.count(state)} {words.get(state, state)}" for state in STATES if state in health)
    return f"{len(feeds)} {'source' if len(feeds) == 1 else 'sources'}: {', '.join(told)}"


STATES = ("ok", "failing", "silent", "frozen", "never")
"""The states of a feed, in the order in which they are told."""
