"""Transitions: the changes between the published verdict and the new one.

A comparison yields at most one change for each subject, with the reason of the signal or the moment that caused it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from monitor.domain.model import changes, reasons
from monitor.domain.model.changes import Change, FlagChanged, StatusChanged, notation
from monitor.domain.model.commitments import Deadline
from monitor.domain.model.enums import (
    NEGATIVE_EFFECTS,
    Cause,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Level,
    Outlook,
    ReasonCode,
    Severity,
    Standing,
    TransitionKind,
)
from monitor.domain.model.news import ReadBy, Signal
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import Detail, Named, Reason, Rejection, Text, Unread
from monitor.domain.model.verdicts import CitedSignal, DecisionInput, Flag, Intervention, Transition, Verdict
from monitor.domain.verdicts.deadlines import MOVABLE_STATES, OPEN_STATES, day_end
from monitor.domain.verdicts.events import is_expected, without_old
from monitor.domain.verdicts.evidence import FINAL_STANDINGS, all_evidence, reason_text, transition_evidence
from monitor.domain.verdicts.interventions import author_of, suppressions
from monitor.domain.verdicts.outlook import UNCONFIRMED_OUTLOOKS, representative_rank
from monitor.domain.verdicts.standing import FLAG_SEVERITY, NEEDS_NO_CORROBORATION, direction, status_severity

_OF_DATES = frozenset({ReasonCode.OVERDUE, ReasonCode.LAPSED, ReasonCode.MISSED, ReasonCode.NOTICE})
QUIET_REASONS = frozenset({ReasonCode.KEPT, ReasonCode.PARTS})
"""Codes of changes for the digest: no news brought them, or the news of the parts has its own messages."""
CLOCK_REASONS = _OF_DATES | QUIET_REASONS | {ReasonCode.STALE, ReasonCode.UNCHECKED, ReasonCode.PERIOD}
"""Codes of reasons that time gives, or the parts, without a report about the commitment."""
NON_CAUSAL_REASONS = frozenset({ReasonCode.SAME, ReasonCode.INSUFFICIENT, ReasonCode.CLOSED, ReasonCode.WAITS})
"""Codes of reasons for a verdict that did not move."""
NOTABLE_NOTICE_DAYS = 7
"""A deadline notice this many days ahead, or fewer, is notable: a week is enough time to act."""
SAME_END = timedelta(days=1)
"""Dates no further apart are one: "until 10 November" and "through 9 November" name the same end."""


@dataclass(slots=True)
class Comparison:
    """One comparison of the published verdict (`old`) with the new one.

    reasons, doubted: as the fold collected them. rejected: the rejections in force, by signal; signals: the other
    signals, by id.
    """

    case: DecisionInput
    new: Verdict
    reasons: tuple[Reason, ...]
    doubted: frozenset[str]
    now: datetime
    cause: Cause
    policy: Policy
    old: Verdict = field(init=False)
    rejected: dict[str, Intervention] = field(init=False)
    signals: dict[str, Signal] = field(init=False)

    def __post_init__(self) -> None:
        self.old, in_force = self.case.published, suppressions(self.case.interventions)
        self.rejected = {s.id: rejection for s in self.case.signals if (rejection := in_force.of(s)) is not None}
        self.signals = {s.id: s for s in self.case.signals if s.id not in self.rejected}

    def transitions(self) -> tuple[Transition, ...]:
        """All changes: of status, deadlines, steps, progress, terms, flags and events, and retractions."""
        status = list(self.status())
        moves = [*status, *self.deadlines(), *self.additions(), *self.flags(carried=bool(status))]
        moves = [self._as_follow_up(move) for move in moves]
        moves += self.events(moves)
        if self.cause is Cause.CORRECTION or (self.cause is Cause.PERSON and self.rejected):
            moves += self.retracted()
        return tuple(moves)

    def _as_follow_up(self, move: Transition) -> Transition:
        """The change as a reply to the message on an event of its direction that was announced shortly before.

        A final standing, a date and a change without a report have messages of their own.
        """
        if move.confirms or move.cause is not Cause.NEWS or move.kind is TransitionKind.DEADLINE:
            return move
        ways = {Direction.UP, Direction.DOWN, Direction.OTHER} if move.way is Direction.OTHER else {move.way}
        before = timedelta(hours=self.policy.event_follow_hours)
        # The published verdict may be old: events that have expired since then do not count.
        earlier = [e for e in without_old(self.old, self.now, self.policy).events if e.announced and e.way in ways]
        own = {*move.evidence, *move.reason.signals} if move.outlook_only else set()
        earlier = [e for e in earlier if e.level is Level.SUMMIT or move.level < Level.SUMMIT]
        led = [e for e in earlier if move.happened - before <= e.at <= move.happened or own & {*e.evidence}]
        if isinstance(move.change, StatusChanged) and move.change.new in FINAL_STANDINGS and not move.outlook_only:
            same = {Effect.DELIVERED, Effect.BREACH}
            if self.case.commitment.kind is Kind.SERIES:
                same.add(Effect.PROGRESS)
            led = [e for e in led if e.effect in same]
        return replace(move, confirms=True, continues=led[-1].evidence) if led else move

    def events(self, others: Sequence[Transition]) -> Iterator[Transition]:
        """Events that are new or have gained enough sources, unless the `others` (changes) cover them."""
        loud = [move for move in others if not move.confirms and move.severity >= Severity.NOTABLE]
        for event in self.new.events:
            known = [e for e in self.old.events if {*e.evidence} & {*event.evidence}]
            if event.moved or any(e.announced or not event.announced for e in known):
                continue
            ids = {*event.evidence}
            if any(ids & {*move.evidence, *move.reason.signals} for move in (loud if event.announced else others)):
                continue
            if event.announced and any(move.way is event.way for move in loud):
                continue
            reports = [self.signals[key] for key in event.evidence if key in self.signals]
            if not reports:
                continue
            best = min(reports, key=lambda s: (s.effect is not event.effect, representative_rank(s)))
            reason = Reason(ReasonCode(event.effect.value), reason_text(best), event.evidence)
            expected = is_expected(event, self.new, reports, self.case.commitment, self.policy)
            severity = Severity.NOTABLE if event.announced and not expected else Severity.ROUTINE
            yield self._transition(changes.EventNoted(event.effect, event.by), event.way, reason, event.at, severity)

    def _transition(
        self,
        change: Change,
        way: Direction,
        reason: Reason,
        happened: datetime,
        severity: Severity,
        flags: tuple[Flag, ...] = (),
        cause: Cause | None = None,
        *,
        confirms: bool = False,
    ) -> Transition:
        """One change as a transition, flagged late if the report is old. cause: overrides the cause of the review."""
        is_status = change.kind is TransitionKind.STATUS
        by_review = self.cause
        if self.cause is Cause.CORRECTION and self._is_news(reason, happened, is_status=is_status):
            by_review = Cause.NEWS
        if self.cause not in (Cause.BACKFILL, Cause.RULES):
            by_review = cause or (Cause.CLOCK if reason.code in CLOCK_REASONS else by_review)
        late = by_review is not Cause.CLOCK and self.now - happened > timedelta(hours=self.policy.late_hours)
        if late and is_status:
            flags = (*flags, Flag(FlagKind.LATE, "report", happened, reasons.FirstSeen(self.now.date())))
        new, at, ids = self.new, self.now, reason.signals
        acts = [] if change.kind is TransitionKind.FLAG else [self.signals[key] for key in ids if key in self.signals]
        level = max((act.level for act in acts), default=Level.ORDINARY)
        status = (change, way, new.standing, new.outlook)
        move = Transition(
            "", new.commitment, *status, by_review, reason, at, happened, severity, flags, ids, late, level
        )
        only_outlook = is_status and self.old.standing is new.standing
        move = replace(move, id=transition_id(move), outlook_only=only_outlook, confirms=confirms)
        read, named = {s.id: s for s in self.case.signals}, dict.fromkeys(transition_evidence(move))
        as_read = (read[key] for key in named if key in read)
        cited = (CitedSignal(s.id, s.effect, s.rule, s.rule_version, s.quote, s.read_by) for s in as_read)
        return replace(move, cited=tuple(cited))

    def _is_news(self, reason: Reason, happened: datetime, *, is_status: bool) -> bool:
        """Whether a change decided together with a correction is newer than the published verdict, or rests on a
        report that it lacked. A status that lost its evidence is corrected in any case."""
        if happened > (self.old.last_evidence or self.old.since):
            return True
        had = all_evidence(self.old).union(*(record.evidence for record in self.old.deadlines))
        added = any(key in self.signals and key not in had for key in reason.signals)
        return added and not (is_status and self._lost_evidence())

    def status(self) -> Iterator[Transition]:
        """The change of the status, or the next round of a series, which is met again."""
        old, new = self.old, self.new
        if (old.standing, old.outlook) == (new.standing, new.outlook):
            same = StatusChanged(old.status, new.status)
            held = new.standing in (Standing.MET, Standing.IN_FORCE) and new.why.code not in QUIET_REASONS
            if held and new.since > old.since and new.evidence:
                # The next round was held without an announcement, or an act confirms a state that had ripened.
                reason = self._reason(new.evidence)
                yield self._transition(same, Direction.UP, reason, new.since, Severity.NOTABLE, new.flags)
            return
        way, change = direction(old, new), StatusChanged(old.status, new.status)
        if old.status == new.status:
            change = StatusChanged(old.standing, new.standing)
        severity = status_severity(old, new, way)
        by_outlook = old.standing is new.standing
        evidence = new.outlook_evidence if by_outlook else new.evidence
        at = (new.outlook_since if by_outlook else None) or new.since
        if (pin := self._pin_reason()) is not None:
            yield self._transition(change, way, pin, self.now, severity, new.flags, Cause.PERSON)
        elif self._is_corrected(evidence, at):
            lost = self._lost_evidence()
            quotes = (reason_text(s) for s in self.case.signals if s.id in lost and s.id in self.rejected)
            detail = reasons.StatusTakenBack(
                change.old, self._rejection(lost), next(quotes, old.why.detail), self._reread(lost)
            )
            reason = Reason(ReasonCode.CORRECTED, detail, lost)
            yield self._transition(change, way, reason, self.now, severity, new.flags, Cause.CORRECTION)
        elif (checked := self._checked_reason(evidence, at)) is not None:
            yield self._transition(change, way, checked, self.now, severity, new.flags)
        else:
            reason, parts = self._reason(evidence), self.case.parts
            if parts and old.standing is Standing.IN_FORCE and new.since < old.since:  # without them, its own verdict
                ended = tuple(part.commitment for part in parts if part.standing is not Standing.IN_FORCE)
                reason, at = Reason(ReasonCode.PARTS, reasons.OfParts(ended)), self.now
            severity = Severity.ROUTINE if reason.code in QUIET_REASONS else severity
            yield self._transition(change, way, reason, at, severity, new.flags)

    def _checked_reason(self, evidence: tuple[str, ...], at: datetime) -> Reason | None:
        """The reason of a status that was unchecked before; None if something else changed it. at: since when it holds.

        The report may be old, but it is news now, because the doubt was announced.
        """
        left = {flag.subject for flag in self.new.flags if flag.kind is FlagKind.UNCHECKED}
        ended = [f for f in self.old.flags if f.kind is FlagKind.UNCHECKED and f.subject not in left]
        if not ended or at >= min(flag.since for flag in ended):
            return None
        subjects = {flag.subject for flag in ended}
        moved = [d for d in self.new.deadlines if d.what in subjects and d.state in OPEN_STATES and d.evidence]
        if not moved:
            return self._reason(evidence)
        last = max(moved, key=lambda record: record.date)
        return self._quoted(ReasonCode.DEADLINE, last.evidence, Named(last.said_by, last.date))

    def _reason(self, evidence: tuple[str, ...]) -> Reason:
        """The reason from the fold: the clock's if it came last, else the newest that shares a signal."""
        for reason in reversed(self.reasons):
            if reason.code in CLOCK_REASONS and reason.id == self.new.why.id:
                return reason
            if reason.code not in NON_CAUSAL_REASONS and set(reason.signals) & set(evidence):
                return reason
        return Reason(ReasonCode.STATUS, self.new.why.detail, evidence)

    def _pin_reason(self) -> Reason | None:
        """The reason of a status that a pin, or the end of a pin, has changed; None if neither did."""
        old, new = (next((f for f in v.flags if f.kind is FlagKind.PINNED), None) for v in (self.old, self.new))
        if new is not None and (old is None or old.subject != new.subject):
            return Reason(ReasonCode.PINNED, new.detail)
        if old is None or new is not None:
            return None
        evidence = self.new.evidence if self.new.outlook is Outlook.STEADY else self.new.outlook_evidence
        return Reason(ReasonCode.PIN_ENDED, reasons.PinEnded(self.old.status, self.new.why.detail), evidence)

    def _lost_evidence(self) -> tuple[str, ...]:
        """Evidence of the published verdict that no longer counts; else the last rejected signals."""
        lost = tuple(i for i in (*self.old.evidence, *self.old.outlook_evidence) if i not in self.signals)
        if lost or self.cause is not Cause.PERSON:
            return lost
        last = max((intervention.at for intervention in self.rejected.values()), default=None)
        return tuple(i for i, intervention in self.rejected.items() if intervention.at == last)

    def _is_corrected(self, evidence: tuple[str, ...], at: datetime) -> bool:
        """Whether the published status lost its evidence, without newer evidence for the new one."""
        why, folded = self.new.why.id, self.case.folded
        if why != self.old.why.id and any(r.code in CLOCK_REASONS and r.id == why for r in self.reasons):
            return False  # the clock changed it after that
        published = max(self.old.since, self.old.outlook_since or self.old.since)
        is_newer = at > published or (at == published and bool(evidence) and set(evidence) <= self.signals.keys())
        lost = self._lost_evidence()
        live = published > (folded.last_evidence or folded.since) or any(i in self.rejected for i in lost)
        return bool(lost) and live and not is_newer

    def _rejection(self, ids: Iterable[str]) -> Rejection | None:
        """Who rejected the first of these signals, and why; None if its publisher withdrew it."""
        intervention = next((self.rejected[i] for i in ids if i in self.rejected), None)
        return Rejection(author_of(intervention), intervention.reason) if intervention is not None else None

    def _reread(self, ids: Iterable[str]) -> ReadBy | None:
        """The reader that now reads the first of these signals differently; None if there is none."""
        return next((self.case.reread[i] for i in ids if i in self.case.reread), None)

    def retracted(self) -> Iterator[Transition]:
        """Published dates, counts, steps, terms and announced events that lost their report.

        A date that another date of the same deadline replaces is moved, not retracted.
        """
        old, new, step = self.old, self.new, self.policy.progress_step
        dates = {(d.what, d.kind, d.date) for d in new.deadlines}
        dated = {d.what for d in new.deadlines if d.state in OPEN_STATES}
        for d in old.deadlines:
            absent = d.state in OPEN_STATES and d.what not in dated and (d.what, d.kind, d.date) not in dates
            if absent and not any(key in self.signals for key in d.evidence):
                yield self._retraction(changes.DeadlineMoved(d.what, d.date, None), Direction.OTHER, d.evidence)
        was, now = old.progress, new.progress
        if was is not None and was.share is not None and (now is None or now.label == was.label):
            share = (now.share or 0.0) if now is not None else 0.0
            lost = tuple(r.signal for r in was.readings if r.signal not in self.signals)
            if lost and _whole_steps(share, step) < _whole_steps(was.share, step):
                yield self._retraction(changes.ShareChanged(was.share, share, was.label), Direction.DOWN, lost)
        remembered = self.now - timedelta(days=self.policy.live_days)
        for event in (e for e in old.events if e.announced and not e.moved and e.at >= remembered):
            reports = {*event.evidence}
            if not any(reports & {*e.evidence} for e in new.events) and not reports & self.signals.keys():
                yield self._retraction(changes.EventNoted(event.effect, event.by), Direction.OTHER, event.evidence)
        for name in (name for name in old.steps if name not in new.steps):
            yield self._retraction(changes.StepChanged(name, None), Direction.DOWN)
        for name in (name for name in old.terms if name not in new.terms):
            yield self._retraction(changes.TermsChanged((name,), None), Direction.OTHER)

    def _retraction(
        self, change: changes.Moved | changes.EventNoted, way: Direction, signals: tuple[str, ...] = ()
    ) -> Transition:
        """signals: the reports that no longer count, where known."""
        detail = reasons.ReportTakenBack(
            change, self._rejection(signals or self.rejected), self._reread(signals or self.case.reread)
        )
        reason = Reason(ReasonCode.CORRECTED, detail, signals)
        return self._transition(change, way, reason, self.now, Severity.NOTABLE, cause=Cause.CORRECTION)

    def deadlines(self) -> Iterator[Transition]:
        for record in self.new.deadlines:
            what, day, evidence = record.what, record.date, record.evidence
            if record.state == "missed" and replace(record, state="superseded") in self.old.deadlines:
                missed = next(r for r in self.reasons if r.code is ReasonCode.MISSED and r.signals == evidence)
                # A later date was told when it was named; only the day of an amount is news when it passes.
                owed = day in {target.due for target in self.case.commitment.targets}
                change, severity = changes.DeadlineMissed(what, day), Severity.NOTABLE if owed else Severity.ROUTINE
                yield self._transition(change, Direction.DOWN, missed, day_end(record), severity)
            if record.state == "postponed" and any(
                (d.what, d.date) == (what, day) and d.state in OPEN_STATES for d in self.old.deadlines
            ):
                way = Direction.UP if record.kind == "expiry" else Direction.DOWN
                reason = self._quoted(ReasonCode.DEADLINE, evidence, Named(record.said_by, day))
                moved = changes.DeadlineMoved(what, day, None)
                yield self._transition(moved, way, reason, self._at(evidence), Severity.NOTABLE)
            if record.state not in OPEN_STATES:
                continue
            same = (d for d in self.old.deadlines if (d.what, d.kind, d.date) == (what, record.kind, day))
            before = next((d for d in same if d.state != "superseded"), None)
            if before is None:
                yield self._named(record)
            elif (before.state, record.state) == ("claimed", "current"):
                reason, at = self._quoted(ReasonCode.DEADLINE, evidence, Named(record.said_by, day)), self._at(evidence)
                moved = changes.DeadlineMoved(what, day, day)
                yield self._transition(moved, Direction.OTHER, reason, at, Severity.ROUTINE, confirms=True)
            elif record.noticed and record.noticed != before.noticed:
                days, alone = record.noticed, record.said_by if record.state == "claimed" else ""
                reason = Reason(ReasonCode.NOTICE, reasons.Notice(what, record.kind, day, alone), evidence)
                severity = Severity.NOTABLE if days <= NOTABLE_NOTICE_DAYS else Severity.ROUTINE
                yield self._transition(changes.NoticeDue(what, day, days), Direction.OTHER, reason, self.now, severity)

    def _named(self, record: Deadline) -> Transition:
        """A new date: later is good for an expiry and bad for a due date.

        A side that changes its claim moves the date from its former claim, not from the date that both sides confirm.
        """

        def precedence(former: Deadline) -> tuple[bool, bool, date]:
            own_claim = former.state == record.state == "claimed" and former.said_by == record.said_by
            return own_claim, former.state == "current", former.date

        same = [d for d in self.old.deadlines if d.what == record.what and d.state in MOVABLE_STATES]
        last = max(same, key=precedence, default=None)
        at, naming = self._at(record.evidence), Named(record.said_by, record.date)
        doubt = Flag(FlagKind.UNCONFIRMED, record.what, at, naming, record.evidence)
        flags = () if record.state == "current" else (doubt,)
        reason = self._quoted(ReasonCode.DEADLINE, record.evidence, naming)
        change = changes.DeadlineMoved(record.what, last.date if last else None, record.date)
        if last is None:
            return self._transition(change, Direction.OTHER, reason, at, Severity.ROUTINE, flags)
        way = Direction.UP if (record.date > last.date) == (record.kind == "expiry") else Direction.DOWN
        severity = Severity.ROUTINE if abs(record.date - last.date) <= SAME_END else Severity.NOTABLE
        return self._transition(change, way, reason, at, severity, flags)

    def additions(self) -> Iterator[Transition]:
        """New steps, a rise of the counted share over one of policy's `progress_step`s, and new terms."""
        old, new, signals = self.old, self.new, self.signals.values()
        for name in (name for name in new.steps if name not in old.steps):
            reports = [s for s in signals if s.object == name]
            yield self._addition(changes.StepChanged(None, name), Direction.UP, ReasonCode.STEP, name, reports)
        counted, before = new.progress, old.progress
        if counted is not None and counted.share is not None:
            was = (before.share or 0.0) if before is not None and before.label == counted.label else 0.0
            step = self.policy.progress_step
            if _whole_steps(counted.share, step) > _whole_steps(was, step):
                last = counted.readings[-1]
                reason = Reason(ReasonCode.COUNT, reasons.Counted(counted.share, counted.label), (last.signal,))
                change = changes.ShareChanged(was, counted.share, counted.label)
                yield self._transition(change, Direction.UP, reason, last.as_of, Severity.ROUTINE)
        for name in (name for name in new.terms if name not in old.terms):
            reports = [s for s in signals if s.terms == name]
            yield self._addition(
                changes.TermsChanged(old.terms, name), Direction.OTHER, ReasonCode.TERMS, name, reports
            )

    def _addition(
        self, change: Change, way: Direction, code: ReasonCode, name: str, reports: Iterable[Signal]
    ) -> Transition:
        """A new step or term, on the newest of its reports and those before it within the corroboration window; a step
        in the words of the newest that tells it as done. If no listed publisher reports it, or the commitment was met
        before, it is for the digest."""
        ordered = sorted(reports, key=lambda s: (s.happened.end, s.id))
        oldest = ordered[-1].happened.end - timedelta(days=self.policy.corroborate_days) if ordered else self.now
        reason = self._quoted(code, tuple(s.id for s in ordered if s.happened.end >= oldest), Text(name))
        done = [s for s in ordered if s.id in reason.signals and s.effect in (Effect.PROGRESS, Effect.DELIVERED)]
        if done and code is ReasonCode.STEP:
            reason = replace(reason, detail=reason_text(done[-1]))
        listed = any(s.says.parties or s.tier in self.policy.moving_tiers for s in ordered)
        news = listed and self.old.standing is not Standing.MET
        severity = Severity.NOTABLE if news or not ordered else Severity.ROUTINE
        return self._transition(change, way, reason, self._at(reason.signals), severity)

    def flags(self, *, carried: bool) -> Iterator[Transition]:
        """New flags, and doubts that ended: confirmed, or dropped with the report that raised them.

        carried: whether a status change carries them already. Two kinds of doubt are left out: an uncorroborated
        report of trouble is only shown while it lasts, and the side that names a date is reported with the date.
        """
        reported = []
        for verdict in (self.old, self.new):
            apart = UNCONFIRMED_OUTLOOKS | {record.what for record in verdict.deadlines}
            reported.append([f for f in verdict.flags if f.kind is not FlagKind.UNCONFIRMED or f.subject not in apart])
        old, new = reported
        before, after = ({(f.kind, f.subject) for f in flags} for flags in (old, new))
        for flag in new:
            if (flag.kind, flag.subject) not in before and (not carried or flag.kind is FlagKind.CONTESTED):
                reason = Reason(ReasonCode(flag.kind.value), flag.detail, flag.evidence)
                minor = flag.kind is FlagKind.UNCONFIRMED and flag.subject in NEEDS_NO_CORROBORATION
                severity = Severity.ROUTINE if minor else FLAG_SEVERITY.get(flag.kind, Severity.ROUTINE)
                change = FlagChanged(flag.kind, flag.subject, None, FlagState.RAISED)
                yield self._transition(change, Direction.OTHER, reason, flag.since, severity, (flag,))
        for flag in old:
            if flag.kind is FlagKind.UNCHECKED and (flag.kind, flag.subject) not in after and not carried:
                yield from self._checked(flag)
            ended = (flag.kind, flag.subject) not in after and not carried
            if not ended or flag.kind not in (FlagKind.UNCONFIRMED, FlagKind.CONTESTED):
                continue
            lost = tuple(key for key in flag.evidence if key not in self.signals)
            unrepeated = flag.kind is FlagKind.CONTESTED or flag.subject in FINAL_STANDINGS - {self.new.standing}
            if unrepeated and not lost:
                yield self._transition(
                    FlagChanged(flag.kind, flag.subject, FlagState.RAISED, FlagState.EXPIRED),
                    Direction.OTHER,
                    Reason(ReasonCode.DROPPED, reasons.DoubtDropped(flag.detail), flag.evidence),
                    self.now,
                    Severity.ROUTINE,
                )
                continue
            if flag.subject in self.doubted:
                yield self._confirmed(flag)
                continue
            # The report behind the doubt no longer counts: it was not confirmed.
            reason = Reason(ReasonCode.DROPPED, reasons.DoubtDropped(flag.detail), flag.evidence)
            if lost:
                detail = reasons.DoubtTakenBack(flag.detail, self._rejection(lost), self._reread(lost))
                reason = Reason(ReasonCode.WITHDRAWN, detail, lost)
            change = FlagChanged(flag.kind, flag.subject, FlagState.RAISED, FlagState.WITHDRAWN)
            severity, cause = FLAG_SEVERITY[flag.kind], Cause.CORRECTION if lost else None
            yield self._transition(change, Direction.OTHER, reason, self.now, severity, cause=cause)

    def _checked(self, flag: Flag) -> Iterator[Transition]:
        """An unchecked date that is overdue now that sources were read. Other ends have transitions of their own.

        A date before the first answer ever was never announced, so its end is not announced either.
        """
        if isinstance(flag.detail, Unread) and flag.detail.since in {b.as_of for b in self.case.commitment.baselines}:
            return
        for overdue in self.new.flags:
            if (overdue.kind, overdue.subject) == (FlagKind.OVERDUE, flag.subject):
                reason = Reason(ReasonCode.OVERDUE, overdue.detail, overdue.evidence)
                change = FlagChanged(flag.kind, flag.subject, FlagState.RAISED, FlagState.CONFIRMED)
                yield self._transition(change, Direction.OTHER, reason, self.now, FLAG_SEVERITY[overdue.kind])

    def _confirmed(self, flag: Flag) -> Transition:
        """A doubt confirmed by the newest later report that says the same, or by the silent side's own report."""
        bad = {self.signals[i].effect in NEGATIVE_EFFECTS for i in flag.evidence if i in self.signals} or {False}
        later = (s for s in self.signals.values() if s.happened.end > flag.since and s.id not in flag.evidence)
        same = [s for s in later if s.effect is not Effect.NONE and (s.effect in NEGATIVE_EFFECTS) in bad]
        own = [s for s in same if s.says.value in flag.sides or len(s.says.parties) > 1]
        newest = _newest(own or same)
        detail = reason_text(newest) if newest else flag.detail
        evidence = (newest.id, *flag.evidence) if newest else flag.evidence
        reason = Reason(ReasonCode.CONFIRMED, reasons.Confirmed(detail), evidence)
        change = FlagChanged(flag.kind, flag.subject, FlagState.RAISED, FlagState.CONFIRMED)
        severity = Severity.NOTABLE if own else Severity.ROUTINE  # another source is no news
        return self._transition(change, Direction.OTHER, reason, self.now, severity, confirms=True)

    def _quoted(self, code: ReasonCode, evidence: tuple[str, ...], otherwise: Detail) -> Reason:
        """A reason in the words of the newest signal among the evidence; `otherwise` if none of it counts."""
        newest = _newest(self.signals[i] for i in evidence if i in self.signals)
        return Reason(code, reason_text(newest) if newest else otherwise, evidence)

    def _at(self, evidence: Iterable[str]) -> datetime:
        """When the newest of this evidence happened; now if none of it counts."""
        return max((self.signals[i].happened.end for i in evidence if i in self.signals), default=self.now)


def transition_id(move: Transition) -> str:
    """The id of a transition. The same change at another moment is another transition."""
    when = (move.happened.isoformat(), move.at.isoformat())
    parts = (move.commitment, move.kind, *notation(move.change), *when, move.reason.code, *move.reason.signals)
    return hashlib.blake2b("|".join(parts).encode(), digest_size=8).hexdigest()


def _whole_steps(share: float, step: float) -> int:
    """The number of whole steps that a share has reached. The small addend keeps 0.3 / 0.1 at 3."""
    return int(share / step + 1e-9)


def _newest(signals: Iterable[Signal]) -> Signal | None:
    return max(signals, key=lambda s: (s.happened.end, s.id), default=None)
