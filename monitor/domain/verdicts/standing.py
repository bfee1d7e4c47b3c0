"""The standing: how one signal, with the support of its claim, moves a verdict, or why it does not.

The table `ALLOWED_TRANSITIONS` alone knows which standing an effect leads to. Standings in `NEEDS_NO_CORROBORATION`,
steps and terms move on the statement of a side or on two independent press sources. The others wait for the evidence
threshold; until then the verdict carries an `unconfirmed` flag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.domain.model.changes import ShareChanged, StatusChanged
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import (
    NEGATIVE_EFFECTS,
    Direction,
    Effect,
    FlagKind,
    Kind,
    Level,
    Modality,
    Outlook,
    ReasonCode,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import Signal, day_of
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import Awaiting, Finished, OfParts, OneSided, Reason, Sighted, Unheard
from monitor.domain.model.sides import NEED_NO_DECLARATION
from monitor.domain.model.verdicts import Flag, Progress, Transition, Verdict
from monitor.domain.verdicts.corroboration import (
    OTHER_PARTIES,
    OWN_TIERS,
    Claim,
    Support,
    independent_source,
    is_own_word,
)
from monitor.domain.verdicts.evidence import FINAL_STANDINGS, reason_text, speaker, with_flag, without_kind
from monitor.domain.verdicts.progress import RENEWABLE

S = Standing
FULFILLED = {Kind.QUANTITY: S.MET, Kind.MILESTONE: S.MET, Kind.SERIES: S.MET, Kind.STANDING: S.IN_FORCE}
"""The standing of a fulfilled commitment, by kind."""

ALLOWED_TRANSITIONS: Mapping[Effect, Mapping[Standing, Standing | None]] = {
    Effect.PLEDGE: dict.fromkeys((S.UNPLEDGED, S.LAPSED, S.BREACHED), S.PLEDGED),
    Effect.PROGRESS: dict.fromkeys((S.UNPLEDGED, S.PLEDGED, S.LAPSED, S.BREACHED), S.IN_PROGRESS),
    Effect.DELIVERED: dict.fromkeys((S.UNPLEDGED, S.PLEDGED, S.IN_PROGRESS, S.PARTLY_MET, S.LAPSED, S.BREACHED), None),
    Effect.DEADLINE: dict.fromkeys((S.PLEDGED, S.IN_PROGRESS, S.LAPSED, S.BREACHED), S.IN_FORCE),
    Effect.BREACH: dict.fromkeys((S.PLEDGED, S.IN_PROGRESS, S.PARTLY_MET, S.MET, S.IN_FORCE), S.BREACHED),
}
"""effect -> present standing -> next standing; None: as FULFILLED. What is not listed moves nothing. An extension
restores a state to be kept, since only something in force can be extended."""

HEDGED = frozenset({Modality.RUMOUR, Modality.PLAN})
"""What has not happened yet, or not for certain."""
NEEDS_NO_CORROBORATION = frozenset({S.PLEDGED, S.IN_PROGRESS})
_WORST_FIRST = (S.BREACHED, S.LAPSED, S.UNPLEDGED, S.PLEDGED, S.IN_PROGRESS, S.PARTLY_MET, S.MET)
STANDING_ORDER = {standing: rank for rank, standing in enumerate(_WORST_FIRST)} | {S.IN_FORCE: len(_WORST_FIRST) - 1}
"""Better is higher, in force as high as met; used only for the direction of a change."""
WELL_REPORTED = 3
"""Reports that let an order which moves no status lead, and a further meeting of leaders soon after one (estimate)."""
FULL_DELIVERY_SHARE = 0.98
"""A delivery of this share of the target counts as all of it: an estimate that allows for rounded figures."""


def unreachable_standings(kind: Kind, partly_met_by: Sequence[str]) -> frozenset[Standing]:
    """The standings that a commitment of this kind never has; partly_met_by: its steps that fulfil a part of it."""
    if kind is Kind.STANDING:
        return frozenset({S.MET, S.PARTLY_MET})
    in_part = kind is Kind.QUANTITY or partly_met_by
    return frozenset({S.IN_FORCE} if in_part else {S.IN_FORCE, S.PARTLY_MET})


def advance(
    verdict: Verdict, claim: Claim, backing: Support, firm: Support, commitment: Commitment, policy: Policy
) -> tuple[Verdict, Reason]:
    """The verdict after the newest signal of `claim`, which `backing` supports. `outlook` decides the outlook.

    firm: the support that counts for a final standing.

    Reason CLOSED: the promise is kept for good, and the signal does not count.
    """
    signal = claim.latest
    last = max(verdict.last_evidence or signal.happened.end, signal.happened.end)
    moved = replace(verdict, last_evidence=last)
    if verdict.standing is S.MET and commitment.after_met and signal.effect not in commitment.after_met:
        finished = Finished(verdict.standing, commitment.after_met)
        return moved, Reason(ReasonCode.CLOSED, finished, (signal.id,))
    if not backing.is_strong_enough:
        return moved, Reason(ReasonCode.INSUFFICIENT, Unheard(), (signal.id,))
    reached = next_standing(verdict, signal, firm, commitment, policy)
    began = backing
    if commitment.kind is Kind.STANDING and reached is S.IN_PROGRESS:
        # A state that has begun ripens into force, so that only firm support begins it. What the other side says of it
        # makes a promise, and waits for the side that owes it.
        began = firm
        if firm.has_word_of_a_side and not firm.owing_heard:
            promised = verdict.standing is S.UNPLEDGED
            reached, began = (S.PLEDGED, firm) if promised else (reached, replace(firm, is_strong_enough=False))
    moved, reason = _move_standing(moved, reached, claim, began, firm, policy)
    rumour = signal.modality is Modality.RUMOUR
    if signal.object in commitment.steps and signal.object not in moved.steps:
        promised = signal.effect is Effect.PLEDGE and not rumour and signal.modality is not Modality.PLAN
        done = promised or signal.effect in (Effect.PROGRESS, Effect.DELIVERED)
        if done and _is_supported(claim, backing, policy, lambda s: s.object == signal.object):
            moved = replace(moved, steps=(*moved.steps, signal.object))
    new_terms = signal.terms and signal.terms not in moved.terms and signal.effect is not Effect.THREAT and not rumour
    if new_terms and _is_supported(claim, backing, policy, lambda s: s.terms == signal.terms):
        moved = replace(moved, terms=(*moved.terms, signal.terms))
    return moved, reason


def next_standing(
    verdict: Verdict, signal: Signal, firm: Support, commitment: Commitment, policy: Policy
) -> Standing | None:
    """The standing that this signal leads to with enough evidence; None if it moves none."""
    # Within the corroboration window, news of a round still concerns the round just held.
    round_over = (signal.happened.end - verdict.since).days >= policy.corroborate_days
    of_next = {Effect.PLEDGE: S.IN_PROGRESS, Effect.PROGRESS: S.IN_PROGRESS, Effect.DELIVERED: S.MET}  # or held already
    if commitment.kind is Kind.SERIES and verdict.standing is S.MET and round_over and signal.effect in of_next:
        return of_next[signal.effect] if firm.confirmed else None
    # Leaders who have met fulfil it; a round of envoys does not, nor does a meeting that opens.
    open_series = commitment.kind is Kind.SERIES and verdict.standing in ALLOWED_TRANSITIONS[Effect.DELIVERED]
    if open_series and signal.effect is Effect.PROGRESS and is_summit(signal) and firm.confirmed:
        return S.MET
    if signal.effect in (Effect.PROGRESS, Effect.DELIVERED) and signal.object in commitment.partly_met_by:
        return S.PARTLY_MET if STANDING_ORDER[verdict.standing] < STANDING_ORDER[S.PARTLY_MET] else None
    if signal.effect is Effect.DELIVERED and signal.object in commitment.steps[:-1]:
        return ALLOWED_TRANSITIONS[Effect.PROGRESS].get(verdict.standing)
    if signal.effect is Effect.PLEDGE and signal.modality is Modality.RUMOUR:
        return None
    row = ALLOWED_TRANSITIONS.get(signal.effect, {})
    if signal.effect is Effect.DELIVERED and verdict.why.code is ReasonCode.KEPT and firm.confirmed:
        row = {**row, S.IN_FORCE: S.IN_FORCE}  # the act itself, which calm had only suggested
    # Only what is in force is extended; an order that takes effect later is not.
    ahead = signal.starts is not None and signal.starts.date > day_of(signal.happened.end)
    renews = commitment.kind is Kind.STANDING and not ahead and signal.modality not in HEDGED
    # A promise that is being carried out has been made; but goods are also bought without a promise.
    unpromised = commitment.kind is Kind.QUANTITY and verdict.standing is S.UNPLEDGED
    moves = {Effect.DEADLINE: renews, Effect.PROGRESS: not unpromised}
    if verdict.standing not in row or not moves.get(signal.effect, True):
        return None
    reached = row[verdict.standing] or FULFILLED[commitment.kind]
    if reached is S.MET and is_partial_delivery(verdict.progress, signal):
        return S.PARTLY_MET if verdict.standing is not S.PARTLY_MET else None
    return reached


def of_parts(
    verdict: Verdict, commitment: Commitment, parts: Sequence[Verdict], now: datetime
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict at `now` of a promise that its parts make up, with a reason if they move it: in force once each of
    them is, and no longer once one of them has failed.

    A risk to the whole that arose before that is over; its evidence is that of the parts.
    """
    failed = [part.since for part in parts if part.standing in FAILED and part.since <= now]
    if failed and verdict.standing is S.IN_FORCE and not verdict.evidence:
        reason = Reason(ReasonCode.PARTS, OfParts())
        return replace(verdict, standing=S.PLEDGED, since=min(failed), why=reason), (reason,)
    begun = verdict.standing in (S.UNPLEDGED, S.PLEDGED, S.IN_PROGRESS)
    complete = parts and len(parts) == len(commitment.parts) and all(part.standing is S.IN_FORCE for part in parts)
    last = max((part.since for part in parts), default=now)
    if not begun or not complete or last > now:
        return verdict, ()
    reason = Reason(ReasonCode.PARTS, OfParts())
    heard = max(verdict.last_evidence or last, last)
    flags = without_kind(verdict.flags, FlagKind.UNCONFIRMED)
    whole = replace(verdict, standing=S.IN_FORCE, since=last, evidence=(), flags=flags, last_evidence=heard)
    if (verdict.outlook_since or last) <= last:
        whole = replace(whole, outlook=Outlook.STEADY, outlook_since=last, outlook_evidence=(), why=reason)
    return whole, (reason,)


def is_summit(signal: Signal) -> bool:
    """Whether leaders have met, in a report that does not speak of a plan, a rumour or a meeting under way."""
    return signal.level is Level.SUMMIT and signal.modality not in HEDGED | {Modality.UNDER_WAY}


def is_partial_delivery(progress: Progress | None, signal: Signal) -> bool:
    """Whether a "delivered" names an amount below the target, so that only a part is delivered."""
    if progress is None or signal.quantity is None or signal.quantity.unit != progress.unit or not progress.target:
        return False
    return (signal.quantity.high or signal.quantity.low) < FULL_DELIVERY_SHARE * progress.target


def _move_standing(
    verdict: Verdict, reached: Standing | None, claim: Claim, backing: Support, firm: Support, policy: Policy
) -> tuple[Verdict, Reason]:
    """The verdict at the standing that a claim leads to, or flagged unconfirmed if its support is not enough."""
    signal, confirmed = claim.latest, backing.confirmed
    if reached is None or (signal.effect is Effect.DEADLINE and not firm.confirmed):
        # A doubt ends once its claim meets the threshold, or the silent side has made any statement.
        affirms = signal.effect not in NEGATIVE_EFFECTS and signal.modality is not Modality.RUMOUR
        heard = affirms and signal.tier in policy.moving_tiers
        spoken = (signal.says.parties or {signal.says.value}) if heard else set()
        together = len(spoken) > 1
        kept = []
        for flag in verdict.flags:
            has_spoken = flag.sides <= (spoken | NEED_NO_DECLARATION if together else spoken)
            # An act that meets the threshold ends a claim of the opposite: nothing was breached that is now extended.
            opposed = flag.subject in FAILED if affirms else flag.subject in FULFILLED.values()
            ends = has_spoken or (confirmed and (opposed or {*claim.ids} & {*flag.evidence}))
            # Bad news of too few sources waits for more of it.
            worse = isinstance(flag.detail, Sighted) and signal.effect in NEGATIVE_EFFECTS
            if flag.kind is not FlagKind.UNCONFIRMED or worse or not ends:
                kept.append(flag)
        return replace(verdict, flags=tuple(kept)), Reason(ReasonCode.SAME, reason_text(signal), (signal.id,))
    first_at, silent = claim.signals[0].happened.end, backing.unconfirmed_sides
    if reached not in NEEDS_NO_CORROBORATION or verdict.standing in FAILED:
        enough = firm.confirmed
    elif verdict.standing is S.UNPLEDGED and reached is S.IN_PROGRESS:  # nobody has told of the promise itself
        official = any(s.tier is Tier.OFFICIAL or is_own_word(s) for s in claim.signals)
        enough = official or backing.origins >= policy.origins_needed
    else:
        # A promise, and what another side says of it, rest on the word of who owes it, on a side's own text or on two
        # sources.
        hearsay = reached is S.PLEDGED or backing.has_word_of_a_side
        sourced = backing.owing_heard or backing.data or backing.origins >= policy.origins_needed
        firmly = not hearsay or sourced or any(s.says.parties and s.tier in OWN_TIERS for s in claim.signals)
        enough = firmly and backing.moves_without_threshold(policy)
    if not enough:
        awaiting = Awaiting(speaker(signal), reached, silent)
        flagged = with_flag(verdict, Flag(FlagKind.UNCONFIRMED, reached.value, first_at, awaiting, claim.ids))
        return flagged, Reason(ReasonCode.WAITS, awaiting, claim.ids)
    reason = Reason(ReasonCode(signal.effect.value), reason_text(signal), claim.ids)
    flags = without_kind(verdict.flags, FlagKind.UNCONFIRMED)
    moved = replace(verdict, standing=reached, since=signal.happened.end, why=reason, evidence=claim.ids, flags=flags)
    own = {side for s in claim.signals if s.tier in policy.moving_tiers for side in s.says.parties}
    if not confirmed and not (signal.by.parties and signal.by.parties <= own):  # who acts has said so itself
        one_sided = OneSided(speaker(signal), silent)
        subject = ",".join(silent) or OTHER_PARTIES
        moved = with_flag(moved, Flag(FlagKind.UNCONFIRMED, subject, first_at, one_sided, claim.ids))
    promised = verdict.standing is S.UNPLEDGED and reached is S.PLEDGED  # it answers what was done before
    if (promised or reached in (S.MET, S.IN_FORCE)) and moved.outlook is not Outlook.STEADY:  # no risk is left
        moved = replace(moved, outlook=Outlook.STEADY, outlook_since=moved.since, outlook_evidence=())
    return moved, reason


def _is_supported(claim: Claim, backing: Support, policy: Policy, same: Callable[[Signal], bool]) -> bool:
    """Whether the signals with the same step or term suffice: a side states it, or enough press sources do."""
    signals = [s for s in claim.signals if same(s)]
    sources = {independent_source(s) for s in signals}
    enough = any(s.says is not Says.PRESS for s in signals) or len(sources) >= policy.press_origins
    return enough and backing.moves_without_threshold(policy)


FAILED = (Standing.BREACHED, Standing.LAPSED)
OUTLOOK_RANK = {Outlook.STALLED: 0, Outlook.AT_RISK: 1, Outlook.STEADY: 2}
NEXT_ROUND = (Standing.MET, Standing.IN_PROGRESS)
"""The next round of a series: news, but neither good nor bad."""
FLAG_SEVERITY = dict.fromkeys((FlagKind.UNCONFIRMED, FlagKind.CONTESTED, FlagKind.OVERDUE), Severity.NOTABLE)
"""The severity of a new flag; the others are routine."""


def status_severity(old: Verdict, new: Verdict, way: Direction) -> Severity:
    """Bad news is urgent. A next round of a series, and relief without a promise, wait for the digest."""
    if way is Direction.DOWN:
        return Severity.URGENT
    relief = new.standing is Standing.UNPLEDGED
    return Severity.ROUTINE if relief or _is_next_round(old, new) else Severity.NOTABLE


def _is_next_round(old: Verdict, new: Verdict) -> bool:
    """Whether only a new round of a series began. One that also ends a trouble is good news."""
    return (old.standing, new.standing) == NEXT_ROUND and old.outlook is new.outlook


def direction(old: Verdict, new: Verdict) -> Direction:
    """Up or down: the outlook decides if it changed, else the standing. A failure is down, a new period neither."""
    if new.standing in FAILED and new.standing is not old.standing:
        return Direction.DOWN
    if _is_next_round(old, new) or (new.standing is Standing.PLEDGED and old.standing in RENEWABLE):
        return Direction.OTHER
    by_outlook = OUTLOOK_RANK[new.outlook] - OUTLOOK_RANK[old.outlook]
    by_standing = STANDING_ORDER[new.standing] - STANDING_ORDER[old.standing]
    return Direction.UP if (by_outlook or by_standing) > 0 else Direction.DOWN


def importance(move: Transition) -> tuple[float, ...]:
    """The order of changes in messages, in digests and on pages, the most important last.

    1. The level of the act; of one that moves nothing, if leaders meet or several report it.
    2. A final standing; another new status or date; another announced change; a confirmation.
    3. The number of reports, then bad news. A growing share comes last, the latest first: it is the figure of an event.
    """
    announced, share = move.severity > Severity.ROUTINE, isinstance(move.change, ShareChanged)
    moved = announced and move.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE)
    new = move.change.new if isinstance(move.change, StatusChanged) else None
    confirms = move.confirms and move.kind is TransitionKind.FLAG
    carries = move.kind is not TransitionKind.EVENT or move.level is Level.SUMMIT or len(move.evidence) >= WELL_REPORTED
    in_trouble = move.outlook is not Outlook.STEADY or move.standing in FAILED
    return (
        move.level if announced and carries and not share else Level.ORDINARY,
        new in FINAL_STANDINGS and announced,
        moved,
        announced and not confirms,
        not share,
        not confirms,
        move.level,
        len(move.evidence),
        move.severity,
        in_trouble,
        move.kind is TransitionKind.STATUS,
        move.at.timestamp() if share else 0.0,
    )


def leads(move: Transition) -> tuple[float, ...]:
    """The order of the events in one message, the leading one last: leaders meet; then a status that rises or falls,
    and of equals one that readers see move, comes before what leaves the status as it is."""
    level, *rest = importance(move)
    moved = isinstance(move.change, StatusChanged) and move.change.old is not move.change.new
    moved = moved and move.way is not Direction.OTHER
    is_hidden = not move.outlook_only and move.outlook is not Outlook.STEADY and move.standing not in FAILED
    return level is Level.SUMMIT, moved, level, not is_hidden, *rest


def most_important(transitions: Iterable[Transition]) -> Transition:
    """The change that leads a message; of equals the first."""
    return max(transitions, key=leads)
