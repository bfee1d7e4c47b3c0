"""When to ask a feed again. Pure: the moment, the failures and the chance come in as arguments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.errors import FeedError

JITTER = 0.1
"""Share of a delay that chance adds or takes, so that feeds of one host drift apart."""

DAY = 86_400.0
GONE_DELAY_S = 30 * DAY
"""A feed that answered 410 is left alone; the caller stops it and tells its owner."""

_MAX_DELAYS = {"rate_limited": DAY, "http": 6 * 3600.0, "refused_address": DAY}
_DEFAULT_MAX_DELAY = 3 * 3600.0
"""The longest wait between tries in seconds, by kind of failure (an interval that is longer stays)."""

_MAX_DOUBLINGS = 12


def next_poll(
    interval_s: float, failures: int, error: FeedError | None, now: datetime, rng: Callable[[], float]
) -> datetime:
    """The moment of the next poll.

    interval_s: the feed's usual interval. failures: polls in a row that failed, this one included. rng: 0.0 to 1.0.
    A success waits one interval; failures wait twice as long each time, up to a bound by kind. A delay that the server
    asked for (at most a day) is never undercut.
    """
    if error is not None and error.kind == "gone":
        return now + timedelta(seconds=GONE_DELAY_S)
    spread = 1 + JITTER * (2 * rng() - 1)
    if error is None or failures <= 0:
        return now + timedelta(seconds=interval_s * spread)
    longest = max(interval_s, _MAX_DELAYS.get(error.kind, _DEFAULT_MAX_DELAY))
    delay = min(interval_s * 2.0 ** min(failures - 1, _MAX_DOUBLINGS), longest) * spread
    asked = min(max(error.retry_after or 0.0, 0.0), DAY)
    return now + timedelta(seconds=max(delay, asked * (1 + JITTER * rng())))


def needs_full_fetch(last_whole: datetime | None, now: datetime, every: timedelta = timedelta(days=1)) -> bool:
    """True if the feed should be asked without conditions: some servers answer "unchanged" for ever."""
    return last_whole is None or now - last_whole >= every
