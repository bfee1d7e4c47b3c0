from __future__ import annotations

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.word_frequency import RARE, phrase_frequency


def test_a_word_of_every_second_story_is_commoner_than_one_of_the_trade() -> None:
    assert phrase_frequency(Phrase("the")) > phrase_frequency(Phrase("china")) > phrase_frequency(Phrase("soybeans"))


def test_a_word_that_the_table_does_not_list_is_rarer_than_all_that_it_lists() -> None:
    assert phrase_frequency(Phrase("gallium")) == RARE < 0.001


def test_a_phrase_is_rarer_than_its_rarest_word() -> None:
    assert phrase_frequency(Phrase("the president")) < phrase_frequency(Phrase("president"))


def test_a_family_is_as_common_as_its_words_together() -> None:
    assert phrase_frequency(Phrase("tariff", True)) > phrase_frequency(Phrase("tariff"))
    assert phrase_frequency(Phrase("tariff", True)) > phrase_frequency(Phrase("tariffs"))


def test_chinese_is_as_rare_as_its_rarest_pair() -> None:
    assert phrase_frequency(Phrase("中国")) > phrase_frequency(Phrase("中国大豆")) == phrase_frequency(Phrase("大豆"))
