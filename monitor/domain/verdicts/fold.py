"""The fold: applies the signals of one commitment to its verdict in order, with the clock running between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.matching.rules import Rulebook, RuleInfo, is_outside
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import Effect, FlagKind, Kind, Outlook, ReasonCode, Standing
from monitor.domain.model.news import Signal, Story
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import Disputed, Reason
from monitor.domain.model.verdicts import BlindSpan, Flag, Verdict
from monitor.domain.verdicts import deadlines, progress
from monitor.domain.verdicts.corroboration import (
    CLAIM_EFFECTS,
    Claim,
    Support,
    add_to_claim,
    assess_support,
    contradicting_signal,
    count_sources,
    is_weak,
    with_best_publisher,
    without_lone_readings,
)
from monitor.domain.verdicts.events import EventTracker, without_old
from monitor.domain.verdicts.evidence import expires_at, reason_text, unconfirmed_subjects, with_flag, without_kind
from monitor.domain.verdicts.outlook import OutlookTracker
from monitor.domain.verdicts.presumption import PresumptionTracker
from monitor.domain.verdicts.ripening import ripen
from monitor.domain.verdicts.standing import advance, is_summit, of_parts

COUNT_MOVES_FROM = {
    Standing.PARTLY_MET: (Standing.UNPLEDGED, Standing.PLEDGED, Standing.IN_PROGRESS),
    Standing.MET: (Standing.UNPLEDGED, Standing.PLEDGED, Standing.IN_PROGRESS, Standing.PARTLY_MET),
}
"""The standings from which a count alone leads to these."""
LESSER_THAN_BREACH = frozenset({Effect.THREAT, Effect.SETBACK})


@dataclass(slots=True)
class Fold:
    """One run through the signals: the present verdict, and the evidence for weighing the next signal.

    claims: the open claims, by key. doubted: the subjects of all doubts on the way; a doubt that is missing at the end
    was confirmed and not withdrawn. blind: the spans without readable sources. parts: the verdicts of its parts. Each
    decision folds all live signals again: 7 ms on average, and a year's replay takes 45 s (30 November 2026).
    """

    commitment: Commitment
    rulebook: Rulebook
    verdict: Verdict
    blind: Sequence[BlindSpan] = ()
    parts: Sequence[Verdict] = ()
    claims: dict[str, Claim] = field(default_factory=dict)
    outlook: OutlookTracker = field(init=False)
    events: EventTracker = field(init=False)
    presumption: PresumptionTracker = field(init=False)
    reasons: list[Reason] = field(default_factory=list)
    doubted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.outlook = OutlookTracker(self.commitment, self.rulebook.policy)
        self.events = EventTracker(self.commitment, self.rulebook.policy)
        self.presumption = PresumptionTracker(self.commitment, self.rulebook)
        self.doubted = unconfirmed_subjects(self.verdict)

    def run(self, signals: Sequence[Signal], stories: Mapping[str, Story], now: datetime) -> Fold:
        """Apply the eligible signals, which are in order, and let time pass up to `now`.

        The verdict to begin with holds the signals up to its last evidence: they only corroborate later ones.
        """
        start, window = self.verdict.last_evidence, timedelta(days=self.rulebook.policy.corroborate_days)
        for signal in signals:
            best = with_best_publisher(signal, stories, self.rulebook.publishers, self.commitment)
            at = best.happened.end
            self.claims = {key: claim for key, claim in self.claims.items() if claim.latest.happened.end >= at - window}
            if start is None or at > start:
                self._tick(at)
                self._take(best)
                continue
            inside = not is_outside(best, self.rulebook)
            if inside:
                self.presumption.add(best)
            if best.effect in CLAIM_EFFECTS and not is_weak(best, self.rulebook.rules):
                self.outlook.add_signal(best, self.verdict.outlook_since)
                self.events.remember(self.verdict, best)
                if inside:
                    add_to_claim(self.claims, best, self.rulebook.policy)
        self._tick(now)
        return self

    def _tick(self, now: datetime) -> None:
        """Let time pass up to `now`. Dates that expire before a new period begins belong to the old one."""
        target = progress.newly_started_target(self.commitment, self.verdict.since, now)
        if target is not None:
            self._expire(progress.starts_at(target))
            self.verdict, reason = progress.new_period(self.verdict, self.commitment, now)
            self.presumption.reports = ()  # they mean the old period
            self.reasons += [reason] if reason else []
        self._expire(now)
        self.verdict, made_up = of_parts(self.verdict, self.commitment, self.parts, now)
        self.verdict, ripe = ripen(self.verdict, self.commitment, self.rulebook.policy, now, self.blind)
        self.reasons += (*made_up, *ripe)

    def _expire(self, now: datetime) -> None:
        self.verdict = without_old(self.outlook.expire(self.verdict, now), now, self.rulebook.policy)
        clock = deadlines.Clock(self.commitment, self.rulebook.policy, now, self.blind)
        self.verdict, reasons = clock.apply(self.verdict)
        kept = [(flag, expires_at(flag, self.rulebook.policy)) for flag in self.verdict.flags]
        if any(end is not None and end <= now for _, end in kept):
            flags = tuple(flag for flag, end in kept if end is None or end > now)
            self.verdict = replace(self.verdict, flags=flags)
        # The clock gives the reason of a passed date at every tick; it is kept once.
        self.reasons += [reason for reason in reasons if reason not in self.reasons]

    def _take(self, signal: Signal) -> None:
        """Apply one signal to the verdict.

        1. An act outside the commitment changes the outlook or nothing.
        2. An amount joins the progress. A signal without a claim ends here, and so does a weak act.
        3. The signal joins its claim and may contradict another one.
        4. The claim, or reports that presume the completion, move the standing. Unless the promise is kept for good,
           the signal may turn the outlook.
        5. A count may move the standing further; a date is recorded.
        6. The signal makes an event, or makes a known event strong enough to announce.
        """
        policy, rules, before = self.rulebook.policy, self.rulebook.rules, self.verdict
        signal = interpret(signal, self.verdict, rules.get(signal.rule))
        claims = signal.effect in CLAIM_EFFECTS and not is_weak(signal, rules)
        if is_outside(signal, self.rulebook):
            if claims:
                self.verdict, turned = self.outlook.update(self.verdict, signal)
                self.reasons += [turned] if turned else []
                self.verdict = self.events.take(before, self.verdict, signal)
            return
        self.verdict = progress.record_amount(self.verdict, signal, self.commitment, policy)
        if not claims:
            self.verdict = replace(self.verdict, last_evidence=signal.happened.end)
            self._presume(signal)
            return
        rival = contradicting_signal(signal, self.claims, policy)
        claim = add_to_claim(self.claims, signal, policy)
        if self.commitment.kind is Kind.SERIES and is_summit(signal):  # it stands on reports of the summit, or its end
            oldest = signal.happened.end - timedelta(hours=policy.event_hours)
            fresh = [s for s in claim.signals if s.happened.end >= oldest]
            claim = Claim(claim.key, tuple(s for s in fresh if is_summit(s) or s.effect is Effect.DELIVERED))
        support = assess_support(claim, self.commitment, policy)
        by_rules = without_lone_readings(claim)
        firm = support if by_rules is claim else assess_support(by_rules, self.commitment, policy)
        if self._is_outweighed(signal, firm):
            firm = replace(firm, confirmed=False)
        if rival is not None:
            by, rival_by = signal.origin or signal.says.value, rival.origin or rival.says.value
            detail = Disputed(by, signal.quote, rival_by, rival.quote)
            flag = Flag(FlagKind.CONTESTED, signal.rule, signal.happened.end, detail, (signal.id, rival.id))
            self.verdict = with_flag(self.verdict, flag)
        self.verdict, reason = advance(self.verdict, claim, support, firm, self.commitment, policy)
        closed, turned = reason.code is ReasonCode.CLOSED, None
        if not closed:
            self.verdict, turned = self.outlook.update(self.verdict, signal)
        self.verdict = progress.lock_count(self._moved_by_count(signal))
        self.reasons.append(turned or reason)
        self._presume(signal)
        if support.is_strong_enough:
            self.verdict = deadlines.record_date(self.verdict, claim, self.commitment, policy)
        self.verdict = deadlines.record_announcement(self.verdict, signal, self.commitment)
        if not closed:
            self.verdict = self.events.take(before, self.verdict, signal)
        self.doubted |= unconfirmed_subjects(self.verdict)

    def _presume(self, signal: Signal) -> None:
        self.verdict, presumed = self.presumption.conclude(self.verdict, signal)
        if presumed is not None:
            self.verdict = progress.lock_count(self.verdict)
            self.reasons.append(presumed)

    def _is_outweighed(self, signal: Signal, support: Support) -> bool:
        """Whether at least as many sources report the act behind a breach as less, a threat or a setback, in the last
        `rival_hours`. Owing sides and statistics outweigh any press."""
        policy = self.rulebook.policy
        if signal.effect is not Effect.BREACH or support.official or support.data or not policy.rival_hours:
            return False
        since = signal.happened.end - timedelta(hours=policy.rival_hours)
        recent = (s for claim in self.claims.values() for s in claim.signals if s.happened.end >= since)
        lesser = [s for s in recent if s.effect in LESSER_THAN_BREACH and s.tier in policy.corroborating_tiers]
        return count_sources(lesser) >= support.origins

    def _moved_by_count(self, signal: Signal) -> Verdict:
        """The verdict of a quantity at the standing of its counted share, flagged unconfirmed if one counter alone
        reaches it."""
        verdict, policy = self.verdict, self.rulebook.policy
        done = verdict.progress
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
    """The standing that a counted share of the target gives; None below policy's `partly_met_share`."""
    if share >= 1:
        return Standing.MET
    return Standing.PARTLY_MET if share >= policy.partly_met_share else None


def interpret(signal: Signal, verdict: Verdict, rule: RuleInfo | None) -> Signal:
    """The signal with the effect that its rule gives it under the present standing and outlook."""
    for state in rule.states if rule is not None else ():
        if state.under & {verdict.standing, verdict.outlook} and signal.effect in state.meant:
            return replace(signal, effect=state.meant[signal.effect])
    return signal
