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
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from functools import partial, reduce
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from monitor.domain.acts import in_force, who
from monitor.domain.brief_words import follows
from monitor.domain.change import reached, told_from
from monitor.domain.leading import lead
from monitor.domain.model import Act, Cause, Commitment, Message, Policy, Route, Severity, Transition, TransitionKind

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
SILENT = frozenset({Cause.BACKFILL})
"""Weighed and recorded like any other change, and told to nobody."""


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

    def knows(self, message_id: str) -> bool:
        return any(sent.message_id == message_id for sent in self.messages)

    def told_of(self, route: str, transition: Transition) -> Sent | None:
        """The first message to this route on evidence that the transition shares, else in the thread of its commitment."""
        own = (
            s for s in self.messages if s.route == route and s.commitment == transition.commitment and s.transition_ids
        )
        return self.told(route, transition) or next(own, None)

    def told(self, route: str, transition: Transition) -> Sent | None:
        """The first message to this route on evidence that the transition shares. A signal is about one commitment, so
        the message told of that commitment, whichever one led it."""
        shared = {*transition.evidence, *transition.reason.signals}
        return next((s for s in self.messages if s.route == route and shared & set(s.evidence)), None)

    def recent(self, route: str, commitment: str, since: datetime) -> int:
        """How many messages on its changes this route got about the commitment since then."""
        mine = (s for s in self.messages if s.route == route and s.commitment == commitment and s.transition_ids)
        return sum(1 for s in mine if s.at >= since)

    def last(self, route: str, commitment: str) -> datetime | None:
        """When this route was last told anything in the thread of the commitment."""
        return max((s.at for s in self.messages if s.route == route and s.commitment == commitment), default=None)

    def heard(self, route: str) -> frozenset[str]:
        """The signals that this route was shown."""
        return frozenset(key for s in self.messages if s.route == route for key in s.evidence)


# ---------------------------------------------------------------- mutes


@dataclass(frozen=True, slots=True)
class Silence:
    """A time without a gap in which mutes covered a commitment. until: None while no end is set."""

    since: datetime
    until: datetime | None
    mutes: tuple[Act, ...]

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class Unmuted:
    """A commitment whose silence has ended: what differs now from what was published when it began, and how many changes
    were recorded meanwhile."""

    commitment: str
    silence: Silence
    differs: tuple[Transition, ...]
    recorded: int


def silences(acts: Iterable[Act], commitment: str) -> tuple[Silence, ...]:
    """When a commitment was and will be muted, oldest first; mutes that overlap or follow at once are one silence."""
    known = tuple(acts)
    ends = {act.subject: act.at for act in known if act.kind == "unmute"}
    own = [act for act in known if act.kind == "mute" and fnmatchcase(commitment, act.subject)]
    found: list[Silence] = []
    for mute in sorted(own, key=lambda act: (act.at, act.id)):
        until = min((end for end in (mute.until, ends.get(mute.id)) if end is not None), default=None)
        last = found[-1] if found else None
        if last is not None and (last.until is None or mute.at <= last.until):
            end = None if last.until is None or until is None else max(last.until, until)
            found[-1] = Silence(last.since, end, (*last.mutes, mute))
        else:
            found.append(Silence(mute.at, until, (mute,)))
    return tuple(found)


def muted(acts: Iterable[Act], commitment: str, now: datetime) -> Silence | None:
    """The silence that `now` falls in."""
    return next((silence for silence in silences(acts, commitment) if silence.covers(now)), None)


def mutes_at(acts: Iterable[Act], now: datetime) -> tuple[Act, ...]:
    """The mutes that are in force."""
    left = in_force(acts, "mute", "unmute")
    return tuple(act for act in left if act.at <= now and (act.until is None or now < act.until))


def ended(acts: Iterable[Act], commitment: str, after: datetime, now: datetime) -> Silence | None:
    """The last silence whose end lies after `after` and not after `now`, unless the commitment is muted again."""
    over = [s for s in silences(acts, commitment) if s.until is not None and after < s.until <= now]
    return over[-1] if over and muted(acts, commitment, now) is None else None


def as_recorded(net: Transition, recorded: Sequence[Transition]) -> Transition:
    """What differs after a mute, told as the last recorded change that brought it about, if there was such a one."""
    end = (net.kind, reached(net.change))
    alike = [t for t in recorded if (t.kind, reached(t.change)) == end]
    same = [t for t in alike if t.flags[:1] == net.flags[:1]] or alike
    if not same:
        return net
    change = told_from(net.change, same[-1].change)
    return replace(same[-1], change=change, way=net.way, severity=net.severity, outlook_only=net.outlook_only)


# ---------------------------------------------------------------- messages


def announce(
    transitions: Sequence[Transition], sent: SentLog, routes: Sequence[Route], commitments: Mapping[str, Commitment],
    policy: Policy, now: datetime, *, acts: Sequence[Act] = (), unmuted: Sequence[Unmuted] = (),
    told_by: Mapping[str, str] = NOTHING, also: Mapping[str, tuple[str, ...]] = NOTHING,
) -> tuple[Message, ...]:  # fmt: skip
    """The messages that these transitions are worth, by route; the same transitions always give the same message ids.

    acts: those of people, of which the mutes matter here. unmuted: commitments of which one summary tells all that differs.
    told_by: signal -> its story; changes of several commitments on one story are one message. also: change -> signals beside
    its evidence that say the same.
    """
    apart = {one.commitment for one in unmuted}
    names = {t.commitment for t in transitions} & commitments.keys()
    open_ones = {name for name in names if name not in apart and muted(acts, name, now) is None}
    messages = []
    for route in routes:
        if route.stage != "stable":
            continue
        wanted = [
            t
            for t in transitions
            if t.commitment in open_ones
            and (wants(route, t, commitments, policy, now) or _follows_up(route, t, sent, policy, now))
        ]
        parts = [
            _part(route, [t for t in wanted if t.commitment == name], sent, policy, now, told_by)
            for name in dict.fromkeys(t.commitment for t in wanted)
        ]
        made = (_message(route, group, now, also) for group in _joined(filter(None, parts)))
        messages += [message for message in made if not sent.knows(message.id)]
        messages += [m for m in _summaries(route, unmuted, commitments, now) if not sent.knows(m.id)]
    return tuple(messages)


def _summaries(route: Route, unmuted: Sequence[Unmuted], declared: Collection[str], now: datetime) -> Iterable[Message]:
    """One message on all that differs after a mute, and one more, held, on what only an edit of the rules made differ."""
    found = [t for one in unmuted for t in one.differs if _concerns(route, t, declared)]
    for held in (False, True):
        group = [t for t in found if (t.cause is Cause.RULES) is held]
        if group:
            told = {t.commitment for t in group}
            yield Message(
                id=_message_id(route, group), kind="summary", route=route.name, channel=route.channel, to=route.to,
                transitions=tuple(group), commitment=lead(group).commitment, at=now, not_before=quiet_until(route, now),
                held=held, note=_after_mute([one for one in unmuted if one.commitment in told]),
            )  # fmt: skip


def _after_mute(told: Sequence[Unmuted]) -> str:
    mutes = {act.id: act for one in told for act in one.silence.mutes}
    why = "; ".join(f"{act.reason} ({who(act)})" for act in mutes.values())
    since = min(one.silence.since for one in told)
    count = sum(one.recorded for one in told)
    changes = f"{count} change{'s were' if count != 1 else ' was'} recorded meanwhile"
    return f"Muted from {since:%-d %B %Y} until now: {why}. {changes}; this is what differs from what was told before."


def _concerns(route: Route, transition: Transition, declared: Collection[str]) -> bool:
    return (
        transition.cause not in SILENT
        and follows(route, transition.commitment, declared)
        and transition.severity >= route.least_severity
    )


def wants(route: Route, transition: Transition, declared: Collection[str], policy: Policy, now: datetime) -> bool:
    """Does this route hear of this transition by an alert? (The digest carries all of them.) declared: all commitments.

    That a doubt, a date or a count no longer stands concerns those alone who were told of it (`_follows_up`).
    """
    retracted = transition.cause is Cause.CORRECTION and transition.kind is not TransitionKind.STATUS
    return _concerns(route, transition, declared) and not retracted and not _too_old(transition, policy, now)


def _follows_up(route: Route, transition: Transition, sent: SentLog, policy: Policy, now: datetime) -> bool:
    """Does this correct or confirm something that this route was told? Then it hears of it, however quiet it is by itself."""
    confirms = transition.confirms and transition.cause not in SILENT and not _too_old(transition, policy, now)
    return (confirms or transition.cause is Cause.CORRECTION) and sent.told(route.name, transition) is not None


def _too_old(transition: Transition, policy: Policy, now: datetime) -> bool:
    """Old news goes to the digest, unless it is the whole standing that changed by a formal act."""
    if transition.cause in (Cause.CLOCK, Cause.CORRECTION, Cause.PERSON):
        return False
    formal = (
        transition.kind is TransitionKind.STATUS and transition.severity is Severity.URGENT and not transition.flags
    )
    return now - transition.happened > timedelta(days=policy.digest_only_days) and not formal


@dataclass(frozen=True, slots=True)
class _Part:
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

    def belongs_to(self, other: _Part) -> bool:
        """Is it the same event? What is new: if it rests on a story in common; what follows up: if that was told together."""
        if (self.kind, self.held) != (other.kind, other.held):
            return False
        return bool(self.stories & other.stories) if self.kind == "alert" else self.thread == other.thread != ""

    def joined(self, other: _Part) -> _Part:
        notes = dict.fromkeys(filter(None, (self.note, other.note)))
        moves = (*self.transitions, *other.transitions)
        return _Part(self.kind, moves, self.stories | other.stories, " ".join(notes), self.thread)


def _joined(parts: Iterable[_Part]) -> list[_Part]:
    """The parts, those of one event together, in order of their first."""
    groups: list[_Part] = []
    for part in parts:
        same = [group for group in groups if part.belongs_to(group)]
        whole = reduce(_Part.joined, [*same, part])
        groups = (
            [whole if group is same[0] else group for group in groups if group not in same[1:]]
            if same
            else [*groups, part]
        )
    return groups


def _part(
    route: Route, group: list[Transition], sent: SentLog, policy: Policy, now: datetime, told_by: Mapping[str, str]
) -> _Part | None:
    """What this route hears of one commitment; None while further turns are left to the digest."""
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
    stories = {told_by[key] for t in group for key in (*t.evidence, *t.reason.signals) if key in told_by}
    kind = _kind(group, partial(sent.told_of, route.name))
    earlier = (sent.told_of(route.name, t) for t in group) if kind != "alert" else ()
    thread = next((told.commitment for told in earlier if told is not None), "")
    return _Part(kind, tuple(group), frozenset(stories), note, thread)


def _message(route: Route, part: _Part, now: datetime, also: Mapping[str, tuple[str, ...]]) -> Message:
    """The message on one event. `commitment` is that of its loudest change, or of the thread where it goes on."""
    first = lead(part.transitions)
    return Message(
        id=_message_id(route, part.transitions), kind=part.kind, route=route.name, channel=route.channel, to=route.to,
        transitions=part.transitions, commitment=part.thread or first.commitment, at=now,
        not_before=quiet_until(route, now), held=part.held, note=part.note,
        also=tuple(key for t in part.transitions if t.cause is not Cause.CORRECTION for key in also.get(t.id, ())),
    )  # fmt: skip


def _may_wait(transition: Transition) -> bool:
    """Turns of the outlook and doubts may wait for the digest; a new standing, a moved date or what follows up may not."""
    if transition.confirms or transition.cause in (Cause.CORRECTION, Cause.PERSON, Cause.CLOCK):
        return False
    return transition.kind is TransitionKind.FLAG or transition.outlook_only


def _kind(group: Sequence[Transition], told: Callable[[Transition], Sent | None]) -> str:
    """told: what the route was told on the same evidence. To whom it was never told, what is taken back is news like any other."""
    if (first := lead(group)).cause is Cause.CORRECTION and told(first) is not None:
        return "correction"
    return "confirmation" if all(t.confirms for t in group) else "alert"


def _message_id(route: Route, group: Iterable[Transition]) -> str:
    key = "|".join((route.name, *sorted(t.id for t in group)))
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def quiet_until(route: Route, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` falls in, in the recipient's zone; None outside them.

    Where the clocks go back the end may come twice: it is the first one still to come.
    """
    if route.quiet is None:
        return None
    zone = ZoneInfo(route.zone)
    local = now.astimezone(zone)
    start, end = (time.fromisoformat(text) for text in route.quiet)
    clock = local.time().replace(tzinfo=None)
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return None
    days = (local.date(), local.date() + timedelta(days=1))
    ends = (_moment(datetime.combine(day, end, zone).replace(fold=fold)) for day in days for fold in (0, 1))
    # Compared in UTC: two times of one zone are compared by the hands of its clock, whichever of the two hours it is.
    return min(moment for moment in ends if moment > now.astimezone(UTC)).astimezone(now.tzinfo)


def _moment(local: datetime) -> datetime:
    """A local time in UTC; for one that the clocks leave out, the first moment after it that they show."""
    moment = local.astimezone(UTC)
    shown = moment.astimezone(local.tzinfo).replace(tzinfo=None)
    return moment if shown == local.replace(tzinfo=None) else _moment(local.replace(fold=0) + timedelta(minutes=1))
