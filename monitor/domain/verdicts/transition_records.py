"""A change between two verdicts as a transition to record: dated, with its id and its cause."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.model import (
    Cause,
    Change,
    Direction,
    Flag,
    FlagKind,
    Policy,
    Reason,
    ReasonCode,
    Severity,
    Transition,
    TransitionKind,
    Verdict,
)
from monitor.domain.model.notation import notation
from monitor.domain.model.reasons import FirstSeen

CLOCK_REASONS = frozenset(
    {ReasonCode.OVERDUE, ReasonCode.LAPSED, ReasonCode.MISSED, ReasonCode.NOTICE, ReasonCode.STALE, ReasonCode.PERIOD}
)
"""Codes of reasons that time alone gives."""


@dataclass(frozen=True, slots=True)
class DetectedChange:
    """A change before it has its date and id. cause: overrides that of the review; None: it does not."""

    change: Change
    way: Direction
    reason: Reason
    happened: datetime
    severity: Severity
    flags: tuple[Flag, ...] = ()
    cause: Cause | None = None
    confirms: bool = False


def to_transition(
    detected: DetectedChange, verdict: Verdict, before: Verdict, now: datetime, cause: Cause, policy: Policy
) -> Transition:
    """The change as a transition of `verdict`, with its id and cause, flagged late if the report is old."""
    is_status = detected.change.kind is TransitionKind.STATUS
    # What the correction of a report brings that is newer than the published verdict is news that came with it.
    is_newer = detected.happened > (before.last_evidence or before.since)
    own_cause = Cause.NEWS if cause is Cause.CORRECTION and is_newer else cause
    if cause not in (Cause.BACKFILL, Cause.RULES):
        own_cause = detected.cause or (Cause.CLOCK if detected.reason.code in CLOCK_REASONS else own_cause)
    late = own_cause is not Cause.CLOCK and now - detected.happened > timedelta(hours=policy.late_hours)
    flags = detected.flags
    if late and is_status:
        flags = (*flags, Flag(FlagKind.LATE, "report", detected.happened, FirstSeen(now.date())))
    move = Transition(
        id="",
        commitment=verdict.commitment,
        change=detected.change,
        way=detected.way,
        standing=verdict.standing,
        outlook=verdict.outlook,
        cause=own_cause,
        reason=detected.reason,
        at=now,
        happened=detected.happened,
        severity=detected.severity,
        flags=flags,
        evidence=detected.reason.signals,
        late=late,
        outlook_only=is_status and before.standing is verdict.standing,
        confirms=detected.confirms,
    )
    return replace(move, id=_id(move))


def _id(move: Transition) -> str:
    """The same change decided again at another moment (a report withdrawn and restored) is another transition."""
    when = (move.happened.isoformat(), move.at.isoformat())
    parts = (move.commitment, move.kind, *notation(move.change), *when, move.reason.code, *move.reason.signals)
    return hashlib.blake2b("|".join(parts).encode(), digest_size=8).hexdigest()
