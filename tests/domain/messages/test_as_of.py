"""Why a published verdict differs from what is known of its moment now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from monitor.domain.messages.as_of_differences import Difference, EvidenceBase, difference_reasons, differences
from monitor.domain.model import Effect, Flag, FlagKind, ReadBy, ReaderKind, Signal, Standing, Verdict
from monitor.domain.model.news import READ_OTHERWISE
from monitor.domain.model.reasons import Pinned, Rejection
from monitor.domain.verdicts.evidence import Evidence
from tests.builders.domain_values import at, commitment, signal, verdict
from tests.builders.message_values import story

START, PUBLISHED, MOMENT = at("2025-10-01"), at("2025-11-20"), at("2025-12-01")
OTHERWISE = ("the present rules and settings weigh the same reports otherwise",)
REPORT = signal(Effect.PROGRESS, "2025-11-10", id="s1")
THEN = verdict(commitment(), evidence=("s1",))
NOW = verdict(commitment(), standing=Standing.IN_FORCE, evidence=("s1",))


def evidence(of: Signal, state: str = "live", **changed: Any) -> Evidence:
    day = of.happened.end
    return Evidence(of, story(of.story), "Title", "Reuters", "", day, day, day, state, **changed)


def reasons(
    then: Verdict, known: Verdict, *stored: Evidence, read: tuple[Signal, ...] = (), **changed: Any
) -> list[str]:
    behind = EvidenceBase({item.signal.id: item for item in stored}, {s.id: s for s in read}, PUBLISHED, START)
    return list(difference_reasons(then, known, MOMENT, replace(behind, **changed)))


def test_a_value_that_a_reader_would_see_alike_is_no_difference() -> None:
    assert differences(THEN, THEN) == ()
    assert Difference("standing", "unpledged", "in_force") in differences(THEN, NOW)


def test_reports_that_weigh_otherwise_give_one_general_reason() -> None:
    assert reasons(THEN, NOW, evidence(REPORT), read=(REPORT,)) == [*OTHERWISE]


def test_a_report_first_seen_after_the_moment_is_a_reason() -> None:
    late = replace(REPORT, seen_at=at("2025-12-05"))
    assert reasons(THEN, NOW, read=(late,)) == ["a report of 10 Nov 2025 was first seen on 5 Dec 2025"]


def test_what_only_the_rules_of_one_time_read_is_a_reason() -> None:
    as_read = "a report of 10 Nov 2025 as progress (truce/act)"
    assert reasons(THEN, NOW, read=(REPORT,)) == [f"the present rules read {as_read}"]
    assert reasons(THEN, NOW, evidence(REPORT)) == [f"the present rules no longer read {as_read}"]


def test_a_rule_that_reads_the_same_effect_from_the_same_story_is_no_reason() -> None:
    renamed = replace(REPORT, id="s2", rule="truce/other")
    known = replace(NOW, evidence=("s2",))
    assert reasons(THEN, known, evidence(REPORT, "dead", why="edited"), read=(renamed,)) == [
        "a report of 10 Nov 2025 was edited by its publisher"
    ]


def test_a_retracted_report_names_who_retracted_it_and_when() -> None:
    since = at("2025-12-03")
    rejected = evidence(REPORT, "rejected", since=since, rejection=Rejection("Ana", "an old text"))
    assert reasons(THEN, NOW, rejected) == ["a report of 10 Nov 2025 was rejected on 3 Dec 2025 by Ana: an old text"]
    withdrawn = evidence(REPORT, "dead", since=since, why="withdrawn")
    assert reasons(THEN, NOW, withdrawn) == ["a report of 10 Nov 2025 was withdrawn by its publisher on 3 Dec 2025"]


def test_a_report_that_is_read_otherwise_since_is_not_laid_at_its_publishers_door() -> None:
    since, said = at("2025-12-03"), "a report of 10 Nov 2025 was read otherwise on 3 Dec 2025 (before: truce/act)"
    assert reasons(THEN, NOW, evidence(REPORT, "dead", since=since, why=READ_OTHERWISE)) == [said]


def test_what_a_model_reads_is_named_with_the_model() -> None:
    model = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a2b", Effect.PROGRESS)
    by_model = replace(REPORT, rule="truce/reader", read_by=(model,))
    as_read = "a report of 10 Nov 2025 as progress (read by qwen3:8b (question 1a2b))"
    assert reasons(THEN, NOW, read=(by_model,)) == [f"the present rules and readings read {as_read}"]
    assert reasons(THEN, NOW, evidence(by_model)) == [f"the present rules and readings no longer read {as_read}"]


def test_what_somebody_read_after_the_moment_is_a_reason() -> None:
    read_since = {REPORT.revision: at("2025-12-04")}
    by_person = replace(REPORT, rule="truce/person", read_by=(ReadBy(ReaderKind.PERSON, "ann", "", Effect.PROGRESS),))
    said = "a report of 10 Nov 2025 was read as progress on 4 Dec 2025 (read by ann)"
    assert reasons(THEN, NOW, evidence(by_person), read=(by_person,), read_since=read_since) == [said]
    assert reasons(THEN, NOW, evidence(by_person), read=(by_person,)) == [*OTHERWISE], "it was read before"
    model = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a2b", Effect.PROGRESS)
    both = replace(REPORT, read_by=(model,))
    assert reasons(THEN, NOW, evidence(both), read=(both,), read_since=read_since) == [*OTHERWISE], "a rule read it so"


def test_a_baseline_that_a_person_set_after_publication_is_a_reason() -> None:
    said = "a person's baseline of 25 Nov 2025 rules from that day on, and had not been weighed yet"
    assert reasons(THEN, NOW, baseline=at("2025-11-25")) == [said]
    assert reasons(THEN, NOW, baseline=at("2025-12-02")) == [*OTHERWISE]


def test_a_mention_that_moves_nothing_is_the_reason_why_a_stale_flag_is_gone() -> None:
    stale = replace(THEN, flags=(Flag(FlagKind.STALE, "", PUBLISHED),))
    mention = signal(Effect.NONE, "2025-11-18")
    known = replace(NOW, last_evidence=mention.happened.end)
    said = "a mention of 18 Nov 2025 that moves nothing had not been weighed yet"
    assert reasons(stale, known, read=(mention,)) == [said]
    assert reasons(stale, known, read=(replace(mention, commitment="soy"),)) == [*OTHERWISE]
    assert reasons(stale, known, read=(replace(mention, seen_at=at("2025-12-05")),)) == [*OTHERWISE]


def test_a_pin_that_holds_only_one_of_the_verdicts_is_a_reason() -> None:
    pin = Pinned("Ana", date(2025, 12, 31), "talks go on", "https://example.org/pin", Standing.IN_FORCE)
    pinned = replace(THEN, flags=(Flag(FlagKind.PINNED, "pin", PUBLISHED, pin),))
    (then,) = reasons(pinned, NOW)
    (now,) = reasons(THEN, pinned)
    assert then.startswith("then ")
    assert now == f"by now {then.removeprefix('then ')}"
    assert "Ana" in then
