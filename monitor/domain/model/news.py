"""Publishers, entries and stories, the values read from their texts, and readings by models and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol

from monitor.domain.model.enums import By, Effect, Level, Modality, Says, Tier

Day = date
"""The type's name where a field is called `date`."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher. owner: the origin of its own statements, '' for itself; called: its name within a sentence."""

    name: str
    tier: Tier = Tier.UNKNOWN
    side: str = ""
    owner: str = ""
    zone: str = "UTC"
    lang: str = ""
    called: str = ""

    @property
    def origin(self) -> str:
        return self.owner or self.name


class ConfiguredFeed(Protocol):
    """A feed as config.toml describes it. interval: seconds between polls. publisher: the name of the feed unless
    `has_publisher`. aggregator: it carries the reports of others."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def interval(self) -> int: ...
    @property
    def publisher(self) -> str: ...
    @property
    def has_publisher(self) -> bool: ...
    @property
    def aggregator(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of one feed. id: the guid as written, else the link, else a hash. published: None if unreadable or
    implausible; a bare date (`date_only`) is midnight UTC. source: the publisher that counts; of a parsed item, the one
    that it names. home: the address next to that name. claimed, basis: as for an outlet."""

    id: str
    title: str
    url: str
    published: datetime | None
    summary: str
    source: str
    lang: str = ""
    date_only: bool = False
    home: str = ""
    claimed: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One publisher that carried a story. claimed, basis: the publisher that its item named or linked to, if another
    counts, and why (see `provenance`)."""

    source: str
    url: str
    published_at: datetime
    seen_at: datetime
    claimed: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One report, with every outlet that carried it. revision: the hash of the current text."""

    id: str
    published_at: datetime
    seen_at: datetime
    source: str
    url: str
    title: str
    summary: str
    lang: str
    revision: str = ""
    date_only: bool = False
    outlets: tuple[Outlet, ...] = ()
    withdrawn: bool = False
    backfill: bool = False
    """Already in the feed at the first poll: evaluated like any other story, but never announced."""


@dataclass(frozen=True, slots=True)
class EventTime:
    """When an event took place. end: its place in the order (a bare date ends with its day in the publisher's zone)."""

    start: datetime
    end: datetime


def day_of(moment: datetime, zone: tzinfo = UTC) -> date:
    """The day of a moment of news, for a reader in `zone`.

    A bare date is the same day in every zone. It is stored as midnight UTC (dates of rules and deadlines) or as the
    last microsecond of the day in the publisher's zone, which is between UTC-10 and UTC+13.
    """
    if moment.astimezone(UTC).time() == time():
        return moment.astimezone(UTC).date()
    if (moment.second, moment.microsecond) == (59, 999999):
        return (moment.astimezone(UTC) + timedelta(microseconds=1) - timedelta(hours=11)).date()
    return moment.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount read from text, in base units: tonnes, US dollars, percent, units, days. high: None for "at least".
    basis: pledged, booked, shipped, arrived or ''. period: calendar-YYYY, marketing-YYYY, since-deal or ''. reading: a
    cumulative count (True) or one lot (False)."""

    low: float
    high: float | None
    unit: str
    basis: str = ""
    period: str = ""
    reading: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date read from text. precision: day, month, quarter, season, year. role: due, expiry, start or ''."""

    date: Day
    precision: str = "day"
    role: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule matched one revision of one story."""

    id: str
    story: str
    revision: str
    commitment: str
    effect: Effect
    rule: str
    rule_version: str
    quote: str
    field: str
    start: int
    end: int
    happened: EventTime
    seen_at: datetime
    by: By = By.UNKNOWN
    says: Says = Says.PRESS
    origin: str = ""
    """The official, agency or company that the sentence credits, else the publisher's owner."""
    tier: Tier = Tier.UNKNOWN
    modality: Modality = Modality.NONE
    object: str = ""
    """The object of the act, if the rule names it (a step, an instrument): part of the claim's key."""
    stalls: bool = False
    """Whether a negative signal means stalled rather than at risk."""
    quantity: Quantity | None = None
    date: DateMention | None = None
    starts: DateMention | None = None
    """The day from which the act holds, if the sentence names one."""
    lasts: float | None = None
    """The length of time in days that the sentence names ("for one year"), or None."""
    act_at: int = 0
    """Where the head of the act stands in its field."""
    level: Level = Level.ORDINARY
    """The importance of the act, by the words of its clause; a plan has none."""
    denied: bool = False
    """The clause denies the act that the rule names: only then can it contradict another side's statement."""
    terms: str = ""
    """The instrument, rate or scope that the rule names: a change of terms under the same status."""
    experimental: bool = False
    passing: bool = False
    """The text only mentions the act, in a subordinate clause or as past: a signal like one of a weak act."""
    presumed: str = ""
    """The act whose words in the quote take the completion for granted, or ''."""
    read_by: tuple[ReadBy, ...] = ()
    """The readers of the sentence besides the rule. A reader agrees if its effect is the signal's."""
    title_is_news: bool = True
    """Whether the title of its text tells news: it is no question, opinion, note, list, explainer or running text."""
    announcer: str = ""
    """The office, leader or company that the sentence has as the subject of its act, or the id of the side that acts;
    '' without one, and of a meeting."""

    @property
    def is_ahead(self) -> bool:
        """Whether its clause tells of what may or is to come."""
        return self.modality in (Modality.RUMOUR, Modality.PLAN)


SUMMARY_READ = 420
"""Characters of a summary that a reader is shown by default: the usual length in a feed; recorded readings used it."""
RECORDED = "recorded"
"""The name of the model if a file of recorded readings names none."""
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment of a recorded reading, whose file has no time."""
READ_OTHERWISE = "read otherwise"
"""Why a signal no longer counts: the present reading of its text differs."""


class ReaderKind(StrEnum):
    """The kind of a reader. A person always outranks a model; policy's `reader` decides between model and rules."""

    RULE = "rule"
    MODEL = "model"
    PERSON = "person"


class ReaderMode(StrEnum):
    """How the readings of a model and the rules are combined: policy's `reader`."""

    LEADS = "leads"
    """The model's reading is a signal, with or without a rule; a rule that the model contradicts does not count."""
    CONFIRMS = "confirms"
    """The rules decide; where the model agrees, a weak act is firm. A reading of the model alone does not count."""
    OFF = "off"
    """The rules alone."""


@dataclass(frozen=True, slots=True)
class ReadMatch:
    """A reader's finding for one commitment in one text. quote: a part of title or summary; '' only from a person.
    sense: its meaning in English, '' without a translation."""

    commitment: str
    effect: Effect
    says: Says
    quote: str
    sense: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of one text by one reader. Without matches the text concerns no commitment. text: its hash. name: the
    model or the person. version: of the model's question. why: a person's note."""

    text: str
    kind: ReaderKind
    name: str
    version: str
    at: datetime
    matches: tuple[ReadMatch, ...] = ()
    why: str = ""
    summary_read: int = SUMMARY_READ
    """How many characters of the summary the reader was shown. It cannot contradict signals beyond them."""
    unsure: tuple[str, ...] = ()
    """Commitments with an unusable finding: the reading neither supports nor contradicts signals of them."""
    deals: tuple[str, ...] = ()
    """The deals that the reader was asked about; empty for all."""
    confirms: bool = False
    """Whether its model has not earned the lead: the reading confirms, even where policy lets a model lead."""
    refused: int = 0
    """The number of matches that were refused."""

    def covers(self, deal: str) -> bool:
        """Whether the reader was asked about a deal."""
        return not self.deals or deal in self.deals


@dataclass(frozen=True, slots=True)
class ReadBy:
    """One reader's reading of a signal's sentence. name, version: of the rule, the model with its question, or the
    person. effect: None if it found no such commitment. says: a verdict uses the signal's own speaker. sense: a machine
    translation of its quote."""

    kind: ReaderKind
    name: str
    version: str
    effect: Effect | None
    says: Says | None = None
    sense: str = ""
