"""Deadline records: read from signals, moved, and run down by the clock.

A record is current when the side (or both sides) that owes the commitment stands behind its date, else claimed by whoever named it.
The clock counts to the current date of each deadline, and to a claimed one where nobody else has named any; a later date that only
one side names never silences the notices of the current one. A due date that was moved and then passes unmet is missed.
Days end at midnight UTC at their close.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.extract.date_ranges import after_length
from monitor.domain.matching.rules import RuleInfo
from monitor.domain.model import (
    Commitment,
    Deadline,
    Effect,
    Flag,
    FlagKind,
    Kind,
    Modality,
    Outlook,
    Policy,
    Reason,
    ReasonCode,
    Signal,
    Standing,
    Verdict,
    day_of,
)
from monitor.domain.model.reasons import DuePassed, ExpiryPassed, FirstDateMissed, Lapsed, MetLate, Named
from monitor.domain.verdicts.corroboration import Claim, assess_support, obliged_parties
from monitor.domain.verdicts.flags import with_flag
from monitor.domain.verdicts.progress import starts_at

OPEN_STATES = frozenset({"current", "claimed"})
DATE_EFFECTS = frozenset({Effect.DEADLINE, Effect.DELIVERED, Effect.PLEDGE, Effect.PROGRESS})
MIN_TERM_DAYS = 28
"""Days: "two days of talks" is no term."""
SAME_DATE_WITHIN = timedelta(days=21)
"""A term is told in round months, and from the day of the report: so near to a date already named, it is that date."""
CLAIMING_SIDES = frozenset({"us", "cn", "both", "company"})
"""Whose single word makes a date a claim; a date that only the press names needs the evidence bar."""
CONCLUDED = frozenset({Standing.MET, Standing.BREACHED, Standing.LAPSED})
"""Standings in which no date is waited for any more: what is open is settled as its day comes."""


def day_end(deadline: Deadline) -> datetime:
    """The moment the deadline's day is over."""
    return datetime.combine(deadline.date + timedelta(days=1), time(), UTC)


def active_deadlines(verdict: Verdict) -> tuple[Deadline, ...]:
    """The records the clock runs on, earliest first: the current ones, and the first claim where there is no current one."""
    settled = {d.what for d in verdict.deadlines if d.state == "current"}
    alone = [
        d for d in verdict.deadlines if d.state == "claimed" and d.said_by in CLAIMING_SIDES and d.what not in settled
    ]
    claimed = {d.what: d for d in sorted(alone, key=lambda d: d.date, reverse=True)}
    current = (d for d in verdict.deadlines if d.state == "current")
    return tuple(sorted((*current, *claimed.values()), key=lambda d: (d.date, d.what)))


def superseded_due_dates(verdict: Verdict) -> tuple[Deadline, ...]:
    """Due dates that were superseded by later ones: what they promised was not done if they pass unmet."""
    return tuple(d for d in verdict.deadlines if d.state == "superseded" and d.kind == "due")


def flag_unconfirmed(verdict: Verdict, commitment: Commitment) -> Verdict:
    """The verdict with a flag for each date that one voice names beside, or in place of, the date of all who owe it."""
    for record in verdict.deadlines:
        if record.state == "claimed":
            waiting = tuple(side for side in obliged_parties(commitment) if side != record.said_by)
            detail = Named(record.said_by, record.date, waiting)
            since = datetime.combine(record.since, time(), UTC) if record.since else verdict.since
            verdict = with_flag(verdict, Flag(FlagKind.UNCONFIRMED, record.what, since, detail, record.evidence))
    return verdict


def _open(verdict: Verdict) -> tuple[Deadline, ...]:
    return tuple(d for d in verdict.deadlines if d.state in OPEN_STATES)


# ---------------------------------------------------------------- from news


def record_date(
    verdict: Verdict, claim: Claim, commitment: Commitment, policy: Policy, rules: Mapping[str, RuleInfo]
) -> Verdict:  # fmt: skip
    """The verdict with the date that the newest signal of `claim` names, if somebody who counts names one for a deadline.

    A date is current when those who owe the commitment stand behind it, or the side that set the present date moves it.
    """
    signal = claim.latest
    day = named_date(verdict, signal, commitment)
    if day is None:
        return verdict
    naming = replace(claim, signals=tuple(s for s in claim.signals if named_date(verdict, s, commitment) == day))
    backing, said_by = assess_support(naming, commitment, policy, rules), _said_by(naming)
    if not backing.is_strong_enough or (said_by not in CLAIMING_SIDES and not backing.meets_threshold(policy)):
        return verdict
    what = _what(verdict, signal, commitment)
    if signal.effect is not Effect.DEADLINE and _given_up(verdict, what, day):
        return verdict
    set_by = {d.said_by for d in verdict.deadlines if d.what == what and d.state == "current"}
    state = "current" if backing.official or said_by == "both" or set_by == {said_by} else "claimed"
    record = Deadline(
        what=what, kind=_kind(commitment), date=day, said_by=said_by, state=state,
        precision=signal.date.precision if signal.date else "day", since=day_of(signal.happened.end),
        evidence=tuple(s.id for s in naming.signals),
    )  # fmt: skip
    return replace(verdict, deadlines=_placed(verdict.deadlines, record))


def _given_up(verdict: Verdict, what: str, day: date) -> bool:
    """Is this a date that a later one has replaced? Only an act of moving brings it back, not a reminder of what was promised."""
    return any(d.what == what and d.date == day and d.state in ("superseded", "missed") for d in verdict.deadlines)


def named_date(verdict: Verdict, signal: Signal, commitment: Commitment) -> date | None:
    """The deadline a signal names: a date with the role of one, or a length of time from its start. What "may" be names none."""
    if signal.modality is Modality.RUMOUR:
        return None
    put_off = commitment.kind is Kind.SERIES and signal.effect is Effect.SETBACK
    if signal.effect not in DATE_EFFECTS and not put_off:
        return None
    if signal.date is not None and _is_deadline(signal, commitment):
        return signal.date.date
    if signal.lasts is None or signal.lasts < MIN_TERM_DAYS or commitment.kind is not Kind.STANDING:
        return None
    return _end_of_term(verdict, signal, signal.lasts)


def _end_of_term(verdict: Verdict, signal: Signal, days: float) -> date | None:
    """The end of a term of so many days: a date already named, if the term leads to about that; else counted anew."""
    start = _term_starts(verdict, signal)
    fresh = after_length(start, days) if start else None
    ends = [after_length(d.date, days) for d in verdict.deadlines] + ([fresh] if fresh else [])
    named = [d.date for d in verdict.deadlines if d.state in OPEN_STATES]
    return next((day for day in named if any(abs(day - end) <= SAME_DATE_WITHIN for end in ends)), fresh)


def _term_starts(verdict: Verdict, signal: Signal) -> date | None:
    """Where "for one year" begins: the start the sentence names, the end of the present term, or the day it took effect."""
    if signal.starts is not None:
        return signal.starts.date
    if signal.effect in (Effect.DEADLINE, Effect.PLEDGE):
        return next((d.date for d in active_deadlines(verdict)), None)
    return day_of(signal.happened.end) if signal.effect is Effect.DELIVERED else None


def _is_deadline(signal: Signal, commitment: Commitment) -> bool:
    assert signal.date is not None
    if signal.date.date <= day_of(signal.happened.end):
        return False
    if signal.effect in (Effect.DEADLINE, Effect.SETBACK):
        return signal.date.role != "start" and signal.date.precision == "day"
    return signal.date.role == _kind(commitment)


def _kind(commitment: Commitment) -> str:
    return "expiry" if commitment.kind is Kind.STANDING else "due"


def _what(verdict: Verdict, signal: Signal, commitment: Commitment) -> str:
    """Which deadline a date belongs to: the one that holds the rule's object in its name, a new one for another object."""
    names = [d.what for d in verdict.deadlines if d.state in OPEN_STATES]
    meant = signal.object if signal.object not in commitment.steps else ""
    if meant:
        return next((name for name in names if meant.lower() in name.lower()), meant)
    return names[0] if names else commitment.short


def _said_by(claim: Claim) -> str:
    """Whose word the date is: both sides, the one side that has spoken, else whoever reported it last."""
    sides = {s.says.value for s in claim.signals}
    if "both" in sides or {"us", "cn"} <= sides:
        return "both"
    return next((side for side in ("us", "cn", "company") if side in sides), claim.latest.says.value)


def _placed(records: tuple[Deadline, ...], new: Deadline) -> tuple[Deadline, ...]:
    """The records with the new one in its place: the same date gains a voice, a current date supersedes, a claimed one stands beside."""
    same = next((d for d in records if d.what == new.what and d.date == new.date and d.state in OPEN_STATES), None)
    if same is not None:
        joined = _joined(same, new)
        rest = tuple(d for d in records if d is not same)
        return (*_without_superseded(rest, joined), joined)
    if new.state == "claimed":
        return (*_without_former_claim(records, new), new)
    return (*_without_superseded(records, new), new)


def _without_former_claim(records: tuple[Deadline, ...], new: Deadline) -> tuple[Deadline, ...]:
    """The records once the voice behind `new` has named another date: its former one is superseded if the clock ran on it."""
    former = (new.what, "claimed", new.said_by)
    rest = tuple(d for d in records if (d.what, d.state, d.said_by) != former)
    if any((d.what, d.state) == (new.what, "current") for d in records):
        return rest
    return (*rest, *(_superseded(d) for d in records if d not in rest))


def _without_superseded(records: tuple[Deadline, ...], new: Deadline) -> tuple[Deadline, ...]:
    """The other records once `new` is current: one date a deadline is what the clock runs on."""
    if new.state != "current":
        return records
    return tuple(_superseded(d) if d.what == new.what and d.state in OPEN_STATES else d for d in records)


def _joined(old: Deadline, new: Deadline) -> Deadline:
    """One date that two name: both sides together, or the side rather than the press."""
    voices = {old.said_by, new.said_by}
    both = "both" in voices or {"us", "cn"} <= voices
    state = "current" if "current" in (old.state, new.state) or both else "claimed"
    said_by = "both" if both else (old.said_by if old.said_by in CLAIMING_SIDES else new.said_by)
    return replace(old, said_by=said_by, state=state, evidence=tuple(dict.fromkeys((*old.evidence, *new.evidence))))


def _superseded(record: Deadline) -> Deadline:
    return replace(record, state="superseded", noticed=None)


# ---------------------------------------------------------------- by the clock


def apply_clock(
    verdict: Verdict, commitment: Commitment, policy: Policy, now: datetime
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict as time alone has made it at `now`: notices, overdue, lapsed; with a reason for each."""
    reasons: list[Reason | None] = []
    before: Verdict | None = None
    while verdict != before:  # what has ended settles the dates beside it
        before = verdict
        for record in superseded_due_dates(verdict):
            verdict, reason = _passed(verdict, record, now)
            reasons.append(reason)
        for record in _open(verdict) if verdict.standing in CONCLUDED else active_deadlines(verdict):
            verdict, reason = _advanced(verdict, record, commitment, policy, now)
            reasons.append(reason)
    return verdict, tuple(dict.fromkeys(filter(None, reasons)))


def _passed(verdict: Verdict, record: Deadline, now: datetime) -> tuple[Verdict, Reason | None]:
    """A due date that was moved has come, and what it promised is not done."""
    later = max((d.date for d in active_deadlines(verdict) if d.what == record.what), default=record.date)
    if verdict.standing in CONCLUDED or now < day_end(record) or later <= record.date:
        return verdict, None
    reason = Reason(ReasonCode.MISSED, FirstDateMissed(record.what, record.date, later), record.evidence)
    return _with(verdict, record, replace(record, state="missed")), reason


def _advanced(
    verdict: Verdict, record: Deadline, commitment: Commitment, policy: Policy, now: datetime
) -> tuple[Verdict, Reason | None]:
    if verdict.standing in CONCLUDED and _is_done_with(record, verdict, commitment, now):
        return _settled(verdict, record), None
    if record not in active_deadlines(verdict):
        return verdict, None
    if now < day_end(record):
        return _noticed(verdict, record, _notice(record, policy, now)), None
    out = now >= day_end(record) + timedelta(days=commitment.grace_days) and not _later_claim(verdict, record)
    return _lapsed(verdict, record) if out and record.state == "current" else _overdue(verdict, record)


def _is_done_with(record: Deadline, verdict: Verdict, commitment: Commitment, now: datetime) -> bool:
    """Is the record done with? Fulfilment settles all dates of its period; what has lapsed or was broken, those that passed."""
    if verdict.standing is not Standing.MET:
        return now >= day_end(record)
    if commitment.kind is Kind.SERIES:
        return record.date <= day_of(verdict.since)
    later = [t.due for t in commitment.targets if starts_at(t) > verdict.since]
    return not later or record.date < min(later)


def _notice(record: Deadline, policy: Policy, now: datetime) -> int | None:
    due = [days for days in policy.due_notices if now >= day_end(record) - timedelta(days=days + 1)]
    return min(due, default=None)


def _noticed(verdict: Verdict, record: Deadline, days: int | None) -> Verdict:
    return verdict if days is None else _with(verdict, record, replace(record, noticed=days))


def _settled(verdict: Verdict, record: Deadline) -> Verdict:
    """A date on which nothing hangs any more; met after it is late."""
    met = verdict.standing is Standing.MET
    missed = [d for d in verdict.deadlines if d.state == "missed" and d.what == record.what]
    settled = _with(verdict, record, replace(record, state="met" if met else "lapsed", noticed=None))
    settled = replace(
        settled, flags=tuple(f for f in settled.flags if (f.kind, f.subject) != (FlagKind.OVERDUE, record.what))
    )
    if not met or record.kind != "due" or (verdict.since < day_end(record) and not missed):
        return settled
    first = min((d.date for d in missed), default=record.date)
    return with_flag(settled, Flag(FlagKind.LATE, record.what, verdict.since, MetLate(first), verdict.evidence))


def _lapsed(verdict: Verdict, record: Deadline) -> tuple[Verdict, Reason]:
    ended = _with(verdict, record, replace(record, state="lapsed", noticed=0))
    reason = Reason(ReasonCode.LAPSED, Lapsed(record.what, record.kind, record.date), record.evidence)
    lapsed = replace(
        ended, standing=Standing.LAPSED, since=day_end(record), outlook=Outlook.STEADY, outlook_since=day_end(record), outlook_evidence=(),
        why=reason, evidence=record.evidence,
        flags=tuple(f for f in ended.flags if f.kind is not FlagKind.OVERDUE),
    )  # fmt: skip
    return lapsed, reason


def _overdue(verdict: Verdict, record: Deadline) -> tuple[Verdict, Reason]:
    """Past the date, but within the grace or with a later date that one side names: overdue, and at risk until somebody acts."""
    later = _later_claim(verdict, record)
    named = Named(later.said_by, later.date) if later is not None else None
    detail: DuePassed | ExpiryPassed = DuePassed(record.what, record.date, named)
    if record.kind == "expiry":
        detail = ExpiryPassed(record.what, record.date, record.state == "current", named)
    reason = Reason(ReasonCode.OVERDUE, detail, record.evidence)
    flag = Flag(FlagKind.OVERDUE, record.what, day_end(record), detail, record.evidence)
    marked = with_flag(_with(verdict, record, replace(record, noticed=0)), flag)
    first = not any(f.kind is FlagKind.OVERDUE and f.subject == record.what for f in verdict.flags)
    if first and marked.outlook is Outlook.STEADY:
        marked = replace(
            marked, outlook=Outlook.AT_RISK, outlook_since=day_end(record), why=reason, outlook_evidence=record.evidence
        )
    return marked, reason


def _later_claim(verdict: Verdict, record: Deadline) -> Deadline | None:
    later = [d for d in verdict.deadlines if d.state == "claimed" and d.what == record.what and d.date > record.date]
    return max(later, key=lambda d: d.date, default=None)


def _with(verdict: Verdict, old: Deadline, new: Deadline) -> Verdict:
    return replace(verdict, deadlines=tuple(new if d == old else d for d in verdict.deadlines))


def change_times(verdict: Verdict, commitment: Commitment, policy: Policy) -> Iterable[datetime]:
    """Every moment at which a deadline alone could change the verdict."""
    for record in active_deadlines(verdict):
        yield day_end(record)
        yield day_end(record) + timedelta(days=commitment.grace_days)
        for days in policy.due_notices:
            yield day_end(record) - timedelta(days=days + 1)
    for record in superseded_due_dates(verdict):
        yield day_end(record)
