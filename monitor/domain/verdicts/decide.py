"""decide: one commitment's verdict from the set of its live signals and acts, and what changed against the published one.

The fold runs through the signals in order of (happened, id) with the clock between them, so neither the order of arrival nor
how often it is called changes the answer. `next_due` is the next moment at which time alone could.
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
    Detail,
    Effect,
    Flag,
    FlagKind,
    Intervention,
    Kind,
    Outlook,
    Policy,
    Progress,
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
from monitor.domain.verdicts.effective_dates import split_by_effective_date
from monitor.domain.verdicts.flags import reason_text, with_flag, without_kind
from monitor.domain.verdicts.interventions import author_of, suppressions
from monitor.domain.verdicts.outlook import OutlookTracker
from monitor.domain.verdicts.standing import advance
from monitor.domain.verdicts.transitions import DecisionTrace, transitions_between, unconfirmed_subjects


def baseline_at(commitment: Commitment, at: datetime) -> Baseline:
    """The latest baseline at or before `at`; the first one when `at` is before them all."""
    before = [b for b in commitment.baselines if _closing(b) <= at]
    return max(before, key=lambda b: b.as_of) if before else commitment.baselines[0]


def _closing(baseline: Baseline) -> datetime:
    return datetime.combine(baseline.as_of, time(), UTC)


def initial_verdict(commitment: Commitment, at: datetime) -> Verdict:
    """The verdict that a person's baseline gives; what happened before its day moves nothing."""
    base = baseline_at(commitment, at)
    as_of = _closing(base)
    since = datetime.combine(base.since, time(), UTC) if base.since else as_of
    flags = tuple(Flag(FlagKind.UNCONFIRMED, side, as_of, Text(base.note)) for side in base.unconfirmed)
    said: Detail = Text(base.note) if base.note else FromBaseline(base.as_of)
    return Verdict(
        commitment.id, base.standing, since, outlook=base.outlook,
        outlook_since=as_of if base.outlook is not Outlook.STEADY else None,
        why=Reason(ReasonCode.BASELINE, said), flags=flags, deadlines=base.deadlines, steps=base.steps,
        last_evidence=as_of,
    )  # fmt: skip


def decide(
    case: DecisionInput, stories: Mapping[str, Story], rulebook: Rulebook, now: datetime, cause: Cause = Cause.NEWS
) -> Decision:
    """The verdict at `now` and its transitions against `case.published`; calling it twice changes nothing."""
    run = _Run(case.commitment, stories, rulebook, case.folded)
    run.through(eligible_signals(case, now, rulebook.policy), now)
    verdict = pinned(
        flag_stale(deadlines.flag_unconfirmed(run.verdict, case.commitment), case.commitment, now), case.acts, now
    )
    moved = transitions_between(
        case, verdict, DecisionTrace(tuple(run.reasons), frozenset(run.doubted)), now, cause, rulebook.policy
    )
    return Decision(verdict, moved, tuple(run.reasons), _next_due(case, run, now))


def checkpoint_verdict(
    case: DecisionInput, stories: Mapping[str, Story], rulebook: Rulebook, until: datetime
) -> Verdict:
    """The verdict from `case.folded` and the signals up to `until`: what may be kept when they leave the live window."""
    run = _Run(case.commitment, stories, rulebook, case.folded)
    run.through([s for s in eligible_signals(case, until, rulebook.policy) if s.happened.end <= until], until)
    return run.verdict


def eligible_signals(case: DecisionInput, now: datetime, policy: Policy) -> list[Signal]:
    """The signals that count, in order: not rejected, not experimental, not from the future, not later than the window allows."""
    rejected = suppressions(case.acts)
    window = timedelta(days=policy.live_days)
    return sorted(
        (
            s
            for signal in case.signals
            for s in split_by_effective_date(signal, case.commitment)
            if not s.experimental
            and s.happened.end <= now
            and s.seen_at - s.happened.end <= window
            and rejected.of(s) is None
        ),
        key=lambda s: (s.happened.end, s.id),
    )


@dataclass(slots=True)
class _Run:
    """One pass through the signals of one commitment."""

    commitment: Commitment
    stories: Mapping[str, Story]
    rulebook: Rulebook
    verdict: Verdict
    claims: dict[str, Claim] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    doubted: set[str] = field(default_factory=set)
    """Subjects of the doubts that were there at any time: what is no longer doubted was borne out."""
    start: datetime | None = field(init=False)
    mood: OutlookTracker = field(init=False)

    def __post_init__(self) -> None:
        self.mood = OutlookTracker(self.commitment, self.rulebook.policy, self.rulebook.rules)
        self.start = self.verdict.last_evidence
        self.doubted |= unconfirmed_subjects(self.verdict)

    def through(self, signals: Sequence[Signal], now: datetime) -> None:
        for signal in signals:
            weighted = with_best_publisher(signal, self.stories, self.rulebook.publishers)
            if self.start is not None and signal.happened.end <= self.start:
                self._remember(weighted)
            else:
                self.tick(signal.happened.end)
                self.take(weighted)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Lets time pass up to `now`: what ran out before a new period begins belongs to the old one."""
        target = progress.newly_started_target(self.commitment, self.verdict.since, now)
        if target is not None:
            self._run_down(progress.starts_at(target))
            self.verdict, period = progress.new_period(self.verdict, self.commitment, now)
            self.reasons += [period] if period is not None else []
        self._run_down(now)

    def _run_down(self, now: datetime) -> None:
        self.verdict = self.mood.expire(self.verdict, now)
        self.verdict, reasons = deadlines.apply_clock(self.verdict, self.commitment, self.rulebook.policy, now)
        self.reasons.extend(r for r in reasons if r not in self.reasons)

    def _remember(self, signal: Signal) -> None:
        """A signal already folded still lends its voice to a claim that goes on."""
        if signal.effect in CLAIM_EFFECTS:
            self.mood.add_signal(signal, self.verdict.outlook_since)
            if not is_outside(signal, self.rulebook):
                add_to_claim(self.claims, signal, self.rulebook.policy)

    def take(self, signal: Signal) -> None:
        policy = self.rulebook.policy
        signal = interpret(signal, self.verdict, self.rulebook.rules.get(signal.rule))
        if is_outside(signal, self.rulebook):
            self._weigh_outside(signal)
            return
        self.verdict = progress.record_amount(self.verdict, signal, self.commitment, policy)
        if signal.effect not in CLAIM_EFFECTS:
            self.verdict = replace(self.verdict, last_evidence=signal.happened.end)
            return
        self._weigh(signal)
        self.doubted |= unconfirmed_subjects(self.verdict)

    def _weigh_outside(self, signal: Signal) -> None:
        """An act beyond the promise: it turns the outlook or nothing."""
        self.verdict, reason = self.mood.update(self.verdict, signal)
        self.reasons += [reason] if reason else []

    def _weigh(self, signal: Signal) -> None:
        """A signal that claims something: the claim that it joins, and what that makes of the verdict."""
        policy = self.rulebook.policy
        rival = contradicting_signal(signal, self.claims, policy)
        claim = add_to_claim(self.claims, signal, policy)
        backing = assess_support(claim, self.commitment, policy, self.rulebook.rules)
        if rival is not None:
            self.verdict = with_flag(self.verdict, _contested(signal, rival))
        move = advance(self.verdict, claim, backing, self.commitment, policy)
        turned, outlook = (move.verdict, None) if move.is_final else self.mood.update(move.verdict, signal)
        self.verdict = progress.lock_count(self._by_count(turned, signal))
        self.reasons.append(outlook or move.reason)
        if backing.is_strong_enough:
            self.verdict = deadlines.record_date(self.verdict, claim, self.commitment, policy, self.rulebook.rules)

    def _by_count(self, verdict: Verdict, signal: Signal) -> Verdict:
        """A quantity stands where its counted share says, once that is more than the words alone have reached."""
        done = verdict.progress
        if self.commitment.kind is not Kind.QUANTITY or done is None or signal.effect is Effect.PLEDGE:
            return verdict
        reached = standing_for_share(done.share or 0.0, self.rulebook.policy)
        if reached is None or verdict.standing not in COUNT_MOVES_FROM[reached]:
            return self._counted_by_one(verdict, done)
        own = [r for r in done.readings if r.basis == done.basis]
        ids = tuple(r.signal for r in progress.consistent_observations(done.counted, own))
        reason = Reason(ReasonCode(signal.effect.value), reason_text(signal), ids)
        return replace(
            verdict, standing=reached, since=signal.happened.end, why=reason, evidence=ids, outlook=Outlook.STEADY,
            flags=without_kind(verdict.flags, FlagKind.UNCONFIRMED),
        )  # fmt: skip

    def _counted_by_one(self, verdict: Verdict, done: Progress) -> Verdict:
        """The remark that one counter has passed a mark which no second one bears out yet."""
        alone = progress.uncorroborated_maximum(done)
        reached = standing_for_share(alone.amount / done.target, self.rulebook.policy) if alone is not None else None
        if alone is None or reached is None or verdict.standing not in COUNT_MOVES_FROM[reached]:
            return verdict
        detail = progress.counted_by_one(done, alone, reached)
        return with_flag(verdict, Flag(FlagKind.UNCONFIRMED, reached.value, alone.as_of, detail, (alone.signal,)))


COUNT_MOVES_FROM = {
    Standing.PARTLY_MET: (Standing.UNPLEDGED, Standing.PLEDGED, Standing.IN_PROGRESS),
    Standing.MET: (Standing.UNPLEDGED, Standing.PLEDGED, Standing.IN_PROGRESS, Standing.PARTLY_MET),
}
"""From which standings a count alone leads to these."""


def standing_for_share(share: float, policy: Policy) -> Standing | None:
    """The standing that a counted share of the target makes by itself."""
    if share >= 1:
        return Standing.MET
    return Standing.PARTLY_MET if share >= policy.partly_met_share else None


def _contested(signal: Signal, rival: Signal) -> Flag:
    detail = Disputed(signal.origin or signal.says.value, signal.quote, rival.origin or rival.says.value, rival.quote)
    return Flag(FlagKind.CONTESTED, signal.rule, signal.happened.end, detail, (signal.id, rival.id))


def interpret(signal: Signal, verdict: Verdict, rule: RuleInfo | None) -> Signal:
    """A signal as its rule reads it under the standing and outlook that it meets: the first reading that fits."""
    for state in rule.states if rule is not None else ():
        if state.under & {verdict.standing, verdict.outlook} and signal.effect in state.meant:
            return replace(signal, effect=state.meant[signal.effect])
    return signal


def flag_stale(verdict: Verdict, commitment: Commitment, now: datetime) -> Verdict:
    """The verdict flagged stale when nothing at all was heard for longer than the commitment allows."""
    heard = verdict.last_evidence or verdict.since
    finished = verdict.standing is Standing.MET and bool(commitment.after_met)
    if finished or now < heard + timedelta(days=commitment.stale_days):
        return replace(verdict, flags=without_kind(verdict.flags, FlagKind.STALE))
    since = heard + timedelta(days=commitment.stale_days)
    return with_flag(verdict, Flag(FlagKind.STALE, "news", since, NothingSince(day_of(heard))))


def pin_in_force(acts: Sequence[Intervention], now: datetime) -> Intervention | None:
    """The pin that rules at `now`, unless a later unpin took it away."""
    acts = sorted((a for a in acts if a.kind in ("pin", "unpin") and a.at <= now), key=lambda a: (a.at, a.id))
    last = acts[-1] if acts else None
    if last is None or last.kind == "unpin" or (last.until is not None and last.until <= now):
        return None
    return last


def pinned(verdict: Verdict, acts: Sequence[Intervention], now: datetime) -> Verdict:
    """The verdict as a person has pinned it; what the program would say stays in the flag."""
    pin = pin_in_force(acts, now)
    if pin is None:
        return verdict
    end = pin.until.date() if pin.until else None
    said = Pinned(author_of(pin), end, pin.reason, pin.source, verdict.status)
    return with_flag(_verdict_of_pin(verdict, pin), Flag(FlagKind.PINNED, pin.id, pin.at, said))


def _verdict_of_pin(verdict: Verdict, pin: Intervention) -> Verdict:
    """The standing and outlook that the pin names, resting on the person's word where the program says otherwise.

    A pinned outlook leaves the standing to the program, but not an end of all outlook: then the standing of the day of
    the pin, which its payload names behind a slash, is held with it.
    """
    word, _, then = pin.payload.partition("/")
    risky = word in (Outlook.AT_RISK, Outlook.STALLED)
    outlook = Outlook(word) if risky else Outlook.STEADY
    ended = verdict.standing in (Standing.BREACHED, Standing.LAPSED)
    standing = verdict.standing if risky and not (ended and then) else Standing(then if risky else word)
    held, said = verdict, Reason(ReasonCode.PINNED, Text(pin.reason))
    if standing is not verdict.standing:
        held = replace(held, standing=standing, since=pin.at, why=said, evidence=())
    if outlook is not verdict.outlook:
        held = replace(held, outlook=outlook, outlook_since=pin.at, why=said, outlook_evidence=())
    return held


def _next_due(case: DecisionInput, run: _Run, now: datetime) -> datetime | None:
    """The next moment at which time alone could change the verdict."""
    verdict = run.verdict
    moments = list(deadlines.change_times(verdict, case.commitment, run.rulebook.policy))
    doubted = run.mood.unconfirmed_until(verdict)
    moments += [doubted] if doubted else []
    moments.append((verdict.last_evidence or verdict.since) + timedelta(days=case.commitment.stale_days))
    moments += [progress.starts_at(target) for target in case.commitment.targets]
    moments += [act.until for act in case.acts if act.until is not None]
    moments += [s.happened.end for signal in case.signals for s in split_by_effective_date(signal, case.commitment)]
    return min((m for m in moments if m > now), default=None)
