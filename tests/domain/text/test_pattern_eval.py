from __future__ import annotations

import pytest

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_eval import PatternCompiler, phrases_in
from monitor.domain.text.pattern_syntax import parse_pattern


def test_a_pattern_with_a_set_that_was_not_expanded_cannot_be_compiled() -> None:
    with pytest.raises(TypeError, match="a set was not expanded"):
        PatternCompiler().compile(parse_pattern("{cn} ..4 soy"))


@pytest.mark.parametrize("source", ["a ..2 (b c|d e)", "^a ..2 (b c|d e)", "a ..2 !(b c|d e)", "(a ..2 b c|d e)"])
def test_the_phrases_of_a_pattern_are_named_whatever_stands_around_them(source: str) -> None:
    compiler = PatternCompiler()
    named = set(phrases_in(compiler.compile(parse_pattern(source))))
    assert named == {compiler.number(Phrase(text)) for text in ("a", "b c", "d e")}
