"""Blind spans: times without a readable source, in which no change by the clock holds.

A moment counts as read if a relevant source answered within `unread_hours` before it. The next answer makes up for a
short gap, because feeds list the items of several days. After a long gap, and before the first answer ever, it takes
`recheck_hours` of reading. Replays and scenarios poll no feed and are never blind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.model import BlindSpan, Policy, ReadSpan, Tier, Verdict, day_of
from monitor.domain.model.news import ConfiguredFeed
from monitor.domain.model.publishers import Publishers
from monitor.domain.model.reasons import Unread

MOST_PAUSE = timedelta(days=2)
"""The longest gap that the next answer makes up for: the days that a news feed lists (an estimate)."""
MOST_NAMED = 3
"""Silent sources that a reason names; the others are counted."""


def able_sources(feeds: Sequence[ConfiguredFeed], publishers: Publishers, policy: Policy) -> tuple[str, ...]:
    """The names of the feeds that can report a change, aggregators included; of all feeds if there is none."""
    tiers = policy.corroborating_tiers | policy.moving_tiers | {Tier.AGGREGATOR}
    able = tuple(feed.name for feed in feeds if publishers.find(feed.publisher).tier in tiers)
    return able or tuple(feed.name for feed in feeds)


def important_sources(feeds: Sequence[ConfiguredFeed], publishers: Publishers, policy: Policy) -> frozenset[str]:
    """The names of the feeds of publishers whose single report moves a verdict: silence of one of them matters."""
    return frozenset(feed.name for feed in feeds if publishers.find(feed.publisher).tier in policy.moving_tiers)


def blind_spans(
    reads: Sequence[ReadSpan], sources: Sequence[str], policy: Policy, now: datetime
) -> tuple[BlindSpan, ...]:
    """The blind spans up to `now`, oldest first. reads: when the relevant `sources` answered, oldest first."""
    if not sources:
        return ()
    spans: list[BlindSpan] = []
    made_up: datetime | None = None
    # Newest first, because reading may make up for an older gap after a newer one.
    for number in range(len(reads), -1, -1):
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
    """When reading from the first of these spans on has lasted `recheck_hours`; None if it has not."""
    enough, last = reads[0].since + timedelta(hours=policy.recheck_hours), reads[0].since
    for span in reads:
        if span.since - last > MOST_PAUSE:
            return None
        if span.until >= enough:
            return max(enough, span.since)
        last = span.until
    return None


def unread_at(spans: Sequence[BlindSpan], verdict: Verdict, moment: datetime, now: datetime) -> BlindSpan | None:
    """The blind span around `moment` that no reading has made up for by `now`; None if it was read, then or since.

    The author of the baseline that the verdict began with has checked everything before its day.
    """
    for span in reversed(spans):  # a short gap may lie within the reading that makes up for a long one
        is_open = span.until is None or max(moment, now) < span.until
        if is_open and (span.begins is None or span.begins < moment):
            return None if _midnight(verdict.baseline) >= moment else span
    return None


def unread(span: BlindSpan, verdict: Verdict, what: str, kind: str, day: date, moment: datetime) -> Unread:
    """The detail of a day that could not be checked. moment: when time alone would have moved the verdict."""
    days = [verdict.baseline] if _midnight(verdict.baseline) < moment else []
    since = max((*days, *([day_of(span.since)] if span.since else [])), default=day_of(moment))
    again = day_of(span.again) if span.again else None
    return Unread(what, kind, day, span.sources, span.some, since, again)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
