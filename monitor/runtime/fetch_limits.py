"""The section [poll] as the limits of a fetcher, for whoever asks feeds."""

from __future__ import annotations

from dataclasses import replace

from monitor.config import Settings
from monitor.feeds.fetch import FetchLimits

MAX_CONNECT_SECONDS = 10.0
"""An estimate: a connection that takes longer does not come about."""


def fetch_limits(settings: Settings) -> FetchLimits:
    """The limits that the settings set."""
    poll = settings.poll
    connect = min(poll.timeout_seconds, MAX_CONNECT_SECONDS)
    limits = FetchLimits(poll.max_bytes, poll.total_seconds, connect, poll.timeout_seconds)
    limits = replace(limits, per_host=poll.per_host, at_once=poll.concurrency, user_agent=poll.user_agent)
    return replace(limits, allow_private=poll.allow_private_addresses)
