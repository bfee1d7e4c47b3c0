"""The evaluation of one commitment: from what is stored and why it is due to its decision. Nothing is read or written here.

Reviews of live news and replays of archived stories both decide by these functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.alerts.mutes import MuteSummary, MuteWindow, restore_transition
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import (
    BlindSpan,
    Cause,
    Commitment,
    Decision,
    DecisionInput,
    Intervention,
    ReadBy,
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

Stories = Mapping[str, Story]
"""Stories by their id."""


@dataclass(frozen=True, slots=True)
class EndedMute:
    """A mute that has ended: what was published when it began, and the transitions recorded since. place: the route that it was
    for, '' for all."""

    silence: MuteWindow
    before: Verdict
    recorded: tuple[Transition, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class PendingReview:
    """One commitment to decide: what is stored of it, what requested the review and why it is due.

    request: None if only time makes it due. full_recompute: a person's intervention concerns signals before the checkpoint, so
    `signals` holds those too. ended_mutes: those that have just ended, one a place.
    """

    commitment: Commitment
    record: VerdictRecord
    request: ReviewRequest | None
    cause: Cause
    signals: tuple[Signal, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    full_recompute: bool = False
    ended_mutes: tuple[EndedMute, ...] = ()
    reread: Mapping[str, ReadBy] = field(default_factory=dict)
    """Signals behind what is published that no longer count, each with who reads its text otherwise by now."""
    blind: tuple[BlindSpan, ...] = ()
    """When nobody was reading, oldest first."""


def decision_input(case: PendingReview, record: VerdictRecord) -> DecisionInput:
    """The input of the decision: checkpoint, signals and interventions, against what is published."""
    facts = (case.signals, case.interventions, record.published, case.reread, case.blind)
    return DecisionInput(case.commitment, record.folded, *facts)


def evaluate(
    case: PendingReview, stories: Stories, rulebook: Rulebook, now: datetime
) -> tuple[VerdictRecord, Decision]:
    """The decision at `now`, and the record to store.

    1. Restart from the baseline if a person's intervention concerns signals before the checkpoint.
    2. Move the checkpoint past the signals that have left the live window, a whole day at a time.
    3. Decide on the rest against what is published.
    """
    record = case.record
    if case.full_recompute:
        base = first_record(case.commitment, now)
        record = replace(record, folded=base.folded, folded_to=base.folded_to)
    edge = now - timedelta(days=rulebook.policy.live_days)
    until = datetime.combine(edge.date(), time(), UTC)
    if until - record.folded_to >= timedelta(days=1):
        folded = checkpoint_verdict(decision_input(case, record), stories, rulebook, until)
        record = replace(record, folded=folded, folded_to=until)
    decision = decide(decision_input(case, record), stories, rulebook, now, case.cause)
    after = replace(record, published=decision.verdict, next_due=decision.next_due, decided_at=now)
    return after, decision


def summarise_mutes(
    case: PendingReview, record: VerdictRecord, decision: Decision, stories: Stories, rulebook: Rulebook, now: datetime
) -> tuple[MuteSummary, ...]:
    """The changes over each mute that has ended: the same decision against what was published when it began."""
    summaries = []
    for ended in case.ended_mutes:
        recorded = (*ended.recorded, *decision.transitions)
        against = replace(decision_input(case, record), published=ended.before)
        moves = decide(against, stories, rulebook, now).transitions
        changes = tuple(restore_transition(move, recorded) for move in moves)
        summaries.append(MuteSummary(case.commitment.id, ended.silence, changes, len(recorded), ended.place))
    return tuple(summaries)


def concurrent_support(
    case: PendingReview, record: VerdictRecord, decision: Decision, stories: Stories, rulebook: Rulebook, now: datetime
) -> dict[str, tuple[str, ...]]:
    """The change of the status -> the signals beside its evidence that support it, one a source. Empty without a change."""
    change = causing_transition(decision.transitions, decision.verdict)
    if change is None:
        return {}
    decided = replace(decision_input(case, record), published=decision.verdict)
    counted = independent_sources(decided, status_evidence(decision.verdict), stories, rulebook).values()
    supporting = supporting_signals(decided, stories, rulebook, now)
    return {change.id: tuple(signal.id for signal in first_per_source(supporting, counted))}
