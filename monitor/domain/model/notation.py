"""A change as two short words, before and after: the notation of `replay --json`, of rules' tests and of row ids."""

from __future__ import annotations

from monitor.domain.model.changes import (
    Change,
    DeadlineMissed,
    DeadlineMoved,
    EventNoted,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StatusChanged,
    StepChanged,
    TermsChanged,
    whole_percent,
)
from monitor.domain.model.enums import FlagState

WITHDRAWN = "withdrawn"


def notation(change: Change) -> tuple[str, str]:
    """Return ('at_risk', 'in_force'), ('2025-11-10', '2026-11-10') or ('20%', '40%'); '' if there was nothing before."""
    match change:
        case StatusChanged():
            return change.old.value, change.new.value
        case DeadlineMoved():
            return change.old.isoformat() if change.old else "", change.new.isoformat() if change.new else WITHDRAWN
        case DeadlineMissed():
            return change.date.isoformat(), "missed"
        case NoticeDue():
            return change.date.isoformat(), f"due in {days(change.days_left)}"
        case ShareChanged():
            return f"{whole_percent(change.old)}%", f"{whole_percent(change.new)}%"
        case StepChanged():
            return change.old or "", change.new or WITHDRAWN
        case TermsChanged():
            return ", ".join(change.old), change.new or WITHDRAWN
        case EventNoted():
            return "", change.effect.value
        case FlagChanged():
            raised = change.new is FlagState.RAISED
            return change.flag.value if change.old else "", change.flag.value if raised else change.new.value


def days(count: int) -> str:
    return f"{count} day{'s' if count != 1 else ''}"
