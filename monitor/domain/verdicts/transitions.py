"""Transitions: a verdict minus the published one.

Each comparison yields at most one change a subject, with the reason of the signal or the moment that brought it about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Cause,
    Deadline,
    DecisionInput,
    Detail,
    Direction,
    Effect,
    Flag,
    FlagKind,
    FlagState,
    Outlook,
    Policy,
    Reason,
    ReasonCode,
    Says,
    Severity,
    Signal,
    Standing,
    Status,
    Transition,
    Verdict,
)
from monitor.domain.model.changes import (
    DeadlineMissed,
    DeadlineMoved,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StatusChanged,
    StepChanged,
    TermsChanged,
)
from monitor.domain.model.reasons import (
    Confirmed,
    Counted,
    DoubtDropped,
    DoubtTakenBack,
    Named,
    Notice,
    PinEnded,
    Rejection,
    ReportTakenBack,
    StatusTakenBack,
    Text,
)
from monitor.domain.verdicts.deadlines import day_end
from monitor.domain.verdicts.evidence_refs import cite_current
from monitor.domain.verdicts.flags import reason_text
from monitor.domain.verdicts.interventions import author_of, suppressions
from monitor.domain.verdicts.outlook import UNCONFIRMED_OUTLOOKS
from monitor.domain.verdicts.retractions import retractions
from monitor.domain.verdicts.severity import FLAG_SEVERITY, direction, status_severity
from monitor.domain.verdicts.standing import NEEDS_NO_CORROBORATION
from monitor.domain.verdicts.transition_records import CLOCK_REASONS, DetectedChange, to_transition

NON_CAUSAL_REASONS = frozenset({ReasonCode.SAME, ReasonCode.INSUFFICIENT, ReasonCode.CLOSED, ReasonCode.WAITS})
"""Codes of reasons that say why a verdict did not move."""


def unconfirmed_subjects(verdict: Verdict) -> frozenset[str]:
    """The subjects on which a verdict waits for a second voice."""
    return frozenset(flag.subject for flag in verdict.flags if flag.kind is FlagKind.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class DecisionTrace:
    """How a verdict was come to: each step with its reason, and the subjects that were doubted on the way, if only for
    a while."""

    reasons: tuple[Reason, ...] = ()
    doubted: frozenset[str] = frozenset()


def transitions_between(
    case: DecisionInput, verdict: Verdict, course: DecisionTrace, now: datetime, cause: Cause, policy: Policy
) -> tuple[Transition, ...]:
    """What changed between what is published and `verdict`, the status first."""
    differ = _Differ(case, verdict, course, now, policy, by_person=cause is Cause.PERSON)
    taken_back = cause is Cause.CORRECTION or (differ.by_person and differ.rejected)
    found = [*differ.all(), *(differ.lost() if taken_back else ())]
    made = (to_transition(change, verdict, case.published, now, cause, policy) for change in found)
    signals = {signal.id: signal for signal in case.signals}
    return tuple(replace(move, cited=cite_current(move, signals)) for move in made)


class _Differ:
    """One comparison of the published verdict with the new one."""

    def __init__(
        self,
        case: DecisionInput,
        verdict: Verdict,
        course: DecisionTrace,
        now: datetime,
        policy: Policy,
        *,
        by_person: bool = False,
    ) -> None:
        rejected = suppressions(case.acts)
        self.rejected = {s.id: act for s in case.signals if (act := rejected.of(s)) is not None}
        self.signals = {s.id: s for s in case.signals if s.id not in self.rejected}
        self.case, self.old, self.new, self.folded = case, case.published, verdict, case.folded
        self.reasons, self.doubted, self.now, self.policy = course.reasons, course.doubted, now, policy
        self.by_person = by_person

    def all(self) -> list[DetectedChange]:
        status = list(self.status())
        return [
            *status,
            *self.deadlines(),
            *self.steps(),
            *self.progress(),
            *self.terms(),
            *self.flags(carried=bool(status)),
        ]

    # ------------------------------------------------------------ status

    def status(self) -> Iterator[DetectedChange]:
        old, new = self.old, self.new
        if (old.standing, old.outlook) == (new.standing, new.outlook):
            yield from self.met_again() if self._met_again() else self.again()
            return
        way = direction(old, new)
        change = StatusChanged(old.status, new.status)
        if old.status == new.status:
            change = StatusChanged(old.standing, new.standing)
        severity = status_severity(old, new, way)
        by_outlook = old.standing is new.standing
        evidence = new.outlook_evidence if by_outlook else new.evidence
        at = (new.outlook_since if by_outlook else None) or new.since
        if (pin := self._by_pin()) is not None:
            yield DetectedChange(change, way, pin, self.now, severity, new.flags, Cause.PERSON)
        elif self._corrected(evidence, at):
            taken = self._taken_back(change.old)
            yield DetectedChange(change, way, taken, self.now, severity, new.flags, Cause.CORRECTION)
        else:
            yield DetectedChange(change, way, self._reason(evidence), at, severity, new.flags)

    def _met_again(self) -> bool:
        return self.new.standing is Standing.MET and self.new.since > self.old.since and bool(self.new.evidence)

    def met_again(self) -> Iterator[DetectedChange]:
        """The next round of a series was held, though nobody had announced it."""
        change, reason = StatusChanged(self.old.status, self.new.status), self._reason(self.new.evidence)
        yield DetectedChange(change, Direction.UP, reason, self.new.since, Severity.NOTABLE, self.new.flags)

    def again(self) -> Iterator[DetectedChange]:
        """A further blow to what was at risk already."""
        since, told = self.new.outlook_since, self.old.outlook_since
        if self.new.outlook is Outlook.STEADY or since is None or told is None or since <= told:
            return
        change, reason = StatusChanged(self.old.status, self.new.status), self._reason(self.new.outlook_evidence)
        yield DetectedChange(change, Direction.DOWN, reason, since, Severity.URGENT, self.new.flags)

    def _reason(self, evidence: tuple[str, ...]) -> Reason:
        """The reason that the fold gave: the clock's if it has the last word, else the newest that shares a signal."""
        for reason in reversed(self.reasons):
            if reason.code in CLOCK_REASONS and reason.id == self.new.why.id:
                return reason
            if reason.code not in NON_CAUSAL_REASONS and set(reason.signals) & set(evidence):
                return reason
        return Reason(ReasonCode.STATUS, self.new.why.detail, evidence)

    def _by_pin(self) -> Reason | None:
        """The reason of a status that a person's pin, or its end, has changed."""
        old, new = (next((f for f in v.flags if f.kind is FlagKind.PINNED), None) for v in (self.old, self.new))
        if new is not None and (old is None or old.subject != new.subject):
            return Reason(ReasonCode.PINNED, new.detail)
        if old is None or new is not None:
            return None
        ruling = self.new.evidence if self.new.outlook is Outlook.STEADY else self.new.outlook_evidence
        return Reason(ReasonCode.PIN_ENDED, PinEnded(self.old.status, self.new.why.detail), ruling)

    def _gone(self) -> tuple[str, ...]:
        """Evidence of what was said that no longer counts; else what a person rejected last, on which it had built."""
        said = (*self.old.evidence, *self.old.outlook_evidence)
        gone = tuple(i for i in said if i not in self.signals)
        if gone or not self.by_person:
            return gone
        last = max((act.at for act in self.rejected.values()), default=None)
        return tuple(i for i, act in self.rejected.items() if act.at == last)

    def _corrected(self, evidence: tuple[str, ...], at: datetime) -> bool:
        """What was said has lost its evidence, to a person or within the live window, and nothing newer explains the verdict."""
        why = self.new.why.id
        if why != self.old.why.id and any(r.code in CLOCK_REASONS and r.id == why for r in self.reasons):
            return False  # the calendar has the last word
        told = max(self.old.since, self.old.outlook_since or self.old.since)
        fresh = at > told or (at == told and bool(evidence) and set(evidence) <= self.signals.keys())
        gone = self._gone()
        known = told > (self.folded.last_evidence or self.folded.since) or any(i in self.rejected for i in gone)
        return bool(gone) and known and not fresh

    def _taken_back(self, status: Status) -> Reason:
        gone = self._gone()
        told: Detail = next(
            (reason_text(s) for s in self.case.signals if s.id in gone and s.id in self.rejected), self.old.why.detail
        )
        return Reason(ReasonCode.CORRECTED, StatusTakenBack(status, self._rejection(gone), told), gone)

    def _rejection(self, ids: Iterable[str]) -> Rejection | None:
        """Who took the first of these signals back, and why; None if its publisher did."""
        act = next((self.rejected[i] for i in ids if i in self.rejected), None)
        return Rejection(author_of(act), act.reason) if act is not None else None

    def lost(self) -> Iterator[DetectedChange]:
        """What was told, and whose report no longer stands."""
        for item in retractions(self.old, self.new, self.signals, self.policy.progress_step):
            told = ReportTakenBack(item.change, self._rejection(item.signals or self.rejected))
            reason = Reason(ReasonCode.CORRECTED, told, item.signals)
            yield DetectedChange(item.change, item.way, reason, self.now, Severity.NOTABLE, cause=Cause.CORRECTION)

    # ------------------------------------------------------------ deadlines

    def deadlines(self) -> Iterator[DetectedChange]:
        for record in self.new.deadlines:
            if record.state == "missed" and replace(record, state="superseded") in self.old.deadlines:
                yield self._missed(record)
            if record.state not in ("current", "claimed"):
                continue
            before = _before(self.old.deadlines, record)
            if before is None:
                yield self._named(record)
            elif (before.state, record.state) == ("claimed", "current"):
                yield self._confirmed(record)
            elif record.noticed and record.noticed != before.noticed:
                yield self._due(record, record.noticed)

    def _named(self, record: Deadline) -> DetectedChange:
        """A date that nobody had named: later is good for an expiry and bad for a due date. Who changes his claim moves from
        what he said before, not from the date that both stand behind."""
        former = [d for d in self.old.deadlines if d.what == record.what and d.state in ("current", "claimed")]
        last = max(former, key=lambda d: (_claims(d, record), d.state == "current", d.date), default=None)
        at, naming = self._at(record.evidence), Named(record.said_by, record.date)
        doubt = Flag(FlagKind.UNCONFIRMED, record.what, at, naming, record.evidence)
        flags = () if record.state == "current" else (doubt,)
        reason = self._quoted(ReasonCode.DEADLINE, record.evidence, naming)
        change = DeadlineMoved(record.what, last.date if last else None, record.date)
        if last is None:
            return DetectedChange(change, Direction.OTHER, reason, at, Severity.ROUTINE, flags)
        way = Direction.UP if (record.date > last.date) == (record.kind == "expiry") else Direction.DOWN
        return DetectedChange(change, way, reason, at, Severity.NOTABLE, flags)

    def _confirmed(self, record: Deadline) -> DetectedChange:
        reason = self._quoted(ReasonCode.DEADLINE, record.evidence, Named(record.said_by, record.date))
        change = DeadlineMoved(record.what, record.date, record.date)
        return DetectedChange(
            change, Direction.OTHER, reason, self._at(record.evidence), Severity.ROUTINE, confirms=True
        )

    def _missed(self, record: Deadline) -> DetectedChange:
        reason = next(r for r in self.reasons if r.code is ReasonCode.MISSED and r.signals == record.evidence)
        change = DeadlineMissed(record.what, record.date)
        return DetectedChange(change, Direction.DOWN, reason, day_end(record), Severity.NOTABLE)

    def _due(self, record: Deadline, days: int) -> DetectedChange:
        alone = record.said_by if record.state == "claimed" else ""
        told = Notice(record.what, record.kind, record.date, days, alone)
        reason = Reason(ReasonCode.NOTICE, told, record.evidence)
        severity = Severity.NOTABLE if days <= 7 else Severity.ROUTINE
        return DetectedChange(NoticeDue(record.what, record.date, days), Direction.OTHER, reason, self.now, severity)

    # ------------------------------------------------------------ steps, progress, terms

    def steps(self) -> Iterator[DetectedChange]:
        for name in self.new.steps:
            if name not in self.old.steps:
                told = self._tellers(s for s in self.signals.values() if s.object == name)
                reason = self._quoted(ReasonCode.STEP, told, Text(name))
                at = self._at(reason.signals)
                yield DetectedChange(StepChanged(None, name), Direction.UP, reason, at, Severity.NOTABLE)

    def progress(self) -> Iterator[DetectedChange]:
        """A step of the counted share, as policy sizes them."""
        new, old = self.new.progress, self.old.progress
        if new is None or new.share is None:
            return
        was = (old.share or 0.0) if old is not None and old.label == new.label else 0.0
        if self._steps(new.share) <= self._steps(was):
            return
        last = new.readings[-1]
        reason = Reason(ReasonCode.COUNT, Counted(new.share, new.label), (last.signal,))
        change = ShareChanged(was, new.share, new.label)
        yield DetectedChange(change, Direction.UP, reason, last.as_of, Severity.ROUTINE)

    def _steps(self, share: float) -> int:
        return int(share / self.policy.progress_step + 1e-9)

    def terms(self) -> Iterator[DetectedChange]:
        for name in self.new.terms:
            if name not in self.old.terms:
                told = self._tellers(s for s in self.signals.values() if s.terms == name)
                reason = self._quoted(ReasonCode.TERMS, told, Text(name))
                at = self._at(reason.signals)
                yield DetectedChange(TermsChanged(self.old.terms, name), Direction.OTHER, reason, at, Severity.NOTABLE)

    # ------------------------------------------------------------ flags

    def flags(self, *, carried: bool) -> Iterator[DetectedChange]:
        """Flags that came, and doubts that went: borne out, or with the report that raised them. `carried`: a status
        change tells of them already."""
        old, new = (_told(verdict) for verdict in (self.old, self.new))
        before, after = ({(f.kind, f.subject) for f in flags} for flags in (old, new))
        for flag in new:
            if (flag.kind, flag.subject) not in before and (not carried or flag.kind is FlagKind.CONTESTED):
                yield self._flagged(flag)
        for flag in old:
            if flag.kind is FlagKind.UNCONFIRMED and (flag.kind, flag.subject) not in after and not carried:
                yield self._borne_out(flag) if flag.subject in self.doubted else self._fell(flag)

    def _flagged(self, flag: Flag) -> DetectedChange:
        reason = Reason(ReasonCode(flag.kind.value), flag.detail, flag.evidence)
        light = flag.kind is FlagKind.UNCONFIRMED and flag.subject in NEEDS_NO_CORROBORATION
        severity = Severity.ROUTINE if light else FLAG_SEVERITY.get(flag.kind, Severity.ROUTINE)
        change = FlagChanged(flag.kind, flag.subject, None, FlagState.RAISED)
        return DetectedChange(change, Direction.OTHER, reason, flag.since, severity, (flag,))

    def _borne_out(self, flag: Flag) -> DetectedChange:
        bearing = self._bearing(flag)
        told = reason_text(self.signals[bearing[0]]) if bearing else flag.detail
        reason = Reason(ReasonCode.CONFIRMED, Confirmed(told), (*bearing, *flag.evidence))
        change = FlagChanged(flag.kind, flag.subject, FlagState.RAISED, FlagState.CONFIRMED)
        return DetectedChange(change, Direction.OTHER, reason, self.now, Severity.ROUTINE, confirms=True)

    def _bearing(self, flag: Flag) -> tuple[str, ...]:
        """The newest report since the doubt arose that says the same way: what bore it out; of a silent side, its own word."""
        silent = flag.sides | {Says.BOTH.value}
        bad = {self.signals[i].effect in NEGATIVE_EFFECTS for i in flag.evidence if i in self.signals} or {False}
        later = (s for s in self.signals.values() if s.happened.end > flag.since and s.id not in flag.evidence)
        own = [s for s in later if s.effect is not Effect.NONE and (s.effect in NEGATIVE_EFFECTS) in bad]
        return self._newest([s for s in own if s.says.value in silent] or own)

    def _fell(self, flag: Flag) -> DetectedChange:
        """The report that raised a doubt no longer counts: nothing was confirmed, there is nothing left to doubt."""
        gone = tuple(key for key in flag.evidence if key not in self.signals)
        reason = Reason(ReasonCode.DROPPED, DoubtDropped(flag.detail), flag.evidence)
        if gone:
            reason = Reason(ReasonCode.WITHDRAWN, DoubtTakenBack(flag.detail, self._rejection(gone)), gone)
        change = FlagChanged(flag.kind, flag.subject, FlagState.RAISED, FlagState.WITHDRAWN)
        cause = Cause.CORRECTION if gone else None
        return DetectedChange(change, Direction.OTHER, reason, self.now, FLAG_SEVERITY[flag.kind], cause=cause)

    # ------------------------------------------------------------ evidence

    def _quoted(self, code: ReasonCode, evidence: tuple[str, ...], otherwise: Detail) -> Reason:
        """A reason in the words of the newest signal among the evidence."""
        newest = self._newest(self.signals[i] for i in evidence if i in self.signals)
        return Reason(code, reason_text(self.signals[newest[0]]) if newest else otherwise, evidence or newest)

    def _tellers(self, signals: Iterable[Signal]) -> tuple[str, ...]:
        """The newest of these signals and those before it that still speak with it, in order."""
        ordered = sorted(signals, key=lambda s: (s.happened.end, s.id))
        oldest = ordered[-1].happened.end - timedelta(days=self.policy.corroborate_days) if ordered else self.now
        return tuple(s.id for s in ordered if s.happened.end >= oldest)

    def _newest(self, signals: Iterable[Signal]) -> tuple[str, ...]:
        last = max(signals, key=lambda s: (s.happened.end, s.id), default=None)
        return (last.id,) if last else ()

    def _at(self, evidence: Sequence[str]) -> datetime:
        known = [self.signals[i].happened.end for i in evidence if i in self.signals]
        return max(known, default=self.now)


def _claims(one: Deadline, other: Deadline) -> bool:
    """Whether both are claims of one side."""
    return one.state == other.state == "claimed" and one.said_by == other.said_by


def _told(verdict: Verdict) -> list[Flag]:
    """The flags whose coming and going is a change of its own. That one voice sees trouble is shown as long as it lasts, no
    more; whose word a date is, is told with the date."""
    apart = UNCONFIRMED_OUTLOOKS | {record.what for record in verdict.deadlines}
    return [flag for flag in verdict.flags if not (flag.kind is FlagKind.UNCONFIRMED and flag.subject in apart)]


def _before(records: Iterable[Deadline], record: Deadline) -> Deadline | None:
    same = (record.what, record.kind, record.date)
    return next((d for d in records if (d.what, d.kind, d.date) == same and d.state != "superseded"), None)
