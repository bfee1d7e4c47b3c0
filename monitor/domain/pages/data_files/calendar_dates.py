"""Deadlines as dates of a calendar: one for each named date of a commitment, which keeps its identity however often it moves.

What was published one verdict after the other tells what each date was, so the same record always gives the same calendar:
1. Of the records under one name the date that the clock counts to is the calendar's: the current one, else the earliest claim.
2. A further date that one side claims beside it is a date of its own, until it is agreed, withdrawn or settled.
3. Each move, and each turn between confirmed, tentative and cancelled, raises the sequence by one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.domain.model import Deadline, PublishedVerdict, Status, Verdict, day_of
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.verdicts.deadlines import OPEN_STATES, is_claim_of

KEPT = timedelta(days=366)
"""How long a date stays after it has passed or was cancelled, so that a calendar shows the year behind it and every subscriber has
seen the end. An estimate."""
SETTLED = frozenset({"met", "lapsed"})
Key = tuple[str, str]
"""A date's name, and the side that alone claims it beside another one; '' for the date that the clock counts to."""


class DateStatus(StrEnum):
    """How sure a date is: agreed or settled, claimed by one side, or no longer named."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A date as it stands after its last change. side: as in Key; record: the deadline, of a cancelled date the last one; moves: the
    days it was on before, the first one first; created, changed: when it was first and last published otherwise; after: the status of
    the commitment by then."""

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
        """Equal for ever for a date of this name; never printed to a person."""
        name = hashlib.blake2b(f"{self.what}|{self.side}".encode(errors="replace"), digest_size=8).hexdigest()
        return f"{self.commitment}.{name}"

    @property
    def is_open(self) -> bool:
        """Whether the clock still runs on it, so that reminders make sense."""
        return self.record.state in OPEN_STATES and self.status is not DateStatus.CANCELLED


def calendar_dates(commitment: str, material: SiteMaterial) -> tuple[CalendarDate, ...]:
    """The dates of a commitment, earliest first, without those that ended over a year ago."""
    record, verdict = material.published.get(commitment, ()), material.context.verdicts[commitment]
    if not record:  # never decided: the baseline's dates, since its day
        record = (PublishedVerdict(verdict.last_evidence or verdict.since, verdict),)
    earliest = day_of(material.now) - KEPT
    kept = (each for each in dates_of(record).values() if _ends(each) >= earliest)
    return tuple(sorted(kept, key=lambda each: (each.record.date, each.what, each.side)))


def _ends(each: CalendarDate) -> date:
    """The day on which a date was cancelled, else its own."""
    return day_of(each.changed) if each.status is DateStatus.CANCELLED else each.record.date


def dates_of(record: Sequence[PublishedVerdict]) -> Mapping[Key, CalendarDate]:
    """Every date that was ever published, as it stands after the last verdict. record: oldest first."""
    dates: dict[Key, CalendarDate] = {}
    for published in record:
        shown = dict(_shown(published.verdict, dates))
        for key, deadline in shown.items():
            dates[key] = _with_deadline(dates.get(key), key, deadline, published)
        for key in dates.keys() - shown.keys():
            dates[key] = _cancelled(dates[key], published)
    return dates


def _shown(verdict: Verdict, before: Mapping[Key, CalendarDate]) -> Iterator[tuple[Key, Deadline]]:
    """The dates that a verdict has, by their key."""
    by_name: dict[str, list[Deadline]] = {}
    for each in verdict.deadlines:
        by_name.setdefault(each.what, []).append(each)
    for what, records in by_name.items():
        main = _counted_to(records, before.get((what, "")))
        if main is None:
            continue
        yield (what, ""), main
        for claim in _earliest(each for each in records if each.state == "claimed" and each is not main):
            yield (what, claim.said_by), claim


def _counted_to(records: Sequence[Deadline], before: CalendarDate | None) -> Deadline | None:
    """The record that the clock counts to, else the one that it counted to before it was settled; None if there is neither."""
    current = [each for each in records if each.state == "current"]
    claims = [each for each in records if each.state == "claimed"]
    claims = [each for each in claims if is_claim_of(each.said_by)] or claims
    if found := current or claims:
        return min(found, key=lambda each: each.date)
    settled = [each for each in records if each.state in SETTLED]
    same = [each for each in settled if before is not None and each.date == before.record.date]
    return max(same or settled, key=lambda each: each.date, default=None)


def _earliest(claims: Iterable[Deadline]) -> Iterable[Deadline]:
    """The earliest claim of each side."""
    return {each.said_by: each for each in sorted(claims, key=lambda each: each.date, reverse=True)}.values()


def _with_deadline(
    before: CalendarDate | None, key: Key, record: Deadline, published: PublishedVerdict
) -> CalendarDate:
    """A date with what was published of it last."""
    status = DateStatus.TENTATIVE if record.state == "claimed" else DateStatus.CONFIRMED
    after = published.verdict.status
    known = replace(record, noticed=None)  # a notice is a message of its own and no change of the date
    if before is None:
        at = published.at
        return CalendarDate(published.verdict.commitment, *key, known, status, 0, (), at, at, after)
    moved = record.date != before.record.date
    raised = moved or status is not before.status
    same = (known, status, after) == (before.record, before.status, before.after)
    return replace(
        before,
        record=known,
        status=status,
        sequence=before.sequence + raised,
        moves=(*before.moves, before.record.date) if moved else before.moves,
        changed=before.changed if same else published.at,
        after=after,
    )


def _cancelled(before: CalendarDate, published: PublishedVerdict) -> CalendarDate:
    """A date that is not named any more; cancelled already, it stays as it was."""
    if before.status is DateStatus.CANCELLED:
        return before
    ended = replace(before, status=DateStatus.CANCELLED, sequence=before.sequence + 1)
    return replace(ended, changed=published.at, after=published.verdict.status)
