"""Where a commitment stands: verdicts, reasons, transitions, and the case that a decision rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.domain.model.changes import Change
from monitor.domain.model.commitments import Commitment, Deadline
from monitor.domain.model.enums import (
    Cause,
    Direction,
    Effect,
    FlagKind,
    Outlook,
    Severity,
    Standing,
    Status,
    TransitionKind,
)
from monitor.domain.model.news import Signal
from monitor.domain.model.reasons import NOTHING, UNEXPLAINED, Detail, Reason


@dataclass(frozen=True, slots=True)
class Flag:
    """A remark on a verdict, with its evidence (signal ids).

    subject: a deadline, a rule, a standing or outlook; of one that waits for sides, these with commas between them.
    """

    kind: FlagKind
    subject: str
    since: datetime
    detail: Detail = NOTHING
    evidence: tuple[str, ...] = ()

    @property
    def sides(self) -> frozenset[str]:
        """The parts of its subject: where it waits for sides, these."""
        return frozenset(self.subject.split(","))


@dataclass(frozen=True, slots=True)
class Lot:
    """One purchase, in the target's unit, and when it was told of."""

    amount: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Observation:
    """One counter's cumulative count. amount in the target's unit."""

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
    """Whose word it is: two counters of one voice do not bear each other out."""
    lots: tuple[Lot, ...] = ()
    """The single purchases in it that this counter has told of since its last count of all that was done."""

    @property
    def only_lots(self) -> bool:
        """Whether it is a sum of single purchases alone, and no count of all that was done."""
        return bool(self.lots) and sum(lot.amount for lot in self.lots) >= self.amount


@dataclass(frozen=True, slots=True)
class Progress:
    """How much is done: `counted` is the highest reading that meets the evidence bar; low and high span all readings.

    Counts lag: what two independent counters bear is done even while the statistics of record have not reached it.
    """

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
class Verdict:
    """Where a commitment stands, and how we know. evidence: the signal ids behind standing and outlook."""

    commitment: str
    standing: Standing
    since: datetime
    outlook: Outlook = Outlook.STEADY
    outlook_since: datetime | None = None
    why: Reason = UNEXPLAINED
    flags: tuple[Flag, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    progress: Progress | None = None
    steps: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    outlook_evidence: tuple[str, ...] = ()
    last_evidence: datetime | None = None
    terms: tuple[str, ...] = ()
    """Instruments, rates or scopes now in use, as rules name them."""

    @property
    def status(self) -> Status:
        """The one word people read: breached or lapsed, else the outlook if not steady, else the standing."""
        if self.standing in (Standing.BREACHED, Standing.LAPSED) or self.outlook is Outlook.STEADY:
            return self.standing
        return self.outlook


@dataclass(frozen=True, slots=True)
class CitedSignal:
    """A signal as it was read when a change was recorded."""

    signal: str
    effect: Effect
    rule: str
    version: str
    quote: str


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
    outlook_only: bool = False
    """The standing stayed; only the outlook turned."""
    confirms: bool = False
    """Only adds certainty to what was said before: a reply in the thread and a line in the digest."""
    cited: tuple[CitedSignal, ...] = ()
    """Its signals as they were read then: a later edit of the rules may read them otherwise."""

    @property
    def kind(self) -> TransitionKind:
        return self.change.kind


@dataclass(frozen=True, slots=True)
class Intervention:
    """What a person did, and who (`by`), why and until when.

    pin (payload: the word held), unpin (subject: the pin), reject (subject: a signal; payload: what it said), restore
    (subject: the rejection), mute (subject: an id or a pattern of ids), unmute (subject: the mute).
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
class DecisionInput:
    """All that one verdict depends on: the definition, the verdict folded up to the window, live signals, acts, and what is published."""

    commitment: Commitment
    folded: Verdict
    signals: tuple[Signal, ...]
    acts: tuple[Intervention, ...]
    published: Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict now, what changed against the published one, why (and why not), and when time alone could change it next."""

    verdict: Verdict
    transitions: tuple[Transition, ...]
    reasons: tuple[Reason, ...]
    next_due: datetime | None
