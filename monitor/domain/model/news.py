"""Publishers, entries, stories, and what is read from their texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from monitor.domain.model.enums import By, Effect, Modality, Says, Tier

Day = date
"""The type's name where a field is called `date`."""

# ---------------------------------------------------------------- sources and stories


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who writes. owner: the origin of its own statements, '' for itself; side: the party whose voice it is, or ''; called: its
    name within a sentence ('the US Treasury'), '' where that is the same."""

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


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of one feed, as parsed.

    id: the guid as written, else the link, else a hash. published: None when absent, unreadable or implausible; a date
    without a time is midnight UTC of its day (`date_only`). source: the publisher: the feed's, or the one that an
    aggregator's item names.
    """

    id: str
    title: str
    url: str
    published: datetime | None
    summary: str
    source: str
    lang: str = ""
    date_only: bool = False


@dataclass(frozen=True, slots=True)
class Outlet:
    """One publisher that carried a story."""

    source: str
    url: str
    published_at: datetime
    seen_at: datetime


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
    """Already in the feed when the feed was first read: evaluated like any other, never announced."""


@dataclass(frozen=True, slots=True)
class EventTime:
    """When an event took place. end: what orders it (a bare date ends with its day in the publisher's zone)."""

    start: datetime
    end: datetime


def day_of(moment: datetime, zone: tzinfo = UTC) -> date:
    """Return the day of a moment of news, for a reader in `zone`.

    A bare date is no moment: it is the day that the publisher gave, wherever the reader is. It is stored as midnight UTC
    (dates of rules and deadlines) or as the last microsecond of the day in the publisher's zone, which lies between 10 hours
    behind Greenwich and 13 ahead.
    """
    if moment.astimezone(UTC).time() == time():
        return moment.astimezone(UTC).date()
    if (moment.second, moment.microsecond) == (59, 999999):
        return (moment.astimezone(UTC) + timedelta(microseconds=1) - timedelta(hours=11)).date()
    return moment.astimezone(zone).date()


# ---------------------------------------------------------------- what is read from a text


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount read from text, in base units: tonnes, US dollars, percent, units, days.

    low and high are equal unless the text gives a range or a bound ("at least": high is None).
    basis: pledged, booked, shipped, arrived or ''. period: calendar-YYYY, marketing-YYYY, since-deal or ''.
    reading: a cumulative count (True) or one lot (False).
    """

    low: float
    high: float | None
    unit: str
    basis: str = ""
    period: str = ""
    reading: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date read from text. precision: day, month, quarter, year. role: due, expiry, start or ''."""

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
    denied: bool = False
    """The clause denies or negates the act that the rule names: only then can it contradict another side's statement."""
    terms: str = ""
    """The instrument, rate or scope that the rule names: a change of terms under the same status."""
    experimental: bool = False
    read_by: tuple[ReadBy, ...] = ()
    """Who has read the sentence, where that is more than a rule: those whose effect is the signal's agree, the others differ."""


SUMMARY_READ = 420
"""Characters of a summary that a reader is shown where nothing else is said. An estimate: what a feed gives of a report; the
recorded readings of reports were made so."""
RECORDED = "recorded"
"""The name of the model where a file of recorded readings names none."""
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The moment of a recorded reading: its file does not say when it was made."""
READ_OTHERWISE = "read otherwise"
"""Why a signal no longer counts that whoever reads its text now does not see."""


class ReaderKind(StrEnum):
    """Who reads a text. A person outranks a model, whatever the policy says; how a model and the rules go together is
    policy's `reader`."""

    RULE = "rule"
    MODEL = "model"
    PERSON = "person"


class ReaderMode(StrEnum):
    """How the readings of a model and the rules together make signals: policy's `reader`."""

    LEADS = "leads"
    """What the model reads is a signal, with or without a rule; a rule that the model contradicts moves nothing."""
    CONFIRMS = "confirms"
    """A rule's signal counts where the model reads the same way; what the model alone reads moves nothing."""
    OFF = "off"
    """The rules alone."""


@dataclass(frozen=True, slots=True)
class ReadMatch:
    """What a reader says of one commitment in one text. quote: words that stand in the title or the summary, character by
    character; '' only where a person gives none."""

    commitment: str
    effect: Effect
    says: Says
    quote: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader says of one text. Without matches it was read and concerns no commitment.

    text: the name of the text (`entry_keys.revision_hash`). name: of the model or the person. version: of the question that
    the model was asked, '' for a person. why: what a person adds.
    """

    text: str
    kind: ReaderKind
    name: str
    version: str
    at: datetime
    matches: tuple[ReadMatch, ...] = ()
    why: str = ""
    summary_read: int = SUMMARY_READ
    """How many characters of the summary the reader was shown. What a rule finds beyond them the reader does not contradict."""
    unsure: tuple[str, ...] = ()
    """Commitments of which the reader says something that cannot count, such as with a quote that does not stand in the text: of
    them it neither says nor contradicts anything."""


@dataclass(frozen=True, slots=True)
class ReadBy:
    """How one reader reads the sentence of a signal. name, version: the rule's, the model's with its question's, or the
    person's. effect: None where it read the text and does not see the commitment in it. says: whose word the sentence is, as a
    model or person reads it; what a verdict weighs is the signal's own."""

    kind: ReaderKind
    name: str
    version: str
    effect: Effect | None
    says: Says | None = None
