"""What a message says, as plain values: every figure and phrase is settled here, once, before any template sees it.

A brief can be stored as JSON and rendered later to the same bytes; it holds no rule, no verdict and no open question.
Texts are ready to print, in the route's zone; the instants beside them are for charts and headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from monitor.domain.model import FURTHER_EVIDENCE, NOTICE
from monitor.errors import RenderError

EvidenceBasis = Literal["quote", "deadline", "act", "correction", "rules", "baseline"]
"""What a line of evidence is: a quoted sentence, or what moved a status when no sentence did."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence. `against` marks the other side of a contradiction; `url` is http, https or empty."""

    basis: EvidenceBasis
    quote: str
    outlet: str = ""
    others: int = 0
    says: str = ""
    at: datetime | None = None
    when: str = ""
    url: str = ""
    rule: str = ""
    version: str = ""
    place: str = ""
    """Where the rule is written: `rules/…/file.yaml:line`, when the version that matched is still the one in use."""
    against: bool = False
    signal: str = ""
    gone: bool = False
    """A publisher or a person has taken it back."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change: what it is about ("status", "deadline", ...), the words before and after, and one sentence why.

    text: the change in plain words; a row stored before there was one says "was, now". more: why, as far as the text has not
    said it.
    """

    subject: str
    what: str
    was: str
    now: str
    why: str
    way: str
    cause: str
    when: str
    late: bool = False
    commitment: str = ""
    text: str = ""
    more: str = ""

    @property
    def line(self) -> str:
        """What changed, ready to print: 'Status: was IN PROGRESS, now AT RISK', '31 Dec 2025: missed'."""
        return self.text or f"{self.what[:1].upper()}{self.what[1:]}: was {self.was}, now {self.now}"

    @property
    def line_within(self) -> str:
        """The same after the name of its commitment, in a message about several."""
        small = self.line[1:2].islower()  # a status in capitals stays as it is
        return f"{self.subject}, {self.line[:1].lower() if small else self.line[:1]}{self.line[1:]}"


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """A date that matters. `left` is whole days from now (negative: days past); `text` is the printed line."""

    subject: str
    what: str
    kind: str
    date: date
    left: int
    state: str
    said_by: str
    text: str
    commitment: str = ""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One reading for the chart: counter, instant, amount in the progress' unit."""

    counter: str
    at: datetime
    amount: float


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """How much is done. `share` is None when no target on the same basis is known: then no percentage is claimed."""

    text: str
    bar: str
    share: float | None
    counted: float
    target: float
    unit: str
    label: str
    counted_text: str
    target_text: str
    start: date | None = None
    due: date | None = None
    points: tuple[ChartPoint, ...] = ()
    done: int | None = None
    """The done part of a drawn bar in whole percent, 1 to 100; None where no bar is drawn."""


@dataclass(frozen=True, slots=True)
class StatusSpan:
    """A commitment was in `status` (a key such as at_risk) from start to end."""

    status: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class StatusTimeline:
    """The status history of one commitment, oldest span first."""

    commitment: str
    short: str
    spans: tuple[StatusSpan, ...]


@dataclass(frozen=True, slots=True)
class MessageSection:
    """One more commitment in a message about several (a summary after quiet hours)."""

    commitment: str
    name: str
    shown: str
    status: str


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A page to read. language: what is to be said of its language ("in Chinese"); '' where it is the reader's."""

    url: str
    outlet: str
    language: str = ""

    @property
    def label(self) -> str:
        return f"Read the report at {self.outlet}" + (f" ({self.language})" if self.language else "")


@dataclass(frozen=True, slots=True)
class Headings:
    """What the parts of a message stand under. told: its changes are no news, and come after what is."""

    changes: str = "What changed"
    why: str = "Why"
    sure: str = "How sure"
    status: str = "Status"
    evidence: str = "Evidence"
    back: str = "What would change it"
    told: bool = False


HEADINGS: Mapping[str, Headings] = {
    FURTHER_EVIDENCE: Headings(changes="What was told before", why="Who else says so", told=True),
    NOTICE: Headings(why="What happened", sure="Note", status="State", evidence="In detail", back="What to do"),
}
"""By kind, where it has headings of its own. A notice is about the program, or its rules: nothing changes, and it has no status."""


@dataclass(frozen=True, slots=True)
class AlertBrief:
    """One alert, confirmation, correction, summary, word of further evidence or notice, in the order in which it is read.

    status: of a notice, what it looks like.

    There is no alert without evidence: building one with an empty list raises RenderError.
    """

    tag: ClassVar[str] = "alert"
    message_id: str
    kind: str
    commitment: str
    name: str
    short: str
    first_line: str
    status: str
    shown: str
    way: str
    changes: tuple[ChangeLine, ...]
    why: str
    sure: str
    evidence: tuple[EvidenceLine, ...]
    progress: ProgressLine | None
    deadlines: tuple[DeadlineLine, ...]
    criteria: str
    back: str
    route: str
    as_of: datetime
    data_time: str
    at: datetime
    events: tuple[str, ...]
    zone: str = "UTC"
    unconfirmed: bool = False
    contested: bool = False
    late: bool = False
    note: str = ""
    own_note: str = ""
    """The note without what quiet hours add to it, for a summary that is put together anew."""
    sections: tuple[MessageSection, ...] = ()
    strip: StatusTimeline | None = None
    report: ReportLink | None = None
    """The report to read first. A row stored before it was chosen has none; `main_report` serves both."""

    @property
    def main_report(self) -> ReportLink | None:
        """Where the main link of the message leads; None where no report can be opened."""
        quoted = (line for line in self.evidence if line.url and line.basis == "quote" and not line.gone)
        return self.report or next((ReportLink(line.url, line.outlet) for line in quoted), None)

    @property
    def title(self) -> str:
        """The first line without its reason: the status with its marks, and the name."""
        return " · ".join(self.first_line.split(" · ")[:2])

    @property
    def headings(self) -> Headings:
        return HEADINGS.get(self.kind, Headings())

    @property
    def shown_when(self) -> str:
        """When what this message is about came to pass, ready to print; of further evidence, when it was put together."""
        if self.kind == FURTHER_EVIDENCE:
            return self.data_time
        return self.changes[0].when if self.changes else ""

    def __post_init__(self) -> None:
        if not self.evidence:
            raise RenderError(
                f"message {self.message_id} has no evidence to show; it is not sent. "
                "Its transition must name at least one signal whose story is still stored",
                subject=self.message_id,
            )


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One row of the digest's table."""

    commitment: str
    short: str
    name: str
    status: str
    shown: str
    since: str
    last_evidence: str
    deadline: str
    progress: str
    flags: str


@dataclass(frozen=True, slots=True)
class OpenIssueLine:
    """Something contested or unconfirmed: whose matter, since when, and what is known of it."""

    commitment: str
    short: str
    kind: str
    text: str
    since: str
    evidence: tuple[EvidenceLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CorroborationLine:
    """What bears out a status without having changed it: how many reports say so; and in which outlets, in two ways.

    evidence: a few reports to open, of as many outlets; names: all outlets. A row stored before names stood apart has them in
    its text, and none here.
    """

    commitment: str
    short: str
    text: str
    evidence: tuple[EvidenceLine, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def outlets(self) -> tuple[ReportLink, ...]:
        """All outlets, first those that have a report to open."""
        urls = {line.outlet: line.url for line in self.evidence} if self.names else {}
        return tuple(ReportLink(urls.get(name, ""), name) for name in dict.fromkeys((*urls, *self.names)))


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a feed does. since: when it entered this state; detail: one sentence for people."""

    name: str
    state: Literal["ok", "failing", "silent", "frozen", "never"]
    since: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source that could not be relied on in the period."""

    name: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class DigestBrief:
    """The regular summary: counts, changes, the picture, the table, dates, what is open, what could not be checked."""

    tag: ClassVar[str] = "digest"
    subject: str
    counts: str
    quiet: bool
    """True when nothing changed: said in so many words."""
    changes: tuple[ChangeLine, ...]
    evidence: tuple[tuple[EvidenceLine, ...], ...]
    """For each change, its evidence."""
    strips: tuple[StatusTimeline, ...]
    stands: tuple[StatusLine, ...]
    deadlines: tuple[DeadlineLine, ...]
    open: tuple[OpenIssueLine, ...]
    unchecked: tuple[SourceLine, ...]
    sources: str
    """One sentence on all sources ("27 of 30 sources answered")."""
    start: datetime
    end: datetime
    period: str
    route: str
    data_time: str
    zone: str = "UTC"
    page: str = ""
    """Where this digest is kept as a page; '' if it is not."""
    further: tuple[CorroborationLine, ...] = ()
    unquoted: tuple[int, ...] = ()
    """For each change, how many pieces of evidence there are besides those shown."""


Brief = AlertBrief | DigestBrief


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message on its way to one recipient. number: the outbox row; repeat: an earlier copy may have arrived."""

    message_id: str
    number: int
    channel: str
    to: str
    kind: str
    commitment: str
    brief: Brief
    thread: str | None = None
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """What a channel says of a message it took: its reference there, and the thread it belongs to."""

    ref: str
    thread: str | None = None
