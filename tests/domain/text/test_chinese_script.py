from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.text.writing_systems import is_traditional, simplified
from tests.builders.tables import table


def test_traditional_characters_become_simplified_and_others_stay() -> None:
    cases = table("chinese_script", "traditional_characters_become_simplified_and_others_stay")
    assert [(text, simplified(text)) for text, _ in cases] == cases


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x2FFFF)))
def test_a_text_keeps_its_length_and_is_simplified_once_for_all(text: str) -> None:
    plain = simplified(text)
    assert len(plain) == len(text)
    assert simplified(plain) == plain


def test_every_character_of_the_table_is_simplified_once_for_all() -> None:
    every = "".join(map(chr, (*range(0x3400, 0xA000), *range(0xF900, 0xFB00))))
    assert simplified(simplified(every)) == simplified(every)


def test_a_text_with_one_character_that_simplified_texts_lack_is_traditional() -> None:
    cases = [("關稅", True), ("关稅", True), ("关税", False), ("后台并行", False), ("显著", False), ("tariff", False)]
    assert [(text, is_traditional(text)) for text, _ in cases] == cases
