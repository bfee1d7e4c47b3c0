"""How loud a change is, and which way it goes."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.domain.model import Direction, FlagKind, Outlook, Severity, Standing, Transition, TransitionKind, Verdict
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.standing import STANDING_ORDER

OUTLOOK_RANK = {Outlook.STALLED: 0, Outlook.AT_RISK: 1, Outlook.STEADY: 2}
NEXT_ROUND = (Standing.MET, Standing.IN_PROGRESS)
"""A series goes on to its next round: news, but neither good nor bad."""
FLAG_SEVERITY = {
    FlagKind.UNCONFIRMED: Severity.NOTABLE,
    FlagKind.CONTESTED: Severity.NOTABLE,
    FlagKind.OVERDUE: Severity.NOTABLE,
}
"""How loud a new flag is; the others are routine."""


def status_severity(old: Verdict, new: Verdict, way: Direction) -> Severity:
    """Bad news is urgent; a next round of a series, and relief where nothing is promised, wait for the digest."""
    if way is Direction.DOWN:
        return Severity.URGENT
    relief = new.standing is Standing.UNPLEDGED
    return Severity.ROUTINE if relief or (old.standing, new.standing) == NEXT_ROUND else Severity.NOTABLE


def direction(old: Verdict, new: Verdict) -> Direction:
    """Up or down: the outlook decides where it moved, else the standing; ending is always bad, a new period neither."""
    if new.standing in (Standing.BREACHED, Standing.LAPSED) and new.standing is not old.standing:
        return Direction.DOWN
    if (old.standing, new.standing) == NEXT_ROUND or (new.standing is Standing.PLEDGED and old.standing in RENEWABLE):
        return Direction.OTHER
    moved = (
        OUTLOOK_RANK[new.outlook] - OUTLOOK_RANK[old.outlook]
        or STANDING_ORDER[new.standing] - STANDING_ORDER[old.standing]
    )
    return Direction.UP if moved > 0 else Direction.DOWN


FAILED = (Standing.BREACHED, Standing.LAPSED)


def most_important(transitions: Iterable[Transition]) -> Transition:
    """The loudest; of those the one whose commitment is in trouble; then a change of status; then the first. Raises ValueError
    if there is none."""
    return max(transitions, key=lambda t: (t.severity, _in_trouble(t), t.kind is TransitionKind.STATUS))


def _in_trouble(move: Transition) -> bool:
    return move.outlook is not Outlook.STEADY or move.standing in FAILED
