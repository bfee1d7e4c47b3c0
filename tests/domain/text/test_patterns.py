"""Every kind of node: what it contains, what it requires, and what its compiled form looks for."""

import pickle

import pytest

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_compiler import PatternCompiler, PatternFilter, phrase_frequency
from monitor.domain.text.pattern_eval import MAX_PAIRS, FieldView
from monitor.domain.text.pattern_syntax import parse_pattern
from monitor.domain.text.patterns import (
    Choice,
    FoundValue,
    Node,
    RoleFrame,
    SetRef,
    Value,
    ValueKind,
    Window,
    Words,
    expand_sets,
    inflected,
    nodes_in,
    packed,
    pattern_hash,
    phrases_in,
    requires_phrase,
    set_refs,
    unpacked,
)
from monitor.domain.text.segments import SegmentedText
from tests.builders.counted_work import calls_of
from tests.builders.tables import table


def frame(event: Node, agent: Node, patient: Node) -> RoleFrame:
    return RoleFrame(Window.CLAUSE, event, None, None, None, None, agent, patient, None)


def matches(node: Node, raw: str, compiler: PatternCompiler) -> list[tuple[int, int]]:
    text = SegmentedText(raw)
    view = FieldView("title", text, compiler.index().find(text.folded))
    return [(match.start, match.end) for match in view.find(compiler.compile(node))]


AMOUNT = Value(ValueKind.AMOUNT)
FRAME = frame(parse_pattern("<buy>"), parse_pattern("{cn}"), parse_pattern("beans"))
TOGETHER = parse_pattern("^!<buy> + {cn} + (beans|{cn})")


@pytest.mark.parametrize("node", [FRAME, TOGETHER])
def test_sets_inside_any_node_are_found_and_filled_in(node: Node) -> None:
    assert {ref.name for ref in set_refs(node)} == {"cn"}
    filled = inflected(expand_sets(node, lambda ref: Words(Phrase(f"from {ref.name}"))))
    assert list(set_refs(filled)) == []
    named = {part.phrase.text for part in nodes_in(filled) if isinstance(part, Words)}
    assert {"buys", "bought", "from cn", "beans"} <= named


def test_a_pattern_requires_a_phrase_unless_forms_and_values_alone_match_it() -> None:
    cases = [
        (parse_pattern("beans"), True),
        (parse_pattern("<buy>"), True),
        (parse_pattern("<25 Mt>"), False),
        (parse_pattern("/h\\d00/"), False),
        (parse_pattern("<25 Mt> + beans"), True),
        (parse_pattern("(<25 Mt>|beans)"), False),
        (parse_pattern("^!beans ..near <date>"), True),
        (parse_pattern("^!<date>"), False),
        (frame(Words(Phrase("buys")), AMOUNT, Words(Phrase("beans"))), True),
        (frame(AMOUNT, AMOUNT, AMOUNT), False),
    ]
    for node, requires in cases:
        assert requires_phrase(node) is requires, node
        assert bool(PatternCompiler().compile(node).groups) is requires, node


def test_a_set_that_was_not_filled_in_cannot_be_compiled() -> None:
    assert not requires_phrase(SetRef("cn", 0))
    with pytest.raises(TypeError):
        PatternCompiler().compile(parse_pattern("{cn} ..4 soy"))


def test_patterns_that_differ_in_a_part_have_different_hashes() -> None:
    beans, china, japan = (Words(Phrase(text)) for text in ("beans", "china", "japan"))
    sources = table("patterns", "patterns_that_differ_in_a_part_have_different_hashes")
    nodes = [
        *map(parse_pattern, [*sources, "<25 Mt>", "<20 Mt>"]),
        frame(beans, china, japan),
        frame(beans, japan, china),
    ]
    assert len({pattern_hash(node) for node in nodes}) == len(nodes) == len(set(nodes))


def test_a_compiled_pattern_is_stored_without_what_is_computed_from_it() -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern("(h200|/h\\d00/) ..near (ships ..2 beans|ships)"))
    assert hash(node)
    found = matches(node, "H200 chips and ships", compiler)
    stored = pickle.loads(pickle.dumps(node))
    assert (stored, stored.key, stored.groups) == (node, node.key, node.groups)
    assert found
    assert "_hash" in node.__dict__
    assert "_hash" not in stored.__dict__


def test_the_phrases_of_a_pattern_are_known_wherever_they_occur_in_it() -> None:
    cases = ["a ..2 (b c|d e)", "^a ..2 (b c|d e)", "a ..2 !(b c|d e)", "(a ..2 b c|d e)"]
    for source in cases:
        compiler = PatternCompiler()
        named = set(phrases_in(compiler.compile(parse_pattern(source))))
        assert named == {compiler.number(Phrase(text)) for text in ("a", "b c", "d e")}, source


def required(source: str) -> list[set[str]]:
    """The groups of phrases that a pattern requires, the rarest first."""
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern(source))
    phrases = compiler.index().phrases
    return [{phrases[number].text for number in unpacked(group)} for group in node.groups]


def test_groups_are_required_the_rarest_first_and_each_option_gives_to_every_group() -> None:
    english = required("(US|China) ..8 (soybean cargoes|grain vessels)")
    assert english == [{"grain vessels", "soybean cargoes"}, {"china", "usa"}]
    assert required("美 ..4 出口管制") == [{"出口管制"}, {"美"}]
    assert required("president ..4 yuan")[0] == {"yuan"}, "rare is not the same as long"
    groups = required("(soybeans ..4 China|cargoes) ..4 signed")
    assert sorted(map(sorted, groups)) == [["cargoes", "china"], ["cargoes", "soybeans"], ["signed"]]
    assert required("(soybeans|/h\\d00/)") == []


def test_a_phrase_is_as_frequent_as_its_rarest_word_and_a_family_as_all_its_words() -> None:
    def share(text: str, *, family: bool = False) -> float:
        return phrase_frequency(Phrase(text, family))

    assert share("the") > share("china") > share("soybeans") > share("gallium") > 0
    assert share("the president") < share("president")
    assert share("tariff", family=True) > max(share("tariff"), share("tariffs"))
    assert share("中国") > share("中国大豆") == share("大豆")


def test_a_filter_lets_only_patterns_through_whose_every_group_has_a_phrase_in_one_sentence() -> None:
    compiler = PatternCompiler()
    nodes = {
        7: compiler.compile(parse_pattern("(beans|cargoes) ..4 china")),
        8: compiler.compile(parse_pattern("buys")),
    }
    beans, cargoes, china, buys = (compiler.number(Phrase(text)) for text in ("beans", "cargoes", "china", "buys"))
    patterns = PatternFilter(nodes)
    assert patterns.possible([{beans, china}]) == {7}
    assert patterns.possible([{cargoes, china, buys}]) == {7, 8}
    assert patterns.possible([{beans, cargoes}]) == patterns.possible([{beans}, {china}]) == set()
    assert patterns.possible([{beans}, {china, beans}]) == {7}
    assert patterns.possible([{compiler.number(Phrase("unknown"))}]) == set()


def test_a_value_fits_its_mark() -> None:
    cases = [
        ("<amount>", FoundValue(0, 1, ValueKind.AMOUNT, "t", 5.0)),
        ("<Mt>", FoundValue(0, 1, ValueKind.AMOUNT, "t", 5.0)),
        ("<25 Mt>", FoundValue(0, 1, ValueKind.AMOUNT, "t", 25.1e6)),
        ("<$30 billion>", FoundValue(0, 1, ValueKind.AMOUNT, "usd", 30e9)),
        ("<date>", FoundValue(0, 1, ValueKind.DATE)),
    ]
    for source, found in cases:
        value = parse_pattern(source)
        assert isinstance(value, Value), source
        assert value.fits(found), source
        assert not value.fits(FoundValue(0, 1, ValueKind.AMOUNT, "days", None)) or source == "<amount>", source


def test_values_are_read_once_and_only_where_a_pattern_asks_for_them() -> None:
    asked: list[ValueKind] = []

    def read(raw: str, kind: ValueKind) -> list[FoundValue]:
        asked.append(kind)
        return [FoundValue(raw.index("25"), raw.index("25") + 5, kind, "t", 25e6)]

    compiler, text = PatternCompiler(), SegmentedText("China buys 25 Mt of beans")
    sources = ("corn + <25 Mt>", "beans + <25 Mt>", "<Mt> ..near beans")
    nodes = [compiler.compile(inflected(parse_pattern(source))) for source in sources]
    view = FieldView("title", text, compiler.index().find(text.folded), read)
    assert [bool(view.find(node)) for node in nodes] == [False, True, True]
    assert asked == [ValueKind.AMOUNT]


def test_an_option_without_one_of_its_rarest_phrases_is_not_evaluated() -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern("(China ..2 gallium|China ..2 beans|ships)"))
    assert isinstance(node, Choice)
    text = SegmentedText("China buys beans")
    view = FieldView("title", text, compiler.index().find(text.folded))
    assert [(match.start, match.end) for match in view.find(node)] == [(0, 16)]
    assert node.options[1].key not in view._matches


def test_a_text_that_repeats_the_words_of_a_pattern_gives_a_bounded_number_of_matches() -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern("buys ~sentence beans ~sentence china ~sentence ships"))
    assert 0 < len(matches(node, "china buys beans ships " * 800, compiler)) <= MAX_PAIRS


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(" ~sentence ".join(["(fees|ships|beans|china)"] * 8), id="either order, eight times"),
        pytest.param(" ..sentence ".join(["(fees|ships|beans|china)"] * 8), id="in order, eight times"),
        pytest.param(" ".join(["(fees|ships|beans|china)"] * 12), id="four to the power of twelve"),
        pytest.param(" + ".join(["(fees|ships|beans|china)"] * 12), id="together, twelve times"),
    ],
)
def test_a_pattern_of_many_ways_costs_no_more_than_a_bounded_number_of_pairs(pattern: str) -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern(pattern))
    work = calls_of(lambda: matches(node, "fees ships beans china " * 800, compiler))
    assert work < 500 * MAX_PAIRS, "a fraction of a second"


@pytest.mark.parametrize("parts", [2, 60])
def test_the_more_parts_a_pattern_has_the_fewer_of_their_places_are_joined(parts: int) -> None:
    compiler = PatternCompiler()
    node = compiler.compile(parse_pattern(" + ".join(["(fees|ships)"] * parts)))
    few, many = (matches(node, "fees ships " * times, compiler) for times in (4, 600))
    assert len(few) == 8, "no ordinary text comes near the bound"
    assert 0 < len(many) * (parts - 1) <= MAX_PAIRS


@pytest.mark.parametrize("numbers", [[], [0], [7], [0, 1, 2], [1, 3, 4, 9], [*range(50), 70, *range(90, 95)]])
def test_a_packed_group_has_its_numbers_in_whatever_order_they_were_given(numbers: list[int]) -> None:
    assert unpacked(packed(numbers)) == frozenset(numbers)
    assert packed(reversed(numbers)) == packed(numbers)
