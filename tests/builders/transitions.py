"""Small makers of transitions, so that a test of alerts states only what it is about."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from monitor.domain.model import Cause, Direction, Outlook, Severity, Standing, Transition, TransitionKind
from tests.builders.domain_values import at, change, commitment, reason

NOW = at("2026-03-02 09:00")
COMMITMENTS = {name: commitment(id=name) for name in ("truce", "truce-cuts", "soy")}


def moved(
    kind: TransitionKind = TransitionKind.STATUS, frm: str | None = None, to: str | None = None, **changed: Any
) -> Transition:
    """A new standing of the truce, from news of an hour ago."""
    made = Transition(
        id="t1",
        commitment="truce",
        change=change(kind, frm, to),
        way=Direction.UP,
        standing=Standing.IN_FORCE,
        outlook=Outlook.STEADY,
        cause=Cause.NEWS,
        reason=reason("it holds", "s1"),
        at=NOW,
        happened=NOW - timedelta(hours=1),
        severity=Severity.NOTABLE,
        evidence=("s1",),
    )
    return replace(made, **changed)


def turned(number: int = 1, **changed: Any) -> Transition:
    """Only the outlook turned."""
    return moved(
        id=f"turn-{number}", to="at_risk", way=Direction.DOWN, outlook=Outlook.AT_RISK, outlook_only=True, **changed
    )
