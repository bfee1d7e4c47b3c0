"""The page of one commitment: what happened last, how it stands and why, what watches it, and every recorded change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.matching.rules import ABOUT, RuleInfo
from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.digest.material import parent_of
from monitor.domain.messages.headlines.act_words import told_act
from monitor.domain.messages.headlines.subject import first_line, shown_status, topic_of
from monitor.domain.messages.models import StatusTimeline
from monitor.domain.messages.reader_names import EFFECT_WORDS
from monitor.domain.model import FlagKind
from monitor.domain.model.changes import StatusChanged
from monitor.domain.pages import addresses
from monitor.domain.pages.commitment import day_grid, timeline
from monitor.domain.pages.commitment.day_grid import CalendarMonth
from monitor.domain.pages.commitment.own_material import OwnMaterial
from monitor.domain.pages.commitment.people import PersonIntervention, interventions_shown
from monitor.domain.pages.commitment.standing import YEAR, StandingView, present, standing_view, statuses_since
from monitor.domain.pages.commitment.timeline import MonthOfChanges
from monitor.domain.text.labels import capitalised, format_date, local_day
from monitor.domain.text.plain import one_line

OPEN_CHANGES = 12
"""Entries up to which a timeline stands open whole; of a longer one the newest month does."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A part of the promise, or the promise of which it is one."""

    short: str
    status: str
    shown: str
    address: str


@dataclass(frozen=True, slots=True)
class WatchingAct:
    """An act that the rules look for. id: its name; means: what it is in words; counts: as what, and what limits it; stories, last:
    how many reports of it were read within twelve months, and the day of the last one, '' without."""

    id: str
    means: str
    counts: str
    stories: int
    last: str


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day on which the published verdict changed, and the page of it."""

    day: str
    iso: str
    status: str
    shown: str
    address: str


@dataclass(frozen=True, slots=True)
class Files:
    """The addresses of the files for machines."""

    atom: str
    ics: str
    json: str
    badge: str


@dataclass(frozen=True, slots=True)
class CommitmentPage:
    """headline: what happened last; day: of that, '' before the first change; moved: the last change of status in a line, with its day,
    '' where there was none; statuses: those of the record; begin, end: of their picture; record: that there is none yet, in words,
    '' once there is one, or where `standing` names the baseline; criteria: (status, what it takes)."""

    id: str
    deal: str
    short: str
    promise: str
    headline: str
    day: str
    moved: str
    standing: StandingView
    statuses: StatusTimeline | None
    begin: datetime
    end: datetime
    record: str
    criteria: tuple[tuple[str, str], ...]
    acts: tuple[WatchingAct, ...]
    people: tuple[PersonIntervention, ...]
    parent: Relative | None
    parts: tuple[Relative, ...]
    months: tuple[MonthOfChanges, ...]
    changes: int
    days: tuple[DayLink, ...]
    recent: tuple[CalendarMonth, ...]
    earlier: tuple[tuple[int, tuple[CalendarMonth, ...]], ...]
    files: Files

    @property
    def open_all(self) -> bool:
        """Whether every month of the timeline stands open."""
        return self.changes <= OPEN_CHANGES


def commitment_page(own: OwnMaterial) -> CommitmentPage:
    """The page at the moment of the material."""
    commitment, context = own.commitment, own.context
    headline, day = _headline(own)
    statuses = statuses_since(own, context.now - YEAR)
    found, months = timeline.months(own), day_grid.months(own)
    parent, parts = _relatives(own)
    standing = standing_view(own.verdict, present(own), own)
    return CommitmentPage(
        id=commitment.id,
        deal=one_line(own.site.deals.get(commitment.deal, commitment.deal), 120),
        short=commitment.short,
        promise=commitment.name,
        headline=headline,
        day=day,
        moved=_moved(own),
        standing=standing,
        statuses=statuses,
        begin=statuses.spans[0].start if statuses else context.now,
        end=statuses.spans[-1].end if statuses else context.now,
        record="" if standing.baseline else _record(own),
        criteria=commitment.criteria,
        acts=tuple(watching_acts(own)),
        people=interventions_shown(own.site, commitment.id),
        parent=parent,
        parts=parts,
        months=found,
        changes=sum(len(month.entries) for month in found),
        days=tuple(day_links(own)),
        recent=months[: day_grid.OPEN_MONTHS],
        earlier=day_grid.by_year(months[day_grid.OPEN_MONTHS :]),
        files=files_of(commitment.id),
    )


def files_of(name: str) -> Files:
    of = addresses.commitment_changes, addresses.commitment_dates, addresses.commitment_json, addresses.badge
    return Files(*(address(name) for address in of))


# ---------------------------------------------------------------- what happened last


def _headline(own: OwnMaterial) -> tuple[str, str]:
    """What happened last with its day; before the first change how it stands, without one."""
    last = timeline.latest_event(timeline.recorded(own.history))
    topic = topic_of(own.commitment)
    if last is None:
        return first_line(topic, shown_status(own.verdict)), ""
    told = timeline.what_happened(last, own)
    doubted = any(flag.kind is FlagKind.UNCONFIRMED for flag in last[0].flags) and not last[0].confirms
    return first_line(topic, told, unconfirmed=doubted), timeline.recorded_day(last, own)


def _moved(own: OwnMaterial) -> str:
    """'Was PLEDGED, now MET (20 Jan 2026)': the last change from one status to another."""
    for change in reversed(own.history):
        if isinstance(change.change, StatusChanged) and change.change.old is not change.change.new:
            return f"{change_line(change, own.context).line} ({format_date(local_day(change.at, own.context.zone))})"
    return ""


def _record(own: OwnMaterial) -> str:
    """That there is no record yet, and of which day the baseline is."""
    if own.published:
        return ""
    days = [base.as_of for base in own.commitment.baselines]
    based = f": it stands as its baseline of {format_date(max(days))} says" if days else ""
    return f"Nothing has been recorded yet{based}"


# ---------------------------------------------------------------- parts and parent


def _relatives(own: OwnMaterial) -> tuple[Relative | None, tuple[Relative, ...]]:
    """The promise of which it is a part, None if of none, and its own parts."""
    name, commitments = own.commitment.id, own.context.commitments
    above = parent_of(name, commitments)
    parts = [part for part in sorted(commitments) if parent_of(part, commitments) == name]
    return _relative(above, own) if above else None, tuple(_relative(part, own) for part in parts)


def _relative(name: str, own: OwnMaterial) -> Relative:
    verdict, commitment = own.context.verdicts[name], own.context.commitments[name]
    return Relative(commitment.short, verdict.status, shown_status(verdict), addresses.commitment_page(name))


# ---------------------------------------------------------------- what watches it


def watching_acts(own: OwnMaterial) -> Iterator[WatchingAct]:
    """The acts of the rules for this commitment, those read most often first."""
    rules = [
        r for r in own.context.rules.values() if r.commitment == own.commitment.id and not r.id.endswith(f"/{ABOUT}")
    ]
    spoken = own.site.spoken
    for rule in sorted(rules, key=lambda rule: (-spoken[rule.id].stories if rule.id in spoken else 0, rule.id)):
        read = spoken.get(rule.id)
        last = format_date(local_day(read.last, own.context.zone)) if read else ""
        counts = "; ".join(_limits(rule))
        yield WatchingAct(rule.id, act_meaning(rule), counts, read.stories if read else 0, last)


def act_meaning(rule: RuleInfo) -> str:
    """What an act is, in words: 'One side tightens controls', 'Customs bars chips'; where nobody gave them, its name."""
    name = rule.id.rpartition("/")[2].replace("-", " ").replace("_", " ")
    return capitalised(one_line(told_act(rule.tells) or name, 160))


def _limits(rule: RuleInfo) -> Iterator[str]:
    """As what an act counts, and what limits it."""
    yield capitalised(EFFECT_WORDS[rule.effect])
    if rule.weak:
        yield "only where a reader reads the same"
    if rule.outside:
        yield "moves the outlook alone"
    if rule.stage == "experimental":
        yield "on trial: moves nothing"


# ---------------------------------------------------------------- as of a day


def day_links(own: OwnMaterial) -> Iterator[DayLink]:
    """The days on which the published verdict changed, newest first."""
    for day, published in reversed(day_grid.verdict_days(own).items()):
        shown, address = shown_status(published.verdict), addresses.as_of_page(own.commitment.id, day)
        yield DayLink(format_date(day), day.isoformat(), published.verdict.status, shown, address)
