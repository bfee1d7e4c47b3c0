from itertools import product

from monitor.domain.text.segments import MAX_SENTENCE, SegmentedText
from tests.builders.tables import table


def sentences(raw: str) -> list[str]:
    text = SegmentedText(raw)
    return [text.folded[s.start : s.end] for s in text.sentences]


def clauses(raw: str) -> list[tuple[str, bool]]:
    text = SegmentedText(raw)
    return [(text.folded[c.start : c.end].strip(" ,"), c.subordinate) for c in text.clauses]


def test_sentences_end_where_a_reader_ends_them_and_a_question_is_marked() -> None:
    cases = table("segments", "sentences_end_where_a_reader_ends_them_and_a_question_is_marked")
    assert [(raw, len(sentences(raw))) for raw, _ in cases] == cases
    assert [s.question for s in SegmentedText("Will China buy? It will.").sentences] == [True, False]
    assert [s.question for s in SegmentedText("中方会买吗？会。").sentences] == [True, False]


def test_a_subordinate_clause_speaks_after_the_main_one() -> None:
    assert clauses("Trump cuts duties after China buys beans") == [
        ("trump cuts duties", False),
        ("after china buys beans", True),
    ]
    assert clauses("Despite the truce, Beijing adds controls") == [
        ("despite the truce", True),
        ("beijing adds controls", False),
    ]


def test_as_and_yet_open_a_clause_only_where_they_are_conjunctions() -> None:
    assert len(clauses("Beans such as these count as well as corn, as part of a deal")) == 1
    assert clauses("Prices rise as the truce holds")[1] == ("as the truce holds", True)
    assert clauses("Talks go on, yet Beijing adds controls")[1] == ("yet beijing adds controls", False)
    for whole in (
        "China has not yet bought beans",
        "Beijing has yet to sign",
        "Trump signs yet another order",
        "There is no deal yet. Talks go on",
    ):
        assert len(clauses(whole)) == len(sentences(whole)), whole


def test_clauses_of_chinese_and_lone_ones_have_their_starts() -> None:
    assert clauses("尽管关税仍在，中国采购大豆") == [("尽管关税仍在，", True), ("中国采购大豆", False)]
    for background in ("在美方征税后，", "美方征税之后，", "为落实协议，"):
        assert clauses(f"{background}中方回应") == [(background, True), ("中方回应", False)]
    assert len(clauses("商务部回应 中方将采购")) == 2
    assert clauses("After the deal") == [("after the deal", False)]
    text = SegmentedText("Talks end; (China) leaves")
    assert text.is_clause_start(0)
    assert not text.is_clause_start(6)
    text = SegmentedText("两国 agree on 3.5 tons")
    assert text.distance(0, 2) == 2
    assert text.distance(0, len(text.folded)) == 2 + 4 * 2


def test_a_run_without_a_stop_is_cut_so_that_pairs_of_words_stay_few() -> None:
    text = SegmentedText("China buys soybeans " * 2000 + "中" * 3000)
    assert max(s.end - s.start for s in text.sentences) <= MAX_SENTENCE
    assert "".join(text.folded[s.start : s.end] for s in text.sentences) == text.folded


def test_what_is_within_reach_is_what_the_distance_says() -> None:
    cases = ["China buys 3.5 million tons, then none", "中国采购US大豆 and 12万吨", "one", ""]
    for raw in cases:
        text = SegmentedText(raw)
        positions = range(len(text.folded) + 1)
        for at, limit in product(positions, range(7)):
            after = [place for place in positions if place >= at and text.distance(at, place) <= limit]
            assert min(text.reach_after(at, limit), positions[-1]) == after[-1]
            before = [place for place in positions if place <= at and text.distance(place, at) <= limit]
            assert text.reach_before(at, limit) == before[0]


def test_the_span_of_a_clause_is_where_its_positions_lie() -> None:
    text = SegmentedText("After the call, China buys; Brazil waits, but sells. It ends.")
    for position in range(len(text.folded)):
        start, end = text.clause_span(position)
        own = text.clause_at(position)
        assert [p for p in range(len(text.folded)) if text.clause_at(p) is own] == list(range(start, end))
