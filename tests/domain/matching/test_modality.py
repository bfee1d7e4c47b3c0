from pathlib import Path

import pytest

from monitor.domain.matching.match import match
from monitor.domain.matching.modality import EFFECT_TABLE, Polarity, PolarityShift
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Modality
from tests.builders import rules_folder, shipped_rules


def test_every_polarity_has_an_effect_for_every_shift() -> None:
    assert set(EFFECT_TABLE) == set(Polarity)
    assert all(set(row) == set(PolarityShift) for row in EFFECT_TABLE.values())


def cases_of(file: str) -> list[list[str]]:
    lines = (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines()
    return [line.split(" | ") for line in lines if not line.startswith("#")]


def test_what_a_text_only_mentions_or_expects_is_no_act_of_its_own() -> None:
    for wanted, commitment, title, *summary in cases_of("mentions.txt"):
        read = match(rules_folder.story(title, summary="".join(summary)), shipped_rules.rulebook())
        signal = next((s for s in read if s.commitment == commitment and s.effect is not Effect.NONE), None)
        said = "nothing" if signal is None else "mention" if signal.passing else signal.effect.value
        rumoured = said == "pledge" and signal is not None and signal.modality is Modality.RUMOUR
        assert ("rumour" if rumoured else said) == wanted, title


def test_polarity_and_mood_make_the_effect(rules: Rulebook) -> None:
    cases = cases_of("effects_of_mood.txt")
    found = [rules_folder.only(match(rules_folder.story(title), rules)).effect.value for _, title in cases]
    assert list(zip(found, cases, strict=True)) == [(effect, [effect, title]) for effect, title in cases]


@pytest.mark.parametrize(
    ("title", "modality"),
    [
        ("China buys US soybeans", Modality.NONE),
        ("China may buy US soybeans", Modality.RUMOUR),
        ("China begins buying US soybeans", Modality.UNDER_WAY),
        ("China signs and will buy US soybeans", Modality.PLAN),
    ],
)
def test_the_weakest_word_before_an_act_caps_it(rules: Rulebook, title: str, modality: Modality) -> None:
    assert rules_folder.only(match(rules_folder.story(title), rules)).modality is modality


@pytest.mark.parametrize(
    ("act", "effect"), [("{takes} ..8 {beans}", Effect.PLEDGE), ("!{takes} ..8 {beans}", Effect.PROGRESS)]
)
def test_a_hedge_counts_only_before_the_marked_head(tmp_path: Path, act: str, effect: Effect) -> None:
    acts = rules_folder.COMMITMENT.replace("'{takes} ..8 {beans}', '{cn} ..8 {takes}'", f"'{act}'")
    signal = rules_folder.only(
        match(rules_folder.story("China bought what it agreed to in soybeans"), rules_folder.load(tmp_path, beans=acts))
    )
    assert signal.effect is effect


def test_a_hedge_counts_only_before_the_act(rules: Rulebook) -> None:
    signal = rules_folder.only(match(rules_folder.story("China met its will to take US soybeans"), rules))
    assert (signal.effect, signal.modality) == (Effect.DELIVERED, Modality.DONE)
    assert (
        rules_folder.only(match(rules_folder.story("China buys US soybeans that may ship"), rules)).effect
        is Effect.PROGRESS
    )
    assert rules_folder.only(match(rules_folder.story("China denies it bought US soybeans"), rules)).denied
    assert not rules_folder.only(match(rules_folder.story("China bought US soybeans"), rules)).denied


def test_a_mark_inside_words_that_only_look_like_one_is_none(tmp_path: Path) -> None:
    words = rules_folder.VOCABULARY.replace("modality:\n", "modality:\n  plain: {en: [in may, the will of]}\n")
    rules = rules_folder.load(tmp_path, words=words)
    for title in ("In May China buys soybeans", "China by the will of Beijing buys soybeans"):
        assert rules_folder.only(match(rules_folder.story(title), rules)).effect is Effect.PROGRESS
    assert rules_folder.only(match(rules_folder.story("In May China may buy soybeans"), rules)).effect is Effect.PLEDGE


PAST = """\
modality:
  past: {en: [had decided to, according to the earlier order]}
  plain: {en: [said ..4 had decided to]}
"""


@pytest.mark.parametrize(
    ("title", "effect"),
    [
        ("China had decided to ban US soybeans", Effect.NONE),
        ("According to the earlier order China bans US soybeans", Effect.NONE),
        ("China bans US soybeans that it had decided to buy", Effect.SETBACK),
        ("China said it had decided to ban US soybeans", Effect.SETBACK),
    ],
)
def test_what_had_been_decided_before_is_no_act(tmp_path: Path, title: str, effect: Effect) -> None:
    rules = rules_folder.load(tmp_path, words=rules_folder.VOCABULARY.replace("modality:\n", PAST))
    assert rules_folder.only(match(rules_folder.story(title), rules)).effect is effect


@pytest.mark.parametrize(
    ("title", "effect"),
    [
        ("Brazil urges China to buy US soybeans", Effect.NONE),
        ("China urges mills to buy US soybeans", Effect.PLEDGE),
        ("Brazil urges that China lifts ban on US soybeans", Effect.NONE),
        ("Brazil urges China to ban US soybeans", Effect.THREAT),
    ],
)
def test_what_is_asked_of_a_side_is_no_promise_of_that_side(tmp_path: Path, title: str, effect: Effect) -> None:
    words = rules_folder.VOCABULARY.replace("modality:\n", "modality:\n  demand: {en: [urges]}\n")
    signal = rules_folder.only(match(rules_folder.story(title), rules_folder.load(tmp_path, words=words)))
    assert (signal.effect, signal.modality) == (effect, Modality.RUMOUR)


TAXED = """\
  - id: taxed
    polarity: bad
    event: <tax>
    patient: '{beans}'
"""


@pytest.mark.parametrize(
    ("title", "effect"),
    [
        ("China denies the report, taxes US soybeans", Effect.SETBACK),
        ("China may cut duties and taxes US soybeans", Effect.SETBACK),
        ("China may cut duties and tax US soybeans", Effect.THREAT),
        ("China denies the report, taxing US soybeans", Effect.NONE),
    ],
)
def test_a_finite_verb_behind_a_comma_or_and_has_its_own_predicate(tmp_path: Path, title: str, effect: Effect) -> None:
    rules = rules_folder.load(tmp_path, beans=rules_folder.COMMITMENT + TAXED)
    (signal,) = match(rules_folder.story(title), rules)
    assert signal.effect is effect
