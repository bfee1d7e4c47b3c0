"""Reports of readers that a message is wrong. They move nothing: a person decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.domain.model import Intervention
from monitor.domain.verdicts.interventions import in_force

REPORT, WITHDRAWN = "report", "unreport"
"""The kinds of the acts. The subject of the first is the number of the message, its payload the signals behind it; that of the
second the id of the first."""
LISTED = timedelta(days=30)
"""How long a report is listed as open, an estimate: evidence lives 45 days, and the owner was told at once."""


def open_reports(acts: Iterable[Intervention], now: datetime) -> tuple[Intervention, ...]:
    """The reports that nobody has taken back and that are still listed."""
    return tuple(act for act in in_force(acts, REPORT, WITHDRAWN) if now < act.at + LISTED)
