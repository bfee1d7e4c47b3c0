"""States to be kept: once begun they ripen into force, and a past blow fades, by the clock and in the absence of news.

Both need `kept_days` or `fade_days` without corroborated bad news. A threat to a state in force never fades: only an
act withdraws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import Direction, FlagKind, Kind, Outlook, ReasonCode, Standing
from monitor.domain.model.news import day_of
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import Kept, Reason
from monitor.domain.model.verdicts import BlindSpan, Verdict
from monitor.domain.verdicts.blind import unread_at
from monitor.domain.verdicts.evidence import without_kind


def ripen(
    verdict: Verdict, commitment: Commitment, policy: Policy, now: datetime, blind: Sequence[BlindSpan]
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict of a state to be kept as calm has changed it by `now`, with the reason if it has."""
    at = calm_until(verdict, commitment, policy)
    if at is None or at > now or unread_at(blind, verdict, at, now) is not None:
        return verdict, ()
    began = verdict.standing is Standing.IN_PROGRESS
    reason = Reason(ReasonCode.KEPT, Kept(day_of(_last_blow(verdict))), verdict.evidence)
    calm = replace(verdict, outlook=Outlook.STEADY, outlook_since=at, outlook_evidence=(), why=reason)
    if began:
        flags = without_kind(calm.flags, FlagKind.UNCONFIRMED)
        calm = replace(calm, standing=Standing.IN_FORCE, since=at, flags=flags)
    return calm, (reason,)


def calm_until(verdict: Verdict, commitment: Commitment, policy: Policy) -> datetime | None:
    """When calm changes the verdict: a state that has begun is in force, or a blow to one in force has faded."""
    if commitment.kind is not Kind.STANDING:
        return None
    overdue = any(flag.kind is FlagKind.OVERDUE for flag in verdict.flags)
    if verdict.standing is Standing.IN_PROGRESS and not overdue:
        return _last_blow(verdict) + timedelta(days=policy.kept_days)
    dealt = verdict.outlook is Outlook.AT_RISK and verdict.why.code is ReasonCode.SETBACK
    if verdict.standing is Standing.IN_FORCE and dealt and policy.fade_days:
        return _last_blow(verdict) + timedelta(days=policy.fade_days)
    return None


def _last_blow(verdict: Verdict) -> datetime:
    """When the state began, or a person last assessed it, or the last corroborated bad news since."""
    blows: Iterable[datetime] = (e.at for e in verdict.events if e.announced and e.way is Direction.DOWN)
    turned = verdict.outlook_since if verdict.outlook is not Outlook.STEADY else None
    return max(filter(None, (verdict.since, datetime.combine(verdict.baseline, time(), UTC), turned, *blows)))
