"""A check of a reader: the scores of its answers, and the bars."""

from datetime import date

from monitor.domain.model import Effect, Reading
from monitor.domain.reading.agreement import Level
from monitor.rulebook.testing.reader_examples import ReaderExample
from monitor.workbench.reader_check import check_readings
from tests.builders.reading_values import read, reading

COMMITMENTS = ("soy", "ships")


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
    wrong = reading(read("soy", "setback", "China buys"), refused=2)
    checked = check_readings(EXAMPLES, answers(*[RIGHT] * 16, *[wrong] * 4), COMMITMENTS)
    assert (checked.below, checked.refused) == ((Level.DIRECTION, Level.EFFECT), 8)
    assert not checked.passed
    assert [checked.examples[one.name].line for one in checked.score.misread] == [17, 18, 19, 20]


def test_examples_without_an_answer_are_left_out_and_fail_the_check_if_they_are_many() -> None:
    one_missing = check_readings(EXAMPLES, answers(*[RIGHT] * 19), COMMITMENTS)
    assert [one.line for one in one_missing.unread] == [20]
    assert one_missing.passed
    two_missing = check_readings(EXAMPLES, answers(*[RIGHT] * 18), COMMITMENTS)
    assert two_missing.below == ()
    assert not two_missing.passed
