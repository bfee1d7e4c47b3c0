"""How much of a quantity is done: readings and lots by counter, and the count that the evidence bears.

A reading is a cumulative count, never summed; a lot is one purchase and adds only past the last reading of its own counter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time

from monitor.domain.claims import voice
from monitor.domain.model import (
    Commitment,
    Effect,
    Policy,
    Progress,
    Quantity,
    Reading,
    Reason,
    Signal,
    Standing,
    Target,
    Verdict,
)

SAME_COUNT = 0.9
"""Two counts within a tenth of each other bear each other out."""
LARGEST_LOT = 0.1
"""One purchase is never a larger share of the target: "buys 7 million tons" of 12 is a count, whatever the verb."""
COUNTS = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.SETBACK, Effect.NONE})


def target_at(commitment: Commitment, at: datetime) -> Target | None:
    """The target whose period `at` falls in; the last one that began, once its due date has passed."""
    begun = [t for t in commitment.targets if datetime.combine(t.start, time(), UTC) <= at]
    return max(begun, key=lambda t: t.start, default=None)


ENDED = frozenset({Standing.MET, Standing.PARTLY_MET, Standing.LAPSED})


def opened(commitment: Commitment, since: datetime, now: datetime) -> Target | None:
    """The target whose period began after `since` and by `now`."""
    current = target_at(commitment, now)
    return current if current is not None and begins(current) > since else None


def begins(target: Target) -> datetime:
    return datetime.combine(target.start, time(), UTC)


def new_period(verdict: Verdict, commitment: Commitment, now: datetime) -> tuple[Verdict, Reason | None]:
    """The verdict at the start of a new period: owed again, with nothing counted yet."""
    target = opened(commitment, verdict.since, now)
    if target is None or verdict.standing not in ENDED:
        return verdict, None
    text = f"a new period began: {target.label}"
    owed = replace(verdict, standing=Standing.PLEDGED, since=begins(target), why=text, evidence=(), progress=None)
    return owed, Reason("period", text)


def count(verdict: Verdict, signal: Signal, commitment: Commitment, policy: Policy) -> Verdict:
    """The verdict with the amount that `signal` reports taken into its progress; once met, the count is closed."""
    if verdict.standing is Standing.MET:
        return verdict
    target = target_at(commitment, signal.happened.end)
    quantity = signal.quantity
    if (
        signal.tier not in policy.corroborating_tiers
        or target is None
        or quantity is None
        or quantity.unit != target.unit
        or not _countable(signal, quantity, target)
    ):
        return verdict
    old = verdict.progress if verdict.progress and verdict.progress.label == target.label else None
    readings = _taken(old.readings if old else (), signal, quantity, target)
    return replace(verdict, progress=summed(readings, target, policy))


def _countable(signal: Signal, quantity: Quantity, target: Target) -> bool:
    if signal.effect not in COUNTS or quantity.basis == "pledged":
        return False
    if signal.effect is Effect.SETBACK and not quantity.reading:
        return False  # "falls short of 12 million tons" names the target, not a count
    if signal.effect is Effect.NONE and not _cumulative(signal, quantity, target):
        return False
    return quantity.period in ("", "since-deal", f"calendar-{target.start.year}", f"calendar-{target.due.year}")


def _taken(readings: tuple[Reading, ...], signal: Signal, quantity: Quantity, target: Target) -> tuple[Reading, ...]:
    counter = signal.origin or signal.says.value
    basis = quantity.basis or target.basis
    last = next((r for r in readings if (r.counter, r.basis) == (counter, basis)), None)
    if last is None or _cumulative(signal, quantity, target):
        low, high = quantity.low, quantity.high
    else:
        low = last.amount + quantity.low
        high = None if last.high is None or quantity.high is None else last.high + quantity.high
    new = Reading(
        counter,
        low,
        high,
        quantity.unit,
        basis,
        quantity.period,
        signal.happened.end,
        signal.story,
        signal.id,
        voice(signal),
    )
    return (*(r for r in readings if r is not last), new)


def _cumulative(signal: Signal, quantity: Quantity, target: Target) -> bool:
    return quantity.reading or signal.effect is Effect.DELIVERED or quantity.low > LARGEST_LOT * target.amount


def closed(verdict: Verdict) -> Verdict:
    """Once the evidence bar has borne "met", no less than the target is counted, whatever slower counters still say."""
    done = verdict.progress
    if verdict.standing is not Standing.MET or done is None or done.counted >= done.target:
        return verdict
    return replace(verdict, progress=replace(done, counted=done.target))


def summed(readings: tuple[Reading, ...], target: Target, policy: Policy) -> Progress:
    """All readings as one progress: what the evidence bears on the target's own basis, and the range of all counts."""
    own = [r for r in readings if r.basis == target.basis]
    return Progress(
        counted=max((r.amount for r in own if _borne(r, own, policy)), default=0.0),
        low=min(r.amount for r in readings),
        high=max(r.high or r.amount for r in readings),
        target=target.amount,
        unit=target.unit,
        basis=target.basis,
        label=target.label,
        readings=readings,
    )


def _borne(reading: Reading, others: Iterable[Reading], policy: Policy) -> bool:
    """Official statistics bear themselves; any other count needs a second voice that reaches about as far."""
    if reading.counter in policy.statistics:
        return True
    return len({r.voice for r in agreeing(reading.amount, others)}) >= policy.origins_needed


def agreeing(amount: float, readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """The readings that reach about as far as `amount`."""
    return tuple(r for r in readings if r.amount >= SAME_COUNT * amount)
