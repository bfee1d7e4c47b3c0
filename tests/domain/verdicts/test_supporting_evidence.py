"""What bears out a status without changing it: and which reports do."""

from dataclasses import replace

import pytest

from monitor.domain.messages.thread_card import threads_to_refresh
from monitor.domain.model.enums import Cause, Effect, FlagKind, Modality, Outlook, Says, Standing, Tier
from monitor.domain.model.news import Signal
from monitor.domain.model.verdicts import DecisionInput, Flag, Intervention, Transition, Verdict
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.domain.verdicts.evidence import all_evidence, named_evidence
from monitor.domain.verdicts.supporting_evidence import causing_transition, first_per_source, supporting_signals
from tests.builders.domain_values import at, commitment, expiry, from_cn, from_us, rulebook, signal
from tests.builders.domain_values import verdict as verdict_of

TRUCE = commitment()
BOOK = rulebook(TRUCE)
NOW = at("2025-11-12 12:00")
MOVED = from_us(Effect.DELIVERED, "2025-11-10 09:00", id="moved")


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
    assert [s.id for s in first_per_source((first, again, house, trade), {Says("us").value})] == ["ap"]


LATER = signal(Effect.DELIVERED, "2025-11-11", id="later", origin="AP")


def change() -> tuple[Transition, Verdict]:
    case, moves = published(MOVED, LATER)
    found = causing_transition(moves, case.published)
    assert found is not None
    return found, case.published


@pytest.mark.parametrize(("cause", "names"), [(Cause.NEWS, {"truce"}), (Cause.RULES, set())])
def test_a_card_does_not_show_what_is_held_after_an_edit_of_the_rules(cause: Cause, names: set[str]) -> None:
    move, _ = change()
    assert threads_to_refresh([replace(move, cause=cause)], (), (), (), NOW) == names


def test_a_verdict_names_the_evidence_of_past_dates_and_no_longer_rests_on_it() -> None:
    dates = (
        replace(expiry("2025-11-10", state="superseded"), evidence=("old",)),
        replace(expiry("2026-11-10"), evidence=("new",)),
    )
    flag = Flag(FlagKind.CONTESTED, "orders", at("2026-01-05"), evidence=("doubt",))
    stands = verdict_of(commitment(), deadlines=dates, flags=(flag,), evidence=("report",))
    assert all_evidence(stands) == {"report", "doubt", "new"}
    assert named_evidence(stands) == {"report", "doubt", "new", "old"}
