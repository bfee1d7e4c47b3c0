"""Transitions: a verdict minus the published one.

Each comparison yields at most one change a subject, with the reason of the signal or the moment that brought it about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.model import (
    Case,
    Cause,
    Deadline,
    Flag,
    FlagKind,
    Outlook,
    Policy,
    Reason,
    Severity,
    Signal,
    Standing,
    Transition,
    TransitionKind,
    Verdict,
    Way,
)
from monitor.domain.progress import ENDED
from monitor.domain.verdict import RANK

OUTLOOK_RANK = {Outlook.STALLED: 0, Outlook.AT_RISK: 1, Outlook.STEADY: 2}
CLOCK_REASONS = frozenset({"overdue", "lapsed", "notice", "stale", "period"})
REOPENED = (Standing.MET, Standing.IN_PROGRESS)
"""A series goes on to its next round: news, but neither good nor bad."""
IDLE_REASONS = frozenset({"same", "thin", "closed", "waits"})
"""Codes of reasons that say why a verdict did not move."""
FLAG_SEVERITY = {
    FlagKind.UNCONFIRMED: Severity.NOTABLE,
    FlagKind.CONTESTED: Severity.NOTABLE,
    FlagKind.OVERDUE: Severity.NOTABLE,
}
"""How loud a new flag is; the others are routine."""
NAMED_BY = {
    "us": "the US names", "cn": "China names", "both": "both sides name", "company": "the company names",
    "press": "reports name",
}  # fmt: skip


def doubts(verdict: Verdict) -> frozenset[str]:
    """The subjects on which a verdict waits for a second voice."""
    return frozenset(flag.subject for flag in verdict.flags if flag.kind is FlagKind.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Course:
    """How a verdict was come to: each step with its reason, and the subjects that were doubted on the way, if only for
    a while."""

    reasons: tuple[Reason, ...] = ()
    doubted: frozenset[str] = frozenset()


def changes(
    case: Case, verdict: Verdict, course: Course, now: datetime, cause: Cause, policy: Policy
) -> tuple[Transition, ...]:
    """What changed between what is published and `verdict`, the status first."""
    differ = _Differ(case, verdict, course, now, policy)
    return tuple(_recorded(change, verdict, case.published, now, cause, policy) for change in differ.all())


@dataclass(frozen=True, slots=True)
class _Change:
    """A difference before it is dated and numbered. `cause` overrides that of the review."""

    kind: TransitionKind
    way: Way
    frm: str
    to: str
    reason: Reason
    happened: datetime
    severity: Severity
    flags: tuple[Flag, ...] = ()
    cause: Cause | None = None
    confirms: bool = False


def _recorded(
    change: _Change, verdict: Verdict, before: Verdict, now: datetime, cause: Cause, policy: Policy
) -> Transition:
    """The change as a transition of `verdict`, with its id, its cause, and the mark of lateness."""
    shown = change.cause or (Cause.CLOCK if change.reason.code in CLOCK_REASONS else cause)
    if cause in (Cause.BACKFILL, Cause.RULES):
        shown = cause
    late = shown is not Cause.CLOCK and now - change.happened > timedelta(hours=policy.late_hours)
    flags = change.flags
    if late and change.kind is TransitionKind.STATUS:
        flags = (*flags, Flag(FlagKind.LATE, "report", change.happened, f"first seen {now:%-d %B %Y}"))
    made = Transition(
        "", verdict.commitment, change.kind, change.way, change.frm, change.to, verdict.standing, verdict.outlook, shown,
        change.reason, now, change.happened, change.severity, flags, change.reason.signals, late,
        outlook_only=change.kind is TransitionKind.STATUS and before.standing is verdict.standing,
        confirms=change.confirms,
    )  # fmt: skip
    return replace(made, id=_id(made))


def _id(made: Transition) -> str:
    """The same change decided again at another moment (a report withdrawn and restored) is another transition."""
    when = (made.happened.isoformat(), made.at.isoformat())
    parts = (made.commitment, made.kind, made.frm, made.to, *when, made.reason.code)
    return hashlib.blake2b("|".join((*parts, *made.reason.signals)).encode(), digest_size=8).hexdigest()


class _Differ:
    """One comparison of the published verdict with the new one."""

    def __init__(self, case: Case, verdict: Verdict, course: Course, now: datetime, policy: Policy) -> None:
        rejected = {act.subject for act in case.acts if act.kind == "reject"}
        self.signals = {s.id: s for s in case.signals if s.id not in rejected}
        self.old, self.new, self.folded = case.published, verdict, case.folded
        self.reasons, self.doubted, self.now, self.policy = course.reasons, course.doubted, now, policy

    def all(self) -> list[_Change]:
        status = list(self.status())
        return [
            *status, *self.deadlines(), *self.steps(), *self.progress(), *self.terms(),
            *self.flags(carried=bool(status)),
        ]  # fmt: skip

    # ------------------------------------------------------------ status

    def status(self) -> Iterator[_Change]:
        old, new = self.old, self.new
        if (old.standing, old.outlook) == (new.standing, new.outlook):
            yield from self.again()
            return
        way = _way(old, new)
        words = (old.status, new.status) if old.status != new.status else (old.standing.value, new.standing.value)
        severity = _status_severity(old, new, way)
        by_outlook = old.standing is new.standing
        evidence = new.outlook_evidence if by_outlook else new.evidence
        at = (new.outlook_since if by_outlook else None) or new.since
        if self._corrected(evidence, at):
            taken = self._taken_back()
            yield _Change(TransitionKind.STATUS, way, *words, taken, self.now, severity, new.flags, Cause.CORRECTION)
        else:
            reason = self._reason(evidence)
            yield _Change(TransitionKind.STATUS, way, *words, reason, at, severity, new.flags)

    def again(self) -> Iterator[_Change]:
        """A further blow to what was at risk already."""
        since, told = self.new.outlook_since, self.old.outlook_since
        if self.new.outlook is Outlook.STEADY or since is None or told is None or since <= told:
            return
        reason = self._reason(self.new.outlook_evidence)
        words = (self.old.status, self.new.status)
        yield _Change(TransitionKind.STATUS, Way.DOWN, *words, reason, since, Severity.URGENT, self.new.flags)

    def _reason(self, evidence: tuple[str, ...]) -> Reason:
        """The reason that the fold gave: the clock's if it has the last word, else the newest that shares a signal."""
        for reason in reversed(self.reasons):
            if reason.code in CLOCK_REASONS and reason.text == self.new.why:
                return reason
            if reason.code not in IDLE_REASONS and set(reason.signals) & set(evidence):
                return reason
        return Reason("status", self.new.why, evidence)

    def _gone(self) -> tuple[str, ...]:
        said = (*self.old.evidence, *self.old.outlook_evidence)
        return tuple(i for i in said if i not in self.signals)

    def _corrected(self, evidence: tuple[str, ...], at: datetime) -> bool:
        """What was said has lost its evidence, within the live window, and nothing newer explains the verdict."""
        told = max(self.old.since, self.old.outlook_since or self.old.since)
        fresh = at > told or (at == told and bool(evidence) and set(evidence) <= self.signals.keys())
        return bool(self._gone()) and told > (self.folded.last_evidence or self.folded.since) and not fresh

    def _taken_back(self) -> Reason:
        word = self.old.status.replace("_", " ")
        return Reason("corrected", f"the report behind “{word}” no longer stands: {self.old.why}", self._gone())

    # ------------------------------------------------------------ deadlines

    def deadlines(self) -> Iterator[_Change]:
        for record in self.new.deadlines:
            if record.state not in ("current", "claimed"):
                continue
            before = _before(self.old.deadlines, record)
            if before is None:
                yield self._named(record)
            elif (before.state, record.state) == ("claimed", "current"):
                yield self._confirmed(record)
            elif record.noticed and record.noticed != before.noticed:
                yield self._due(record)

    def _named(self, record: Deadline) -> _Change:
        """A date that nobody had named: later is good for an expiry and bad for a due date."""
        former = [d for d in self.old.deadlines if d.what == record.what and d.state in ("current", "claimed")]
        last = max(former, key=lambda d: (d.state == "current", d.date), default=None)
        at = self._at(record.evidence)
        doubt = Flag(FlagKind.UNCONFIRMED, record.what, at, _naming(record), record.evidence)
        flags = () if record.state == "current" else (doubt,)
        reason = self._quoted("deadline", record.evidence, _naming(record))
        to = record.date.isoformat()
        if last is None:
            return _Change(TransitionKind.DEADLINE, Way.OTHER, "", to, reason, at, Severity.ROUTINE, flags)
        way = Way.UP if (record.date > last.date) == (record.kind == "expiry") else Way.DOWN
        return _Change(TransitionKind.DEADLINE, way, last.date.isoformat(), to, reason, at, Severity.NOTABLE, flags)

    def _confirmed(self, record: Deadline) -> _Change:
        reason = self._quoted("deadline", record.evidence, _naming(record))
        words = (record.date.isoformat(), record.date.isoformat())
        at = self._at(record.evidence)
        return _Change(TransitionKind.DEADLINE, Way.OTHER, *words, reason, at, Severity.ROUTINE, confirms=True)

    def _due(self, record: Deadline) -> _Change:
        days = record.noticed or 0
        left = f"{days} day{'s' if days != 1 else ''}"
        verb = "expires" if record.kind == "expiry" else "is due"
        reason = Reason("notice", f"{record.what} {verb} on {record.date:%-d %B %Y}, in {left}", record.evidence)
        severity = Severity.NOTABLE if days <= 7 else Severity.ROUTINE
        words = (record.date.isoformat(), f"due in {left}")
        return _Change(TransitionKind.DEADLINE, Way.OTHER, *words, reason, self.now, severity)

    # ------------------------------------------------------------ steps, progress, terms

    def steps(self) -> Iterator[_Change]:
        for name in self.new.steps:
            if name not in self.old.steps:
                reason = self._quoted("step", self._newest(s for s in self.signals.values() if s.object == name), name)
                at = self._at(reason.signals)
                yield _Change(TransitionKind.PROGRESS, Way.UP, "", name, reason, at, Severity.NOTABLE)

    def progress(self) -> Iterator[_Change]:
        """A step of the counted share, as policy sizes them."""
        new, old = self.new.progress, self.old.progress
        if new is None or new.share is None:
            return
        was = (old.share or 0.0) if old is not None and old.label == new.label else 0.0
        if self._steps(new.share) <= self._steps(was):
            return
        last = new.readings[-1]
        reason = Reason("count", f"{new.share:.0%} of {new.label or 'the target'} counted", (last.signal,))
        words = (f"{was:.0%}", f"{new.share:.0%}")
        yield _Change(TransitionKind.PROGRESS, Way.UP, *words, reason, last.as_of, Severity.ROUTINE)

    def _steps(self, share: float) -> int:
        return int(share / self.policy.progress_step + 1e-9)

    def terms(self) -> Iterator[_Change]:
        for name in self.new.terms:
            if name not in self.old.terms:
                reason = self._quoted("terms", self._newest(s for s in self.signals.values() if s.terms == name), name)
                words = (", ".join(self.old.terms), name)
                at = self._at(reason.signals)
                yield _Change(TransitionKind.TERMS, Way.OTHER, *words, reason, at, Severity.NOTABLE)

    # ------------------------------------------------------------ flags

    def flags(self, *, carried: bool) -> Iterator[_Change]:
        """Flags that came, and doubts that went: borne out, or with the report that raised them. `carried`: a status
        change tells of them already."""
        before = {(f.kind, f.subject) for f in self.old.flags}
        after = {(f.kind, f.subject) for f in self.new.flags}
        for flag in self.new.flags:
            if (flag.kind, flag.subject) not in before and (not carried or flag.kind is FlagKind.CONTESTED):
                yield self._flagged(flag)
        for flag in self.old.flags:
            if flag.kind is FlagKind.UNCONFIRMED and (flag.kind, flag.subject) not in after and not carried:
                yield self._borne_out(flag) if flag.subject in self.doubted else self._fell(flag)

    def _flagged(self, flag: Flag) -> _Change:
        reason = Reason(flag.kind.value, flag.detail, flag.evidence)
        severity = FLAG_SEVERITY.get(flag.kind, Severity.ROUTINE)
        words = ("", flag.kind.value)
        return _Change(TransitionKind.FLAG, Way.OTHER, *words, reason, flag.since, severity, (flag,))

    def _borne_out(self, flag: Flag) -> _Change:
        reason = Reason("confirmed", f"confirmed: {flag.detail}", flag.evidence)
        words = (flag.kind.value, "confirmed")
        return _Change(TransitionKind.FLAG, Way.OTHER, *words, reason, self.now, Severity.ROUTINE, confirms=True)

    def _fell(self, flag: Flag) -> _Change:
        """The report that raised a doubt no longer counts: nothing was confirmed, there is nothing left to doubt."""
        reason = Reason("withdrawn", f"no longer reported: {flag.detail}", flag.evidence)
        words = (flag.kind.value, "withdrawn")
        return _Change(TransitionKind.FLAG, Way.OTHER, *words, reason, self.now, FLAG_SEVERITY[flag.kind])

    # ------------------------------------------------------------ evidence

    def _quoted(self, code: str, evidence: tuple[str, ...], otherwise: str) -> Reason:
        """A reason in the words of the newest signal among the evidence."""
        newest = self._newest(self.signals[i] for i in evidence if i in self.signals)
        text = " ".join(self.signals[newest[0]].quote.split()) if newest else otherwise
        return Reason(code, text, evidence or newest)

    def _newest(self, signals: Iterable[Signal]) -> tuple[str, ...]:
        last = max(signals, key=lambda s: (s.happened.end, s.id), default=None)
        return (last.id,) if last else ()

    def _at(self, evidence: Sequence[str]) -> datetime:
        known = [self.signals[i].happened.end for i in evidence if i in self.signals]
        return max(known, default=self.now)


def _status_severity(old: Verdict, new: Verdict, way: Way) -> Severity:
    """Bad news is urgent; a next round of a series, and relief where nothing is promised, wait for the digest."""
    if way is Way.DOWN:
        return Severity.URGENT
    relief = new.standing is Standing.UNPLEDGED
    return Severity.ROUTINE if relief or (old.standing, new.standing) == REOPENED else Severity.NOTABLE


def _way(old: Verdict, new: Verdict) -> Way:
    """Up or down: the outlook decides where it moved, else the standing; ending is always bad, a new period neither."""
    if new.standing in (Standing.BREACHED, Standing.LAPSED) and new.standing is not old.standing:
        return Way.DOWN
    if (old.standing, new.standing) == REOPENED or (new.standing is Standing.PLEDGED and old.standing in ENDED):
        return Way.OTHER
    moved = OUTLOOK_RANK[new.outlook] - OUTLOOK_RANK[old.outlook] or RANK[new.standing] - RANK[old.standing]
    return Way.UP if moved > 0 else Way.DOWN


def _before(records: Iterable[Deadline], record: Deadline) -> Deadline | None:
    same = (record.what, record.kind, record.date)
    return next((d for d in records if (d.what, d.kind, d.date) == same and d.state != "superseded"), None)


def _naming(record: Deadline) -> str:
    return f"{NAMED_BY.get(record.said_by, record.said_by)} {record.date:%-d %B %Y}"
