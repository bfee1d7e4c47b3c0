"""The ranges of characters, written once, and the language that they show."""

import re

from monitor.domain.extract.measures import AmountInText, without_overlapping
from monitor.domain.text.writing_systems import UNSPACED_RANGE, language_of
from tests.builders.tables import table


def test_a_text_is_chinese_if_it_holds_a_han_character() -> None:
    cases = table("writing_systems", "a_text_is_chinese_if_it_holds_a_han_character")
    assert [(text, language_of(text)) for text, _ in cases] == cases


def test_scripts_that_are_matched_by_the_character() -> None:
    cases = ["中", "ひ", "カ", "한", "ไ"]
    for char in cases:
        assert re.fullmatch(f"[{UNSPACED_RANGE}]", char), char
        assert not re.fullmatch(f"[{UNSPACED_RANGE}]", "A"), char


def test_of_two_readings_that_overlap_the_longer_stays_and_of_two_alike_the_first() -> None:
    def read(start: int, end: int, low: float = 1.0) -> AmountInText:
        return AmountInText(start, end, low, low, "t")

    first, second = read(8, 12, 1.0), read(8, 12, 2.0)
    assert without_overlapping([first, read(0, 3), read(1, 6), second]) == [read(1, 6), first]
    assert without_overlapping([read(3, 5), read(0, 3)]) == [read(0, 3), read(3, 5)], "what touches does not overlap"
