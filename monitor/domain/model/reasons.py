"""Reasons: why a verdict moved or did not: a code, a typed value for the message, and the signals behind it. `tag`
names the kind in stored rows, and names of classes and fields are part of a reason's id: both stay as they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from monitor.domain.model.changes import Change
from monitor.domain.model.enums import Effect, Outlook, ReasonCode, Says, Standing, Status
from monitor.domain.model.news import Day, ReadBy


@dataclass(frozen=True, slots=True)
class Speaker:
    """The source of a statement. origin: by name; report: what it means for the promise is our inference."""

    origin: str
    says: Says
    report: bool


@dataclass(frozen=True, slots=True)
class Rejection:
    """The person who rejected a report, and the reason."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Count:
    """The count of one counter. amount in `unit`; high: the end of a range, None if the text says "at least"; story:
    that tells it."""

    counter: str
    amount: float
    high: float | None
    unit: str
    basis: str
    story: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a person, or the name of a step or term."""

    tag: Literal["text"] = field(default="text", kw_only=True, repr=False)
    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The words of a report. after: the words of the other side's act that it answers; '' if it answers none."""

    tag: Literal["quote"] = field(default="quote", kw_only=True, repr=False)
    text: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Disputed:
    """Two sides that contradict each other: each by name with its words."""

    tag: Literal["disputed"] = field(default="disputed", kw_only=True, repr=False)
    who: str
    quote: str
    other: str
    denial: str


@dataclass(frozen=True, slots=True)
class OfParts:
    """Every part of a promise is in force, or one no longer is. ended: the ids of those that no longer are."""

    tag: Literal["parts"] = field(default="parts", kw_only=True, repr=False)
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Presumed:
    """Reports on several days take the completion for granted. text: the words of the newest."""

    tag: Literal["presumed"] = field(default="presumed", kw_only=True, repr=False)
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """No corroborated bad news since a state to be kept began, or since a blow to it. since: that day."""

    tag: Literal["kept"] = field(default="kept", kw_only=True, repr=False)
    since: Day


@dataclass(frozen=True, slots=True)
class Unheard:
    """No source reports it whose single report counts."""

    tag: Literal["unheard"] = field(default="unheard", kw_only=True, repr=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """The promise is kept; only these effects reopen it."""

    tag: Literal["finished"] = field(default="finished", kw_only=True, repr=False)
    standing: Standing
    reopened_by: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A standing that one independent source claims. silent: the owing sides that have not confirmed it."""

    tag: Literal["awaiting"] = field(default="awaiting", kw_only=True, repr=False)
    speaker: Speaker
    reached: Standing
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneSided:
    """A standing that moved on the report of one source. silent: as in Awaiting."""

    tag: Literal["one_sided"] = field(default="one_sided", kw_only=True, repr=False)
    speaker: Speaker
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sighted:
    """A turn of the outlook that too few sources corroborate. needed: how many must report within `days` days."""

    tag: Literal["sighted"] = field(default="sighted", kw_only=True, repr=False)
    speaker: Speaker
    outlook: Outlook
    origins: int
    needed: int
    days: int


@dataclass(frozen=True, slots=True)
class CountedByOne:
    """One counter has reached a standing that no second one corroborates. counts: all counts, the highest first."""

    tag: Literal["counted_by_one"] = field(default="counted_by_one", kw_only=True, repr=False)
    alone: Count
    reached: Standing
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A date and its source: parties, company or press. waiting: the owing sides that have not confirmed it."""

    tag: Literal["named"] = field(default="named", kw_only=True, repr=False)
    said_by: str
    date: Day
    waiting: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A deadline is near. alone: the only side that names the date; '' if the owing sides confirm it."""

    tag: Literal["notice"] = field(default="notice", kw_only=True, repr=False)
    what: str
    kind: str
    date: Day
    alone: str = ""


@dataclass(frozen=True, slots=True)
class DuePassed:
    """A due date passed unmet. later: a later date that one side names, or None."""

    tag: Literal["due_passed"] = field(default="due_passed", kw_only=True, repr=False)
    what: str
    date: Day
    later: Named | None = None


@dataclass(frozen=True, slots=True)
class ExpiryPassed:
    """An expiry passed. agreed: all owing sides had confirmed the date."""

    tag: Literal["expiry_passed"] = field(default="expiry_passed", kw_only=True, repr=False)
    what: str
    date: Day
    agreed: bool
    later: Named | None = None


@dataclass(frozen=True, slots=True)
class FirstDateMissed:
    """The date first set passed unmet; `later` has replaced it."""

    tag: Literal["first_date_missed"] = field(default="first_date_missed", kw_only=True, repr=False)
    what: str
    date: Day
    later: Day


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An expiry was not extended, or the grace period after a due date is over. kind: expiry or due."""

    tag: Literal["lapsed"] = field(default="lapsed", kw_only=True, repr=False)
    what: str
    kind: str
    date: Day


@dataclass(frozen=True, slots=True)
class Unread:
    """No relevant source was read around a date. kind: due, expiry, or news for a long silence; sources: their number;
    some: the first names; since, until: the days of the last answer before it and of the first one after it."""

    tag: Literal["unread"] = field(default="unread", kw_only=True, repr=False)
    what: str
    kind: str
    date: Day
    sources: int
    some: tuple[str, ...]
    since: Day
    until: Day | None = None


@dataclass(frozen=True, slots=True)
class MetLate:
    """Met after the date first set."""

    tag: Literal["met_late"] = field(default="met_late", kw_only=True, repr=False)
    date: Day


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """The day on which a late report reached us."""

    tag: Literal["first_seen"] = field(default="first_seen", kw_only=True, repr=False)
    date: Day


@dataclass(frozen=True, slots=True)
class NothingSince:
    """No news since this day."""

    tag: Literal["nothing_since"] = field(default="nothing_since", kw_only=True, repr=False)
    date: Day


@dataclass(frozen=True, slots=True)
class NewPeriod:
    """A new period began. label: the label of its target."""

    tag: Literal["new_period"] = field(default="new_period", kw_only=True, repr=False)
    label: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted share of a target, 1.0 for all of it."""

    tag: Literal["counted"] = field(default="counted", kw_only=True, repr=False)
    share: float
    label: str


@dataclass(frozen=True, slots=True)
class BehindPace:
    """The count in `unit` and as a share of the target, and the share (path) of a steady pace on this day."""

    tag: Literal["behind_pace"] = field(default="behind_pace", kw_only=True, repr=False)
    counted: float
    target: float
    unit: str
    share: float
    path: float
    date: Day


@dataclass(frozen=True, slots=True)
class FromBaseline:
    """A person's baseline of this day, without a note."""

    tag: Literal["baseline"] = field(default="baseline", kw_only=True, repr=False)
    date: Day


@dataclass(frozen=True, slots=True)
class Pinned:
    """A person pins the status. until: None without an end; program: the status that the program would give."""

    tag: Literal["pinned"] = field(default="pinned", kw_only=True, repr=False)
    by: str
    until: Day | None
    reason: str
    source: str
    program: Status


@dataclass(frozen=True, slots=True)
class PinEnded:
    """A pin ended. held: the pinned status; program: the reason of the program's status."""

    tag: Literal["pin_ended"] = field(default="pin_ended", kw_only=True, repr=False)
    held: Status
    program: Detail


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An earlier claim was confirmed."""

    tag: Literal["confirmed"] = field(default="confirmed", kw_only=True, repr=False)
    claim: Detail


@dataclass(frozen=True, slots=True)
class StatusTakenBack:
    """The report behind a status was rejected by a person, is reread by a reader, or else was changed by its outlet."""

    tag: Literal["status_taken_back"] = field(default="status_taken_back", kw_only=True, repr=False)
    status: Status
    rejection: Rejection | None
    claim: Detail
    reread: ReadBy | None = None


@dataclass(frozen=True, slots=True)
class ReportTakenBack:
    """The report behind a date, a count, a step or a term was retracted. rejection, reread: as in StatusTakenBack."""

    tag: Literal["report_taken_back"] = field(default="report_taken_back", kw_only=True, repr=False)
    change: Change
    rejection: Rejection | None
    reread: ReadBy | None = None


@dataclass(frozen=True, slots=True)
class DoubtTakenBack:
    """The report that raised a doubt was retracted. rejection, reread: as in StatusTakenBack."""

    tag: Literal["doubt_taken_back"] = field(default="doubt_taken_back", kw_only=True, repr=False)
    doubt: Detail
    rejection: Rejection | None
    reread: ReadBy | None = None


@dataclass(frozen=True, slots=True)
class DoubtDropped:
    """A doubt whose cause is no longer reported."""

    tag: Literal["doubt_dropped"] = field(default="doubt_dropped", kw_only=True, repr=False)
    doubt: Detail


_Claims = Text | Quoted | Disputed | Unheard | Finished | Awaiting | OneSided | Sighted | CountedByOne
_Dates = Named | Notice | DuePassed | ExpiryPassed | FirstDateMissed | Lapsed | Unread | MetLate | FirstSeen
_Counts = Presumed | Kept | OfParts | NothingSince | NewPeriod | Counted | BehindPace
_Corrections = StatusTakenBack | ReportTakenBack | DoubtTakenBack | DoubtDropped
Detail = _Claims | _Dates | _Counts | FromBaseline | Pinned | PinEnded | Confirmed | _Corrections
NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict moved, or did not."""

    code: ReasonCode
    detail: Detail = NOTHING
    signals: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """An id that is equal for equal code and detail, whatever signals joined since."""
        return hashlib.blake2b(f"{self.code}|{self.detail!r}".encode(), digest_size=8).hexdigest()


FROM_BASELINE = Reason(ReasonCode.BASELINE)
"""The reason of a verdict that no evidence has moved."""
