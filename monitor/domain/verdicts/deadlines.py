"""Deadline records: dates read from signals, moved by later ones, and run down by the clock.

A record is current once every side that owes the commitment confirms its date; until then it is claimed. The clock
counts to the current date of each deadline, or to a claimed date if there is no current one. A due date that was moved
and then passes unmet is missed. A day ends at its closing midnight UTC. A date that passes in a blind span (`blind`)
becomes overdue and unchecked, never lapsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from monitor.domain.extract.date_ranges import after_length
from monitor.domain.model.commitments import Commitment, Deadline
from monitor.domain.model.enums import (
    NEGATIVE_EFFECTS,
    Effect,
    FlagKind,
    Kind,
    Modality,
    Outlook,
    ReasonCode,
    Says,
    Standing,
    Tier,
)
from monitor.domain.model.news import DateMention, Signal, day_of
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import (
    DuePassed,
    ExpiryPassed,
    FirstDateMissed,
    Lapsed,
    MetLate,
    Named,
    Reason,
    Unread,
)
from monitor.domain.model.sides import joint, parties_in
from monitor.domain.model.verdicts import BlindSpan, Flag, Verdict
from monitor.domain.verdicts.blind import unread, unread_at
from monitor.domain.verdicts.corroboration import Claim, assess_support, obliged_parties
from monitor.domain.verdicts.evidence import with_flag, without_kind
from monitor.domain.verdicts.progress import starts_at

OPEN_STATES = frozenset({"current", "claimed"})
ANNOUNCED = "announced"
"""The state of a record of an announced meeting or act, which the clock does not run on."""
PROMISED = "promised"
"""The state of a length of time that is promised for what is yet to begin: its day is counted from the promise, and
again from the day on which the state is in force."""
AWAITED = "awaited"
"""The state of a record of a named meeting that is announced without a day: its date is the last day on which it is
still expected."""
AWAITED_FOR = timedelta(days=60)
"""An announcement without a day that nobody repeats for so long is forgotten (an estimate)."""
UNDATED_STATES = frozenset({ANNOUNCED, PROMISED, AWAITED})
MOVABLE_STATES = OPEN_STATES | {"postponed"}
"""Postponed: the date was moved to a day that could not be read; the clock does not run on it."""
PRECISIONS = ("day", "week", "month", "quarter", "season", "year")
WHOLE_WEEK = re.compile(r"(?i)\bweek$|周$|星期$|礼拜$")
DAYS_OF_MONTH = re.compile(r"(?<!\d)(\d\d?)[日号]?(?:-|–| to | and |至|到|~|、|和)(\d\d?)(?!\d)")
"""The first and the last of several days of one month: "March 14-17"."""
LONGEST_MEETING = timedelta(days=14)
"""A longer time from a day to another is that of something else (an estimate)."""
AT_A_MEETING = re.compile(
    r"(?i)\b(?:at|in|during|before|ahead of) (?:[\w'’-]+ ){0,3}(?:meeting|talks|summit|call|visit)(?: on)? $"
)
"""Before the day of a meeting that is fixed, whatever is hoped of it: "he may strike a deal at a meeting Thursday"."""
DATE_EFFECTS = frozenset({Effect.DEADLINE, Effect.DELIVERED, Effect.PLEDGE, Effect.PROGRESS})
SUSPENDS = re.compile(r"(?i)\b(?:suspends?|pauses?)\b")
MIN_TERM_DAYS = 28
"""Days of the shortest month, which is the shortest term: "two days of talks" is not a term."""
A_WEEK = timedelta(days=7)
SOON = timedelta(days=30)
"""A due date this close is the one that a delay is added to, and a term this near its end is renewed (an estimate)."""
SAME_DATE_WITHIN = timedelta(days=21)
"""Terms are given in round months from the day of the report: an end this close to a known date is that date."""
CONCLUDED = frozenset({Standing.MET, Standing.BREACHED, Standing.LAPSED})
"""Standings that wait for no date: their open records are settled."""


def is_claim_of(said_by: str) -> bool:
    """Whether a party or a company names the date. A date that only the press names needs the evidence threshold."""
    return said_by == Says.COMPANY or bool(parties_in(said_by))


def day_end(deadline: Deadline) -> datetime:
    """The end of the deadline's day."""
    return datetime.combine(deadline.date + timedelta(days=1), time(), UTC)


def active_deadlines(verdict: Verdict) -> tuple[Deadline, ...]:
    """The records that the clock runs on, earliest first: the current one of each deadline, or else its first claim."""
    current = [d for d in verdict.deadlines if d.state == "current"]
    claims = [d for d in verdict.deadlines if d.state == "claimed" and is_claim_of(d.said_by)]
    first = {d.what: d for d in sorted(claims, key=lambda d: d.date, reverse=True)}
    alone = [d for what, d in first.items() if what not in {c.what for c in current}]
    return tuple(sorted((*current, *alone), key=lambda d: (d.date, d.what)))


def superseded_due_dates(verdict: Verdict) -> tuple[Deadline, ...]:
    """Due dates that later ones superseded. They are missed if they pass unmet."""
    return tuple(d for d in verdict.deadlines if d.state == "superseded" and d.kind == "due")


def flag_unconfirmed(verdict: Verdict, commitment: Commitment) -> Verdict:
    """The verdict with a flag for each date that at least one owing side has not confirmed."""
    for record in verdict.deadlines:
        if record.state == "claimed":
            waiting = tuple(side for side in obliged_parties(commitment) if side != record.said_by)
            detail = Named(record.said_by, record.date, waiting)
            since = datetime.combine(record.since, time(), UTC) if record.since else verdict.since
            verdict = with_flag(verdict, Flag(FlagKind.UNCONFIRMED, record.what, since, detail, record.evidence))
    return verdict


def record_date(verdict: Verdict, claim: Claim, commitment: Commitment, policy: Policy) -> Verdict:
    """The verdict with the date that the newest signal of `claim` names, if its support is enough.

    A date is current if all owing sides confirm it, or if the side that set the present date moves it.
    """
    signal = claim.latest
    day = named_date(verdict, signal, commitment)
    known = [d for d in verdict.deadlines if d.state in MOVABLE_STATES]
    if known and signal.modality is Modality.RUMOUR and day not in [d.date for d in known]:
        day = None  # it moves no date
    if day is None:
        return _with_term(_postponed(verdict, claim, commitment, policy), signal, commitment)
    naming = replace(claim, signals=tuple(s for s in claim.signals if named_date(verdict, s, commitment) == day))
    backing, naming_it = assess_support(naming, commitment, policy), {s.says for s in naming.signals}
    said_by = joint(party for says in naming_it for party in says.parties)
    if not said_by:
        said_by = Says.COMPANY.value if Says.COMPANY in naming_it else signal.says.value
    if not backing.is_strong_enough or (not is_claim_of(said_by) and not backing.confirmed):
        return verdict
    # The rule's object selects the deadline by name, or names a new one; without an object it is that of the day, else
    # the first. A measure with a name, whose term is not near its end, keeps it: the act suspends another measure.
    what = signal.object if signal.object not in commitment.steps else ""
    if what:
        what = next((d.what for d in known if what.lower() in d.what.lower()), what)
    elif first := next((d for d in known if d.date == day), known[0] if known else None):
        named = commitment.kind is Kind.STANDING and first.what not in (commitment.short, term_name(commitment))
        other = named and first.date != day and first.date - day_of(signal.happened.end) > SOON
        if other and signal.effect is not Effect.DEADLINE:
            return verdict
        what = first.what
    else:
        what = term_name(commitment)
    # Only an explicit move brings a replaced date back; a reminder of the old promise does not.
    former = [d for d in verdict.deadlines if d.what == what and d.date == day and d.state in ("superseded", "missed")]
    if former and signal.effect is not Effect.DEADLINE:
        return verdict
    set_by = {d.said_by for d in verdict.deadlines if d.what == what and d.state == "current"}
    agreed = backing.official or _is_agreed(said_by, commitment)
    state = "current" if agreed or set_by == {said_by} else "claimed"
    precision, since = signal.date.precision if signal.date else "day", day_of(signal.happened.end)
    record = Deadline(what, _kind(commitment), day, said_by, state, precision, since, naming.ids)
    return replace(verdict, deadlines=_with_record(verdict.deadlines, record, commitment))


def _with_term(verdict: Verdict, signal: Signal, commitment: Commitment) -> Verdict:
    """The verdict with the term that a side promises for a state to come: "they will suspend the fees for a year"."""
    lasts, since = signal.lasts or 0, day_of(signal.happened.end)
    promised = commitment.kind is Kind.STANDING and signal.effect is Effect.PLEDGE and is_claim_of(signal.says.value)
    dated = verdict.standing is Standing.IN_FORCE or any(d.state in OPEN_STATES for d in verdict.deadlines)
    if not promised or dated or lasts < MIN_TERM_DAYS:
        return verdict
    former = [d for d in verdict.deadlines if d.state == PROMISED]
    said_by = joint(signal.says.parties.union(*(parties_in(d.said_by) for d in former))) or signal.says.value
    end, what = after_length(since, lasts), signal.object or term_name(commitment)
    term = Deadline(what, "expiry", end, said_by, PROMISED, since=since, evidence=(signal.id,), lasts=lasts)
    return replace(verdict, deadlines=(*(d for d in verdict.deadlines if d not in former), term))


def _begun(verdict: Verdict, commitment: Commitment) -> Verdict:
    """The verdict with the end of a promised term, counted from the day on which the state is in force."""
    term = next((d for d in verdict.deadlines if d.state == PROMISED), None)
    if term is None or verdict.standing is not Standing.IN_FORCE:
        return verdict
    rest = tuple(d for d in verdict.deadlines if d is not term)
    since, owing = day_of(verdict.since), {*obliged_parties(commitment)}
    state = "current" if owing <= parties_in(term.said_by) else "claimed"
    begun = replace(term, date=after_length(since, term.lasts or 0), state=state, since=since)
    named = any(d.state in OPEN_STATES and d.kind == "expiry" for d in rest)
    return replace(verdict, deadlines=rest if named else (*rest, begun))


def record_announcement(verdict: Verdict, signal: Signal, commitment: Commitment) -> Verdict:
    """The verdict with the day that `signal` announces for a meeting or for an act of its speaker.

    1. A meeting that is put off, and a blow whose side promises or does better, are announced no longer.
       While the outlook is bad, a blow that is threatened for a day is not over: too few say so.
    2. A new day for the same meeting, or for the acts of one side with one effect, replaces the days that were
       announced before; a less precise one does not.
    3. A meeting that has a name and no day is awaited until it has one, or until the talks are met.
    """
    is_series, today, named = commitment.kind is Kind.SERIES, day_of(signal.happened.end), signal.starts or signal.date
    bad = signal.effect in NEGATIVE_EFFECTS
    stays = bad or verdict.outlook is not Outlook.STEADY
    over = () if stays else tuple(f"{effect}/{signal.by}" for effect in NEGATIVE_EFFECTS)
    put_off = is_series and bad and signal.effect is not Effect.THREAT
    firm = signal.modality is not Modality.RUMOUR and signal.effect is not Effect.NONE
    records, known = verdict.deadlines, [d for d in verdict.deadlines if d.state == ANNOUNCED]
    ended = [
        d for d in known if d.last_day < today or (firm and (d.what in over or (put_off and _is_settled(d, today))))
    ]
    met = day_of(verdict.since) if verdict.standing is Standing.MET else date.min
    awaited = (d for d in records if d.state == AWAITED)
    ended += [d for d in awaited if d.date < today or (d.since or today) < met or (firm and put_off)]
    records = tuple(d for d in records if d not in ended) if ended else records
    says, by = signal.says.parties, signal.by.parties
    own = is_series or (says & by or not by if says else signal.field == "title")
    if is_series and signal.effect is Effect.PLEDGE and named is not None:
        firm = firm or AT_A_MEETING.search(signal.quote.partition(named.text)[0]) is not None
    if signal.effect is Effect.THREAT and named is not None:
        firm = firm or (named.role, named.precision) == ("start", "day")  # it "could", but from that day
    promised = is_series and signal.effect is Effect.PLEDGE
    if (
        firm
        and own
        and named is not None
        and named.date > today
        and _is_announced(named, is_series=is_series, promised=promised)
    ):
        what = signal.object if is_series else f"{signal.effect}/{signal.by}"
        precision = "week" if WHOLE_WEEK.search(named.text) else named.precision
        said = (signal.says.value, ANNOUNCED, precision, today, (signal.id,))
        day, last = _days_of(named, signal.date if is_series else None)
        new = Deadline(what, "start" if last > day else named.role, day, *said)
        if is_series and precision == "day":  # what begins on one day is one meeting
            alike = [d for d in records if d.state == ANNOUNCED and (d.date, d.precision) == (day, precision)]
            lasts = max((last - day).days, *(d.lasts or 0 for d in alike), 0) or None
            records = tuple(replace(d, lasts=lasts) if d in alike else d for d in records)
            new = replace(new, lasts=lasts)
        records = _with_announcement(records, new)
    elif firm and own and named is None and promised and signal.object and not signal.passing:
        said = (signal.says.value, AWAITED, "day", today, (signal.id,))
        records = _with_awaited(records, Deadline(signal.object, "", today + AWAITED_FOR, *said))
    return verdict if records is verdict.deadlines else replace(verdict, deadlines=records)


def _days_of(named: DateMention, other: DateMention | None) -> tuple[date, date]:
    """The first and the last day of what is announced: "March 14-17", "from 31 March to 2 April" (other)."""
    several = DAYS_OF_MONTH.search(named.text) if named.precision == "day" else None
    if several and int(several[1]) < int(several[2]):
        return named.date.replace(day=int(several[1])), named.date.replace(day=int(several[2]))
    if other and other.role == "expiry" and timedelta() < other.date - named.date <= LONGEST_MEETING:
        return named.date, other.date
    return named.date, named.date


def _is_settled(record: Deadline, today: date) -> bool:
    """Whether a meeting was announced long enough before: a delay told within a week is that of the meeting before."""
    return record.since is None or today - record.since > A_WEEK


def _with_announcement(records: tuple[Deadline, ...], new: Deadline) -> tuple[Deadline, ...]:
    same = [d for d in records if d.state == ANNOUNCED and d.what == new.what]
    alike = next((d for d in same if (d.date, d.precision) == (new.date, new.precision)), None)
    if alike is not None:
        said_by = joint(parties_in(alike.said_by) | parties_in(new.said_by)) or alike.said_by
        return tuple(replace(d, said_by=said_by) if d is alike else d for d in records)
    less = PRECISIONS.index(new.precision)
    if any(PRECISIONS.index(d.precision) < less and d.date.year == new.date.year for d in same):
        return records
    replaced = [d for d in records if (d.what, d.state) == (new.what, AWAITED)]
    replaced += [d for d in same if new.what and (d.since != new.since or PRECISIONS.index(d.precision) > less)]
    return (*(d for d in records if d not in replaced), new)


def _with_awaited(records: tuple[Deadline, ...], new: Deadline) -> tuple[Deadline, ...]:
    if any((d.what, d.state) == (new.what, ANNOUNCED) for d in records):
        return records  # its day is known
    return (*(d for d in records if (d.what, d.state) != (new.what, AWAITED)), new)


def _is_announced(named: DateMention, *, is_series: bool, promised: bool) -> bool:
    """Whether a date is one on which something happens: no last day of a term, a whole week only of talks, a year only
    of talks that are promised."""
    whole_week = not is_series and WHOLE_WEEK.search(named.text)
    if whole_week or (named.precision == "year" and named.role != "start" and not promised):
        return False
    return named.role == "start" or (named.role == "" and (is_series or named.precision != "year"))


def _postponed(verdict: Verdict, claim: Claim, commitment: Commitment, policy: Policy) -> Verdict:
    """The verdict after a date was moved to a day that could not be read: the clock no longer runs on the old one.

    This concerns only a date that is about to pass, not one set shortly before, which the report may repeat.
    """
    signal, now = claim.latest, day_of(claim.latest.happened.end)
    if signal.effect is not Effect.DEADLINE or signal.modality is Modality.RUMOUR:
        return verdict
    confirmed = assess_support(claim, commitment, policy).confirmed
    known = now - timedelta(days=policy.corroborate_days)
    soon = now + timedelta(days=max(policy.due_notices, default=0))
    records = []
    for record in verdict.deadlines:
        named = signal.object == "" or signal.object.lower() in record.what.lower()
        by_its_side = bool(parties_in(record.said_by) & signal.says.parties)
        moved = record.state in OPEN_STATES and named and (confirmed or by_its_side)
        if moved and now <= record.date <= soon and (record.since or known) <= known:
            record = replace(record, state="postponed", noticed=None, evidence=claim.ids, since=now)
        records.append(record)
    return replace(verdict, deadlines=tuple(records))


def _is_agreed(said_by: str, commitment: Commitment) -> bool:
    """Whether several parties name a date together, including all owing parties if there are several."""
    parties, obliged = parties_in(said_by), obliged_parties(commitment)
    return len(parties) > 1 and (len(obliged) == 1 or parties.issuperset(obliged))


def term_name(commitment: Commitment) -> str:
    """What an end date without a name is the end of: the suspension, where the promise is to suspend something."""
    suspends = commitment.kind is Kind.STANDING and SUSPENDS.search(commitment.name)
    return "the suspension" if suspends else commitment.short


def _kind(commitment: Commitment) -> str:
    return "expiry" if commitment.kind is Kind.STANDING else "due"


def named_date(verdict: Verdict, signal: Signal, commitment: Commitment) -> date | None:
    """The deadline that a signal names: a date in that role, or the end of a term; None if it names none.

    A rumour names none, unless the acting side itself tells it ("it would suspend the fees until"). A term that ends
    near a known date means that date, else a new one. A new term begins at the start that the sentence names, at the
    end of the present term, or on the day it took effect.
    """
    postpones = commitment.kind is Kind.SERIES and signal.effect is Effect.SETBACK
    own_text = signal.tier is Tier.OFFICIAL and signal.says.value == signal.by.value
    rumour = signal.modality is Modality.RUMOUR and not own_text
    if rumour or (signal.effect not in DATE_EFFECTS and not postpones):
        return None
    if signal.date is not None and signal.date.date > day_of(signal.happened.end):
        is_deadline = signal.date.role == _kind(commitment)
        if signal.effect in (Effect.DEADLINE, Effect.SETBACK):
            is_deadline = signal.date.role != "start" and signal.date.precision == "day"
        if is_deadline:
            return signal.date.date
    is_standing, today = commitment.kind is Kind.STANDING, day_of(signal.happened.end)
    if signal.lasts is None or signal.lasts < MIN_TERM_DAYS or not (is_standing or signal.effect is Effect.DEADLINE):
        return None
    start = signal.starts.date if signal.starts is not None else None
    if start is None and signal.effect in (Effect.DEADLINE, Effect.PLEDGE):
        start = next((d.date for d in active_deadlines(verdict)), None)
        if not is_standing and (start is None or start - today > SOON):
            start = today  # a delay that is decided long before the date runs from the decision
    elif start is None and signal.effect is Effect.DELIVERED:
        start = day_of(signal.happened.end)
    fresh = after_length(start, signal.lasts) if start else None
    dated = (d.date for d in verdict.deadlines if d.state not in UNDATED_STATES) if is_standing else ()
    ends = [after_length(day, signal.lasts) for day in dated] + ([fresh] if fresh else [])
    for record in verdict.deadlines:
        if record.state in OPEN_STATES and any(abs(record.date - end) <= SAME_DATE_WITHIN for end in ends):
            return record.date
    return fresh


def _with_record(records: tuple[Deadline, ...], new: Deadline, commitment: Commitment) -> tuple[Deadline, ...]:
    """The records with the new one: it joins one of the same date, supersedes the others if current, else is added.

    A side that claims another date gives up its former claim, which becomes superseded if the clock ran on it.
    """
    same = next((d for d in records if d.what == new.what and d.date == new.date and d.state in OPEN_STATES), None)
    if same is not None:
        together = joint(parties_in(same.said_by) | parties_in(new.said_by))
        state = "current" if "current" in (same.state, new.state) or _is_agreed(together, commitment) else "claimed"
        said_by = same.said_by if is_claim_of(same.said_by) else new.said_by
        if len(parties_in(together)) > 1:
            said_by = together
        evidence = tuple(dict.fromkeys((*same.evidence, *new.evidence)))
        records = tuple(d for d in records if d is not same)
        new = replace(same, said_by=said_by, state=state, evidence=evidence)
    elif new.state == "claimed":
        claim = (new.what, "claimed", new.said_by)
        former = [d for d in records if (d.what, d.state, d.said_by) == claim]
        records = tuple(d for d in records if d not in former)
        if not any((d.what, d.state) == (new.what, "current") for d in records):
            records += tuple(map(_superseded, former))
    if new.state == "current":
        records = tuple(_superseded(d) if d.what == new.what and d.state in MOVABLE_STATES else d for d in records)
    return (*records, new)


def _superseded(record: Deadline) -> Deadline:
    return replace(record, state="superseded", noticed=None)


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one commitment at `now`. blind: the spans in which no source that reports on it was read."""

    commitment: Commitment
    policy: Policy
    now: datetime
    blind: Sequence[BlindSpan] = ()

    def apply(self, verdict: Verdict) -> tuple[Verdict, tuple[Reason, ...]]:
        """The verdict as time alone has changed it (or flagged it unchecked), with a reason for each change."""
        reasons: list[Reason | None] = []
        before: Verdict | None = None
        kept = without_kind(verdict.flags, FlagKind.UNCHECKED)  # raised again below while it applies
        verdict = self._with_dates_of_people(replace(verdict, flags=kept) if kept != verdict.flags else verdict)
        verdict = _begun(verdict, self.commitment)
        while verdict != before:  # a settled date may settle the others
            before = verdict
            for record in superseded_due_dates(verdict):
                later = max((d.date for d in active_deadlines(verdict) if d.what == record.what), default=record.date)
                if verdict.standing not in CONCLUDED and self.now >= day_end(record) and later > record.date:
                    if (span := unread_at(self.blind, verdict, day_end(record), self.now)) is not None:
                        verdict = self._unchecked(verdict, record, day_end(record), span)
                        continue
                    detail = FirstDateMissed(record.what, record.date, later)
                    reasons.append(Reason(ReasonCode.MISSED, detail, record.evidence))
                    verdict = _with(verdict, record, state="missed")
            open_records = tuple(d for d in verdict.deadlines if d.state in OPEN_STATES)
            for record in open_records if verdict.standing in CONCLUDED else active_deadlines(verdict):
                verdict, reason = self._advance(verdict, record)
                reasons.append(reason)
        return verdict, tuple(dict.fromkeys(filter(None, reasons)))

    def _with_dates_of_people(self, verdict: Verdict) -> Verdict:
        """The verdict with the dates of later baselines, whose day has come: they replace older ones of their name."""
        for base in () if verdict.standing in CONCLUDED else self.commitment.baselines:
            if not verdict.baseline < base.as_of <= day_of(self.now):
                continue
            for what in dict.fromkeys(d.what for d in base.deadlines):
                known = tuple(d for d in verdict.deadlines if d.what == what)
                dates = tuple(replace(d, since=base.as_of) for d in base.deadlines if d.what == what)
                same = {(d.date, d.state) for d in dates} <= {(d.date, d.state) for d in known}
                if not same and all(d.since is None or d.since < base.as_of for d in known):
                    rest = tuple(d for d in verdict.deadlines if d not in known)
                    verdict = replace(verdict, deadlines=(*rest, *dates))
        return verdict

    def _advance(self, verdict: Verdict, record: Deadline) -> tuple[Verdict, Reason | None]:
        """The verdict after the clock has moved one open record up to `now`, and the reason if anything was decided.

        1. A concluded verdict settles the record.
        2. Before the day: the nearest notice is due.
        3. A current date without a later claim lapses after the grace period.
        4. Within the grace period, with a later date claimed by one side, or in a blind span: overdue, and at risk
           until an act.
        """
        if verdict.standing in CONCLUDED and (settled := self._settled(verdict, record)) is not None:
            return settled, None
        if record not in active_deadlines(verdict):
            return verdict, None
        end, evidence, now = day_end(record), record.evidence, self.now
        if now < end:
            due = (days for days in self.policy.due_notices if now >= end - timedelta(days=days + 1))
            noticed = min(due, default=None)
            return verdict if noticed is None else _with(verdict, record, noticed=noticed), None
        of_same = (d for d in verdict.deadlines if d.state == "claimed" and d.what == record.what)
        later = max((d for d in of_same if d.date > record.date), key=lambda d: d.date, default=None)
        lapse = end + timedelta(days=self.commitment.grace_days)
        lapses = record.state == "current" and later is None and now >= lapse
        moment = lapse if lapses else end
        span = unread_at(self.blind, verdict, moment, now)
        if lapses and span is None:
            reason = Reason(ReasonCode.LAPSED, Lapsed(record.what, record.kind, record.date), evidence)
            flags = without_kind(verdict.flags, FlagKind.OVERDUE)
            lapsed = _with(verdict, record, state="lapsed", noticed=0)
            lapsed = replace(lapsed, standing=Standing.LAPSED, since=end, why=reason, evidence=evidence, flags=flags)
            return replace(lapsed, outlook=Outlook.STEADY, outlook_since=end, outlook_evidence=()), reason
        named = Named(later.said_by, later.date) if later is not None else None
        detail: DuePassed | ExpiryPassed | Unread = DuePassed(record.what, record.date, named)
        if record.kind == "expiry":
            detail = ExpiryPassed(record.what, record.date, record.state == "current", named)
        reason = Reason(ReasonCode.OVERDUE, detail, evidence)
        if span is not None:
            verdict = self._unchecked(verdict, record, moment, span)
            detail = unread(span, verdict, record.what, record.kind, record.date, moment)
            reason = Reason(ReasonCode.UNCHECKED, detail, evidence)
        overdue = Flag(FlagKind.OVERDUE, record.what, end, detail, evidence)
        flagged = with_flag(_with(verdict, record, noticed=0), overdue)
        first = not any(f.kind is FlagKind.OVERDUE and f.subject == record.what for f in verdict.flags)
        if first and flagged.outlook is Outlook.STEADY:
            flagged = replace(flagged, outlook=Outlook.AT_RISK, outlook_since=end)
            flagged = replace(flagged, why=reason, outlook_evidence=evidence)
        elif flagged.why.code is ReasonCode.UNCHECKED and flagged.outlook_since == end:
            flagged = replace(flagged, why=reason)  # sources were read since, or checked the date
        return flagged, reason

    def _unchecked(self, verdict: Verdict, record: Deadline, moment: datetime, span: BlindSpan) -> Verdict:
        """The verdict with an unchecked flag for a record. moment: when the clock would have moved it."""
        detail = unread(span, verdict, record.what, record.kind, record.date, moment)
        return with_flag(verdict, Flag(FlagKind.UNCHECKED, record.what, moment, detail, record.evidence))

    def _settled(self, verdict: Verdict, record: Deadline) -> Verdict | None:
        """The concluded verdict with a record that it settles; None if the record still waits for its day.

        Fulfilment settles all dates of its period, a failure the dates that have passed. Met after its date is late.
        """
        met = verdict.standing is Standing.MET
        if not met:
            done = self.now >= day_end(record)
        elif self.commitment.kind is Kind.SERIES:
            done = record.date <= day_of(verdict.since)
        else:
            done = all(record.date < t.due for t in self.commitment.targets if starts_at(t) > verdict.since)
        if not done:
            return None
        settled = _with(verdict, record, state="met" if met else "lapsed", noticed=None)
        overdue = (FlagKind.OVERDUE, record.what)
        settled = replace(settled, flags=tuple(f for f in settled.flags if (f.kind, f.subject) != overdue))
        missed = [d.date for d in verdict.deadlines if d.state == "missed" and d.what == record.what]
        if not met or record.kind != "due" or (verdict.since < day_end(record) and not missed):
            return settled
        first = min(missed, default=record.date)
        return with_flag(settled, Flag(FlagKind.LATE, record.what, verdict.since, MetLate(first), verdict.evidence))

    def change_times(self, verdict: Verdict) -> Iterable[datetime]:
        """Every moment at which a deadline, or enough reading after a blind span, could change the verdict."""
        resumed = (span.again for span in self.blind if span.until is None and span.again is not None)
        yield from (again + timedelta(hours=self.policy.recheck_hours) for again in resumed)
        yield from (datetime.combine(base.as_of, time(), UTC) for base in self.commitment.baselines if base.deadlines)
        for record in active_deadlines(verdict):
            end = day_end(record)
            yield from (end, end + timedelta(days=self.commitment.grace_days))
            yield from (end - timedelta(days=days + 1) for days in self.policy.due_notices)
        yield from map(day_end, superseded_due_dates(verdict))


def _with(verdict: Verdict, record: Deadline, **changes: Any) -> Verdict:
    """The verdict with these fields of one record changed."""
    changed = replace(record, **changes)
    return replace(verdict, deadlines=tuple(changed if d == record else d for d in verdict.deadlines))
