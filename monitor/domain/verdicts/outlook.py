"""The outlook: negative signals of enough independent sources turn it, and enough relief turns it back.

A single report of trouble raises an `unconfirmed` flag only: in the first months of the deal, three of four single
reports came to nothing. A formal act in an official text and statistics of record need no second source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import NEGATIVE_EFFECTS, By, Effect, FlagKind, Outlook, ReasonCode, Says, Standing, Tier
from monitor.domain.model.news import Signal, day_of
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import Quoted, Reason, Sighted
from monitor.domain.model.sides import parties_in
from monitor.domain.model.verdicts import Flag, Verdict
from monitor.domain.text.folding import is_unspaced
from monitor.domain.verdicts.corroboration import (
    OWN_TIERS,
    UNNAMED,
    Claim,
    Support,
    assess_support,
    count_sources,
    independent_source,
    is_agreement,
    is_own_word,
    without_lone_readings,
)
from monitor.domain.verdicts.evidence import FINAL_STANDINGS, reason_text, speaker, with_flag
from monitor.domain.verdicts.standing import HEDGED

UNCONFIRMED_OUTLOOKS = frozenset({Outlook.AT_RISK.value, Outlook.STALLED.value})
"""Subjects of the flags for reports of trouble that too few sources corroborate."""


@dataclass(slots=True)
class OutlookTracker:
    """The negative signals (key True) and the relief (key False) since the last turn of the outlook."""

    commitment: Commitment
    policy: Policy
    said: dict[bool, Claim] = field(default_factory=dict)

    def add_signal(self, signal: Signal, since: datetime | None) -> Claim | None:
        """Add a signal; return all signals of its direction within the window, or None if it cannot turn an outlook."""
        if not may_change_outlook(signal) or signal.tier not in self.policy.corroborating_tiers:
            return None
        bad = signal.effect in NEGATIVE_EFFECTS
        oldest = signal.happened.end - timedelta(days=self.policy.outlook_days)
        known = self.said[bad].signals if bad in self.said else ()
        recent = (s for s in known if s.happened.end >= oldest and (since is None or s.happened.end > since))
        said = (*recent, signal)
        self.said[bad] = Claim("", said)
        # What is threatened for a far day, in this report or another of the same threat, is an event but no risk yet.
        far = {(s.rule, s.by) for s in said if is_far_threat(s, self.policy)}
        acute = tuple(s for s in said if s.effect is not Effect.THREAT or (s.rule, s.by) not in far)
        return Claim("", acute) if signal in acute else None

    def update(self, verdict: Verdict, signal: Signal) -> tuple[Verdict, Reason | None]:
        """The verdict with its outlook after `signal`, and the reason if the outlook turned."""
        claim = self.add_signal(signal, verdict.outlook_since)
        # What only a model reads puts no final standing at risk.
        if claim and signal.effect in NEGATIVE_EFFECTS and verdict.standing in FINAL_STANDINGS:
            claim = without_lone_readings(claim)
        if claim is None or not claim.signals:
            return verdict, None
        if signal.effect in NEGATIVE_EFFECTS:
            return self._worsened(verdict, claim, assess_support(claim, self.commitment, self.policy))
        # A count behind the steady pace is no relief.
        behind = any(f.kind is FlagKind.BEHIND_PACE and signal.id in f.evidence for f in verdict.flags)
        if behind or verdict.outlook is Outlook.STEADY:
            return verdict, None
        # Who threatens to break its own promise takes that back itself; what another side does is no answer.
        claim = Claim("", tuple(s for s in claim.signals if may_answer(s, verdict.threatened_by)))
        if signal not in claim.signals:
            return verdict, None
        backing = assess_support(claim, self.commitment, self.policy)
        # What several sides agreed or did together, by a wire or a side, needs fewer sources than other relief.
        same = tuple(s for s in claim.signals if (s.effect, s.object) == (signal.effect, signal.object))
        firm = (s for s in same if s.modality not in HEDGED and s.tier in self.policy.moving_tiers)
        told = assess_support(Claim("", same), self.commitment, self.policy).origins
        joint = any(len(s.by.parties) > 1 for s in firm) and told >= self.policy.origins_needed
        # Who alone owes a promise and records its own act has answered the trouble.
        own = is_done(signal) and is_own_word(signal) and signal.by.value == self.commitment.owed_by
        # So has a promise that another side tells of in a text of its own, unless the promise is about other terms.
        told_by_other = signal.tier in OWN_TIERS and bool(signal.says.parties - signal.by.parties)
        granted = is_agreement(signal) and told_by_other and not signal.terms
        # The side that dealt a blow takes it back in the open: that takes no more sources than any other act. A threat
        # is not taken back by what is done beside it, nor a count by a purchase.
        blow = self.said[True].latest if True in self.said else None
        is_act = blow is not None and blow.effect is not Effect.THREAT and blow.says is not Says.DATA
        by = blow.by if blow is not None and is_act else None
        undone = [s for s in claim.signals if s.by is by and is_done(s) and not UNNAMED.search(s.quote)]
        support = assess_support(Claim("", tuple(undone)), self.commitment, self.policy)
        taken_back = signal in undone and signal.by.parties and support.can_change_outlook(self.policy.origins_needed)
        if not (joint or own or granted or taken_back or backing.can_change_outlook(self.policy.outlook_origins)):
            return verdict, None
        reason = Reason(ReasonCode.CLEARED, reason_text(min(claim.signals, key=representative_rank)), claim.ids)
        since, ids = signal.happened.end, claim.ids
        return replace(verdict, outlook=Outlook.STEADY, outlook_since=since, why=reason, outlook_evidence=ids), reason

    def _worsened(self, verdict: Verdict, claim: Claim, backing: Support) -> tuple[Verdict, Reason | None]:
        """Turn the outlook on negative signals, unless it is as bad already."""
        policy, latest, outlook, turned = self.policy, claim.latest, verdict.outlook, verdict.outlook_since
        if verdict.standing is Standing.BREACHED:
            return verdict, None
        unpledged = verdict.standing is Standing.UNPLEDGED  # nothing is promised that could stop
        if outlook is not Outlook.STALLED:  # stalled stays; otherwise half of the sources must tell of a stop
            stops = {independent_source(signal) for signal in claim.signals if is_stop(signal)}
            others = {independent_source(signal) for signal in claim.signals} - stops
            outlook = Outlook.STALLED if len(stops) >= len(others) and not unpledged else Outlook.AT_RISK
        if verdict.outlook in (outlook, Outlook.STALLED):
            # A further blow is an event and the new reason, unless only the clock or a baseline turned the outlook.
            by_clock = any(f.kind is FlagKind.OVERDUE and f.since == turned for f in verdict.flags)
            if turned is not None and verdict.outlook_evidence and not by_clock:
                return self._renewed(verdict, claim, backing), None
            if unpledged:  # a baseline's trouble gets an act of who owes the promise as its reason
                owing = parties_in(self.commitment.owed_by)
                own = any(s.by.parties & owing for s in claim.signals)
                return (self._renewed(verdict, claim, backing) if own else verdict), None
        if not (backing.can_change_outlook(policy.outlook_origins) or self._is_same_act(claim)):
            if verdict.outlook is not Outlook.STEADY or not backing.is_strong_enough:
                return verdict, None
            detail = Sighted(speaker(latest), outlook, backing.origins, policy.outlook_origins, policy.outlook_days)
            flag = Flag(FlagKind.UNCONFIRMED, outlook.value, claim.signals[0].happened.end, detail, claim.ids)
            return with_flag(without_unconfirmed(verdict), flag), None
        best = min(claim.signals, key=representative_rank)
        quotes, evidence = reason_text(best), claim.ids
        if outlook is Outlook.STALLED and False in self.said:
            # If one side stops an act that the other has just started, both acts are evidence and are quoted.
            started = self.said[False].latest
            by_two = len(started.by.parties) == len(latest.by.parties) == 1 and started.by is not latest.by
            soon = latest.happened.end - started.happened.end <= timedelta(days=policy.corroborate_days)
            if by_two and soon:
                evidence = (*evidence, started.id)
                quotes = Quoted(reason_text(latest).text, after=reason_text(started).text)
        reason, since = Reason(ReasonCode(best.effect.value), quotes, evidence), latest.happened.end
        worse = replace(without_unconfirmed(verdict), outlook=outlook, outlook_since=since)
        return replace(
            worse, why=reason, outlook_evidence=evidence, threatened_by=self._threatening(best, claim, verdict)
        ), reason

    def _is_same_act(self, claim: Claim) -> bool:
        """Whether enough wires report one act: a blow of a named side, or its threat if one of them quotes the side.

        What one side says of another and what rests on unnamed sources does not count. Each wire that heard the acting
        side does, because nobody knows better what it does.
        """
        latest = claim.latest
        oldest = latest.happened.end - timedelta(hours=self.policy.event_hours)
        same = [
            replace(signal, says=Says.PRESS, origin=signal.story) if signal.says.parties else signal
            for signal in claim.signals
            if (signal.rule, signal.by) == (latest.rule, latest.by)
            and signal.happened.end >= oldest
            and is_first_hand(signal)
            and signal.tier is Tier.WIRE
        ]
        quoted = any(s.says.parties == s.by.parties for s in claim.signals if s.rule == latest.rule and s.by.parties)
        only_threat = latest.effect is Effect.THREAT and not quoted
        return not only_threat and count_sources(same) >= self.policy.origins_needed

    def _renewed(self, verdict: Verdict, claim: Claim, backing: Support) -> Verdict:
        """The verdict with a later blow as the reason of its outlook, if two sources report it and it weighs as much: a
        threat does not take the place of a deed, nor a mere risk that of a stop."""
        best = min(claim.signals, key=representative_rank)
        mere = best.effect is Effect.THREAT and verdict.why.code in (ReasonCode.SETBACK, ReasonCode.BREACH)
        lesser = mere or (verdict.outlook is Outlook.STALLED and not is_stop(best))
        if lesser or not backing.can_change_outlook(self.policy.origins_needed):
            return verdict
        why = Reason(ReasonCode(best.effect.value), reason_text(best), claim.ids)
        return replace(
            verdict, why=why, outlook_evidence=claim.ids, threatened_by=self._threatening(best, claim, verdict)
        )

    def _threatening(self, cause: Signal, claim: Claim, before: Verdict) -> tuple[str, ...]:
        """The parties that owe the promise and threaten it, if a threat is the cause of its trouble: those of which
        enough sources report it now; with those before, unless one of them goes on, because one answers the other."""
        if cause.effect is not Effect.THREAT:
            return ()
        owing, needed = parties_in(self.commitment.owed_by), self.policy.origins_needed
        threats = [signal for signal in claim.signals if signal.effect is Effect.THREAT]
        now = {p for p in owing if count_sources([s for s in threats if p in s.by.parties]) >= needed}
        now = now or {*(cause.by.parties & owing)}
        return tuple(sorted(now if now & {*before.threatened_by} else {*now, *before.threatened_by}))

    def expire(self, verdict: Verdict, now: datetime) -> Verdict:
        """The verdict without threats once it is steady, and without a doubt about the outlook that no source has
        repeated within the window."""
        if verdict.threatened_by and verdict.outlook is Outlook.STEADY:
            verdict = replace(verdict, threatened_by=())
        until = self.unconfirmed_until(verdict)
        return verdict if until is None or now < until else without_unconfirmed(verdict)

    def unconfirmed_until(self, verdict: Verdict) -> datetime | None:
        """The moment at which a doubt about the outlook expires; None if there is none."""
        doubts = [flag.since for flag in verdict.flags if _is_outlook_doubt(flag)]
        if not doubts:
            return None
        last = self.said[True].latest.happened.end if True in self.said else max(doubts)
        return last + timedelta(days=self.policy.outlook_days)


def may_change_outlook(signal: Signal) -> bool:
    """Whether a signal can turn an outlook: a negative signal, an act, or an agreement of several parties."""
    return signal.effect is not Effect.PLEDGE or is_agreement(signal)


def may_answer(signal: Signal, threatened_by: Sequence[str]) -> bool:
    """Whether relief can end threats of these parties: it names no actor, or one of them."""
    return not threatened_by or not signal.by.parties or not signal.by.parties.isdisjoint(threatened_by)


def is_stop(signal: Signal) -> bool:
    """Whether a signal tells of a stop, not of one that is only threatened."""
    return signal.stalls and signal.effect is not Effect.THREAT


def is_done(signal: Signal) -> bool:
    """Whether a signal tells of a step that was taken, not of one that is only hoped for."""
    return signal.effect in (Effect.PROGRESS, Effect.DELIVERED) and signal.modality not in HEDGED


def is_first_hand(signal: Signal) -> bool:
    """Whether a report names the one side that acts or threatens, or another authority, and tells of it itself or in
    the words of that side."""
    named = len(signal.by.parties) == 1 or signal.by is By.THIRD
    claimed = signal.says.parties - signal.by.parties
    firm = signal.effect is Effect.THREAT or signal.modality not in HEDGED
    return named and firm and not claimed and not UNNAMED.search(signal.quote)


def is_far_threat(signal: Signal, policy: Policy) -> bool:
    """Whether a threat names a day more than `threat_days` ahead."""
    if signal.date is None or signal.effect is not Effect.THREAT:
        return False
    return (signal.date.date - day_of(signal.happened.end)).days > policy.threat_days


def representative_rank(signal: Signal) -> tuple[bool, bool, Tier, datetime, str]:
    """The rank among signals with the same content, the best first: in Latin script if possible; statistics before
    statements; wires and officials before other outlets; then the first."""
    foreign = any(map(is_unspaced, signal.quote))
    return foreign, signal.says is not Says.DATA, max(signal.tier, Tier.WIRE), signal.happened.end, signal.id


def without_unconfirmed(verdict: Verdict) -> Verdict:
    return replace(verdict, flags=tuple(flag for flag in verdict.flags if not _is_outlook_doubt(flag)))


def _is_outlook_doubt(flag: Flag) -> bool:
    return flag.kind is FlagKind.UNCONFIRMED and flag.subject in UNCONFIRMED_OUTLOOKS
