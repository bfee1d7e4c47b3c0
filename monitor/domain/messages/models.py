"""View models of messages: plain values with every figure and phrase ready to print.

A brief can be stored as JSON and rendered later to the same bytes. It holds no rules and no verdicts. Texts use the
route's zone; the instants beside them are for charts and headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from monitor.domain.model import FURTHER_EVIDENCE, NOTICE
from monitor.domain.text.labels import capitalised, decapitalised
from monitor.errors import RenderError

EvidenceBasis = Literal["quote", "deadline", "intervention", "correction", "rules", "baseline"]
"""What a line of evidence shows: a quoted sentence, or what moved a status when no sentence did."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence. others: number of further outlets; url: http, https or ''; rule and version: '' where no rule
    matched; against: the other side of a contradiction; gone: a publisher or a person has retracted it; read_by: who read it
    so and who otherwise, '' where a rule alone read it; gloss: for a quote in another language, which one and what it says,
    '' for English."""

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
    against: bool = False
    signal: str = ""
    gone: bool = False
    read_by: str = ""
    gloss: str = ""

    @property
    def speaker(self) -> str:
        """Whose word the quote is; '' where the outlet speaks for itself."""
        name = self.says.rpartition(" ")[0]
        return "" if name == self.outlet else name


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change. what: the kind of transition ("status", "deadline", ...); text: the change in plain words, '' in rows
    stored before this field existed; more: the part of the reason that `text` does not contain."""

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
        """The change as a line: 'Was IN PROGRESS, now AT RISK', 'End date: was 10 Nov 2026, now 10 Jan 2027'."""
        label = "" if self.what == "status" else f"{self.what}: "
        return self.text or capitalised(f"{label}was {self.was}, now {self.now}")

    @property
    def line_within(self) -> str:
        """The line behind the name of its commitment, for a message about several."""
        return f"{self.subject}: {decapitalised(self.line)}"


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """One deadline. left: whole days from now, negative for days past; text: the printed line."""

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
    """One reading in the chart. amount: in the unit of the progress; confirmed: no higher than what is confirmed."""

    counter: str
    at: datetime
    amount: float
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """How much is done. share: None without a target on the same basis; then no percentage is printed. done: the filled
    part of a drawn bar in whole percent, 1 to 100; None where no bar is drawn; heading: what is counted and for which period."""

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
    heading: str = "Progress"


@dataclass(frozen=True, slots=True)
class StatusSpan:
    """The time from start to end in one status (a key such as at_risk)."""

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
    """A further commitment in a message about several."""

    commitment: str
    name: str
    shown: str
    status: str


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A page to read. language: a remark on its language ("in Chinese"); '' for the reader's own."""

    url: str
    outlet: str
    language: str = ""

    @property
    def label(self) -> str:
        return f"Read the report at {self.outlet}" + (f" ({self.language})" if self.language else "")


@dataclass(frozen=True, slots=True)
class ActionLine:
    """What a reader can do about a message: in a word or two, and the command."""

    what: str
    command: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The words before a message's parts."""

    sure: str = "How sure"
    back: str = "Next"


HEADINGS: Mapping[str, Headings] = {NOTICE: Headings(sure="Note", back="What to do")}
"""Kinds with words of their own. A notice is about the program or its rules, so it has no promise and no status."""


@dataclass(frozen=True, slots=True)
class AlertBrief:
    """One alert, confirmation, correction, summary, follow-up or notice; fields in reading order.

    first_line: the subject and headline: what happened. moved: the status before and after, in a line ('' for a notice, and in
    rows stored before this field existed). why: what moved it where no piece of evidence says so, else ''. evidence: the report
    that says it first. events: the ids of the changes, that of the lead first. status: the status key; for a notice, the key of its style. read: the rules and readers of all quotes.
    own_note: the note without the remark that quiet hours add, for building a summary again. report: the report to open first;
    None in rows stored before this field existed (`main_report` serves both). Raises RenderError without evidence.
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
    sections: tuple[MessageSection, ...] = ()
    strip: StatusTimeline | None = None
    report: ReportLink | None = None
    moved: str = ""
    actions: tuple[ActionLine, ...] = ()
    read: str = ""

    @property
    def main_report(self) -> ReportLink | None:
        """The target of the main link; None where no report has an address."""
        quoted = (line for line in self.evidence if line.url and line.basis == "quote" and not line.gone)
        return self.report or next((ReportLink(line.url, line.outlet) for line in quoted), None)

    @property
    def was_and_is(self) -> str:
        """The status before and after, or that it stays; '' for a notice."""
        return self.moved or (self.changes[0].line if self.changes else "")

    @property
    def label(self) -> str:
        """What kind of message this is. A reply confirms only where it moves or confirms a status, and leaves no doubt."""
        moves = not self.changes or self.changes[0].what in ("status", "flag", "deadline")
        return self.kind if self.kind != "confirmation" or (moves and not self.unconfirmed) else "follow-up"

    @property
    def when_moved(self) -> str:
        """When that happened, with the remark that it was seen late; '' where the line before says it."""
        if self.kind == FURTHER_EVIDENCE or self.shown_when in self.was_and_is:
            return ""
        return f"{self.shown_when}, first seen late" if self.late else self.shown_when

    @property
    def promise(self) -> str:
        """The promise that the message is about; '' for a notice."""
        return "" if self.kind == NOTICE else self.name

    @property
    def headings(self) -> Headings:
        return HEADINGS.get(self.kind, Headings())

    @property
    def shown_when(self) -> str:
        """When the first change happened, ready to print; for a follow-up, when it was built; '' without a change."""
        if self.kind == FURTHER_EVIDENCE:
            return self.data_time
        return self.changes[0].when if self.changes else ""

    def __post_init__(self) -> None:
        if not self.evidence:
            problem = f"message {self.message_id} has no evidence to show; it is not sent. "
            remedy = "Its transition must name at least one signal whose story is still stored"
            raise RenderError(problem + remedy, subject=self.message_id)


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One row of the digest's table: a commitment of which the period brought nothing. next: its next date, else the last one that
    passed unmet; progress: what is counted; flags: with commas between them. '' where there is none."""

    commitment: str
    short: str
    status: str
    shown: str
    since: str
    next: str
    progress: str
    flags: str


@dataclass(frozen=True, slots=True)
class DigestEvent:
    """An event or a change of the period, as a line of a block. day: '20 Oct'; text: what happened, without a full stop;
    outlets: 'Reuters and 3 others', '' where no report tells it; note: a remark ("first seen late"), '' without; way: up, down or
    other; lead: the block's most important line, under which its quote and its report stand; changes: the ids of the recorded
    transitions that it tells."""

    day: str
    at: datetime
    text: str
    outlets: str = ""
    note: str = ""
    way: str = "other"
    lead: bool = False
    changes: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """'20 Oct: MOFCOM put three firms on its list (Reuters)'."""
        behind = "; ".join(filter(None, (self.outlets, self.note)))
        return f"{self.day}: {self.text}" + (f" ({behind})" if behind else "")


@dataclass(frozen=True, slots=True)
class DigestBlock:
    """What the period brought for one commitment. status: its key; standing: 'was AT RISK, now PLEDGED (30 Oct)'; between: the
    steps on the way, '' without; part: it stands under its parent, of which it is a part; events: most important first; more:
    how many events are left out; quote: who says it, and the sentence, '' without; report: the one to open; doubts: what is
    contested or waits for confirmation; facts: progress, further reports, dates ahead, each a sentence."""

    commitment: str
    short: str
    status: str
    standing: str
    between: str = ""
    part: bool = False
    events: tuple[DigestEvent, ...] = ()
    more: int = 0
    quote: str = ""
    report: ReportLink | None = None
    doubts: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def in_order(self) -> tuple[DigestEvent, ...]:
        """The events by day."""
        return tuple(sorted(self.events, key=lambda event: event.at))


SourceState = Literal["ok", "failing", "silent", "frozen", "never"]


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """The state of a feed. since: when it began, None if unknown; detail: one sentence for people; newest: when it last brought something
    new, None if unknown."""

    name: str
    state: SourceState
    since: datetime | None = None
    detail: str = ""
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class UncheckedLine:
    """Something that the program could not check. kind: unchecked, failing, silent, frozen, never, muted or deaf; name: what;
    text: the rest of the sentence."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class DifferingStory:
    """A story that readers and rules read otherwise. when: its day; differ: what each reads; command: what records it as the reader
    reads it."""

    title: str
    outlet: str
    when: str
    differ: str
    command: str


@dataclass(frozen=True, slots=True)
class ReaderCounts:
    """Where readers and rules differ in the period. counts: a sentence or two on all; lines: a sentence a commitment; acts:
    those that readers contradict most; command: what names all stories; stories: those that tell most."""

    counts: str
    lines: tuple[str, ...]
    acts: tuple[str, ...]
    command: str
    stories: tuple[DifferingStory, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestBrief:
    """The regular summary, in reading order. opening: one to three sentences that tell the period; quiet: nothing moved and
    nothing of note happened; blocks: the commitments of which the period brought something, most important first; strips: of
    all commitments; stands: the commitments without a block; counts: a sentence of figures; readers: None on routes other
    than the owner's, and where nobody has read in the period; page: its address below the root of the site, '' for a digest that is
    not kept as a page."""

    tag: ClassVar[str] = "digest"
    subject: str
    opening: tuple[str, ...]
    quiet: bool
    blocks: tuple[DigestBlock, ...]
    strips: tuple[StatusTimeline, ...]
    stands: tuple[StatusLine, ...]
    unchecked: tuple[UncheckedLine, ...]
    counts: str
    start: datetime
    end: datetime
    period: str
    route: str
    data_time: str
    zone: str = "UTC"
    readers: ReaderCounts | None = None
    page: str = ""


Brief = AlertBrief | DigestBrief


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message for one recipient. number: the outbox row; repeat: an earlier copy may have arrived."""

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
    """A channel's answer to a message that it accepted: the reference there, and its thread (None if it has none)."""

    ref: str
    thread: str | None = None
