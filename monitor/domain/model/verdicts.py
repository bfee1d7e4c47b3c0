"""Verdicts, transitions, interventions, and the input and result of a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.domain.model.changes import Change
from monitor.domain.model.commitments import Commitment, Deadline
from monitor.domain.model.enums import (
    By,
    Cause,
    Direction,
    Effect,
    FlagKind,
    Level,
    Outlook,
    Severity,
    Standing,
    Status,
    TransitionKind,
)
from monitor.domain.model.news import ReadBy, Signal
from monitor.domain.model.reasons import FROM_BASELINE, NOTHING, Detail, Reason


@dataclass(frozen=True, slots=True)
class Flag:
    """A remark on a verdict. subject: a deadline, a rule, a standing or outlook, or the sides that it waits for."""

    kind: FlagKind
    subject: str
    since: datetime
    detail: Detail = NOTHING
    evidence: tuple[str, ...] = ()

    @property
    def sides(self) -> frozenset[str]:
        """The sides that the flag waits for: the parts of its subject."""
        return frozenset(self.subject.split(","))


@dataclass(frozen=True, slots=True)
class Lot:
    """One purchase, in the target's unit, and when it was reported."""

    amount: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Observation:
    """The cumulative count of one counter. amount in the target's unit."""

    counter: str
    amount: float
    high: float | None
    unit: str
    basis: str
    period: str
    as_of: datetime
    story: str
    signal: str = ""
    voice: str = ""
    """The independent source: two counters with the same source do not corroborate each other."""
    lots: tuple[Lot, ...] = ()
    """The single purchases in it since the counter's last total."""

    @property
    def only_lots(self) -> bool:
        """Whether it is only a sum of single purchases, without a total."""
        return bool(self.lots) and sum(lot.amount for lot in self.lots) >= self.amount


@dataclass(frozen=True, slots=True)
class Progress:
    """How much is done, in `unit`. counted: the highest reading that meets the evidence threshold; low, high: the span
    of all readings."""

    counted: float
    low: float
    high: float
    target: float
    unit: str
    basis: str
    label: str = ""
    readings: tuple[Observation, ...] = ()

    @property
    def share(self) -> float | None:
        return self.counted / self.target if self.target else None


@dataclass(frozen=True, slots=True)
class Event:
    """A real step or blow. way: good or bad for the promise; effect, by, at: of its latest report; announced: enough
    sources report it for an alert; moved: it moved something that has its own alert; level: its highest."""

    way: Direction
    effect: Effect
    by: By
    at: datetime
    evidence: tuple[str, ...]
    announced: bool
    moved: bool = False
    level: Level = Level.ORDINARY


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a commitment. evidence, outlook_evidence: the signal ids behind standing and outlook."""

    commitment: str
    standing: Standing
    since: datetime
    baseline: date
    """The day of the baseline that it began with."""
    outlook: Outlook = Outlook.STEADY
    outlook_since: datetime | None = None
    why: Reason = FROM_BASELINE
    flags: tuple[Flag, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    progress: Progress | None = None
    steps: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    outlook_evidence: tuple[str, ...] = ()
    last_evidence: datetime | None = None
    terms: tuple[str, ...] = ()
    """Instruments, rates or scopes now in use, as rules name them."""
    events: tuple[Event, ...] = ()
    """The events of the last `corroborate_days` of the policy (announced events: `live_days`), oldest first."""
    threatened_by: tuple[str, ...] = ()
    """The parties that owe the promise and threaten it, if a threat is the cause of its outlook."""

    @property
    def status(self) -> Status:
        """The one word people read: breached or lapsed, else the outlook if not steady, else the standing."""
        if self.standing in (Standing.BREACHED, Standing.LAPSED) or self.outlook is Outlook.STEADY:
            return self.standing
        return self.outlook

    @property
    def shown_since(self) -> datetime:
        """Since when the status holds: since the outlook's turn if that is the status, or came last."""
        if self.outlook_since is None:
            return self.since
        if self.outlook is Outlook.STEADY:
            return max(self.since, self.outlook_since)
        return self.outlook_since if self.status is self.outlook else self.since


@dataclass(frozen=True, slots=True)
class PublishedVerdict:
    """A verdict as it was published from `at` on."""

    at: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CitedSignal:
    """A signal as of the recording of a transition."""

    signal: str
    effect: Effect
    rule: str
    version: str
    quote: str
    read_by: tuple[ReadBy, ...] = ()
    """As in Signal."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A recorded change."""

    id: str
    commitment: str
    change: Change
    way: Direction
    standing: Standing
    outlook: Outlook
    cause: Cause
    reason: Reason
    at: datetime
    happened: datetime
    severity: Severity
    flags: tuple[Flag, ...] = ()
    evidence: tuple[str, ...] = ()
    late: bool = False
    level: Level = Level.ORDINARY
    """The importance of the acts in its evidence; of a flag none."""
    outlook_only: bool = False
    """The standing stayed; only the outlook changed."""
    confirms: bool = False
    """Only adds certainty to an earlier message: a reply in the thread and a line in the digest."""
    continues: tuple[str, ...] = ()
    """The signals of the announced event that led to this change."""
    cited: tuple[CitedSignal, ...] = ()
    """Its signals as recorded: a later rule edit may change them."""

    @property
    def kind(self) -> TransitionKind:
        return self.change.kind


@dataclass(frozen=True, slots=True)
class Intervention:
    """An action of a person. until: the end, or None.

    kind: pin (payload: the status), reject (subject: a signal; payload: its content), mute (subject: a pattern of
    ids), read (subject: a story; payload: the reading), unsubscribe (subject: an address in a route), report (subject:
    the number of a message; payload: the signals behind it), keep (the board's status, against an answer of the weekly
    review). The subject of unpin, restore, unmute, unread and resubscribe is the intervention that each undoes.
    """

    id: str
    kind: str
    commitment: str
    subject: str
    reason: str
    source: str
    at: datetime
    until: datetime | None = None
    payload: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ReadSpan:
    """A time in which relevant sources answered, from the first answer to the last."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class BlindSpan:
    """A time without an answer of a relevant source. begins: the last moment that still counts as read; since, again:
    the last answer before and the first after it; until: when reading made up for it; some: names of the sources."""

    begins: datetime | None
    since: datetime | None
    again: datetime | None
    until: datetime | None
    sources: int
    some: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """The input of one decision. folded: the checkpoint, the verdict up to the start of the live window; signals: the
    live ones; reread: signals that no longer count, each with its new reader; blind: the spans, oldest first."""

    commitment: Commitment
    folded: Verdict
    signals: tuple[Signal, ...]
    interventions: tuple[Intervention, ...]
    published: Verdict
    reread: Mapping[str, ReadBy] = field(default_factory=dict)
    blind: tuple[BlindSpan, ...] = ()
    parts: tuple[Verdict, ...] = ()
    """The published verdicts of the parts that make it up, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and its changes, with all reasons. next_due: when time alone could change it, or None."""

    verdict: Verdict
    transitions: tuple[Transition, ...]
    reasons: tuple[Reason, ...]
    next_due: datetime | None
