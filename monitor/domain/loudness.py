"""How loud a change is, and which way it goes."""

from __future__ import annotations

from monitor.domain.model import FlagKind, Outlook, Severity, Standing, Verdict, Way
from monitor.domain.progress import RENEWABLE
from monitor.domain.verdict import RANK

OUTLOOK_RANK = {Outlook.STALLED: 0, Outlook.AT_RISK: 1, Outlook.STEADY: 2}
REOPENED = (Standing.MET, Standing.IN_PROGRESS)
"""A series goes on to its next round: news, but neither good nor bad."""
FLAG_SEVERITY = {
    FlagKind.UNCONFIRMED: Severity.NOTABLE,
    FlagKind.CONTESTED: Severity.NOTABLE,
    FlagKind.OVERDUE: Severity.NOTABLE,
}
"""How loud a new flag is; the others are routine."""


def status_severity(old: Verdict, new: Verdict, way: Way) -> Severity:
    """Bad news is urgent; a next round of a series, and relief where nothing is promised, wait for the digest."""
    if way is Way.DOWN:
        return Severity.URGENT
    relief = new.standing is Standing.UNPLEDGED
    return Severity.ROUTINE if relief or (old.standing, new.standing) == REOPENED else Severity.NOTABLE


def way_of(old: Verdict, new: Verdict) -> Way:
    """Up or down: the outlook decides where it moved, else the standing; ending is always bad, a new period neither."""
    if new.standing in (Standing.BREACHED, Standing.LAPSED) and new.standing is not old.standing:
        return Way.DOWN
    if (old.standing, new.standing) == REOPENED or (new.standing is Standing.PLEDGED and old.standing in RENEWABLE):
        return Way.OTHER
    moved = OUTLOOK_RANK[new.outlook] - OUTLOOK_RANK[old.outlook] or RANK[new.standing] - RANK[old.standing]
    return Way.UP if moved > 0 else Way.DOWN
