"""The decider: one commitment's verdict from the set of its live signals and acts, and its changes against the published one.

The fold runs through the signals in order of (happened, id) with the clock between them, so neither the order of arrival nor
the number of calls changes the answer. `next_due` is the next moment at which time alone could.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.matching.rules import Rulebook, RuleInfo, is_outside
from monitor.domain.model import (
    Baseline,
    Cause,
    Commitment,
    Decision,
    DecisionInput,
    Effect,
    EventTime,
    Flag,
    FlagKind,
    Intervention,
    Kind,
    Outlook,
    Policy,
    Reason,
    ReasonCode,
    Signal,
    Standing,
    Story,
    Verdict,
    day_of,
)
from monitor.domain.model.reasons import Disputed, FromBaseline, NothingSince, Pinned, Text
from monitor.domain.verdicts import deadlines, progress
from monitor.domain.verdicts.corroboration import (
    CLAIM_EFFECTS,
    Claim,
    add_to_claim,
    assess_support,
    contradicting_signal,
    with_best_publisher,
)
from monitor.domain.verdicts.flags import reason_text, unconfirmed_subjects, with_flag, without_kind
from monitor.domain.verdicts.interventions import author_of, suppressions
from monitor.domain.verdicts.outlook import OutlookTracker
from monitor.domain.verdicts.standing import advance
from monitor.domain.verdicts.transitions import Comparison, DecisionTrace

ANNOUNCED_EFFECTS = frozenset({Effect.PROGRESS, Effect.DELIVERED, Effect.DEADLINE})
COUNT_MOVES_FROM = {
    Standing.PARTLY_MET: (Standing.UNPLEDGED, Standing.PLEDGED, Standing.IN_PROGRESS),
    Standing.MET: (Standing.UNPLEDGED, Standing.PLEDGED, Standing.IN_PROGRESS, Standing.PARTLY_MET),
}
"""From which standings a count alone leads to these."""


def baseline_at(commitment: Commitment, at: datetime) -> Baseline:
    """The latest baseline at or before `at`; the first one when `at` is before them all."""
    before = [b for b in commitment.baselines if datetime.combine(b.as_of, time(), UTC) <= at]
    return max(before, key=lambda b: b.as_of) if before else commitment.baselines[0]


def initial_verdict(commitment: Commitment, at: datetime) -> Verdict:
    """The verdict that a person's baseline gives; what happened before its day moves nothing."""
    base = baseline_at(commitment, at)
    as_of = datetime.combine(base.as_of, time(), UTC)
    since = datetime.combine(base.since, time(), UTC) if base.since else as_of
    turned = as_of if base.outlook is not Outlook.STEADY else None
    why = Reason(ReasonCode.BASELINE, Text(base.note) if base.note else FromBaseline(base.as_of))
    flags = tuple(Flag(FlagKind.UNCONFIRMED, side, as_of, Text(base.note)) for side in base.unconfirmed)
    verdict = Verdict(commitment.id, base.standing, since, base.outlook, turned, why, flags, base.deadlines)
    return replace(verdict, steps=base.steps, last_evidence=as_of)


def decide(
    case: DecisionInput, stories: Mapping[str, Story], rulebook: Rulebook, now: datetime, cause: Cause = Cause.NEWS
) -> Decision:
    """The verdict at `now` and its transitions against `case.published`; deciding the same input twice gives the same.

    1. Fold the eligible signals into the verdict, in order, with the clock between them.
    2. Flag unconfirmed dates and a commitment without news; apply a person's pin.
    3. Compare with what is published.
    4. Work out when time alone could change the verdict next.
    """
    fold = _Fold(case.commitment, stories, rulebook, case.folded)
    fold.run(eligible_signals(case, now, rulebook.policy), now)
    verdict = deadlines.flag_unconfirmed(fold.verdict, case.commitment)
    verdict = pinned(flag_stale(verdict, case.commitment, now), case.acts, now)
    reasons = tuple(fold.reasons)
    trace = DecisionTrace(reasons, frozenset(fold.doubted))
    transitions = Comparison(case, verdict, trace, now, cause, rulebook.policy).transitions()
    moments = list(deadlines.change_times(fold.verdict, case.commitment, rulebook.policy))
    unconfirmed_until = fold.tracker.unconfirmed_until(fold.verdict)
    moments += [unconfirmed_until] if unconfirmed_until else []
    moments.append((fold.verdict.last_evidence or fold.verdict.since) + timedelta(days=case.commitment.stale_days))
    moments += [progress.starts_at(target) for target in case.commitment.targets]
    moments += [act.until for act in case.acts if act.until is not None]
    moments += [s.happened.end for signal in case.signals for s in split_by_effective_date(signal, case.commitment)]
    return Decision(verdict, transitions, reasons, min((m for m in moments if m > now), default=None))


def checkpoint_verdict(
    case: DecisionInput, stories: Mapping[str, Story], rulebook: Rulebook, until: datetime
) -> Verdict:
    """The checkpoint: the verdict from `case.folded` and the signals up to `until`, stored when they leave the live window."""
    fold = _Fold(case.commitment, stories, rulebook, case.folded)
    fold.run([s for s in eligible_signals(case, until, rulebook.policy) if s.happened.end <= until], until)
    return fold.verdict


def split_by_effective_date(signal: Signal, commitment: Commitment) -> tuple[Signal, ...]:
    """The signal itself; or, of an order that takes effect on a later day, the step now and the effect on that day.

    Both carry the one signal's id: a retraction of the report takes back both.
    """
    start = signal.starts
    if commitment.kind is not Kind.STANDING or signal.effect not in ANNOUNCED_EFFECTS or start is None:
        return (signal,)
    if start.precision != "day" or start.date <= day_of(signal.happened.end):
        return (signal,)
    announced = replace(signal, effect=Effect.PROGRESS) if signal.effect is Effect.DELIVERED else signal
    midnight = datetime.combine(start.date, time(), UTC)
    whole_day = EventTime(midnight, midnight + timedelta(days=1) - timedelta(microseconds=1))
    return (announced, replace(signal, effect=Effect.DELIVERED, happened=whole_day, starts=None))


def eligible_signals(case: DecisionInput, now: datetime, policy: Policy) -> list[Signal]:
    """The signals that count, in order: not rejected, experimental or in the future, nor later than the live window allows."""
    rejected = suppressions(case.acts)
    window = timedelta(days=policy.live_days)
    eligible = []
    for signal in (s for whole in case.signals for s in split_by_effective_date(whole, case.commitment)):
        in_time = signal.happened.end <= now and signal.seen_at - signal.happened.end <= window
        if in_time and not signal.experimental and rejected.of(signal) is None:
            eligible.append(signal)
    return sorted(eligible, key=lambda s: (s.happened.end, s.id))


@dataclass(slots=True)
class _Fold:
    """One pass through the signals of one commitment."""

    commitment: Commitment
    stories: Mapping[str, Story]
    rulebook: Rulebook
    verdict: Verdict
    claims: dict[str, Claim] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    doubted: set[str] = field(default_factory=set)
    """Subjects of all doubts that arose on the way: one that is gone at the end was confirmed, not withdrawn."""
    start: datetime | None = field(init=False)
    tracker: OutlookTracker = field(init=False)

    def __post_init__(self) -> None:
        self.tracker = OutlookTracker(self.commitment, self.rulebook.policy, self.rulebook.rules)
        self.start = self.verdict.last_evidence
        self.doubted |= unconfirmed_subjects(self.verdict)

    def run(self, signals: Sequence[Signal], now: datetime) -> None:
        for signal in signals:
            best = with_best_publisher(signal, self.stories, self.rulebook.publishers)
            if self.start is None or signal.happened.end > self.start:
                self.tick(signal.happened.end)
                self.take(best)
            elif best.effect in CLAIM_EFFECTS:  # folded already, and still corroborates a claim that goes on
                self.tracker.add_signal(best, self.verdict.outlook_since)
                if not is_outside(best, self.rulebook):
                    add_to_claim(self.claims, best, self.rulebook.policy)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Lets time pass up to `now`: what expires before a new period begins belongs to the old one."""
        target = progress.newly_started_target(self.commitment, self.verdict.since, now)
        if target is not None:
            self._expire(progress.starts_at(target))
            self.verdict, reason = progress.new_period(self.verdict, self.commitment, now)
            self.reasons += [reason] if reason else []
        self._expire(now)

    def _expire(self, now: datetime) -> None:
        self.verdict = self.tracker.expire(self.verdict, now)
        self.verdict, reasons = deadlines.apply_clock(self.verdict, self.commitment, self.rulebook.policy, now)
        self.reasons.extend(r for r in reasons if r not in self.reasons)

    def take(self, signal: Signal) -> None:
        """Applies one signal to the verdict.

        1. An act outside the commitment changes the outlook or nothing.
        2. An amount joins the progress; a signal that claims nothing ends here.
        3. The signal joins its claim and may contradict another one.
        4. The claim moves the standing; unless the promise is kept for good, the signal may turn the outlook.
        5. A count may move the standing further; a date is recorded.
        """
        policy, rules = self.rulebook.policy, self.rulebook.rules
        signal = interpret(signal, self.verdict, rules.get(signal.rule))
        if is_outside(signal, self.rulebook):
            self.verdict, outlook = self.tracker.update(self.verdict, signal)
            self.reasons += [outlook] if outlook else []
            return
        self.verdict = progress.record_amount(self.verdict, signal, self.commitment, policy)
        if signal.effect not in CLAIM_EFFECTS:
            self.verdict = replace(self.verdict, last_evidence=signal.happened.end)
            return
        rival = contradicting_signal(signal, self.claims, policy)
        claim = add_to_claim(self.claims, signal, policy)
        backing = assess_support(claim, self.commitment, policy, rules)
        if rival is not None:
            by, rival_by = signal.origin or signal.says.value, rival.origin or rival.says.value
            detail = Disputed(by, signal.quote, rival_by, rival.quote)
            flag = Flag(FlagKind.CONTESTED, signal.rule, signal.happened.end, detail, (signal.id, rival.id))
            self.verdict = with_flag(self.verdict, flag)
        moved, reason = advance(self.verdict, claim, backing, self.commitment, policy)
        turned, outlook = (moved, None) if reason.code is ReasonCode.CLOSED else self.tracker.update(moved, signal)
        self.verdict = progress.lock_count(self._moved_by_count(turned, signal))
        self.reasons.append(outlook or reason)
        if backing.is_strong_enough:
            self.verdict = deadlines.record_date(self.verdict, claim, self.commitment, policy, rules)
        self.doubted |= unconfirmed_subjects(self.verdict)

    def _moved_by_count(self, verdict: Verdict, signal: Signal) -> Verdict:
        """The verdict of a quantity at the standing of its counted share, if that is more than words alone have reached.

        Where only one counter reaches a further standing, the verdict is flagged unconfirmed.
        """
        done, policy = verdict.progress, self.rulebook.policy
        if self.commitment.kind is not Kind.QUANTITY or done is None or signal.effect is Effect.PLEDGE:
            return verdict
        own = [r for r in done.readings if r.basis == done.basis]
        reached = standing_for_share(done.share or 0.0, policy)
        if reached is not None and verdict.standing in COUNT_MOVES_FROM[reached]:
            ids = tuple(r.signal for r in progress.consistent_observations(done.counted, own))
            reason = Reason(ReasonCode(signal.effect.value), reason_text(signal), ids)
            since, flags = signal.happened.end, without_kind(verdict.flags, FlagKind.UNCONFIRMED)
            moved = replace(verdict, standing=reached, since=since, why=reason, evidence=ids, flags=flags)
            return replace(moved, outlook=Outlook.STEADY)
        alone = max((r for r in own if r.amount > done.counted), key=lambda r: r.amount, default=None)
        reached = standing_for_share(alone.amount / done.target, policy) if alone is not None else None
        if alone is None or reached is None or verdict.standing not in COUNT_MOVES_FROM[reached]:
            return verdict
        detail = progress.counted_by_one(done, alone, reached)
        return with_flag(verdict, Flag(FlagKind.UNCONFIRMED, reached.value, alone.as_of, detail, (alone.signal,)))


def standing_for_share(share: float, policy: Policy) -> Standing | None:
    """The standing that a counted share of the target makes by itself; None below policy's `partly_met_share`."""
    if share >= 1:
        return Standing.MET
    return Standing.PARTLY_MET if share >= policy.partly_met_share else None


def interpret(signal: Signal, verdict: Verdict, rule: RuleInfo | None) -> Signal:
    """The signal as its rule reads it under the present standing and outlook: the first reading that fits."""
    for state in rule.states if rule is not None else ():
        if state.under & {verdict.standing, verdict.outlook} and signal.effect in state.meant:
            return replace(signal, effect=state.meant[signal.effect])
    return signal


def flag_stale(verdict: Verdict, commitment: Commitment, now: datetime) -> Verdict:
    """The verdict flagged stale when there was no news for longer than the commitment allows."""
    last = verdict.last_evidence or verdict.since
    since = last + timedelta(days=commitment.stale_days)
    if now < since or (verdict.standing is Standing.MET and commitment.after_met):
        return replace(verdict, flags=without_kind(verdict.flags, FlagKind.STALE))
    return with_flag(verdict, Flag(FlagKind.STALE, "news", since, NothingSince(day_of(last))))


def pin_in_force(acts: Sequence[Intervention], now: datetime) -> Intervention | None:
    """The pin that holds at `now`; None if there is none, it has expired or a later unpin ended it.

    Of a pin and an unpin of one instant the unpin is the later: nobody ends a pin that is not there.
    """
    known = (a for a in acts if a.kind in ("pin", "unpin") and a.at <= now)
    ordered = sorted(known, key=lambda a: (a.at, a.kind == "unpin", a.id))
    last = ordered[-1] if ordered else None
    if last is None or last.kind == "unpin" or (last.until is not None and last.until <= now):
        return None
    return last


def pinned(verdict: Verdict, acts: Sequence[Intervention], now: datetime) -> Verdict:
    """The verdict as a person has pinned it; the flag keeps what the program would say.

    A pinned status that the program does not say itself rests on the person's word. A pinned outlook leaves the standing
    to the program, unless that has ended in a breach or lapse: then the pin holds the standing of its day as well, which
    its payload names behind a slash.
    """
    pin = pin_in_force(acts, now)
    if pin is None:
        return verdict
    word, _, then = pin.payload.partition("/")
    risky = word in (Outlook.AT_RISK, Outlook.STALLED)
    outlook = Outlook(word) if risky else Outlook.STEADY
    ended = verdict.standing in (Standing.BREACHED, Standing.LAPSED)
    standing = verdict.standing if risky and not (ended and then) else Standing(then if risky else word)
    reason, held = Reason(ReasonCode.PINNED, Text(pin.reason)), verdict
    if standing is not verdict.standing:
        held = replace(held, standing=standing, since=pin.at, why=reason, evidence=())
    if outlook is not verdict.outlook:
        held = replace(held, outlook=outlook, outlook_since=pin.at, why=reason, outlook_evidence=())
    end = pin.until.date() if pin.until else None
    detail = Pinned(author_of(pin), end, pin.reason, pin.source, verdict.status)
    return with_flag(held, Flag(FlagKind.PINNED, pin.id, pin.at, detail))
