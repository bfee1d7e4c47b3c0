"""The sent log: earlier messages by route, for cool-downs, replies and corrections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.model import Transition


@dataclass(frozen=True, slots=True)
class Sent:
    """One queued message: its route, its transitions, and the commitment of its thread."""

    message_id: str
    route: str
    commitment: str
    transition_ids: tuple[str, ...]
    evidence: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class SentLog:
    """The queued messages within the time that cool-downs and corrections need."""

    messages: tuple[Sent, ...] = ()

    def in_thread(self, route: str, commitment: str) -> Iterator[Sent]:
        """The messages to this route in the thread of the commitment."""
        return (s for s in self.messages if s.route == route and s.commitment == commitment)

    def first_related(self, route: str, transition: Transition) -> Sent | None:
        """The first message to this route on evidence that the transition shares, else on changes in its thread."""
        own = (s for s in self.in_thread(route, transition.commitment) if s.transition_ids)
        return self.first_on_same_evidence(route, transition) or next(own, None)

    def first_on_same_evidence(self, route: str, transition: Transition) -> Sent | None:
        """The first message to this route on evidence that the transition, or the event it continues, shares.

        A signal is about one commitment, so the message was about that commitment, whichever one led it.
        """
        shared = {*transition.evidence, *transition.reason.signals, *transition.continues}
        return next((s for s in self.messages if s.route == route and shared & set(s.evidence)), None)

    def count_since(self, route: str, commitment: str, since: datetime) -> int:
        """The number of messages on changes that this route received in the thread of the commitment since then."""
        return sum(1 for s in self.in_thread(route, commitment) if s.transition_ids and s.at >= since)
