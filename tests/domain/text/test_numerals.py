import pytest

from monitor.domain.text.numerals import (
    chinese_bounds,
    chinese_count,
    english_number,
    han_number,
    inherited_scale,
    number_value,
    sentence_bounds,
)
from tests.builders.tables import table


def test_an_english_number_has_the_value_that_its_digits_words_and_fractions_name() -> None:
    cases = [("½", 0.5), ("2½", 2.5), ("1,200", 1200.0), ("three hundred and five", 305.0), ("two dozen", 24.0)]
    assert [(written, english_number(written)) for written, _ in cases] == cases


def test_a_chinese_number_may_have_decimals_and_a_row_of_digits_stands_for_itself() -> None:
    cases = [("三点五", 3.5), ("十二点零五", 12.05), ("一百零五", 105.0), ("二五", 25.0), ("两千", 2000.0)]
    for written, value in cases:
        assert han_number(written) == number_value(written) == value, written


@pytest.mark.parametrize("written", ["三吨", "三百吨"])
def test_what_is_no_chinese_numeral_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a Chinese numeral"):
        han_number(written)


def test_each_part_of_a_chinese_count_keeps_its_own_scale() -> None:
    cases = table("numerals", "each_part_of_a_chinese_count_keeps_its_own_scale")
    assert [(written, chinese_count(written)) for written, _ in cases] == cases


def test_two_neighbouring_digits_are_the_bounds_of_a_rough_count() -> None:
    assert chinese_bounds("三四百万") == (3e6, 4e6)
    assert chinese_bounds("十二") == (12.0, 12.0)


def test_the_first_of_two_numbers_takes_the_scale_of_the_last_unless_it_has_its_own() -> None:
    assert [inherited_scale(*pair) for pair in (("800", "1000万"), ("三", "四百万"), ("三百", "四百万"))] == [
        1e4,
        1e6,
        1e4,
    ]
    assert inherited_scale("800万", "1000万") == inherited_scale("1", "2") == 1.0


def test_a_sentence_ends_neither_at_an_abbreviated_month_nor_before_its_span() -> None:
    text = "On Nov. 10 it rose. Then it fell. All was over"
    assert [text[slice(*sentence_bounds(text, at, at + 2))] for at in (0, 21, 36)] == [
        "On Nov. 10 it rose.",
        "Then it fell.",
        "All was over",
    ]


def test_a_span_over_two_sentences_has_the_bounds_of_both() -> None:
    text = "It rose. Then it fell. All was over"
    assert text[slice(*sentence_bounds(text, 3, 12))] == "It rose. Then it fell."
