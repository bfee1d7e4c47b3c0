"""The act behind a trouble: one choice for mails, digests and pages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from monitor.domain.messages.cause import blow_behind, told_by
from monitor.domain.model import Signal
from monitor.domain.model.enums import By, Effect, Level, Outlook, Says, Standing, Tier
from monitor.domain.model.news import EventTime
from tests.builders.message_values import NOW, Known, commitment, context, signal, story, verdict

TROUBLED: dict[str, Any] = {
    "standing": Standing.IN_FORCE,
    "outlook": Outlook.AT_RISK,
    "outlook_since": NOW - timedelta(days=4),
    "since": NOW - timedelta(days=40),
    "deadlines": (),
}
OUTLETS = ("Harbour Wire", "Port News", "Grain Post")


def blow(key: str, by: str, hours: int = 0, outlets: int = 1, **changes: Any) -> list[Signal]:
    """A threat of one side, in this many outlets."""
    at = NOW - timedelta(days=3) + timedelta(hours=hours)
    own = {"by": By(by), "says": Says.PRESS, "effect": Effect.THREAT, "rule": f"soybean-purchases/{key}"} | changes
    return [replace(signal(f"{key}-{n}", f"{key}-{n}", **own), happened=EventTime(at, at)) for n in range(outlets)]


def cause_of(
    *blows: Sequence[Signal],
    owed_by: str = "cn+us",
    quoted: Sequence[str] = (),
    titles: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The key of the blow behind a trouble that all these reports are evidence of."""
    signals = {each.id: each for own in blows for each in own}
    told = {key: story(key, OUTLETS[int(key[-1])], title=titles.get(key, "Threats over cargoes")) for key in signals}
    stands = verdict(**TROUBLED, outlook_evidence=tuple(signals))
    owing = {"soybean-purchases": commitment(owed_by=owed_by)}
    known = context(signals=signals, stories=told, commitments=owing, publishers=Known(Tier.WIRE))
    found = blow_behind(stands, known, quoted)
    return found.id.partition("-")[0] if found else ""


def test_what_most_outlets_tell_is_behind_a_trouble() -> None:
    assert cause_of(blow("echo", "us", hours=9), blow("tariff", "us", outlets=3)) == "tariff"


def test_an_order_comes_before_other_acts_and_a_deed_before_a_threat() -> None:
    threat, deed = blow("threat", "us", outlets=3), blow("deed", "us", effect=Effect.SETBACK)
    assert cause_of(threat, deed) == "deed"
    order = blow("order", "us", effect=Effect.SETBACK, level=Level.ORDER)
    assert cause_of(threat, blow("deed", "us", outlets=3, effect=Effect.SETBACK), order) == "order"


def test_what_a_side_that_owes_the_promise_does_comes_before_acts_of_others() -> None:
    of_owing, of_other = blow("own", "cn"), blow("other", "us", outlets=3)
    assert cause_of(of_owing, of_other, owed_by="cn") == "own"
    assert cause_of(of_owing, blow("court", "unknown", outlets=3)) == "own", "a side can end its own act"


def test_a_headline_that_judges_what_a_deed_may_bring_is_no_cause_if_another_deed_is_told() -> None:
    judged = {"judged-0": "Standstill puts the growers in peril"}
    deeds = blow("deed", "cn", effect=Effect.SETBACK), blow("judged", "us", 90, effect=Effect.SETBACK)
    assert cause_of(*deeds) == "judged"
    assert cause_of(*deeds, titles=judged) == "deed"
    assert cause_of(deeds[1], titles=judged) == "judged"
    threats = blow("threat", "cn"), blow("judged", "us", 90)
    assert cause_of(*threats, titles=judged) == "judged", "a threat is of what may come"


def test_the_act_that_came_first_is_the_cause_and_not_the_answer_of_the_other_side() -> None:
    act = blow("act", "us")
    assert cause_of(act, blow("answer", "cn", hours=20, outlets=2)) == "act"
    assert cause_of(act, blow("answer", "cn", hours=20, outlets=3)) == "answer", "hardly anybody told of the first"
    assert cause_of(act, blow("answer", "cn", hours=90)) == "answer", "it answers nothing so old"
    lesser = blow("warning", "cn", tier=Tier.TRADE)
    assert cause_of(lesser, blow("vow", "us", hours=1, tier=Tier.WIRE)) == "vow"


def test_of_the_reports_of_the_act_the_one_that_the_reader_sees_is_named() -> None:
    act = blow("act", "us", outlets=3)
    signals = {each.id: each for each in act}
    stories = {key: story(key, OUTLETS[int(key[-1])], title="Threats over cargoes") for key in signals}
    stands = verdict(**TROUBLED, outlook_evidence=tuple(signals))
    found = blow_behind(stands, context(signals=signals, stories=stories), ("act-2",))
    assert found is not None
    assert found.id == "act-2"


def test_without_trouble_there_is_no_cause() -> None:
    act = blow("act", "us")[0]
    steady = verdict(standing=Standing.IN_FORCE, outlook=Outlook.STEADY, outlook_evidence=(act.id,))
    assert blow_behind(steady, context(signals={act.id: act})) is None


def test_a_threat_is_quoted_with_what_it_answers_and_a_deed_by_its_main_clause() -> None:
    title = "Southland vows to guard its farms after the tariff threat of Northland over its ships"
    (act,) = blow("act", "cn")
    known = context(signals={act.id: act}, stories={act.id: story(act.id, title=title)})
    assert told_by(act, known) == f"“{title}” (Harbour Wire)"
    vow = "Southland vows to guard its farms – with every port and road that its ministers can name"
    loose = context(signals={act.id: act}, stories={act.id: story(act.id, title=vow)})
    assert told_by(act, loose) == "“Southland vows to guard its farms” (Harbour Wire)", "no act is answered"
    assert told_by(replace(act, effect=Effect.SETBACK), known) == "“Southland vows to guard its farms” (Harbour Wire)"
