"""Events of note: real steps and blows, whether or not they move the status.

A verdict is the state of a promise; an event is a report that the promise gained or suffered. One report of a moving
publisher makes an event, which the digest lists. Enough independent sources within a day or two make an event to
announce at once, and so does the own text of the acting side. After that the next event in the same direction needs
more sources for a few days, because many later reports are echoes. An announced threat does not cover the blow that
follows it. The numbers come from the table that benchmarks/telling.py prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import (
    NEGATIVE_EFFECTS,
    Direction,
    Effect,
    Kind,
    Level,
    Modality,
    Outlook,
    Severity,
    Standing,
)
from monitor.domain.model.news import Signal
from monitor.domain.model.policy import Policy
from monitor.domain.model.verdicts import Event, Verdict
from monitor.domain.verdicts.corroboration import (
    CLAIM_EFFECTS,
    OWN_TIERS,
    Claim,
    assess_support,
    count_sources,
    is_agreement,
)
from monitor.domain.verdicts.deadlines import OPEN_STATES
from monitor.domain.verdicts.standing import direction, status_severity

MERE_WORDS = frozenset({Effect.PLEDGE, Effect.THREAT})
"""Effects of words, not of deeds."""


def direction_of(effect: Effect) -> Direction:
    """Whether an effect is good or bad for the promise; a date is neither."""
    if effect is Effect.DEADLINE:
        return Direction.OTHER
    return Direction.DOWN if effect in NEGATIVE_EFFECTS else Direction.UP


@dataclass(slots=True)
class EventTracker:
    """The events of one commitment. pending: the signals that no announced event has used, by direction."""

    commitment: Commitment
    policy: Policy
    pending: dict[Direction, tuple[Signal, ...]] = field(default_factory=dict)

    def take(self, before: Verdict, verdict: Verdict, signal: Signal) -> Verdict:
        """The verdict with the event that `signal` makes or strengthens. before: the verdict before the signal.

        1. Late reports and publishers that cannot corroborate make no event.
        2. A change with a message of its own is recorded as an announced event.
        3. Shortly after an announced event of the same direction, the report belongs to it.
        4. The pending reports of the last hours make the event; enough sources, or the side's own text, announce it.
        """
        policy, at = self.policy, signal.happened.end
        late = signal.seen_at - at > timedelta(hours=policy.late_hours)
        if signal.effect not in CLAIM_EFFECTS or signal.tier not in policy.corroborating_tiers or late:
            return verdict
        way = direction_of(signal.effect)
        if has_moved(before, verdict) and not self._is_mere_reply(before, verdict, signal):
            self.pending[way] = ()
            moved = Event(way, signal.effect, signal.by, at, (signal.id,), announced=True, moved=True)
            return with_event(verdict, replace(moved, level=signal.level))
        covering = (e.at for e in verdict.events if e.announced and e.way is way and covers(e, signal))
        last = max(covering, default=None)
        # What is reported of a summit in the days after it are echoes.
        apart = timedelta(hours=policy.event_apart_hours)
        apart = timedelta(days=policy.event_again_days) if signal.level is Level.SUMMIT else apart
        if last is not None and at - last < apart:
            return verdict
        oldest = at - timedelta(hours=policy.event_hours)
        recent = [s for s in self.pending.get(way, ()) if s.happened.end >= oldest]
        self.pending[way] = (*recent, signal)
        # A summit stands on reports of the summit.
        claim = Claim("", (*(s for s in recent if s.level >= signal.level or signal.level < Level.SUMMIT), signal))
        if not assess_support(claim, self.commitment, policy).is_strong_enough:
            return verdict
        fresh = last is not None and at - last < timedelta(days=policy.event_again_days)
        own_text = not fresh and is_own_act(signal, self.commitment)
        announced = own_text or self._has_enough_sources(claim.signals, fresh=fresh)
        if announced:
            self.pending[way] = ()
        event = Event(way, signal.effect, signal.by, at, claim.ids, announced=announced)
        return with_event(verdict, replace(event, level=max(report.level for report in claim.signals)))

    def remember(self, verdict: Verdict, signal: Signal) -> None:
        """Keep a signal of the checkpoint: it still corroborates later ones, unless its event was announced."""
        way, used = direction_of(signal.effect), {key for e in verdict.events if e.announced for key in e.evidence}
        if signal.tier in self.policy.corroborating_tiers and signal.id not in used:
            self.pending[way] = (*self.pending.get(way, ()), signal)

    def _has_enough_sources(self, reports: Sequence[Signal], *, fresh: bool) -> bool:
        """Whether the independent sources of reports, oldest first, suffice to announce an event at once.

        While the last event of its direction is fresh, more sources are needed. A plan or threat that only the press
        reports does not corroborate a later deed: then a third source is needed, as for plans and threats alone.
        """
        # What several parties are only hoped, expected or said to be about to agree on is no event yet.
        if all(is_wish(report, self.commitment) for report in reports):
            return False
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
        """Whether only the outlook turned, and the alert on it is a reply to an event that does not cover this signal.

        That event is more than `event_follow_hours` old, or a threat that is now carried out. The news then still
        makes an event.
        """
        if before.standing is not after.standing or _has_moved_part(before, after):
            return False
        earlier = [e for e in before.events if e.announced and e.way is direction_of(signal.effect)]
        since = signal.happened.end - timedelta(hours=self.policy.event_follow_hours)
        recent = [event for event in earlier if event.at >= since]
        if recent:
            return not any(covers(event, signal) for event in recent)
        return any({*after.outlook_evidence} & {*event.evidence} for event in earlier)


def is_own_act(signal: Signal, commitment: Commitment) -> bool:
    """Whether a side's own text reports the side's own act, or an agreement of several sides.

    All sides hold the rounds of a series, so one side's text on a round is not its own act, and an agreement on it is
    the next round.
    """
    parties = signal.says.parties
    if not parties or signal.tier not in OWN_TIERS:
        return False
    is_round = commitment.kind is Kind.SERIES and signal.effect not in NEGATIVE_EFFECTS
    if signal.effect in MERE_WORDS:
        return is_agreement(signal) and not is_round
    return len(parties) > 1 or (signal.says.value == signal.by.value and not is_round)


def is_wish(signal: Signal, commitment: Commitment) -> bool:
    """Whether a report only hopes for, expects or plans what several parties are to agree on; a meeting that is planned
    is an event of a series."""
    planned = signal.modality is Modality.PLAN and not signal.says.parties and commitment.kind is not Kind.SERIES
    hedged = planned or signal.modality is Modality.RUMOUR
    return signal.effect is Effect.PLEDGE and hedged and len(signal.by.parties) > 1


def is_expected(
    event: Event, verdict: Verdict, reports: Sequence[Signal], commitment: Commitment, policy: Policy
) -> bool:
    """Whether an ordinary event says what the status already shows: bad news of a commitment in trouble, good news of
    one on its way. Three sources, a side's own text and good news in its words are news all the same."""
    if event.level >= Level.ORDER or count_sources(reports) >= policy.event_talk_origins:
        return False
    if any(is_own_act(report, commitment) for report in reports):
        return False
    if event.way is Direction.DOWN:
        return verdict.outlook is not Outlook.STEADY
    on_its_way = verdict.outlook is Outlook.STEADY and verdict.standing is not Standing.UNPLEDGED
    return event.way is Direction.UP and on_its_way and not any(report.says.parties for report in reports)


def covers(event: Event, later: Signal) -> bool:
    """Whether an announced event covers a later report of its direction. A threat does not cover the blow after it, nor
    the eve of a summit the summit."""
    as_important = event.level is Level.SUMMIT or later.level < Level.SUMMIT
    return as_important and (event.effect is not Effect.THREAT or later.effect is Effect.THREAT)


def has_moved(before: Verdict, after: Verdict) -> bool:
    """Whether a change with an alert of its own happened: to the status, a step, the terms or a date."""
    if _has_moved_part(before, after):
        return True
    if (before.standing, before.outlook) == (after.standing, after.outlook):
        return False
    return status_severity(before, after, direction(before, after)) > Severity.ROUTINE


def _has_moved_part(before: Verdict, after: Verdict) -> bool:
    """Whether a step, the terms, or the date of a deadline that had one moved."""
    open_dates = {(d.what, d.date) for d in before.deadlines if d.state in OPEN_STATES}
    dated = {what for what, _ in open_dates}
    dated_again = (d for d in after.deadlines if d.state in OPEN_STATES and d.what in dated)
    moved = any((d.what, d.date) not in open_dates for d in dated_again)
    return moved or before.steps != after.steps or before.terms != after.terms


def with_event(verdict: Verdict, event: Event) -> Verdict:
    """The verdict with the event, which replaces unannounced events that share its evidence."""
    kept = tuple(e for e in verdict.events if e.announced or not {*e.evidence} & {*event.evidence})
    return replace(verdict, events=(*kept, event))


def without_old(verdict: Verdict, now: datetime, policy: Policy) -> Verdict:
    """The verdict without old events; announced ones stay for `live_days`, as they can still be retracted."""
    kept = []
    for event in verdict.events:
        days = policy.live_days if event.announced else policy.corroborate_days
        if event.moved:  # it has an alert of its own, but still counts as a blow while a state ripens
            days = max(policy.corroborate_days, policy.kept_days)
        if now - event.at <= timedelta(days=days):
            kept.append(event)
    return verdict if len(kept) == len(verdict.events) else replace(verdict, events=tuple(kept))
