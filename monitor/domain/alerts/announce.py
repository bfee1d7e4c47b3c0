"""announce: turns the transitions of all commitments into messages to routes. All noise control is here.

A message carries the changes of one review on one commitment, for one route, together with commitments whose changes
rest on the same story. The most important change names the message and its thread. A commitment that keeps changing is
announced as unstable once and then left to the digest until it settles. Confirmations and corrections go to the
recipients of the original message. When a mute ends, one summary lists the differences from the last message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import reduce
from typing import Any

from monitor.domain.alerts.mutes import MuteSummary, mute_window_at
from monitor.domain.alerts.recipients import evening_of, family_of, quiet_until, subscribes_to
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.model.changes import FlagChanged, StatusChanged
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import Cause, Direction, FlagKind, Level, Severity, TransitionKind
from monitor.domain.model.policy import Policy
from monitor.domain.model.routes import Message, Route
from monitor.domain.model.verdicts import Intervention, Transition
from monitor.domain.verdicts.evidence import FINAL_STANDINGS
from monitor.domain.verdicts.interventions import author_of
from monitor.domain.verdicts.standing import leads, most_important

UNANNOUNCED_CAUSES = frozenset({Cause.BACKFILL})
"""Evaluated and recorded like any other change, but never sent."""
CONFIRMED_SOON = timedelta(hours=2)
"""A confirmation within this time after a message is no second one."""
ONE_MESSAGE = timedelta(hours=8)
"""Nor is an event or a step in the same direction within this time, unless the status moves: on the archive to May 2026
most of these repeat the message."""
BUSY = timedelta(hours=36)
"""For so long after a message, events that move no status wait for the evening, or for the next message that does not
wait. On the archive to May 2026 that makes a third fewer messages, each on the day of its event."""
EVENING = time(21)
"""When they are sent, in the zone of the route: before most quiet hours (estimate)."""


@dataclass(frozen=True, slots=True)
class AlertContext:
    """All that decides who receives a change at `now`. interventions: only mutes matter here. unmuted: ended mutes; one
    summary replaces the transitions of their commitments. story_of: signal -> its story; changes of several commitments
    on one story share a message. supporting: change -> signals that corroborate it without being its evidence.
    recorded: the changes of recent messages, by id."""

    sent: SentLog
    commitments: Mapping[str, Commitment]
    policy: Policy
    now: datetime
    interventions: Sequence[Intervention] = ()
    unmuted: Sequence[MuteSummary] = ()
    story_of: Mapping[str, str] = field(default_factory=dict)
    supporting: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    recorded: Mapping[str, Transition] = field(default_factory=dict)

    def is_muted(self, commitment: str) -> bool:
        return mute_window_at(self.interventions, commitment, self.now) is not None

    def stories(self, signals: Iterable[str]) -> frozenset[str]:
        """The stories of these signals, where known."""
        return frozenset(self.story_of[key] for key in signals if key in self.story_of)


def announce(transitions: Sequence[Transition], routes: Sequence[Route], context: AlertContext) -> tuple[Message, ...]:
    """The messages that these transitions cause, by route. The same transitions always give the same message ids.

    For each stable route:
    1. Select the transitions that it accepts, and follow-ups to its earlier messages; none of muted commitments.
    2. Draft one message for each commitment, unless the cool-down leaves it to the digest.
    3. Join the drafts of one event, and drop messages that were sent before.
    4. Add the summaries of ended mutes.
    """
    ended = [summary for summary in context.unmuted if not context.is_muted(summary.commitment)]
    changed = {t.commitment for t in transitions} & context.commitments.keys()
    silent = {summary.commitment for summary in ended} | {name for name in changed if context.is_muted(name)}
    audible = [move for move in transitions if move.commitment in changed - silent]
    known, messages = {message.message_id for message in context.sent.messages}, list[Message]()
    for route in routes:
        alerts = _RouteAlerts(route, context)
        relevant = [move for move in audible if alerts.accepts(move) or alerts.follows_up(move)]
        relevant = [move for move in relevant if not alerts.has_told(move)]
        groups: dict[str, list[Transition]] = {}
        for move in once_per_family(relevant, context):
            if not alerts.knows_from_family(move):
                groups.setdefault(move.commitment, []).append(move)
        drafts: list[_Draft] = []
        for draft in filter(None, map(alerts.draft, groups.values())):
            same = [other for other in drafts if draft.belongs_to(other)]
            if same:  # all drafts of one event become one, in the place of the first
                whole = reduce(_Draft.joined, [*same, draft])
                drafts = [whole if other is same[0] else other for other in drafts if other not in same[1:]]
            else:
                drafts.append(draft)
        made = [*map(alerts.message, drafts), *alerts.summaries(ended)]
        messages += [message for message in made if message.id not in known]
    return tuple(messages)


def once_per_family(moves: Sequence[Transition], context: AlertContext) -> list[Transition]:
    """The changes without repeated events of one family (a commitment with its parts).

    Of the events in one direction that share a story, the one with the most evidence stays; at a tie, that of the part.
    """
    kept: list[Transition] = []
    for move in sorted(moves, key=lambda m: (-len(m.evidence), -len(m.commitment))):
        family, stories = family_of(move.commitment, context.commitments), context.stories(move.evidence)
        repeats = (
            other.kind is move.kind is TransitionKind.EVENT
            and (other.way, other.cause) == (move.way, move.cause)
            and family_of(other.commitment, context.commitments) == family
            and bool(stories & context.stories(other.evidence))
            for other in kept
        )
        if not any(repeats):
            kept.append(move)
    return [move for move in moves if move in kept]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A message on one commitment, or on several together. thread: the commitment of the thread that it continues."""

    kind: str
    transitions: tuple[Transition, ...]
    stories: frozenset[str]
    note: str = ""
    thread: str = ""

    @property
    def held(self) -> bool:
        return any(t.cause is Cause.RULES for t in self.transitions)

    def belongs_to(self, other: _Draft) -> bool:
        """Whether both are one event: alerts that share a story, or follow-ups in one thread."""
        if (self.kind, self.held) != (other.kind, other.held):
            return False
        return bool(self.stories & other.stories) if self.kind == "alert" else self.thread == other.thread != ""

    def joined(self, other: _Draft) -> _Draft:
        notes = dict.fromkeys(filter(None, (self.note, other.note)))
        moves = (*self.transitions, *other.transitions)
        return _Draft(self.kind, moves, self.stories | other.stories, " ".join(notes), self.thread)


@dataclass(frozen=True, slots=True)
class _RouteAlerts:
    """The alerts of one route."""

    route: Route
    context: AlertContext

    def accepts(self, move: Transition) -> bool:
        """Whether the route gets an alert on this transition. (The digest lists all of them.)"""
        # The retraction of a doubt, a date or a count goes only to the recipients of the original message. On a route
        # with approval every correction does: what an editor rejected never left.
        anyone = move.kind is TransitionKind.STATUS and not self.route.approval
        retracted = move.cause is Cause.CORRECTION and not anyone
        return self._covers(move) and not retracted and not self._is_too_old(move)

    def _covers(self, move: Transition) -> bool:
        requested = move.kind is TransitionKind.EVENT and self.route.tell == "events"
        if move.cause in UNANNOUNCED_CAUSES or (move.severity < self.route.least_severity and not requested):
            return False
        return subscribes_to(self.route, move.commitment, self.context.commitments)

    def follows_up(self, move: Transition) -> bool:
        """Whether this corrects or confirms an earlier message to the route. It is then sent whatever its severity."""
        confirms = move.confirms and move.severity > Severity.ROUTINE and not self._is_too_old(move)
        confirms = confirms and move.cause not in UNANNOUNCED_CAUSES
        if not confirms and move.cause is not Cause.CORRECTION:
            return False
        return self.context.sent.first_on_same_evidence(self.route.name, move) is not None

    def has_told(self, move: Transition) -> bool:
        """Whether the route knows of this by an earlier message. It then goes to the digest and the Slack card only.

        1. A new status and a contradiction are always sent.
        2. A sequel of an event that the route received is known: a step, or more sources.
        3. So is what happens soon after in the same direction to the same family, or by a report of that message.
        """
        context = self.context
        if move.cause is not Cause.NEWS or isinstance(move.change, StatusChanged) or _is_contradiction(move):
            return False
        if move.continues and self._is_reply(move):
            return True
        family, stories = family_of(move.commitment, context.commitments), context.stories(move.evidence)
        return any(
            (move.confirms or (told.way is move.way and not told.confirms and told.level >= move.level))
            and (
                family_of(told.commitment, context.commitments) == family
                or bool(stories & context.stories(told.evidence))
            )
            for told in self._just_told(CONFIRMED_SOON if move.confirms else ONE_MESSAGE)
        )

    def _just_told(self, within: timedelta) -> list[Transition]:
        """The recorded changes of the messages to the route within this time."""
        context = self.context
        recent = (s for s in context.sent.messages if s.route == self.route.name and context.now - s.at < within)
        return [context.recorded[key] for sent in recent for key in sent.transition_ids if key in context.recorded]

    def knows_from_family(self, move: Transition) -> bool:
        """Whether the route received this event under another commitment of its family, while it is fresh."""
        if move.kind is not TransitionKind.EVENT or move.cause is Cause.CORRECTION:
            return False
        context = self.context
        # Only the newest report counts: older ones may belong to an earlier event.
        newest = next((context.story_of[key] for key in reversed(move.evidence) if key in context.story_of), None)
        fresh = timedelta(days=context.policy.event_again_days)
        family = family_of(move.commitment, context.commitments)
        return any(
            newest is not None and newest in context.stories(message.evidence)
            for message in context.sent.messages
            if message.route == self.route.name
            and context.now - message.at < fresh
            and message.commitment != move.commitment
            and family_of(message.commitment, context.commitments) == family
        )

    def _is_too_old(self, move: Transition) -> bool:
        """Old news goes to the digest, except a formal act that changes the status for the worse beyond doubt."""
        if move.cause in (Cause.CLOCK, Cause.CORRECTION, Cause.PERSON):
            return False
        formal = move.kind is TransitionKind.STATUS and move.severity is Severity.URGENT and not move.flags
        return self.context.now - move.happened > timedelta(days=self.context.policy.digest_only_days) and not formal

    def draft(self, group: Sequence[Transition]) -> _Draft | None:
        """The message on one commitment; None while the cool-down leaves further changes to the digest.

        1. Count the recent messages. Turns of the outlook and doubts may wait for the digest; a new standing, a moved
           date and a follow-up may not. The last message before the cool-down says that the commitment is unstable.
        2. Choose the kind: confirmation, correction (for the recipients of the original) or alert.
        3. A follow-up continues the thread of the first related message.
        """
        context, sent, name = self.context, self.context.sent, self.route.name
        hours, allowed = context.policy.cooldown_hours, context.policy.turns_allowed
        recent = sent.count_since(name, group[0].commitment, context.now - timedelta(hours=hours))
        minor = all(move.kind is TransitionKind.FLAG or move.outlook_only for move in group)
        prompt = any(self._is_reply(m) or m.cause in (Cause.CORRECTION, Cause.PERSON, Cause.CLOCK) for m in group)
        deferrable = minor and not prompt
        if recent >= allowed and deferrable:
            return None
        note = ""
        if recent and recent == allowed - 1 and deferrable:
            later = "further changes come in the digest until it settles."
            note = f"The status has changed {recent + 1} times in {hours} hours; {later}"
        stories = context.stories(key for t in group for key in (*t.evidence, *t.reason.signals))
        kind, thread = "confirmation" if all(map(self._is_reply, group)) else "alert", ""
        first = most_important(group)
        # For a route that did not receive the original message, a correction is news like any other.
        if first.cause is Cause.CORRECTION and sent.first_related(name, first) is not None:
            kind = "correction"
        if kind != "alert":
            earlier = filter(None, (sent.first_related(name, move) for move in group))
            thread = next((message.commitment for message in earlier), "")
        return _Draft(kind, tuple(group), stories, note, thread)

    def _is_reply(self, move: Transition) -> bool:
        """Whether this confirms an earlier message. To a route without that message, the sequel of an event is news."""
        known = self.context.sent.first_on_same_evidence(self.route.name, move) is not None
        return move.confirms and (known or not move.continues)

    def message(self, draft: _Draft) -> Message:
        """The message of a draft. Its commitment is that of the most important change, or of the continued thread."""
        moves, support = draft.transitions, self.context.supporting
        supporting = tuple(key for t in moves if t.cause is not Cause.CORRECTION for key in support.get(t.id, ()))
        key, thread = sorted(t.id for t in moves), draft.thread or max(moves, key=leads).commitment
        details = {"held": draft.held, "note": draft.note, "supporting": supporting}
        if quiet_until(self.route, self.context.now) is None and not self.route.approval and self._may_wait(draft):
            details["not_before"] = evening_of(self.route, self.context.now, EVENING)
        return route_message(self.route, draft.kind, key, moves, thread, self.context.now, **details)

    def _may_wait(self, draft: _Draft) -> bool:
        """Whether a message only reports events, and relief that follows from them, and the route had one a short time
        ago. A leaders' meeting or an order does not wait, unless one was just told, nor does a contradiction."""
        context, name = self.context, self.route.name
        highest = max((told.level for told in self._just_told(ONE_MESSAGE)), default=Level.ORDINARY)
        recent = any(s.route == name and s.transition_ids and context.now - s.at < BUSY for s in context.sent.messages)
        return recent and not any(
            (move.kind is TransitionKind.STATUS and not self._is_relief(move))
            or move.cause is not Cause.NEWS
            or move.level > highest
            or _is_contradiction(move)
            for move in draft.transitions
        )

    def _is_relief(self, move: Transition) -> bool:
        """Whether a new status is neither a fall nor final, and follows from an event that the route received."""
        is_final = move.standing in FINAL_STANDINGS and not move.outlook_only
        return bool(move.continues) and self._is_reply(move) and move.way is not Direction.DOWN and not is_final

    def summaries(self, unmuted: Sequence[MuteSummary]) -> Iterable[Message]:
        """One message on all differences after a mute; another one, held, on differences by a rule edit."""
        moves = [t for summary in unmuted for t in summary.differs if self._covers(t)]
        for held in (False, True):
            group = tuple(t for t in moves if (t.cause is Cause.RULES) is held)
            if not group:
                continue
            ended = [summary for summary in unmuted if summary.commitment in {t.commitment for t in group}]
            mutes = {mute.id: mute for summary in ended for mute in summary.window.mutes}
            why = "; ".join(f"{mute.reason} ({author_of(mute)})" for mute in mutes.values())
            since, count = min(summary.window.since for summary in ended), sum(summary.recorded for summary in ended)
            recorded = f"{count} change{'s were' if count != 1 else ' was'} recorded in that time"
            listed = "this message lists the differences from the last one."
            note = f"Muted from {since:%-d %B %Y} until now: {why}. {recorded}; {listed}"
            key, thread = sorted(t.id for t in group), max(group, key=leads).commitment
            yield route_message(self.route, "summary", key, group, thread, self.context.now, held=held, note=note)


def _is_contradiction(move: Transition) -> bool:
    return isinstance(move.change, FlagChanged) and move.change.flag is FlagKind.CONTESTED


def route_message(
    to: Route, kind: str, key: Iterable[str], moves: tuple[Transition, ...], thread: str, now: datetime, **details: Any
) -> Message:
    """A message to a route in the thread of a commitment. Its id is a hash of the route's name and `key`."""
    details = {"not_before": quiet_until(to, now), **details}
    message_id = hashlib.blake2b("|".join((to.name, *key)).encode(), digest_size=8).hexdigest()
    place = (to.name, to.channel, to.to)
    details["held"] = to.approval or details.get("held", False)
    return Message(message_id, kind, *place, moves, thread, now, **details)
