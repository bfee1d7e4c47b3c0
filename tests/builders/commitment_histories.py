"""Courses of events: signals and interventions of people about commitments of every kind, for properties to run along.

They are made to reach what is rare: dates that pass, grace, lapses, new periods, counts, denials, doubts that clear,
reports that come too late, bare dates, pins that end. `test_properties` holds them to that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from monitor.domain.model.commitments import Baseline, Commitment
from monitor.domain.model.enums import Effect, Kind, Modality, Outlook, Says, Standing, Tier
from monitor.domain.model.news import DateMention, EventTime, Quantity, Signal
from monitor.domain.model.verdicts import DecisionInput, Intervention, Transition, Verdict
from monitor.domain.verdicts.decide import checkpoint_verdict, decide, initial_verdict
from tests.builders.domain_values import at, commitment, due, expiry, rulebook, signal, target

BEGIN, END = at("2025-10-02"), at("2026-01-20")
SPAN_H = 62 * 24
"""Hours after BEGIN within which things happen; what time does to them afterwards is run to END."""
STEPS = ("agreed", "signed", "closed")


def _base(standing: Standing, **changed: Any) -> tuple[Baseline, ...]:
    return (replace(Baseline(date(2025, 10, 1), standing, "https://example.org/baseline"), **changed),)


COMMITMENTS = (
    commitment(stale_days=24),
    commitment(
        owed_by="cn",
        stale_days=30,
        grace_days=9,
        baselines=_base(Standing.IN_FORCE, deadlines=(expiry("2025-11-18"),), unconfirmed=("cn",)),
    ),
    commitment(
        Kind.QUANTITY,
        "cn",
        stale_days=24,
        grace_days=9,
        after_met=(Effect.BREACH,),
        targets=(target(100, "2025-10-01", "2025-11-10"), target(60, "2025-11-11", "2025-12-20")),
        baselines=_base(Standing.PLEDGED, deadlines=(due("2025-11-10", what="100 t"), due("2025-12-20", what="60 t"))),
    ),
    commitment(
        Kind.MILESTONE,
        "company",
        stale_days=30,
        grace_days=9,
        steps=STEPS,
        baselines=_base(
            Standing.IN_PROGRESS, outlook=Outlook.STALLED, deadlines=(due("2025-11-14", said_by="company"),)
        ),
    ),
    commitment(Kind.SERIES, stale_days=24, baselines=_base(Standing.PLEDGED)),
)
SALE = COMMITMENTS[2]
BOOK = rulebook(SALE)
VOICES = (
    (Says("us"), "White House", Tier.OFFICIAL),
    (Says("cn"), "MOFCOM", Tier.OFFICIAL),
    (Says.COMPANY, "Oracle", Tier.WIRE),
    (Says.PRESS, "Reuters", Tier.WIRE),
    (Says.PRESS, "Bloomberg", Tier.WIRE),
    (Says("cn"), "Xinhua", Tier.STATE_MEDIA),
    (Says.DATA, "USDA data", Tier.OFFICIAL),
    (Says.PRESS, "a blog", Tier.UNKNOWN),
)
EFFECTS = (*Effect, Effect.DELIVERED, Effect.PROGRESS, Effect.PLEDGE, Effect.DEADLINE, Effect.BREACH)
DATES = (date(2025, 11, 18), date(2025, 12, 20), date(2025, 12, 28), date(2026, 1, 10))
ZONES = (ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai"))
DELAYS = tuple(timedelta(**wait) for wait in ({}, {}, {"minutes": 40}, {"hours": 30}, {"days": 5}, {"days": 46}))


@dataclass(frozen=True, slots=True)
class Course:
    """A commitment, what is reported of it and what people do about it, in no order."""

    commitment: Commitment
    signals: tuple[Signal, ...]
    interventions: tuple[Intervention, ...] = ()

    @property
    def start(self) -> Verdict:
        return initial_verdict(self.commitment, BEGIN)

    def case(
        self, now: datetime = END, published: Verdict | None = None, folded: Verdict | None = None
    ) -> DecisionInput:
        """What is known at `now`."""
        seen = tuple(s for s in self.signals if s.seen_at <= now)
        interventions = tuple(intervention for intervention in self.interventions if intervention.at <= now)
        return DecisionInput(self.commitment, folded or self.start, seen, interventions, published or self.start)


def _moment(hours: int) -> datetime:
    return BEGIN + timedelta(hours=hours)


QUIRKS = ("", "", "", "", "denied", "denied", "rumour", "terms", "lasts", "date", "stall", "experimental")
AMOUNTS = (
    (20, True, "booked"),
    (55, True, "booked"),
    (70, True, "booked"),
    (104, True, "booked"),
    (35, False, "booked"),
    (60, True, "shipped"),
    (30, True, ""),
    (0, False, ""),
)


@st.composite
def _happened(draw: st.DrawFn) -> tuple[EventTime, datetime]:
    """When it happened, and when we heard of it: of a bare date mostly before its day is over."""
    moment, zone = _moment(draw(st.integers(1, SPAN_H))), draw(st.sampled_from((None, None, None, *ZONES)))
    seen = moment + draw(st.sampled_from(DELAYS))
    if zone is None:
        return EventTime(moment, moment), seen
    first, last = (datetime.combine(moment.date(), edge, zone).astimezone(UTC) for edge in (time.min, time.max))
    return EventTime(first, last), seen


@st.composite
def _signal(draw: st.DrawFn, of: Commitment, number: int) -> Signal:
    says, origin, tier = draw(st.sampled_from(VOICES))
    happened, seen = draw(_happened())
    effect, quirk, rule = draw(st.sampled_from(EFFECTS)), draw(st.sampled_from(QUIRKS)), draw(st.integers(0, 1))
    amount, reading, basis = draw(st.sampled_from(AMOUNTS)) if of.kind is Kind.QUANTITY else (0, False, "")
    day = draw(st.sampled_from(DATES)) if effect is Effect.DEADLINE or quirk == "date" else None
    return replace(
        signal(effect, "2025-10-02", id=f"s{number:02}", rule=f"truce/{rule}"),
        says=says,
        origin=origin,
        tier=tier,
        happened=happened,
        seen_at=seen,
        denied=quirk == "denied",
        modality=Modality.RUMOUR if quirk == "rumour" else Modality.DONE,
        experimental=quirk == "experimental",
        object=draw(st.sampled_from(of.steps)) if of.steps else "stall" if quirk == "stall" else "",
        terms="a new order" if quirk == "terms" else "",
        lasts=365.0 if quirk == "lasts" else None,
        quantity=Quantity(amount, amount, "t", basis, "calendar-2025", reading) if amount else None,
        date=DateMention(day, role="expiry" if of.kind is Kind.STANDING else "due") if day else None,
    )


@st.composite
def _act(draw: st.DrawFn, number: int, some: tuple[Signal, ...]) -> Intervention:
    made = at_hour = _moment(draw(st.integers(1, SPAN_H)))
    kind = draw(st.sampled_from(("pin", "unpin", "reject", "reject")))
    subject, until, word = "", None, ""
    if kind == "reject":
        rejected = draw(st.sampled_from(some))
        subject, made = rejected.id, rejected.seen_at + timedelta(days=draw(st.integers(0, 20)))
    if kind == "pin":
        word = draw(st.sampled_from((*Standing, Outlook.AT_RISK, Outlook.STALLED))).value
        until = at_hour + timedelta(days=draw(st.integers(1, 30))) if draw(st.booleans()) else None
    return Intervention(f"a{number}", kind, "truce", subject, "the text of the treaty", "the desk", made, until, word)


@st.composite
def courses(draw: st.DrawFn, most: int = 10, *, interventions: bool = True) -> Course:
    of = draw(st.sampled_from((*COMMITMENTS, SALE)))
    some = tuple(draw(_signal(of, number)) for number in range(draw(st.integers(1, most))))
    return Course(of, some, tuple(draw(_act(n, some)) for n in range(draw(st.integers(0, 3)) if interventions else 0)))


@dataclass(frozen=True, slots=True)
class History:
    """What a monitor recorded along a course, and where each commitment stood at the end. looks: when it decided."""

    transitions: tuple[Transition, ...]
    verdict: Verdict
    looks: tuple[datetime, ...]


def lived(course: Course, extra: Iterable[datetime] = (), *, folds: bool = False) -> History:
    """The course as a monitor lives it: it decides when something comes in, when time alone may change something, and
    at the extra moments. folds: what leaves the live window is folded away, a day at a time, as a review does it."""
    comes = (
        {s.seen_at for s in course.signals} | {intervention.at for intervention in course.interventions} | set(extra)
    )
    waiting = sorted(moment for moment in comes if BEGIN < moment < END)
    verdict, folded, folded_to, now = course.start, course.start, BEGIN, BEGIN
    found: list[Transition] = []
    looks: list[datetime] = []
    while True:
        case = course.case(now, verdict, folded)
        edge = datetime.combine((now - timedelta(days=BOOK.policy.live_days)).date(), time(), UTC)
        if folds and edge - folded_to >= timedelta(days=1):
            folded, folded_to = checkpoint_verdict(case, {}, BOOK, edge), edge
            case = replace(case, folded=folded)
        decision = decide(kept(case, folded_to), {}, BOOK, now)
        verdict, looks = decision.verdict, [*looks, now]
        found += decision.transitions
        waiting = [moment for moment in waiting if moment > now]
        now = min([*waiting[:1], *([decision.next_due] if decision.next_due else []), END])
        if now >= END:
            return History(tuple(found), verdict, tuple(looks))


def kept(case: DecisionInput, folded_to: datetime) -> DecisionInput:
    """The case without the signals that are older than the fold by more than a voice carries."""
    margin = folded_to - timedelta(days=BOOK.policy.memory_days)
    return replace(case, signals=tuple(s for s in case.signals if s.happened.end > margin))


def reached(course: Course, history: History) -> set[str]:
    """Names of what is rare and was met along the way."""
    verdict = history.verdict
    words = {f"standing {t.standing.value}" for t in history.transitions}
    words |= {f"flag {flag.kind.value}" for flag in verdict.flags} | {
        f"flag {f.kind.value}" for t in history.transitions for f in t.flags
    }
    words |= {f"{t.kind.value} by {t.cause.value}" for t in history.transitions}
    words |= {f"reason {t.reason.code}" for t in history.transitions}
    words |= {f"date {d.state}" for d in verdict.deadlines} | {
        f"outlook {t.outlook.value}" for t in history.transitions
    }
    words |= {f"intervention {intervention.kind}" for intervention in course.interventions}
    if verdict.progress and verdict.progress.counted:
        words.add("counted")
    return words
