"""The first line of a message, the status it shows, and the line on its route."""

from __future__ import annotations

from monitor.domain.model import Route, Verdict
from monitor.domain.text.labels import join_list, label_of, status_caps
from monitor.domain.text.plain import one_line, truncated

FIRST_LINE = 90
"""Characters that the lock screen of a phone shows (estimate)."""


def shown_status(verdict: Verdict) -> str:
    """The status, with the standing where the outlook is the status: 'AT RISK (in force)'."""
    status = verdict.status
    if status == verdict.standing.value:
        return status_caps(status)
    return f"{status_caps(status)} ({label_of(verdict.standing.value)})"


def first_line(status: str, short: str, why: str, *, unconfirmed: bool = False) -> str:
    """`{STATUS}[, unconfirmed] · {short name} · {why}`, at most 90 characters, cut at a word."""
    head = status_caps(status) + (", unconfirmed" if unconfirmed else "")
    name = one_line(short, 40)
    # A reason that begins with the commitment's name ("Soybeans 12 Mt was due ...") would name it twice.
    reason = one_line(why, 200).rstrip(".").removeprefix(f"{name} ")
    return truncated(" · ".join(part for part in (head, name, reason) if part), FIRST_LINE)


def route_line(route: Route) -> str:
    """Why the reader gets the message, and where to change that."""
    what = "every commitment" if "*" in route.commitments else join_list(route.commitments)
    least = route.least_severity.name.lower()
    return one_line(
        f"You get this because the route “{route.config_name}” follows {what}, from {least} up. "
        "To change it, edit that route in config.toml.",
        300,
    )
