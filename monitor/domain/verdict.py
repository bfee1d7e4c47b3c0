"""What may follow what: one signal, with the support of its claim, moves a verdict or says why it does not.

The table `FOLLOWS` is the only place that knows which standing an effect leads to. Standings in `AT_ONCE`, and the outlook, move
on the first word of an official or a wire; the others wait for the evidence bar, shown meanwhile as an `unconfirmed` flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.claims import Claim, Support
from monitor.domain.model import (
    BAD,
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
    Says,
    Signal,
    Standing,
    Verdict,
)

S = Standing
DONE = {
    Kind.QUANTITY: S.MET,
    Kind.MILESTONE: S.MET,
    Kind.SERIES: S.MET,
    Kind.STANDING: S.IN_FORCE,
}
"""What fulfilment is called, by kind of commitment."""

FOLLOWS: Mapping[Effect, Mapping[Standing, Standing | None]] = {
    Effect.PLEDGE: {S.UNPLEDGED: S.PLEDGED, S.LAPSED: S.PLEDGED, S.BREACHED: S.PLEDGED},
    Effect.PROGRESS: dict.fromkeys((S.PLEDGED, S.LAPSED, S.BREACHED), S.IN_PROGRESS),
    Effect.DELIVERED: dict.fromkeys(
        (S.UNPLEDGED, S.PLEDGED, S.IN_PROGRESS, S.PARTLY_MET, S.LAPSED, S.BREACHED), None
    ),  # None: what DONE names for the kind
    Effect.BREACH: dict.fromkeys((S.PLEDGED, S.IN_PROGRESS, S.PARTLY_MET, S.MET, S.IN_FORCE), S.BREACHED),
}
"""effect -> standing now -> standing next. Anything not listed leaves the standing as it is."""

AT_ONCE = frozenset({S.PLEDGED, S.IN_PROGRESS})

RANK = {
    S.BREACHED: 0, S.LAPSED: 1, S.UNPLEDGED: 2, S.PLEDGED: 3,
    S.IN_PROGRESS: 4, S.PARTLY_MET: 5, S.MET: 6, S.IN_FORCE: 6,
}  # fmt: skip
"""Better is higher; used only to tell up from down."""


@dataclass(frozen=True, slots=True)
class Move:
    """A verdict after one signal, and why it is as it is."""

    verdict: Verdict
    reason: Reason


def step(verdict: Verdict, claim: Claim, backing: Support, commitment: Commitment, policy: Policy) -> Move:
    """The verdict after the newest signal of `claim`, of which `backing` tells how well it is supported."""
    signal = claim.latest
    seen = replace(verdict, last_evidence=_later(verdict.last_evidence, signal.happened.end))
    if _closed(verdict, commitment, signal):
        return Move(
            seen,
            Reason("closed", f"already {verdict.standing}: only {_words(commitment)} would reopen it", (signal.id,)),
        )
    if not backing.moving:
        return Move(seen, Reason("thin", "no official, state or wire source says so yet", (signal.id,)))
    reached = _next_standing(verdict, signal, commitment, policy)
    moved, reason = _move_standing(seen, reached, claim, backing, policy)
    moved = _step_done(moved, signal, commitment)
    outlook, outlook_reason = _move_outlook(moved, claim, backing, policy)
    return Move(_terms(outlook, signal), outlook_reason or reason)


def _closed(verdict: Verdict, commitment: Commitment, signal: Signal) -> bool:
    return verdict.standing is S.MET and bool(commitment.after_met) and signal.effect not in commitment.after_met


def _words(commitment: Commitment) -> str:
    return " or ".join(commitment.after_met)


def _next_standing(verdict: Verdict, signal: Signal, commitment: Commitment, policy: Policy) -> Standing | None:
    """The standing that this signal argues for, before anyone asks whether the evidence is enough."""
    if _new_meeting(verdict, signal, commitment, policy):
        return S.IN_PROGRESS
    if signal.effect is Effect.DELIVERED and signal.object in commitment.steps[:-1]:
        return FOLLOWS[Effect.PROGRESS].get(verdict.standing)
    if signal.effect is Effect.PLEDGE and signal.modality is Modality.RUMOUR:
        return None
    row = FOLLOWS.get(signal.effect, {})
    if verdict.standing not in row:
        return None
    reached = row[verdict.standing] or DONE[commitment.kind]
    if reached is S.MET and falls_short(verdict.progress, signal):
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


def falls_short(progress: Progress | None, signal: Signal) -> bool:
    """A "delivered" whose own figure is below the target delivers a part."""
    if progress is None or signal.quantity is None or signal.quantity.unit != progress.unit or not progress.target:
        return False
    return (signal.quantity.high or signal.quantity.low) < 0.98 * progress.target


def _move_standing(
    verdict: Verdict, reached: Standing | None, claim: Claim, backing: Support, policy: Policy
) -> tuple[Verdict, Reason]:
    signal = claim.latest
    if reached is None:
        return _confirm(verdict, claim, backing, policy), Reason("same", _why(signal), (signal.id,))
    if reached not in AT_ONCE and not backing.meets_bar(policy):
        flag = waiting_flag(reached, claim, backing)
        return with_flag(verdict, flag), Reason("waits", flag.detail, flag.evidence)
    ids = tuple(s.id for s in claim.signals)
    moved = replace(
        verdict, standing=reached, since=signal.happened.end, why=_why(signal), evidence=ids,
        flags=without(verdict.flags, FlagKind.UNCONFIRMED),
    )  # fmt: skip
    if not backing.meets_bar(policy):
        moved = with_flag(moved, one_sided_flag(claim, backing))
    return moved, Reason(f"{signal.effect}", _why(signal), ids)


def _confirm(verdict: Verdict, claim: Claim, backing: Support, policy: Policy) -> Verdict:
    """Takes the unconfirmed flag away once the claim that it is about meets the bar, or the silent side has spoken."""
    about = {s.id for s in claim.signals} if backing.meets_bar(policy) else set()
    said = claim.latest.says.value if claim.latest.effect not in BAD else ""
    kept = tuple(
        flag
        for flag in verdict.flags
        if flag.kind is not FlagKind.UNCONFIRMED or not (about & set(flag.evidence) or _now_said(flag, said))
    )
    return replace(verdict, flags=kept)


def _now_said(flag: Flag, side: str) -> bool:
    """Has the very side that a person's baseline called silent spoken? (Flags of our own know their claim by evidence.)"""
    return not flag.evidence and side in (flag.subject, Says.BOTH)


def waiting_flag(reached: Standing, claim: Claim, backing: Support) -> Flag:
    """The flag of a standing that one voice claims and nobody else has borne out."""
    silent = _side_names(backing.silent) or "others"
    detail = f"{_speaker(claim.latest)}: {reached.value.replace('_', ' ')}; {silent} silent"
    return Flag(FlagKind.UNCONFIRMED, reached.value, claim.signals[0].happened.end, detail, _ids(claim))


def one_sided_flag(claim: Claim, backing: Support) -> Flag:
    subject = ",".join(backing.silent) or "others"
    detail = f"{_speaker(claim.latest)} says so; {_side_names(backing.silent) or 'no second source'} not yet"
    return Flag(FlagKind.UNCONFIRMED, subject, claim.signals[0].happened.end, detail, _ids(claim))


def _move_outlook(verdict: Verdict, claim: Claim, backing: Support, policy: Policy) -> tuple[Verdict, Reason | None]:
    signal = claim.latest
    if signal.effect in BAD and verdict.standing is not S.BREACHED:
        return _worse(verdict, signal, backing, policy)
    if verdict.outlook is Outlook.STEADY or not _clears(signal, backing, policy):
        return verdict, None
    cleared = replace(
        verdict,
        outlook=Outlook.STEADY,
        outlook_since=signal.happened.end,
        why=_why(signal),
        outlook_evidence=_ids(claim),
    )
    return cleared, Reason("cleared", _why(signal), _ids(claim))


def _worse(verdict: Verdict, signal: Signal, backing: Support, policy: Policy) -> tuple[Verdict, Reason | None]:
    """A blow turns the outlook; while it is bad already, only a well supported one may be news again."""
    outlook = Outlook.STALLED if signal.object.startswith("stall") else Outlook.AT_RISK
    again = backing.meets_bar(policy) and _may_be_told_again(verdict, signal, policy)
    if (verdict.outlook in (outlook, Outlook.STALLED) and not again) or (
        verdict.standing is S.UNPLEDGED and outlook is Outlook.STALLED
    ):
        return verdict, None
    worse = replace(
        verdict, outlook=outlook, outlook_since=signal.happened.end, why=_why(signal), outlook_evidence=(signal.id,)
    )
    return worse, Reason(f"{signal.effect}", _why(signal), (signal.id,))


def _may_be_told_again(verdict: Verdict, signal: Signal, policy: Policy) -> bool:
    """Was it only the calendar or a baseline that made the outlook bad, or is the last blow long ago?"""
    since = verdict.outlook_since
    if verdict.standing is S.UNPLEDGED:
        return False
    if (
        since is None
        or not verdict.outlook_evidence
        or any(f.kind is FlagKind.OVERDUE and f.since == since for f in verdict.flags)
    ):
        return True
    return signal.happened.end - since >= timedelta(days=policy.risk_again_days)


def _clears(signal: Signal, backing: Support, policy: Policy) -> bool:
    """An act clears the outlook on the word of a side or enough voices; a promise only when it is well borne out."""
    if signal.effect in (Effect.DELIVERED, Effect.PROGRESS, Effect.DEADLINE):
        return signal.says is not Says.PRESS or backing.meets_bar(policy)
    return signal.effect is Effect.PLEDGE and signal.modality is not Modality.RUMOUR and backing.meets_bar(policy)


def _step_done(verdict: Verdict, signal: Signal, commitment: Commitment) -> Verdict:
    named = signal.object in commitment.steps and signal.object not in verdict.steps
    if not named or signal.effect not in (Effect.PROGRESS, Effect.DELIVERED):
        return verdict
    return replace(verdict, steps=(*verdict.steps, signal.object))


def _terms(verdict: Verdict, signal: Signal) -> Verdict:
    if not signal.terms or signal.terms in verdict.terms:
        return verdict
    return replace(verdict, terms=(*verdict.terms, signal.terms))


# ---------------------------------------------------------------- small helpers


def with_flag(verdict: Verdict, flag: Flag) -> Verdict:
    """Sets a flag; one of the same kind and subject is kept with its own beginning and the newer words."""
    old = next((f for f in verdict.flags if (f.kind, f.subject) == (flag.kind, flag.subject)), None)
    rest = tuple(f for f in verdict.flags if f is not old)
    return replace(verdict, flags=(*rest, replace(flag, since=old.since) if old else flag))


def without(flags: tuple[Flag, ...], kind: FlagKind) -> tuple[Flag, ...]:
    return tuple(flag for flag in flags if flag.kind is not kind)


def _ids(claim: Claim) -> tuple[str, ...]:
    return tuple(s.id for s in claim.signals)


def _later(one: datetime | None, two: datetime) -> datetime:
    return two if one is None or two > one else one


SIDE_NAMES = {"us": "the US", "cn": "China", "company": "the company", "both": "both sides", "others": "others"}


def _side_names(sides: tuple[str, ...]) -> str:
    """Sides as prose; both together need no names, which are other ones in a deal of others."""
    return SIDE_NAMES["both"] if set(sides) == {"us", "cn"} else " and ".join(SIDE_NAMES.get(s, s) for s in sides)


def _speaker(signal: Signal) -> str:
    return signal.origin or SIDE_NAMES.get(signal.says.value, "the press")


def _why(signal: Signal) -> str:
    return " ".join(signal.quote.split())
