"""What is taken off a headline, which words stand for one another, and what makes two headlines one report."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.stories.headline_words import SYNONYMS, folded_zh, is_contrastive, is_swap_allowed
from monitor.domain.stories.similarity import is_duplicate, normalised_tokens, same_but_for_order
from monitor.domain.stories.titles import is_outlet, normal_title, plain_title

HEADLINE = "Mills book ten cargoes of soybeans for spring"


def test_a_newsroom_label_is_no_part_of_a_headline() -> None:
    cases = ["UPDATE 1-", "RPT-UPDATE 2-", "EXCLUSIVE: ", "Watch | ", "(LEAD) ", "[Breaking] ", "2. ", "🔴 "]
    assert [(label, normal_title(label + HEADLINE)) for label in cases] == [
        (label, normal_title(HEADLINE)) for label in cases
    ]


def test_a_chinese_label_or_column_is_no_part_of_a_headline() -> None:
    cases = ["快讯：", "【独家】", "国际观察丨", "重磅！", "新华社快讯：", "3. "]
    assert [(label, normal_title(f"{label}中储粮采购十船大豆用于储备")) for label in cases] == [
        (label, "中储粮采购十船大豆用于储备") for label in cases
    ]


def test_a_column_that_refutes_or_names_the_speaker_stays() -> None:
    cases = ["辟谣丨", "中方回应｜", "美方｜"]
    for column in cases:
        assert normal_title(f"{column}中储粮采购十船大豆用于储备") != "中储粮采购十船大豆用于储备", column


def test_the_outlets_name_is_no_part_of_a_headline() -> None:
    cases = [
        " - Reuters",
        " | The Star",
        " — Farm Progress",
        " | World | The Star",
        " (AP)",
        " - grain.com",
        ": Bloomberg",
    ]
    assert [(end, plain_title(HEADLINE + end)) for end in cases] == [(end, HEADLINE) for end in cases]


def test_who_speaks_and_what_is_taken_back_stays_in_a_headline() -> None:
    cases = [
        " - Bessent",
        " — Commerce Ministry",
        " - He Lifeng",
        ": White House",
        " | Trump",
        " - USTR",
        " (withdrawn)",
    ]
    assert [(end, plain_title(HEADLINE + end)) for end in cases] == [(end, HEADLINE + end) for end in cases]


@given(st.text(max_size=60), st.sampled_from([" - Reuters", " | News", " (AP)"]))
def test_an_added_name_comes_off_whatever_the_headline_is(tail: str, end: str) -> None:
    title = plain_title(f"{HEADLINE} {tail}".replace("<", "").replace("&", ""))
    assert plain_title(title + end) == plain_title(title)


@given(st.text(max_size=120))
def test_taking_labels_and_names_off_twice_takes_off_no_more(title: str) -> None:
    once = plain_title(title.replace("<", "").replace("&", ""))
    assert plain_title(once) == once


def test_an_outlet_is_known_by_name_shape_or_place() -> None:
    cases = [("Korea Herald", "-"), ("China", "|"), ("环球网", ""), ("U.S. News & World Report", "-")]
    for name, after in cases:
        assert is_outlet(name, after=after), name
        assert not is_outlet("China says no", after=after), name


def test_a_word_stands_for_its_synonyms_and_itself_for_nothing_else() -> None:
    assert not set(SYNONYMS) & set(SYNONYMS.values())
    assert folded_zh("购买许可证") == folded_zh("采购许可证") == folded_zh("采购许可")


def test_no_synonym_of_a_telling_word_is_plain() -> None:
    """A word that a synonym replaces is never compared, so the lists must hold its synonym."""
    assert [word for word, first in SYNONYMS.items() if is_contrastive(word) and not is_contrastive(first)] == []


def test_a_question_without_its_mark_is_still_one() -> None:
    assert normalised_tokens("Is China ready for a longer truce with Washington")[-1] == "?"
    assert normalised_tokens("China is ready for a longer truce with Washington")[-1] != "?"


def test_who_says_counts_only_between_two_actors() -> None:
    assert "says" in normalised_tokens("US says China broke its word on magnets")
    assert "says" not in normalised_tokens("China broke its word on magnets, minister says")


def test_words_whose_order_is_their_meaning_stay_where_they_are() -> None:
    cases = [
        ("us", "china"),
        ("not", "buy"),
        ("will", "china"),
        ("only", "soybeans"),
        ("after", "talks"),
        ("close", "to"),
        ("lifted", "suspended"),
        ("10", "20"),
        ("corn", "wheat"),
        ("dispute", "agreement"),
        ("if", "us"),
    ]
    for one, other in cases:
        assert not is_swap_allowed(one, other), one
        assert not is_swap_allowed(other, one), one


def test_words_that_make_no_other_meaning_may_change_places() -> None:
    cases = [
        ("trade", "talks"),
        ("quietly", "book"),
        ("american", "growers"),
        ("china", "books"),
        ("agrees", "to"),
        ("of", "ships"),
    ]
    assert [one for one, other in cases if not is_swap_allowed(one, other)] == []


def test_an_exchange_across_a_word_or_a_colon_is_no_exchange_of_neighbours() -> None:
    assert same_but_for_order("Mills quietly book ten cargoes for spring", "Mills book quietly ten cargoes for spring")
    assert not same_but_for_order(
        "Mills: Growers must wait ten days for spring", "Growers: Mills must wait ten days for spring"
    )
    assert not same_but_for_order(
        "Mills say growers must wait until next spring", "Growers say mills must wait until next spring"
    )


def test_two_plain_words_may_be_missing_from_a_long_headline_only() -> None:
    long = "mills book ten cargoes of pale yellow soybeans for spring delivery from Iowa growers"
    short = "mills book ten cargoes of pale yellow soybeans"
    assert is_duplicate(normalised_tokens(long), normalised_tokens(long.replace("pale yellow ", "")))
    assert not is_duplicate(normalised_tokens(short), normalised_tokens(short.replace("pale yellow ", "")))


def test_a_headline_is_no_swap_of_itself_nor_of_one_with_other_words() -> None:
    assert not same_but_for_order(HEADLINE, HEADLINE)
    assert not same_but_for_order(HEADLINE, f"{HEADLINE} delivery")
    assert not same_but_for_order(HEADLINE, HEADLINE.replace("ten", "six"))


def test_two_headlines_without_a_telling_word_are_no_report_in_common() -> None:
    assert not is_duplicate((), ())
    assert not is_duplicate((), normalised_tokens(HEADLINE))


def test_the_first_words_of_a_long_headline_are_the_same_report_only_if_the_title_was_cut_off() -> None:
    long = normalised_tokens(f"{HEADLINE} delivery from growers along the upper reaches of the river in Iowa")
    start = long[:8]
    assert not is_duplicate(start, long)
    assert is_duplicate(start, long, fresh_cut=True)


def test_the_united_states_are_one_actor_and_united_alone_is_none() -> None:
    assert normalised_tokens("United States lifts duties") == normalised_tokens("US lifts duties")
    assert "united" in normalised_tokens("United growers lift duties")


def test_the_word_that_a_cut_goes_through_counts_as_kept() -> None:
    whole = "Court rules sweeping levies illegal and leaders vow answers within another year"
    tokens = normalised_tokens(whole)
    half, less = len(tokens) // 2, len(tokens) // 2 - 1
    assert is_duplicate(tokens[: half - 1 + len(tokens) % 2], tokens, fresh_cut=True)
    assert not is_duplicate(tokens[: less - 1], tokens, fresh_cut=True)


def test_a_chinese_headline_may_begin_with_the_newspaper_that_prints_it() -> None:
    plain = normalised_tokens("中国采购大豆的第一批货物今天抵达青岛港口")
    assert normalised_tokens("环球时报：中国采购大豆的第一批货物今天抵达青岛港口") == plain
    assert normalised_tokens("商务部：中国采购大豆的第一批货物今天抵达青岛港口") != plain
