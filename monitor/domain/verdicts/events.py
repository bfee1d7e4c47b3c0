"""Events of note: real steps and blows, whether or not they move the status.

A verdict says where a promise stands; an event says that something happened to it. One report worth a remark makes an event of
note, which the digest lists. Enough independent sources within a day or two make it one that is told at once, and so does the text
of the side that acts. After that one the next event of the same direction needs more sources for a few days, as much of what
follows is an echo; a threat that was told is no news of the blow that follows it. The numbers are chosen from the table that
benchmarks/telling.py prints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Commitment,
    Direction,
    Effect,
    Event,
    Kind,
    Policy,
    Severity,
    Signal,
    Standing,
    Tier,
    Verdict,
)
from monitor.domain.verdicts.corroboration import CLAIM_EFFECTS, Claim, assess_support, count_sources, is_agreement
from monitor.domain.verdicts.deadlines import OPEN_STATES
from monitor.domain.verdicts.standing import FULFILLED, direction, status_severity

Heard = Mapping[Direction, tuple[Signal, ...]]
"""The signals of each direction, oldest first, that no event told so far has taken up."""
FINAL_STANDINGS = frozenset({Standing.BREACHED, Standing.LAPSED, Standing.PARTLY_MET, *FULFILLED.values()})
"""Standings that are told by themselves, unless the event that led to them said as much."""
MERE_WORDS = frozenset({Effect.PLEDGE, Effect.THREAT})
"""Effects of what is said and not done."""
OWN_TIERS = frozenset({Tier.OFFICIAL, Tier.STATE_MEDIA})
"""The publishers that print a side's own text."""


def direction_of(effect: Effect) -> Direction:
    """Whether an effect is good or bad for the promise; a date is neither."""
    if effect is Effect.DEADLINE:
        return Direction.OTHER
    return Direction.DOWN if effect in NEGATIVE_EFFECTS else Direction.UP


@dataclass(slots=True)
class EventTracker:
    """The signals that no told event has taken up. commitment, policy: as for the outlook."""

    commitment: Commitment
    policy: Policy
    heard: dict[Direction, tuple[Signal, ...]] = field(default_factory=dict)

    def take(self, before: Verdict, verdict: Verdict, signal: Signal) -> Verdict:
        """The verdict with the event that `signal` makes, or makes known widely enough to be told.

        before: the verdict before the signal, which tells whether it moved something that is told by itself.
        """
        late = signal.seen_at - signal.happened.end > timedelta(hours=self.policy.late_hours)
        if signal.effect not in CLAIM_EFFECTS or signal.tier not in self.policy.corroborating_tiers or late:
            return verdict
        way, at = direction_of(signal.effect), signal.happened.end
        if has_moved(before, verdict) and not self._is_mere_reply(before, verdict, signal):
            self.heard[way] = ()
            return with_event(verdict, Event(way, signal.effect, signal.by, at, (signal.id,), told=True, moved=True))
        last = last_told(verdict, way, signal.effect)
        if last is not None and at - last.at < timedelta(hours=self.policy.event_apart_hours):
            return verdict
        oldest = at - timedelta(hours=self.policy.event_hours)
        claim = Claim("", (*(s for s in self.heard.get(way, ()) if s.happened.end >= oldest), signal))
        self.heard[way] = claim.signals
        if not assess_support(claim, self.commitment, self.policy).is_strong_enough:
            return verdict
        fresh = last is not None and at - last.at < timedelta(days=self.policy.event_again_days)
        told = self._is_enough(claim.signals, fresh=fresh) or (not fresh and is_own_act(signal, self.commitment))
        if told:
            self.heard[way] = ()
        return with_event(verdict, Event(way, signal.effect, signal.by, at, claim.ids, told=told))

    def remember(self, verdict: Verdict, signal: Signal) -> None:
        """Take up a signal that the verdict held already: it still counts together with later ones, unless an event of it was told."""
        way, told = direction_of(signal.effect), {key for e in verdict.events if e.told for key in e.evidence}
        if signal.tier in self.policy.corroborating_tiers and signal.id not in told:
            self.heard[way] = (*self.heard.get(way, ()), signal)

    def _is_enough(self, reports: Sequence[Signal], *, fresh: bool) -> bool:
        """Whether the independent sources behind reports, oldest first, tell an event at once: more are needed while the last one of
        its direction is fresh. A plan or threat of which no side speaks is no second source of a deed that is reported after it: with
        those it takes a third, as where there is nothing else."""
        policy, sources = self.policy, count_sources(reports)
        if fresh:
            return sources >= policy.event_again_origins
        firm = [s for s in reports if s.effect not in MERE_WORDS or s.says.parties]
        if not firm:
            return sources >= policy.event_talk_origins
        if reports[-1].effect in MERE_WORDS:
            return sources >= policy.event_origins
        with_talk = max(policy.event_origins, policy.event_talk_origins)
        return count_sources(firm) >= policy.event_origins or sources >= with_talk

    def _is_mere_reply(self, before: Verdict, after: Verdict, signal: Signal) -> bool:
        """Whether only the outlook turned, which is told as a reply to an event that does not tell of this signal: to one of more
        than `event_follow_hours` ago, or to a threat that is now carried out. Then what is new still makes an event."""
        if before.standing is not after.standing or _has_moved_more(before, after):
            return False
        told = [e for e in before.events if e.told and e.way is direction_of(signal.effect)]
        since = signal.happened.end - timedelta(hours=self.policy.event_follow_hours)
        recent = [event for event in told if event.at >= since]
        if recent:
            return not any(tells_of(event, signal.effect) for event in recent)
        return any({*after.outlook_evidence} & {*event.evidence} for event in told)


def is_own_act(signal: Signal, commitment: Commitment) -> bool:
    """Whether a side's own text says what that side has done, or what several have agreed on. The rounds of a series are held by all
    sides, so one side's text on them is no deed of its own, and what is agreed on is the next round."""
    parties = signal.says.parties
    if not parties or signal.tier not in OWN_TIERS:
        return False
    is_round = commitment.kind is Kind.SERIES and signal.effect not in NEGATIVE_EFFECTS
    if signal.effect in MERE_WORDS:
        return is_agreement(signal) and not is_round
    return len(parties) > 1 or (signal.says.value == signal.by.value and not is_round)


def tells_of(event: Event, effect: Effect) -> bool:
    """Whether a told event says no less than a report of its direction: a threat does not tell of the blow that follows it. A promise
    that is kept within days is the news of the promise."""
    return event.effect is not Effect.THREAT or effect is Effect.THREAT


def has_moved(before: Verdict, after: Verdict) -> bool:
    """Whether something moved that is told by itself: the status (but not to the next round of a series), a step, the terms, a date."""
    if _has_moved_more(before, after):
        return True
    if (before.standing, before.outlook) == (after.standing, after.outlook):
        return False
    return status_severity(before, after, direction(before, after)) > Severity.ROUTINE


def _has_moved_more(before: Verdict, after: Verdict) -> bool:
    """Whether a step, the terms or a date moved."""
    return before.steps != after.steps or before.terms != after.terms or _has_moved_date(before, after)


def _has_moved_date(before: Verdict, after: Verdict) -> bool:
    """Whether another date was named for what had one."""
    open_dates = {(d.what, d.date) for d in before.deadlines if d.state in OPEN_STATES}
    named = {what for what, _ in open_dates}
    return any(
        d.state in OPEN_STATES and d.what in named and (d.what, d.date) not in open_dates for d in after.deadlines
    )


def last_told(verdict: Verdict, way: Direction, effect: Effect) -> Event | None:
    """The last event of a direction that was told and says no less than such an effect; None if none is remembered."""
    told = (e for e in verdict.events if e.told and e.way is way and tells_of(e, effect))
    return max(told, key=lambda event: event.at, default=None)


def with_event(verdict: Verdict, event: Event) -> Verdict:
    """The verdict with the event, which takes the place of those not told yet whose evidence it shares."""
    kept = tuple(e for e in verdict.events if e.told or not {*e.evidence} & {*event.evidence})
    return replace(verdict, events=(*kept, event))


def without_old(verdict: Verdict, now: datetime, policy: Policy) -> Verdict:
    """The verdict without the events of more than `corroborate_days` ago; those that were told stay for `live_days`, as long as a
    retraction of their reports can still be told."""
    days = {True: timedelta(days=policy.live_days), False: timedelta(days=policy.corroborate_days)}
    kept = tuple(event for event in verdict.events if now - event.at <= days[event.told and not event.moved])
    return verdict if len(kept) == len(verdict.events) else replace(verdict, events=kept)
