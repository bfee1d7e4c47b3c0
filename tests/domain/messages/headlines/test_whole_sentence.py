"""Headlines of all shapes as whole sentences: what is dropped, what is mended, and what is no sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.messages.headlines.whole_sentence import is_sentence, whole_sentence

WORDS = [
    "China",
    "US",
    "Trump",
    "buys",
    "cuts",
    "to",
    "as",
    "after",
    "says,",
    "Greer",
    "beans.",
    "not",
    "until",
    "and,",
    "in",
    "Paris;",
    "–",
    "‘deal’",
    "meet",
    "tariffs:",
]


@pytest.mark.parametrize(
    ("headline", "told"),
    [
        ("China buys twelve cargoes of beans", "China buys twelve cargoes of beans"),
        ("China buys twelve cargoes of beans - Harbour Wire", "China buys twelve cargoes of beans"),
        ("Exclusive: China buys twelve cargoes of beans", "China buys twelve cargoes of beans"),
        ("UPDATE 2-China buys twelve cargoes of beans", "China buys twelve cargoes of beans"),
        ("China buys twelve cargoes of beans, sources say", "China buys twelve cargoes of beans"),
        ("China buys twelve cargoes of beans – live updates", "China buys twelve cargoes of beans"),
        ("China buys twelve cargoes of beans, WSJ reports", "China buys twelve cargoes of beans"),
        ("China buys twelve cargoes, Greer says", "Greer says China buys twelve cargoes"),
        ("Now, China buys twelve cargoes of beans", "China buys twelve cargoes of beans"),
        ("U.S. halts port fees on Chinese ships", "US halts port fees on Chinese ships"),
        ("China, US agree on the port fees", "China and US agree on the port fees"),
        ("Beijing to resume purchases of beans", "Beijing is to resume purchases of beans"),
        ("China yet to confirm pause announced by US", "China is yet to confirm pause announced by US"),
        ("Trade chiefs to meet in spring", "Trade chiefs are to meet in spring"),
        ("Deal on the beans signed", "Deal on the beans is signed"),
        ("Talks on the beans expected to resume", "Talks on the beans are expected to resume"),
        ("China starts to grant licences for beans", "China starts to grant licences for beans"),
        ("Greer says US in talks with China on beans", "Greer says US is in talks with China on beans"),
        ("Beijing optimistic about the beans", "Beijing is optimistic about the beans"),
        ("Millers still cannot get beans from Iowa", "Millers still cannot get beans from Iowa"),
        ("China books at least ten cargoes, traders say", "China books at least ten cargoes"),
        ("China's bean imports fall far short, USDA data show", "China's bean imports fall far short"),
    ],
)
def test_a_headline_is_told_without_its_marks_and_in_plain_grammar(headline: str, told: str) -> None:
    assert whole_sentence(headline, 60) == told


@pytest.mark.parametrize(
    ("headline", "told"),
    [
        ("China lifts its ban on beans after the two presidents spoke in autumn", "China lifts its ban on beans"),
        ("China lifts its ban on beans as traders doubt its pace of buying", "China lifts its ban on beans"),
        ("China lifts its ban on beans, paving the way for a leaders' summit", "China lifts its ban on beans"),
        ("China lifts its ban on beans; farmers still wait for their orders", "China lifts its ban on beans"),
        (
            "China lifts its ban on beans and corn from 1 December, ministry announces",
            "China lifts its ban on beans and corn",
        ),
        ("In a surprise move, China lifts its ban on beans", "China lifts its ban on beans"),
        ("China lifts its ban on beans on eve of the leaders' summit", "China lifts its ban on beans"),
        ("China lifts its ban on beans over the objections of millers", "China lifts its ban on beans"),
        ("China buys nine cargoes of beans, about 540,000 tons", "China buys nine cargoes of beans"),
        ("China misses its first date with a third of it booked", "China misses its first date"),
        ("China lifts its ban on beans, lists are quiet", "China lifts its ban on beans"),
        ("US and China agree in Oslo to set up a board", "US and China agree to set up a board"),
        ("China puts off its new bean rules until 9 March 2027", "China puts off its new bean rules"),
        ("China lifts its ban on beans in a list of 97 lines", "China lifts its ban on beans"),
        ("China puts off its new bean rules by two years", "China puts off its new bean rules"),
    ],
)
def test_a_clause_is_dropped_whole_where_the_rest_still_stands(headline: str, told: str) -> None:
    assert whole_sentence(headline, 40, loose=True) == told


@pytest.mark.parametrize(
    "headline",
    [
        "Bean talks in Busan: what to know",
        "Why China buys fewer beans",
        "Is China buying beans again?",
        "China's bean purchases and tariff cuts",
        "China lifts its ban on beans and…",
        "China lifts its ban on…",
        "中国恢复采购大豆",
        "China 恢复采购 beans, buys more",
        "Stocks rise as traders cheer",
        "CHINA BUYS TWELVE CARGOES",
        "China says beans",
        "",
    ],
)
def test_what_is_no_whole_english_sentence_is_not_told(headline: str) -> None:
    assert whole_sentence(headline, 70) == ""


@pytest.mark.parametrize(
    "headline",
    [
        "China pledges to buy twelve cargoes of American beans this year but has bought none so far",
        "China lifts its long ban on imports of American beans as long as the tariff truce holds",
        "China says it will keep buying American beans if Washington lifts all of its port fees",
        "Beans were the largest American export to China for years. Now, the sales are down to zero",
    ],
)
def test_words_that_turn_the_sense_are_never_dropped(headline: str) -> None:
    assert whole_sentence(headline, 60) == ""


def test_an_amount_in_words_is_told_in_the_units_of_the_house_where_that_makes_it_fit() -> None:
    headline = "China agrees to buy 12 million metric tons of US beans"
    assert whole_sentence(headline, 54) == headline
    assert whole_sentence(headline, 45) == "China agrees to buy 12 Mt of US beans"


def test_a_form_that_does_not_keep_what_matters_is_passed_over() -> None:
    headline = "Farmers cheer in the Midwest as China lifts its ban on American beans"
    assert whole_sentence(headline, 45) == "Farmers cheer in the Midwest"
    assert whole_sentence(headline, 45, lambda kept: "ban" in kept) == "China lifts its ban on American beans"


def test_a_noun_that_may_be_a_verb_is_one_only_behind_a_name_and_before_an_object() -> None:
    assert is_sentence("China curbs exports of gallium")
    assert not is_sentence("China curbs on gallium")
    assert not is_sentence("New export controls on gallium")


@given(
    st.text("Aa ,:;.'\"-–’", max_size=500) | st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join),
    st.integers(20, 90),
)
def test_whatever_a_headline_is_built_of_it_gives_a_sentence_that_fits_or_none(headline: str, limit: int) -> None:
    told = whole_sentence(headline, limit)
    assert len(told) <= limit
    assert not told or is_sentence(told)
