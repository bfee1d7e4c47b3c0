"""Every kind of node: what it names, what it requires, and that each function over nodes knows it."""

from __future__ import annotations

import pytest

from monitor.domain.text.angle_words import FoundValue, Value, ValueKind
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_eval import (
    AllOf,
    EventRoles,
    FieldView,
    PatternCompiler,
    inner_nodes,
    needs_phrase,
    phrases_in,
)
from monitor.domain.text.pattern_syntax import (
    Node,
    RoleFrame,
    SetRef,
    Window,
    Words,
    expand_sets,
    inflected,
    parse_pattern,
    pattern_hash,
    phrases_named,
    requires_phrase,
    set_refs,
)
from monitor.domain.text.segments import SegmentedText
from monitor.domain.text.word_regex import PatternError


def frame(event: Node, agent: Node, patient: Node) -> RoleFrame:
    return RoleFrame(Window.CLAUSE, event, None, None, None, None, agent, patient, None)


FRAME = frame(parse_pattern("<buy>"), parse_pattern("{cn}"), parse_pattern("beans"))
TOGETHER = parse_pattern("^!<buy> + {cn} + (beans|{cn})")


@pytest.mark.parametrize("node", [FRAME, TOGETHER])
def test_sets_inside_any_node_are_found_and_filled_in(node: Node) -> None:
    assert {ref.name for ref in set_refs(node)} == {"cn"}
    filled = inflected(expand_sets(node, lambda ref: Words(Phrase(f"from {ref.name}"))))
    assert list(set_refs(filled)) == []
    named = {phrase.text for phrase in phrases_named(filled)}
    assert {"buys", "bought", "from cn", "beans"} <= named


def test_the_words_of_a_mark_are_named_before_its_forms_are_put_in() -> None:
    assert [phrase.text for phrase in phrases_named(parse_pattern("<cargo+>"))] == ["cargo", "cargoes", "cargos"]


@pytest.mark.parametrize(
    ("source", "requires"),
    [
        ("beans", True),
        ("<buy>", True),
        ("<25 Mt>", False),
        ("/h\\d00/", False),
        ("<25 Mt> + beans", True),
        ("(<25 Mt>|beans)", False),
        ("^!beans ..near <date>", True),
        ("^!<date>", False),
    ],
)
def test_a_pattern_requires_a_phrase_unless_forms_and_values_alone_match_it(source: str, requires: bool) -> None:
    node, compiler = inflected(parse_pattern(source)), PatternCompiler()
    assert requires_phrase(node) is requires
    assert needs_phrase(compiler.compile(node)) is requires
    assert bool(compiler.required_groups(node)) is requires


def test_a_frame_requires_what_its_roles_require() -> None:
    amount, compiler = Value(ValueKind.AMOUNT), PatternCompiler()
    known = frame(Words(Phrase("buys")), amount, Words(Phrase("beans")))
    assert requires_phrase(known)
    assert needs_phrase(compiler.compile(known))
    unknown = frame(amount, amount, amount)
    assert not requires_phrase(unknown)
    assert not needs_phrase(compiler.compile(unknown))


def test_the_parts_of_compiled_nodes_are_those_of_the_pattern() -> None:
    compiler = PatternCompiler()
    both = compiler.compile(parse_pattern("beans + china"))
    roles = compiler.compile(frame(*(Words(Phrase(text)) for text in ("buys", "china", "beans"))))
    assert isinstance(both, AllOf)
    assert isinstance(roles, EventRoles)
    assert inner_nodes(both) == both.parts
    assert inner_nodes(roles) == (roles.verbs, roles.agent, roles.patient)
    assert phrases_in(both) < phrases_in(roles)


def test_patterns_that_differ_in_a_part_have_different_hashes() -> None:
    sources = [
        "beans + china",
        "beans + japan",
        "beans ..near china",
        "(beans|china)",
        "(beans|japan)",
        "<25 Mt>",
        "<20 Mt>",
    ]
    hashes = [pattern_hash(parse_pattern(source)) for source in sources]
    beans, china, japan = (Words(Phrase(text)) for text in ("beans", "china", "japan"))
    hashes += [pattern_hash(frame(beans, china, japan)), pattern_hash(frame(beans, japan, china))]
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize("source", ["<>", "<+>", "<25 parsecs>", "<bought>", "a <buy", "buy> a"])
def test_a_mark_that_means_nothing_is_refused(source: str) -> None:
    with pytest.raises(PatternError):
        parse_pattern(source)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<amount>", FoundValue(0, 1, ValueKind.AMOUNT, "t", 5.0)),
        ("<Mt>", FoundValue(0, 1, ValueKind.AMOUNT, "t", 5.0)),
        ("<25 Mt>", FoundValue(0, 1, ValueKind.AMOUNT, "t", 25.1e6)),
        ("<$30 billion>", FoundValue(0, 1, ValueKind.AMOUNT, "usd", 30e9)),
        ("<date>", FoundValue(0, 1, ValueKind.DATE)),
    ],
)
def test_a_value_fits_what_its_mark_asks_for(source: str, found: FoundValue) -> None:
    value = parse_pattern(source)
    assert isinstance(value, Value)
    assert value.fits(found)
    assert not value.fits(FoundValue(0, 1, ValueKind.AMOUNT, "days", None)) or source == "<amount>"


def test_values_are_read_once_and_only_where_a_pattern_asks_for_them() -> None:
    asked: list[ValueKind] = []

    def read(raw: str, kind: ValueKind) -> list[FoundValue]:
        asked.append(kind)
        return [FoundValue(raw.index("25"), raw.index("25") + 5, kind, "t", 25e6)]

    compiler, text = PatternCompiler(), SegmentedText("China buys 25 Mt of beans")
    nodes = [
        compiler.compile(inflected(parse_pattern(source)))
        for source in ("corn + <25 Mt>", "beans + <25 Mt>", "<Mt> ..near beans")
    ]
    view = FieldView("title", text, compiler.index().find(text.folded), read)
    assert [bool(view.find(node)) for node in nodes] == [False, True, True]
    assert asked == [ValueKind.AMOUNT]


def test_a_set_that_was_not_filled_in_names_no_phrase() -> None:
    assert list(phrases_named(SetRef("cn", 0))) == []
    assert not requires_phrase(SetRef("cn", 0))
