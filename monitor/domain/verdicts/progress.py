"""How much of a quantity is done: readings and lots by counter, and the count that the evidence bears.

A reading is a cumulative count, never summed; a lot is one purchase and adds only past the last reading of its own counter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.model import (
    Commitment,
    Effect,
    Flag,
    FlagKind,
    Lot,
    Observation,
    Outlook,
    Policy,
    Progress,
    Quantity,
    Reason,
    ReasonCode,
    Signal,
    Standing,
    Target,
    Verdict,
    day_of,
)
from monitor.domain.model.reasons import BehindPace, Count, CountedByOne, NewPeriod
from monitor.domain.verdicts.corroboration import independent_source
from monitor.domain.verdicts.flags import with_flag

SAME_COUNT_SHARE = 0.9
"""Two counts within a tenth of each other bear each other out."""
MIN_RIVAL_SHARE = 0.2
"""A count this much smaller than the highest is that of a lot or of another time, and no rival of it."""
SAME_LOT_WITHIN = timedelta(days=2)
"""Within so long an equal amount by one counter is the same purchase."""
MAX_LOT_SHARE = 0.1
"""One purchase is never a larger share of the target: "buys 7 million tons" of 12 is a count, whatever the verb."""
MIN_ELAPSED_SHARE = 0.15
"""Before so much of the time has run, a count far behind the path says nothing yet."""
BEHIND_SHARE = 0.5
"""A count below this share of the straight path is far behind it."""
COUNTING_EFFECTS = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.SETBACK, Effect.NONE})


def target_at(commitment: Commitment, at: datetime) -> Target | None:
    """The target whose period `at` falls in; the last one that began, once its due date has passed."""
    begun = [t for t in commitment.targets if datetime.combine(t.start, time(), UTC) <= at]
    return max(begun, key=lambda t: t.start, default=None)


RENEWABLE = frozenset({Standing.MET, Standing.PARTLY_MET, Standing.LAPSED})
"""Standings at the end of one period, from which the next begins as pledged; a breach stays one."""


def newly_started_target(commitment: Commitment, since: datetime, now: datetime) -> Target | None:
    """The target whose period began after `since` and by `now`."""
    current = target_at(commitment, now)
    return current if current is not None and starts_at(current) > since else None


def starts_at(target: Target) -> datetime:
    return datetime.combine(target.start, time(), UTC)


def new_period(verdict: Verdict, commitment: Commitment, now: datetime) -> tuple[Verdict, Reason | None]:
    """The verdict at the start of a new period: owed again, with nothing counted yet."""
    target = newly_started_target(commitment, verdict.since, now)
    if target is None or verdict.standing not in RENEWABLE:
        return verdict, None
    reason = Reason(ReasonCode.PERIOD, NewPeriod(target.label))
    owed = replace(verdict, standing=Standing.PLEDGED, since=starts_at(target), why=reason, evidence=(), progress=None)
    return owed, reason


def record_amount(verdict: Verdict, signal: Signal, commitment: Commitment, policy: Policy) -> Verdict:
    """The verdict with the amount that `signal` reports taken into its progress; once met, the count is closed."""
    if verdict.standing is Standing.MET:
        return verdict
    target = target_at(commitment, signal.happened.end)
    quantity = signal.quantity
    if target is None or quantity is None or signal.tier not in policy.corroborating_tiers:
        return verdict
    quantity = _as_full_delivery(signal, _in_units_of(target, quantity), target)
    if quantity.unit != target.unit or not _countable(signal, quantity, target):
        return verdict
    old = verdict.progress if verdict.progress and verdict.progress.label == target.label else None
    readings = _with_observation(
        old.readings if old else (), signal, quantity, target, yearly=len(commitment.targets) > 1
    )
    counted = replace(verdict, progress=aggregate(readings, target, policy))
    if not _cumulative(signal, quantity, target):
        return counted
    due = target.due if len(commitment.targets) > 1 else _due_now(verdict, target)
    return _flag_behind_pace(counted, replace(target, due=due), readings[-1], policy)


def _due_now(verdict: Verdict, target: Target) -> date:
    """The date by which the one target is due now, if a later one than its own has been named."""
    named = (d.date for d in verdict.deadlines if d.kind == "due" and d.state in ("current", "claimed"))
    return max([target.due, *named])


def _in_units_of(target: Target, quantity: Quantity) -> Quantity:
    """A share of the promise as an amount."""
    if quantity.unit != "share":
        return quantity
    high = None if quantity.high is None else quantity.high * target.amount
    return replace(quantity, low=quantity.low * target.amount, high=high, unit=target.unit)


def _as_full_delivery(signal: Signal, quantity: Quantity, target: Target) -> Quantity:
    """Who says that the promise of so much is kept ("meets its pledge to buy 12 Mt") has counted what was promised."""
    kept = signal.effect is Effect.DELIVERED and quantity.basis == "pledged" and quantity.low >= target.amount
    return replace(quantity, basis=target.basis, reading=True) if kept else quantity


def expected_share(target: Target, at: datetime) -> float:
    """The share of the target that a straight line from its start to its due date reaches at `at`.

    A yardstick and no forecast: purchases of a crop follow its harvest, not the calendar.
    """
    whole = datetime.combine(target.due, time(), UTC) + timedelta(days=1) - starts_at(target)
    return min(1.0, max(0.0, (at - starts_at(target)) / whole))


def _flag_behind_pace(verdict: Verdict, target: Target, newest: Observation, policy: Policy) -> Verdict:
    """The verdict flagged while what is borne lies far behind the straight path. A count of record that first finds it there
    puts it at risk, too; a later one that still does is no new blow."""
    done, on_path = verdict.progress, expected_share(target, newest.as_of)
    kept = tuple(flag for flag in verdict.flags if flag.kind is not FlagKind.BEHIND_PACE)
    known = len(kept) < len(verdict.flags)
    if done is None or not done.counted or on_path < MIN_ELAPSED_SHARE or (done.share or 0.0) >= BEHIND_SHARE * on_path:
        return replace(verdict, flags=kept)
    day = day_of(newest.as_of)
    detail = BehindPace(done.counted, done.target, done.unit, done.share or 0.0, on_path, day)
    flag = Flag(FlagKind.BEHIND_PACE, target.label or "target", newest.as_of, detail, (newest.signal,))
    behind = with_flag(verdict, flag)
    if known or newest.counter not in policy.statistics or verdict.outlook is not Outlook.STEADY:
        return behind
    reason = Reason(ReasonCode.BEHIND_PACE, detail, (newest.signal,))
    return replace(
        behind, outlook=Outlook.AT_RISK, outlook_since=newest.as_of, why=reason, outlook_evidence=reason.signals
    )


def uncorroborated_maximum(progress: Progress) -> Observation | None:
    """The highest reading on the target's own basis, if it lies above what is borne."""
    own = [r for r in progress.readings if r.basis == progress.basis and r.amount > progress.counted]
    return max(own, key=lambda r: r.amount, default=None)


def counted_by_one(progress: Progress, alone: Observation, reached: Standing) -> CountedByOne:
    """What one counter makes of it, beside the other counts without single lots, the highest first."""
    counts = [r for r in progress.readings if not r.only_lots] or progress.readings
    floor = MIN_RIVAL_SHARE * max(r.amount for r in counts)
    high_first = sorted((r for r in counts if r.amount >= floor), key=lambda r: -r.amount)
    return CountedByOne(_count(alone), reached, tuple(map(_count, high_first)))


def _count(reading: Observation) -> Count:
    return Count(reading.counter, reading.amount, reading.high, reading.unit, reading.basis)


def _countable(signal: Signal, quantity: Quantity, target: Target) -> bool:
    if signal.effect not in COUNTING_EFFECTS or quantity.basis == "pledged":
        return False
    if signal.effect is Effect.SETBACK and not quantity.reading:
        return False  # "falls short of 12 million tons" names the target, not a count
    if signal.effect is Effect.NONE and not _cumulative(signal, quantity, target):
        return False
    return quantity.period in ("", "since-deal", f"calendar-{target.start.year}", f"calendar-{target.due.year}")


def _with_observation(
    readings: tuple[Observation, ...], signal: Signal, quantity: Quantity, target: Target, *, yearly: bool
) -> tuple[Observation, ...]:
    """The readings with a new one. Of a yearly promise a cumulative count without its period ("15 Mt ordered so far": this year,
    this season, since the deal?) is shown beside the others and counts for nothing."""
    counter = signal.origin or signal.says.value
    cumulative = _cumulative(signal, quantity, target)
    basis = "" if yearly and not quantity.period and cumulative else quantity.basis or target.basis
    last = next((r for r in readings if (r.counter, r.basis) == (counter, basis)), None)
    at, low, high, lots = signal.happened.end, quantity.low, quantity.high, tuple[Lot, ...]()
    if not cumulative:
        if last is not None and any(_same_lot(lot, low, at) for lot in last.lots):
            return readings
        lots = (*(last.lots if last else ()), Lot(low, at))
        if last is not None:
            low, high = last.amount + low, None if last.high is None or high is None else last.high + high
    new = Observation(
        counter, low, high, quantity.unit, basis, quantity.period, at, signal.story, signal.id, independent_source(signal), lots
    )  # fmt: skip
    return (*(r for r in readings if r is not last), new)


def _same_lot(lot: Lot, amount: float, at: datetime) -> bool:
    """Whether a counter tells of one purchase once more: ten papers print the day's sale."""
    return abs(at - lot.at) <= SAME_LOT_WITHIN and min(amount, lot.amount) >= SAME_COUNT_SHARE * max(amount, lot.amount)


def _cumulative(signal: Signal, quantity: Quantity, target: Target) -> bool:
    return quantity.reading or signal.effect is Effect.DELIVERED or quantity.low > MAX_LOT_SHARE * target.amount


def lock_count(verdict: Verdict) -> Verdict:
    """Once the evidence bar has borne "met", no less than the target is counted, whatever slower counters still say."""
    done = verdict.progress
    if verdict.standing is not Standing.MET or done is None or done.counted >= done.target:
        return verdict
    return replace(verdict, progress=replace(done, counted=done.target))


def aggregate(readings: tuple[Observation, ...], target: Target, policy: Policy) -> Progress:
    """All readings as one progress: what the evidence bears on the target's own basis, and the range of all counts."""
    own = [r for r in readings if r.basis == target.basis]
    return Progress(
        counted=max((r.amount for r in own if _is_corroborated(r, own, policy)), default=0.0),
        low=min(r.amount for r in readings),
        high=max(r.high or r.amount for r in readings),
        target=target.amount,
        unit=target.unit,
        basis=target.basis,
        label=target.label,
        readings=readings,
    )


def _is_corroborated(reading: Observation, others: Iterable[Observation], policy: Policy) -> bool:
    """Official statistics bear themselves; any other count needs a second voice that reaches about as far."""
    if reading.counter in policy.statistics:
        return True
    return len({r.voice for r in consistent_observations(reading.amount, others)}) >= policy.origins_needed


def consistent_observations(amount: float, readings: Iterable[Observation]) -> tuple[Observation, ...]:
    """The readings that reach about as far as `amount`."""
    return tuple(r for r in readings if r.amount >= SAME_COUNT_SHARE * amount)
