"""Small makers of signals, commitments and cases, so that a test states only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from monitor.domain.matching.rules import Matcher, Rulebook
from monitor.domain.model import (
    Baseline,
    By,
    Change,
    Commitment,
    DateMention,
    Deadline,
    Decision,
    DecisionInput,
    Direction,
    Effect,
    EventTime,
    FlagKind,
    FlagState,
    Kind,
    Modality,
    Outlook,
    Policy,
    Publisher,
    Quantity,
    Reason,
    ReasonCode,
    Says,
    Signal,
    Standing,
    Status,
    Story,
    Target,
    Tier,
    TransitionKind,
    Verdict,
)
from monitor.domain.model.changes import (
    DeadlineMissed,
    DeadlineMoved,
    EventNoted,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StatusChanged,
    StepChanged,
    TermsChanged,
    notation,
)
from monitor.domain.model.publishers import PublisherNames, Publishers
from monitor.domain.model.reasons import Text
from monitor.domain.model.sides import Parties, Side
from monitor.domain.text.automaton import PhraseIndex
from monitor.domain.verdicts.decide import decide, initial_verdict

START = date(2025, 10, 1)
PARTIES = Parties({"us": Side("the US"), "cn": Side("China")}, frozenset({frozenset({"us", "cn"})}))
"""The names of a deal between two governments."""
AT_ONCE = Policy(press_origins=1, outlook_origins=1)
"""The first wire moves all that needs no bar, so that a test can do with one report."""


def at(text: str) -> datetime:
    """ "2025-10-30" or "2025-10-30 09:00" as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def commitment(kind: Kind = Kind.STANDING, owed_by: str = "cn+us", **changed: Any) -> Commitment:
    made = Commitment(
        id="truce",
        deal="deal",
        name="Tariff truce",
        short="Tariff truce",
        kind=kind,
        owed_by=owed_by,
        baselines=(Baseline(START, Standing.UNPLEDGED, "https://example.org/baseline"),),
        stale_days=4000,
        parties=("us", "cn"),
    )
    return replace(made, **changed)


def rulebook(*commitments: Commitment, policy: Policy | None = None) -> Rulebook:
    publishers = Publishers([PublisherNames(Publisher("Reuters", Tier.WIRE, owner="Reuters"))])
    matcher = Matcher(PhraseIndex(()), (), {}, (), ())
    return Rulebook({c.id: c for c in commitments}, publishers, policy or AT_ONCE, "test", {}, matcher)


_number = iter(range(1, 1_000_000))


def signal(effect: Effect, when: str, **changed: Any) -> Signal:
    """A wire's report in its own voice, unless told otherwise."""
    moment = at(when)
    number = changed.pop("id", f"s{next(_number):06}")
    made = Signal(
        id=number,
        story=f"story-{number}",
        revision="r",
        commitment="truce",
        effect=effect,
        rule="truce/act",
        rule_version="v",
        quote=f"{effect} reported",
        field="title",
        start=0,
        end=8,
        happened=EventTime(moment, moment),
        seen_at=moment,
        by=By.UNKNOWN,
        says=Says.PRESS,
        origin="Reuters",
        tier=Tier.WIRE,
        modality=Modality.DONE,
    )
    return replace(made, **changed)


def from_us(effect: Effect, when: str, **changed: Any) -> Signal:
    return signal(effect, when, **{"says": Says("us"), "origin": "White House", "tier": Tier.OFFICIAL, **changed})


def from_cn(effect: Effect, when: str, **changed: Any) -> Signal:
    return signal(effect, when, **{"says": Says("cn"), "origin": "MOFCOM", "tier": Tier.OFFICIAL, **changed})


def tonnes(amount: float, high: float | None = None, **changed: Any) -> Quantity:
    return replace(Quantity(amount, high or amount, "t", basis="booked", reading=True), **changed)


def until(day: str, role: str = "expiry") -> DateMention:
    return DateMention(date.fromisoformat(day), role=role)


def expiry(day: str, said_by: str = "cn+us", state: str = "current", what: str = "truce") -> Deadline:
    return Deadline(what, "expiry", date.fromisoformat(day), said_by, state)


def due(day: str, said_by: str = "cn+us", state: str = "current", what: str = "delivery") -> Deadline:
    return Deadline(what, "due", date.fromisoformat(day), said_by, state)


def target(amount: float, start: str, end: str) -> Target:
    return Target(amount, "t", "booked", date.fromisoformat(start), date.fromisoformat(end), label=f"{amount:.0f} t")


def verdict(of: Commitment, **changed: Any) -> Verdict:
    return replace(initial_verdict(of, at("2025-10-02")), **changed)


ENDS = {
    TransitionKind.STATUS: ("pledged", "in_force"),
    TransitionKind.DEADLINE: ("2026-01-10", "2026-02-10"),
    TransitionKind.PROGRESS: ("7%", "15%"),
    TransitionKind.TERMS: ("", "orders"),
    TransitionKind.FLAG: ("", "unconfirmed"),
    TransitionKind.EVENT: ("", ""),
}


def change(kind: TransitionKind = TransitionKind.STATUS, frm: str | None = None, to: str | None = None) -> Change:
    """The change that this notation stands for, or the usual one of its kind. "withdrawn" as `to`: its report was
    retracted."""
    usual_old, usual_new = ENDS[kind]
    old, new = usual_old if frm is None else frm, usual_new if to is None else to
    end = None if new == "withdrawn" else new
    match kind:
        case TransitionKind.STATUS:
            return StatusChanged(_status(old), _status(new))
        case TransitionKind.TERMS:
            return TermsChanged((old,) if old else (), end)
        case TransitionKind.FLAG:
            state = FlagState(new) if new in list(FlagState) else FlagState.RAISED
            return FlagChanged(FlagKind(old or new), "", FlagState.RAISED if old else None, state)
        case TransitionKind.PROGRESS if new.endswith("%"):
            return ShareChanged(_share(old), _share(new))
        case TransitionKind.PROGRESS:
            return StepChanged(old or None, end)
        case TransitionKind.DEADLINE if new == "missed":
            return DeadlineMissed("", date.fromisoformat(old))
        case TransitionKind.DEADLINE if new.startswith("due in "):
            return NoticeDue("", date.fromisoformat(old), int(new.split()[2]))
        case TransitionKind.DEADLINE:
            return DeadlineMoved("", _day(old), _day(end))
        case TransitionKind.EVENT:
            return EventNoted(Effect.SETBACK, By("us"))


def _status(word: str) -> Status:
    return Outlook(word) if word in list(Outlook) else Standing(word)


def _share(percent: str) -> float:
    return float(percent.removesuffix("%")) / 100 if percent else 0.0


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def reason(text: str, *signals: str, code: ReasonCode = ReasonCode.STATUS) -> Reason:
    return Reason(code, Text(text), signals)


def decided(
    of: Commitment,
    signals: list[Signal],
    now: str,
    *,
    published: Verdict | None = None,
    policy: Policy | None = None,
    interventions: tuple[Any, ...] = (),
    stories: dict[str, Story] | None = None,
    book: Rulebook | None = None,
) -> Decision:
    """decide() for one commitment from its baseline."""
    start = initial_verdict(of, at("2025-10-02"))
    case = DecisionInput(of, start, tuple(signals), interventions, published or start)
    return decide(case, stories or {}, book or rulebook(of, policy=policy), at(now))


quantity_commitment = partial(commitment, Kind.QUANTITY, "cn")


def in_force(*deadlines: Deadline, **changed: Any) -> Commitment:
    """A truce in force from the start, with these deadlines."""
    base = commitment()
    return commitment(
        baselines=(replace(base.baselines[0], standing=Standing.IN_FORCE, deadlines=deadlines),), **changed
    )


def dates(decision: Decision, state: str) -> list[tuple[str, str]]:
    """The deadlines of a verdict in one state: date and who stands behind it."""
    return [(d.date.isoformat(), d.said_by) for d in decision.verdict.deadlines if d.state == state]


def deadline_moves(decision: Decision) -> list[tuple[str, str, Direction]]:
    """The moves of deadlines that a decision records: from, to, direction."""
    return [(*notation(t.change), t.way) for t in decision.transitions if t.kind is TransitionKind.DEADLINE]


def pledged() -> tuple[Baseline, ...]:
    """A baseline that is pledged and no more."""
    return (replace(commitment().baselines[0], standing=Standing.PLEDGED),)
