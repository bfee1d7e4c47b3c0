"""The nouns of the program: frozen values without behaviour beyond what they are.

Words follow the project's glossary (in README.md). Times are aware UTC; `seen_at` is ours, `published_at` theirs;
`happened` is an interval, because a bare date may be any moment of its day in the publisher's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.domain.cadence import Cadence
from monitor.domain.change import Change
from monitor.domain.news import (
    DateRead,
    Day,
    Entry,
    Happened,
    Outlet,
    Publisher,
    Quantity,
    Signal,
    Story,
)  # fmt: skip
from monitor.domain.policy import Policy
from monitor.domain.reasons import NOTHING, UNEXPLAINED, Detail, Reason
from monitor.domain.words import (
    BAD,
    GOOD,
    PRECEDENCE,
    By,
    Cause,
    Effect,
    FlagKind,
    Kind,
    Modality,
    Outlook,
    ReasonCode,
    Says,
    Severity,
    Standing,
    Status,
    Tier,
    TransitionKind,
    Way,
)

__all__ = [
    "BAD", "GOOD", "PRECEDENCE", "Act", "Baseline", "By", "Case", "Cause", "Change", "Commitment", "DateRead",
    "Day", "Deadline", "Decision", "Detail", "Effect", "Entry", "Flag", "FlagKind", "Happened", "Kind", "Message",
    "Modality", "Outlet", "Outlook", "Policy", "Progress", "Publisher", "Quantity", "Reading", "Reason",
    "ReasonCode", "Route", "Says", "Severity", "Signal", "Standing", "Status", "Story", "Target", "Tier", "Transition",
    "TransitionKind", "Verdict", "Way",
]  # fmt: skip


# ---------------------------------------------------------------- what is promised


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date a commitment hangs on. what: its name ("truce", "12 Mt"). kind: due or expiry. state: current, claimed, superseded, met, lapsed."""

    what: str
    kind: str
    date: Day
    said_by: str
    state: str = "current"
    precision: str = "day"
    since: Day | None = None
    evidence: tuple[str, ...] = ()
    noticed: int | None = None
    """The nearest notice already due, in days before the date (30, 7, 1); 0 once the date has passed."""


@dataclass(frozen=True, slots=True)
class Target:
    """How much is owed in one period. amount in base units (tonnes, dollars)."""

    amount: float
    unit: str
    basis: str
    start: date
    due: date
    label: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where a commitment stood on a date, as a person read it from the source named."""

    as_of: date
    standing: Standing
    source: str
    outlook: Outlook = Outlook.STEADY
    since: date | None = None
    note: str = ""
    steps: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise of a deal. A part's id starts with its parent's id and a hyphen."""

    id: str
    deal: str
    name: str
    short: str
    kind: Kind
    owed_by: str
    """us, cn, both, company or others: whose act fulfils it."""
    baselines: tuple[Baseline, ...]
    criteria: tuple[tuple[str, str], ...] = ()
    """(status, what it takes), as printed in alerts."""
    targets: tuple[Target, ...] = ()
    steps: tuple[str, ...] = ()
    partly_met_by: tuple[str, ...] = ()
    """The steps that fulfil a part of it."""
    grace_days: int = 0
    after_met: tuple[Effect, ...] = ()
    """Once met, only these effects still count; empty: all do."""
    stale_days: int = 60
    owner: str = ""


# ---------------------------------------------------------------- verdicts


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
class Reading:
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
    def single(self) -> bool:
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
    readings: tuple[Reading, ...] = ()

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
class Cited:
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
    way: Way
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
    cited: tuple[Cited, ...] = ()
    """Its signals as they were read then: a later edit of the rules may read them otherwise."""

    @property
    def kind(self) -> TransitionKind:
        return self.change.kind


@dataclass(frozen=True, slots=True)
class Act:
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
class Case:
    """All that one verdict depends on: the definition, the verdict folded up to the window, live signals, acts, and what is published."""

    commitment: Commitment
    folded: Verdict
    signals: tuple[Signal, ...]
    acts: tuple[Act, ...]
    published: Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict now, what changed against the published one, why (and why not), and when time alone could change it next."""

    verdict: Verdict
    transitions: tuple[Transition, ...]
    reasons: tuple[Reason, ...]
    next_due: datetime | None


# ---------------------------------------------------------------- messages


@dataclass(frozen=True, slots=True)
class Route:
    """Who hears of what, where and when. quiet: (from, to) as 'HH:MM' in zone; digest: when one comes, or None.

    stage: experimental hears what rules on trial match, and nothing else. further: who else says what was told is a reply, and
    not left to the digest.
    """

    name: str
    channel: str
    to: str
    commitments: tuple[str, ...] = ("*",)
    least_severity: Severity = Severity.NOTABLE
    zone: str = "UTC"
    quiet: tuple[str, str] | None = None
    digest: Cadence | None = None
    stage: str = "stable"
    further: bool = False

    @property
    def written(self) -> str:
        return as_written(self.name)


def as_written(route: str) -> str:
    """A route's name as config.toml has it: a further mail address of 'desk' is a route of its own, 'desk/boss@company.org'."""
    return route.partition("/")[0]


FURTHER = "further evidence"
NOTICE = "notice"
"""The kind of a message that tells no change, but who else says what was told."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell one route. `id` is the same however often it is computed from the same transitions.

    kind: alert, confirmation, correction, summary (released after quiet hours), further evidence (for what was told), digest.
    not_before: earliest moment to send (quiet hours); held: waits for a person (a rule edit caused it); waited: why it comes
    only now, where quiet hours kept several changes back.
    """

    id: str
    kind: str
    route: str
    channel: str
    to: str
    transitions: tuple[Transition, ...]
    commitment: str
    at: datetime
    not_before: datetime | None = None
    held: bool = False
    note: str = ""
    waited: str = ""
    also: tuple[str, ...] = ()
    """Signals beside the evidence of the changes that say the same; of further evidence, all it tells."""
