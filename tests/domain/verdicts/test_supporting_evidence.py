"""What bears out a status without changing it: which reports do, whose voice is new, and when a route hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.alerts.announce import COLLECT_WINDOW, follow_up_message
from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.messages.thread_card import build_card, threads_to_refresh
from monitor.domain.model import (
    FURTHER_EVIDENCE,
    Cause,
    DecisionInput,
    Effect,
    Flag,
    FlagKind,
    Intervention,
    Modality,
    Outlook,
    Route,
    Says,
    Signal,
    Standing,
    Tier,
    Transition,
    Verdict,
)
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.domain.verdicts.evidence import all_evidence, named_evidence
from monitor.domain.verdicts.supporting_evidence import causing_transition, first_per_source, supporting_signals
from tests.builders.domain_values import at, commitment, expiry, from_cn, from_us, rulebook, signal
from tests.builders.domain_values import verdict as verdict_of
from tests.builders.sample_messages import ALERT_PARCEL

TRUCE = commitment()
BOOK = rulebook(TRUCE)
NOW = at("2025-11-12 12:00")
MOVED = from_us(Effect.DELIVERED, "2025-11-10 09:00", id="moved")
DESK = Route("desk", "slack", "C1", further=True)


def published(
    *signals: Signal, interventions: tuple[Intervention, ...] = ()
) -> tuple[DecisionInput, tuple[Transition, ...]]:
    """The case as it stands once these signals are decided, and the changes that they made."""
    base = initial_verdict(TRUCE, at("2025-10-01"))
    case = DecisionInput(TRUCE, base, signals, interventions, base)
    decision = decide(case, {}, BOOK, NOW)
    return replace(case, published=decision.verdict), decision.transitions


def borne(*signals: Signal) -> list[str]:
    case, _ = published(MOVED, from_cn(Effect.DELIVERED, "2025-11-10 09:00", id="other"), *signals)
    assert case.published.standing is Standing.IN_FORCE
    return [s.id for s in supporting_signals(case, {}, BOOK, NOW)]


def test_a_bad_outlook_is_borne_out_by_blows_and_not_by_what_speaks_for_the_standing() -> None:
    threat = signal(Effect.THREAT, "2025-11-11 08:00", id="threat")
    again = signal(Effect.SETBACK, "2025-11-11 10:00", id="again", origin="AP")
    fine = from_cn(Effect.DELIVERED, "2025-11-11 11:00", id="fine", modality=Modality.UNDER_WAY)
    case, _ = published(MOVED, threat, again)
    assert case.published.outlook is Outlook.AT_RISK
    assert [s.id for s in supporting_signals(case, {}, BOOK, NOW)] == ["again"]
    assert "fine" not in [s.id for s in supporting_signals(replace(case, signals=(*case.signals, fine)), {}, BOOK, NOW)]


def test_a_report_that_a_person_rejected_bears_nothing_out() -> None:
    later = signal(Effect.DELIVERED, "2025-11-11", id="later")
    reject = Intervention("r1", "reject", "truce", "later", "misread", "desk", at("2025-11-12"))
    case, _ = published(MOVED, from_cn(Effect.DELIVERED, "2025-11-10 09:00"), later)
    assert [s.id for s in supporting_signals(case, {}, BOOK, NOW)] == ["later"]
    assert supporting_signals(replace(case, interventions=(reject,)), {}, BOOK, NOW) == ()


def test_what_says_something_else_or_does_not_count_bears_nothing_out() -> None:
    assert borne(signal(Effect.DELIVERED, "2025-11-11", id="later")) == ["later"]
    cases = [
        signal(Effect.PLEDGE, "2025-11-11"),
        signal(Effect.NONE, "2025-11-11"),
        signal(Effect.DELIVERED, "2025-11-11", modality=Modality.RUMOUR),
        signal(Effect.DELIVERED, "2025-11-11", tier=Tier.AGGREGATOR),
        signal(Effect.DELIVERED, "2025-11-11", tier=Tier.UNKNOWN),
        signal(Effect.DELIVERED, "2025-11-11", experimental=True),
        signal(Effect.DELIVERED, "2025-11-20"),
    ]
    assert [other for other in cases if borne(other)] == []
    case, _ = published(MOVED)
    assert supporting_signals(case, {}, BOOK, NOW) == ()
    case, _ = published(signal(Effect.NONE, "2025-11-11"))
    assert case.published.evidence == ()
    assert supporting_signals(replace(case, signals=(signal(Effect.PLEDGE, "2025-11-11"),)), {}, BOOK, NOW) == ()


def test_each_voice_is_told_once_and_a_government_is_one_voice() -> None:
    first = signal(Effect.DELIVERED, "2025-11-11 01:00", id="ap", origin="AP")
    again = signal(Effect.DELIVERED, "2025-11-11 02:00", id="ap-2", origin="AP")
    house = from_us(Effect.DELIVERED, "2025-11-11 03:00", id="house")
    trade = from_us(Effect.DELIVERED, "2025-11-11 04:00", id="ustr", origin="USTR")
    assert [s.id for s in first_per_source((first, again, house, trade))] == ["ap", "house"]
    assert [s.id for s in first_per_source((first, again, house, trade), {Says.US.value})] == ["ap"]


LATER = signal(Effect.DELIVERED, "2025-11-11", id="later", origin="AP")
SPOKEN = {"moved": "us", "later": "AP"}


def told(*evidence: str, at_: str = "2025-11-10 10:00", route: str = "desk") -> SentLog:
    return SentLog((Sent("m1", route, "truce", ("t1",), evidence, at(at_)),))


def change() -> tuple[Transition, Verdict]:
    case, moves = published(MOVED, LATER)
    found = causing_transition(moves, case.published)
    assert found is not None
    return found, case.published


def test_who_was_told_hears_of_a_new_voice_in_the_same_thread() -> None:
    move, verdict = change()
    made = follow_up_message(move, verdict, (LATER,), SPOKEN, DESK, told("moved"), NOW)
    assert made is not None
    assert (made.kind, made.commitment, made.supporting, made.to) == (FURTHER_EVIDENCE, "truce", ("later",), "C1")
    again = follow_up_message(move, verdict, (LATER,), SPOKEN, DESK, told("moved"), NOW + timedelta(hours=3))
    assert again is not None
    assert again.id == made.id, "however often it is computed"


def test_nobody_hears_of_it_if() -> None:
    cases = [
        (told("something else"), DESK),
        (told("moved", route="other"), DESK),
        (told("moved", "later"), DESK),
        (told("moved", at_="2025-11-12 11:30"), DESK),
        (told("moved"), replace(DESK, quiet=("11:00", "13:00"))),
    ]
    for sent, route in cases:
        move, verdict = change()
        assert follow_up_message(move, verdict, (LATER,), SPOKEN, route, sent, NOW) is None, sent


def test_a_voice_already_heard_from_is_not_told_again_by_another_of_its_reports() -> None:
    move, verdict = change()
    repeat = signal(Effect.DELIVERED, "2025-11-11 06:00", id="repeat", origin="AP")
    spoken = {**SPOKEN, "repeat": "AP"}
    assert follow_up_message(move, verdict, (LATER, repeat), spoken, DESK, told("moved", "later"), NOW) is None


def test_what_comes_within_the_hour_is_gathered_into_one_reply() -> None:
    move, verdict = change()
    more = signal(Effect.DELIVERED, "2025-11-12 11:50", id="more", origin="AFP")
    sent = told("moved", at_="2025-11-12 11:30")
    soon = at("2025-11-12 11:30") + COLLECT_WINDOW
    made = follow_up_message(move, verdict, (LATER, more), {**SPOKEN, "more": "AFP"}, DESK, sent, soon)
    assert made is not None
    assert made.supporting == ("later", "more")


def test_a_reply_on_further_evidence_is_no_turn_that_the_cool_down_counts() -> None:
    alone = Sent("m2", "desk", "truce", (), ("later",), NOW)
    assert SentLog((*told("moved").messages, alone)).count_since("desk", "truce", at("2025-11-01")) == 1


def test_a_card_tells_how_it_stands_by_the_last_change_and_lists_the_further_evidence() -> None:
    alert = ALERT_PARCEL.brief
    assert isinstance(alert, AlertBrief)
    reply = replace(alert, kind=FURTHER_EVIDENCE, headline=replace(alert.headline, text="AP says so too"))
    shown = build_card("slack", "C1", "1.1", [(1, alert), (2, reply)])
    assert shown is not None
    assert shown.now == alert
    assert [one.line for one in shown.messages] == [alert.subject, "AP says so too"]


@pytest.mark.parametrize(("cause", "names"), [(Cause.NEWS, {"truce"}), (Cause.RULES, set())])
def test_a_card_does_not_show_what_is_held_after_an_edit_of_the_rules(cause: Cause, names: set[str]) -> None:
    move, _ = change()
    assert threads_to_refresh([replace(move, cause=cause)], (), (), NOW) == names


def test_a_verdict_names_the_evidence_of_past_dates_and_no_longer_rests_on_it() -> None:
    dates = (
        replace(expiry("2025-11-10", state="superseded"), evidence=("old",)),
        replace(expiry("2026-11-10"), evidence=("new",)),
    )
    flag = Flag(FlagKind.CONTESTED, "orders", at("2026-01-05"), evidence=("doubt",))
    stands = verdict_of(commitment(), deadlines=dates, flags=(flag,), evidence=("report",))
    assert all_evidence(stands) == {"report", "doubt", "new"}
    assert named_evidence(stands) == {"report", "doubt", "new", "old"}
