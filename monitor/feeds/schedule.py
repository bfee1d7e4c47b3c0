"""The time of the next poll. Pure: moments, failures and randomness are arguments."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.errors import FeedError

JITTER = 0.1
"""Random share of a delay, so that the feeds of one host drift apart."""

DAY = 86_400.0
GONE_DELAY_S = 30 * DAY
"""The wait after a second 410: the feed is gone for good. The first may be a slip, so it is checked a day later."""

_MAX_DELAYS = {"rate_limited": DAY, "http": 6 * 3600.0, "challenge": 6 * 3600.0, "refused_address": DAY}
_DEFAULT_MAX_DELAY = 3 * 3600.0
"""The longest wait between tries in seconds, by kind of failure, unless the interval is longer."""

_MAX_DOUBLINGS = 12

AGGREGATOR_SPACING_S = 10.0
"""Seconds between two requests to one aggregator. By others' reports Google News refused a program that sent twelve
searches at once (28 September 2026)."""


@dataclass(slots=True)
class Turns:
    """Whose turn it is at the hosts of aggregators, by a clock that nobody sets."""

    monotonic: Callable[[], float] = time.monotonic
    _free: dict[str, float] = field(default_factory=dict)

    def wait(self, url: str) -> float:
        """Take the next turn at the host of an address; returns the seconds until it begins."""
        host, now = urlsplit(url).hostname or "", self.monotonic()
        at = max(now, self._free.get(host, now))
        self._free[host] = at + AGGREGATOR_SPACING_S
        return at - now


def longest_wait(interval_s: float, error_kind: str) -> timedelta:
    """The longest time that `next_poll` plans after a success (no error kind) or a failure: a later poll was planned
    by a clock that was ahead."""
    if not error_kind:
        return timedelta(seconds=interval_s * (1 + JITTER))
    longest = max(interval_s, _MAX_DELAYS.get(error_kind, _DEFAULT_MAX_DELAY), DAY) * (1 + JITTER)
    return timedelta(seconds=GONE_DELAY_S if error_kind == "gone" else longest)


def next_poll(
    interval_s: float, failures: int, error: FeedError | None, now: datetime, rng: Callable[[], float]
) -> datetime:
    """The moment of the next poll.

    interval_s: the feed's usual interval. failures: polls in a row that failed, this one included. rng: 0.0 to 1.0.
    After a success it waits one interval; after failures twice as long each time, up to a limit by kind, and at least
    the delay that the server requested (at most a day).
    """
    if error is not None and error.kind == "gone":
        return now + timedelta(seconds=GONE_DELAY_S if failures > 1 else DAY)
    spread = 1 + JITTER * (2 * rng() - 1)
    if error is None or failures <= 0:
        return now + timedelta(seconds=interval_s * spread)
    longest = max(interval_s, _MAX_DELAYS.get(error.kind, _DEFAULT_MAX_DELAY))
    delay = min(interval_s * 2.0 ** min(failures - 1, _MAX_DOUBLINGS), longest) * spread
    asked = min(max(error.retry_after or 0.0, 0.0), DAY)
    return now + timedelta(seconds=max(delay, asked * (1 + JITTER * rng())))
