"""announce: transitions of all commitments -> messages to routes. All noise control lives here and nowhere else.

One message a route and event for all that one review found: what it found on one commitment, together with the commitments
whose changes rest on a story in common. The loudest change leads; its commitment names the message and its thread. Quiet hours
hold a message back; a commitment that keeps turning is announced as unstable once and then left to the digest until it settles.
What confirms or corrects something that was told goes to whoever was told it, into the thread where that was said. A muted
commitment is not announced at all; when the mute ends, what then differs from what had been told before is told once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial, reduce
from types import MappingProxyType
from typing import Any, Final

from monitor.domain.alerts.mutes import MuteSummary, mute_window_at
from monitor.domain.alerts.quiet_hours import quiet_until
from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.domain.alerts.subscriptions import subscribes_to
from monitor.domain.model import (
    Cause,
    Commitment,
    Intervention,
    Message,
    Policy,
    Route,
    Severity,
    Transition,
    TransitionKind,
)
from monitor.domain.verdicts.interventions import author_of
from monitor.domain.verdicts.severity import most_important

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})
UNANNOUNCED_CAUSES = frozenset({Cause.BACKFILL})
"""Weighed and recorded like any other change, and told to nobody."""


# ---------------------------------------------------------------- mutes


# ---------------------------------------------------------------- messages


def announce(
    transitions: Sequence[Transition], sent: SentLog, routes: Sequence[Route], commitments: Mapping[str, Commitment],
    policy: Policy, now: datetime, *, acts: Sequence[Intervention] = (), unmuted: Sequence[MuteSummary] = (),
    told_by: Mapping[str, str] = EMPTY, also: Mapping[str, tuple[str, ...]] = EMPTY,
) -> tuple[Message, ...]:  # fmt: skip
    """The messages that these transitions are worth, by route; the same transitions always give the same message ids.

    acts: those of people, of which the mutes matter here. unmuted: commitments of which one summary tells all that differs.
    told_by: signal -> its story; changes of several commitments on one story are one message. also: change -> signals beside
    its evidence that say the same.
    """
    apart = {one.commitment for one in unmuted}
    names = {t.commitment for t in transitions} & commitments.keys()
    open_ones = {name for name in names if name not in apart and mute_window_at(acts, name, now) is None}
    messages = []
    for route in routes:
        if route.stage != "stable":
            continue
        wanted = [
            t
            for t in transitions
            if t.commitment in open_ones
            and (route_accepts(route, t, commitments, policy, now) or _follows_up(route, t, sent, policy, now))
        ]
        parts = [
            _draft_for(route, [t for t in wanted if t.commitment == name], sent, policy, now, told_by)
            for name in dict.fromkeys(t.commitment for t in wanted)
        ]
        made = (_message(route, group, now, also) for group in _joined_drafts(filter(None, parts)))
        messages += [message for message in made if not sent.contains_message(message.id)]
        messages += [m for m in _summaries(route, unmuted, commitments, now) if not sent.contains_message(m.id)]
    return tuple(messages)


def _summaries(
    route: Route, unmuted: Sequence[MuteSummary], declared: Collection[str], now: datetime
) -> Iterable[Message]:
    """One message on all that differs after a mute, and one more, held, on what only an edit of the rules made differ."""
    found = [t for one in unmuted for t in one.differs if _route_covers(route, t, declared)]
    for held in (False, True):
        group = [t for t in found if (t.cause is Cause.RULES) is held]
        if group:
            told = {t.commitment for t in group}
            yield Message(
                id=_message_id(route, group), kind="summary", route=route.name, channel=route.channel, to=route.to,
                transitions=tuple(group), commitment=most_important(group).commitment, at=now, not_before=quiet_until(route, now),
                held=held, note=_mute_note([one for one in unmuted if one.commitment in told]),
            )  # fmt: skip


def _mute_note(told: Sequence[MuteSummary]) -> str:
    mutes = {act.id: act for one in told for act in one.silence.mutes}
    why = "; ".join(f"{act.reason} ({author_of(act)})" for act in mutes.values())
    since = min(one.silence.since for one in told)
    count = sum(one.recorded for one in told)
    changes = f"{count} change{'s were' if count != 1 else ' was'} recorded meanwhile"
    return f"Muted from {since:%-d %B %Y} until now: {why}. {changes}; this is what differs from what was told before."


def _route_covers(route: Route, transition: Transition, declared: Collection[str]) -> bool:
    return (
        transition.cause not in UNANNOUNCED_CAUSES
        and subscribes_to(route, transition.commitment, declared)
        and transition.severity >= route.least_severity
    )


def route_accepts(
    route: Route, transition: Transition, declared: Collection[str], policy: Policy, now: datetime
) -> bool:
    """Does this route hear of this transition by an alert? (The digest carries all of them.) declared: all commitments.

    That a doubt, a date or a count no longer stands concerns those alone who were told of it (`_follows_up`).
    """
    retracted = transition.cause is Cause.CORRECTION and transition.kind is not TransitionKind.STATUS
    return _route_covers(route, transition, declared) and not retracted and not _too_old(transition, policy, now)


def _follows_up(route: Route, transition: Transition, sent: SentLog, policy: Policy, now: datetime) -> bool:
    """Does this correct or confirm something that this route was told? Then it hears of it, however quiet it is by itself."""
    confirms = (
        transition.confirms and transition.cause not in UNANNOUNCED_CAUSES and not _too_old(transition, policy, now)
    )
    return (confirms or transition.cause is Cause.CORRECTION) and sent.first_on_same_evidence(
        route.name, transition
    ) is not None


def _too_old(transition: Transition, policy: Policy, now: datetime) -> bool:
    """Old news goes to the digest, unless it is the whole standing that changed by a formal act."""
    if transition.cause in (Cause.CLOCK, Cause.CORRECTION, Cause.PERSON):
        return False
    formal = (
        transition.kind is TransitionKind.STATUS and transition.severity is Severity.URGENT and not transition.flags
    )
    return now - transition.happened > timedelta(days=policy.digest_only_days) and not formal


@dataclass(frozen=True, slots=True)
class _MessageDraft:
    """What there is to tell of one commitment, or of several that are told together. stories: what it rests on; thread:
    the commitment in whose thread it was said what this follows up."""

    kind: str
    transitions: tuple[Transition, ...]
    stories: frozenset[str]
    note: str = ""
    thread: str = ""

    @property
    def held(self) -> bool:
        return any(t.cause is Cause.RULES for t in self.transitions)

    def belongs_to(self, other: _MessageDraft) -> bool:
        """Is it the same event? What is new: if it rests on a story in common; what follows up: if that was told together."""
        if (self.kind, self.held) != (other.kind, other.held):
            return False
        return bool(self.stories & other.stories) if self.kind == "alert" else self.thread == other.thread != ""

    def joined(self, other: _MessageDraft) -> _MessageDraft:
        notes = dict.fromkeys(filter(None, (self.note, other.note)))
        moves = (*self.transitions, *other.transitions)
        return _MessageDraft(self.kind, moves, self.stories | other.stories, " ".join(notes), self.thread)


def _joined_drafts(parts: Iterable[_MessageDraft]) -> list[_MessageDraft]:
    """The parts, those of one event together, in order of their first."""
    groups: list[_MessageDraft] = []
    for part in parts:
        same = [group for group in groups if part.belongs_to(group)]
        whole = reduce(_MessageDraft.joined, [*same, part])
        groups = (
            [whole if group is same[0] else group for group in groups if group not in same[1:]]
            if same
            else [*groups, part]
        )
    return groups


def _draft_for(
    route: Route, group: list[Transition], sent: SentLog, policy: Policy, now: datetime, told_by: Mapping[str, str]
) -> _MessageDraft | None:
    """What this route hears of one commitment; None while further turns are left to the digest."""
    commitment = group[0].commitment
    turns = sent.count_since(route.name, commitment, now - timedelta(hours=policy.cooldown_hours))
    if turns >= policy.turns_allowed and all(_is_deferrable(t) for t in group):
        return None
    note = ""
    if turns == policy.turns_allowed - 1 and turns and all(_is_deferrable(t) for t in group):
        note = (
            f"Unstable: {turns + 1} changes in {policy.cooldown_hours} hours. "
            "Until it settles, further turns of the outlook go to the digest only."
        )
    stories = {told_by[key] for t in group for key in (*t.evidence, *t.reason.signals) if key in told_by}
    kind = _kind(group, partial(sent.first_related, route.name))
    earlier = (sent.first_related(route.name, t) for t in group) if kind != "alert" else ()
    thread = next((told.commitment for told in earlier if told is not None), "")
    return _MessageDraft(kind, tuple(group), frozenset(stories), note, thread)


def _message(route: Route, part: _MessageDraft, now: datetime, also: Mapping[str, tuple[str, ...]]) -> Message:
    """The message on one event. `commitment` is that of its loudest change, or of the thread where it goes on."""
    first = most_important(part.transitions)
    return Message(
        id=_message_id(route, part.transitions), kind=part.kind, route=route.name, channel=route.channel, to=route.to,
        transitions=part.transitions, commitment=part.thread or first.commitment, at=now,
        not_before=quiet_until(route, now), held=part.held, note=part.note,
        also=tuple(key for t in part.transitions if t.cause is not Cause.CORRECTION for key in also.get(t.id, ())),
    )  # fmt: skip


def _is_deferrable(transition: Transition) -> bool:
    """Turns of the outlook and doubts may wait for the digest; a new standing, a moved date or what follows up may not."""
    if transition.confirms or transition.cause in (Cause.CORRECTION, Cause.PERSON, Cause.CLOCK):
        return False
    return transition.kind is TransitionKind.FLAG or transition.outlook_only


def _kind(group: Sequence[Transition], told: Callable[[Transition], Sent | None]) -> str:
    """told: what the route was told on the same evidence. To whom it was never told, what is taken back is news like any other."""
    if (first := most_important(group)).cause is Cause.CORRECTION and told(first) is not None:
        return "correction"
    return "confirmation" if all(t.confirms for t in group) else "alert"


def _message_id(route: Route, group: Iterable[Transition]) -> str:
    key = "|".join((route.name, *sorted(t.id for t in group)))
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
