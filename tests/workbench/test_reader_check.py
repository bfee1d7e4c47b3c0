"""A check of a reader: what counts of its answers, the bars, and what is remembered for `doctor`."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.domain.model import Effect, Reading
from monitor.domain.reading.agreement import Level
from monitor.rulebook.testing.reader_examples import ReaderExample
from monitor.workbench.reader_check import RECORD, LastCheck, advice, check_readings, last_check
from tests.builders.reading_values import read, reading

COMMITMENTS = ("soy", "ships")
LAST = LastCheck("m-1", "q-1", datetime(2026, 3, 1, 9, tzinfo=UTC), 244, 0.95, 0.93, 0.9)


def example(number: int, effect: str = "progress", kind: str = "plain") -> ReaderExample:
    reads = {"soy": Effect(effect)}
    return ReaderExample("deal", kind, f"China buys cargo {number}", "", reads, date(2026, 1, 1), "x.yaml", number)


EXAMPLES = [example(number) for number in range(1, 21)]


def answers(*said: Reading) -> dict[str, Reading]:
    return {one.name: answer for one, answer in zip(EXAMPLES, said, strict=False)}


RIGHT = reading(read("soy", "progress", "China buys"))


def test_a_reader_passes_or_the_bar_below_which_it_is_is_named() -> None:
    checked = check_readings(EXAMPLES, answers(*[RIGHT] * 20), COMMITMENTS)
    assert (checked.passed, checked.below, checked.unread, checked.refused) == (True, (), (), 0)
    wrong = reading(read("soy", "setback", "China buys"))
    checked = check_readings(EXAMPLES, answers(*[RIGHT] * 16, *[wrong] * 4), COMMITMENTS)
    assert checked.below == (Level.DIRECTION, Level.EFFECT)
    assert not checked.passed
    assert [checked.examples[one.name].line for one in checked.score.misread] == [17, 18, 19, 20]


def test_a_match_that_cannot_count_is_refused() -> None:
    for commitment, quote in (("corn", "China buys"), ("soy", "China sells"), ("soy", "")):
        checked = check_readings(EXAMPLES[:1], answers(reading(read(commitment, "progress", quote))), COMMITMENTS)
        assert (checked.refused, checked.score.whole[Level.ABOUT].missed) == (1, 1)


def test_examples_without_an_answer_are_left_out_and_fail_the_check_if_they_are_many() -> None:
    one_missing = check_readings(EXAMPLES, answers(*[RIGHT] * 19), COMMITMENTS)
    assert [one.line for one in one_missing.unread] == [20]
    assert one_missing.passed
    two_missing = check_readings(EXAMPLES, answers(*[RIGHT] * 18), COMMITMENTS)
    assert two_missing.below == ()
    assert not two_missing.passed


def test_a_check_is_remembered_and_a_broken_record_is_none(tmp_path: Path) -> None:
    assert last_check(tmp_path) is None
    LAST.write(tmp_path / "data")
    assert last_check(tmp_path / "data") == LAST
    later = replace(LAST, model="m-2")
    later.write(tmp_path / "data")
    assert last_check(tmp_path / "data") == later
    for text in ("", "[]", "{}", '{"at": 3}'):
        (tmp_path / RECORD).write_text(text, encoding="utf-8")
        assert last_check(tmp_path) is None


def test_another_model_or_question_and_a_low_score_are_told_with_the_remedy() -> None:
    assert advice(LAST, "m-1", "q-1") == ""
    assert "the model has changed since the last check of 2026-03-01" in advice(LAST, "m-2", "q-1")
    assert "the question has changed" in advice(LAST, "m-1", "q-2")
    assert "the model and the question have changed" in advice(LAST, "m-2", "q-2")
    assert "has not been checked" in advice(None, "m-1", "q-1")
    assert all("deal-monitor model check" in advice(last, "m-2", "q-1") for last in (LAST, None))
    low = advice(replace(LAST, effect=0.8), "m-1", "q-1")
    assert low == "the model was below the bar in the last check of 2026-03-01: effect 0.80 (bar 0.85)"
