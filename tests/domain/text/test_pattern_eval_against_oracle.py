from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_compiler import PatternCompiler
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.pattern_syntax import word_form
from monitor.domain.text.patterns import (
    AtStart,
    Choice,
    Head,
    InOrder,
    Link,
    Node,
    Reach,
    RoleFrame,
    Together,
    Window,
    Words,
    unpacked,
)
from monitor.domain.text.segments import SegmentedText
from tests.builders.example_counts import examples
from tests.domain.text import matcher_oracle
from tests.domain.text.matcher_oracle import found, heads

TOKENS = "H200 us U.S. China buys rare 50% 24% 12 3.5 1,200 关税 中国 中 国采购 café café 🚢 한국 สภา don’t deal a"
WORDS = [*TOKENS.split(), "rare earth", "earth magnets"]
GLUE = [" ", " ", " ", "", ", ", ". ", "; ", "，", "。", " after ", " but ", "\n\n", "’s ", "-", "? ", " — "]

FORMS = [r"h\d00", r"[a-z]{3,9}", r"\d+", "(buy|deal)s*", r"1,\d+"]

links = st.one_of(
    st.just(Link(Reach.ADJACENT)),
    st.builds(Link, st.sampled_from([Reach.CLAUSE, Reach.SENTENCE]), either=st.booleans()),
    st.builds(Link, st.just(Reach.WORDS), st.integers(0, 4), st.booleans()),
)


def phrase(word: str, family: bool) -> Words:
    folded = SegmentedText(word).folded
    return Words(Phrase(folded, family and folded[-1].isascii()))


def nodes(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def sequence(parts: list[Node], between: list[Link]) -> Node:
        return InOrder(tuple(parts), tuple(between[: len(parts) - 1]))

    return st.one_of(
        st.builds(sequence, st.lists(inner, min_size=2, max_size=3), st.lists(links, min_size=2, max_size=2)),
        st.builds(lambda options: Choice(tuple(options)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(AtStart, inner),
        st.builds(Head, inner),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Node, str]:
    """A pattern and a text over the same few words, so that they meet often."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    pieces = draw(st.lists(st.tuples(st.sampled_from(words), st.sampled_from(GLUE)), min_size=1, max_size=8))
    phrases = st.builds(phrase, st.sampled_from(words), st.booleans())
    forms = st.builds(word_form, st.sampled_from(FORMS))
    pattern = draw(st.recursive(st.one_of(phrases, phrases, forms), nodes, max_leaves=4))
    return pattern, "".join(word + glue for word, glue in pieces)


@settings(max_examples=examples(40))
@given(cases())
@example((Words(Phrase("usa")), "us U.S. us"))
@example((Words(Phrase("关税")), "24%关税"))
@example((Words(Phrase("12")), "2.12 and 12, 12.5 or 12."))
@example(
    (InOrder((Words(Phrase("rare")), Words(Phrase("earth magnets"))), (Link(Reach.ADJACENT),)), "rare earth magnets")
)
@example((InOrder((Words(Phrase("a")), Words(Phrase("b"))), (Link(Reach.ADJACENT),)), "a b, a, b"))
@example((InOrder((Words(Phrase("a")), Words(Phrase("b"))), (Link(Reach.WORDS, 2),)), "a 1 2 b 1 2 3 a 1 2 3 b"))
@example((InOrder((Words(Phrase("a")), Words(Phrase("b"))), (Link(Reach.SENTENCE, either=True),)), "b; c after a. b a"))
@example(
    (InOrder((Words(Phrase("中")), Words(Phrase("买"))), (Link(Reach.WORDS, 1, either=True),)), "买国国中国国国买")
)
@example((InOrder((Words(Phrase("a")), Words(Phrase("b"))), (Link(Reach.CLAUSE),)), "a after b. a b; b"))
def test_patterns_stand_where_the_slow_matcher_finds_them(case: tuple[Node, str]) -> None:
    node, raw = case
    text = SegmentedText(raw)
    assert found(node, text) == matcher_oracle.find(node, text)


@settings(max_examples=examples(40))
@given(cases())
def test_a_pattern_never_matches_without_a_phrase_of_each_required_group(case: tuple[Node, str]) -> None:
    node, raw = case
    text = SegmentedText(raw)
    view, compiled = matcher_oracle.viewed(node, text)
    assert not view.find(compiled) or all(unpacked(group) & view.hits.keys() for group in compiled.groups)


@settings(max_examples=examples(40))
@given(cases())
def test_the_words_of_a_match_are_cut_from_the_original_exactly(case: tuple[Node, str]) -> None:
    node, raw = case
    text = SegmentedText(raw)
    view, compiled = matcher_oracle.viewed(node, text)
    for span in view.find(compiled):
        for (start, end), word in zip(span.parts, view.words(span), strict=True):
            assert word in raw
            assert SegmentedText(word).folded.strip() == text.folded[start:end].strip() or "\u0301" in raw


ROLE_WORDS = ["China", "beans", "buys", "bought", "ban", "中国", "采购", "order"]
ROLE_GLUE = [*" " * 4, " by ", " by the ", " the ", " on ", ", ", "; ", ". ", " as ", " one two three ", "", "，", "。"]


@st.composite
def frames(draw: st.DrawFn) -> tuple[RoleFrame, str]:
    """A frame and a text over the same few words."""
    pieces = draw(st.lists(st.tuples(st.sampled_from(ROLE_WORDS), st.sampled_from(ROLE_GLUE)), min_size=2, max_size=9))
    words = st.lists(st.sampled_from(ROLE_WORDS), min_size=1, max_size=2, unique=True)
    node = words.map(lambda some: Choice(tuple(phrase(word, False) for word in some)))
    kinds = [draw(st.none() | node) for _ in range(5)]
    if not any((kinds[0], *kinds[2:])):
        kinds[0] = draw(node)
    roles = [draw(st.none() | node), draw(st.none() | node), draw(st.none() | st.none() | node)]
    return RoleFrame(draw(st.sampled_from(Window)), *kinds, *roles), "".join(word + glue for word, glue in pieces)


@settings(max_examples=examples(60))
@given(frames())
def test_frames_stand_where_the_slow_matcher_finds_them(case: tuple[RoleFrame, str]) -> None:
    frame, raw = case
    text = SegmentedText(raw)
    assert heads(frame, text) == matcher_oracle.events(frame, text)


@settings(max_examples=examples(40))
@given(frames())
def test_a_frame_never_matches_without_a_phrase_of_each_required_group(case: tuple[RoleFrame, str]) -> None:
    frame, raw = case
    text, compiler = SegmentedText(raw), PatternCompiler()
    compiled = compiler.compile(frame)
    view = FieldView("title", text, compiler.index().find(text.folded))
    assert not view.find(compiled) or all(unpacked(group) & view.hits.keys() for group in compiled.groups)


@settings(max_examples=examples(40))
@given(cases(), cases())
def test_parts_stand_together_in_the_sentences_of_each(case: tuple[Node, str], other: tuple[Node, str]) -> None:
    both, text = Together((case[0], other[0])), SegmentedText(case[1] + other[1])
    standing = {text.sentence_at(at).start for at, _ in found(both, text)}
    assert standing == matcher_oracle.stands_together(both, text)
