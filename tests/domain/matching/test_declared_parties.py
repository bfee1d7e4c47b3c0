"""Whose word a sentence is and who acts, where a deal has other parties than the two governments."""

import pytest

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import By, Says, Signal
from tests.builders import eu_deal, rules_folder
from tests.builders.tables import table


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return eu_deal.load(tmp_path_factory.mktemp("rules"))


def signal(rules: Rulebook, title: str, source: str = "Rhine Wire") -> Signal:
    (found,) = match(rules_folder.story(title, source=source), rules)
    return found


@pytest.mark.parametrize(
    ("title", "source", "says", "origin"), table("declared_parties", "a_declared_party_speaks_for_itself")
)
def test_a_declared_party_speaks_for_itself(rules: Rulebook, title: str, source: str, says: str, origin: str) -> None:
    found = signal(rules, title, source)
    assert (found.says, found.origin) == (Says(says), origin)


@pytest.mark.parametrize("source", ["European Commission", "Rhine Wire"])
def test_in_a_deal_that_it_is_no_party_of_nobody_speaks_for_it(rules: Rulebook, source: str) -> None:
    found = signal(rules, "China books ten cargoes of US soybeans, Sefcovic says", source)
    assert (found.commitment, found.says) == ("beans", Says.PRESS)


@pytest.mark.parametrize(
    ("title", "by"), table("declared_parties", "who_acts_is_named_by_the_words_of_the_deals_parties")
)
def test_who_acts_is_named_by_the_words_of_the_deals_parties(rules: Rulebook, title: str, by: str) -> None:
    assert signal(rules, title).by is By(by)


def test_elsewhere_it_is_a_third_country(rules: Rulebook) -> None:
    found = signal(rules, "EU cancels US soybeans, China hears")
    assert (found.commitment, found.by) == ("beans", By.THIRD)


def test_the_words_of_a_rule_know_the_parties_that_owe_its_promise(rules: Rulebook) -> None:
    assert rules.rules["talks/held"].owed_by == rules.commitments["talks"].owed_by == "cn+us"
