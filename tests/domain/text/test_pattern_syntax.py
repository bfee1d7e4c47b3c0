from __future__ import annotations

import pytest

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_syntax import (
    Choice,
    Head,
    Join,
    Link,
    Sequence,
    SetRef,
    Words,
    parse_pattern,
    set_refs,
)
from monitor.domain.text.word_regex import PatternError


def words(text: str, *, family: bool = False) -> Words:
    return Words(Phrase(text, family))


def test_adjacent_words_become_one_phrase() -> None:
    assert parse_pattern("reciprocal  Tariff*") == words("reciprocal tariff", family=True)
    assert parse_pattern("soy* deal") == Sequence((words("soy", family=True), words("deal")), (Link(Join.ADJACENT),))


@pytest.mark.parametrize(
    "group", ["(buy|snap up)", "(US|USA)", "(大豆|大麦)", "(貿易|soy)", "(a|a)", "(301|Section 301)"]
)
def test_a_group_of_plain_words_means_what_a_group_with_blanks_does(group: str) -> None:
    assert parse_pattern(group) == parse_pattern(group.replace("|", " | "))
    assert parse_pattern(f"^!{group} ..2 x") == parse_pattern(f"^!{group.replace('|', ' | ')} ..2 x")


def test_every_mark_of_the_language_is_read() -> None:
    assert parse_pattern("{us} ..4 a") == Sequence((SetRef("us", 0), words("a")), (Link(Join.GAP, 4),))
    assert parse_pattern("a .. b") == Sequence((words("a"), words("b")), (Link(Join.GAP, 6),))
    assert parse_pattern("a ... b") == Sequence((words("a"), words("b")), (Link(Join.CLAUSE),))
    assert parse_pattern("a ~3 b") == Sequence((words("a"), words("b")), (Link(Join.GAP, 3, either=True),))
    assert parse_pattern("a ..clause b") == parse_pattern("a ... b")
    assert parse_pattern("a ...3 b") == Sequence((words("a"), words("b")), (Link(Join.CLAUSE, 3),))
    assert parse_pattern("a ~clause b") == Sequence((words("a"), words("b")), (Link(Join.CLAUSE, either=True),))
    assert parse_pattern("a ..sentence b") == Sequence((words("a"), words("b")), (Link(Join.SENTENCE),))
    assert parse_pattern("a ~sentence b") == Sequence((words("a"), words("b")), (Link(Join.SENTENCE, either=True),))
    assert parse_pattern("a ..6 sentence") == Sequence((words("a"), words("sentence")), (Link(Join.GAP, 6),))
    assert parse_pattern("(a b|c)") == Choice((words("a b"), words("c")))
    assert parse_pattern("a ..2 !b") == Sequence((words("a"), Head(words("b"))), (Link(Join.GAP, 2),))


def test_chinese_needs_no_spaces_around_marks() -> None:
    assert parse_pattern("{us}..4(采购|购买)") == Sequence(
        (SetRef("us", 0), Choice((words("采购"), words("购买")))), (Link(Join.GAP, 4),)
    )
    assert parse_pattern("暂停..4关税").links == (Link(Join.GAP, 4),)  # type: ignore[union-attr]


def test_a_pattern_is_folded_like_a_story() -> None:
    assert parse_pattern("U.S.-China") == words("usa china")
    assert parse_pattern("TikTok 交易") == words("tiktok交易")
    assert parse_pattern("3.5 million") == words("3.5 million")


@pytest.mark.parametrize(
    ("pattern", "column"),
    [
        ("", 0),
        ("  ", 2),
        ("a ..", 4),
        (".. a", 0),
        ("a (b|)", 5),
        ("(", 1),
        ("(a", 2),
        ("a)", 1),
        ("a {b", 2),
        ("a }", 2),
        ("{}", 0),
        ("a ~ b", 2),
        ("a ..99 b", 2),
        ("a* b*c", 4),
        ("a ^b", 2),
        ("a ..2 ..3 b", 6),
        ("a , b", 2),
        ("a | b", 2),
    ],
)
def test_a_pattern_that_cannot_be_read_names_the_column(pattern: str, column: int) -> None:
    with pytest.raises(PatternError) as raised:
        parse_pattern(pattern)
    assert raised.value.column == column


@pytest.mark.parametrize(
    ("pattern", "column", "remedy"),
    [
        ("{a} .. near {b}", 4, "write ..near, or ..6 near"),
        ("{a} ..  clause b", 4, "write ..clause"),
        ("a ~ sentence b", 2, "write ~sentence"),
    ],
)
def test_a_blank_within_a_gap_is_told_and_not_read_as_a_word(pattern: str, column: int, remedy: str) -> None:
    with pytest.raises(PatternError) as raised:
        parse_pattern(pattern)
    assert raised.value.column == column
    assert remedy in raised.value.hint


@pytest.mark.parametrize(
    "pattern", ["ships ... near Taiwan", "ships ..6 near Taiwan", "ships .. nearly", "a .. near* b"]
)
def test_near_may_be_a_word_where_no_gap_can_be_meant(pattern: str) -> None:
    assert "near" in repr(parse_pattern(pattern))


@pytest.mark.parametrize(
    ("pattern", "column", "remedy"),
    [
        ("pause OR fees", 6, "(pause|fees)"),
        ("(port dues OR fees|{fees})", 11, "(pause|fees)"),
        ("(pause OR lift|stop)", 7, "(pause|fees)"),
        ("pause AND fees", 6, "a + b"),
        ("pause NOT fees", 6, "below not:"),
    ],
)
def test_an_operator_of_search_engines_is_told_with_what_to_write(pattern: str, column: int, remedy: str) -> None:
    with pytest.raises(PatternError, match="not as an operator") as raised:
        parse_pattern(pattern)
    assert raised.value.column == column
    assert remedy in raised.value.hint
    assert parse_pattern(pattern.lower())


@pytest.mark.parametrize("written", ["car+/auto+", "car+/auto", "car+ / auto+"])
def test_a_plus_behind_each_noun_of_a_list_is_told_with_what_to_write(written: str) -> None:
    with pytest.raises(PatternError, match="one \\+ at the end serves all nouns") as raised:
        parse_pattern(f"cheap <{written}>")
    assert (raised.value.column, raised.value.hint) == (7, "write <car/auto+>")


def test_sets_are_listed_with_their_columns() -> None:
    assert [(ref.name, ref.column) for ref in set_refs(parse_pattern("({a}|b) ..2 ^{c}".replace("^", "")))] == [
        ("a", 1),
        ("c", 12),
    ]
