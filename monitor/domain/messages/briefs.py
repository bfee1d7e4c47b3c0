"""The content of messages: plain values, with each figure and phrase ready to print. A brief is stored as JSON and
rendered later to the same bytes. Texts use the route's zone; the moments are for charts and headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from monitor.domain.messages.change_text import ChangeText
from monitor.domain.model import NOTICE
from monitor.domain.model.news import Day
from monitor.domain.text.labels import capitalised, sentence
from monitor.errors import RenderError

LEADING_EVENTS = 5
"""Most events that a digest tells in full; what else moved gets a line each."""
MAX_QUOTES = 5
"""Quotes of an alert (estimate); the others are counted."""
MAX_ADDRESS = 160
"""Characters of an address that people can read over; those that aggregators redirect have 200 to 500."""
EvidenceBasis = Literal["quote", "calendar", "intervention", "correction", "rules", "baseline", "monitor"]
"""The origin of a line of evidence: a quoted sentence, or the cause of a change without one."""


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence. others: number of further outlets; says: 'US Treasury says', '' if the outlet speaks;
    rule, version: '' if no rule matched; against: the other side of a contradiction; retracted: it no longer counts;
    read_by: '' if only a rule read it; gloss: the language and meaning of a foreign quote, and a remark on a report
    that takes a completion for granted."""

    basis: EvidenceBasis
    quote: str
    outlet: str = ""
    others: int = 0
    says: str = ""
    when: str = ""
    url: str = ""
    rule: str = ""
    version: str = ""
    against: bool = False
    signal: str = ""
    retracted: bool = False
    read_by: str = ""
    gloss: str = ""

    @property
    def speaker(self) -> str:
        """The speaker of the quote; '' if the outlet speaks for itself."""
        name = self.says.rpartition(" ")[0]
        return "" if name == self.outlet else name


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """One deadline. left: whole days from now, negative for days past; text: the printed line."""

    subject: str
    date: Day
    left: int
    state: str
    said_by: str
    text: str


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One reading in the chart. amount: in the unit of the progress; confirmed: no higher than the confirmed amount."""

    counter: str
    at: datetime
    amount: float
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """The progress towards a target. share: None without a target on the same basis; done: the filled part of a drawn
    bar in whole percent, 1 to 100, None for no bar; heading: 'Confirmed so far towards the goal for 2026'; confirmed:
    False for a newer count that only one source has."""

    text: str
    share: float | None
    counted: float
    target: float
    unit: str
    counted_text: str
    target_text: str
    start: date | None = None
    due: date | None = None
    points: tuple[ChartPoint, ...] = ()
    done: int | None = None
    heading: str = "Progress"
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class StatusSpan:
    """The time from start to end in one status (a key such as at_risk)."""

    status: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class StatusTimeline:
    """The status history of one commitment, oldest span first."""

    short: str
    spans: tuple[StatusSpan, ...]


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A page to read. language: a remark on a foreign language ("in Chinese"), else ''."""

    url: str
    outlet: str
    language: str = ""

    @property
    def label(self) -> str:
        return f"Read the report at {self.outlet}" + (f" ({self.language})" if self.language else "")


@dataclass(frozen=True, slots=True)
class Headline:
    """The subject of a message. status: its key, for a notice that of its style; shown: the status in words; doubted:
    the status that waits for a confirmation, '' if that is the one shown; title: the subject as the message itself
    shows it, '' if it says no more."""

    text: str
    status: str
    shown: str
    doubted: str = ""
    unconfirmed: bool = False
    contested: bool = False
    title: str = ""

    @property
    def marks(self) -> tuple[str, ...]:
        flags = (("contested", self.contested), (f"{self.doubted} unconfirmed".lstrip(), self.unconfirmed))
        return tuple(word for word, raised in flags if raised)


@dataclass(frozen=True, slots=True)
class EvidenceSection:
    """The evidence, best report first, and the report to open (None if none has an address)."""

    lines: tuple[EvidenceLine, ...]
    report: ReportLink | None = None

    @property
    def address(self) -> ReportLink | None:
        """The one address in plain text: of the best report, unless it is very long and `report` has a shorter one."""
        best = ReportLink(self.lines[0].url, self.lines[0].outlet)
        links = [link for link in (best, self.report) if link and link.url]
        return min(links, key=lambda link: len(link.url) > MAX_ADDRESS, default=None)


@dataclass(frozen=True, slots=True)
class OtherCommitment:
    """A further commitment in a message about several: its status key and its status in words. text: what happened to
    it, '' if the message says it elsewhere; sure: how sure that is; line: its best report, None if that is quoted
    above."""

    commitment: str
    name: str
    shown: str
    status: str
    text: str = ""
    sure: str = ""
    line: EvidenceLine | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command that a reader can use: its purpose in a word or two, and its text."""

    purpose: str
    command: str


@dataclass(frozen=True, slots=True)
class Footer:
    """The small print. route: why the reader gets the message; for the owner alone, sources: rules, readers and ids."""

    route: str
    data_time: str
    sources: str = ""
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A message that waits for an editor: its outbox row, its end, and its text as it would be sent."""

    number: int
    message_id: str
    channel: str
    to: str
    commitment: str
    until: datetime
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertBrief:
    """One alert, confirmation, correction, summary or notice: its sections in reading order.

    direction: up, down or other; changes: the most important first; moved: the status before and after; confidence:
    how sure the change is; note: a remark; next: the next step; others: further
    commitments; held: of a notice, the messages to decide on. Raises RenderError without evidence.
    """

    tag: Literal["alert"] = field(default="alert", kw_only=True, repr=False)
    message_id: str
    kind: str
    commitment: str
    direction: str
    at: datetime
    as_of: datetime
    headline: Headline
    evidence: EvidenceSection
    footer: Footer
    changes: tuple[ChangeText, ...] = ()
    moved: str = ""
    confidence: str = ""
    note: str = ""
    promise: str = ""
    progress: ProgressLine | None = None
    next: str = ""
    timeline: StatusTimeline | None = None
    others: tuple[OtherCommitment, ...] = ()
    zone: str = "UTC"
    held: tuple[HeldMessage, ...] = ()

    def __post_init__(self) -> None:
        if not self.evidence.lines:
            problem = f"message {self.message_id} has no evidence to show; it is not sent. "
            remedy = "Its transition must name at least one signal whose story is still stored"
            raise RenderError(problem + remedy, subject=self.message_id)

    @property
    def subject(self) -> str:
        return self.headline.text

    @property
    def title(self) -> str:
        return self.headline.title or self.headline.text

    @property
    def label(self) -> str:
        """The kind of message; a summary is an alert. A reply that leaves a doubt is a follow-up, one that moves the
        status an update."""
        first = self.changes[0] if self.changes else None
        if self.kind == "summary":
            return "alert"
        if self.kind != "confirmation" or first is None:
            return self.kind
        if self.headline.marks or first.kind not in ("status", "flag", "deadline"):
            return "follow-up"
        return "update" if first.kind == "status" or first.after == "expired" else self.kind

    @property
    def when(self) -> str:
        """The time of the first change; '' for a notice."""
        return self.changes[0].when if self.changes else ""

    @property
    def moved_when(self) -> str:
        """The time to print after `moved`, with a remark if it was seen late."""
        return f"{self.when}, first seen late" if self.late else self.when

    @property
    def late(self) -> bool:
        """Whether a change was first seen long after it happened."""
        return any(change.late for change in self.changes)

    @property
    def confidence_title(self) -> str:
        return "Note" if self.kind == NOTICE else "How sure"

    @property
    def next_title(self) -> str:
        return "What to do" if self.kind == NOTICE else "Next"


@dataclass(frozen=True, slots=True)
class StatusLine:
    """A commitment without news in the period. detail: its open count, trouble and near date, '' for none; deal: its
    deal, if the digest is on several."""

    commitment: str
    short: str
    status: str
    detail: str = ""
    deal: str = ""

    @property
    def named(self) -> str:
        return f"{self.short}, {self.detail}" if self.detail else self.short


@dataclass(frozen=True, slots=True)
class DigestEvent:
    """An event of the period. day: '20 Oct'; text: its headline, without a full stop; outlets: 'Reuters and 3 others',
    '' without a report; effect: what it did to its commitment, 'up from PLEDGED to MET'; others: sentences on further
    ones; further: what moved its commitment the other way; agreed: what the sides settled besides, a line each; moved:
    whether it moved a status or a date; late: first seen late."""

    commitment: str
    short: str
    status: str
    day: str
    text: str
    outlets: str = ""
    effect: str = ""
    others: str = ""
    further: str = ""
    agreed: tuple[str, ...] = ()
    moved: bool = False
    late: bool = False
    report: ReportLink | None = None

    @property
    def source(self) -> str:
        """'20 Oct, Reuters and 3 others'."""
        return ", ".join(filter(None, (self.day, self.outlets, "first seen late" if self.late else "")))

    @property
    def behind(self) -> str:
        """What stands behind its headline and source."""
        further = self.further.removeprefix("; ")
        told = [sentence(capitalised(text)) for text in (self.effect, further) if text]
        return " ".join(filter(None, (*told, self.others)))

    @property
    def line(self) -> str:
        """'Port fees down from IN FORCE to AT RISK: China resumes its fees (20 Oct, Reuters).'"""
        told = f"{self.short} {self.effect}" if self.moved else ", ".join(filter(None, (self.short, self.effect)))
        return f"{told}: {self.text} ({self.source}){self.further}. {self.others}".rstrip()

    @property
    def title(self) -> str:
        """Its commitment and its headline."""
        return self.text if self.text.startswith(self.short) else f"{self.short}: {self.text}"


SourceState = Literal["ok", "failing", "silent", "frozen", "never"]


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """The state of a feed. since: the start of the state; newest: the time of its last new item; None if unknown."""

    name: str
    state: SourceState
    since: datetime | None = None
    detail: str = ""
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class UncheckedLine:
    """What could not be checked. kind: unchecked, failing, silent, frozen, never, muted or deaf; text: without name."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class DifferingStory:
    """A story with two readings. differ: the two; command: records the reader's one."""

    title: str
    outlet: str
    when: str
    differ: str
    command: str


@dataclass(frozen=True, slots=True)
class ReaderCounts:
    """The differences between readers and rules. lines: one a commitment; acts: those with the most differences;
    command: lists all stories; stories: the most telling ones."""

    counts: str
    lines: tuple[str, ...]
    acts: tuple[str, ...]
    command: str
    stories: tuple[DifferingStory, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestBrief:
    """The regular summary. statuses: what moved and what stays in trouble, a line for each deal; events: the most
    important ones and all that moved a status or a date; also: other events, a line each; troubled: the other
    commitments in trouble; dates: what is overdue and what comes; unmoved: the other commitments, by status; timelines:
    of all commitments; remarks: lines for the owner; readers: only on the owner's routes; page: its address below the
    root of the site, '' if it is not kept as one."""

    tag: Literal["digest"] = field(default="digest", kw_only=True, repr=False)
    subject: str
    statuses: tuple[str, ...]
    events: tuple[DigestEvent, ...]
    timelines: tuple[StatusTimeline, ...]
    unmoved: tuple[StatusLine, ...]
    unchecked: tuple[UncheckedLine, ...]
    start: datetime
    end: datetime
    period: str
    route: str
    data_time: str
    also: tuple[str, ...] = ()
    troubled: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    readers: ReaderCounts | None = None
    page: str = ""

    @property
    def leading(self) -> tuple[DigestEvent, ...]:
        """The events that are told in full."""
        return self.events[:LEADING_EVENTS]

    @property
    def others(self) -> tuple[DigestEvent, ...]:
        """What else moved, a line each."""
        return self.events[LEADING_EVENTS:]

    @property
    def by_status(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """The commitments without news: by deal, '' for the only one, the statuses with those that have them: each with
        a detail by itself, 'Beans, 4 Mt of 12 Mt booked', then the others together, 'Port fees, Chips'."""
        found = dict[str, list[StatusLine]]()
        for line in self.unmoved:
            found.setdefault(line.deal, []).append(line)
        return tuple((deal, _by_status(lines)) for deal, lines in found.items())


def _by_status(lines: Sequence[StatusLine]) -> tuple[tuple[str, str], ...]:
    told, others = [(line.status, line.named) for line in lines if line.detail], dict[str, list[str]]()
    for line in lines:
        if not line.detail:
            others.setdefault(line.status, []).append(line.short)
    return (*told, *((status, ", ".join(names)) for status, names in others.items()))


Brief = AlertBrief | DigestBrief


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message for one recipient. number: the outbox row, 0 for none; repeat: an earlier copy may have arrived."""

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
    """A channel's answer to an accepted message: its reference, and its thread (None if it has none)."""

    ref: str
    thread: str | None = None
