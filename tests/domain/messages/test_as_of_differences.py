"""The reasons why a published verdict differs from the present knowledge of its moment."""

from dataclasses import replace
from datetime import date
from typing import Any

from monitor.domain.messages.as_of_differences import Difference, EvidenceBase, difference_reasons, differences
from monitor.domain.model import Effect, Flag, FlagKind, ReadBy, ReaderKind, Signal, Standing, Verdict
from monitor.domain.model.news import READ_OTHERWISE
from monitor.domain.model.reasons import Pinned, Rejection
from monitor.domain.verdicts.evidence import Evidence
from tests.builders.domain_values import at, commitment, signal, verdict
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import story

START, PUBLISHED, MOMENT = at("2025-10-01"), at("2025-11-20"), at("2025-12-01")
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


MODEL = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a2b", Effect.PROGRESS)
BY_MODEL = replace(REPORT, rule="truce/reader", read_by=(MODEL,))
BY_PERSON = replace(REPORT, rule="truce/person", read_by=(ReadBy(ReaderKind.PERSON, "ann", "", Effect.PROGRESS),))
GENERAL = reasons(THEN, NOW, evidence(REPORT), read=(REPORT,))


def test_reports_that_weigh_differently_give_one_general_reason(wording: GoldenWording) -> None:
    wording(GENERAL)


def test_later_retracted_and_differently_read_reports_are_reasons(wording: GoldenWording) -> None:
    since = at("2025-12-03")
    late = replace(REPORT, seen_at=at("2025-12-05"))
    rejection = Rejection("Ana", "an old text")
    cases = {
        "first seen later": reasons(THEN, NOW, read=(late,)),
        "only the present rules": reasons(THEN, NOW, read=(REPORT,)),
        "only the rules then": reasons(THEN, NOW, evidence(REPORT)),
        "rejected": reasons(THEN, NOW, evidence(REPORT, "rejected", since=since, rejection=rejection)),
        "withdrawn": reasons(THEN, NOW, evidence(REPORT, "dead", since=since, why="withdrawn")),
        "read otherwise": reasons(THEN, NOW, evidence(REPORT, "dead", since=since, why=READ_OTHERWISE)),
        "only the model now": reasons(THEN, NOW, read=(BY_MODEL,)),
        "only the model then": reasons(THEN, NOW, evidence(BY_MODEL)),
        "a baseline": reasons(THEN, NOW, baseline=at("2025-11-25")),
    }
    wording(f"{name}: {'; '.join(found)}" for name, found in cases.items())


def test_a_rule_that_reads_the_same_effect_from_the_same_story_is_no_reason() -> None:
    renamed = replace(REPORT, id="s2", rule="truce/other")
    known = replace(NOW, evidence=("s2",))
    found = reasons(THEN, known, evidence(REPORT, "dead", why="edited"), read=(renamed,))
    assert len(found) == 1
    assert "truce/other" not in found[0]


def test_a_reading_after_the_moment_is_a_reason_unless_a_rule_read_the_same(wording: GoldenWording) -> None:
    read_since = {REPORT.revision: at("2025-12-04")}
    wording(reasons(THEN, NOW, evidence(BY_PERSON), read=(BY_PERSON,), read_since=read_since))
    assert reasons(THEN, NOW, evidence(BY_PERSON), read=(BY_PERSON,)) == GENERAL, "it was read before"
    both = replace(REPORT, read_by=(MODEL,))
    assert reasons(THEN, NOW, evidence(both), read=(both,), read_since=read_since) == GENERAL, "a rule read it too"


def test_a_baseline_of_a_later_day_is_no_reason() -> None:
    assert reasons(THEN, NOW, baseline=at("2025-12-02")) == GENERAL


def test_a_mention_without_effect_is_the_reason_for_the_end_of_a_stale_flag(wording: GoldenWording) -> None:
    stale = replace(THEN, flags=(Flag(FlagKind.STALE, "", PUBLISHED),))
    mention = signal(Effect.NONE, "2025-11-18")
    known = replace(NOW, last_evidence=mention.happened.end)
    wording(reasons(stale, known, read=(mention,)))
    assert reasons(stale, known, read=(replace(mention, commitment="soy"),)) == GENERAL
    assert reasons(stale, known, read=(replace(mention, seen_at=at("2025-12-05")),)) == GENERAL


def test_a_pin_of_only_one_of_the_verdicts_is_a_reason(wording: GoldenWording) -> None:
    pin = Pinned("Ana", date(2025, 12, 31), "talks go on", "https://example.org/pin", Standing.IN_FORCE)
    pinned = replace(THEN, flags=(Flag(FlagKind.PINNED, "pin", PUBLISHED, pin),))
    wording([*reasons(pinned, NOW), *reasons(THEN, pinned)])
