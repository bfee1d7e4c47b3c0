"""Which of several changes a reader must hear of first."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.domain.model import Outlook, Standing, Transition, TransitionKind

FAILED = (Standing.BREACHED, Standing.LAPSED)


def lead(transitions: Iterable[Transition]) -> Transition:
    """The loudest; of those the one whose commitment is in trouble; then a change of status; then the first. Raises ValueError
    if there is none."""
    return max(transitions, key=lambda t: (t.severity, _in_trouble(t), t.kind is TransitionKind.STATUS))


def _in_trouble(move: Transition) -> bool:
    return move.outlook is not Outlook.STEADY or move.standing in FAILED
