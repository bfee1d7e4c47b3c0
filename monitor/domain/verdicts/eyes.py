"""Whether anybody was reading: what time alone would say of a promise holds only if a source that could tell otherwise was read.

A moment counts as read if an able source answered within `unread_hours` before it. After a short gap the next answer makes up
for it, as feeds list the items of some days; after a long one, and before the first answer of all, it takes `recheck_hours` of
reading. A replay and a scenario poll no feed, and are never blind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from monitor.domain.model import BlindSpan, Commitment, Policy, ReadSpan, Tier, Verdict, day_of
from monitor.domain.model.publishers import Publishers
from monitor.domain.model.reasons import Unread

MOST_PAUSE = timedelta(days=2)
"""The longest gap that the next answer makes up for: about how many days a feed of news lists (estimate)."""
MOST_NAMED = 3
"""Names of silent sources in one reason; the others are counted."""


class NamedFeed(Protocol):
    """A configured feed and the publisher it belongs to."""

    @property
    def name(self) -> str: ...
    @property
    def publisher(self) -> str: ...


def able_sources(feeds: Sequence[NamedFeed], publishers: Publishers, policy: Policy) -> tuple[str, ...]:
    """The names of the feeds that could tell of a change: those of publishers whose reports move or corroborate, and of
    aggregators, which carry them. Where there is none of these, every feed counts: none could tell more."""
    tiers = policy.corroborating_tiers | policy.moving_tiers | {Tier.AGGREGATOR}
    able = tuple(feed.name for feed in feeds if publishers.find(feed.publisher).tier in tiers)
    return able or tuple(feed.name for feed in feeds)


def important_sources(feeds: Sequence[NamedFeed], publishers: Publishers, policy: Policy) -> frozenset[str]:
    """The names of the feeds each of which is missed if it is silent: those of publishers whose single report counts."""
    return frozenset(feed.name for feed in feeds if publishers.find(feed.publisher).tier in policy.moving_tiers)


def blind_spans(
    reads: Sequence[ReadSpan], sources: Sequence[str], policy: Policy, now: datetime
) -> tuple[BlindSpan, ...]:
    """The spans up to `now` in which nobody was reading, oldest first. reads: when able sources answered, oldest first; sources:
    their names; none: no feed is polled, and nothing counts as unread."""
    if not sources:
        return ()
    spans: list[BlindSpan] = []
    made_up: datetime | None = None
    for number in range(len(reads), -1, -1):  # the newest first, as an older gap may be made up for after a newer one
        last = reads[number - 1].until if number else None
        again = reads[number].since if number < len(reads) else None
        begins = last + timedelta(hours=policy.unread_hours) if last is not None else None
        if begins is not None and (again or now) <= begins:
            continue
        short = again is not None and last is not None and again - last <= MOST_PAUSE
        if again is not None and not short:
            made_up = _long_enough(reads[number:], policy) or made_up
        some = tuple(sources[:MOST_NAMED])
        spans.append(BlindSpan(begins, last, again, again if short else made_up, len(sources), some))
    return tuple(reversed(spans))


def _long_enough(reads: Sequence[ReadSpan], policy: Policy) -> datetime | None:
    """When reading that begins with the first of these spans has gone on for `recheck_hours`; None if it broke off, or is not
    there yet."""
    enough, last = reads[0].since + timedelta(hours=policy.recheck_hours), reads[0].since
    for span in reads:
        if span.since - last > MOST_PAUSE:
            return None
        if span.until >= enough:
            return max(enough, span.since)
        last = span.until
    return None


def unread_at(
    spans: Sequence[BlindSpan], commitment: Commitment, verdict: Verdict, moment: datetime, now: datetime
) -> BlindSpan | None:
    """The span in which `moment` fell that nothing has made up for by `now`; None if the moment was read, then or since.

    Whatever lies before the day of the baseline that the verdict began with, the person who wrote that has looked at.
    """
    for span in reversed(spans):  # a short gap may lie in the time that makes up for a long one
        is_open = span.until is None or max(moment, now) < span.until
        if is_open and (span.begins is None or span.begins < moment):
            vouched = any(_midnight(day) >= moment for day in _baseline_days(commitment, verdict))
            return None if vouched else span
    return None


def _baseline_days(commitment: Commitment, verdict: Verdict) -> tuple[date, ...]:
    """The day of the baseline behind a verdict: one that was written later says nothing of it. Of a verdict of before that was noted:
    all of them."""
    return (verdict.baseline,) if verdict.baseline is not None else tuple(base.as_of for base in commitment.baselines)


def unread(
    span: BlindSpan, commitment: Commitment, verdict: Verdict, what: str, kind: str, day: date, moment: datetime
) -> Unread:
    """What is said of a day that nobody could check. moment: when time alone would have moved the verdict."""
    days = [written for written in _baseline_days(commitment, verdict) if _midnight(written) < moment]
    since = max((*days, *([day_of(span.since)] if span.since else [])), default=day_of(moment))
    again = day_of(span.again) if span.again else None
    return Unread(what, kind, day, span.sources, span.some, since, again)


def recheck_times(spans: Sequence[BlindSpan], policy: Policy) -> list[datetime]:
    """The moments at which reading that has begun again may have gone on for long enough."""
    started = (span.again for span in spans if span.until is None and span.again is not None)
    return [again + timedelta(hours=policy.recheck_hours) for again in started]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
