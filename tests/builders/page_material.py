"""What the pages of a small deal are made from: a promise with a part and another promise, a short history and its
evidence."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from monitor.domain.matching.rules import Deal
from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model.commitments import Baseline, Deadline
from monitor.domain.model.enums import Direction, Effect, FlagKind, Kind, Outlook, Says, Standing, Tier, TransitionKind
from monitor.domain.model.news import Signal
from monitor.domain.model.verdicts import CitedSignal, Flag, PublishedVerdict, Transition, Verdict
from monitor.domain.pages.material import OwnMaterial, SiteMaterial
from tests.builders.message_values import NOW, Known, commitment, context, counts, move, signal, story, verdict

SOY, PART, TRUCE = "soybean-purchases", "soybean-purchases-annual", "truce"
BEGUN = NOW - timedelta(days=60)
"""The first recorded change."""


def ago(days: float) -> Any:
    return NOW - timedelta(days=days)


def cited(of: Signal, **changes: Any) -> CitedSignal:
    """A signal as it read when a change was recorded."""
    plain = CitedSignal(of.id, of.effect, of.rule, of.rule_version, of.quote)
    return replace(plain, **changes)


def history() -> tuple[Transition, ...]:
    """In progress two months ago, an event of note three weeks ago, at risk since today."""
    first = move("t0", frm="pledged", to="in_progress", way=Direction.UP, at=BEGUN, happened=BEGUN, evidence=("s0",))
    first = replace(first, outlook=Outlook.STEADY)
    note = move(
        "t1", TransitionKind.EVENT, "", "progress", way=Direction.UP, at=ago(21), happened=ago(21), evidence=("s1",)
    )
    return first, replace(note, outlook=Outlook.STEADY), move("t2", evidence=("s2",))


def published(*verdicts: tuple[float, Verdict]) -> tuple[PublishedVerdict, ...]:
    """Verdicts with the days ago at which they were published."""
    return tuple(PublishedVerdict(ago(days), of) for days, of in verdicts)


def signals(**changes: Any) -> dict[str, Signal]:
    """A sentence a change; `changes` are those of all of them."""
    told = (
        ("s0", Effect.PROGRESS, "Importers book the first cargoes of the season", 60),
        ("s1", Effect.PROGRESS, "State buyers order four more cargoes", 21),
        ("s2", Effect.SETBACK, "Buyers have put off two cargoes", 0),
    )
    return {key: signal(key, f"of-{key}", effect=effect, quote=quote, **changes) for key, effect, quote, days in told}


def material(**changes: Any) -> SiteMaterial:
    """The material of the site; changes of the context's parts (signals, stories, verdicts, rules ...) are told from
    those of the site. rulebook: the version of the rules."""
    steady = verdict(
        standing=Standing.IN_PROGRESS,
        since=BEGUN,
        outlook=Outlook.STEADY,
        outlook_since=None,
        flags=(),
        evidence=("s0",),
    )
    soy = verdict(
        since=BEGUN,
        flags=(Flag(FlagKind.UNCONFIRMED, "cn", NOW),),
        progress=counts(("USDA", 4e6, 4e6), ("customs", 3e6, 3e6)),
        evidence=("s0",),
        outlook_evidence=("s2",),
    )
    found = signals()
    known: dict[str, Any] = {
        "signals": found,
        "stories": {each.story: story(each.story, title=each.quote) for each in found.values()},
        "commitments": {
            SOY: commitment(),
            PART: commitment(PART, short="Soybeans 25 Mt a year", topic="Yearly soybeans", targets=()),
            TRUCE: commitment(
                TRUCE, short="Truce", name="Both keep the truce", kind=Kind.STANDING, owed_by="cn+us", targets=()
            ),
        },
        "verdicts": {
            SOY: soy,
            PART: verdict(
                PART, standing=Standing.PLEDGED, outlook=Outlook.STEADY, outlook_since=None, flags=(), deadlines=()
            ),
            TRUCE: verdict(
                TRUCE,
                standing=Standing.IN_FORCE,
                outlook=Outlook.STEADY,
                outlook_since=None,
                flags=(),
                deadlines=(Deadline("truce", "expiry", date(2026, 4, 1), "cn+us"),),
            ),
        },
    }
    known["publishers"] = Known(Tier.WIRE)
    known |= {name: changes.pop(name) for name in [*changes] if name in (*known, "rules", "now", "publishers")}
    site: dict[str, Any] = {
        "history": {SOY: history()},
        "published": {SOY: published((60, steady), (0, soy))},
        "interventions": {},
        "sources": (SourceHealth("Harbour Wire", "ok"), SourceHealth("Ministry", "ok")),
        "last_read": NOW,
        "title": "Deal commitments",
        "base_url": "",
        "rules": changes.pop("rulebook", "v1"),
        "program": "1.0",
        "deals": {
            "sample": Deal("sample", "A sample deal", glossary={"b list": "Barred firms.", "A pact": "The deal."})
        },
    }
    return SiteMaterial(**{"context": context(**known), **site, **changes})


def own(name: str = SOY, **changes: Any) -> OwnMaterial:
    """What concerns one commitment of it."""
    return OwnMaterial.of(material(**changes), name)


def from_china(**changes: Any) -> dict[str, Any]:
    """The fields of a sentence in Chinese that a ministry says."""
    return {"says": Says("cn"), "origin": "MOFCOM", "quote": "采购按计划进行", **changes}


def without_record() -> dict[str, Any]:
    """The changes of the material of a commitment on which nothing was recorded: it rests on its baseline."""
    day = date(2025, 11, 1)
    base = Baseline(day, Standing.PLEDGED, "https://example.org/text", note="Promised in the joint text")
    return {"history": {}, "published": {}, "commitments": {SOY: commitment(baselines=(base,))}}


def unconfirmed() -> Flag:
    return Flag(FlagKind.UNCONFIRMED, "cn", NOW)
