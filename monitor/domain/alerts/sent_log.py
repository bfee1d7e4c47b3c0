"""What was sent to whom: the memory that cool-downs, replies and corrections look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.model import Transition


@dataclass(frozen=True, slots=True)
class Sent:
    """One message already queued: to which route, about which transitions, in the thread of which commitment."""

    message_id: str
    route: str
    commitment: str
    transition_ids: tuple[str, ...]
    evidence: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class SentLog:
    """What was queued before, as far back as the cool-down and corrections need."""

    messages: tuple[Sent, ...] = ()

    def contains_message(self, message_id: str) -> bool:
        return any(sent.message_id == message_id for sent in self.messages)

    def first_related(self, route: str, transition: Transition) -> Sent | None:
        """The first message to this route on evidence that the transition shares, else in the thread of its commitment."""
        own = (
            s for s in self.messages if s.route == route and s.commitment == transition.commitment and s.transition_ids
        )
        return self.first_on_same_evidence(route, transition) or next(own, None)

    def first_on_same_evidence(self, route: str, transition: Transition) -> Sent | None:
        """The first message to this route on evidence that the transition shares. A signal is about one commitment, so
        the message told of that commitment, whichever one led it."""
        shared = {*transition.evidence, *transition.reason.signals}
        return next((s for s in self.messages if s.route == route and shared & set(s.evidence)), None)

    def count_since(self, route: str, commitment: str, since: datetime) -> int:
        """How many messages on its changes this route got about the commitment since then."""
        mine = (s for s in self.messages if s.route == route and s.commitment == commitment and s.transition_ids)
        return sum(1 for s in mine if s.at >= since)

    def last_sent_at(self, route: str, commitment: str) -> datetime | None:
        """When this route was last told anything in the thread of the commitment."""
        return max((s.at for s in self.messages if s.route == route and s.commitment == commitment), default=None)

    def signals_shown(self, route: str) -> frozenset[str]:
        """The signals that this route was shown."""
        return frozenset(key for s in self.messages if s.route == route for key in s.evidence)
