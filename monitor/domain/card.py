"""The first message of a thread, kept up to date: how a commitment stands now, and what the thread told on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.brief_model import AlertBrief, Brief


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the thread by its number in the outbox, when it was decided, and its first line."""

    number: int
    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class Card:
    """The message `ref` in a place. first: what it said when it was posted, which stays on it; told: oldest first."""

    channel: str
    to: str
    ref: str
    first: AlertBrief
    latest: AlertBrief
    told: tuple[Told, ...]


def card(channel: str, to: str, ref: str, said: Sequence[tuple[int, Brief]]) -> Card | None:
    """The card of a thread that said this, in this order; None while its first message alone tells all there is."""
    alerts = [(number, brief) for number, brief in said if isinstance(brief, AlertBrief)]
    if len(alerts) < 2:
        return None
    told = tuple(Told(number, brief.at, brief.first_line) for number, brief in alerts)
    return Card(channel, to, ref, alerts[0][1], alerts[-1][1], told)
