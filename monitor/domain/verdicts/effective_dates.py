"""Acts that name the day on which they take effect: a step when they are told, done when their day comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.model import Commitment, Effect, EventTime, Kind, Signal, day_of

ANNOUNCED_EFFECTS = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.DEADLINE})


def split_by_effective_date(signal: Signal, commitment: Commitment) -> tuple[Signal, ...]:
    """The signal itself; or, of an order with a day of its own to come, the step now and its taking effect on that day.

    Both bear the one signal's id: what takes the report back takes back both.
    """
    day = effective_from(signal, commitment)
    if day is None:
        return (signal,)
    now = replace(signal, effect=Effect.PROGRESS) if signal.effect is Effect.DELIVERED else signal
    start = datetime.combine(day, time(), UTC)
    whole_day = EventTime(start, start + timedelta(days=1) - timedelta(microseconds=1))
    return (now, replace(signal, effect=Effect.DELIVERED, happened=whole_day, starts=None))


def effective_from(signal: Signal, commitment: Commitment) -> date | None:
    """The later day from which an act on a promise to hold something is said to hold."""
    named = signal.starts
    if commitment.kind is not Kind.STANDING or signal.effect not in ANNOUNCED_EFFECTS or named is None:
        return None
    return named.date if named.precision == "day" and named.date > day_of(signal.happened.end) else None
