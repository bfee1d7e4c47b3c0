from __future__ import annotations

import pytest

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_eval import MAX_PAIRS, AnyOf, FieldView, PatternCompiler, phrases_in
from monitor.domain.text.pattern_syntax import parse_pattern
from monitor.domain.text.segments import SegmentedText


def test_a_pattern_with_a_set_that_was_not_expanded_cannot_be_compiled() -> None:
    with pytest.raises(TypeError, match="a set was not expanded"):
        PatternCompiler().compile(parse_pattern("{cn} ..4 soy"))


@pytest.mark.parametrize("source", ["a ..2 (b c|d e)", "^a ..2 (b c|d e)", "a ..2 !(b c|d e)", "(a ..2 b c|d e)"])
def test_the_phrases_of_a_pattern_are_named_whatever_stands_around_them(source: str) -> None:
    compiler = PatternCompiler()
    named = set(phrases_in(compiler.compile(parse_pattern(source))))
    assert named == {compiler.number(Phrase(text)) for text in ("a", "b c", "d e")}


def test_a_text_that_repeats_the_words_of_a_pattern_gives_a_bounded_number_of_matches() -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern("buys ~sentence beans ~sentence china ~sentence ships"))
    text = SegmentedText("china buys beans ships " * 800)
    assert 0 < len(FieldView("title", text, compiler.index().find(text.folded)).find(node)) <= MAX_PAIRS


def test_an_option_none_of_whose_rarest_phrases_was_hit_is_not_evaluated() -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern("(China ..2 gallium|China ..2 beans|ships)"))
    assert isinstance(node, AnyOf)
    text = SegmentedText("China buys beans")
    view = FieldView("title", text, compiler.index().find(text.folded))
    assert [(match.start, match.end) for match in view.find(node)] == [(0, 16)]
    assert node.options[1].key not in view._matches
