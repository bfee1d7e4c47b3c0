import pytest

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.pattern_syntax import PatternError, parse_pattern, word_form
from monitor.domain.text.patterns import Choice, Form, Head, InOrder, Link, Node, Reach, SetRef, Words, set_refs
from monitor.domain.text.segments import SegmentedText
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table
from tests.domain.text.matcher_oracle import found


def words(text: str, *, family: bool = False) -> Words:
    return Words(Phrase(text, family))


def two(link: Link, first: Node | None = None, second: Node | None = None) -> InOrder:
    return InOrder((first or words("a"), second or words("b")), (link,))


def test_adjacent_words_become_one_phrase() -> None:
    assert parse_pattern("reciprocal  Tariff*") == words("reciprocal tariff", family=True)
    assert parse_pattern("soy* deal") == two(Link(Reach.ADJACENT), words("soy", family=True), words("deal"))


def test_a_group_of_plain_words_means_the_same_with_blanks() -> None:
    cases = ["(buy|snap up)", "(US|USA)", "(大豆|大麦)", "(貿易|soy)", "(a|a)", "(301|Section 301)"]
    for group in cases:
        assert parse_pattern(group) == parse_pattern(group.replace("|", " | ")), group
        assert parse_pattern(f"^!{group} ..2 x") == parse_pattern(f"^!{group.replace('|', ' | ')} ..2 x"), group


def test_every_mark_of_the_language_is_read() -> None:
    cases = [
        ("{us} ..4 b", two(Link(Reach.WORDS, 4), SetRef("us", 0))),
        ("a ..near b", two(Link(Reach.WORDS, 4))),
        ("a ~near b", two(Link(Reach.WORDS, 4, either=True))),
        ("a ... b", two(Link(Reach.CLAUSE))),
        ("a ~clause b", two(Link(Reach.CLAUSE, either=True))),
        ("a ..sentence b", two(Link(Reach.SENTENCE))),
        ("a ~sentence b", two(Link(Reach.SENTENCE, either=True))),
        ("a ..6 sentence", two(Link(Reach.WORDS, 6), None, words("sentence"))),
        ("a ... near Taiwan", two(Link(Reach.CLAUSE), None, words("near taiwan"))),
        ("(a b|c)", Choice((words("a b"), words("c")))),
        ("a ..2 !b", two(Link(Reach.WORDS, 2), None, Head(words("b")))),
        ("{us}..4(采购|购买)", two(Link(Reach.WORDS, 4), SetRef("us", 0), Choice((words("采购"), words("购买"))))),
        ("暂停..4关税", two(Link(Reach.WORDS, 4), words("暂停"), words("关税"))),
        ("U.S.-China", words("usa china")),
        ("TikTok 交易", words("tiktok交易")),
        ("3.5 million", words("3.5 million")),
        (r"/H\d00/", Form(r"h\d00")),
        ("24/7", words("24/7")),
    ]
    assert [(pattern, parse_pattern(pattern)) for pattern, _ in cases] == cases


FAULTS = {
    "": 0,
    "  ": 2,
    "a ..3": 5,
    "..3 a": 0,
    "a (b|)": 5,
    "(": 1,
    "(a": 2,
    "a)": 1,
    "a {b": 2,
    "a }": 2,
    "{}": 0,
    "a* b*c": 4,
    "a ^b": 2,
    "a ..2 ..3 b": 6,
    "a , b": 2,
    "a | b": 2,
    "a [b] c": 2,
    "a ..2 !(!b ..3 c)": 8,
    # gaps that are none
    "a .. b": 2,
    "a ~ b": 2,
    "a ~3 b": 2,
    "a ...3 b": 2,
    "a ..clause b": 2,
    "a … b": 2,
    "a ..99 b": 2,
    "{a} .. near {b}": 4,
    # operators of search engines
    "pause OR fees": 6,
    "(port dues OR fees|{fees})": 11,
    "(pause OR lift|stop)": 7,
    "pause AND fees": 6,
    "pause NOT fees": 6,
    # marks
    "cheap <car+/auto+>": 7,
    "cheap <car+ / auto>": 7,
    "<>": 1,
    "<+>": 1,
    "<25 parsecs>": 1,
    "<bought>": 1,
    "a <buy": 2,
    "buy> a": 3,
    # word forms
    "a /(a+)+/": 3,
    "a /a*b*/": 3,
    "a /(?=a)b/": 3,
    "a /(a)\\1/": 3,
    "a /a*?b/": 3,
    "a /as?/": 3,
    "a /a{2,}/": 3,
    "a /a{3,2}/": 3,
    "a /[z-a]/": 3,
    "a /a*/": 3,
    f"a /{'x' * 81}/": 3,
}


def test_a_pattern_that_cannot_be_read_names_the_column_and_the_remedy(wording: GoldenWording) -> None:
    columns, texts = dict[str, int](), list[str]()
    for pattern in FAULTS:
        with pytest.raises(PatternError) as refused:
            parse_pattern(pattern)
        columns[pattern] = refused.value.column
        texts.append(f"{pattern[:30]}: {refused.value}; {refused.value.hint}")
    assert columns == FAULTS
    wording("\n".join(texts))


def test_sets_are_listed_with_their_columns_and_an_operator_in_small_letters_is_a_word() -> None:
    assert all(map(parse_pattern, ("pause or fees", "(pause or lift|stop)", "pause not fees")))
    refs = [(ref.name, ref.column) for ref in set_refs(parse_pattern("({a}|b) ..2 {c}"))]
    assert refs == [("a", 1), ("c", 12)]


def test_a_form_reads_one_whole_word_of_a_pattern() -> None:
    cases = table("pattern_syntax", "a_form_reads_one_whole_word_of_a_pattern")
    for source, fitting, others in cases:
        form = word_form(source)
        assert [bool(form.fits(word)) for word in fitting + others] == [True] * len(fitting) + [False] * len(others), (
            source
        )
    text = SegmentedText("Nvidia's H200 chips, not the H20; and 24/7 service, H800芯片")
    read = {text.raw[slice(*text.raw_span(*span))] for span in found(parse_pattern(r"/h\d00/"), text)}
    assert read == {"H200", "H800"}
    assert found(parse_pattern(r"nvidia ..2 /h\d+/ chips"), text)
    assert found(parse_pattern("24/7"), text)
