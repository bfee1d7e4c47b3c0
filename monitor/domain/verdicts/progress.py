"""Progress: how much of a quantity is done, by observations and lots of each counter.

An observation is a cumulative count and is never summed. A lot is one purchase of its own counter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.model.commitments import Commitment, Target
from monitor.domain.model.enums import Effect, FlagKind, Outlook, ReasonCode, Standing
from monitor.domain.model.news import Quantity, Signal, day_of
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import BehindPace, Count, CountedByOne, NewPeriod, Reason
from monitor.domain.model.verdicts import Flag, Lot, Observation, Progress, Verdict
from monitor.domain.verdicts.corroboration import independent_source
from monitor.domain.verdicts.evidence import with_flag, without_kind

# The shares and times below are estimates; each comment names the kinds of report that the value separates.
SAME_COUNT_SHARE = 0.9
"""Two counts within a tenth of each other corroborate each other."""
MIN_RIVAL_SHARE = 0.2
"""A count below this share of the highest is a lot or an old count, not a rival."""
SAME_LOT_WITHIN = timedelta(days=2)
"""An equal amount from one counter within this time is the same purchase: ten papers print the day's sale."""
MAX_LOT_SHARE = 0.1
"""One purchase is never a larger share of the target: "buys 7 million tons" of 12 is a count, whatever the verb."""
MIN_ELAPSED_SHARE = 0.15
"""Before this share of the period has passed, a count behind the steady pace means nothing yet."""
BEHIND_SHARE = 0.5
"""A count below this share of what a steady pace would have reached is behind it."""
COUNTING_EFFECTS = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.SETBACK, Effect.NONE})
RENEWABLE = frozenset({Standing.MET, Standing.PARTLY_MET, Standing.LAPSED})
"""Standings at the end of one period, from which the next begins as pledged; a breach stays one."""


def starts_at(target: Target) -> datetime:
    return datetime.combine(target.start, time(), UTC)


def target_at(commitment: Commitment, at: datetime) -> Target | None:
    """The target whose period contains `at`; after the last due date the last target; None before all."""
    begun = [t for t in commitment.targets if starts_at(t) <= at]
    return max(begun, key=lambda t: t.start, default=None)


def newly_started_target(commitment: Commitment, since: datetime, now: datetime) -> Target | None:
    """The target whose period began after `since` and by `now`; None if there is none."""
    current = target_at(commitment, now)
    return current if current is not None and starts_at(current) > since else None


def new_period(verdict: Verdict, commitment: Commitment, now: datetime) -> tuple[Verdict, Reason | None]:
    """The verdict at the start of a new period: owed again, with nothing counted yet."""
    target = newly_started_target(commitment, verdict.since, now)
    if target is None or verdict.standing not in RENEWABLE:
        return verdict, None
    reason = Reason(ReasonCode.PERIOD, NewPeriod(target.label))
    owed = replace(verdict, standing=Standing.PLEDGED, since=starts_at(target), why=reason, evidence=(), progress=None)
    return owed, reason


def record_amount(verdict: Verdict, signal: Signal, commitment: Commitment, policy: Policy) -> Verdict:
    """The verdict with the amount of `signal` added to its progress. Once met, the count is closed."""
    target = target_at(commitment, signal.happened.end)
    quantity = signal.quantity
    corroborates = signal.tier in policy.corroborating_tiers
    if verdict.standing is Standing.MET or target is None or quantity is None or not corroborates:
        return verdict
    if quantity.unit == "share":  # a share of the promise, as an amount
        high = None if quantity.high is None else quantity.high * target.amount
        quantity = replace(quantity, low=quantity.low * target.amount, high=high, unit=target.unit)
    if signal.effect is Effect.DELIVERED and quantity.basis == "pledged" and quantity.low >= target.amount:
        # "Meets its pledge to buy 12 Mt" counts the promised amount.
        quantity = replace(quantity, basis=target.basis, reading=True)
    if quantity.unit != target.unit or signal.effect not in COUNTING_EFFECTS or quantity.basis == "pledged":
        return verdict
    if signal.effect is Effect.SETBACK and not quantity.reading:
        return verdict  # "falls short of 12 million tons" names the target, not a count
    cumulative = _is_cumulative(signal, quantity, target)
    years = (f"calendar-{target.start.year}", f"calendar-{target.due.year}")
    if (signal.effect is Effect.NONE and not cumulative) or quantity.period not in ("", "since-deal", *years):
        return verdict
    old = verdict.progress if verdict.progress and verdict.progress.label == target.label else None
    yearly = len(commitment.targets) > 1
    observations = _with_observation(old.readings if old else (), signal, quantity, target, yearly=yearly)
    counted = replace(verdict, progress=aggregate(observations, target, policy))
    if not cumulative:
        return counted
    if not yearly:  # a later date named for the one target is its due date now
        named = (d.date for d in verdict.deadlines if d.kind == "due" and d.state in ("current", "claimed"))
        target = replace(target, due=max([target.due, *named]))
    return _flag_behind_pace(counted, target, observations[-1], policy)


def _is_cumulative(signal: Signal, quantity: Quantity, target: Target) -> bool:
    return quantity.reading or signal.effect is Effect.DELIVERED or quantity.low > MAX_LOT_SHARE * target.amount


def _with_observation(
    observations: tuple[Observation, ...], signal: Signal, quantity: Quantity, target: Target, *, yearly: bool
) -> tuple[Observation, ...]:
    """The observations, updated with `signal`: it replaces the last observation of its counter on its basis.

    For a yearly promise, a cumulative count without a period ("15 Mt ordered to date": this year, this season, since
    the deal?) has no basis: it is shown with the others but does not count.
    """
    counter = signal.origin or signal.says.value
    cumulative = _is_cumulative(signal, quantity, target)
    basis = "" if yearly and not quantity.period and cumulative else quantity.basis or target.basis
    last = next((r for r in observations if (r.counter, r.basis) == (counter, basis)), None)
    at, low, high, lots = signal.happened.end, quantity.low, quantity.high, tuple[Lot, ...]()
    if not cumulative:
        for lot in last.lots if last else ():
            same_size = min(low, lot.amount) >= SAME_COUNT_SHARE * max(low, lot.amount)
            if same_size and abs(at - lot.at) <= SAME_LOT_WITHIN:
                return observations
        lots = (*(last.lots if last else ()), Lot(low, at))
        if last is not None:
            low, high = last.amount + low, None if last.high is None or high is None else last.high + high
    unit, period, source = quantity.unit, quantity.period, independent_source(signal)
    new = Observation(counter, low, high, unit, basis, period, at, signal.story, signal.id, source, lots)
    return (*(r for r in observations if r is not last), new)


def aggregate(observations: tuple[Observation, ...], target: Target, policy: Policy) -> Progress:
    """All observations as one progress: the corroborated count on the target's own basis, and the range of all counts.

    Statistics of record need no corroboration; any other count needs a second source with about as high a count.
    """
    own = [r for r in observations if r.basis == target.basis]
    counted = 0.0
    for observation in own:
        sources = {r.voice for r in consistent_observations(observation.amount, own)}
        if observation.counter in policy.statistics or len(sources) >= policy.origins_needed:
            counted = max(counted, observation.amount)
    low, high = min(r.amount for r in observations), max(r.high or r.amount for r in observations)
    return Progress(counted, low, high, target.amount, target.unit, target.basis, target.label, observations)


def consistent_observations(amount: float, observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The observations of about `amount` or more."""
    return tuple(r for r in observations if r.amount >= SAME_COUNT_SHARE * amount)


def _flag_behind_pace(verdict: Verdict, target: Target, newest: Observation, policy: Policy) -> Verdict:
    """The verdict, flagged while its count is far below a straight line from the target's start to its due date.

    The line is a yardstick, not a forecast: purchases of a crop follow its harvest, not the calendar. If the first
    count below the line is a statistic of record, it also turns the outlook to at risk; later counts are no news.
    """
    start, done = starts_at(target), verdict.progress
    whole = datetime.combine(target.due, time(), UTC) + timedelta(days=1) - start
    on_path = min(1.0, max(0.0, (newest.as_of - start) / whole))
    flags = tuple(flag for flag in verdict.flags if flag.kind is not FlagKind.BEHIND_PACE)
    known = len(flags) < len(verdict.flags)
    if done is None or not done.counted or on_path < MIN_ELAPSED_SHARE or (done.share or 0.0) >= BEHIND_SHARE * on_path:
        return replace(verdict, flags=flags)
    day, at, evidence = day_of(newest.as_of), newest.as_of, (newest.signal,)
    detail = BehindPace(done.counted, done.target, done.unit, done.share or 0.0, on_path, day)
    behind = with_flag(verdict, Flag(FlagKind.BEHIND_PACE, target.label or "target", at, detail, evidence))
    if known or newest.counter not in policy.statistics or verdict.outlook is not Outlook.STEADY:
        return behind
    reason = Reason(ReasonCode.BEHIND_PACE, detail, evidence)
    return replace(behind, outlook=Outlook.AT_RISK, outlook_since=at, why=reason, outlook_evidence=evidence)


def newest_of_each_agency(observations: Iterable[Observation], policy: Policy) -> tuple[Observation, ...]:
    """The newest count of each agency (by its own name) and basis; a sum of single lots only without a total."""
    named = [replace(r, counter=policy.agency(r.counter)) for r in observations]
    named.sort(key=lambda r: (not r.only_lots, r.as_of))
    return tuple({(r.counter, r.basis): r for r in named}.values())


def counted_by_one(progress: Progress, alone: Observation, reached: Standing, policy: Policy) -> CountedByOne:
    """The standing that one counter reaches, with the counts of others, the highest first."""

    def count(reading: Observation) -> Count:
        return Count(reading.counter, reading.amount, reading.high, reading.unit, reading.basis, reading.story)

    readings = newest_of_each_agency(progress.readings, policy)
    counts = [r for r in readings if not r.only_lots] or readings
    floor = MIN_RIVAL_SHARE * max(r.amount for r in counts)
    high_first = sorted((r for r in counts if r.amount >= floor), key=lambda r: -r.amount)
    return CountedByOne(count(alone), reached, tuple(map(count, high_first)))


def lock_count(verdict: Verdict) -> Verdict:
    """The verdict with at least the target counted once it is met, whatever slower counters report."""
    done = verdict.progress
    if verdict.standing is not Standing.MET or done is None or done.counted >= done.target:
        return verdict
    flags = without_kind(verdict.flags, FlagKind.BEHIND_PACE)
    return replace(verdict, progress=replace(done, counted=done.target), flags=flags)
