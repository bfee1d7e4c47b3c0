"""The first line of a message, the status it shows, and the line on its route."""

from __future__ import annotations

from monitor.domain.messages.headlines.news_verbs import AUXILIARIES
from monitor.domain.model import Commitment, Route, Verdict
from monitor.domain.text.labels import capitalised, join_list, label_of, status_caps
from monitor.domain.text.plain import one_line, truncated

SUBJECT = 70
"""Characters of an alert's subject: what a list of mails and a lock screen show (estimate)."""
FIRST_LINE = 78
"""Characters of a notice's first line: a line of a mail, as RFC 5322 recommends."""
NOT_CONFIRMED = " (not yet confirmed)"
MAX_TOPIC = 20
"""Characters of a topic, so that a subject has room for the shortest sentence of each kind."""


def shown_status(verdict: Verdict) -> str:
    """The status, with the standing where the outlook is the status: 'AT RISK (in force)'."""
    status = verdict.status
    if status == verdict.standing.value:
        return status_caps(status)
    return f"{status_caps(status)} ({label_of(verdict.standing.value)})"


def topic_of(commitment: Commitment) -> str:
    """The name of a commitment in subjects: its `topic`, else the first words of its short name."""
    if commitment.topic:
        return one_line(commitment.topic, MAX_TOPIC)
    words = one_line(commitment.short, 60).split()
    while len(words) > 1 and len(" ".join(words)) > MAX_TOPIC:
        words.pop()
    while len(words) > 1 and words[-1].lower() in ("and", "of", "the", "for", "on"):
        words.pop()
    return truncated(" ".join(words), MAX_TOPIC)


def room_for(topic: str, *, unconfirmed: bool) -> int:
    """Characters that a subject has for what happened."""
    return SUBJECT - len(f"{topic}: ") - (len(NOT_CONFIRMED) if unconfirmed else 0)


def first_line(topic: str, happened: str, *, unconfirmed: bool = False) -> str:
    """`{topic}: {what happened}[ (not yet confirmed)]`: the subject, and the headline of every form."""
    rest = happened.removeprefix(f"{topic} ")  # what begins with the topic would name it twice
    needed = rest.partition(" ")[0].lower() in AUXILIARIES | {"says", "said"}  # its verb would stand without a subject
    told = capitalised(happened if needed else rest.lstrip(" -–—:,"))
    return f"{topic}: {told}" + (NOT_CONFIRMED if unconfirmed else "")


def route_line(route: Route) -> str:
    """Why the reader gets the message, and where to change that."""
    what = "every commitment" if "*" in route.commitments else join_list(route.commitments)
    least = route.least_severity.name.lower()
    return one_line(
        f"You get this because the route “{route.config_name}” follows {what}, from {least} up. "
        "To change it, edit that route in config.toml.",
        300,
    )
