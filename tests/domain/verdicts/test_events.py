"""Events of note: what makes one, when it is told, and what follows from it as a reply."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import (
    By,
    Cause,
    Direction,
    Effect,
    Kind,
    Level,
    Modality,
    Outlook,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import Signal
from monitor.domain.model.policy import Policy
from monitor.domain.model.verdicts import Decision, DecisionInput, Event, Transition, Verdict
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.domain.verdicts.standing import most_important
from tests.builders.domain_values import at, commitment, decided, from_cn, from_us, pledged, rulebook, signal

SHIPPED = Policy()
PROMISED = commitment(baselines=pledged())
STANDING = commitment(baselines=(replace(pledged()[0], standing=Standing.IN_FORCE),))
MET, IN_PROGRESS = Standing.MET, Standing.IN_PROGRESS
TALKS = commitment(Kind.SERIES, baselines=(replace(pledged()[0], standing=IN_PROGRESS),))


def reports(effect: Effect, day: str, *origins: str, **changed: object) -> list[Signal]:
    return [signal(effect, f"{day} {10 + n}:00", origin=origin, **changed) for n, origin in enumerate(origins)]


def after(
    *signals: Signal, now: str, of: Commitment = STANDING, published: Verdict | None = None, policy: Policy = SHIPPED
) -> Decision:
    return decided(of, list(signals), now, policy=policy, published=published)


def events(decision: Decision) -> list[Transition]:
    return [move for move in decision.transitions if move.kind is TransitionKind.EVENT]


def told(decision: Decision) -> list[Transition]:
    return [move for move in events(decision) if move.severity > Severity.ROUTINE]


def announced(decision: Decision) -> list[Event]:
    return [event for event in decision.verdict.events if event.announced]


SLOW = replace(SHIPPED, outlook_origins=9)
"""Under which no outlook turns beside the events."""
SETBACK = reports(Effect.SETBACK, "2025-12-01", "Reuters", "Bloomberg")


def test_an_event_is_of_note_with_one_source_and_told_once_with_two() -> None:
    one, two = after(SETBACK[0], now="2025-12-02"), after(*SETBACK, now="2025-12-02")
    assert [(move.severity, move.way) for move in events(one)] == [(Severity.ROUTINE, Direction.DOWN)]
    assert [move.severity for move in events(two)] == [Severity.NOTABLE]
    assert one.verdict.status == two.verdict.status == Standing.IN_FORCE
    one = after(SETBACK[0], now="2025-12-01 10:30")
    two = after(*SETBACK, now="2025-12-01 11:30", published=one.verdict)
    third = signal(Effect.SETBACK, "2025-12-01 12:00", origin="Reuters")
    later = after(*SETBACK, third, now="2025-12-01 12:30", published=two.verdict)
    assert [len(told(d)) for d in (one, two, later)] == [0, 1, 0]
    assert not events(later)


@pytest.mark.parametrize("effect", [Effect.THREAT, Effect.PLEDGE])
@pytest.mark.parametrize("says", [Says.PRESS, Says.COMPANY])
def test_talk_of_which_no_side_speaks_is_not_told_on_two_sources(effect: Effect, says: Says) -> None:
    talk = reports(effect, "2025-12-01", "Reuters", "Bloomberg", says=says)
    assert not told(after(*talk, now="2025-12-02"))
    by_a_side = [replace(talk[0], says=Says("us"), origin="Bessent"), talk[1]]
    assert told(after(*by_a_side, now="2025-12-02"))


def test_a_third_source_tells_a_plan_that_only_the_press_reports() -> None:
    assert told(after(*reports(Effect.PLEDGE, "2025-12-01", "Reuters", "Bloomberg", "AP"), now="2025-12-02"))


@pytest.mark.parametrize("hope", [Modality.RUMOUR, Modality.PLAN])
def test_an_agreement_that_is_only_hoped_for_or_planned_is_told_once_a_report_is_firm(hope: Modality) -> None:
    hoped = reports(Effect.PLEDGE, "2025-12-01", "Reuters", "Bloomberg", "AP", by=By("cn+us"), modality=hope)
    assert not told(after(*hoped, now="2025-12-02"))
    assert told(after(*hoped[:2], replace(hoped[2], modality=Modality.NONE), now="2025-12-02"))


def test_a_sides_own_text_of_what_it_has_done_needs_no_second_source() -> None:
    done = from_cn(Effect.PROGRESS, "2025-12-01", by=By("cn"))
    assert told(after(done, now="2025-12-02"))
    assert not told(after(replace(done, by=By("us")), now="2025-12-02"))
    assert not told(after(replace(done, tier=Tier.WIRE), now="2025-12-02"))
    assert not told(after(replace(done, effect=Effect.PLEDGE), now="2025-12-02"))


@pytest.mark.parametrize("origin", ["Reuters", "Bloomberg"])
def test_what_the_press_says_is_planned_is_no_second_source_of_the_deed(origin: str) -> None:
    planned = signal(Effect.PLEDGE, "2025-12-01 09:00", origin="AP")
    deed = signal(Effect.PROGRESS, "2025-12-01 12:00", origin=origin)
    assert not announced(after(planned, deed, now="2025-12-02"))
    assert announced(after(replace(planned, says=Says("us"), origin="Bessent"), deed, now="2025-12-02"))
    assert announced(after(planned, signal(Effect.PLEDGE, "2025-12-01 10:00", origin="AFP"), deed, now="2025-12-02"))


TROUBLED = commitment(baselines=(replace(pledged()[0], standing=Standing.IN_FORCE, outlook=Outlook.AT_RISK),))


@pytest.mark.parametrize(
    ("of", "effect", "origins", "changed", "alert"),
    [
        (STANDING, Effect.SETBACK, 2, {}, True),
        (TROUBLED, Effect.SETBACK, 2, {}, False),
        (TROUBLED, Effect.THREAT, 3, {}, True),
        (TROUBLED, Effect.SETBACK, 2, {"level": Level.ORDER}, True),
        (STANDING, Effect.PROGRESS, 2, {}, False),
        (TROUBLED, Effect.PROGRESS, 2, {}, True),
        (STANDING, Effect.PLEDGE, 2, {"says": Says("us")}, True),
        (STANDING, Effect.PROGRESS, 1, {"says": Says("cn"), "by": By("cn"), "tier": Tier.OFFICIAL}, True),
    ],
)
def test_what_the_status_already_shows_waits_for_the_digest_unless_it_weighs_more(
    of: Commitment, effect: Effect, origins: int, changed: dict[str, Any], *, alert: bool
) -> None:
    found = reports(effect, "2025-12-01", *("Reuters", "Bloomberg", "AP")[:origins], **changed)
    if changed.get("says") is Says("us"):
        found = [found[0], replace(found[1], says=Says.PRESS)]
    assert bool(told(after(*found, now="2025-12-02", of=of, policy=SLOW))) is alert


def test_what_sides_agree_on_is_a_deed_and_a_round_of_a_series_is_none() -> None:
    agreed = from_cn(Effect.PLEDGE, "2025-12-01", by=By("cn+us"), modality=Modality.PLAN)
    assert told(after(agreed, now="2025-12-02"))
    assert not told(after(replace(agreed, modality=Modality.RUMOUR), now="2025-12-02"))
    assert not told(after(replace(agreed, tier=Tier.WIRE), now="2025-12-02"))
    assert not told(after(agreed, now="2025-12-02", of=TALKS))
    met, refused = (from_cn(effect, "2025-12-01", by=By("cn")) for effect in (Effect.PROGRESS, Effect.SETBACK))
    assert not told(after(met, now="2025-12-02", of=TALKS))
    assert told(after(refused, now="2025-12-02", of=TALKS))


def test_a_summit_is_told_on_the_day_after_its_eve_was_told_and_once() -> None:
    eve = reports(Effect.PROGRESS, "2025-12-01", "Reuters", "Bloomberg")
    talks = commitment(Kind.SERIES, baselines=(replace(pledged()[0], standing=MET),))
    summit = reports(Effect.PROGRESS, "2025-12-02", "Reuters", "AFP", "AP", level=Level.SUMMIT)
    begun = after(*eve, now="2025-12-01 12:00", of=talks)
    met = after(*eve, *summit[:2], now="2025-12-02 12:00", of=talks, published=begun.verdict)
    again = after(*eve, *summit, now="2025-12-02 13:00", of=talks, published=met.verdict)
    assert [(move.kind, move.level) for move in met.transitions] == [(TransitionKind.STATUS, Level.SUMMIT)]
    assert most_important((*met.transitions, *begun.transitions)).level is Level.SUMMIT
    ordinary = [replace(report, level=Level.ORDINARY) for report in summit[:2]]
    quiet = after(*eve, *ordinary, now="2025-12-02 12:00", of=talks, published=begun.verdict)
    assert not told(quiet)
    assert not told(again)


def test_a_threat_that_was_told_does_not_tell_of_the_blow_that_follows() -> None:
    threats = reports(Effect.THREAT, "2025-12-01", "Reuters", "Bloomberg", "AP")
    first = after(*threats, now="2025-12-01 13:00", policy=SLOW).verdict
    blow, threat = (reports(effect, "2025-12-02", "AFP", "BBC") for effect in (Effect.SETBACK, Effect.THREAT))
    (event,) = told(after(*threats, *blow, now="2025-12-02 12:00", published=first, policy=SLOW))
    assert (event.reason.code.value, {*event.evidence}) == ("setback", {s.id for s in blow})
    assert not told(after(*threats, *threat, now="2025-12-02 12:00", published=first, policy=SLOW))


STEP = reports(Effect.PROGRESS, "2025-12-01", "Reuters", "Bloomberg")


def test_a_fresh_event_takes_in_its_day_and_asks_more_sources_of_its_direction_for_three_days() -> None:
    first = after(*STEP, now="2025-12-01 12:00").verdict
    echo = reports(Effect.PROGRESS, "2025-12-03", "AP", "AFP", "BBC", "CNN")
    assert not told(after(*STEP, *echo[:3], now="2025-12-03 20:00", published=first))
    assert told(after(*STEP, *echo, now="2025-12-03 20:00", published=first))
    first = after(*STEP, now="2025-12-01 12:00").verdict
    blow = reports(Effect.SETBACK, "2025-12-02", "AP", "AFP")
    assert [move.way for move in told(after(*STEP, *blow, now="2025-12-02 20:00", published=first))] == [Direction.DOWN]
    first = after(*SETBACK, now="2025-12-01 12:00").verdict
    same_day = reports(Effect.SETBACK, "2025-12-02", "AP", "AFP", "BBC", "CNN")[:1]
    assert not events(after(*SETBACK, replace(same_day[0]), now="2025-12-02 05:00", published=first))
    first = after(*SETBACK, now="2025-12-01 12:00").verdict
    later = reports(Effect.SETBACK, "2025-12-05", "AP", "AFP")
    assert told(after(*SETBACK, *later, now="2025-12-05 20:00", published=first))


def test_a_change_of_status_tells_of_its_event_by_itself() -> None:
    bought = from_us(Effect.PROGRESS, "2025-12-01")
    decision = after(bought, now="2025-12-02", of=PROMISED)
    assert [move.kind for move in decision.transitions][:1] == [TransitionKind.STATUS]
    assert not events(decision)
    assert [event.moved for event in decision.verdict.events] == [True]


def test_a_turn_that_a_blow_brings_after_a_told_threat_is_a_reply_and_the_blow_an_event() -> None:
    threats = reports(Effect.THREAT, "2025-12-01", "Reuters", "Bloomberg", "AP")
    slow = replace(SHIPPED, outlook_origins=4)
    first = after(*threats, now="2025-12-01 13:00", policy=slow).verdict
    blow = reports(Effect.SETBACK, "2025-12-02", "AFP", "BBC")
    turned = after(*threats, blow[0], now="2025-12-02 10:30", published=first, policy=slow)
    (turn,) = turned.transitions
    assert (turn.kind, turn.confirms) == (TransitionKind.STATUS, True)
    assert announced(after(*threats, *blow, now="2025-12-02 12:00", published=turned.verdict, policy=slow))


def test_a_turn_days_after_a_told_event_takes_up_nothing_of_what_is_new() -> None:
    trouble = reports(Effect.SETBACK, "2025-11-28", "Reuters", "Bloomberg", "AP")
    bad = after(*trouble, now="2025-11-28 13:00").verdict
    first = after(*trouble, *STEP, now="2025-12-01 12:00", published=bad)
    assert told(first)
    news = reports(Effect.PROGRESS, "2025-12-03", "AFP", "BBC", "CNN", "NPR")
    turned = after(*trouble, *STEP, news[0], now="2025-12-03 10:30", published=first.verdict)
    (turn,) = turned.transitions
    assert (turn.kind, turn.confirms, turn.way) == (TransitionKind.STATUS, True, Direction.UP)
    assert told(after(*trouble, *STEP, *news, now="2025-12-03 20:00", published=turned.verdict))


def test_a_turn_that_follows_a_told_event_is_a_reply_and_another_an_alert() -> None:
    first = after(*SETBACK, now="2025-12-01 12:00")
    third = signal(Effect.SETBACK, "2025-12-01 15:00", origin="AFP")
    (turn,) = after(*SETBACK, third, now="2025-12-01 16:00", published=first.verdict).transitions
    assert (turn.kind, turn.confirms) == (TransitionKind.STATUS, True)
    assert {*turn.continues} == {s.id for s in SETBACK}
    three = reports(Effect.SETBACK, "2025-12-01", "Reuters", "Bloomberg", "AFP")
    (turn,) = after(*three, now="2025-12-02").transitions
    assert (turn.kind, turn.confirms) == (TransitionKind.STATUS, False)


def test_a_final_standing_is_told_by_itself_unless_the_event_said_as_much() -> None:
    step = after(*reports(Effect.PROGRESS, "2025-12-01", "Reuters", "AP"), now="2025-12-01 12:00", of=PROMISED)
    done = reports(Effect.DELIVERED, "2025-12-01", "BBC", "AFP")
    moves = after(
        *reports(Effect.PROGRESS, "2025-12-01", "Reuters", "AP"),
        *done,
        now="2025-12-01 14:00",
        of=PROMISED,
        published=step.verdict,
    )
    (status,) = (move for move in moves.transitions if move.kind is TransitionKind.STATUS)
    assert (status.standing, status.confirms) == (Standing.IN_FORCE, False)


def test_events_of_note_are_forgotten_after_a_week_and_told_ones_with_the_live_window() -> None:
    assert after(SETBACK[0], now="2025-12-09").verdict.events == ()
    assert after(*SETBACK, now="2025-12-20").verdict.events
    assert after(*SETBACK, now="2026-01-20").verdict.events == ()


def test_a_told_event_whose_reports_are_taken_back_is_corrected() -> None:
    first = after(*SETBACK, now="2025-12-01 12:00")
    case = DecisionInput(STANDING, initial_verdict(STANDING, at("2025-10-02")), (), (), first.verdict)
    taken_back = decide(case, {}, rulebook(STANDING, policy=SHIPPED), at("2025-12-02"), Cause.CORRECTION)
    (correction,) = taken_back.transitions
    assert (correction.kind, correction.cause) == (TransitionKind.EVENT, Cause.CORRECTION)
    assert {*correction.reason.signals} == {s.id for s in SETBACK}
    one_left = replace(case, signals=(SETBACK[0],))
    assert not decide(one_left, {}, rulebook(STANDING, policy=SHIPPED), at("2025-12-02"), Cause.CORRECTION).transitions


def test_sources_too_far_apart_or_that_do_not_count_tell_no_event() -> None:
    apart = [
        signal(Effect.SETBACK, day, origin=origin) for day, origin in (("2025-12-01", "Reuters"), ("2025-12-04", "AP"))
    ]
    assert not told(after(*apart, now="2025-12-05"))
    assert not events(after(*reports(Effect.SETBACK, "2025-12-01", "A", "B", "C", tier=Tier.UNKNOWN), now="2025-12-02"))
    late = [replace(s, seen_at=s.happened.end + timedelta(hours=SHIPPED.late_hours + 1)) for s in SETBACK]
    assert not events(after(*late, now="2025-12-06"))


SUMMIT = reports(Effect.PROGRESS, "2025-12-01", "Reuters", "Bloomberg", level=Level.SUMMIT)


def test_leaders_who_only_plan_to_meet_or_begin_to_have_not_met() -> None:
    for modality in (Modality.PLAN, Modality.RUMOUR, Modality.UNDER_WAY):
        opening = [SUMMIT[0], replace(SUMMIT[1], modality=modality)]
        assert after(*opening, now="2025-12-02", of=TALKS).verdict.standing is IN_PROGRESS, modality


def test_a_series_is_met_once_two_sources_report_that_leaders_met_and_begins_anew() -> None:
    envoys = [from_us(Effect.PROGRESS, "2025-12-01 10:00"), from_cn(Effect.PROGRESS, "2025-12-01 12:00")]
    assert after(*envoys, now="2025-12-02", of=TALKS).verdict.standing is IN_PROGRESS
    assert after(SUMMIT[0], now="2025-12-02", of=TALKS).verdict.standing is IN_PROGRESS
    held = after(*envoys, *SUMMIT, now="2025-12-02", of=TALKS).verdict
    assert (held.standing, held.evidence) == (MET, tuple(s.id for s in SUMMIT))
    apart = reports(Effect.PROGRESS, "2025-11-28", "Reuters", level=Level.SUMMIT)
    assert after(*apart, SUMMIT[1], now="2025-12-02", of=TALKS).verdict.standing is IN_PROGRESS
    met = SUMMIT
    planned = [from_us(Effect.PLEDGE, "2025-12-15"), from_cn(Effect.PLEDGE, "2025-12-15")]
    assert after(*met, *planned, now="2025-12-16", of=TALKS).verdict.standing is IN_PROGRESS
