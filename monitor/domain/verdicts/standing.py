"""What may follow what: one signal, with the support of its claim, moves a verdict or says why it does not.

The table `ALLOWED_TRANSITIONS` is the only place that knows which standing an effect leads to. Standings in `NEEDS_NO_CORROBORATION`, steps and terms move on
the word of a side or of two voices of the press; the others wait for the evidence bar, shown meanwhile as an `unconfirmed` flag.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Commitment,
    Effect,
    Flag,
    FlagKind,
    Kind,
    Modality,
    Outlook,
    Policy,
    Progress,
    Reason,
    ReasonCode,
    Says,
    Signal,
    Standing,
    Verdict,
)
from monitor.domain.model.reasons import Awaiting, Finished, OneSided, Unheard
from monitor.domain.model.sides import PARTIES
from monitor.domain.verdicts.corroboration import Claim, Support, independent_source
from monitor.domain.verdicts.flags import reason_text, signal_ids, speaker, with_flag, without_kind

S = Standing
FULFILLED = {Kind.QUANTITY: S.MET, Kind.MILESTONE: S.MET, Kind.SERIES: S.MET, Kind.STANDING: S.IN_FORCE}
"""What fulfilment is called, by kind of commitment."""

ALLOWED_TRANSITIONS: Mapping[Effect, Mapping[Standing, Standing | None]] = {
    Effect.PLEDGE: {S.UNPLEDGED: S.PLEDGED, S.LAPSED: S.PLEDGED, S.BREACHED: S.PLEDGED},
    Effect.PROGRESS: dict.fromkeys((S.PLEDGED, S.LAPSED, S.BREACHED), S.IN_PROGRESS),
    Effect.DELIVERED: dict.fromkeys(
        (S.UNPLEDGED, S.PLEDGED, S.IN_PROGRESS, S.PARTLY_MET, S.LAPSED, S.BREACHED), None
    ),  # None: what DONE names for the kind
    Effect.BREACH: dict.fromkeys((S.PLEDGED, S.IN_PROGRESS, S.PARTLY_MET, S.MET, S.IN_FORCE), S.BREACHED),
}
"""effect -> standing now -> standing next. Anything not listed leaves the standing as it is."""

NEEDS_NO_CORROBORATION = frozenset({S.PLEDGED, S.IN_PROGRESS})

STANDING_ORDER = {
    S.BREACHED: 0, S.LAPSED: 1, S.UNPLEDGED: 2, S.PLEDGED: 3,
    S.IN_PROGRESS: 4, S.PARTLY_MET: 5, S.MET: 6, S.IN_FORCE: 6,
}  # fmt: skip
"""Better is higher; used only to tell up from down."""


SIDES = frozenset({"us", "cn", "company", "both", "others"})
"""Who may owe a promise, as the subject of a flag names them."""


@dataclass(frozen=True, slots=True)
class StandingUpdate:
    """A verdict after one signal, and why it is as it is."""

    verdict: Verdict
    reason: Reason

    @property
    def is_final(self) -> bool:
        """Is the promise kept for good, so that this signal counts for nothing?"""
        return self.reason.code is ReasonCode.CLOSED


def advance(verdict: Verdict, claim: Claim, backing: Support, commitment: Commitment, policy: Policy) -> StandingUpdate:
    """The verdict after the newest signal of `claim`, of which `backing` tells how well it is supported; its outlook is
    another matter (`outlook`)."""
    signal = claim.latest
    seen = replace(verdict, last_evidence=_later(verdict.last_evidence, signal.happened.end))
    if _is_final(verdict, commitment, signal):
        finished = Finished(verdict.standing, commitment.after_met)
        return StandingUpdate(seen, Reason(ReasonCode.CLOSED, finished, (signal.id,)))
    if not backing.is_strong_enough:
        return StandingUpdate(seen, Reason(ReasonCode.INSUFFICIENT, Unheard(), (signal.id,)))
    reached = _next_standing(verdict, signal, commitment, policy)
    moved, reason = _move_standing(seen, reached, claim, backing, policy)
    if is_supported(claim, backing, policy, lambda s: s.object == signal.object):
        moved = _step_done(moved, signal, commitment)
    if is_supported(claim, backing, policy, lambda s: s.terms == signal.terms):
        moved = _terms(moved, signal)
    return StandingUpdate(moved, reason)


def _is_final(verdict: Verdict, commitment: Commitment, signal: Signal) -> bool:
    return verdict.standing is S.MET and bool(commitment.after_met) and signal.effect not in commitment.after_met


def _next_standing(verdict: Verdict, signal: Signal, commitment: Commitment, policy: Policy) -> Standing | None:
    """The standing that this signal argues for, before anyone asks whether the evidence is enough."""
    if _new_meeting(verdict, signal, commitment, policy):
        return S.IN_PROGRESS
    if _met_again(verdict, signal, commitment, policy):
        return S.MET
    if signal.effect in (Effect.PROGRESS, Effect.DELIVERED) and signal.object in commitment.partly_met_by:
        return S.PARTLY_MET if STANDING_ORDER[verdict.standing] < STANDING_ORDER[S.PARTLY_MET] else None
    if signal.effect is Effect.DELIVERED and signal.object in commitment.steps[:-1]:
        return ALLOWED_TRANSITIONS[Effect.PROGRESS].get(verdict.standing)
    if signal.effect is Effect.PLEDGE and signal.modality is Modality.RUMOUR:
        return None
    row = ALLOWED_TRANSITIONS.get(signal.effect, {})
    if verdict.standing not in row:
        return None
    reached = row[verdict.standing] or FULFILLED[commitment.kind]
    if reached is S.MET and is_partial_delivery(verdict.progress, signal):
        return S.PARTLY_MET if verdict.standing is not S.PARTLY_MET else None
    return reached


def _new_meeting(verdict: Verdict, signal: Signal, commitment: Commitment, policy: Policy) -> bool:
    """A series that was met opens again with news of its next round, once the news of the last one has died down."""
    return (
        commitment.kind is Kind.SERIES
        and verdict.standing is S.MET
        and signal.effect in (Effect.PLEDGE, Effect.PROGRESS)
        and (signal.happened.end - verdict.since).days >= policy.corroborate_days
    )


def _met_again(verdict: Verdict, signal: Signal, commitment: Commitment, policy: Policy) -> bool:
    """The next round of a series held, though nothing was heard of it before."""
    return (
        commitment.kind is Kind.SERIES
        and verdict.standing is S.MET
        and signal.effect is Effect.DELIVERED
        and (signal.happened.end - verdict.since).days >= policy.corroborate_days
    )


def is_partial_delivery(progress: Progress | None, signal: Signal) -> bool:
    """A "delivered" whose own figure is below the target delivers a part."""
    if progress is None or signal.quantity is None or signal.quantity.unit != progress.unit or not progress.target:
        return False
    return (signal.quantity.high or signal.quantity.low) < 0.98 * progress.target


def _move_standing(
    verdict: Verdict, reached: Standing | None, claim: Claim, backing: Support, policy: Policy
) -> tuple[Verdict, Reason]:
    signal = claim.latest
    if reached is None:
        return _without_confirmed_doubt(verdict, claim, backing, policy), Reason(
            ReasonCode.SAME, reason_text(signal), (signal.id,)
        )
    enough = (
        backing.moves_without_threshold(policy)
        if reached in NEEDS_NO_CORROBORATION
        else backing.meets_threshold(policy)
    )
    if not enough:
        flag = awaiting_flag(reached, claim, backing)
        return with_flag(verdict, flag), Reason(ReasonCode.WAITS, flag.detail, flag.evidence)
    reason = Reason(ReasonCode(signal.effect.value), reason_text(signal), signal_ids(claim))
    moved = replace(
        verdict, standing=reached, since=signal.happened.end, why=reason, evidence=reason.signals,
        flags=without_kind(verdict.flags, FlagKind.UNCONFIRMED),
    )  # fmt: skip
    if not backing.meets_threshold(policy):
        moved = with_flag(moved, single_side_flag(claim, backing))
    if reached is S.MET and moved.outlook is not Outlook.STEADY:  # nothing is left to be at risk
        moved = replace(moved, outlook=Outlook.STEADY, outlook_since=moved.since, outlook_evidence=())
    return moved, reason


def _without_confirmed_doubt(verdict: Verdict, claim: Claim, backing: Support, policy: Policy) -> Verdict:
    """Takes the unconfirmed flag away once the claim that it is about meets the bar, or the silent side has spoken."""
    about = {s.id for s in claim.signals} if backing.meets_threshold(policy) else set()
    latest = claim.latest
    firm = (
        latest.effect not in NEGATIVE_EFFECTS
        and latest.modality is not Modality.RUMOUR
        and latest.tier in policy.moving_tiers
    )
    said = latest.says.value if firm else ""
    kept = tuple(
        flag
        for flag in verdict.flags
        if flag.kind is not FlagKind.UNCONFIRMED or not (about & set(flag.evidence) or _now_said(flag, said))
    )
    return replace(verdict, flags=kept)


def _now_said(flag: Flag, side: str) -> bool:
    """Has the very side that the flag calls silent spoken, in whatever words?"""
    return side == flag.subject or (side == Says.BOTH and flag.sides <= PARTIES)


def awaiting_flag(reached: Standing, claim: Claim, backing: Support) -> Flag:
    """The flag of a standing that one voice claims and nobody else has borne out."""
    detail = Awaiting(speaker(claim.latest), reached, backing.unconfirmed_sides)
    return Flag(FlagKind.UNCONFIRMED, reached.value, claim.signals[0].happened.end, detail, signal_ids(claim))


def single_side_flag(claim: Claim, backing: Support) -> Flag:
    subject = ",".join(backing.unconfirmed_sides) or "others"
    detail = OneSided(speaker(claim.latest), backing.unconfirmed_sides)
    return Flag(FlagKind.UNCONFIRMED, subject, claim.signals[0].happened.end, detail, signal_ids(claim))


def is_supported(claim: Claim, backing: Support, policy: Policy, same: Callable[[Signal], bool]) -> bool:
    """Whether a step or a term is told as the standings are that move at once: by a side, or by enough voices of the press."""
    tellers = [s for s in claim.signals if same(s)]
    sided = any(s.says is not Says.PRESS for s in tellers)
    return backing.moves_without_threshold(policy) and (
        sided or len({independent_source(s) for s in tellers}) >= policy.press_origins
    )


def _step_done(verdict: Verdict, signal: Signal, commitment: Commitment) -> Verdict:
    named = signal.object in commitment.steps and signal.object not in verdict.steps
    promised = signal.effect is Effect.PLEDGE and signal.modality not in (Modality.RUMOUR, Modality.PLAN)
    if not named or not (promised or signal.effect in (Effect.PROGRESS, Effect.DELIVERED)):
        return verdict
    return replace(verdict, steps=(*verdict.steps, signal.object))


def _terms(verdict: Verdict, signal: Signal) -> Verdict:
    loose = signal.effect is Effect.THREAT or signal.modality is Modality.RUMOUR
    if not signal.terms or signal.terms in verdict.terms or loose:
        return verdict
    return replace(verdict, terms=(*verdict.terms, signal.terms))


def _later(one: datetime | None, two: datetime) -> datetime:
    return two if one is None or two > one else one
