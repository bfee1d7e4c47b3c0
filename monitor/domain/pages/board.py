"""The board: where every commitment stands, what changed last, and which dates lie ahead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.messages.digest.opening import TROUBLE
from monitor.domain.messages.figures import deadline_lines, progress_line
from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.messages.models import DeadlineLine, ProgressLine, StatusTimeline
from monitor.domain.model import FlagKind, Standing, Status, Verdict
from monitor.domain.pages import addresses
from monitor.domain.pages.commitment.own_material import OwnMaterial, own_material
from monitor.domain.pages.commitment.standing import YEAR, FlagNote, flag_notes, since_text, statuses_since
from monitor.domain.pages.commitment.timeline import (
    Recorded,
    is_event,
    latest_event,
    recorded,
    recorded_day,
    what_happened,
)
from monitor.domain.pages.families import by_deal
from monitor.domain.pages.frame import Moment, moment
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import format_date, join_list, label_of, local_day, pluralised
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import baseline_behind

MOST_CHANGES = 10
MOST_TROUBLE = 8
"""Promises in trouble that stand by name above the table: as many as two lines of a desk's screen hold."""
MOST_DATES = 12
"""Dates ahead that the board lists; the calendar has all."""
UNREAD = frozenset({"failing", "never"})
"""The states of a feed that nobody reads."""


@dataclass(frozen=True, slots=True)
class LatestChange:
    """A recorded change in a sentence. subject: the commitment's short name; address: of its place on the commitment's page."""

    subject: str
    day: str
    at: Moment
    text: str
    status: str
    address: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One commitment. depth: 1 for a part; status: its key; since: '' for a promise never made; next: its next date, else the last one
    that passed, None without; year: its statuses of the last twelve months, None where none is known; last: None before the first
    change; baseline: the day of the baseline on which it rests alone, '' else."""

    id: str
    address: str
    depth: int
    short: str
    status: str
    shown: str
    since: str
    flags: tuple[FlagNote, ...]
    progress: ProgressLine | None
    next: DeadlineLine | None
    year: StatusTimeline | None
    last: LatestChange | None
    baseline: str


@dataclass(frozen=True, slots=True)
class DealRows:
    """The rows of one deal. name: '' where there is only one deal without a name."""

    name: str
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether sources are read. blind: none is; text: in words, one sentence or two."""

    blind: bool
    text: str


@dataclass(frozen=True, slots=True)
class Board:
    """summary: how many stand where, in a sentence; trouble: the first rows in trouble, more_trouble: how many more there are; reading: whether sources are read; begin, end: the year of the strips; changes: the
    latest ones, newest first; dates: those ahead, nearest first."""

    summary: str
    trouble: tuple[BoardRow, ...]
    more_trouble: int
    reading: Reading
    unchecked: str
    deals: tuple[DealRows, ...]
    begin: datetime
    end: datetime
    changes: tuple[LatestChange, ...]
    dates: tuple[DeadlineLine, ...]


def board(site: SiteMaterial) -> Board:
    """The board at the moment of the material."""
    own = {name: own_material(site, name) for name in site.context.commitments}
    groups = {name: recorded(each.history) for name, each in own.items()}
    deals = tuple(
        DealRows(
            one_line(site.deals.get(deal, deal), 120),
            tuple(_row(own[placed.name], groups[placed.name], placed.depth) for placed in rows),
        )
        for deal, rows in by_deal(site).items()
    )
    verdicts = [site.context.verdicts[name] for name in own]
    trouble = [row for deal in deals for row in deal.rows if row.status in TROUBLE]
    return Board(
        summary=summary(verdicts),
        trouble=tuple(sorted(trouble, key=lambda row: TROUBLE.index(row.status))[:MOST_TROUBLE]),
        more_trouble=max(0, len(trouble) - MOST_TROUBLE),
        reading=reading(site),
        unchecked=_unchecked(verdicts),
        deals=deals,
        begin=site.now - YEAR,
        end=site.now,
        changes=latest_changes(own, groups),
        dates=dates_ahead(site),
    )


# ---------------------------------------------------------------- what matters first


def summary(verdicts: Sequence[Verdict]) -> str:
    """'5 of 15 promises are in trouble: 3 at risk, 2 stalled. Of the others 3 are met, 6 in force and 1 pledged.'"""
    counts = Counter(verdict.status for verdict in verdicts)
    trouble = sum(counts[status] for status in TROUBLE)
    many = pluralised(len(verdicts), "promise")
    others = [f"{counts[status]} {label_of(status)}" for status in Standing if counts[status] and status not in TROUBLE]
    if not trouble:
        return f"None of {many} is in trouble: {join_list(others)}." if others else "No promise is followed."
    told = join_list([f"{counts[status]} {label_of(status)}" for status in _in_trouble(counts)])
    opening = f"{trouble} of {many} {'is' if trouble == 1 else 'are'} in trouble: {told}."
    return f"{opening} The others: {join_list(others)}." if others else opening


def _in_trouble(counts: Counter[Status]) -> list[Status]:
    return [status for status in TROUBLE if counts[status]]


def reading(site: SiteMaterial) -> Reading:
    """Whether sources are read: that none is comes first, in words, as the statuses then only stand as they stood."""
    unread = [source for source in site.sources if source.state in UNREAD]
    if not site.sources:
        return Reading(blind=False, text="No feed is set up here, so no news comes in.")
    if len(unread) < len(site.sources):
        read, silent = len(site.sources) - len(unread), len(unread)
        told = f"{read} of {pluralised(len(site.sources), 'source')} {'is' if read == 1 else 'are'} read"
        told = f"{told}; {silent} {'does' if silent == 1 else 'do'} not answer."
        return Reading(blind=False, text=told if unread else "All sources are read.")
    since = site.last_read or min((s.since for s in unread if s.since), default=None)
    if since is None:
        return Reading(blind=True, text="No source has been read yet. What has happened lately is not on this page.")
    stands = "What has happened since is not on this page, and no status here is more recent than that."
    when = format_date(local_day(since, site.context.zone))
    return Reading(blind=True, text=f"No source has been read since {when}. {stands}")


def _unchecked(verdicts: Sequence[Verdict]) -> str:
    """That days passed which nobody could check; '' without."""
    count = sum(any(flag.kind is FlagKind.UNCHECKED for flag in verdict.flags) for verdict in verdicts)
    if not count:
        return ""
    have, wait = (
        ("1 promise has a date", "its status waits")
        if count == 1
        else (f"{count} promises have dates", "their statuses wait")
    )
    return f"{have} that passed while no source was read; {wait} until one is."


# ---------------------------------------------------------------- a row


def _row(own: OwnMaterial, groups: Sequence[Recorded], depth: int) -> BoardRow:
    verdict, commitment, context = own.verdict, own.commitment, own.context
    dates = deadline_lines(verdict, commitment.short, context)
    ahead = [line for line in dates if line.left >= 0]
    last = latest_event(groups)
    base = baseline_behind(verdict, commitment)
    return BoardRow(
        id=commitment.id,
        address=addresses.commitment_page(commitment.id),
        depth=depth,
        short=commitment.short,
        status=verdict.status,
        shown=shown_status(verdict),
        since=since_text(verdict, context.zone),
        flags=flag_notes(verdict, context, shortly=True),
        progress=progress_line(verdict.progress, commitment, context),
        next=ahead[0] if ahead else dates[-1] if dates else None,
        year=statuses_since(own, context.now - YEAR),
        last=latest_change(last, own) if last else None,
        baseline=format_date(base.as_of) if base else "",
    )


# ---------------------------------------------------------------- changes and dates of all


def latest_change(group: Recorded, own: OwnMaterial) -> LatestChange:
    """What was recorded in one moment, in a sentence."""
    lead = group[0]
    page = addresses.commitment_page(own.commitment.id)
    return LatestChange(
        subject=own.commitment.short,
        day=recorded_day(group, own),
        at=moment(lead.at, own.context.zone),
        text=what_happened(group, own),
        status=own.verdict.status,
        address=f"{page}#{addresses.change_anchor(lead.id)}",
    )


def latest_changes(
    own: Mapping[str, OwnMaterial], groups: Mapping[str, Sequence[Recorded]], most: int = MOST_CHANGES
) -> tuple[LatestChange, ...]:
    """The latest changes of all commitments that tell of something that happened, newest first; of one that was recorded again in the
    same words the latest."""
    newest = ((group[0].at, name, group) for name, of in groups.items() for group in of if is_event(group))
    found: dict[tuple[str, str], LatestChange] = {}
    for _, name, group in sorted(newest, key=lambda item: item[:2], reverse=True):
        change = latest_change(group, own[name])
        found.setdefault((name, change.text), change)
        if len(found) == most:
            break
    return tuple(found.values())


def dates_ahead(site: SiteMaterial) -> tuple[DeadlineLine, ...]:
    """The dates ahead of all commitments, nearest first."""
    context = site.context
    lines = (
        line
        for name, commitment in context.commitments.items()
        for line in deadline_lines(context.verdicts[name], commitment.short, context)
        if line.left >= 0
    )
    return tuple(sorted(lines, key=lambda line: (line.date, line.subject)))[:MOST_DATES]
