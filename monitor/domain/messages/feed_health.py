"""The health of feeds, from the stored states of their polls, with remedies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model.news import ConfiguredFeed
from monitor.domain.model.publishers import UnknownPublisher
from monitor.domain.text.labels import format_date, format_span, pluralised

RHYTHM_TIMES, RHYTHM_LEAST, RHYTHM_DATES = 3, timedelta(days=2), 8
"""A feed is frozen if its newest item is three times as old as the longest usual gap between two items, and at least
two days, and silent if nothing new has come for as long; eight dates show a rhythm. Estimates: weekends and holidays
are within three of the longest gaps."""
RHYTHM_HALVES = timedelta(days=60)
"""In this time the longest gap counts half, an estimate: a feed may become busier."""
USUAL_GAP, LONGEST_GAP = timedelta(days=7), timedelta(days=31)
"""The usual gap of a feed whose rhythm is not known, and the most that a gap counts: estimates."""
NEW_FOR = timedelta(days=14)
"""So long the rhythm of a new feed is not known, an estimate: it needs two weekends."""
PROMPT_SECONDS = 3600
"""Feeds polled at least once an hour show whether any source answers; slower ones only if there are no others."""
EMPTY_AFTER = timedelta(days=1)
"""A feed whose documents list no item for this time is silent (estimate): a search may find nothing for some hours."""
NO_ANSWER_AFTER = timedelta(hours=1)
"""Time before a failure of all sources is notified, an estimate: longer than a router takes to restart."""
STATES = ("ok", "failing", "silent", "frozen", "never")
"""The states of a feed in printing order."""
_NETWORK = "Is there a network? Check the connection of this machine and its firewall"
_FIND_FEED = "look for the publisher's current feed (deal-monitor feeds add PAGE)"
REMEDIES = {
    "dns": "Is there a network? Check the connection and the name server of this machine",
    "timeout": _NETWORK,
    "network": _NETWORK,
    "tls": "Check the clock and the certificates of this machine",
    "refused_address": "Correct the address in config.toml, or allow private addresses if that is intended",
    "rate_limited": "Give the feed a longer interval in config.toml",
    "http": f"Open the address in a browser: if it fails there too, {_FIND_FEED}",
    "gone": f"Remove the feed from config.toml, and {_FIND_FEED}",
    "challenge": "The site keeps programs out: ask the publisher for access, or choose a feed of another site",
    "not_a_feed": "Find the publisher's feed: deal-monitor feeds add PAGE lists the feeds that a page announces",
    "redirects": "Open the address in a browser, and put the final address into config.toml",
    "too_large": "Raise max_bytes in [poll] of config.toml, or choose a smaller feed of the publisher",
    "empty": f"The server sends nothing: wait a day, then {_FIND_FEED}",
}
"""The remedies by kind of failure."""
OTHER_REMEDY = "Open the address in a browser, and correct it in config.toml"
STATE_REMEDIES = {
    "silent": f"Compare it with the publisher's page; if the feed was discontinued, {_FIND_FEED}",
    "frozen": f"Compare it with the publisher's page; if that is newer, {_FIND_FEED}",
    "never": "If a monitor is running, restart it to load this feed; else run deal-monitor poll",
}
"""The remedies for a feed that answers, or was never polled, by state."""
MOVED_REMEDY = "Put the new address into config.toml"
UNKNOWN_REMEDY = "Correct publisher in config.toml, or enter it in rules/sources.yaml"


class PollState(Protocol):
    """The stored state of a feed's polls. Times are None if there was none; failures: those in a row; adopted:
    the new address of a feed that has moved, else ''."""

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
    @property
    def empty_since(self) -> datetime | None: ...
    @property
    def newest_at(self) -> datetime | None: ...
    @property
    def usual_gap(self) -> float: ...
    @property
    def adopted(self) -> str: ...


@dataclass(frozen=True, slots=True)
class FeedReport:
    """The report on one feed. text: its state in words; answered, news: the times of the last answer and the last new
    item; usual: its usual time without news; unknown: the problem with its publisher, None if it is listed; moved: the
    new address at which it is read, '' if it is the configured one."""

    health: SourceHealth
    text: str
    remedy: str
    answered: datetime | None
    news: datetime | None
    usual: timedelta | None
    unknown: UnknownPublisher | None
    moved: str = ""


@dataclass(frozen=True, slots=True)
class AlikeFailures:
    """Feeds with the same failure. error: without the host that each names; since: the first failure."""

    kind: str
    error: str
    feeds: tuple[str, ...]
    since: datetime | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Blackout:
    """No source answers. read: the last answer, None if there never was one; failing: the first failure; since: the
    last answer, or the first failure."""

    read: datetime | None
    failing: datetime
    since: datetime


def source_health(
    feeds: Sequence[ConfiguredFeed], states: Mapping[str, PollState], now: datetime
) -> tuple[SourceHealth, ...]:
    """The health of every configured feed, in their order."""
    return tuple(feed_health(feed, states.get(feed.name), now) for feed in feeds)


def feed_health(feed: ConfiguredFeed, state: PollState | None, now: datetime) -> SourceHealth:
    """The health of one feed. state: None if it was never polled."""
    if state is None:
        return SourceHealth(feed.name, "never", None, "not polled yet")
    health = SourceHealth(feed.name, "ok", newest=state.new_at)
    if state.failures:
        error = state.error if state.first_ok_at is not None else f"never read: {state.error}"
        return replace(health, state="failing", since=state.failing_since, detail=error)
    if state.empty_since is not None and (state.ok_at or now) - state.empty_since > EMPTY_AFTER:
        empty = f"answers, but has listed no item since {format_date(state.empty_since.date())}"
        return replace(health, state="silent", since=state.empty_since, detail=empty)
    last_new = state.new_at or state.first_ok_at
    if last_new is None or state.first_ok_at is None:
        return replace(health, state="never", detail="not read yet")
    # Up to the last good poll: our own pauses are not the feed's.
    read, gap, newest = state.ok_at or now, timedelta(seconds=state.usual_gap) or USUAL_GAP, state.newest_at or last_new
    oldest, usual = read - max(RHYTHM_LEAST, RHYTHM_TIMES * gap), f"it usually has one within {format_span(gap)}"
    if read - state.first_ok_at > NEW_FOR and newest < oldest:
        old = f"answers, but its newest item is of {format_date(newest.date())}; {usual}"
        return replace(health, state="frozen", since=newest, detail=old)
    if read - state.first_ok_at > NEW_FOR and last_new < oldest:  # items that are dated anew, again and again
        old = f"answers, but has had no new item since {format_date(last_new.date())}; {usual}"
        return replace(health, state="silent", since=last_new, detail=old)
    return replace(health, since=last_new)


def rhythm_after(newest: datetime | None, usual_gap: float, dates: Sequence[datetime]) -> tuple[datetime | None, float]:
    """The date of a feed's newest item and the longest usual seconds between two items, after a document with items of
    these dates. newest: None before the first document.

    Each longer gap replaces the usual one, which fades with time. Few items at first show no rhythm, and a gap of over
    a month after the oldest of the first items, which may be a pinned one, is no part of it.
    """
    known = newest is not None
    if not known and dates:
        newest, usual_gap = min(dates), 0.0 if len(dates) >= RHYTHM_DATES else USUAL_GAP.total_seconds()
    for at in sorted(dates):
        if newest is not None and at > newest:
            passed, newest = at - newest, at
            gap = min(passed, LONGEST_GAP).total_seconds() if known or passed <= LONGEST_GAP else 0.0
            usual_gap, known = max(gap, usual_gap * 0.5 ** (passed / RHYTHM_HALVES)), True
    return newest, usual_gap


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
    text, remedy = health.detail or health.state, STATE_REMEDIES.get(health.state, "")
    if health.state == "failing" and state is not None:
        since = f"failing since {format_date(health.since)}" if health.since is not None else "failing"
        text, remedy = f"{since}: {health.detail}", REMEDIES.get(state.error_kind, OTHER_REMEDY)
    answered, news = (state.ok_at, state.new_at) if state is not None else (None, None)
    moved = state.adopted if state is not None else ""
    return FeedReport(health, text, remedy, answered, news, usual, unknown, moved)


def alike_failures(feeds: Iterable[ConfiguredFeed], states: Mapping[str, PollState]) -> tuple[AlikeFailures, ...]:
    """The feeds whose last poll failed, grouped by failure, the commonest first."""
    failing = [(feed.name, states[feed.name]) for feed in feeds if feed.name in states and states[feed.name].failures]
    # 'news.example: no answer in time' and 'wire.example: no answer in time' are the same failure.
    keys = [(state.error_kind, re.sub(r"^[^\s:]+(:\d+)?: ", "", state.error)) for _, state in failing]
    found = []
    for (kind, error), _ in Counter(keys).most_common():
        alike = [item for item, key in zip(failing, keys, strict=True) if key == (kind, error)]
        since = min((s.failing_since for _, s in alike if s.failing_since is not None), default=None)
        found.append(
            AlikeFailures(kind, error, tuple(name for name, _ in alike), since, REMEDIES.get(kind, OTHER_REMEDY))
        )
    return tuple(found)


def blackout(feeds: Sequence[ConfiguredFeed], states: Mapping[str, PollState]) -> Blackout | None:
    """The blackout if no source answers; None while one does, or none was polled."""
    polled = [(feed, states[feed.name]) for feed in feeds if feed.name in states]
    judged = [state for feed, state in polled if feed.interval <= PROMPT_SECONDS] or [state for _, state in polled]
    read = max((state.ok_at for _, state in polled if state.ok_at is not None), default=None)
    failing = min((state.failing_since for state in judged if state.failing_since is not None), default=None)
    if failing is None or not all(state.failures for state in judged):
        return None
    asked_since = all(read is None or (state.polled_at or failing) >= read for state in judged)
    return Blackout(read, failing, read or failing) if asked_since else None


def sources_line(feeds: Sequence[ConfiguredFeed], states: Mapping[str, PollState], now: datetime) -> str:
    """All sources in one line: '12 sources: 10 ok, 2 failing', or 'NO SOURCE HAS ANSWERED since 20 Oct 2026: ...'."""
    if not feeds:
        return "No feed is polled"
    if (dark := blackout(feeds, states)) is not None:
        (first, *_) = alike_failures(feeds, states)
        return f"NO SOURCE HAS ANSWERED since {dark.since:%-d %b %Y}: {first.error}. {first.remedy}"
    health = [source.state for source in source_health(feeds, states, now)]
    words = {"never": "not read yet"}
    counts = (f"{health.count(state)} {words.get(state, state)}" for state in STATES if state in health)
    return f"{pluralised(len(feeds), 'source')}: {', '.join(counts)}"
