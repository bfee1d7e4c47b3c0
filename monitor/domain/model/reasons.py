"""Reasons: why a verdict moved or did not. A code, a typed value for the message, and the signals behind it.

Nothing here is wording: `domain.messages.wording` turns each value into words. `tag` names the kind in stored rows, and names
of classes and fields are part of a reason's id: both stay as they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from monitor.domain.model.changes import Change
from monitor.domain.model.enums import Effect, Outlook, ReasonCode, Says, Standing, Status
from monitor.domain.model.news import Day
from monitor.domain.model.readings import ReadBy


@dataclass(frozen=True, slots=True)
class Speaker:
    """The source of a statement. origin: the official, agency, company or outlet by name; report: an outlet reports what
    happened, so the consequence for the promise is our reading and not its statement."""

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
    """The count of one counter. amount in `unit`; high: the end of a range, None if the text says "at least"."""

    counter: str
    amount: float
    high: float | None
    unit: str
    basis: str


# ---------------------------------------------------------------- words of others


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a person, or the name of a step or term."""

    tag: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The words of a report. after: the words of the other side's act that it answers; '' if it answers none."""

    tag: ClassVar[str] = "quote"
    text: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Disputed:
    """Two sides that contradict each other: each by name with its words."""

    tag: ClassVar[str] = "disputed"
    who: str
    quote: str
    other: str
    denial: str


# ---------------------------------------------------------------- evidence that is not enough


@dataclass(frozen=True, slots=True)
class Unheard:
    """No source reports it whose single report is worth a remark."""

    tag: ClassVar[str] = "unheard"


@dataclass(frozen=True, slots=True)
class Finished:
    """The promise is kept; only these effects would reopen it."""

    tag: ClassVar[str] = "finished"
    standing: Standing
    reopened_by: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A standing that one independent source claims. silent: the sides that owe it and have not confirmed it."""

    tag: ClassVar[str] = "awaiting"
    speaker: Speaker
    reached: Standing
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneSided:
    """A standing that moved on the report of one source. silent: as in Awaiting."""

    tag: ClassVar[str] = "one_sided"
    speaker: Speaker
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sighted:
    """A turn of the outlook that too few sources corroborate. origins: independent sources so far; needed: how many must report
    within `days` days."""

    tag: ClassVar[str] = "sighted"
    speaker: Speaker
    outlook: Outlook
    origins: int
    needed: int
    days: int


@dataclass(frozen=True, slots=True)
class CountedByOne:
    """One counter has reached a standing that no second one corroborates. counts: all counts, the highest first."""

    tag: ClassVar[str] = "counted_by_one"
    alone: Count
    reached: Standing
    counts: tuple[Count, ...]


# ---------------------------------------------------------------- dates


@dataclass(frozen=True, slots=True)
class Named:
    """A date and who names it: us, cn, both, company or press. waiting: the sides that owe it and have not confirmed it."""

    tag: ClassVar[str] = "named"
    said_by: str
    date: Day
    waiting: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A deadline is near. alone: the only side that names the date; '' if those who owe it stand behind it."""

    tag: ClassVar[str] = "notice"
    what: str
    kind: str
    date: Day
    days_left: int
    alone: str = ""


@dataclass(frozen=True, slots=True)
class DuePassed:
    """A due date passed unmet. later: a later date that one side names, or None."""

    tag: ClassVar[str] = "due_passed"
    what: str
    date: Day
    later: Named | None = None


@dataclass(frozen=True, slots=True)
class ExpiryPassed:
    """An expiry passed. agreed: all who owe it stood behind the date."""

    tag: ClassVar[str] = "expiry_passed"
    what: str
    date: Day
    agreed: bool
    later: Named | None = None


@dataclass(frozen=True, slots=True)
class FirstDateMissed:
    """The date first set passed unmet; `later` has replaced it."""

    tag: ClassVar[str] = "first_date_missed"
    what: str
    date: Day
    later: Day


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Nobody extended an expiry, or the grace period after a due date is over. kind: expiry or due."""

    tag: ClassVar[str] = "lapsed"
    what: str
    kind: str
    date: Day


@dataclass(frozen=True, slots=True)
class Unread:
    """No source that could tell was read around a date. what: the deadline; kind: due, expiry, or news for a long silence; sources:
    how many of them there are; some: the first names; since, until: the day of the last answer before it, or of the baseline,
    and of the first one after it, None if there is none yet."""

    tag: ClassVar[str] = "unread"
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

    tag: ClassVar[str] = "met_late"
    date: Day


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """The day on which a late report reached us."""

    tag: ClassVar[str] = "first_seen"
    date: Day


@dataclass(frozen=True, slots=True)
class NothingSince:
    """No news since this day."""

    tag: ClassVar[str] = "nothing_since"
    date: Day


@dataclass(frozen=True, slots=True)
class NewPeriod:
    """A new period began. label: the label of its target."""

    tag: ClassVar[str] = "new_period"
    label: str


# ---------------------------------------------------------------- counts


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted share of a target, 1.0 for all of it."""

    tag: ClassVar[str] = "counted"
    share: float
    label: str


@dataclass(frozen=True, slots=True)
class BehindPace:
    """The count in `unit` and as a share of the target, and the share (path) that a steady pace reaches on this day."""

    tag: ClassVar[str] = "behind_pace"
    counted: float
    target: float
    unit: str
    share: float
    path: float
    date: Day


# ---------------------------------------------------------------- people and corrections


@dataclass(frozen=True, slots=True)
class FromBaseline:
    """A person's baseline of this day, without a note."""

    tag: ClassVar[str] = "baseline"
    date: Day


@dataclass(frozen=True, slots=True)
class Pinned:
    """A person pins the status. until: None without an end; program: the status that the program would give."""

    tag: ClassVar[str] = "pinned"
    by: str
    until: Day | None
    reason: str
    source: str
    program: Status


@dataclass(frozen=True, slots=True)
class PinEnded:
    """A pin ended. held: the pinned status; program: what the program says now."""

    tag: ClassVar[str] = "pin_ended"
    held: Status
    program: Detail


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An earlier message (told) was confirmed."""

    tag: ClassVar[str] = "confirmed"
    told: Detail


@dataclass(frozen=True, slots=True)
class StatusTakenBack:
    """The report behind a status was retracted. rejection, reread: the person who rejected it, or whoever reads it otherwise by
    now; both None if its outlet withdrew or changed it."""

    tag: ClassVar[str] = "status_taken_back"
    status: Status
    rejection: Rejection | None
    told: Detail
    reread: ReadBy | None = None


@dataclass(frozen=True, slots=True)
class ReportTakenBack:
    """The report behind a date, a count, a step or a term was retracted. rejection, reread: as in StatusTakenBack."""

    tag: ClassVar[str] = "report_taken_back"
    change: Change
    rejection: Rejection | None
    reread: ReadBy | None = None


@dataclass(frozen=True, slots=True)
class DoubtTakenBack:
    """The report that raised a doubt was retracted. rejection, reread: as in StatusTakenBack."""

    tag: ClassVar[str] = "doubt_taken_back"
    doubt: Detail
    rejection: Rejection | None
    reread: ReadBy | None = None


@dataclass(frozen=True, slots=True)
class DoubtDropped:
    """A doubt whose cause is no longer reported."""

    tag: ClassVar[str] = "doubt_dropped"
    doubt: Detail


_WordsOfOthers = Text | Quoted | Disputed
_MissingEvidence = Unheard | Finished | Awaiting | OneSided | Sighted | CountedByOne
_Dates = (
    Named
    | Notice
    | DuePassed
    | ExpiryPassed
    | FirstDateMissed
    | Lapsed
    | Unread
    | MetLate
    | FirstSeen
    | NothingSince
    | NewPeriod
)
_Counts = Counted | BehindPace
_People = FromBaseline | Pinned | PinEnded | Confirmed
_Corrections = StatusTakenBack | ReportTakenBack | DoubtTakenBack | DoubtDropped
Detail = _WordsOfOthers | _MissingEvidence | _Dates | _Counts | _People | _Corrections
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
