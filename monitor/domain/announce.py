"""announce: transitions of all commitments -> messages to routes. All noise control lives here and nowhere else.

One message a route and commitment for all that one review found; quiet hours hold it back; a commitment that keeps turning is
announced as unstable once and then left to the digest until it settles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from monitor.domain.model import Cause, Commitment, Message, Policy, Route, Severity, Transition, TransitionKind

SILENT = frozenset({Cause.BACKFILL})
"""Weighed and recorded like any other change, and told to nobody."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message already queued: to which route, about which transitions."""

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

    def knows(self, message_id: str) -> bool:
        return any(sent.message_id == message_id for sent in self.messages)

    def recent(self, route: str, commitment: str, since: datetime) -> int:
        """How many messages this route got about the commitment since then."""
        return sum(1 for s in self.messages if s.route == route and s.commitment == commitment and s.at >= since)


def announce(
    transitions: Sequence[Transition], sent: SentLog, routes: Sequence[Route], commitments: Mapping[str, Commitment],
    policy: Policy, now: datetime,
) -> tuple[Message, ...]:  # fmt: skip
    """The messages that these transitions are worth, by route; the same transitions always give the same message ids."""
    messages = []
    for route in routes:
        wanted = [t for t in transitions if t.commitment in commitments and wants(route, t, policy, now)]
        for commitment in dict.fromkeys(t.commitment for t in wanted):
            message = _message(route, [t for t in wanted if t.commitment == commitment], sent, policy, now)
            if message is not None and not sent.knows(message.id):
                messages.append(message)
    return tuple(messages)


def wants(route: Route, transition: Transition, policy: Policy, now: datetime) -> bool:
    """Does this route hear of this transition by an alert? (The digest carries all of them.)"""
    return (
        transition.cause not in SILENT
        and covers(route, transition.commitment)
        and transition.severity >= route.least_severity
        and not _too_old(transition, policy, now)
    )


def covers(route: Route, commitment: str) -> bool:
    return any(fnmatchcase(commitment, pattern) for pattern in route.commitments)


def _too_old(transition: Transition, policy: Policy, now: datetime) -> bool:
    """Old news goes to the digest, unless it is the whole standing that changed by a formal act."""
    if transition.cause in (Cause.CLOCK, Cause.CORRECTION, Cause.PERSON):
        return False
    formal = (
        transition.kind is TransitionKind.STATUS and transition.severity is Severity.URGENT and not transition.flags
    )
    return now - transition.happened > timedelta(days=policy.digest_only_days) and not formal


def _message(route: Route, group: list[Transition], sent: SentLog, policy: Policy, now: datetime) -> Message | None:
    commitment = group[0].commitment
    turns = sent.recent(route.name, commitment, now - timedelta(hours=policy.cooldown_hours))
    if turns >= policy.turns_allowed and all(_may_wait(t) for t in group):
        return None
    note = ""
    if turns == policy.turns_allowed - 1 and turns and all(_may_wait(t) for t in group):
        note = (
            f"Unstable: {turns + 1} changes in {policy.cooldown_hours} hours. "
            "Until it settles, further turns of the outlook go to the digest only."
        )
    return Message(
        id=_message_id(route, group), kind=_kind(group), route=route.name, channel=route.channel, to=route.to,
        transitions=tuple(group), commitment=commitment, at=now, not_before=quiet_until(route, now),
        held=any(t.cause is Cause.RULES for t in group), note=note,
    )  # fmt: skip


def _may_wait(transition: Transition) -> bool:
    """Turns of the outlook and doubts may wait for the digest; a new standing, a moved date or a correction may not."""
    if transition.cause in (Cause.CORRECTION, Cause.PERSON, Cause.CLOCK):
        return False
    return transition.kind is TransitionKind.FLAG or transition.outlook_only


def _kind(group: Iterable[Transition]) -> str:
    group = list(group)
    if any(t.cause is Cause.CORRECTION for t in group):
        return "correction"
    return "confirmation" if all(t.confirms for t in group) else "alert"


def _message_id(route: Route, group: Iterable[Transition]) -> str:
    key = "|".join((route.name, *sorted(t.id for t in group)))
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def quiet_until(route: Route, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` falls in, in the recipient's zone; None outside them."""
    if route.quiet is None:
        return None
    local = now.astimezone(ZoneInfo(route.zone))
    start, end = (time.fromisoformat(text) for text in route.quiet)
    clock = local.time().replace(tzinfo=None)
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if clock >= end else 0)
    return datetime.combine(day, end, ZoneInfo(route.zone)).astimezone(now.tzinfo)
