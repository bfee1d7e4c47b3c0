from __future__ import annotations

from monitor.domain.text.automaton import Phrase, PhraseIndex
from monitor.domain.text.folding import fold


def found(phrase: str, text: str, *, family: bool = False) -> list[str]:
    folded = fold(text).text
    hits = PhraseIndex([Phrase(fold(phrase).text, family)]).find(folded)
    return [folded[start:end] for start, end in hits.get(0, [])]


def test_a_phrase_is_found_in_running_text_and_not_inside_another_word() -> None:
    cases = [
        ("U.S.", "a U.S. order"),
        ("US", "美US关税"),
        ("50%", "the 50% rule"),
        ("关税", "24%关税"),
        ("24%", "24%关税"),
        ("C++", "in C++ now"),
        (".NET", "on .NET"),
        ("한국", "대한한국은"),
        ("สภา", "ในสภานี้"),
        ("東京都", "在東京都内"),
        ("Nestlé", "Nestlé sells"),
        ("TikTok", "TikTok将出售"),
        ("don't", "they don’t"),
        ("net zero", "net-zero aim"),
        ("🚢 cargo", "a 🚢 cargo"),
    ]
    assert [phrase for phrase, text in cases if not found(phrase, text)] == []
    others = [
        ("US", "between us"),
        ("tariff", "tariffs"),
        ("rate", "corporate"),
        ("12 million", "112 million"),
        ("12 million", "2.12 million"),
        ("soy", "soybean"),
        ("5", "3.5"),
        ("3", "3.5"),
        ("क", "क\u093f"),
    ]
    assert [phrase for phrase, text in others if found(phrase, text)] == []


def test_phrases_of_a_family_and_overlapping_ones_are_found_and_masked_ones_are_not() -> None:
    assert found("tariff", "tariff tariffs tariffed", family=True) == ["tariff", "tariffs", "tariffed"]
    assert found("tariff", "nontariff", family=True) == []
    assert found("tariff", "tariffs关税", family=True) == ["tariffs"]
    index = PhraseIndex([Phrase("rare earth"), Phrase("earth magnets"), Phrase("rare earth magnets")])
    assert set(index.find("rare earth magnets")) == {0, 1, 2}
    index = PhraseIndex([Phrase("拟"), Phrase("模拟")], frozenset({1}))
    assert index.find("模拟芯片") == {1: [(0, 2)]}
    assert index.find("拟采购") == {0: [(0, 1)]}
