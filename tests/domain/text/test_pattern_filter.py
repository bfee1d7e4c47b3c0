from __future__ import annotations

from monitor.domain.text.pattern_filter import PatternFilter

BEANS, CARGOES, CHINA, BUYS = range(4)


def test_a_pattern_is_possible_only_where_each_of_its_groups_has_a_phrase() -> None:
    patterns = PatternFilter({7: (frozenset({BEANS, CARGOES}), frozenset({CHINA})), 8: (frozenset({BUYS}),)})
    assert patterns.possible([{BEANS, CHINA}]) == {7}
    assert patterns.possible([{CARGOES, CHINA, BUYS}]) == {7, 8}
    assert patterns.possible([{BEANS, CARGOES}]) == set()


def test_the_phrases_of_two_sentences_make_no_pattern_possible() -> None:
    patterns = PatternFilter({7: (frozenset({BEANS}), frozenset({CHINA}))})
    assert patterns.possible([{BEANS}, {CHINA}]) == set()
    assert patterns.possible([{BEANS}, {CHINA, BEANS}]) == {7}


def test_unknown_phrases_make_nothing_possible() -> None:
    assert PatternFilter({7: (frozenset({BEANS}),)}).possible([{CHINA}]) == set()
