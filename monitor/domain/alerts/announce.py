"""announce: transitions of all commitments -> messages to routes. All noise control lives here and nowhere else.

A message carries what one review found on one commitment, for one route, together with the commitments whose changes rest on
a story in common. The most important change leads; its commitment names the message and its thread. Quiet hours delay a
message. A commitment that keeps changing is announced as unstable once and then left to the digest until it settles. What
confirms or corrects a sent message goes to whoever received that, in the same thread. A muted commitment is not announced
at all; when the mute ends, one summary lists what then differs from what had been sent before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from types import MappingProxyType
from typing import Any, Final

from monitor.domain.alerts.mutes import MuteSummary, mute_window_at
from monitor.domain.alerts.quiet_hours import quiet_until
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.alerts.subscriptions import family_of, subscribes_to
from monitor.domain.model import (
    FURTHER_EVIDENCE,
    Cause,
    Commitment,
    Intervention,
    Message,
    Policy,
    Route,
    Severity,
    Signal,
    Transition,
    TransitionKind,
    Verdict,
)
from monitor.domain.verdicts.further_evidence import first_per_source
from monitor.domain.verdicts.interventions import author_of
from monitor.domain.verdicts.net_changes import without_resolved
from monitor.domain.verdicts.severity import most_important

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})
UNANNOUNCED_CAUSES = frozenset({Cause.BACKFILL})
"""Evaluated and recorded like any other change, and sent to nobody."""
COLLECT_WINDOW = timedelta(hours=1)
"""Further evidence is collected for this time after a message on a commitment, to be one reply: an estimate of how long the
outlets take to follow the first report."""


def announce(
    transitions: Sequence[Transition],
    sent: SentLog,
    routes: Sequence[Route],
    commitments: Mapping[str, Commitment],
    policy: Policy,
    now: datetime,
    *,
    interventions: Sequence[Intervention] = (),
    unmuted: Sequence[MuteSummary] = (),
    told_by: Mapping[str, str] = EMPTY,
    also: Mapping[str, tuple[str, ...]] = EMPTY,
) -> tuple[Message, ...]:
    """The messages that these transitions cause, by route; the same transitions always give the same message ids.

    interventions: interventions, of which only mutes matter here. unmuted: commitments whose mute has ended, everywhere or in one place; one
    summary replaces their transitions there. told_by: signal -> its story; changes of several commitments on one story are one message.
    also: change -> signals beside its evidence that say the same.

    For each stable route:
    1. Select the transitions that it accepts, and those that follow up what it received; none of muted commitments.
    2. Draft one message for each commitment, unless the cool-down leaves it to the digest.
    3. Join the drafts of one event, and drop messages that were sent before.
    4. Add the summaries of ended mutes.
    """
    changed = {t.commitment for t in transitions} & commitments.keys()
    known, messages = {message.message_id for message in sent.messages}, list[Message]()
    for route in routes:
        if route.stage != "stable":
            continue
        alerts = _RouteAlerts(route, sent, commitments, policy, now)
        ended = summaries_for(route, unmuted, interventions, now)
        names = changed - {summary.commitment for summary in ended}
        audible = {name for name in names if mute_window_at(interventions, name, now, route.name) is None}
        heard = [m for m in transitions if m.commitment in audible and (alerts.accepts(m) or alerts.follows_up(m))]
        groups: dict[str, list[Transition]] = {}
        for move in told_once_a_family(heard, commitments, told_by):
            if not alerts.knows_from_family(move, told_by):
                groups.setdefault(move.commitment, []).append(move)
        drafts: list[_MessageDraft] = []
        for group in groups.values():
            draft = alerts.draft(group, told_by)
            if draft is None:
                continue
            same = [other for other in drafts if draft.belongs_to(other)]
            if same:  # all drafts of one event become one, in the place of the first
                whole = reduce(_MessageDraft.joined, [*same, draft])
                drafts = [whole if other is same[0] else other for other in drafts if other not in same[1:]]
            else:
                drafts.append(draft)
        made = [*(alerts.message(draft, also) for draft in drafts), *alerts.summaries(ended)]
        messages += [message for message in made if message.id not in known]
    return tuple(messages)


def summaries_for(
    route: Route, unmuted: Sequence[MuteSummary], interventions: Sequence[Intervention], now: datetime
) -> tuple[MuteSummary, ...]:
    """The ended mutes that a route hears of, one a commitment: its own, which reaches back to whatever was part of it, before one of
    all places; none of what stays muted for it."""
    known = {s.commitment: s for s in sorted(unmuted, key=lambda s: s.place) if s.place in ("", route.name)}
    return tuple(s for s in known.values() if mute_window_at(interventions, s.commitment, now, route.name) is None)


def told_once_a_family(
    moves: Sequence[Transition], commitments: Collection[str], told_by: Mapping[str, str]
) -> list[Transition]:
    """The changes without events that a part, or the commitment that it is a part of, tells as well: of events of one direction on a
    story in common the one with the most evidence stays, and of those the part's."""
    kept: list[Transition] = []
    for move in sorted(moves, key=lambda m: (-len(m.evidence), -len(m.commitment))):
        same = (
            m
            for m in kept
            if m.kind is move.kind is TransitionKind.EVENT and (m.way, m.cause) == (move.way, move.cause)
        )
        family = family_of(move.commitment, commitments)
        own = {told_by[key] for key in move.evidence if key in told_by}
        if not any(
            family_of(m.commitment, commitments) == family and own & {told_by.get(key) for key in m.evidence}
            for m in same
        ):
            kept.append(move)
    return [move for move in moves if move in kept]


@dataclass(frozen=True, slots=True)
class _MessageDraft:
    """What to send on one commitment, or on several together.

    stories: those behind the transitions. thread: the commitment in whose thread the followed-up message was sent; '' for
    an alert.
    """

    kind: str
    transitions: tuple[Transition, ...]
    stories: frozenset[str]
    note: str = ""
    thread: str = ""

    @property
    def held(self) -> bool:
        return any(t.cause is Cause.RULES for t in self.transitions)

    def belongs_to(self, other: _MessageDraft) -> bool:
        """Whether both are one event: alerts on a story in common, or follow-ups of one thread."""
        if (self.kind, self.held) != (other.kind, other.held):
            return False
        return bool(self.stories & other.stories) if self.kind == "alert" else self.thread == other.thread != ""

    def joined(self, other: _MessageDraft) -> _MessageDraft:
        notes = dict.fromkeys(filter(None, (self.note, other.note)))
        moves = (*self.transitions, *other.transitions)
        return _MessageDraft(self.kind, moves, self.stories | other.stories, " ".join(notes), self.thread)


@dataclass(frozen=True, slots=True)
class _RouteAlerts:
    """One route at one moment: what was sent to it, and what it is to receive."""

    route: Route
    sent: SentLog
    commitments: Collection[str]
    policy: Policy
    now: datetime

    def accepts(self, move: Transition) -> bool:
        """Whether the route gets an alert on this transition. (The digest lists all of them.)

        The retraction of a doubt, a date or a count goes only to those who received it (`follows_up`).
        """
        retracted = move.cause is Cause.CORRECTION and move.kind is not TransitionKind.STATUS
        return self._covers(move) and not retracted and not self._is_too_old(move)

    def _covers(self, move: Transition) -> bool:
        asked_for = move.kind is TransitionKind.EVENT and self.route.tell == "events"
        if move.cause in UNANNOUNCED_CAUSES or (move.severity < self.route.least_severity and not asked_for):
            return False
        return subscribes_to(self.route, move.commitment, self.commitments)

    def follows_up(self, move: Transition) -> bool:
        """Whether this corrects or confirms what the route received; then it goes there, however minor it is by itself."""
        confirms = move.confirms and move.cause not in UNANNOUNCED_CAUSES and not self._is_too_old(move)
        if not confirms and move.cause is not Cause.CORRECTION:
            return False
        return self.sent.first_on_same_evidence(self.route.name, move) is not None

    def knows_from_family(self, move: Transition, told_by: Mapping[str, str]) -> bool:
        """Whether the route was told of this event under a part of the same commitment, or under the commitment itself: a message
        sent while the event is fresh rests on the newest of its reports. Older ones may have told of something before it."""
        if move.kind is not TransitionKind.EVENT or move.cause is Cause.CORRECTION:
            return False
        newest = next((told_by[key] for key in reversed(move.evidence) if key in told_by), None)
        fresh = timedelta(days=self.policy.event_again_days)
        family = family_of(move.commitment, self.commitments)
        messages = (m for m in self.sent.messages if m.route == self.route.name and self.now - m.at < fresh)
        related = (m for m in messages if m.commitment != move.commitment)
        keys = (key for m in related if family_of(m.commitment, self.commitments) == family for key in m.evidence)
        return newest is not None and any(told_by.get(key) == newest for key in keys)

    def _is_too_old(self, move: Transition) -> bool:
        """Old news goes to the digest, except a formal act that changes the status for the worse beyond doubt."""
        if move.cause in (Cause.CLOCK, Cause.CORRECTION, Cause.PERSON):
            return False
        formal = move.kind is TransitionKind.STATUS and move.severity is Severity.URGENT and not move.flags
        return self.now - move.happened > timedelta(days=self.policy.digest_only_days) and not formal

    def draft(self, group: list[Transition], told_by: Mapping[str, str]) -> _MessageDraft | None:
        """The message on one commitment; None while the cool-down leaves further changes to the digest."""
        hours, allowed = self.policy.cooldown_hours, self.policy.turns_allowed
        recent = self.sent.count_since(self.route.name, group[0].commitment, self.now - timedelta(hours=hours))
        # Changes of the outlook and doubts may wait for the digest; a new standing, a moved date or a follow-up may not.
        minor = all(move.kind is TransitionKind.FLAG or move.outlook_only for move in group)
        prompt = any(self._is_reply(m) or m.cause in (Cause.CORRECTION, Cause.PERSON, Cause.CLOCK) for m in group)
        deferrable = minor and not prompt
        if recent >= allowed and deferrable:
            return None
        note = ""
        if recent and recent == allowed - 1 and deferrable:
            note = (
                f"Unstable: {recent + 1} changes in {hours} hours. "
                "Until it settles, further turns of the outlook go to the digest only."
            )
        stories = {told_by[key] for t in group for key in (*t.evidence, *t.reason.signals) if key in told_by}
        kind, thread = "confirmation" if all(map(self._is_reply, group)) else "alert", ""
        first = most_important(group)
        # A correction for those who received the message; for others, what was withdrawn is news like any other.
        if first.cause is Cause.CORRECTION and self.sent.first_related(self.route.name, first) is not None:
            kind = "correction"
        if kind != "alert":
            earlier = filter(None, (self.sent.first_related(self.route.name, move) for move in group))
            thread = next((message.commitment for message in earlier), "")
        return _MessageDraft(kind, tuple(group), frozenset(stories), note, thread)

    def _is_reply(self, move: Transition) -> bool:
        """Whether this confirms what was sent before. What an event has led to is news for a route that did not hear of the event."""
        return move.confirms and not (
            move.continues and self.sent.first_on_same_evidence(self.route.name, move) is None
        )

    def message(self, draft: _MessageDraft, also: Mapping[str, tuple[str, ...]]) -> Message:
        """The message of a draft. It names the commitment of its most important change, or of the thread it continues."""
        support = (key for t in draft.transitions if t.cause is not Cause.CORRECTION for key in also.get(t.id, ()))
        moves, thread = draft.transitions, draft.thread or most_important(draft.transitions).commitment
        key, details = sorted(t.id for t in moves), {"held": draft.held, "note": draft.note, "also": tuple(support)}
        return route_message(self.route, draft.kind, key, moves, thread, self.now, **details)

    def summaries(self, unmuted: Sequence[MuteSummary]) -> Iterable[Message]:
        """One message on all that differs after a mute, and one more, held, on what only an edit of the rules changed."""
        moves = [t for summary in unmuted for t in summary.differs if self._covers(t)]
        for held in (False, True):
            group = tuple(t for t in moves if (t.cause is Cause.RULES) is held)
            if not group:
                continue
            ended = [summary for summary in unmuted if summary.commitment in {t.commitment for t in group}]
            mutes = {intervention.id: intervention for summary in ended for intervention in summary.silence.mutes}
            why = "; ".join(f"{intervention.reason} ({author_of(intervention)})" for intervention in mutes.values())
            since = min(summary.silence.since for summary in ended)
            count = sum(summary.recorded for summary in ended)
            note = (
                f"Muted from {since:%-d %B %Y} until now: {why}. {count} change{'s were' if count != 1 else ' was'} "
                "recorded meanwhile; this is what differs from what was told before."
            )
            key, thread = sorted(t.id for t in group), most_important(group).commitment
            yield route_message(self.route, "summary", key, group, thread, self.now, held=held, note=note)


def route_message(
    to: Route, kind: str, key: Iterable[str], moves: tuple[Transition, ...], thread: str, now: datetime, **details: Any
) -> Message:
    """A message to a route in the thread of a commitment. Its id is a hash of the route's name and `key`."""
    message_id = hashlib.blake2b("|".join((to.name, *key)).encode(), digest_size=8).hexdigest()
    place = (to.name, to.channel, to.to)
    return Message(message_id, kind, *place, moves, thread, now, not_before=quiet_until(to, now), **details)


# ---------------------------------------------------------------- follow-ups


def follow_up_message(
    change: Transition,
    verdict: Verdict,
    supporting: Sequence[Signal],
    sources: Mapping[str, str],
    route: Route,
    sent: SentLog,
    now: datetime,
) -> Message | None:
    """The follow-up to a route that received a change; None if no new source supports it, or it is not the time.

    supporting: the signals that corroborate the change; sources: signal -> independent source, for these and the evidence
    of the change.
    """
    told = sent.first_on_same_evidence(route.name, change)
    if told is None or quiet_until(route, now) is not None:
        return None
    if now < max(message.at for message in sent.in_thread(route.name, told.commitment)) + COLLECT_WINDOW:
        return None
    shown = sent.signals_shown(route.name)
    new = first_per_source(supporting, {sources[key] for key in shown if key in sources})
    if not new:
        return None
    ids = tuple(signal.id for signal in new)
    evidence = (*change.evidence, *(signal.id for signal in first_per_source(supporting)))
    whole = replace(without_resolved(change, verdict), evidence=evidence)
    key, note = (FURTHER_EVIDENCE, change.id, *sorted(ids)), "Nothing has changed: another source now says the same."
    return route_message(route, FURTHER_EVIDENCE, key, (whole,), told.commitment, now, note=note, also=ids)
