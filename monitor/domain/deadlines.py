"""Deadline records: read from signals, moved, and run down by the clock.

A record is current when the side (or both sides) that owes the commitment stands behind its date, else claimed by whoever named it.
The clock counts to current dates; a later date that only one side names never silences the notices of the current one.
Days end at midnight UTC at their close.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.claims import Claim, Support
from monitor.domain.model import (
    Commitment,
    Deadline,
    Effect,
    Flag,
    FlagKind,
    Kind,
    Outlook,
    Policy,
    Reason,
    Signal,
    Standing,
    Verdict,
)
from monitor.domain.progress import begins
from monitor.domain.verdict import with_flag

OPEN = frozenset({"current", "claimed"})
NAMING = frozenset({Effect.DEADLINE, Effect.DELIVERED, Effect.PLEDGE, Effect.PROGRESS})
SHORTEST_TERM = 28
"""Days: "two days of talks" is no term."""
NEAR = timedelta(days=21)
"""A term is told in round months, and from the day of the report: so near to a date already named, it is that date."""
VOICES = frozenset({"us", "cn", "both", "company"})
"""Whose single word makes a date a claim; a date that only the press names needs the evidence bar."""
ENDED = frozenset({Standing.MET, Standing.BREACHED, Standing.LAPSED})


def closes(deadline: Deadline) -> datetime:
    """The moment the deadline's day is over."""
    return datetime.combine(deadline.date + timedelta(days=1), time(), UTC)


def counted(verdict: Verdict) -> tuple[Deadline, ...]:
    """The records the clock runs on, earliest first."""
    return tuple(sorted((d for d in verdict.deadlines if d.state == "current"), key=lambda d: (d.date, d.what)))


def _open(verdict: Verdict) -> tuple[Deadline, ...]:
    return tuple(d for d in verdict.deadlines if d.state in OPEN)


# ---------------------------------------------------------------- from news


def note_date(verdict: Verdict, claim: Claim, backing: Support, commitment: Commitment, policy: Policy) -> Verdict:
    """The verdict with the date that the newest signal of `claim` names, if somebody who counts names one for a deadline.

    A date is current when those who owe the commitment stand behind it, or the side that set the present date moves it.
    """
    signal = claim.latest
    day = named_date(verdict, signal, commitment)
    said_by = _said_by(claim)
    if day is None or (said_by not in VOICES and not backing.meets_bar(policy)):
        return verdict
    what = _what(verdict, signal, commitment)
    set_by = {d.said_by for d in verdict.deadlines if d.what == what and d.state == "current"}
    state = "current" if backing.official or said_by == "both" or set_by == {said_by} else "claimed"
    record = Deadline(
        what=what, kind=_kind(commitment), date=day, said_by=said_by, state=state,
        precision=signal.date.precision if signal.date else "day", since=signal.happened.end.date(),
        evidence=tuple(s.id for s in claim.signals),
    )  # fmt: skip
    return replace(verdict, deadlines=_placed(verdict.deadlines, record))


def named_date(verdict: Verdict, signal: Signal, commitment: Commitment) -> date | None:
    """The deadline a signal names: a date with the role of one, or a length of time from its start."""
    if signal.effect not in NAMING:
        return None
    if signal.date is not None and _is_deadline(signal, commitment):
        return signal.date.date
    if signal.lasts is None or signal.lasts < SHORTEST_TERM or commitment.kind is not Kind.STANDING:
        return None
    return _end_of_term(verdict, signal, signal.lasts)


def _end_of_term(verdict: Verdict, signal: Signal, days: float) -> date | None:
    """The end of a term of so many days: a date already named, if the term leads to about that; else counted anew."""
    start = _term_starts(verdict, signal)
    fresh = _added(start, days) if start else None
    ends = [_added(d.date, days) for d in verdict.deadlines] + ([fresh] if fresh else [])
    named = [d.date for d in verdict.deadlines if d.state in OPEN]
    return next((day for day in named if any(abs(day - end) <= NEAR for end in ends)), fresh)


def _term_starts(verdict: Verdict, signal: Signal) -> date | None:
    """Where "for one year" begins: the start the sentence names, the end of the present term, or the day it took effect."""
    if signal.date is not None and signal.date.role == "start":
        return signal.date.date
    if signal.effect in (Effect.DEADLINE, Effect.PLEDGE):
        return next((d.date for d in counted(verdict)), None)
    return signal.happened.end.date() if signal.effect is Effect.DELIVERED else None


def _is_deadline(signal: Signal, commitment: Commitment) -> bool:
    assert signal.date is not None
    if signal.date.date <= signal.happened.end.date():
        return False
    if signal.effect is Effect.DEADLINE:
        return signal.date.role != "start"
    return signal.date.role == _kind(commitment)


def _kind(commitment: Commitment) -> str:
    return "expiry" if commitment.kind is Kind.STANDING else "due"


def _what(verdict: Verdict, signal: Signal, commitment: Commitment) -> str:
    """Which deadline a date belongs to: the one that holds the rule's object in its name, a new one for another object."""
    names = [d.what for d in verdict.deadlines if d.state in OPEN]
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


def _added(day: date, days: float) -> date:
    """Months and years are given in days by the reader of quantities: whole months are added as months."""
    months = round(days / 30.4)
    if months < 1 or abs(days - months * 30.4) > 6:
        return day + timedelta(days=round(days))
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, 28) if day.day > 28 else day.day)


def _placed(records: tuple[Deadline, ...], new: Deadline) -> tuple[Deadline, ...]:
    """The records with the new one in its place: the same date gains a voice, a current date supersedes, a claimed one stands beside."""
    same = next((d for d in records if d.what == new.what and d.date == new.date and d.state in OPEN), None)
    if same is not None:
        joined = _joined(same, new)
        rest = tuple(d for d in records if d is not same)
        return (*_making_way(rest, joined), joined)
    if new.state == "claimed":
        return (*(d for d in records if (d.what, d.state, d.said_by) != (new.what, "claimed", new.said_by)), new)
    return (*_making_way(records, new), new)


def _making_way(records: tuple[Deadline, ...], new: Deadline) -> tuple[Deadline, ...]:
    """The other records once `new` is current: one date a deadline is what the clock runs on."""
    if new.state != "current":
        return records
    return tuple(_superseded(d) if d.what == new.what and d.state in OPEN else d for d in records)


def _joined(old: Deadline, new: Deadline) -> Deadline:
    """One date that two name: both sides together, or the side rather than the press."""
    voices = {old.said_by, new.said_by}
    both = "both" in voices or {"us", "cn"} <= voices
    state = "current" if "current" in (old.state, new.state) or both else "claimed"
    said_by = "both" if both else (old.said_by if old.said_by in VOICES else new.said_by)
    return replace(old, said_by=said_by, state=state, evidence=tuple(dict.fromkeys((*old.evidence, *new.evidence))))


def _superseded(record: Deadline) -> Deadline:
    return replace(record, state="superseded", noticed=None)


# ---------------------------------------------------------------- by the clock


def run_down(
    verdict: Verdict, commitment: Commitment, policy: Policy, now: datetime
) -> tuple[Verdict, tuple[Reason, ...]]:
    """The verdict as time alone has made it at `now`: notices, overdue, lapsed; with a reason for each."""
    reasons: list[Reason] = []
    running = _open(verdict) if verdict.standing in ENDED else counted(verdict)
    for record in running:
        verdict, reason = _tick(verdict, record, commitment, policy, now)
        if reason is not None:
            reasons.append(reason)
    return verdict, tuple(reasons)


def _tick(
    verdict: Verdict, record: Deadline, commitment: Commitment, policy: Policy, now: datetime
) -> tuple[Verdict, Reason | None]:
    if verdict.standing in ENDED and _within(record, verdict, commitment):
        return _settled(verdict, record), None
    if record.state == "claimed":
        return verdict, None
    if now < closes(record):
        return _noticed(verdict, record, _notice(record, policy, now)), None
    if now >= closes(record) + timedelta(days=commitment.grace_days) and not _later_claim(verdict, record):
        return _lapsed(verdict, record)
    return _overdue(verdict, record)


def _within(record: Deadline, verdict: Verdict, commitment: Commitment) -> bool:
    """Does the record belong to the period that has ended, and not to a later one?"""
    later = [t.due for t in commitment.targets if begins(t) > verdict.since]
    return not later or record.date < min(later)


def _notice(record: Deadline, policy: Policy, now: datetime) -> int | None:
    due = [days for days in policy.due_notices if now >= closes(record) - timedelta(days=days + 1)]
    return min(due, default=None)


def _noticed(verdict: Verdict, record: Deadline, days: int | None) -> Verdict:
    return verdict if days is None else _with(verdict, record, replace(record, noticed=days))


def _settled(verdict: Verdict, record: Deadline) -> Verdict:
    """A date on which nothing hangs any more; met after it is late."""
    met = verdict.standing is Standing.MET
    settled = _with(verdict, record, replace(record, state="met" if met else "lapsed", noticed=None))
    settled = replace(
        settled, flags=tuple(f for f in settled.flags if (f.kind, f.subject) != (FlagKind.OVERDUE, record.what))
    )
    if not met or record.kind != "due" or verdict.since < closes(record):
        return settled
    text = f"met after {record.date:%-d %B %Y}, the date first set"
    return with_flag(settled, Flag(FlagKind.LATE, record.what, verdict.since, text, verdict.evidence))


def _lapsed(verdict: Verdict, record: Deadline) -> tuple[Verdict, Reason]:
    ended = _with(verdict, record, replace(record, state="lapsed", noticed=0))
    text = f"{record.what} ended on {record.date:%-d %B %Y} and nobody extended it"
    if record.kind == "due":
        text = f"{record.what} was due by {record.date:%-d %B %Y} and the time allowed after it has passed"
    lapsed = replace(
        ended, standing=Standing.LAPSED, since=closes(record), outlook=Outlook.STEADY, why=text, evidence=record.evidence,
        flags=tuple(f for f in ended.flags if f.kind is not FlagKind.OVERDUE),
    )  # fmt: skip
    return lapsed, Reason("lapsed", text, record.evidence)


def _overdue(verdict: Verdict, record: Deadline) -> tuple[Verdict, Reason]:
    """Past the date, but within the grace or with a later date that one side names: overdue, and at risk until somebody acts."""
    later = _later_claim(verdict, record)
    text = f"{record.what} passed {record.date:%-d %B %Y} unmet"
    if record.kind == "expiry":
        text = f"{record.what} ran to {record.date:%-d %B %Y}, the last date all who owe it stand behind"
    if later is not None:
        text += f"; {later.said_by.upper()} says {later.date:%-d %B %Y}"
    flag = Flag(FlagKind.OVERDUE, record.what, closes(record), text, record.evidence)
    marked = with_flag(_with(verdict, record, replace(record, noticed=0)), flag)
    first = not any(f.kind is FlagKind.OVERDUE and f.subject == record.what for f in verdict.flags)
    if first and marked.outlook is Outlook.STEADY:
        marked = replace(
            marked, outlook=Outlook.AT_RISK, outlook_since=closes(record), why=text, outlook_evidence=record.evidence
        )
    return marked, Reason("overdue", text, record.evidence)


def _later_claim(verdict: Verdict, record: Deadline) -> Deadline | None:
    later = [d for d in verdict.deadlines if d.state == "claimed" and d.what == record.what and d.date > record.date]
    return max(later, key=lambda d: d.date, default=None)


def _with(verdict: Verdict, old: Deadline, new: Deadline) -> Verdict:
    return replace(verdict, deadlines=tuple(new if d == old else d for d in verdict.deadlines))


def instants(verdict: Verdict, commitment: Commitment, policy: Policy) -> Iterable[datetime]:
    """Every moment at which a deadline alone could change the verdict."""
    for record in counted(verdict):
        yield closes(record)
        yield closes(record) + timedelta(days=commitment.grace_days)
        for days in policy.due_notices:
            yield closes(record) - timedelta(days=days + 1)
