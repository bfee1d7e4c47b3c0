"""One commitment evaluated: from what is stored of it, and why it is due, to its decision. Nothing is read or written here.

Reviews of live news and replays of archived stories both decide by these functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.announce import Silence, Unmuted, as_recorded
from monitor.domain.decide import decide, fold
from monitor.domain.due import ReviewRequest, VerdictRecord, first_record
from monitor.domain.further import bearing, brought_about, by_voice, ruling, voices
from monitor.domain.model import Act, Case, Cause, Commitment, Decision, Signal, Story, Transition, Verdict
from monitor.domain.rules import Rulebook


@dataclass(frozen=True, slots=True)
class Due:
    """One commitment to decide: what is stored of it, what asked for it (None: time alone) and why it is due. anew: a
    person's act concerns what is folded already, so all of it is weighed again. muted: the silence that has just ended."""

    commitment: Commitment
    record: VerdictRecord
    request: ReviewRequest | None
    cause: Cause
    signals: tuple[Signal, ...] = ()
    acts: tuple[Act, ...] = ()
    anew: bool = False
    muted: Muted | None = None


@dataclass(frozen=True, slots=True)
class Muted:
    """A silence that has ended: what was published when it began, and the changes recorded since."""

    silence: Silence
    before: Verdict
    recorded: tuple[Transition, ...]


def case_of(one: Due, record: VerdictRecord) -> Case:
    """What is decided on: all that was heard of the commitment, against what is published."""
    return Case(one.commitment, record.folded, one.signals, one.acts, record.published)


def _folded(
    one: Due, record: VerdictRecord, heard: Mapping[str, Story], rulebook: Rulebook, now: datetime
) -> VerdictRecord:
    """Signals that have left the live window become part of the folded verdict, a whole day at a time."""
    edge = now - timedelta(days=rulebook.policy.live_days)
    until = datetime.combine(edge.date(), time(), UTC)
    if until - record.folded_to < timedelta(days=1):
        return record
    return replace(record, folded=fold(case_of(one, record), heard, rulebook, until), folded_to=until)


def decided(one: Due, heard: Mapping[str, Story], rulebook: Rulebook, now: datetime) -> tuple[VerdictRecord, Decision]:
    """The decision at `now`, and what is to be stored of it.

    1. Start anew from the baseline if a person has rejected what is folded.
    2. Fold the signals that have left the live window into the verdict, a whole day at a time.
    3. Decide on the rest against what is published.
    """
    record = one.record
    if one.anew:
        base = first_record(one.commitment, now)
        record = replace(record, folded=base.folded, folded_to=base.folded_to)
    record = _folded(one, record, heard, rulebook, now)
    decision = decide(case_of(one, record), heard, rulebook, now, one.cause)
    after = replace(record, published=decision.verdict, next_due=decision.next_due, decided_at=now)
    return after, decision


def after_mute(
    one: Due, record: VerdictRecord, decision: Decision, heard: Mapping[str, Story], rulebook: Rulebook, now: datetime
) -> Unmuted | None:
    """What differs after a mute: the same decision against what was published when it began, in the recorded words."""
    if one.muted is None:
        return None
    recorded = (*one.muted.recorded, *decision.transitions)
    case = replace(case_of(one, record), published=one.muted.before)
    differs = (as_recorded(t, recorded) for t in decide(case, heard, rulebook, now).transitions)
    return Unmuted(one.commitment.id, one.muted.silence, tuple(differs), len(recorded))


def also_said(
    one: Due, record: VerdictRecord, decision: Decision, heard: Mapping[str, Story], rulebook: Rulebook, now: datetime
) -> dict[str, tuple[str, ...]]:
    """By the change of the status, if there is one: what is in hand beside its evidence and says the same."""
    change = brought_about(decision.transitions, decision.verdict)
    if change is None:
        return {}
    case = replace(case_of(one, record), published=decision.verdict)
    told = voices(case, ruling(decision.verdict), heard, rulebook).values()
    return {change.id: tuple(s.id for s in by_voice(bearing(case, heard, rulebook, now), told))}
