"""A difference between two verdicts as it is recorded: dated, numbered, with its cause."""

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
    """A change before it is dated and numbered. `cause` overrides that of the review."""

    change: Change
    way: Direction
    reason: Reason
    happened: datetime
    severity: Severity
    flags: tuple[Flag, ...] = ()
    cause: Cause | None = None
    confirms: bool = False


def to_transition(
    found: DetectedChange, verdict: Verdict, before: Verdict, now: datetime, cause: Cause, policy: Policy
) -> Transition:
    """The difference as a transition of `verdict`, with its id, its cause, and the mark of lateness."""
    known, status = before.last_evidence or before.since, found.change.kind is TransitionKind.STATUS
    by_news = cause is Cause.CORRECTION and found.happened > known  # a report that was corrected came with it, no more
    shown = found.cause or (Cause.CLOCK if found.reason.code in CLOCK_REASONS else Cause.NEWS if by_news else cause)
    if cause in (Cause.BACKFILL, Cause.RULES):
        shown = cause
    late = shown is not Cause.CLOCK and now - found.happened > timedelta(hours=policy.late_hours)
    flags = found.flags
    if late and status:
        flags = (*flags, Flag(FlagKind.LATE, "report", found.happened, FirstSeen(now.date())))
    made = Transition(
        "",
        verdict.commitment,
        found.change,
        found.way,
        verdict.standing,
        verdict.outlook,
        shown,
        found.reason,
        now,
        found.happened,
        found.severity,
        flags,
        found.reason.signals,
        late,
        outlook_only=status and before.standing is verdict.standing,
        confirms=found.confirms,
    )
    return replace(made, id=_id(made))


def _id(made: Transition) -> str:
    """The same change decided again at another moment (a report withdrawn and restored) is another transition."""
    when = (made.happened.isoformat(), made.at.isoformat())
    parts = (made.commitment, made.kind, *notation(made.change), *when, made.reason.code, *made.reason.signals)
    return hashlib.blake2b("|".join(parts).encode(), digest_size=8).hexdigest()
