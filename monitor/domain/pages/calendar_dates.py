"""Deadlines as dates of a calendar: each named date of a commitment is one event, also after it moved.

They are derived from the record of published verdicts, so the same record always gives the same calendar:
1. Of several records with one name, the calendar shows the current one, else the earliest claim.
2. A different date that one side claims is an event of its own until it is agreed, withdrawn or settled.
3. Each move, and each change between confirmed, tentative and cancelled, raises the sequence number by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.messages.evidence_lines import evidence_lines
from monitor.domain.messages.figures import dated_thing
from monitor.domain.messages.subject import subject_line, topic_of
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Commitment, Deadline, PublishedVerdict, Status, Verdict, day_of
from monitor.domain.model.reasons import Named
from monitor.domain.model.sides import Parties, parties_in
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import format_date, join_list, label_of, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.corroboration import obliged_parties
from monitor.domain.verdicts.deadlines import ANNOUNCED, OPEN_STATES, is_claim_of

KEPT = timedelta(days=366)
"""A date stays for this long after it passed or was cancelled, so that every subscriber sees the outcome (estimate)."""
SETTLED = frozenset({"met", "lapsed"})
MOST_QUOTES = 3
"""Quotes of a date: they fit the window of a calendar (estimate)."""
MEANINGS = {
    "due": "It has to be done by the end of this day (UTC).",
    "expiry": "It is in force until the end of this day (UTC) unless extended.",
}
DateKey = tuple[str, str]
"""The name of a date, and the side that alone claims it; '' for the date that the clock counts to."""


class DateStatus(StrEnum):
    """Agreed or settled, claimed by one side, or no longer named."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A date after its last change. side: as in DateKey; record: its last deadline; moves: earlier days, oldest first;
    created, changed: first and last time that it was published differently; after: the status then."""

    commitment: str
    what: str
    side: str
    record: Deadline
    status: DateStatus
    sequence: int
    moves: tuple[date, ...]
    created: datetime
    changed: datetime
    after: Status

    @property
    def identity(self) -> str:
        """A permanent id for a date of this name; never shown to people."""
        name = hashlib.blake2b(f"{self.what}|{self.side}".encode(errors="replace"), digest_size=8).hexdigest()
        return f"{self.commitment}.{name}"

    @property
    def is_open(self) -> bool:
        """Whether reminders still make sense."""
        return self.record.state in OPEN_STATES and self.status is not DateStatus.CANCELLED


def calendar_dates(commitment: str, material: SiteMaterial) -> tuple[CalendarDate, ...]:
    """The dates of a commitment, earliest first, without dates that ended more than a year ago."""
    record, verdict = material.published.get(commitment, ()), material.context.verdicts[commitment]
    if not record:  # never decided: the dates of the baseline, since its day
        record = (PublishedVerdict(verdict.last_evidence or verdict.since, verdict),)
    earliest = day_of(material.now) - KEPT
    kept = [
        each
        for each in dates_of(record).values()
        if (day_of(each.changed) if each.status is DateStatus.CANCELLED else each.record.date) >= earliest
    ]
    return tuple(sorted(kept, key=lambda each: (each.record.date, each.what, each.side)))


def dates_of(record: Sequence[PublishedVerdict]) -> Mapping[DateKey, CalendarDate]:
    """Every date that was ever published, after its last change. record: oldest first."""
    dates: dict[DateKey, CalendarDate] = {}
    for published in record:
        shown = dict(_shown(published.verdict, dates))
        for key, deadline in shown.items():
            before, after = dates.get(key), published.verdict.status
            alone = deadline.state == "claimed" or (
                deadline.state == ANNOUNCED and len(parties_in(deadline.said_by)) == 1
            )
            status = DateStatus.TENTATIVE if alone else DateStatus.CONFIRMED
            known = replace(deadline, noticed=None)  # a notice is a message of its own, not a change of the date
            if before is None:
                at = published.at
                dates[key] = CalendarDate(published.verdict.commitment, *key, known, status, 0, (), at, at, after)
                continue
            moved = deadline.date != before.record.date
            same = (known, status, after) == (before.record, before.status, before.after)
            dates[key] = replace(
                before,
                record=known,
                status=status,
                sequence=before.sequence + (moved or status is not before.status),
                moves=(*before.moves, before.record.date) if moved else before.moves,
                changed=before.changed if same else published.at,
                after=after,
            )
        for key in dates.keys() - shown.keys():
            before = dates[key]
            if before.record.state == ANNOUNCED and before.record.date <= day_of(published.at):
                continue  # it is over
            if before.status is not DateStatus.CANCELLED:
                gone = replace(before, status=DateStatus.CANCELLED, sequence=before.sequence + 1)
                dates[key] = replace(gone, changed=published.at, after=published.verdict.status)
    return dates


def _shown(verdict: Verdict, before: Mapping[DateKey, CalendarDate]) -> Iterator[tuple[DateKey, Deadline]]:
    """The dates of a verdict by key."""
    by_name: dict[str, list[Deadline]] = {}
    for each in verdict.deadlines:
        by_name.setdefault(each.what, []).append(each)
    for what, records in by_name.items():
        claims = [each for each in records if each.state == "claimed"]
        # An announced meeting has its name; an announced act has none.
        named = [each for each in records if each.state == ANNOUNCED and what and "/" not in what]
        settled, known = [each for each in records if each.state in SETTLED], before.get((what, ""))
        # The record that the clock counts to, or counted to before it was settled.
        counted = [each for each in records if each.state == "current"]
        counted = counted or [each for each in claims if is_claim_of(each.said_by)] or claims or named
        if counted:
            main = min(counted, key=lambda each: each.date)
        elif settled:
            same = [each for each in settled if known is not None and each.date == known.record.date]
            main = max(same or settled, key=lambda each: each.date)
        else:
            continue
        yield (what, ""), main
        claims = [each for each in claims if each is not main]
        # Of each side its earliest claim: later entries of the mapping replace earlier ones.
        by_side = {each.said_by: each for each in sorted(claims, key=lambda each: each.date, reverse=True)}
        for claim in by_side.values():
            yield (what, claim.said_by), claim


def date_title(each: CalendarDate, commitment: Commitment, parties: Parties) -> str:
    """'Tariffs: The truce ends (only the US says so)', 'Soybeans: 12 Mt due (met)'."""
    record = each.record
    if each.status is DateStatus.CANCELLED:
        remark = "no longer counts" if each.side else "no longer named"
    elif record.state in SETTLED:
        remark = label_of(each.after)
    elif each.status is DateStatus.TENTATIVE:
        remark = f"only {parties.does(record.said_by, 'say')} so"
    else:
        remark = "" if record.precision == "day" else f"only the {record.precision} is named"
    title = subject_line(topic_of(commitment), dated_thing(one_line(record.what, 80), record.kind))
    return f"{title} ({remark})" if remark else title


def date_description(each: CalendarDate, commitment: Commitment, context: RenderContext) -> tuple[str, ...]:
    """Paragraphs: the commitment, of several deals with its deal, the meaning of the day, who names it, the status,
    earlier days, and quotes."""
    record, parties = each.record, context.parties
    if each.status is DateStatus.CANCELLED and each.side:
        source = f"{parties.does(record.said_by, 'name')} it alone no longer: it was agreed, withdrawn or settled"
    elif each.status is DateStatus.CANCELLED:
        source = f"no report has named this date since {format_date(each.changed.date())}"
    elif each.status is DateStatus.TENTATIVE:
        waiting = tuple(side for side in obliged_parties(commitment) if side != record.said_by)
        source = detail_text(Named(record.said_by, record.date, waiting), parties)
    else:
        source = f"{parties.does(record.said_by, 'name')} this date"
    whole = ": ".join(filter(None, (context.deal_of(commitment), commitment.name)))
    paragraphs = [sentence(whole), MEANINGS.get(record.kind, ""), sentence(source)]
    if record.precision != "day":
        paragraphs.append(f"Only the {record.precision} is named; the day is its last one.")
    paragraphs.append(f"The status of the commitment is {status_caps(each.after)}.")
    if each.moves:
        paragraphs.append(f"Earlier dates: {join_list([format_date(day) for day in each.moves])}.")
    for line in evidence_lines(known_signals(record.evidence, context), (), context)[:MOST_QUOTES]:
        quote = f"“{line.quote}” ({line.outlet}, {line.when})"
        paragraphs.append("\n".join(filter(None, (quote, line.gloss, line.url))))
    return tuple(filter(None, paragraphs))
