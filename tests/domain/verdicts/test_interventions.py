"""For what a rejection holds, when a mute is over, and what a correction takes back beside the status."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.domain.alerts.announce import AlertContext, announce
from monitor.domain.alerts.mutes import MuteSummary, as_recorded, last_ended_mute, mute_window_at, mute_windows
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.model.changes import notation
from monitor.domain.model.commitments import Baseline
from monitor.domain.model.enums import Cause, Effect, Kind, Severity, Standing, TransitionKind
from monitor.domain.model.news import Signal
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import DoubtTakenBack, Rejection, ReportTakenBack, StatusTakenBack
from monitor.domain.model.routes import Route
from monitor.domain.model.verdicts import DecisionInput, Intervention
from monitor.domain.verdicts.decide import decide, initial_verdict, pin_in_force
from monitor.domain.verdicts.interventions import (
    PersonReading,
    affects_before,
    effective_readings,
    pinnable_statuses,
    read_by_people,
    reading_interventions,
    reading_of,
    reading_payload,
    suppression_payload,
    suppressions,
)
from tests.builders.domain_values import (
    START,
    at,
    change,
    commitment,
    decided,
    from_cn,
    from_us,
    quantity_commitment,
    rulebook,
    signal,
    target,
    tonnes,
    until,
)
from tests.builders.reading_values import read
from tests.builders.transitions import COMMITMENTS, moved, turned

TRUCE = commitment()
FIRST = signal(Effect.THREAT, "2025-10-10", quote="A  threat is made")


def reject(what: Signal, **changed: Any) -> Intervention:
    intervention = Intervention(
        "r1", "reject", what.commitment, what.id, "misread", "", at("2025-10-11"), payload=suppression_payload(what)
    )
    return replace(intervention, **changed)


# ---------------------------------------------------------------- rejections


def test_a_rejection_holds_for_the_effect_in_the_text_and_for_the_sentence_in_later_ones() -> None:
    cases: list[tuple[dict[str, Any], bool]] = [
        ({}, True),
        ({"id": "x", "rule": "truce/renamed", "rule_version": "w"}, True),
        ({"id": "x", "quote": "Another sentence"}, True),
        ({"id": "x", "revision": "r2", "quote": "A threat is made"}, True),
        ({"id": "x", "revision": "r2", "quote": "Another threat is made"}, False),
        ({"id": "x", "effect": Effect.BREACH}, False),
        ({"id": "x", "commitment": "soy"}, False),
        ({"id": "x", "story": "another"}, False),
    ]
    for changed, holds in cases:
        found = suppressions([reject(FIRST)]).of(replace(FIRST, **changed))
        assert (found is not None) is holds, changed


def test_a_restored_rejection_holds_no_more_and_another_one_still_does() -> None:
    restore = Intervention("x", "restore", "truce", "r1", "after all", "", at("2025-10-12"))
    assert suppressions([reject(FIRST), restore]).of(FIRST) is None
    second = reject(FIRST, id="r2")
    assert suppressions([reject(FIRST), restore, second]).of(FIRST) == second


def test_only_what_was_done_since_and_concerns_what_is_folded_reaches_back() -> None:
    interventions = (reject(FIRST), Intervention("x", "restore", "truce", "r1", "after all", "", at("2025-12-12")))
    assert affects_before(interventions[:1], at("2025-10-11"), at("2025-10-20"))
    assert not affects_before(interventions[:1], at("2025-10-11"), at("2025-10-09")), "it is not folded yet"
    assert not affects_before(interventions[:1], at("2025-10-12"), at("2025-10-20")), "it was weighed before"
    assert affects_before(interventions, at("2025-12-01"), at("2025-10-20")), "restoring concerns the same signal"


def test_each_kind_of_commitment_has_its_own_words() -> None:
    assert {"in_force", "met"} & set(pinnable_statuses(Kind.STANDING)) == {"in_force"}
    for kind in (Kind.QUANTITY, Kind.MILESTONE, Kind.SERIES):
        assert {"in_force", "met"} & set(pinnable_statuses(kind)) == {"met"}
    assert all({"at_risk", "stalled", "breached"} <= set(pinnable_statuses(kind)) for kind in Kind)
    assert not any("steady" in pinnable_statuses(kind) for kind in Kind)


# ---------------------------------------------------------------- pins


def test_a_pin_holds_the_status_or_leaves_the_reasons_as_they_are() -> None:
    force = commitment(baselines=(Baseline(START, Standing.IN_FORCE, "s"),))
    pin = Intervention("p", "pin", "truce", "", "a cable", "s", at("2025-10-05"), at("2025-11-05"), "at_risk/in_force")
    broken = [from_us(Effect.BREACH, "2025-10-10"), from_cn(Effect.BREACH, "2025-10-10")]
    assert decided(force, broken, "2025-10-11").verdict.status == "breached"
    assert decided(force, broken, "2025-10-11", interventions=(pin,)).verdict.status == "at_risk"
    plain = decided(TRUCE, [FIRST], "2025-10-11").verdict
    pin = Intervention(
        "p", "pin", "truce", "", "a cable", "s", at("2025-10-11"), at("2025-11-05"), f"at_risk/{plain.standing}"
    )
    held = decided(TRUCE, [FIRST], "2025-10-11", interventions=(pin,)).verdict
    assert replace(held, flags=plain.flags) == plain


@pytest.mark.parametrize(("pin_id", "unpin_id"), [("a", "b"), ("b", "a")])
def test_an_unpin_at_the_instant_of_the_pin_ends_it_whatever_their_ids(pin_id: str, unpin_id: str) -> None:
    moment = at("2025-10-11")
    pin = Intervention(pin_id, "pin", "truce", "", "a cable", "s", moment, at("2025-11-05"), "met")
    unpin = Intervention(unpin_id, "unpin", "truce", pin_id, "an error", "", moment)
    assert pin_in_force([pin], moment) == pin
    assert pin_in_force([pin, unpin], moment) is None


# ---------------------------------------------------------------- what is taken back beside the status


def test_what_had_built_on_a_rejected_report_is_corrected_by_its_name() -> None:
    pledge, progress = from_us(Effect.PLEDGE, "2025-10-10"), signal(Effect.PROGRESS, "2025-10-12")
    told = decided(TRUCE, [pledge, progress], "2025-10-13").verdict
    assert told.status == "in_progress"
    (move,) = [
        t
        for t in decided_by_person([pledge, progress], "2025-10-14", told, reject(pledge, by="ann"))
        if t.kind is TransitionKind.STATUS
    ]
    assert (*notation(move.change), move.cause) == ("in_progress", "unpledged", Cause.CORRECTION)
    assert isinstance(move.reason.detail, StatusTakenBack)
    assert move.reason.detail.rejection == Rejection("ann", "misread")


def test_a_doubt_that_goes_with_its_rejected_report_is_a_correction_with_the_reason() -> None:
    says = from_us(Effect.DELIVERED, "2025-11-10")
    told = decided(TRUCE, [says], "2025-11-11").verdict
    after = decided_by_person([says], "2025-11-12", told, reject(says, by="ann"))
    (fell,) = [t for t in after if notation(t.change)[1] == "withdrawn"]
    assert fell.cause is Cause.CORRECTION
    assert isinstance(fell.reason.detail, DoubtTakenBack)
    assert fell.reason.detail.rejection == Rejection("ann", "misread")


def test_a_count_whose_report_is_rejected_is_taken_back() -> None:
    buys = quantity_commitment(targets=(target(100, "2025-10-01", "2025-12-31"),))
    counts = [
        from_cn(Effect.PROGRESS, "2025-10-10", quantity=tonnes(40)),
        from_us(Effect.PROGRESS, "2025-10-10 02:00", quantity=tonnes(40)),
    ]
    told = decided(buys, counts, "2025-10-11").verdict
    assert told.progress is not None
    rejected = tuple(reject(one, id=f"r{number}") for number, one in enumerate(counts))
    after = decided_by_person(counts, "2025-10-12", told, *rejected, of=buys)
    (move,) = [t for t in after if t.kind is TransitionKind.PROGRESS]
    assert (*notation(move.change), move.way.value) == ("40%", "0%", "down")


def test_a_date_or_step_whose_report_is_rejected_is_taken_back() -> None:
    dated = from_us(Effect.DEADLINE, "2025-10-20", date=until("2026-01-23"))
    told = decided(TRUCE, [dated], "2025-10-21").verdict
    after = decided_by_person([dated], "2025-10-22", told, reject(dated, by="ann"))
    (move,) = [t for t in after if t.kind is TransitionKind.DEADLINE]
    assert (*notation(move.change), move.cause) == ("2026-01-23", "withdrawn", Cause.CORRECTION)
    assert isinstance(move.reason.detail, ReportTakenBack)
    assert move.reason.detail.rejection == Rejection("ann", "misread")
    sale = commitment(Kind.MILESTONE, steps=("agreed", "closed"))
    step = [
        from_us(Effect.PROGRESS, "2025-10-10", object="agreed"),
        from_cn(Effect.PROGRESS, "2025-10-10", object="agreed"),
    ]
    told = decided(sale, step, "2025-10-11").verdict
    assert told.steps == ("agreed",)
    rejected = tuple(reject(one, id=f"r{number}") for number, one in enumerate(step))
    after = decided_by_person(step, "2025-10-12", told, *rejected, of=sale)
    assert ("agreed", "withdrawn") in [notation(t.change) for t in after]


def decided_by_person(signals: list[Signal], now: str, told: Any, *interventions: Intervention, of: Any = TRUCE) -> Any:
    """The changes of a review that a person's intervention made due."""
    case = DecisionInput(of, initial_verdict(of, at("2025-10-02")), tuple(signals), interventions, told)
    return decide(case, {}, rulebook(of), at(now), Cause.PERSON).transitions


# ---------------------------------------------------------------- mutes


def mute(name: str, start: str, end: str | None, pattern: str = "truce") -> Intervention:
    return Intervention(name, "mute", "", pattern, "noise", "", at(start), at(end) if end else None, by="ann")


def test_overlapping_mutes_are_one_silence_until_its_end_of_all_that_the_pattern_fits() -> None:
    interventions = [
        mute("a", "2026-03-01", "2026-03-03"),
        mute("b", "2026-03-03", "2026-03-05"),
        mute("c", "2026-03-08", "2026-03-09"),
    ]
    found = mute_windows(interventions, "truce")
    assert [(s.since, s.until) for s in found] == [
        (at("2026-03-01"), at("2026-03-05")),
        (at("2026-03-08"), at("2026-03-09")),
    ]
    assert mute_windows(interventions, "soy") == ()
    interventions = [
        mute("a", "2026-03-01", "2026-03-09"),
        Intervention("u", "unmute", "", "a", "out", "", at("2026-03-04")),
    ]
    assert mute_window_at(interventions, "truce", at("2026-03-03")) is not None
    assert mute_window_at(interventions, "truce", at("2026-03-04")) is None
    over = last_ended_mute(interventions, "truce", at("2026-03-03"), at("2026-03-04"))
    assert over is not None
    assert over.until == at("2026-03-04")
    assert last_ended_mute(interventions, "truce", at("2026-03-04"), at("2026-03-10")) is None, "it is told once"
    interventions = [mute("a", "2026-03-01", None, "truce*")]
    assert [name for name in COMMITMENTS if mute_window_at(interventions, name, at("2026-03-02"))] == [
        "truce",
        "truce-cuts",
    ]


DESK = Route("desk", "slack", "C1")
NOW = at("2026-03-02 09:00")
CONTEXT = AlertContext(SentLog(), COMMITMENTS, Policy(), NOW)


def over(*differs: Any, name: str = "truce") -> MuteSummary:
    (silence,) = mute_windows([mute("a", "2026-03-01", "2026-03-02 09:00", "*")], name)
    return MuteSummary(name, silence, differs, 3)


def test_the_end_of_a_silence_is_one_message_a_route_on_all_commitments() -> None:
    told = [over(moved()), over(moved(id="t2", commitment="soy", severity=Severity.URGENT), name="soy")]
    other = replace(DESK, name="soy desk", to="C2", commitments=("soy",))
    messages = announce([moved(id="t3")], [DESK, other], replace(CONTEXT, unmuted=told))
    assert [(m.route, m.kind, m.commitment, len(m.transitions)) for m in messages] == [
        ("desk", "summary", "soy", 2),
        ("soy desk", "summary", "soy", 1),
    ]
    assert messages[0].note.partition(": ")[2].startswith("noise (ann). 6 changes were ")


def test_what_is_muted_is_announced_to_nobody_and_what_rules_made_differ_is_held() -> None:
    interventions = [mute("a", "2026-03-01", "2026-03-09")]
    both = [moved(), moved(id="t2", commitment="soy")]
    messages = announce(both, [DESK], replace(CONTEXT, interventions=interventions))
    assert [m.commitment for m in messages] == ["soy"]
    differs = (moved(), moved(id="t2", cause=Cause.RULES), moved(id="t3", cause=Cause.BACKFILL))
    messages = announce([], [DESK], replace(CONTEXT, unmuted=[over(*differs)]))
    assert [(m.held, [t.id for t in m.transitions]) for m in messages] == [(False, ["t1"]), (True, ["t2"])]


def test_what_differs_is_told_as_the_last_change_that_brought_it_about() -> None:
    recorded = [moved(id="up", to="in_force"), turned(1, frm="in_force"), turned(2, frm="in_force")]
    net = moved(id="net", frm="pledged", to="at_risk")
    assert as_recorded(net, recorded) == replace(
        recorded[-1], change=change(frm="pledged", to="at_risk"), way=net.way, severity=net.severity, outlook_only=False
    )
    assert as_recorded(replace(net, change=change(to="breached")), recorded).id == "net"


# ---------------------------------------------------------------- readings by people

READ_AT = at("2026-01-10")


def read_by_ann(name: str, minute: int, *texts: str, story: str = "s1") -> Intervention:
    said = PersonReading("A title — “quoted”", frozenset(texts), (read("soy", "pledge", "buys"),), frozenset({"soy"}))
    moment = READ_AT + timedelta(minutes=minute)
    return Intervention(name, "read", "", story, "why", "", moment, payload=reading_payload(said), by="Ann")


def back(name: str, minute: int) -> Intervention:
    return Intervention(f"back-{name}", "unread", "", name, "", "", READ_AT + timedelta(minutes=minute), by="Bob")


def names(interventions: tuple[Intervention, ...]) -> list[str]:
    return [each.id for each in interventions]


def test_a_reading_counts_until_it_is_undone_or_its_text_is_read_again() -> None:
    interventions = (
        read_by_ann("a", 0, "t1"),
        read_by_ann("b", 1, "t2"),
        read_by_ann("c", 2, "t2"),
        read_by_ann("d", 3, "t3"),
        back("d", 4),
    )
    assert names(reading_interventions(interventions)) == ["a", "b", "c"]
    assert names(effective_readings(interventions)) == ["a", "c"]
    assert {text: each.id for text, each in read_by_people(interventions).items()} == {"t1": "a", "t2": "c"}


def test_the_readings_of_a_story_are_read_back_and_selected() -> None:
    read_back = reading_of(read_by_ann("a", 0, "t1", "t2"))
    assert read_back == PersonReading(
        "A title — “quoted”", frozenset({"t1", "t2"}), (read("soy", "pledge", "buys"),), frozenset({"soy"})
    )
    assert names(reading_interventions((read_by_ann("a", 0, "t1"), read_by_ann("b", 1, "t2", story="s2")), "s2")) == [
        "b"
    ]
