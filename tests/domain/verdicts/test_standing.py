"""What may follow what, and on whose word."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
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
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import Outlet, ReadBy, ReaderKind, Signal, Story
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import Disputed, Quoted, Speaker
from monitor.domain.model.verdicts import Decision, Intervention, Progress
from tests.builders.domain_values import (
    AT_ONCE,
    at,
    commitment,
    decided,
    due,
    expiry,
    from_cn,
    from_us,
    pledged,
    quantity_commitment,
    rulebook,
    signal,
    target,
    tonnes,
)

TRUCE = commitment()


def status_of(decision: Decision) -> str:
    return decision.verdict.status


def flags_of(decision: Decision) -> set[FlagKind]:
    return {flag.kind for flag in decision.verdict.flags}


def test_one_side_pledges_at_once_and_the_other_confirms_without_a_second_change() -> None:
    decision = decided(TRUCE, [from_us(Effect.PLEDGE, "2025-10-30")], "2025-10-30")
    assert decision.verdict.standing is Standing.PLEDGED
    assert [(f.kind, f.subject) for f in decision.verdict.flags] == [(FlagKind.UNCONFIRMED, "cn")]
    first = decided(TRUCE, [us := from_us(Effect.PLEDGE, "2025-10-30")], "2025-10-30")
    both = decided(TRUCE, [us, from_cn(Effect.PLEDGE, "2025-10-31")], "2025-10-31", published=first.verdict)
    assert not both.verdict.flags
    assert [(t.kind, t.confirms) for t in both.transitions] == [(TransitionKind.FLAG, True)]


@pytest.mark.parametrize("effect", [Effect.DELIVERED, Effect.BREACH])
def test_fulfilment_and_breach_wait_for_the_bar(effect: Effect) -> None:
    alone = decided(commitment(baselines=pledged()), [signal(effect, "2025-11-10")], "2025-11-10")
    assert alone.verdict.standing is Standing.PLEDGED
    assert FlagKind.UNCONFIRMED in flags_of(alone)
    assert any(FlagKind.UNCONFIRMED in {f.kind for f in t.flags} for t in alone.transitions)


def progress_of(decision: Decision) -> Progress:
    assert decision.verdict.progress is not None
    return decision.verdict.progress


def test_the_bar_of_fulfilment_is_two_voices_or_the_owing_sides_own_text() -> None:
    reports = [signal(Effect.DELIVERED, "2025-11-10"), signal(Effect.DELIVERED, "2025-11-11", origin="Bloomberg")]
    assert decided(commitment(baselines=pledged()), reports, "2025-11-11").verdict.standing is Standing.IN_FORCE
    reports = [
        signal(Effect.DELIVERED, f"2025-11-1{n}", says=Says("us"), origin=f"official {n}", tier=Tier.WIRE)
        for n in range(5)
    ]
    assert decided(commitment(baselines=pledged()), reports, "2025-11-15").verdict.standing is Standing.PLEDGED
    owed_by_china = commitment(owed_by="cn", baselines=pledged())
    decision = decided(owed_by_china, [from_cn(Effect.DELIVERED, "2025-11-07")], "2025-11-07")
    assert decision.verdict.standing is Standing.IN_FORCE
    assert not decision.verdict.flags


def test_what_weak_acts_read_moves_nothing() -> None:
    weak = replace(
        rulebook(TRUCE), rules={"truce/act": RuleInfo("truce/act", "truce", "v", "truce.yaml", 1, weak=True)}
    )
    first, second = signal(Effect.THREAT, "2025-11-10"), signal(Effect.THREAT, "2025-11-11", origin="Bloomberg")
    assert not decided(TRUCE, [first, second], "2025-11-11", book=weak).transitions
    assert status_of(decided(TRUCE, [first], "2025-11-11")) == "at_risk"
    firm = replace(second, rule="truce/firm")
    two = Policy(outlook_origins=2)
    assert status_of(decided(TRUCE, [first, firm], "2025-11-11", book=replace(weak, policy=two))) != "at_risk"
    assert status_of(decided(TRUCE, [first, firm], "2025-11-11", policy=two)) == "at_risk"
    info = RuleInfo("truce/act", "truce", "v", "truce.yaml", 1, weak=True, outside=True)
    news = signal(Effect.THREAT, "2025-11-10")
    for is_weak, status in ((True, "unpledged"), (False, "at_risk")):
        book = replace(rulebook(TRUCE), rules={info.id: replace(info, weak=is_weak)})
        assert status_of(decided(TRUCE, [news], "2025-11-11", book=book)) == status


def test_what_a_weak_act_and_a_reader_both_read_moves_as_other_acts_do() -> None:
    cases = [(Effect.SETBACK, True), (Effect.NONE, False), (None, False)]
    for read, moves in cases:
        weak = replace(
            rulebook(TRUCE), rules={"truce/act": RuleInfo("truce/act", "truce", "v", "truce.yaml", 1, weak=True)}
        )
        by = (ReadBy(ReaderKind.RULE, "truce/act", "v", Effect.SETBACK), ReadBy(ReaderKind.MODEL, "model", "1", read))
        news = signal(Effect.SETBACK, "2025-11-10", read_by=by)
        assert bool(decided(TRUCE, [news], "2025-11-11", book=weak).transitions) is moves, read


def test_a_doubt_that_goes_with_its_report_is_withdrawn_and_not_confirmed() -> None:
    promised, report = commitment(baselines=pledged()), signal(Effect.DELIVERED, "2025-11-10")
    raised = decided(promised, [report], "2025-11-10").verdict
    assert [flag.kind for flag in raised.flags] == [FlagKind.UNCONFIRMED]
    (told,) = decided(promised, [], "2025-11-11", published=raised).transitions
    assert (told.kind, notation(told.change)[1], told.confirms) == (TransitionKind.FLAG, "withdrawn", False)
    second = signal(Effect.DELIVERED, "2025-11-10", origin="Bloomberg")
    borne_out = decided(promised, [report, second], "2025-11-11", published=raised).transitions
    assert [(move.kind, notation(move.change)[1]) for move in borne_out] == [(TransitionKind.STATUS, "in_force")]


@pytest.mark.parametrize("said", [from_us, from_cn])
def test_in_a_deal_of_others_a_governments_word_is_one_voice_among_many(said: Callable[..., Signal]) -> None:
    theirs = commitment(owed_by="others", baselines=pledged())
    decision = decided(theirs, [said(Effect.DELIVERED, "2025-11-07")], "2025-11-07")
    assert decision.verdict.standing is Standing.PLEDGED
    assert [getattr(flag.detail, "silent", None) for flag in decision.verdict.flags] == [("others",)]


@pytest.mark.parametrize(
    ("report", "is_report", "silent"),
    [
        (signal(Effect.BREACH, "2025-11-10"), True, ("cn", "us")),
        (signal(Effect.BREACH, "2025-11-10", says=Says("cn"), origin="Xinhua", tier=Tier.STATE_MEDIA), True, ("us",)),
        (signal(Effect.DELIVERED, "2025-11-10", says=Says("us"), origin="US Treasury"), False, ("cn",)),
        (signal(Effect.PROGRESS, "2025-11-10", origin="Reuters"), True, ("cn", "us")),
    ],
)
def test_what_a_report_makes_of_the_promise_is_never_the_outlets_word(
    report: Signal, silent: tuple[str, ...], *, is_report: bool
) -> None:
    policy = Policy(press_origins=1)
    flags = decided(commitment(baselines=pledged()), [report], "2025-11-10", policy=policy).verdict.flags
    details: list[Any] = [flag.detail for flag in flags]
    assert (Speaker(report.origin, report.says, is_report), silent) in [
        (d.speaker, d.silent) for d in details if hasattr(d, "silent")
    ]


def test_unknown_publishers_and_aggregators_never_move_anything() -> None:
    reports = [
        signal(Effect.BREACH, "2025-11-10", tier=Tier.UNKNOWN, origin="a blog"),
        signal(Effect.BREACH, "2025-11-10", tier=Tier.AGGREGATOR, origin="a list"),
        signal(Effect.BREACH, "2025-11-10", tier=Tier.UNKNOWN, origin="another blog"),
    ]
    decision = decided(TRUCE, reports, "2025-11-10")
    assert not decision.transitions
    assert {r.code for r in decision.reasons} == {"thin"}


def test_a_reprint_seen_first_gains_the_weight_of_the_wire_that_carried_it_too() -> None:
    report = signal(Effect.THREAT, "2025-10-10", tier=Tier.UNKNOWN, origin="a blog")
    moment = at("2025-10-10")
    outlets = (
        Outlet("a blog", "https://blog.example", moment, moment),
        Outlet("Reuters", "https://r.example", moment, moment),
    )
    story = Story(
        report.story, moment, moment, "a blog", "https://blog.example", "t", "", "en", report.revision, outlets=outlets
    )
    assert status_of(decided(TRUCE, [report], "2025-10-10", stories={story.id: story})) == "at_risk"


def test_a_threat_turns_the_outlook_and_keeps_the_standing() -> None:
    held = commitment(baselines=(replace(TRUCE.baselines[0], standing=Standing.IN_FORCE),))
    decision = decided(held, [from_us(Effect.THREAT, "2025-10-10")], "2025-10-10")
    assert (decision.verdict.standing, decision.verdict.outlook) == (Standing.IN_FORCE, Outlook.AT_RISK)
    assert [(*notation(t.change), t.way) for t in decision.transitions] == [("in_force", "at_risk", Direction.DOWN)]


def test_only_acts_clear_a_risk_and_rumours_pledge_nothing() -> None:
    risk = from_us(Effect.THREAT, "2025-10-10")
    hope = signal(Effect.PLEDGE, "2025-10-12", modality=Modality.RUMOUR)
    deed = from_cn(Effect.PROGRESS, "2025-10-14")
    promised = commitment(baselines=pledged())
    assert status_of(decided(promised, [risk, hope], "2025-10-13")) == "at_risk"
    assert status_of(decided(promised, [risk, hope, deed], "2025-10-15")) == "in_progress"
    rumour = signal(Effect.PLEDGE, "2025-10-12", modality=Modality.RUMOUR)
    assert status_of(decided(TRUCE, [rumour], "2025-10-15")) == "unpledged"


def test_progress_out_of_nothing_needs_two_sources_or_an_official_text() -> None:
    wire, paper = signal(Effect.PROGRESS, "2025-10-14"), signal(Effect.PROGRESS, "2025-10-14", origin="Bloomberg")
    assert status_of(decided(TRUCE, [wire], "2025-10-15")) == "unpledged"
    assert status_of(decided(TRUCE, [wire, paper], "2025-10-15")) == "in_progress"
    assert status_of(decided(TRUCE, [from_cn(Effect.PROGRESS, "2025-10-14")], "2025-10-15")) == "in_progress"
    assert status_of(decided(commitment(baselines=pledged()), [wire], "2025-10-15")) == "in_progress"


def test_the_first_blow_after_a_date_merely_passed_is_told() -> None:
    passed = (
        replace(
            pledged()[0],
            standing=Standing.IN_FORCE,
            deadlines=(expiry("2025-11-10"), expiry("2026-01-10", "us", "claimed")),
        ),
    )
    held = commitment(baselines=passed)
    told = decided(held, [], "2025-11-12").verdict
    blows = [signal(Effect.THREAT, "2025-11-14"), signal(Effect.THREAT, "2025-11-14", origin="Bloomberg")]
    assert told.outlook is Outlook.AT_RISK
    assert [t.kind for t in decided(held, blows, "2025-11-14", published=told).transitions] == [TransitionKind.EVENT]


def test_in_a_deal_of_others_their_own_text_is_enough() -> None:
    theirs = commitment(owed_by="others", baselines=pledged())
    text = signal(Effect.DELIVERED, "2025-11-07", tier=Tier.OFFICIAL, origin="European Commission")
    decision = decided(theirs, [text], "2025-11-07")
    assert (decision.verdict.standing, decision.verdict.flags) == (Standing.IN_FORCE, ())
    doubtful = replace(pledged()[0], standing=Standing.IN_FORCE, unconfirmed=("cn",))
    spoken = decided(commitment(baselines=(doubtful,)), [from_cn(Effect.DELIVERED, "2025-10-12")], "2025-10-13")
    assert FlagKind.UNCONFIRMED not in flags_of(spoken)


def test_a_contradiction_on_one_act_is_contested_and_an_answer_to_it_is_not() -> None:
    says = from_us(Effect.DELIVERED, "2025-11-10", quote="China has issued the licences")
    denies = from_cn(Effect.SETBACK, "2025-11-11", quote="no such licences were issued", denied=True)
    decision = decided(TRUCE, [says, denies], "2025-11-11")
    (flag,) = [f for f in decision.verdict.flags if f.kind is FlagKind.CONTESTED]
    assert flag.detail == Disputed(denies.origin, denies.quote, says.origin, says.quote)
    opened = from_us(Effect.PROGRESS, "2026-01-13", rule="truce/us-opens")
    shut = from_cn(Effect.SETBACK, "2026-01-14", rule="truce/cn-shuts", stalls=True)
    decision = decided(commitment(baselines=pledged()), [opened, shut], "2026-01-14")
    assert status_of(decision) == "stalled"
    assert FlagKind.CONTESTED not in flags_of(decision)


SALE = commitment(
    Kind.MILESTONE, "company", steps=("agreed", "signed", "closed"), after_met=(Effect.BREACH,), baselines=pledged()
)


def company(effect: Effect, when: str, **changed: Any) -> Signal:
    return signal(effect, when, says=Says.COMPANY, origin="ByteDance", **changed)


def test_a_new_step_is_told_in_the_words_of_the_report_that_it_is_done_and_not_of_a_later_promise() -> None:
    done = from_us(Effect.PROGRESS, "2025-11-03 10:00", object="signed", quote="the contract is signed")
    promise = from_us(Effect.PLEDGE, "2025-11-03 12:00", object="signed", quote="they are to sign it soon")
    (step,) = (
        t
        for t in decided(SALE, [done, promise], "2025-11-04", policy=AT_ONCE).transitions
        if t.kind is TransitionKind.PROGRESS
    )
    assert step.reason.detail == Quoted("the contract is signed")


def test_steps_are_recorded_and_the_last_meets_the_milestone_for_good() -> None:
    decision = decided(SALE, [company(Effect.DELIVERED, "2025-12-18", object="signed")], "2025-12-18")
    assert decision.verdict.standing is Standing.IN_PROGRESS
    assert decision.verdict.steps == ("signed",)
    assert ("progress", "signed") in {(t.kind.value, notation(t.change)[1]) for t in decision.transitions}
    closed = company(Effect.DELIVERED, "2026-01-22", object="closed")
    outage = signal(Effect.SETBACK, "2026-01-25")
    undone = [signal(Effect.BREACH, "2026-02-01"), signal(Effect.BREACH, "2026-02-01", origin="AP")]
    assert status_of(decided(SALE, [closed, outage], "2026-01-26")) == "met"
    assert status_of(decided(SALE, [closed, outage, *undone], "2026-02-02")) == "breached"


BEANS = quantity_commitment(targets=(target(12e6, "2025-10-30", "2025-12-31"),), baselines=pledged())


def test_counts_of_several_counters_stand_side_by_side_and_are_never_summed() -> None:
    reports = [
        signal(Effect.PROGRESS, "2026-01-06", quantity=tonnes(8.5e6, 10e6), origin="traders"),
        signal(Effect.NONE, "2026-01-06", quantity=tonnes(4e6), says=Says.DATA, origin="USDA data"),
        signal(
            Effect.NONE, "2026-01-06", quantity=tonnes(0.0, basis="arrived"), says=Says.DATA, origin="China Customs"
        ),
    ]
    progress = progress_of(decided(BEANS, reports, "2026-01-06"))
    assert (progress.counted, progress.low, progress.high) == (4e6, 0.0, 10e6)
    assert {r.counter for r in progress.readings} == {"traders", "USDA data", "China Customs"}


def test_one_purchase_told_by_many_is_counted_once() -> None:
    """A day's sale is in every paper; a second sale of the same size days later is another one."""

    def sale(day: str) -> Signal:
        quantity = tonnes(79e4, reading=False)
        return signal(Effect.PROGRESS, day, quantity=quantity, says=Says.DATA, origin="USDA data")

    told = [sale("2026-01-06"), sale("2026-01-06"), sale("2026-01-07")]
    assert progress_of(decided(BEANS, told, "2026-01-07")).counted == 79e4
    assert progress_of(decided(BEANS, [*told, sale("2026-01-12")], "2026-01-12")).counted == 2 * 79e4


def test_half_of_the_target_by_two_counters_is_partly_met_and_two_of_twelve_is_not() -> None:
    two = [signal(Effect.PROGRESS, "2025-11-24", quantity=tonnes(2e6), says=Says.DATA, origin="USDA data")]
    seven = [
        signal(Effect.PROGRESS, "2025-12-17", quantity=tonnes(7e6), origin="Bloomberg"),
        signal(Effect.PROGRESS, "2025-12-17", quantity=tonnes(7e6), origin="Reuters"),
    ]
    assert decided(BEANS, two, "2025-11-24").verdict.standing is Standing.IN_PROGRESS
    assert decided(BEANS, two + seven, "2025-12-18").verdict.standing is Standing.PARTLY_MET


def test_a_lower_count_never_unmeets_and_lots_add_past_their_counters_last_one() -> None:
    met = [signal(Effect.DELIVERED, "2026-01-20", origin=o, quantity=tonnes(12e6)) for o in ("Reuters", "Bloomberg")]
    lower = signal(Effect.NONE, "2026-01-25", quantity=tonnes(8e6), says=Says.DATA, origin="USDA data")
    assert decided(BEANS, [*met, lower], "2026-01-26").verdict.standing is Standing.MET
    total = signal(Effect.PROGRESS, "2025-11-18", quantity=tonnes(1e6), origin="Reuters")
    lot = signal(Effect.PROGRESS, "2025-11-20", quantity=tonnes(2e5, reading=False), origin="Reuters")
    other = signal(Effect.PROGRESS, "2025-11-20", quantity=tonnes(3e5, reading=False), origin="Bloomberg")
    progress = progress_of(decided(BEANS, [total, lot, other], "2025-11-20"))
    assert {r.counter: r.amount for r in progress.readings} == {"Reuters": 1.2e6, "Bloomberg": 3e5}
    eight = signal(Effect.PROGRESS, "2025-12-30", quantity=tonnes(8e6), origin="Bloomberg")
    twelve = signal(Effect.PROGRESS, "2026-01-20", quantity=tonnes(12e6, reading=False), origin="Bloomberg")
    progress = progress_of(decided(BEANS, [eight, twelve], "2026-01-20"))
    assert [r.amount for r in progress.readings] == [12e6]
    short = signal(Effect.SETBACK, "2025-12-31", quantity=tonnes(12e6, reading=False))
    assert decided(BEANS, [short], "2026-01-01").verdict.progress is None


def test_a_new_period_is_owed_again_and_its_deadline_outlives_the_last_one() -> None:
    years = quantity_commitment(
        targets=(target(25e6, "2026-01-01", "2026-12-31"), target(25e6, "2027-01-01", "2027-12-31")),
        baselines=(replace(pledged()[0], deadlines=(due("2026-12-31", what="2026"), due("2027-12-31", what="2027"))),),
    )
    met = from_cn(Effect.DELIVERED, "2026-12-01")
    before = decided(years, [met], "2026-12-02")
    after = decided(years, [met], "2027-01-02", published=before.verdict)
    assert [(d.what, d.state) for d in before.verdict.deadlines] == [("2026", "met"), ("2027", "current")]
    assert after.verdict.standing is Standing.PLEDGED
    assert [(t.way, t.cause.value) for t in after.transitions] == [(Direction.OTHER, "clock")]


def test_a_series_that_was_met_opens_again_with_its_next_round() -> None:
    talks = commitment(Kind.SERIES, baselines=pledged())
    met = [from_us(Effect.DELIVERED, "2025-10-30"), from_cn(Effect.DELIVERED, "2025-10-30")]
    again = [from_us(Effect.PROGRESS, "2026-02-04"), signal(Effect.PROGRESS, "2026-02-05")]
    assert status_of(decided(talks, met, "2025-10-31")) == "met"
    assert status_of(decided(talks, [*met, again[0]], "2026-02-05")) == "met", "one side's post is no round of talks"
    assert status_of(decided(talks, [*met, *again], "2026-02-05")) == "in_progress"


def test_the_own_act_of_a_side_needs_no_word_of_the_other() -> None:
    lifts = from_us(Effect.PROGRESS, "2025-11-10", by=By("us"))
    assert not decided(commitment(baselines=pledged()), [lifts], "2025-11-10").verdict.flags
    of_other = replace(lifts, by=By("cn"))
    assert flags_of(decided(commitment(baselines=pledged()), [of_other], "2025-11-10")) == {FlagKind.UNCONFIRMED}


def test_a_pin_rules_until_it_ends_and_says_what_the_program_would_say() -> None:
    pin = Intervention(
        "p1",
        "pin",
        "truce",
        "",
        "read the decree",
        "https://example.org",
        at("2025-10-05"),
        at("2025-11-05"),
        "in_force",
    )
    signals = [from_us(Effect.THREAT, "2025-10-10")]
    pinned = decided(TRUCE, signals, "2025-10-11", interventions=(pin,))
    assert (status_of(pinned), getattr(pinned.verdict.flags[-1].detail, "program", "")) == ("in_force", "at_risk")
    assert pinned.next_due == at("2025-11-05")
    assert status_of(decided(TRUCE, signals, "2025-11-06", interventions=(pin,))) == "at_risk"


def test_what_happened_before_the_baseline_or_after_the_window_moves_nothing() -> None:
    late = replace(from_us(Effect.THREAT, "2025-10-10"), seen_at=at("2025-12-30"))
    assert not decided(TRUCE, [late], "2025-12-30").transitions
    assert not decided(TRUCE, [from_us(Effect.THREAT, "2025-09-20")], "2025-10-02").transitions


def test_a_due_date_met_in_time_rings_no_more() -> None:
    owed = quantity_commitment(baselines=(replace(pledged()[0], deadlines=(due("2025-12-31"),)),))
    done = from_cn(Effect.DELIVERED, "2025-12-20")
    decision = decided(owed, [done], "2026-01-10")
    assert decision.verdict.standing is Standing.MET
    assert {d.state for d in decision.verdict.deadlines} == {"met"}
