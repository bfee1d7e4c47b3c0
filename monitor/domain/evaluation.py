"""One commitment evaluated: from what is stored of it, and why it is due, to its decision. Nothing is read or written here.

Reviews of live news and replays of archived stories both decide by these functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.alerts.mutes import MuteSummary, MuteWindow, restore_transition
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import (
    Cause,
    Commitment,
    Decision,
    DecisionInput,
    Intervention,
    Signal,
    Story,
    Transition,
    Verdict,
)
from monitor.domain.verdicts.decide import checkpoint_verdict, decide
from monitor.domain.verdicts.further_evidence import (
    causing_transition,
    first_per_source,
    independent_sources,
    status_evidence,
    supporting_signals,
)
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord, first_record


@dataclass(frozen=True, slots=True)
class PendingReview:
    """One commitment to decide: what is stored of it, what asked for it (None: time alone) and why it is due. anew: a
    person's act concerns what is folded already, so all of it is weighed again. muted: the silence that has just ended."""

    commitment: Commitment
    record: VerdictRecord
    request: ReviewRequest | None
    cause: Cause
    signals: tuple[Signal, ...] = ()
    acts: tuple[Intervention, ...] = ()
    full_recompute: bool = False
    ended_mute: EndedMute | None = None


@dataclass(frozen=True, slots=True)
class EndedMute:
    """A silence that has ended: what was published when it began, and the changes recorded since."""

    silence: MuteWindow
    before: Verdict
    recorded: tuple[Transition, ...]


def decision_input(one: PendingReview, record: VerdictRecord) -> DecisionInput:
    """What is decided on: all that was heard of the commitment, against what is published."""
    return DecisionInput(one.commitment, record.folded, one.signals, one.acts, record.published)


def _folded(
    one: PendingReview, record: VerdictRecord, heard: Mapping[str, Story], rulebook: Rulebook, now: datetime
) -> VerdictRecord:
    """Signals that have left the live window become part of the folded verdict, a whole day at a time."""
    edge = now - timedelta(days=rulebook.policy.live_days)
    until = datetime.combine(edge.date(), time(), UTC)
    if until - record.folded_to < timedelta(days=1):
        return record
    return replace(
        record, folded=checkpoint_verdict(decision_input(one, record), heard, rulebook, until), folded_to=until
    )


def evaluate(
    one: PendingReview, heard: Mapping[str, Story], rulebook: Rulebook, now: datetime
) -> tuple[VerdictRecord, Decision]:
    """The decision at `now`, and what is to be stored of it.

    1. Start anew from the baseline if a person has rejected what is folded.
    2. Fold the signals that have left the live window into the verdict, a whole day at a time.
    3. Decide on the rest against what is published.
    """
    record = one.record
    if one.full_recompute:
        base = first_record(one.commitment, now)
        record = replace(record, folded=base.folded, folded_to=base.folded_to)
    record = _folded(one, record, heard, rulebook, now)
    decision = decide(decision_input(one, record), heard, rulebook, now, one.cause)
    after = replace(record, published=decision.verdict, next_due=decision.next_due, decided_at=now)
    return after, decision


def summarise_mute(
    one: PendingReview,
    record: VerdictRecord,
    decision: Decision,
    heard: Mapping[str, Story],
    rulebook: Rulebook,
    now: datetime,
) -> MuteSummary | None:
    """What differs after a mute: the same decision against what was published when it began, in the recorded words."""
    if one.ended_mute is None:
        return None
    recorded = (*one.ended_mute.recorded, *decision.transitions)
    case = replace(decision_input(one, record), published=one.ended_mute.before)
    differs = (restore_transition(t, recorded) for t in decide(case, heard, rulebook, now).transitions)
    return MuteSummary(one.commitment.id, one.ended_mute.silence, tuple(differs), len(recorded))


def concurrent_support(
    one: PendingReview,
    record: VerdictRecord,
    decision: Decision,
    heard: Mapping[str, Story],
    rulebook: Rulebook,
    now: datetime,
) -> dict[str, tuple[str, ...]]:
    """By the change of the status, if there is one: what is in hand beside its evidence and says the same."""
    change = causing_transition(decision.transitions, decision.verdict)
    if change is None:
        return {}
    case = replace(decision_input(one, record), published=decision.verdict)
    told = independent_sources(case, status_evidence(decision.verdict), heard, rulebook).values()
    return {change.id: tuple(s.id for s in first_per_source(supporting_signals(case, heard, rulebook, now), told))}
