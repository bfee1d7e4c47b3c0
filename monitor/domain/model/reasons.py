"""Why a verdict moved, or did not: a code, what is to be said as a typed value, and the signals behind it.

Nothing here is wording: `domain.wording` says each of these values in words. `tag` names the kind in stored rows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from monitor.domain.model.changes import Change
from monitor.domain.model.enums import Effect, Outlook, ReasonCode, Says, Standing, Status
from monitor.domain.model.news import Day


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose word it is. origin: the official, agency, company or outlet by name; report: an outlet tells what happened, so
    that what follows for the promise is our reading and not its word."""

    origin: str
    says: Says
    report: bool


@dataclass(frozen=True, slots=True)
class Rejection:
    """Who took a report back, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Count:
    """What one counter says. amount in `unit`; high: the end of a range, None where the text said "at least"."""

    counter: str
    amount: float
    high: float | None
    unit: str
    basis: str


# ---------------------------------------------------------------- words of others


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a person, or of an older program whose rows hold no typed value."""

    tag: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The words of a report. after: those of the act of the other side that it answers."""

    tag: ClassVar[str] = "quote"
    text: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Disputed:
    """Two sides that contradict each other, each by name with its words."""

    tag: ClassVar[str] = "disputed"
    who: str
    quote: str
    other: str
    denial: str


# ---------------------------------------------------------------- evidence that is not enough


@dataclass(frozen=True, slots=True)
class Unheard:
    """Nobody whose word alone is worth a remark says so."""

    tag: ClassVar[str] = "unheard"


@dataclass(frozen=True, slots=True)
class Finished:
    """The promise is kept for good; only these effects would reopen it."""

    tag: ClassVar[str] = "finished"
    standing: Standing
    reopened_by: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A standing that one voice claims. silent: who of those that owe it has not spoken."""

    tag: ClassVar[str] = "awaiting"
    speaker: Speaker
    reached: Standing
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneSided:
    """A standing that moved on one word. silent: as above."""

    tag: ClassVar[str] = "one_sided"
    speaker: Speaker
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sighted:
    """Somebody sees trouble, too few bear it out. origins: voices so far, of those needed within so many days."""

    tag: ClassVar[str] = "sighted"
    speaker: Speaker
    outlook: Outlook
    origins: int
    needed: int
    days: int


@dataclass(frozen=True, slots=True)
class CountedByOne:
    """One counter has passed a mark which no second one bears out. counts: all that there are, the highest first."""

    tag: ClassVar[str] = "counted_by_one"
    alone: Count
    reached: Standing
    counts: tuple[Count, ...]


# ---------------------------------------------------------------- dates


@dataclass(frozen=True, slots=True)
class Named:
    """A date and who names it: us, cn, both, company or press. waiting: who of those that owe it has not confirmed it."""

    tag: ClassVar[str] = "named"
    said_by: str
    date: Day
    waiting: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A deadline is near. alone: who alone names the date; '' where those who owe it stand behind it."""

    tag: ClassVar[str] = "notice"
    what: str
    kind: str
    date: Day
    days_left: int
    alone: str = ""


@dataclass(frozen=True, slots=True)
class DuePassed:
    """A due date passed unmet. later: a later one that one side names."""

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
    """The date first set passed unmet; `later` is in its place now."""

    tag: ClassVar[str] = "first_date_missed"
    what: str
    date: Day
    later: Day


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Nobody extended an expiry, or the grace after a due date is over. kind: expiry or due."""

    tag: ClassVar[str] = "lapsed"
    what: str
    kind: str
    date: Day


@dataclass(frozen=True, slots=True)
class MetLate:
    """Met after the date first set."""

    tag: ClassVar[str] = "met_late"
    date: Day


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """A report that reached us late, on this day."""

    tag: ClassVar[str] = "first_seen"
    date: Day


@dataclass(frozen=True, slots=True)
class NothingSince:
    tag: ClassVar[str] = "nothing_since"
    date: Day


@dataclass(frozen=True, slots=True)
class NewPeriod:
    """A new period began; label: that of its target."""

    tag: ClassVar[str] = "new_period"
    label: str


# ---------------------------------------------------------------- counts


@dataclass(frozen=True, slots=True)
class Counted:
    """So much of a target is counted, as a share."""

    tag: ClassVar[str] = "counted"
    share: float
    label: str


@dataclass(frozen=True, slots=True)
class BehindPace:
    """What is counted of the target, in `unit` and as a share, and the share that a straight path reaches on this day."""

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
    """What a person's baseline of this day says, without a note."""

    tag: ClassVar[str] = "baseline"
    date: Day


@dataclass(frozen=True, slots=True)
class Pinned:
    """A person holds the status. until: None without an end; program: what the program would say."""

    tag: ClassVar[str] = "pinned"
    by: str
    until: Day | None
    reason: str
    source: str
    program: Status


@dataclass(frozen=True, slots=True)
class PinEnded:
    tag: ClassVar[str] = "pin_ended"
    held: Status
    program: Detail


@dataclass(frozen=True, slots=True)
class Confirmed:
    tag: ClassVar[str] = "confirmed"
    told: Detail


@dataclass(frozen=True, slots=True)
class StatusTakenBack:
    """The report behind a status no longer stands. rejection: None where its outlet took it back or changed it."""

    tag: ClassVar[str] = "status_taken_back"
    status: Status
    rejection: Rejection | None
    told: Detail


@dataclass(frozen=True, slots=True)
class ReportTakenBack:
    """The report behind a date, a count, a step or a term no longer stands."""

    tag: ClassVar[str] = "report_taken_back"
    change: Change
    rejection: Rejection | None


@dataclass(frozen=True, slots=True)
class DoubtTakenBack:
    """The report that raised a doubt no longer stands."""

    tag: ClassVar[str] = "doubt_taken_back"
    doubt: Detail
    rejection: Rejection | None


@dataclass(frozen=True, slots=True)
class DoubtDropped:
    """What raised a doubt is no longer reported."""

    tag: ClassVar[str] = "doubt_dropped"
    doubt: Detail


Detail = (
    Text
    | Quoted
    | Disputed
    | Unheard
    | Finished
    | Awaiting
    | OneSided
    | Sighted
    | CountedByOne
    | Named
    | Notice
    | DuePassed
    | ExpiryPassed
    | FirstDateMissed
    | Lapsed
    | MetLate
    | FirstSeen
    | NothingSince
    | NewPeriod
    | Counted
    | BehindPace
    | FromBaseline
    | Pinned
    | PinEnded
    | Confirmed
    | StatusTakenBack
    | ReportTakenBack
    | DoubtTakenBack
    | DoubtDropped
)
NOTHING = Text("")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict moved, or did not."""

    code: ReasonCode
    detail: Detail = NOTHING
    signals: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Equal for reasons that say the same, however much evidence has joined since."""
        return hashlib.blake2b(f"{self.code}|{self.detail!r}".encode(), digest_size=8).hexdigest()


UNEXPLAINED = Reason(ReasonCode.RECORDED)
"""Of a verdict that nobody has given a reason for."""
