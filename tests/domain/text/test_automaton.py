import pickle

import pytest

from monitor.domain.text.automaton import Phrase, PhraseIndex
from monitor.domain.text.folding import fold
from tests.builders.tables import table


def found(phrase: str, text: str, *, family: bool = False) -> list[str]:
    folded = fold(text).text
    hits = PhraseIndex([Phrase(fold(phrase).text, family)]).find(folded)
    return [folded[start:end] for start, end in hits.get(0, [])]


def test_a_phrase_is_found_in_running_text_and_not_inside_another_word() -> None:
    cases = table("automaton", "a_phrase_is_found_in_running_text_and_not_inside_another_word")
    assert [phrase for phrase, text in cases if not found(phrase, text)] == []
    assert [phrase for phrase, text in table("automaton", "others") if found(phrase, text)] == []


def test_phrases_of_a_family_and_overlapping_ones_are_found_and_masked_ones_are_not() -> None:
    assert found("tariff", "tariff tariffs tariffed", family=True) == ["tariff", "tariffs", "tariffed"]
    assert found("tariff", "nontariff", family=True) == []
    assert found("tariff", "tariffs关税", family=True) == ["tariffs"]
    index = PhraseIndex([Phrase("rare earth"), Phrase("earth magnets"), Phrase("rare earth magnets")])
    assert set(index.find("rare earth magnets")) == {0, 1, 2}
    index = PhraseIndex([Phrase("拟"), Phrase("模拟")], frozenset({1}))
    assert index.find("模拟芯片") == {1: [(0, 2)]}
    assert index.find("拟采购") == {0: [(0, 1)]}
    index = PhraseIndex([Phrase("关税"), Phrase("有关 税收"), Phrase("税收"), Phrase("有关税收")], frozenset({1}))
    assert index.find("有关税收") == {1: [(0, 4)], 2: [(2, 4)], 3: [(0, 4)]}
    assert index.find("没有关税") == {0: [(2, 4)]}


def test_an_index_that_was_stored_finds_the_same_phrases() -> None:
    masks = frozenset({2})
    index = PhraseIndex((Phrase("tariff", family=True), Phrase("soy bean"), Phrase("有关 税收")), masks)
    stored = pickle.loads(pickle.dumps(index))
    assert (tuple(stored.phrases), stored.masks, stored.only) == (index.phrases, masks, None)
    assert stored.phrases[1:] == (Phrase("soy bean"), Phrase("有关 税收"))
    assert stored.phrases[-1] == Phrase("有关 税收")
    text = "tariffs on soy bean oil"
    assert stored.find(text) == index.find(text) != {}
    with pytest.raises(IndexError):
        stored.phrases[3]
