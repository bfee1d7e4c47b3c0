"""What would change a status next."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.domain.model import Outlook, Standing

RECOVERY_CONDITIONS: Mapping[str, str] = {
    Outlook.AT_RISK: "Cleared by an act that keeps the promise, or by the named event passing; never by silence.",
    Outlook.STALLED: "Cleared by a reported step forward; never by silence.",
    Standing.BREACHED: "Only an official text or two independent sources on a return to the terms change this.",
    Standing.LAPSED: "Only a new pledge or an extension by both sides changes this.",
    Standing.MET: "Only a reported breach changes this.",
    Standing.IN_FORCE: "A breach, an expiry or a threat with a date changes this.",
    Standing.PARTLY_MET: "A higher confirmed count or the last open step makes it met; a breach undoes it.",
    Standing.IN_PROGRESS: "The criteria for met, a setback by the side that owes it, or the deadline change this.",
    Standing.PLEDGED: "A first reported step makes it in progress; a threat or a setback puts it at risk.",
    Standing.UNPLEDGED: "A pledge by the side that would owe it changes this.",
}
"""By status."""
