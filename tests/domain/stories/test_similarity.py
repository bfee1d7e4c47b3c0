"""What is taken off a headline, which words stand for one another, and what makes two headlines one report."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.stories.headline_words import SYNONYMS, folded_zh, is_contrastive_at, is_swap_allowed
from monitor.domain.stories.similarity import is_duplicate, normalised_tokens, same_but_for_order
from monitor.domain.stories.titles import is_outlet, normal_title, plain_title
from tests.builders.tables import table

HEADLINE = "Mills book ten cargoes of soybeans for spring"


def test_a_newsroom_label_or_column_is_no_part_of_a_headline_unless_it_says_who_speaks() -> None:
    cases = ["UPDATE 1-", "RPT-UPDATE 2-", "EXCLUSIVE: ", "Watch | ", "(LEAD) ", "[Breaking] ", "2. ", "🔴 "]
    assert [(label, normal_title(label + HEADLINE)) for label in cases] == [
        (label, normal_title(HEADLINE)) for label in cases
    ]
    others = ["快讯：", "【独家】", "国际观察丨", "重磅！", "新华社快讯：", "3. "]
    assert [(label, normal_title(f"{label}中储粮采购十船大豆用于储备")) for label in others] == [
        (label, "中储粮采购十船大豆用于储备") for label in others
    ]
    further = ["辟谣丨", "中方回应｜", "美方｜"]
    for column in further:
        assert normal_title(f"{column}中储粮采购十船大豆用于储备") != "中储粮采购十船大豆用于储备", column


def test_the_outlets_name_is_no_part_of_a_headline_and_who_speaks_is() -> None:
    cases = table("similarity", "the_outlets_name_is_no_part_of_a_headline_and_who_speaks_is")
    assert [(end, plain_title(HEADLINE + end)) for end in cases] == [(end, HEADLINE) for end in cases]
    others = table("similarity", "others")
    assert [(end, plain_title(HEADLINE + end)) for end in others] == [(end, HEADLINE + end) for end in others]


@given(st.text(max_size=60), st.sampled_from([" - Reuters", " | News", " (AP)"]))
def test_an_added_name_comes_off_whatever_the_headline_is(tail: str, end: str) -> None:
    title = plain_title(f"{HEADLINE} {tail}".replace("<", "").replace("&", ""))
    assert plain_title(title + end) == plain_title(title)


@given(st.text(max_size=120))
def test_taking_labels_and_names_off_twice_takes_off_no_more(title: str) -> None:
    once = plain_title(title.replace("<", "").replace("&", ""))
    assert plain_title(once) == once


def test_an_outlet_is_known_by_name_shape_or_place() -> None:
    assert is_outlet("Reuters exclusive", after="-")
    assert not is_outlet("Nobody knows them report", after="-")
    cases = [("Korea Herald", "-"), ("China", "|"), ("环球网", ""), ("U.S. News & World Report", "-")]
    for name, after in cases:
        assert is_outlet(name, after=after), name
        assert not is_outlet("China says no", after=after), name


def test_a_word_stands_for_its_synonyms() -> None:
    assert not set(SYNONYMS) & set(SYNONYMS.values())
    assert folded_zh("购买许可证") == folded_zh("采购许可证") == folded_zh("采购许可")
    marked = [(is_contrastive_at((word,), 0), is_contrastive_at((first,), 0)) for word, first in SYNONYMS.items()]
    assert (True, False) not in marked


def test_words_change_places_only_where_they_make_no_other_meaning() -> None:
    for one, other in table("similarity", "words_change_places_only_where_they_make_no_other_meaning"):
        assert not is_swap_allowed(one, other), one
        assert not is_swap_allowed(other, one), one
    others = table("similarity", "words_change_places_only_where_they_make_no_other_meaning_more")
    assert [one for one, other in others if not is_swap_allowed(one, other)] == []
    assert same_but_for_order("Mills quietly book ten cargoes for spring", "Mills book quietly ten cargoes for spring")
    assert not same_but_for_order(
        "Mills: Growers must wait ten days for spring", "Growers: Mills must wait ten days for spring"
    )
    assert not same_but_for_order(
        "Mills say growers must wait until next spring", "Growers say mills must wait until next spring"
    )
    assert not same_but_for_order(HEADLINE, HEADLINE)
    assert not same_but_for_order(HEADLINE, f"{HEADLINE} delivery")
    assert not same_but_for_order(HEADLINE, HEADLINE.replace("ten", "six"))


def test_a_headline_joins_one_that_lacks_plain_words_or_its_end() -> None:
    long = "mills book ten cargoes of pale yellow soybeans for spring delivery from Iowa growers"
    short = "mills book ten cargoes of pale yellow soybeans"
    assert is_duplicate(normalised_tokens(long), normalised_tokens(long.replace("pale yellow ", "")))
    assert not is_duplicate(normalised_tokens(short), normalised_tokens(short.replace("pale yellow ", "")))
    assert not is_duplicate((), ())
    assert not is_duplicate((), normalised_tokens(HEADLINE))
    whole_one = normalised_tokens(f"{HEADLINE} delivery from growers along the upper reaches of the river in Iowa")
    start = whole_one[:8]
    assert not is_duplicate(start, whole_one)
    assert is_duplicate(start, whole_one, fresh_cut=True)
    whole = "Court rules sweeping levies illegal and leaders vow answers within another year"
    tokens = normalised_tokens(whole)
    half, less = len(tokens) // 2, len(tokens) // 2 - 1
    assert is_duplicate(tokens[: half - 1 + len(tokens) % 2], tokens, fresh_cut=True)
    assert not is_duplicate(tokens[: less - 1], tokens, fresh_cut=True)


def test_telling_words_are_kept_and_actors_are_one() -> None:
    assert normalised_tokens("Is China ready for a longer truce with Washington")[-1] == "?"
    assert normalised_tokens("China is ready for a longer truce with Washington")[-1] != "?"
    assert "says" in normalised_tokens("US says China broke its word on magnets")
    assert "says" not in normalised_tokens("China broke its word on magnets, minister says")
    assert normalised_tokens("United States lifts duties") == normalised_tokens("US lifts duties")
    assert "united" in normalised_tokens("United growers lift duties")
    plain = normalised_tokens("中国采购大豆的第一批货物今天抵达青岛港口")
    assert normalised_tokens("环球时报：中国采购大豆的第一批货物今天抵达青岛港口") == plain
    assert normalised_tokens("商务部：中国采购大豆的第一批货物今天抵达青岛港口") != plain
