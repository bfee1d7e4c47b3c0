"""The sides of a deal in words, and the standings that end something."""

import copy
import pickle

import pytest

from monitor.domain.model import By, Says, Standing
from monitor.domain.model.sides import RESERVED, SIDES, Parties, Side, is_party, joint, parties_in
from monitor.domain.text.labels import counter_name
from monitor.domain.verdicts.deadlines import CONCLUDED
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.standing import FAILED
from tests.builders.tables import table

EU = Parties(
    {"eu": Side("the EU"), "uk": Side("the UK"), "us": Side("the US"), "cn": Side("China")},
    frozenset({frozenset({"us", "cn"})}),
)


def test_every_speaker_has_its_words_in_the_one_table() -> None:
    assert {says.value for says in Says} | {"others"} == set(SIDES)
    assert {word for word in SIDES if not EU.can_owe((word,))} == {"both", "data", "press"}


def test_a_side_is_named_in_a_reason_and_in_a_message() -> None:
    cases = table("sides", "a_side_is_named_in_a_reason_and_in_a_message")
    assert [(key, EU.does(key, "say"), EU.names((key,))) for key, _, _ in cases] == cases


def test_several_parties_are_one_word_whatever_their_order() -> None:
    assert joint(("us", "eu")) == joint(("eu", "us")) == "eu+us"
    named = {"eu+us": {"eu", "us"}, "eu": {"eu"}, "company": set(), "press": set(), "third": set()}
    assert {word: parties_in(word) for word in named} == named


def test_sides_and_counters_are_named() -> None:
    assert counter_name("Ministry of\nJustice") == "Ministry of Justice"
    assert EU.names(("us", "cn")) == "both sides"
    assert EU.names(("us", "company")) == "the US and the company"
    assert EU.names(()) == ""
    assert not any(map(is_party, (*RESERVED, "EU", "the eu", "eu+", "eu+eu", "eu+press")))
    assert all(map(is_party, ("us", "eu", "south-korea", "eu+us")))


@pytest.mark.parametrize(
    ("headline", "may_act"),
    [
        ("The EU lifts its quota", True),
        ("Brussels threatens tariffs on China", True),
        ("China threatens an E.U. quota", False),
        ("Acme’s EU unit ignores the order", False),
        ("Acme's EU unit asks as EU says no", True),
    ],
)
def test_a_headline_of_another_party_or_a_place_tells_no_act_of_this_one(headline: str, may_act: bool) -> None:
    assert EU.may_act("eu", headline) is may_act
    assert EU.may_act("company", headline)


@pytest.mark.parametrize("kind", [Says, By])
def test_a_declared_party_is_one_value_wherever_it_is_made(kind: type[Says] | type[By]) -> None:
    eu = kind("eu")
    assert kind("eu") is eu
    assert pickle.loads(pickle.dumps(eu)) is eu
    assert copy.deepcopy(eu) is eu
    assert kind("us+eu") is kind("eu+us")
    assert "eu" not in set(kind), "only words that every deal knows are listed"


@pytest.mark.parametrize("word", ["The EU", "others", "third+us", ""])
def test_what_can_be_no_party_speaks_nowhere(word: str) -> None:
    with pytest.raises(ValueError, match="is not a valid Says"):
        Says(word)


def test_only_a_known_party_can_confirm() -> None:
    assert EU.can_owe(("us", "eu", "eu+us", "others"))
    assert not EU.can_owe(("us", "jp"))
    assert not Parties().can_owe(("eu",))


def test_each_set_of_standings_that_end_something_has_a_name_of_its_own() -> None:
    assert {Standing.MET, Standing.BREACHED, Standing.LAPSED} == CONCLUDED, "no date is waited for"
    assert {Standing.MET, Standing.PARTLY_MET, Standing.LAPSED} == RENEWABLE, "a new period begins anew"
    assert set(FAILED) == {Standing.BREACHED, Standing.LAPSED}, "ended badly"


@pytest.mark.parametrize(
    ("word", "before", "named"), table("sides", "the_nearest_actor_before_an_act_is_the_one_who_acts")
)
def test_the_nearest_actor_before_an_act_is_the_one_who_acts(word: str, before: str, named: bool) -> None:
    words = {"cn": ("中方", "商务部"), "us": ("特朗普", "美国"), "third": ("巴黎",)}
    assert Parties(words=words).are_named(word, "特朗普威胁，商务部与中方回应", before) is named
