import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.matching.document import Document
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Modality
from monitor.domain.reading.exchange import is_quoted_in
from monitor.domain.reading.join import modality_of, place_of
from monitor.domain.text.segments import SegmentedText
from tests.builders import rules_folder


@pytest.mark.parametrize(
    ("title", "quote"),
    [
        ("China buys US soybeans", "buys US soybeans"),
        ("China’s “state buyers”  book  ten cargoes", "“state buyers”  book"),
        ("中国 将 采购1200万吨大豆", "采购1200万吨"),
        ("US‑China talks — a round in Madrid", "talks — a round"),
    ],
)
def test_a_quote_is_found_where_it_stands(rules: Rulebook, title: str, quote: str) -> None:
    place = place_of(quote, Document(rules_folder.story(title), rules))
    assert place is not None
    assert title[slice(*place.original)] == quote.strip("“”")


def test_a_quote_of_the_summary_is_found_there(rules: Rulebook) -> None:
    place = place_of("ten cargoes", Document(rules_folder.story("China buys", "It booked ten cargoes."), rules))
    assert place is not None
    assert place.field == "summary"


@pytest.mark.parametrize("quote", ["China sells US soybeans", "china buys", "", "  "])
def test_a_quote_that_does_not_stand_there_character_by_character_is_nowhere(rules: Rulebook, quote: str) -> None:
    story = rules_folder.story("China buys US soybeans")
    assert place_of(quote, Document(story, rules)) is None
    assert not is_quoted_in(quote, story)


def test_what_a_reader_takes_for_done_is_not_hedged_by_other_words_of_its_clause(rules: Rulebook) -> None:
    document = Document(rules_folder.story("China plans to buy US soybeans"), rules)
    place = place_of("buy US soybeans", document)
    assert place is not None
    assert modality_of(place, Effect.PLEDGE, document).modality is Modality.PLAN
    assert modality_of(place, Effect.PROGRESS, document).modality is Modality.NONE


@given(st.text(alphabet="aB 'é—…“”中，1.\n\u200bß", max_size=40), st.data())
def test_the_folded_span_of_a_span_leads_back_to_it(raw: str, data: st.DataObject) -> None:
    text = SegmentedText(raw)
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    first, last = text.folded_span(start, end)
    assert 0 <= first <= last <= len(text.folded)
    if first < last:
        back = text.raw_span(first, last)
        assert start <= back[0] < back[1] <= end
