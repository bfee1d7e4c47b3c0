"""The decider: one commitment's verdict from its live signals and interventions, and its changes since publication.

The fold runs through the signals in order of (happened, id) with the clock running between them, so neither the order
of arrival nor the number of calls changes the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model.commitments import Baseline, Commitment
from monitor.domain.model.enums import Cause, Effect, FlagKind, Kind, Modality, Outlook, ReasonCode, Standing, Tier
from monitor.domain.model.news import EventTime, Signal, Story, day_of
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import FromBaseline, NothingSince, Pinned, Reason, Text
from monitor.domain.model.verdicts import BlindSpan, Decision, DecisionInput, Flag, Intervention, Verdict
from monitor.domain.verdicts import deadlines, progress
from monitor.domain.verdicts.blind import unread, unread_at
from monitor.domain.verdicts.evidence import expires_at, with_flag, without_kind
from monitor.domain.verdicts.fold import Fold
from monitor.domain.verdicts.interventions import author_of, suppressions
from monitor.domain.verdicts.ripening import calm_until
from monitor.domain.verdicts.transitions import Comparison

ANNOUNCED_EFFECTS = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.DEADLINE})


def baseline_at(commitment: Commitment, at: datetime) -> Baseline:
    """The latest baseline at or before `at`; the first one when `at` is before them all."""
    before = [b for b in commitment.baselines if datetime.combine(b.as_of, time(), UTC) <= at]
    return max(before, key=lambda b: b.as_of) if before else commitment.baselines[0]


def baseline_behind(verdict: Verdict, commitment: Commitment) -> Baseline | None:
    """The baseline of a verdict without evidence; None once there is evidence."""
    if verdict.last_evidence is None or verdict.evidence or verdict.outlook_evidence:
        return None
    base = baseline_at(commitment, verdict.last_evidence)
    return base if datetime.combine(base.as_of, time(), UTC) == verdict.last_evidence else None


def initial_verdict(commitment: Commitment, at: datetime) -> Verdict:
    """The verdict of a person's baseline; earlier events move nothing."""
    base = baseline_at(commitment, at)
    as_of = datetime.combine(base.as_of, time(), UTC)
    since = datetime.combine(base.since, time(), UTC) if base.since else as_of
    turned = as_of if base.outlook is not Outlook.STEADY else None
    why = Reason(ReasonCode.BASELINE, Text(base.note) if base.note else FromBaseline(base.as_of))
    flags = tuple(Flag(FlagKind.UNCONFIRMED, side, as_of, Text(base.note)) for side in base.unconfirmed)
    verdict = Verdict(commitment.id, base.standing, since, base.as_of, base.outlook, outlook_since=turned, why=why)
    return replace(verdict, flags=flags, deadlines=base.deadlines, steps=base.steps, last_evidence=as_of)


def decide(
    case: DecisionInput, stories: Mapping[str, Story], rulebook: Rulebook, now: datetime, cause: Cause = Cause.NEWS
) -> Decision:
    """The verdict at `now` and its transitions since `case.published`. The same input always gives the same result.

    1. Fold the eligible signals into the verdict, in order, with the clock between them; it puts a whole in force once
       its parts are.
    2. Flag unconfirmed dates and a commitment without news; apply a pin.
    3. Compare with the published verdict.
    4. Find the next moment at which time alone could change the verdict.
    """
    commitment, policy = case.commitment, rulebook.policy
    signals = eligible_signals(case, now, policy)
    folded = Fold(commitment, rulebook, case.folded, case.blind, case.parts).run(signals, stories, now)
    verdict = deadlines.flag_unconfirmed(folded.verdict, commitment)
    verdict = pinned(flag_stale(verdict, commitment, now, case.blind), case.interventions, now)
    comparison = Comparison(case, verdict, tuple(folded.reasons), folded.doubted, now, cause, policy)
    clock = deadlines.Clock(commitment, policy, now, case.blind)
    moments = list(clock.change_times(folded.verdict))
    doubted_until = folded.outlook.unconfirmed_until(folded.verdict)
    moments += [doubted_until] if doubted_until else []
    ripe = calm_until(folded.verdict, commitment, policy)
    moments += [ripe] if ripe else []
    moments += filter(None, (expires_at(flag, policy) for flag in folded.verdict.flags))
    moments.append((verdict.last_evidence or verdict.since) + timedelta(days=commitment.stale_days))
    moments += [progress.starts_at(target) for target in commitment.targets]
    moments += [intervention.until for intervention in case.interventions if intervention.until is not None]
    moments += [signal.happened.end for signal in split_by_effective_date(case.signals, commitment)]
    next_due = min((moment for moment in moments if moment > now), default=None)
    return Decision(verdict, comparison.transitions(), comparison.reasons, next_due)


def checkpoint_verdict(
    case: DecisionInput, stories: Mapping[str, Story], rulebook: Rulebook, until: datetime
) -> Verdict:
    """The checkpoint: the verdict of signals up to `until`, stored when they leave the live window."""
    signals = eligible_signals(case, until, rulebook.policy)
    return Fold(case.commitment, rulebook, case.folded, case.blind, case.parts).run(signals, stories, until).verdict


def split_by_effective_date(signals: Sequence[Signal], commitment: Commitment) -> Sequence[Signal]:
    """The signals. An order that takes effect on a later day becomes two: a step now and the effect on that day.

    Both keep the signal's id, so that a retraction of the report takes back both.
    """
    if commitment.kind is not Kind.STANDING:
        return signals
    parts: list[Signal] = []
    for signal in signals:
        start = signal.starts
        announced = signal.effect in ANNOUNCED_EFFECTS or is_order(signal)
        if not announced or start is None or start.precision != "day" or start.date <= day_of(signal.happened.end):
            parts.append(signal)
            continue
        midnight = datetime.combine(start.date, time(), UTC)
        whole_day = EventTime(midnight, midnight + timedelta(days=1) - timedelta(microseconds=1))
        step = signal.effect if signal.effect is Effect.DEADLINE else Effect.PROGRESS
        parts.append(replace(signal, effect=step))
        parts.append(replace(signal, effect=Effect.DELIVERED, happened=whole_day, starts=None))
    return parts


def is_order(signal: Signal) -> bool:
    """Whether an official text of a side says what that side itself will do: with a day, this is its order."""
    planned = signal.effect is Effect.PLEDGE and signal.modality is Modality.PLAN and signal.tier is Tier.OFFICIAL
    return planned and bool(signal.by.parties) and signal.by.parties == signal.says.parties


def eligible_signals(case: DecisionInput, now: datetime, policy: Policy) -> list[Signal]:
    """The signals that count, in order: not rejected, experimental, in the future or too late."""
    rejected, window = suppressions(case.interventions), timedelta(days=policy.live_days)
    eligible = [
        signal
        for signal in split_by_effective_date(case.signals, case.commitment)
        if (end := signal.happened.end) <= now and signal.seen_at - end <= window and not signal.experimental
    ]
    return sorted((s for s in eligible if rejected.of(s) is None), key=lambda s: (s.happened.end, s.id))


def flag_stale(verdict: Verdict, commitment: Commitment, now: datetime, blind: Sequence[BlindSpan] = ()) -> Verdict:
    """The verdict, flagged stale after a long time without news; unchecked in a blind span."""
    last = verdict.last_evidence or verdict.since
    since = last + timedelta(days=commitment.stale_days)
    if now < since or (verdict.standing is Standing.MET and commitment.after_met):
        return replace(verdict, flags=without_kind(verdict.flags, FlagKind.STALE))
    if (span := unread_at(blind, verdict, since, now)) is not None:
        detail = unread(span, verdict, "news", "news", day_of(last), since)
        calm = replace(verdict, flags=without_kind(verdict.flags, FlagKind.STALE))
        return with_flag(calm, Flag(FlagKind.UNCHECKED, "news", since, detail))
    return with_flag(verdict, Flag(FlagKind.STALE, "news", since, NothingSince(day_of(last))))


def pin_in_force(interventions: Sequence[Intervention], now: datetime) -> Intervention | None:
    """The pin that holds at `now`; None if there is none, it has expired or a later unpin ended it."""
    # An unpin at the same instant as a pin comes after it, because it can only end an existing pin.
    known = (a for a in interventions if a.kind in ("pin", "unpin") and a.at <= now)
    ordered = sorted(known, key=lambda a: (a.at, a.kind == "unpin", a.id))
    last = ordered[-1] if ordered else None
    if last is None or last.kind == "unpin" or (last.until is not None and last.until <= now):
        return None
    return last


def pinned(verdict: Verdict, interventions: Sequence[Intervention], now: datetime) -> Verdict:
    """The verdict as a person has pinned it; the flag keeps the program's own status.

    A pinned status that differs from the program's rests on the person's word. A pinned outlook leaves the standing to
    the program, unless it became breached or lapsed: then the pin also holds the standing of its day, which follows a
    slash in its payload.
    """
    pin = pin_in_force(interventions, now)
    if pin is None:
        return verdict
    word, _, then = pin.payload.partition("/")
    risky = word in (Outlook.AT_RISK, Outlook.STALLED)
    outlook = Outlook(word) if risky else Outlook.STEADY
    ended = verdict.standing in (Standing.BREACHED, Standing.LAPSED)
    own = verdict.standing if risky and not (ended and then) else Standing(then if risky else word)
    reason, held = Reason(ReasonCode.PINNED, Text(pin.reason)), verdict
    if own is not verdict.standing:
        held = replace(held, standing=own, since=pin.at, why=reason, evidence=())
    if outlook is not verdict.outlook:
        held = replace(held, outlook=outlook, outlook_since=pin.at, why=reason, outlook_evidence=())
    end = pin.until.date() if pin.until else None
    detail = Pinned(author_of(pin), end, pin.reason, pin.source, verdict.status)
    return with_flag(held, Flag(FlagKind.PINNED, pin.id, pin.at, detail))
