"""Small makers of what a message is made from: commitments, verdicts, stories, and the alert or digest about them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.alert import alert_brief
from monitor.domain.messages.briefs import AlertBrief, DigestBrief, SourceHealth
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.brief import digest_brief
from monitor.domain.model.commitments import Baseline, Commitment, Deadline, Target
from monitor.domain.model.enums import (
    Cause,
    Direction,
    Effect,
    FlagKind,
    Kind,
    Outlook,
    ReasonCode,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import EventTime, Outlet, Publisher, Signal, Story
from monitor.domain.model.policy import Policy
from monitor.domain.model.routes import Message, Route
from monitor.domain.model.verdicts import Flag, Observation, Progress, Transition, Verdict
from tests.builders.domain_values import PARTIES, change, reason

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
SINCE = datetime(2025, 11, 10, 5, 0, tzinfo=UTC)


class Known:
    """Publishers by the name given, as the rulebook's would find them."""

    def __init__(self, tier: Tier = Tier.UNKNOWN) -> None:
        self.tier = tier

    def find(self, source: str, url: str = "") -> Publisher:
        return Publisher(name=source, tier=self.tier)

    def shortened(self, words: str) -> str:
        return words


def commitment(key: str = "soybean-purchases", **changes: Any) -> Commitment:
    plain = Commitment(
        id=key,
        deal="sample",
        name="China buys 12 million tonnes of US soybeans",
        short="Soybeans 12 Mt",
        kind=Kind.QUANTITY,
        owed_by="cn",
        baselines=(Baseline(date(2025, 11, 1), Standing.PLEDGED, "https://example.org/text"),),
        criteria=(("at_risk", "Orders are put off or made to hang on a condition."),),
        targets=(Target(12e6, "t", "booked", date(2025, 11, 1), date(2026, 6, 30), "first half"),),
    )
    return replace(plain, **changes)


def verdict(key: str = "soybean-purchases", **changes: Any) -> Verdict:
    plain = Verdict(
        key,
        Standing.IN_PROGRESS,
        SINCE,
        date(2025, 11, 1),
        Outlook.AT_RISK,
        NOW,
        flags=(Flag(FlagKind.UNCONFIRMED, "cn", NOW),),
        deadlines=(Deadline("12 Mt booked", "due", date(2026, 6, 30), "cn+us"),),
        last_evidence=NOW,
    )
    return replace(plain, **changes)


def story(key: str, source: str = "Harbour Wire", others: Sequence[str] = (), **changes: Any) -> Story:
    plain = Story(
        key,
        NOW,
        NOW,
        source,
        f"https://news.example/{key}",
        "Two cargoes put off",
        "",
        "en",
        outlets=tuple(Outlet(name, "", NOW + timedelta(minutes=at), NOW) for at, name in enumerate(others)),
    )
    return replace(plain, **changes)


def signal(key: str, of: str, **changes: Any) -> Signal:
    plain = Signal(
        key,
        of,
        "r1",
        "soybean-purchases",
        Effect.SETBACK,
        "soybean-purchases.postponed",
        "3f9c1a",
        "Buyers have put off two cargoes",
        "title",
        0,
        10,
        EventTime(NOW, NOW),
        NOW,
        says=Says("us"),
        origin="US Treasury",
    )
    return replace(plain, **changes)


def move(
    key: str = "t1",
    kind: TransitionKind = TransitionKind.STATUS,
    frm: str = "in_progress",
    to: str = "at_risk",
    **changes: Any,
) -> Transition:
    why = reason("Two cargoes are put off over the tariff question.", code=ReasonCode.SETBACK)
    plain = Transition(
        key,
        "soybean-purchases",
        change(kind, frm, to),
        Direction.DOWN,
        Standing.IN_PROGRESS,
        Outlook.AT_RISK,
        Cause.NEWS,
        why,
        NOW,
        NOW,
        Severity.NOTABLE,
        evidence=("s1",),
    )
    return replace(plain, **changes)


def route(**changes: Any) -> Route:
    return replace(Route("trade desk", "email", "desk@example.org"), **changes)


def message(*moves: Transition, **changes: Any) -> Message:
    plain = Message("m1", "alert", "trade desk", "email", "desk@example.org", moves, "soybean-purchases", NOW)
    return replace(plain, **changes)


def context(**changes: Any) -> RenderContext:
    """What a message about the sample commitment is built from, in UTC."""
    known: dict[str, Any] = {
        "signals": {"s1": signal("s1", "a")},
        "stories": {"a": story("a", others=("Dock News", "Xing Daily"))},
        "publishers": Known(),
        "policy": Policy(),
        "now": NOW,
        "rules": {
            "soybean-purchases.postponed": RuleInfo(
                "soybean-purchases.postponed", "soybean-purchases", "3f9c1a", "rules/sample/soy.yaml", 41
            )
        },
        "commitments": {"soybean-purchases": commitment()},
        "verdicts": {"soybean-purchases": verdict()},
    }
    return RenderContext(**{**known, "zone": "UTC", "parties": PARTIES, **changes})


def brief(of: Message | None = None, **changes: Any) -> AlertBrief:
    to, history = changes.pop("route", route()), changes.pop("history", ())
    return alert_brief(of or message(move()), context(**changes, zone=to.zone), to, history)


def counts(*readings: tuple[str, float, float | None]) -> Progress:
    rows = tuple(Observation(name, low, high, "t", "booked", "", NOW, "a") for name, low, high in readings)
    return Progress(4e6, 0, 10e6, 12e6, "t", "booked", "first half", rows)


def digest(**changes: Any) -> DigestBrief:
    flags = (Flag(FlagKind.CONTESTED, "orders", NOW, evidence=("s1",)), Flag(FlagKind.OVERDUE, "12 Mt", NOW))
    known: dict[str, Any] = {
        "signals": {"s1": signal("s1", "a")},
        "stories": {"a": story("a")},
        "rules": {},
        "publishers": Known(Tier.WIRE),
        "policy": Policy(),
        "commitments": {
            "soybean-purchases": commitment(),
            "truce": commitment("truce", short="Truce", name="Both keep the truce", targets=()),
        },
        "verdicts": {
            "soybean-purchases": verdict(flags=flags),
            "truce": verdict(
                "truce",
                standing=Standing.IN_FORCE,
                outlook=Outlook.STEADY,
                flags=(),
                deadlines=(Deadline("truce", "expiry", date(2026, 4, 1), "cn+us"),),
            ),
        },
    }
    rows: dict[str, Any] = {
        "transitions": (move(),),
        "history": (move(at=NOW - timedelta(days=3)),),
        "sources": (
            SourceHealth("Harbour Wire", "ok"),
            SourceHealth("Ministry", "failing", NOW - timedelta(days=2), "HTTP 503"),
        ),
    }
    to, end, start = (
        changes.pop("route", route()),
        changes.pop("end", NOW),
        changes.pop("start", NOW - timedelta(days=7)),
    )
    known |= {name: changes.pop(name) for name in [*changes] if name in known}
    return digest_brief(
        RenderContext(**known, now=end, zone=to.zone, parties=PARTIES), to, start, **{**rows, **changes}
    )
