from __future__ import annotations

import pytest

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_eval import MAX_PAIRS, AnyOf, FieldView, PatternCompiler, groups_needed, phrases_in
from monitor.domain.text.pattern_syntax import Node, parse_pattern
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


@pytest.mark.parametrize("parts", [2, 60])
def test_the_more_parts_stand_together_the_fewer_of_their_places_are_joined(parts: int) -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern(" + ".join(["(fees|ships)"] * parts)))
    few, many = (SegmentedText("fees ships " * times) for times in (4, 600))
    few_found, many_found = (FieldView("title", t, compiler.index().find(t.folded)).find(node) for t in (few, many))
    assert len(few_found) == 8, "no text of the ordinary kind comes near the bound"
    assert 0 < len(many_found) * (parts - 1) <= MAX_PAIRS


def test_an_option_none_of_whose_rarest_phrases_was_hit_is_not_evaluated() -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern("(China ..2 gallium|China ..2 beans|ships)"))
    assert isinstance(node, AnyOf)
    text = SegmentedText("China buys beans")
    view = FieldView("title", text, compiler.index().find(text.folded))
    assert [(match.start, match.end) for match in view.find(node)] == [(0, 16)]
    assert node.options[1].key not in view._matches


def test_an_option_is_not_evaluated_in_a_text_that_lacks_any_of_its_words() -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern("(China ..2 beans|(gallium|<12 Mt>) ..2 beans|ships)"))
    assert isinstance(node, AnyOf)
    text = SegmentedText("no ships for beans")
    view = FieldView("title", text, compiler.index().find(text.folded))
    assert [(match.start, match.end) for match in view.find(node)] == [(3, 8)]
    evaluated = [option.key in view._matches for option in node.options]
    assert evaluated == [True, False, True]  # a value is read before it is known to be missing


@pytest.mark.parametrize("source", ["beans", "(beans|China ..2 ships)", "^!beans", "beans + China", "(beans|<12 Mt>)"])
def test_what_a_pattern_needs_is_the_rarest_of_what_it_was_compiled_to_require(source: str) -> None:
    compiler, node = PatternCompiler(), parse_pattern(source)
    needed, required = groups_needed(compiler.compile(node)), compiler.required_groups(node)
    assert needed == required[: len(needed)]
    assert bool(needed) is bool(required)


def required(node: Node) -> list[frozenset[Phrase]]:
    """The groups of phrases that a pattern requires, the rarest first."""
    compiler = PatternCompiler()
    compiler.compile(node)
    phrases = compiler.index().phrases
    return [frozenset(phrases[number] for number in group) for group in compiler.required_groups(node)]


def test_groups_are_required_the_rarest_first() -> None:
    node = parse_pattern("(US|China) ..8 (soybean cargoes|grain vessels)")
    cargoes, countries = ["grain vessels", "soybean cargoes"], ["china", "usa"]
    assert [sorted(phrase.text for phrase in group) for group in required(node)] == [cargoes, countries]
    chinese = required(parse_pattern("美 ..4 出口管制"))
    assert [sorted(phrase.text for phrase in group) for group in chinese] == [["出口管制"], ["美"]]


def test_rare_is_what_news_seldom_says_and_not_what_is_long() -> None:
    assert required(parse_pattern("president ..4 yuan"))[0] == {Phrase("yuan")}


def test_of_a_choice_each_option_gives_a_phrase_to_every_group() -> None:
    node = parse_pattern("(soybeans ..4 China|cargoes) ..4 signed")
    assert set(required(node)) == {
        frozenset({Phrase("soybeans"), Phrase("cargoes")}),
        frozenset({Phrase("china"), Phrase("cargoes")}),
        frozenset({Phrase("signed")}),
    }
    assert required(parse_pattern("(soybeans|/h\\d00/)")) == []
