"""The outlook: enough blows, told by enough voices, turn it to at risk or stalled; enough relief turns it back.

One report of trouble is a remark (an `unconfirmed` flag), not a turn: of the single reports in the news of the deal's first
months three in four led nowhere. A formal act in an official text, and statistics of record, need no second voice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    By,
    Commitment,
    Effect,
    Flag,
    FlagKind,
    Modality,
    Outlook,
    Policy,
    Reason,
    ReasonCode,
    Signal,
    Standing,
    Verdict,
)
from monitor.domain.model.reasons import Quoted, Sighted
from monitor.domain.verdicts.corroboration import Claim, Support, assess_support
from monitor.domain.verdicts.flags import reason_text, representative, signal_ids, speaker, with_flag

UNCONFIRMED_OUTLOOKS = frozenset({Outlook.AT_RISK.value, Outlook.STALLED.value})
"""Subjects of the flags that say: somebody sees trouble, too few voices bear it out."""


@dataclass(slots=True)
class OutlookTracker:
    """What speaks against the promise being kept (True) and for it (False) since the outlook last turned."""

    commitment: Commitment
    policy: Policy
    rules: Mapping[str, RuleInfo]
    said: dict[bool, Claim] = field(default_factory=dict)

    def add_signal(self, signal: Signal, since: datetime | None) -> Claim | None:
        """Adds a signal; returns what speaks the same way within the window, or None if this one turns no outlook."""
        if not may_change_outlook(signal) or signal.tier not in self.policy.corroborating_tiers:
            return None
        bad = signal.effect in NEGATIVE_EFFECTS
        oldest = signal.happened.end - timedelta(days=self.policy.outlook_days)
        known = self.said[bad].signals if bad in self.said else ()
        kept = (s for s in known if s.happened.end >= oldest and (since is None or s.happened.end > since))
        self.said[bad] = Claim("", (*kept, signal))
        return self.said[bad]

    def update(self, verdict: Verdict, signal: Signal) -> tuple[Verdict, Reason | None]:
        """The verdict with the outlook as it is after `signal`, with the reason if that is another one."""
        claim = self.add_signal(signal, verdict.outlook_since)
        if claim is None or _lags(verdict, signal):
            return verdict, None
        backing = assess_support(claim, self.commitment, self.policy, self.rules)
        if signal.effect not in NEGATIVE_EFFECTS:
            return _improved(verdict, claim, backing, self.policy)
        if verdict.standing is Standing.BREACHED:
            return verdict, None
        return self._with_other_leg(*_worsened(verdict, claim, backing, self.policy))

    def _with_other_leg(self, verdict: Verdict, reason: Reason | None) -> tuple[Verdict, Reason | None]:
        """One side shuts what the other has just opened: the evidence of the stall is both acts, and so are its words."""
        opened, shut = self.said.get(False), self.said[True].latest
        if reason is None or verdict.outlook is not Outlook.STALLED or opened is None:
            return verdict, reason
        answered = opened.latest
        apart = shut.happened.end - answered.happened.end
        sides = {answered.by, shut.by}
        if sides != {By.US, By.CN} or apart > timedelta(days=self.policy.corroborate_days):
            return verdict, reason
        both = (*reason.signals, answered.id)
        told = Reason(reason.code, Quoted(reason_text(shut).text, after=reason_text(answered).text), both)
        return replace(verdict, why=told, outlook_evidence=both), told

    def expire(self, verdict: Verdict, now: datetime) -> Verdict:
        """The verdict without a doubt that nobody has repeated within the window."""
        until = self.unconfirmed_until(verdict)
        return verdict if until is None or now < until else without_unconfirmed(verdict)

    def unconfirmed_until(self, verdict: Verdict) -> datetime | None:
        """When a doubt about the outlook ends by itself."""
        if not any(_is_outlook_doubt(flag) for flag in verdict.flags):
            return None
        blows = self.said.get(True)
        last = blows.latest.happened.end if blows else max(f.since for f in verdict.flags if _is_outlook_doubt(f))
        return last + timedelta(days=self.policy.outlook_days)


def may_change_outlook(signal: Signal) -> bool:
    """Can this turn an outlook? Any blow does; relief is an act, or what both sides agree to, and never a rumour of it."""
    if signal.effect is not Effect.PLEDGE:
        return True
    return signal.by is By.BOTH and signal.modality is not Modality.RUMOUR


def _lags(verdict: Verdict, signal: Signal) -> bool:
    """Is this the very count that lies behind the path? Something was done, but that is no relief."""
    behind = (flag for flag in verdict.flags if flag.kind is FlagKind.BEHIND_PACE)
    return signal.effect not in NEGATIVE_EFFECTS and any(signal.id in flag.evidence for flag in behind)


def _improved(verdict: Verdict, claim: Claim, backing: Support, policy: Policy) -> tuple[Verdict, Reason | None]:
    if verdict.outlook is Outlook.STEADY or not backing.can_change_outlook(policy.outlook_origins):
        return verdict, None
    reason = Reason(ReasonCode.CLEARED, reason_text(representative(claim)), signal_ids(claim))
    since = claim.latest.happened.end
    return replace(
        verdict, outlook=Outlook.STEADY, outlook_since=since, why=reason, outlook_evidence=signal_ids(claim)
    ), reason


def _worsened(verdict: Verdict, claim: Claim, backing: Support, policy: Policy) -> tuple[Verdict, Reason | None]:
    """Blows turn the outlook; while it is bad already they are news again only after a while."""
    signal, outlook = claim.latest, _negative_outlook(claim, verdict.outlook)
    if verdict.standing is Standing.UNPLEDGED and outlook is Outlook.STALLED:
        return verdict, None
    if verdict.outlook in (outlook, Outlook.STALLED) and not _may_be_told_again(verdict, signal, policy):
        return verdict, None
    if not backing.can_change_outlook(policy.outlook_origins):
        return _flag_unconfirmed(verdict, claim, backing, policy, outlook), None
    reason = Reason(
        ReasonCode(representative(claim).effect.value), reason_text(representative(claim)), signal_ids(claim)
    )
    worse = replace(
        without_unconfirmed(verdict), outlook=outlook, outlook_since=signal.happened.end, why=reason,
        outlook_evidence=signal_ids(claim),
    )  # fmt: skip
    return worse, reason


def _negative_outlook(claim: Claim, now: Outlook) -> Outlook:
    """Stalled, if it is already or if at least half of the blows are of a kind that stops the thing; else at risk."""
    if now is Outlook.STALLED:
        return now
    stops = sum(signal.stalls for signal in claim.signals)
    return Outlook.STALLED if 2 * stops >= len(claim.signals) else Outlook.AT_RISK


def _flag_unconfirmed(verdict: Verdict, claim: Claim, backing: Support, policy: Policy, outlook: Outlook) -> Verdict:
    """The remark that somebody sees trouble, while the outlook is steady and too few say so."""
    if verdict.outlook is not Outlook.STEADY or not backing.is_strong_enough:
        return verdict
    detail = Sighted(speaker(claim.latest), outlook, backing.origins, policy.outlook_origins, policy.outlook_days)
    flag = Flag(FlagKind.UNCONFIRMED, outlook.value, claim.signals[0].happened.end, detail, signal_ids(claim))
    return with_flag(without_unconfirmed(verdict), flag)


def _may_be_told_again(verdict: Verdict, signal: Signal, policy: Policy) -> bool:
    """Was it only the calendar or a baseline that made the outlook bad, or is the last blow long ago?"""
    since = verdict.outlook_since
    if verdict.standing is Standing.UNPLEDGED:
        return False
    by_clock = any(f.kind is FlagKind.OVERDUE and f.since == since for f in verdict.flags)
    if since is None or not verdict.outlook_evidence or by_clock:
        return True
    return signal.happened.end - since >= timedelta(days=policy.risk_again_days)


def without_unconfirmed(verdict: Verdict) -> Verdict:
    return replace(verdict, flags=tuple(flag for flag in verdict.flags if not _is_outlook_doubt(flag)))


def _is_outlook_doubt(flag: Flag) -> bool:
    return flag.kind is FlagKind.UNCONFIRMED and flag.subject in UNCONFIRMED_OUTLOOKS
