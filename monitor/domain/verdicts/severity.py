"""The severity of a transition, its direction, and which of several matters most."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.domain.model import Direction, FlagKind, Outlook, Severity, Standing, Transition, TransitionKind, Verdict
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.standing import STANDING_ORDER

FAILED = (Standing.BREACHED, Standing.LAPSED)
OUTLOOK_RANK = {Outlook.STALLED: 0, Outlook.AT_RISK: 1, Outlook.STEADY: 2}
NEXT_ROUND = (Standing.MET, Standing.IN_PROGRESS)
"""A series goes on to its next round: news, but neither good nor bad."""
FLAG_SEVERITY = dict.fromkeys((FlagKind.UNCONFIRMED, FlagKind.CONTESTED, FlagKind.OVERDUE), Severity.NOTABLE)
"""The severity of a new flag; the others are routine."""


def status_severity(old: Verdict, new: Verdict, way: Direction) -> Severity:
    """Bad news is urgent; a next round of a series, and relief where nothing is promised, wait for the digest."""
    if way is Direction.DOWN:
        return Severity.URGENT
    relief = new.standing is Standing.UNPLEDGED
    return Severity.ROUTINE if relief or (old.standing, new.standing) == NEXT_ROUND else Severity.NOTABLE


def direction(old: Verdict, new: Verdict) -> Direction:
    """Up or down: the outlook decides if it changed, else the standing. A failure is always down, a new period neither."""
    if new.standing in FAILED and new.standing is not old.standing:
        return Direction.DOWN
    if (old.standing, new.standing) == NEXT_ROUND or (new.standing is Standing.PLEDGED and old.standing in RENEWABLE):
        return Direction.OTHER
    by_outlook = OUTLOOK_RANK[new.outlook] - OUTLOOK_RANK[old.outlook]
    by_standing = STANDING_ORDER[new.standing] - STANDING_ORDER[old.standing]
    return Direction.UP if (by_outlook or by_standing) > 0 else Direction.DOWN


def most_important(transitions: Iterable[Transition]) -> Transition:
    """The most severe; of those one whose commitment is in trouble; then a change of status; then the first.

    Raises ValueError if there is none.
    """

    def rank(move: Transition) -> tuple[Severity, bool, bool]:
        in_trouble = move.outlook is not Outlook.STEADY or move.standing in FAILED
        return move.severity, in_trouble, move.kind is TransitionKind.STATUS

    return max(transitions, key=rank)
