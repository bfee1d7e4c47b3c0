"""The outlook: enough blows, told by enough voices, turn it to at risk or stalled; enough relief turns it back.

One report of trouble is a remark (an `unconfirmed` flag), not a turn: of the single reports in the news of the deal's first
months three in four led nowhere. A formal act in an official text, and statistics of record, need no second voice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.claims import Claim, Support, support
from monitor.domain.flags import ids, lead, speaker, why, with_flag
from monitor.domain.model import (
    BAD,
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
from monitor.domain.reasons import Quoted, Sighted
from monitor.domain.rules import RuleInfo

DOUBTED = frozenset({Outlook.AT_RISK.value, Outlook.STALLED.value})
"""Subjects of the flags that say: somebody sees trouble, too few voices bear it out."""


@dataclass(slots=True)
class Mood:
    """What speaks against the promise being kept (True) and for it (False) since the outlook last turned."""

    commitment: Commitment
    policy: Policy
    rules: Mapping[str, RuleInfo]
    said: dict[bool, Claim] = field(default_factory=dict)

    def hear(self, signal: Signal, since: datetime | None) -> Claim | None:
        """Adds a signal; returns what speaks the same way within the window, or None if this one turns no outlook."""
        if not turns(signal) or signal.tier not in self.policy.corroborating_tiers:
            return None
        bad = signal.effect in BAD
        oldest = signal.happened.end - timedelta(days=self.policy.outlook_days)
        known = self.said[bad].signals if bad in self.said else ()
        kept = (s for s in known if s.happened.end >= oldest and (since is None or s.happened.end > since))
        self.said[bad] = Claim("", (*kept, signal))
        return self.said[bad]

    def turn(self, verdict: Verdict, signal: Signal) -> tuple[Verdict, Reason | None]:
        """The verdict with the outlook as it is after `signal`, with the reason if that is another one."""
        claim = self.hear(signal, verdict.outlook_since)
        if claim is None or _lags(verdict, signal):
            return verdict, None
        backing = support(claim, self.commitment, self.policy, self.rules)
        if signal.effect not in BAD:
            return _better(verdict, claim, backing, self.policy)
        if verdict.standing is Standing.BREACHED:
            return verdict, None
        return self._with_other_leg(*_worse(verdict, claim, backing, self.policy))

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
        told = Reason(reason.code, Quoted(why(shut).text, after=why(answered).text), both)
        return replace(verdict, why=told, outlook_evidence=both), told

    def fade(self, verdict: Verdict, now: datetime) -> Verdict:
        """The verdict without a doubt that nobody has repeated within the window."""
        until = self.doubted_until(verdict)
        return verdict if until is None or now < until else without_doubt(verdict)

    def doubted_until(self, verdict: Verdict) -> datetime | None:
        """When a doubt about the outlook ends by itself."""
        if not any(_doubts(flag) for flag in verdict.flags):
            return None
        blows = self.said.get(True)
        last = blows.latest.happened.end if blows else max(f.since for f in verdict.flags if _doubts(f))
        return last + timedelta(days=self.policy.outlook_days)


def turns(signal: Signal) -> bool:
    """Can this turn an outlook? Any blow does; relief is an act, or what both sides agree to, and never a rumour of it."""
    if signal.effect is not Effect.PLEDGE:
        return True
    return signal.by is By.BOTH and signal.modality is not Modality.RUMOUR


def _lags(verdict: Verdict, signal: Signal) -> bool:
    """Is this the very count that lies behind the path? Something was done, but that is no relief."""
    behind = (flag for flag in verdict.flags if flag.kind is FlagKind.BEHIND_PACE)
    return signal.effect not in BAD and any(signal.id in flag.evidence for flag in behind)


def _better(verdict: Verdict, claim: Claim, backing: Support, policy: Policy) -> tuple[Verdict, Reason | None]:
    if verdict.outlook is Outlook.STEADY or not backing.turns_outlook(policy.outlook_origins):
        return verdict, None
    reason = Reason(ReasonCode.CLEARED, why(lead(claim)), ids(claim))
    since = claim.latest.happened.end
    return replace(
        verdict, outlook=Outlook.STEADY, outlook_since=since, why=reason, outlook_evidence=ids(claim)
    ), reason


def _worse(verdict: Verdict, claim: Claim, backing: Support, policy: Policy) -> tuple[Verdict, Reason | None]:
    """Blows turn the outlook; while it is bad already they are news again only after a while."""
    signal, outlook = claim.latest, _named(claim, verdict.outlook)
    if verdict.standing is Standing.UNPLEDGED and outlook is Outlook.STALLED:
        return verdict, None
    if verdict.outlook in (outlook, Outlook.STALLED) and not _may_be_told_again(verdict, signal, policy):
        return verdict, None
    if not backing.turns_outlook(policy.outlook_origins):
        return _doubtful(verdict, claim, backing, policy, outlook), None
    reason = Reason(ReasonCode(lead(claim).effect.value), why(lead(claim)), ids(claim))
    worse = replace(
        without_doubt(verdict), outlook=outlook, outlook_since=signal.happened.end, why=reason,
        outlook_evidence=ids(claim),
    )  # fmt: skip
    return worse, reason


def _named(claim: Claim, now: Outlook) -> Outlook:
    """Stalled, if it is already or if at least half of the blows are of a kind that stops the thing; else at risk."""
    if now is Outlook.STALLED:
        return now
    stops = sum(signal.stalls for signal in claim.signals)
    return Outlook.STALLED if 2 * stops >= len(claim.signals) else Outlook.AT_RISK


def _doubtful(verdict: Verdict, claim: Claim, backing: Support, policy: Policy, outlook: Outlook) -> Verdict:
    """The remark that somebody sees trouble, while the outlook is steady and too few say so."""
    if verdict.outlook is not Outlook.STEADY or not backing.heard:
        return verdict
    detail = Sighted(speaker(claim.latest), outlook, backing.origins, policy.outlook_origins, policy.outlook_days)
    flag = Flag(FlagKind.UNCONFIRMED, outlook.value, claim.signals[0].happened.end, detail, ids(claim))
    return with_flag(without_doubt(verdict), flag)


def _may_be_told_again(verdict: Verdict, signal: Signal, policy: Policy) -> bool:
    """Was it only the calendar or a baseline that made the outlook bad, or is the last blow long ago?"""
    since = verdict.outlook_since
    if verdict.standing is Standing.UNPLEDGED:
        return False
    by_clock = any(f.kind is FlagKind.OVERDUE and f.since == since for f in verdict.flags)
    if since is None or not verdict.outlook_evidence or by_clock:
        return True
    return signal.happened.end - since >= timedelta(days=policy.risk_again_days)


def without_doubt(verdict: Verdict) -> Verdict:
    return replace(verdict, flags=tuple(flag for flag in verdict.flags if not _doubts(flag)))


def _doubts(flag: Flag) -> bool:
    return flag.kind is FlagKind.UNCONFIRMED and flag.subject in DOUBTED
