"""Commitments (promises) with their deadlines, targets and baselines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from monitor.domain.model.enums import Effect, Kind, Outlook, Standing
from monitor.domain.model.news import Day


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date that a commitment depends on. what: its name ("truce", "12 Mt"); kind: due or expiry; said_by: the side
    that names it; state: current, claimed, superseded, missed, met or lapsed."""

    what: str
    kind: str
    date: Day
    said_by: str
    state: str = "current"
    precision: str = "day"
    since: Day | None = None
    evidence: tuple[str, ...] = ()
    noticed: int | None = None
    """The nearest notice already due, in days before the date (30, 7, 1); 0 once the date has passed."""
    lasts: float | None = None
    """The length of a promised term in days, or the days of an announced meeting after its first."""

    @property
    def last_day(self) -> Day:
        """The last day of what is announced."""
        return self.date + timedelta(days=self.lasts or 0)


@dataclass(frozen=True, slots=True)
class Target:
    """How much is owed in one period, in base units. basis: pledged, booked, shipped or arrived."""

    amount: float
    unit: str
    basis: str
    start: date
    due: date
    label: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The state of a commitment on a date, as a person read it in the named source."""

    as_of: date
    standing: Standing
    source: str
    outlook: Outlook = Outlook.STEADY
    since: date | None = None
    note: str = ""
    steps: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Background:
    """What an editor adds to the terms on the page of a commitment. since: the day on which it became known; source:
    the page that says it."""

    text: str
    since: Day
    source: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise of a deal. A part's id starts with its parent's id and a hyphen."""

    id: str
    deal: str
    name: str
    short: str
    kind: Kind
    owed_by: str
    """The side whose act fulfils it: company, others, or parties of the deal as one word ("eu+us")."""
    baselines: tuple[Baseline, ...]
    criteria: tuple[tuple[str, str], ...] = ()
    """(status, requirement), as printed in alerts."""
    targets: tuple[Target, ...] = ()
    steps: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    """The commitments that together make up this one: it is in force once each of them is."""
    clauses: tuple[tuple[str, str], ...] = ()
    """(step or standing, the act that brings it), as a clause: ("signed", "the parties sign the sale")."""
    partly_met_by: tuple[str, ...] = ()
    """The steps that make it partly met."""
    grace_days: int = 0
    after_met: tuple[Effect, ...] = ()
    """Once met, only these effects still count; empty: all do."""
    stale_days: int = 60
    owner: str = ""
    topic: str = ""
    """A short name for subjects, at most 20 characters; '': use `short`."""
    parties: tuple[str, ...] = ()
    """The ids of the parties that its deal declares."""
    text: str = ""
    """The page with its text, or with that of its deal."""
    related: tuple[Deadline, ...] = ()
    """Dates of other laws and deals, which pages and digests show and no verdict counts."""
    background: tuple[Background, ...] = ()
    before: tuple[tuple[Day, str], ...] = ()
    """Its names until these days, on which its terms became known."""
