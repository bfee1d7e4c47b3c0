"""Parties other than the two governments in a verdict: whose word confirms, who is silent, and who contests whom."""

from typing import Any

from monitor.domain.model import By, Commitment, Effect, FlagKind, Outlook, Policy, Says, Signal, Standing, Tier
from monitor.domain.model.reasons import Disputed, Named, Quoted
from tests.builders.domain_values import commitment, decided, from_us, pledged, signal, until

OF_EU = commitment(owed_by="eu", parties=("eu",), baselines=pledged())
OF_BOTH = commitment(owed_by="eu+us", parties=("eu",), baselines=pledged())


def from_eu(effect: Effect, when: str, **changed: Any) -> Signal:
    spoken: dict[str, Any] = {"says": Says("eu"), "origin": "European Commission", "tier": Tier.OFFICIAL}
    return signal(effect, when, **{**spoken, **changed})


def doubts(of: Commitment, *signals: Signal) -> list[Any]:
    """The speaker of each doubt and the sides that it waits for."""
    found = decided(of, list(signals), "2025-11-12").verdict
    details: list[Any] = [flag.detail for flag in found.flags if flag.kind is FlagKind.UNCONFIRMED]
    return [(d.said_by, d.waiting) if isinstance(d, Named) else (d.speaker.origin, d.silent) for d in details]


def test_a_promise_of_several_waits_for_each_of_them() -> None:
    report, eu = signal(Effect.DELIVERED, "2025-11-10"), from_eu(Effect.DELIVERED, "2025-11-10")
    assert doubts(OF_BOTH, report) == [("Reuters", ("eu", "us"))]
    assert doubts(OF_BOTH, eu) == [("European Commission", ("us",))]
    both = decided(OF_BOTH, [eu, from_us(Effect.DELIVERED, "2025-11-11")], "2025-11-12").verdict
    together = from_eu(Effect.DELIVERED, "2025-11-10", says=Says("eu+us"), origin="European Commission and USTR")
    joint = decided(OF_BOTH, [together], "2025-11-12").verdict
    assert [(found.standing, found.flags) for found in (both, joint)] == [(Standing.IN_FORCE, ())] * 2


def test_a_party_counts_once_however_many_of_its_officials_speak() -> None:
    first = from_eu(Effect.DELIVERED, "2025-11-10")
    second = from_eu(Effect.DELIVERED, "2025-11-11", origin="Council of the EU")
    assert decided(OF_BOTH, [first, second], "2025-11-12").verdict.standing is Standing.PLEDGED


def test_the_party_that_benefits_confirms_what_it_was_owed() -> None:
    of_us = commitment(owed_by="us", parties=("eu",), baselines=pledged())
    found = decided(of_us, [from_eu(Effect.DELIVERED, "2025-11-10")], "2025-11-12").verdict
    assert (found.standing, found.flags) == (Standing.IN_FORCE, ())
    assert decided(of_us, [from_eu(Effect.BREACH, "2025-11-10")], "2025-11-12").verdict.standing is Standing.PLEDGED


def test_the_own_word_of_the_owing_party_is_enough_and_others_wait_for_it_by_name() -> None:
    found = decided(OF_EU, [from_eu(Effect.DELIVERED, "2025-11-10")], "2025-11-12").verdict
    assert (found.standing, found.flags) == (Standing.IN_FORCE, ())
    assert doubts(OF_EU, signal(Effect.DELIVERED, "2025-11-10")) == [("Reuters", ("eu",))]
    assert doubts(OF_EU, from_us(Effect.PROGRESS, "2025-11-10")) == [("White House", ("eu",))]
    us, eu = from_us(Effect.PROGRESS, "2025-11-10"), from_eu(Effect.PROGRESS, "2025-11-11")
    assert doubts(OF_BOTH, us) == [("White House", ("eu",))]
    assert doubts(OF_BOTH, us, eu) == []


def test_two_parties_contest_each_other() -> None:
    done = from_us(Effect.DELIVERED, "2025-11-10", quote="They have scrapped it")
    denied = from_eu(Effect.SETBACK, "2025-11-11", denied=True, quote="We have not")
    found = decided(OF_EU, [done, denied], "2025-11-12").verdict
    (flag,) = (flag for flag in found.flags if flag.kind is FlagKind.CONTESTED)
    assert flag.detail == Disputed("European Commission", "We have not", "White House", "They have scrapped it")


def test_a_date_is_agreed_once_all_who_owe_the_promise_name_it() -> None:
    named = {"date": until("2026-05-01"), "modality": signal(Effect.DEADLINE, "2025-11-10").modality}
    eu, us = from_eu(Effect.DEADLINE, "2025-11-10", **named), from_us(Effect.DEADLINE, "2025-11-11", **named)
    (alone,) = decided(OF_BOTH, [eu], "2025-11-12").verdict.deadlines
    assert (alone.said_by, alone.state) == ("eu", "claimed")
    assert doubts(OF_BOTH, eu)[-1] == ("eu", ("us",))
    (agreed,) = decided(OF_BOTH, [eu, us], "2025-11-12").verdict.deadlines
    assert (agreed.said_by, agreed.state) == ("eu+us", "current")
    of_three = commitment(owed_by="eu+jp+us", parties=("eu", "jp"), baselines=pledged())
    named = {"date": until("2026-05-01")}
    two = [from_eu(Effect.DEADLINE, "2025-11-10", **named), from_us(Effect.DEADLINE, "2025-11-11", **named)]
    (record,) = decided(of_three, two, "2025-11-12").verdict.deadlines
    assert (record.said_by, record.state) == ("eu+us", "claimed")


def test_its_own_deed_in_its_own_text_is_an_event_that_is_told() -> None:
    deed = from_eu(Effect.SETBACK, "2025-11-10", by=By("eu"))
    (event,) = decided(OF_EU, [deed], "2025-11-10", policy=Policy()).verdict.events
    assert (event.by, event.announced) == (By("eu"), True)


def test_what_one_party_closes_after_another_has_opened_it_stalls() -> None:
    opened = from_us(Effect.PROGRESS, "2025-11-10", by=By("us"), quote="The US opens it")
    shut = from_eu(Effect.SETBACK, "2025-11-11", by=By("eu"), stalls=True, quote="The EU shuts it")
    found = decided(OF_BOTH, [opened, shut], "2025-11-12").verdict
    assert (found.outlook, found.why.detail) == (Outlook.STALLED, Quoted("The EU shuts it", after="The US opens it"))


def test_an_official_text_of_a_party_speaks_for_others_too() -> None:
    of_others = commitment(owed_by="others", baselines=pledged())
    found = decided(of_others, [from_eu(Effect.DELIVERED, "2025-11-10")], "2025-11-12").verdict
    assert (found.standing, found.flags) == (Standing.IN_FORCE, ())
