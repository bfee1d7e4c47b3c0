"""The fold: the signals of one commitment, applied to its verdict one after the other, with the clock between them.

A step depends on nothing but the state before it and its signal. So the steps of the last fold are kept (`KeptFolds`), and one
that meets an equal state and an equal signal again is not worked out again: what is kept never changes the answer. A report
that arrives late, a rejected one or a moved checkpoint costs the steps after it until the states are equal again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from monitor.domain.matching.rules import Rulebook, RuleInfo, is_outside
from monitor.domain.model import (
    BlindSpan,
    Commitment,
    Effect,
    Flag,
    FlagKind,
    Kind,
    Outlook,
    Policy,
    Reason,
    ReasonCode,
    Signal,
    Standing,
    Story,
    Verdict,
)
from monitor.domain.model.reasons import Disputed
from monitor.domain.verdicts import deadlines, progress
from monitor.domain.verdicts.corroboration import (
    CLAIM_EFFECTS,
    Claim,
    add_to_claim,
    assess_support,
    contradicting_signal,
    is_weak,
    with_best_publisher,
)
from monitor.domain.verdicts.events import EventTracker, Heard, without_old
from monitor.domain.verdicts.flags import reason_text, unconfirmed_subjects, with_flag, without_kind
from monitor.domain.verdicts.outlook import OutlookTracker
from monitor.domain.verdicts.standing import advance

COUNT_MOVES_FROM = {
    Standing.PARTLY_MET: (Standing.UNPLEDGED, Standing.PLEDGED, Standing.IN_PROGRESS),
    Standing.MET: (Standing.UNPLEDGED, Standing.PLEDGED, Standing.IN_PROGRESS, Standing.PARTLY_MET),
}
"""From which standings a count alone leads to these."""


@dataclass(frozen=True, slots=True)
class FoldState:
    """A verdict, and what the next signal is weighed against.

    claims: those that the corroboration window still holds, by key. said: as in `OutlookTracker`; heard: as in `EventTracker`.
    """

    verdict: Verdict
    claims: Mapping[str, Claim] = field(default_factory=dict)
    said: Mapping[bool, Claim] = field(default_factory=dict)
    heard: Heard = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoldStep:
    """What one signal led to. in_checkpoint: the verdict held it already, so it only corroborates.

    doubted: the subjects that await corroboration after it.
    """

    before: FoldState
    signal: Signal
    in_checkpoint: bool
    after: FoldState
    reasons: tuple[Reason, ...] = ()
    doubted: frozenset[str] = frozenset()

    def leads_on(self, state: FoldState, signal: Signal, *, in_checkpoint: bool) -> bool:
        """Whether the same step would be taken from this state."""
        if in_checkpoint is not self.in_checkpoint or not (signal is self.signal or signal == self.signal):
            return False
        return state is self.before or state == self.before


FoldSteps = Mapping[tuple[str, datetime], FoldStep]
"""The steps of one fold by the id of the signal and when it happened: an order with a later effect has a step for each."""


@dataclass(slots=True)
class KeptFolds:
    """The steps of the last fold of each commitment under one rulebook, in memory alone.

    No more is kept than the signals of the live window; those of another rulebook or commitment, or from before somebody read
    again, are never used.
    """

    rulebook: Rulebook | None = None
    _last: dict[str, tuple[Commitment, Sequence[BlindSpan], FoldSteps]] = field(default_factory=dict)

    def steps(self, commitment: Commitment, rulebook: Rulebook, blind: Sequence[BlindSpan] = ()) -> FoldSteps:
        """The steps that a fold of this commitment may take over. blind: when nobody was reading, as known now."""
        if rulebook is not self.rulebook:
            self.rulebook, self._last = rulebook, {}
        of, unread, steps = self._last.get(commitment.id, (commitment, blind, {}))
        return steps if of is commitment and unread == blind else {}

    def keep(self, commitment: Commitment, steps: FoldSteps, blind: Sequence[BlindSpan] = ()) -> None:
        """Keep the steps of a fold in the place of the last one's."""
        self._last[commitment.id] = commitment, blind, steps


@dataclass(frozen=True, slots=True)
class Folded:
    """Where a fold ended. doubted: the subjects of all doubts that arose on the way: one that is gone at the end was
    confirmed, not withdrawn. unconfirmed_until: when a doubt about the outlook ends by itself, None if there is none."""

    verdict: Verdict
    steps: FoldSteps
    reasons: tuple[Reason, ...]
    doubted: frozenset[str]
    unconfirmed_until: datetime | None


def fold(
    commitment: Commitment,
    checkpoint: Verdict,
    signals: Sequence[Signal],
    now: datetime,
    stories: Mapping[str, Story],
    rulebook: Rulebook,
    known: FoldSteps,
    blind: Sequence[BlindSpan] = (),
) -> Folded:
    """The verdict at `now` from a checkpoint and the eligible signals, in order. known: steps that it may take over; blind: when
    nobody was reading."""
    state, start, steps = FoldState(checkpoint), checkpoint.last_evidence, dict[tuple[str, datetime], FoldStep]()
    for signal in signals:
        best = with_best_publisher(signal, stories, rulebook.publishers, commitment)
        in_checkpoint, key = start is not None and signal.happened.end <= start, (signal.id, signal.happened.end)
        step = known.get(key)
        if step is None or not step.leads_on(state, best, in_checkpoint=in_checkpoint):
            step = _Work(commitment, rulebook, state, blind).step(best, in_checkpoint=in_checkpoint)
        steps[key] = step
        state = step.after
    end = _Work(commitment, rulebook, state, blind)
    end.tick(now)
    reasons = _without_repeats(chain(*(step.reasons for step in steps.values()), end.reasons))
    doubted = unconfirmed_subjects(checkpoint).union(*(step.doubted for step in steps.values()))
    return Folded(end.verdict, steps, reasons, doubted, end.tracker.unconfirmed_until(end.verdict))


def _without_repeats(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons, each that the clock gives at every step named once."""
    found, by_clock = list[Reason](), list[Reason]()
    for reason in reasons:
        if reason.code in deadlines.CLOCK_CODES:
            if reason in by_clock:
                continue
            by_clock.append(reason)
        found.append(reason)
    return tuple(found)


@dataclass(slots=True)
class _Work:
    """The work on the state before one step, which itself stays as it is."""

    commitment: Commitment
    rulebook: Rulebook
    before: FoldState
    blind: Sequence[BlindSpan]
    verdict: Verdict = field(init=False)
    claims: dict[str, Claim] = field(init=False)
    tracker: OutlookTracker = field(init=False)
    events: EventTracker = field(init=False)
    reasons: list[Reason] = field(default_factory=list)
    doubted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.verdict, self.claims = self.before.verdict, dict(self.before.claims)
        said = dict(self.before.said)
        facts = (self.commitment, self.rulebook.policy)
        self.tracker = OutlookTracker(*facts, said)
        self.events = EventTracker(*facts, dict(self.before.heard))

    def step(self, signal: Signal, *, in_checkpoint: bool) -> FoldStep:
        """The step of one signal. Claims that the window no longer holds are dropped: they weigh nothing any more."""
        oldest = signal.happened.end - timedelta(days=self.rulebook.policy.corroborate_days)
        self.claims = {key: claim for key, claim in self.claims.items() if claim.latest.happened.end >= oldest}
        if not in_checkpoint:
            self.tick(signal.happened.end)
            self.take(signal)
        elif signal.effect in CLAIM_EFFECTS and not is_weak(signal, self.rulebook.rules):
            self.tracker.add_signal(signal, self.verdict.outlook_since)
            self.events.remember(self.verdict, signal)
            if not is_outside(signal, self.rulebook):
                add_to_claim(self.claims, signal, self.rulebook.policy)
        after = FoldState(self.verdict, self.claims, self.tracker.said, self.events.heard)
        return FoldStep(self.before, signal, in_checkpoint, after, tuple(self.reasons), self.doubted)

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
        self.verdict = without_old(self.verdict, now, self.rulebook.policy)
        clock = (self.commitment, self.rulebook.policy, now, self.blind)
        self.verdict, reasons = deadlines.apply_clock(self.verdict, *clock)
        self.reasons += reasons

    def take(self, signal: Signal) -> None:
        """Applies one signal to the verdict.

        1. An act outside the commitment changes the outlook or nothing.
        2. An amount joins the progress; a signal that claims nothing ends here, and so does what a weak act reads.
        3. The signal joins its claim and may contradict another one.
        4. The claim moves the standing; unless the promise is kept for good, the signal may turn the outlook.
        5. A count may move the standing further; a date is recorded.
        6. What it says makes an event, or makes one known widely enough to be told.
        """
        policy, rules, before = self.rulebook.policy, self.rulebook.rules, self.verdict
        signal = interpret(signal, self.verdict, rules.get(signal.rule))
        claims = signal.effect in CLAIM_EFFECTS and not is_weak(signal, rules)
        if is_outside(signal, self.rulebook):
            if not claims:
                return
            self.verdict, outlook = self.tracker.update(self.verdict, signal)
            self.reasons += [outlook] if outlook else []
            self.verdict = self.events.take(before, self.verdict, signal)
            return
        self.verdict = progress.record_amount(self.verdict, signal, self.commitment, policy)
        if not claims:
            self.verdict = replace(self.verdict, last_evidence=signal.happened.end)
            return
        rival = contradicting_signal(signal, self.claims, policy)
        claim = add_to_claim(self.claims, signal, policy)
        backing = assess_support(claim, self.commitment, policy)
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
            self.verdict = deadlines.record_date(self.verdict, claim, self.commitment, policy)
        if reason.code is not ReasonCode.CLOSED:
            self.verdict = self.events.take(before, self.verdict, signal)
        self.doubted = unconfirmed_subjects(self.verdict)

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
        detail = progress.counted_by_one(done, alone, reached, policy)
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
