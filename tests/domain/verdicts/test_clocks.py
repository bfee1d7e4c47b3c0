"""Several clocks, one-sided and moved dates, days of effect, and promises whose parts are steps, rounds or shares."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.domain.model.changes import notation
from monitor.domain.model.enums import (
    By,
    Direction,
    Effect,
    FlagKind,
    Kind,
    Modality,
    Outlook,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import DateMention, Quantity, Signal
from monitor.domain.model.reasons import Count, CountedByOne, MetLate, Named, Notice, Quoted
from monitor.domain.model.verdicts import Decision
from tests.builders.domain_values import (
    at,
    commitment,
    dates,
    deadline_moves,
    decided,
    due,
    expiry,
    from_cn,
    from_us,
    in_force,
    pledged,
    quantity_commitment,
    signal,
    target,
    tonnes,
    until,
)


def flags_of(decision: Decision, kind: FlagKind) -> list[str]:
    return [flag.subject for flag in decision.verdict.flags if flag.kind is kind]


def moves(decision: Decision, kind: TransitionKind) -> list[tuple[str, str]]:
    return [notation(t.change) for t in decision.transitions if t.kind is kind]


def step_by_step(of: object, signals: list[Signal], *moments: str) -> list[tuple[str, str, Direction]]:
    """The deadline changes that a monitor which looks at these moments tells."""
    published, told = None, []
    for moment in moments:
        decision = decided(of, [s for s in signals if s.happened.end <= at(moment)], moment, published=published)  # type: ignore[arg-type]
        told += deadline_moves(decision)
        published = decision.verdict
    return told


# ---------------------------------------------------------------- one-sided and moved dates

GOAL = commitment(Kind.MILESTONE, "cn", steps=("agreed", "done"), baselines=pledged(), grace_days=60)
FIRST = from_us(Effect.PLEDGE, "2025-11-01", date=until("2025-12-31", "due"))
LATER = from_us(Effect.DEADLINE, "2025-12-03", date=until("2026-02-28", "due"))


def test_a_date_of_one_side_rings_in_its_name_and_never_lapses() -> None:
    seen = decided(GOAL, [FIRST], "2025-11-02").verdict
    ring = decided(GOAL, [FIRST], "2025-12-24 12:00", published=seen).transitions
    assert [t.reason.detail for t in ring] == [Notice("Tariff truce", "due", date(2025, 12, 31), alone="us")]
    found = decided(GOAL, [FIRST], "2026-12-31")
    assert flags_of(found, FlagKind.OVERDUE)
    assert found.verdict.standing is Standing.PLEDGED
    held = in_force(expiry("2026-11-10"))
    claim = from_us(Effect.DEADLINE, "2026-09-23", date=until("2027-01-10"))
    found = decided(held, [claim], "2026-09-24")
    assert [f.detail for f in found.verdict.flags] == [Named("us", date(2027, 1, 10), ("cn",))]
    assert [t.kind for t in found.transitions] == [TransitionKind.DEADLINE]


def test_a_due_date_that_was_moved_and_passes_unmet_is_told_as_missed() -> None:
    told = step_by_step(GOAL, [FIRST, LATER], "2025-11-02", "2025-12-04", "2026-01-01")
    assert told[1:] == [("2025-12-31", "2026-02-28", Direction.DOWN), ("2025-12-31", "missed", Direction.DOWN)]
    moved = decided(GOAL, [FIRST, LATER], "2025-12-04").verdict
    (missed,) = decided(GOAL, [FIRST, LATER], "2026-01-01", published=moved).transitions
    assert missed.severity is Severity.ROUTINE, "the new date was told when it was named"


def test_only_what_is_met_after_the_first_date_is_late() -> None:
    met = from_cn(Effect.DELIVERED, "2026-01-20", object="done")
    found = decided(GOAL, [FIRST, LATER, met], "2026-01-21")
    assert found.verdict.standing is Standing.MET
    late = [f.detail for f in found.verdict.flags if f.kind is FlagKind.LATE]
    assert late == [MetLate(date(2025, 12, 31))]
    met = from_cn(Effect.DELIVERED, "2025-12-20", object="done")
    assert not flags_of(decided(GOAL, [FIRST, LATER, met], "2026-01-21"), FlagKind.LATE)


def test_a_reminder_of_the_first_date_does_not_bring_it_back_and_an_act_of_moving_does() -> None:
    reminder = from_us(Effect.PLEDGE, "2025-12-10", date=until("2025-12-31", "due"))
    found = decided(GOAL, [FIRST, LATER, reminder], "2025-12-11")
    assert dates(found, "superseded") == [("2025-12-31", "us")]
    assert dates(found, "claimed") == [("2026-02-28", "us")]
    back = from_us(Effect.DEADLINE, "2025-12-10", date=until("2025-12-31", "due"))
    assert dates(decided(GOAL, [FIRST, LATER, back], "2025-12-11"), "claimed") == [("2025-12-31", "us")]


# ---------------------------------------------------------------- several clocks


def test_each_of_two_clocks_rings_for_itself_though_the_first_has_run_out() -> None:
    two = in_force(expiry("2026-11-10", what="rules"), expiry("2026-11-27", what="gallium"))
    told = step_by_step(two, [], "2026-11-04", "2026-11-12", "2026-11-20")
    assert [(frm, to) for frm, to, _ in told[-1:]] == [("2026-11-27", "due in 7 days")]
    ran_out = decided(two, [], "2026-11-12").verdict
    assert [(d.what, d.state) for d in ran_out.deadlines] == [("rules", "lapsed"), ("gallium", "current")]


# ---------------------------------------------------------------- days of effect

ORDER = from_cn(Effect.DELIVERED, "2025-11-05", starts=DateMention(date(2025, 11, 10), role="start"))


def test_an_order_is_a_step_until_its_day_and_done_then() -> None:
    held = commitment(owed_by="cn", baselines=pledged())
    assert decided(held, [ORDER], "2025-11-06").verdict.standing is Standing.IN_PROGRESS
    assert decided(held, [ORDER], "2025-11-06").next_due == at("2025-11-11") - timedelta(microseconds=1)
    assert decided(held, [ORDER], "2025-11-11").verdict.standing is Standing.IN_FORCE
    held = commitment(owed_by="cn", baselines=pledged())
    today = replace(ORDER, starts=DateMention(date(2025, 11, 5), role="start"))
    assert decided(held, [today], "2025-11-06").verdict.standing is Standing.IN_FORCE


@pytest.mark.parametrize(
    ("changed", "then"),
    [
        ({}, Standing.IN_FORCE),
        ({"by": By("us")}, Standing.PLEDGED),
        ({"says": Says("us")}, Standing.PLEDGED),
        ({"modality": Modality.RUMOUR}, Standing.PLEDGED),
        ({"tier": Tier.WIRE}, Standing.PLEDGED),
    ],
)
def test_what_a_side_says_itself_that_it_will_do_on_a_day_is_an_order(changed: dict[str, Any], then: Standing) -> None:
    held = commitment(owed_by="cn", baselines=pledged())
    will = replace(ORDER, effect=Effect.PLEDGE, modality=Modality.PLAN, by=By("cn"), tier=Tier.OFFICIAL)
    day_after = decided(held, [replace(will, **changed)], "2025-11-11").verdict.standing
    assert day_after is then


# ---------------------------------------------------------------- steps, sides and rounds

LICENCES = commitment(
    Kind.MILESTONE,
    "cn",
    steps=("agreed", "first", "confirmed", "general"),
    partly_met_by=("confirmed",),
    baselines=pledged(),
)


def test_a_step_that_fulfils_a_part_makes_a_milestone_partly_met_once_the_bar_is_met() -> None:
    press = signal(Effect.PROGRESS, "2025-12-18", object="confirmed")
    own = from_cn(Effect.PROGRESS, "2025-12-18", object="confirmed")
    assert decided(LICENCES, [press], "2025-12-19").verdict.standing is Standing.PLEDGED
    assert decided(LICENCES, [own], "2025-12-19").verdict.standing is Standing.PARTLY_MET


def test_a_firm_pledge_does_the_step_that_it_is() -> None:
    cases = [(Modality.NONE, True), (Modality.FORMAL, True), (Modality.RUMOUR, False)]
    for modality, done in cases:
        agreed = from_cn(Effect.PLEDGE, "2025-11-02", object="agreed", modality=modality)
        assert ("agreed" in decided(LICENCES, [agreed], "2025-11-03").verdict.steps) is done, modality


def test_the_silent_side_is_the_one_whose_act_it_was() -> None:
    claimed = from_us(Effect.PLEDGE, "2025-10-30")
    answer = from_cn(Effect.PROGRESS, "2025-10-31")
    both = commitment(owed_by="cn+us")
    assert flags_of(decided(both, [claimed], "2025-11-01"), FlagKind.UNCONFIRMED) == ["cn"]
    assert flags_of(decided(both, [claimed, answer], "2025-11-01"), FlagKind.UNCONFIRMED) in ([], ["us"])
    dutch = signal(Effect.PROGRESS, "2025-11-19", by=By.THIRD)
    held = commitment(Kind.MILESTONE, "cn", steps=("freed",), baselines=pledged())
    assert flags_of(decided(held, [dutch], "2025-11-20"), FlagKind.UNCONFIRMED) == ["others"]


def test_a_series_keeps_its_date_and_is_met_again() -> None:
    base = replace(
        commitment().baselines[0], standing=Standing.MET, since=date(2025, 10, 1), deadlines=(due("2025-11-18"),)
    )
    series = commitment(Kind.SERIES, baselines=(base,))
    assert dates(decided(series, [], "2025-10-20"), "current") == [("2025-11-18", "cn+us")]
    base = replace(pledged()[0], deadlines=(due("2026-04-02", "us", what="visit"),))
    series = commitment(Kind.SERIES, baselines=(base,))
    put_off = from_us(Effect.SETBACK, "2026-03-20", date=DateMention(date(2026, 5, 15)))
    found = decided(series, [put_off], "2026-03-21")
    assert dates(found, "current") == [("2026-05-15", "us")]
    assert found.verdict.outlook is Outlook.AT_RISK
    base = replace(commitment().baselines[0], standing=Standing.MET, since=date(2025, 10, 1))
    series = commitment(Kind.SERIES, baselines=(base,))
    held = [from_us(Effect.DELIVERED, "2025-11-20"), from_cn(Effect.DELIVERED, "2025-11-20 01:00")]
    found = decided(series, held, "2025-11-21")
    assert moves(found, TransitionKind.STATUS) == [("met", "met")]


def test_a_stall_shows_what_one_side_opened_and_the_other_shut() -> None:
    both = commitment(Kind.MILESTONE, "cn+us", steps=("opened",), baselines=pledged())
    opened = from_us(Effect.PROGRESS, "2026-01-13", id="open", by=By("us"), quote="Washington opens the door")
    shut = from_cn(Effect.SETBACK, "2026-01-14", id="shut", by=By("cn"), stalls=True, quote="Beijing shuts it")
    found = decided(both, [opened, shut], "2026-01-15").verdict
    assert found.outlook is Outlook.STALLED
    assert found.outlook_evidence == ("shut", "open")
    assert found.why.detail == Quoted("Beijing shuts it", after="Washington opens the door")


def test_a_threat_brings_no_new_terms() -> None:
    threat = from_us(Effect.THREAT, "2026-06-02", terms="Section 301 duties")
    intervention = from_us(Effect.SETBACK, "2026-07-24", terms="Section 301 duties")
    held = in_force()
    assert not decided(held, [threat], "2026-06-03").verdict.terms
    assert moves(decided(held, [threat, intervention], "2026-07-25"), TransitionKind.TERMS) == [
        ("", "Section 301 duties")
    ]


# ---------------------------------------------------------------- counts

BEANS = quantity_commitment(targets=(target(12e6, "2025-10-30", "2025-12-31"),), baselines=pledged())
YEARLY = quantity_commitment(
    targets=(target(25e6, "2026-01-01", "2026-12-31"), target(25e6, "2027-01-01", "2027-12-31")), baselines=pledged()
)


def count(amount: float, when: str, origin: str = "Reuters", **changed: object) -> Signal:
    return signal(Effect.PROGRESS, when, origin=origin, quantity=tonnes(amount), **changed)


def of_record(amount: float, when: str) -> Signal:
    return count(amount, when, "USDA data", says=Says.DATA)


def test_who_says_that_the_promise_is_kept_has_counted_what_was_promised() -> None:
    pledge = tonnes(12e6, basis="pledged", reading=False)
    early = count(7e6, "2025-12-17", "Traders' counts", says=Says.DATA)
    kept = signal(Effect.DELIVERED, "2025-12-20", origin="Traders' counts", says=Says.DATA, quantity=pledge)
    found = decided(BEANS, [early, kept], "2025-12-20").verdict
    assert found.progress is not None
    assert [reading.amount for reading in found.progress.readings] == [12e6]
    assert found.standing is not Standing.MET
    some = replace(kept, quantity=replace(pledge, low=5e6, high=5e6))
    first = decided(BEANS, [early, some], "2025-12-20").verdict.progress
    assert first is not None
    assert first.readings[0].amount == 7e6


def test_one_count_past_half_is_a_doubt_and_a_second_makes_it_partly_met() -> None:
    alone = decided(BEANS, [of_record(3.9e6, "2025-12-16"), count(7e6, "2025-12-17")], "2025-12-17 12:00")
    assert flags_of(alone, FlagKind.UNCONFIRMED)[-1] == "partly_met"
    ours, theirs = Count("Reuters", 7e6, 7e6, "t", "booked"), Count("USDA", 3.9e6, 3.9e6, "t", "booked")
    told = alone.verdict.flags[-1].detail
    assert isinstance(told, CountedByOne)
    unsourced = [replace(each, story="") for each in (told.alone, *told.counts)]
    assert (unsourced, told.reached) == ([ours, ours, theirs], Standing.PARTLY_MET)
    borne = decided(BEANS, [count(7e6, "2025-12-17"), count(7.2e6, "2025-12-18", "AFP")], "2025-12-19")
    assert borne.verdict.standing is Standing.PARTLY_MET


def test_a_count_of_record_far_behind_the_path_puts_the_promise_at_risk_once() -> None:
    found = decided(BEANS, [of_record(0.332e6, "2025-11-14")], "2025-11-15")
    assert flags_of(found, FlagKind.BEHIND_PACE) == ["12000000 t"]
    assert (
        moves(found, TransitionKind.STATUS) == [("in_progress", "at_risk")] or found.verdict.outlook is Outlook.AT_RISK
    )
    again = decided(
        BEANS, [of_record(0.332e6, "2025-11-14"), of_record(0.4e6, "2025-11-20")], "2025-11-21", published=found.verdict
    )
    assert not moves(again, TransitionKind.STATUS)


def test_of_a_yearly_promise_a_count_with_its_year_makes_a_share_and_one_without_none() -> None:
    so_far = [count(15.5e6, "2026-09-11"), count(15.5e6, "2026-09-11 01:00", "AFP")]
    found = decided(YEARLY, so_far, "2026-09-12").verdict
    assert found.progress is not None
    assert (found.progress.counted, found.progress.high) == (0.0, 15.5e6)
    assert found.standing is not Standing.PARTLY_MET
    named = [
        replace(s, quantity=replace(tonnes(15.5e6), period="calendar-2026"))
        for s in (count(1.0, "2026-09-11"), count(1.0, "2026-09-11 01:00", "AFP"))
    ]
    assert decided(YEARLY, named, "2026-09-12").verdict.standing is Standing.PARTLY_MET


# ---------------------------------------------------------------- whose word


def test_aggregators_and_words_too_far_apart_contradict_nobody() -> None:
    pledge = from_us(Effect.PLEDGE, "2025-10-02", denied=True, tier=Tier.AGGREGATOR)
    denial = from_cn(Effect.SETBACK, "2025-10-03", denied=True, tier=Tier.AGGREGATOR)
    assert not flags_of(decided(commitment(), [pledge, denial], "2025-10-04"), FlagKind.CONTESTED)
    old, new = from_cn(Effect.SETBACK, "2025-10-02", denied=True), from_us(Effect.PLEDGE, "2025-10-20", denied=True)
    assert not flags_of(decided(commitment(), [old, new], "2025-10-21"), FlagKind.CONTESTED)


def test_a_confirmation_shows_what_bore_it_out() -> None:
    base = replace(commitment().baselines[0], standing=Standing.IN_FORCE, unconfirmed=("cn",))
    spoken = from_cn(Effect.PROGRESS, "2025-10-12", id="spoken")
    found = decided(commitment(owed_by="cn", baselines=(base,)), [spoken], "2025-10-13")
    assert [(notation(t.change)[1], t.evidence) for t in found.transitions if t.confirms] == [
        ("confirmed", ("spoken",))
    ]


def test_voices_that_name_no_date_do_not_bear_out_the_date_that_one_names() -> None:
    held = in_force(expiry("2026-11-10"))
    plain = [
        from_us(Effect.PLEDGE, "2026-09-24"),
        from_cn(Effect.PLEDGE, "2026-09-24"),
        signal(Effect.PLEDGE, "2026-09-24"),
    ]
    wish = signal(Effect.PLEDGE, "2026-09-25", origin="FT", date=until("2028-11-10"))
    assert dates(decided(held, [*plain, wish], "2026-09-26"), "current") == [("2026-11-10", "cn+us")]
    assert not deadline_moves(decided(held, [*plain, wish], "2026-09-26"))


def test_counts_of_the_press_lots_and_growing_counts_turn_no_outlook() -> None:
    two = [count(0.3e6, "2025-11-14"), count(0.3e6, "2025-11-14 01:00", "AFP")]
    found = decided(BEANS, two, "2025-11-15")
    assert flags_of(found, FlagKind.BEHIND_PACE)
    assert found.verdict.outlook is Outlook.STEADY
    lot = signal(
        Effect.PROGRESS, "2025-11-20", says=Says.DATA, origin="USDA data", quantity=tonnes(132e3, reading=False)
    )
    found = decided(BEANS, [lot], "2025-11-21")
    assert found.verdict.outlook is Outlook.STEADY
    assert not flags_of(found, FlagKind.BEHIND_PACE)
    first = of_record(0.332e6, "2025-11-14")
    bought = [signal(Effect.PROGRESS, "2025-11-17", origin=o) for o in ("Reuters", "AFP")]
    found = decided(BEANS, [first, *bought, of_record(1.9e6, "2025-11-24")], "2025-11-25")
    assert flags_of(found, FlagKind.BEHIND_PACE)
    assert found.verdict.outlook is Outlook.STEADY


def test_a_share_of_the_promise_is_a_count_and_the_path_runs_to_the_date_counted_now() -> None:
    half = signal(Effect.PROGRESS, "2025-12-17", quantity=Quantity(0.5, None, "share", reading=True))
    counted = decided(BEANS, [half], "2025-12-18").verdict.progress
    assert counted is not None
    assert (counted.readings[0].amount, counted.readings[0].high) == (6e6, None)
    moved = from_us(Effect.DEADLINE, "2025-12-03", date=until("2026-02-28", "due"))
    found = decided(BEANS, [moved, of_record(3.9e6, "2025-12-18")], "2025-12-19")
    assert not flags_of(found, FlagKind.BEHIND_PACE)
    assert flags_of(decided(BEANS, [of_record(3.9e6, "2025-12-18")], "2025-12-19"), FlagKind.BEHIND_PACE)
