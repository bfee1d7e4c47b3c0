"""The evaluation of one commitment: from its stored state to a decision, for live reviews and replays. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.alerts.mutes import MuteSummary, MuteWindow, as_recorded
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import Cause
from monitor.domain.model.news import ReadBy, Signal, Story
from monitor.domain.model.verdicts import BlindSpan, Decision, DecisionInput, Intervention, Transition, Verdict
from monitor.domain.verdicts import supporting_evidence
from monitor.domain.verdicts.decide import checkpoint_verdict, decide
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord, first_record


@dataclass(frozen=True, slots=True)
class EndedMute:
    """A mute that has ended: the verdict published when it began, and the transitions recorded since."""

    window: MuteWindow
    before: Verdict
    recorded: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class PendingReview:
    """One commitment to decide: its stored state, the request and the cause of the review. request: None if only time
    makes it due. full_recompute: an intervention concerns signals before the checkpoint, so `signals` includes those.
    ended_mute: a mute that ended since the last decision. reread, blind, parts: as in DecisionInput."""

    commitment: Commitment
    record: VerdictRecord
    request: ReviewRequest | None
    cause: Cause
    signals: tuple[Signal, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    full_recompute: bool = False
    ended_mute: EndedMute | None = None
    reread: Mapping[str, ReadBy] = field(default_factory=dict)
    blind: tuple[BlindSpan, ...] = ()
    parts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The record to store, the decision, and the material of its messages. supporting: the change of the status ->
    signals that corroborate it, one for each further source. summary: the changes over a mute that has ended."""

    record: VerdictRecord
    decision: Decision
    supporting: Mapping[str, tuple[str, ...]]
    summary: MuteSummary | None = None


def evaluate(case: PendingReview, stories: Mapping[str, Story], rulebook: Rulebook, now: datetime) -> Evaluation:
    """The evaluation at `now`. stories: by id.

    1. Restart from the baseline if an intervention concerns signals before the checkpoint.
    2. Move the checkpoint past the signals that have left the live window, a whole day at a time.
    3. Decide on the rest against the published verdict.
    4. Find further sources for a change of the status, and summarise an ended mute.
    """
    record, policy = case.record, rulebook.policy
    if case.full_recompute:
        base = first_record(case.commitment, now)
        record = replace(record, folded=base.folded, folded_to=base.folded_to)
    known = (case.commitment, record.folded, case.signals, case.interventions, record.published)
    given = DecisionInput(*known, case.reread, case.blind, case.parts)
    edge = now - timedelta(days=policy.live_days)
    until = datetime.combine(edge.date(), time(), UTC)
    if until - record.folded_to >= timedelta(days=1):
        given = replace(given, folded=checkpoint_verdict(given, stories, rulebook, until))
        record = replace(record, folded=given.folded, folded_to=until)
    decision = decide(given, stories, rulebook, now, case.cause)
    record = replace(record, published=decision.verdict, next_due=decision.next_due, decided_at=now)
    support: dict[str, tuple[str, ...]] = {}
    if (change := supporting_evidence.causing_transition(decision.transitions, decision.verdict)) is not None:
        decided, evidence = (
            replace(given, published=decision.verdict),
            supporting_evidence.status_evidence(decision.verdict),
        )
        counted = supporting_evidence.independent_sources(decided, evidence, stories, rulebook).values()
        supporting = supporting_evidence.supporting_signals(decided, stories, rulebook, now)
        new = supporting_evidence.first_per_source(supporting, counted)
        support[change.id] = tuple(signal.id for signal in new)
    summary = None
    if (ended := case.ended_mute) is not None:
        recorded = (*ended.recorded, *decision.transitions)
        net = decide(replace(given, published=ended.before), stories, rulebook, now).transitions
        changes = tuple(as_recorded(move, recorded) for move in net)
        summary = MuteSummary(case.commitment.id, ended.window, changes, len(recorded))
    return Evaluation(record, decision, support, summary)
