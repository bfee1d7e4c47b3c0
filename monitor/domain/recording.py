"""A difference between two verdicts as it is recorded: dated, numbered, with its cause."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.model import (
    Cause,
    Flag,
    FlagKind,
    Policy,
    Reason,
    Severity,
    Transition,
    TransitionKind,
    Verdict,
    Way,
)

CLOCK_REASONS = frozenset({"overdue", "lapsed", "missed", "notice", "stale", "period"})
"""Codes of reasons that time alone gives."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference before it is dated and numbered. `cause` overrides that of the review."""

    kind: TransitionKind
    way: Way
    frm: str
    to: str
    reason: Reason
    happened: datetime
    severity: Severity
    flags: tuple[Flag, ...] = ()
    cause: Cause | None = None
    confirms: bool = False


def recorded(
    change: Change, verdict: Verdict, before: Verdict, now: datetime, cause: Cause, policy: Policy
) -> Transition:
    """The change as a transition of `verdict`, with its id, its cause, and the mark of lateness."""
    known = before.last_evidence or before.since
    by_news = cause is Cause.CORRECTION and change.happened > known  # a report that was corrected came with it, no more
    shown = change.cause or (Cause.CLOCK if change.reason.code in CLOCK_REASONS else Cause.NEWS if by_news else cause)
    if cause in (Cause.BACKFILL, Cause.RULES):
        shown = cause
    late = shown is not Cause.CLOCK and now - change.happened > timedelta(hours=policy.late_hours)
    flags = change.flags
    if late and change.kind is TransitionKind.STATUS:
        flags = (*flags, Flag(FlagKind.LATE, "report", change.happened, f"first seen {now:%-d %B %Y}"))
    made = Transition(
        "", verdict.commitment, change.kind, change.way, change.frm, change.to, verdict.standing, verdict.outlook, shown,
        change.reason, now, change.happened, change.severity, flags, change.reason.signals, late,
        outlook_only=change.kind is TransitionKind.STATUS and before.standing is verdict.standing,
        confirms=change.confirms,
    )  # fmt: skip
    return replace(made, id=_id(made))


def _id(made: Transition) -> str:
    """The same change decided again at another moment (a report withdrawn and restored) is another transition."""
    when = (made.happened.isoformat(), made.at.isoformat())
    parts = (made.commitment, made.kind, made.frm, made.to, *when, made.reason.code)
    return hashlib.blake2b("|".join((*parts, *made.reason.signals)).encode(), digest_size=8).hexdigest()
