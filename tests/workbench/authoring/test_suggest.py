"""`rules suggest`: words that tell the texts of an act from others near the deal, without those that it holds."""

from __future__ import annotations

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Reading, Story
from monitor.workbench.authoring.suggest import Suggestions, suggest
from monitor.workbench.authoring.telling_words import log_odds_z, phrases_of, telling_words
from tests.builders.reading_values import read, reading
from tests.builders.rules_folder import story
from tests.builders.small_rulebook import BUYS, rulebook

SNAPPED = [f"China snaps up {count} cargoes of soybeans" for count in ("two", "three", "four", "five")]
OTHERS = [
    f"China has cargoes of soybeans, says {place}" for place in ("Iowa", "Ohio", "Kansas", "Utah", "Maine", "Texas")
]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook(tmp_path_factory.mktemp("rules"))


def bought(title: str, quote: str = "soybeans") -> tuple[Story, list[Reading]]:
    return story(title), [reading(read("soy", "progress", quote))]


def suggested(rules: Rulebook, *more: tuple[Story, list[Reading]]) -> Suggestions:
    others = [(story(title), [reading(read("soy", "none", "soybeans"))]) for title in OTHERS]
    return suggest([*map(bought, SNAPPED), *others, *more], rules, "soy/bought")


def test_words_of_texts_that_the_act_misses_are_suggested_with_their_titles(rules: Rulebook) -> None:
    found = suggested(rules)
    assert (found.effect, found.read, len(found.missing), found.others) == (Effect.PROGRESS, 4, 4, 6)
    best = found.words[0]
    assert best.words == "china snaps up"
    assert best.others == 0
    assert found.samples_of(best, 2) == SNAPPED[:2]


def test_texts_that_the_act_matches_lend_no_words(rules: Rulebook) -> None:
    found = suggested(rules, bought(BUYS), bought("China buys a dozen cargoes of soybeans"))
    assert (found.read, len(found.missing)) == (6, 4)


def test_words_that_the_act_holds_are_left_out(rules: Rulebook) -> None:
    negated = (
        "Nobody in China buys soybeans"  # the act's word stands here, and the reader reads it otherwise than the rules
    )
    found = suggest([bought(f"{negated} of {n}") for n in SNAPPED], rules, "soy/cancelled")
    assert found.read == 0
    assert not any("buys" in word.words.split() for word in suggested(rules).words)


def test_a_word_may_stand_in_the_quoted_words_alone(rules: Rulebook) -> None:
    told = [
        (
            story(f"Report {n}", "Sinograin loads soybeans at the Gulf"),
            [reading(read("soy", "progress", "loads soybeans"))],
        )
        for n in ("one", "two")
    ]
    found = suggested(rules, *told)
    loads = next(word for word in found.words if word.words.startswith("loads"))
    assert found.samples_of(loads, 2) == ["loads soybeans", "loads soybeans"]


def test_no_phrase_begins_or_ends_with_a_word_of_grammar_or_is_a_bare_number() -> None:
    assert phrases_of("of stock in 12 ports") == {"stock", "stock in 12", "12 ports", "ports"}
    assert phrases_of("cargo, ships") == {"cargo", "ships"}


def test_chinese_words_are_two_to_four_characters() -> None:
    assert phrases_of("采购大豆") == {"采购", "购大", "大豆", "采购大", "购大豆", "采购大豆"}


def test_the_statistic_is_nought_for_a_word_as_common_in_both_and_grows_with_the_evidence() -> None:
    assert log_odds_z(5, 10, 50, 100) == pytest.approx(0, abs=0.05)
    assert log_odds_z(30, 60, 5, 100) > log_odds_z(3, 6, 5, 100) > 0
    assert log_odds_z(0, 10, 50, 100) < 0


def test_a_word_of_one_title_is_not_suggested_and_of_phrases_in_the_same_titles_the_longest_is() -> None:
    words = telling_words(["snaps up beans", "snaps up corn"], ["grows beans"] * 9, most=9)
    assert [word.words for word in words] == ["snaps up"]
