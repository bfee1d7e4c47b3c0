"""The gate lets through what stands near a deal by its words, and by nothing else."""

from pathlib import Path

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.reading.exchange import SUMMARY_READ_LIVE
from monitor.domain.reading.question import is_near, near_deals
from monitor.rulebook import load_rulebook
from tests.builders import rules_folder, second_deal, shipped_rules
from tests.builders.rules_folder import story
from tests.builders.tables import table


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return second_deal.load(tmp_path_factory.mktemp("gated"))


def test_one_narrow_word_is_enough(gated: Rulebook) -> None:
    assert is_near(story("Vintners await EU-Mercosur day"), gated)


@pytest.mark.parametrize(
    "title", ["Brazilian parliament debates schools", "Brussels debates schools", "A treaty on whales"]
)
def test_wide_words_count_only_where_all_of_an_entry_stand(gated: Rulebook, title: str) -> None:
    assert not is_near(story(title), gated)
    assert is_near(story(f"{title}, and beef of Argentina in Europe"), gated)


def test_words_deep_in_an_article_bring_nothing_near(gated: Rulebook) -> None:
    filler = "All of it is about the harvest. " * (SUMMARY_READ_LIVE // 32)
    assert len(filler) <= SUMMARY_READ_LIVE
    assert not is_near(story("A summer of football", filler + " " * 40 + "EU-Mercosur"), gated)
    assert is_near(story("A summer of football", "EU-Mercosur. " + filler), gated)


def test_a_deal_without_a_gate_lets_through_what_its_rules_could_concern(tmp_path: Path) -> None:
    ungated = rules_folder.load(tmp_path)
    assert is_near(story("China eyes soybeans"), ungated)
    assert not is_near(story("China eyes a museum of beans"), ungated)


def test_a_gate_reads_amounts_however_they_are_written(tmp_path: Path) -> None:
    gate = f"{rules_folder.PARTIES}id: deal\nname: A deal\ngate: {{any: ['<5 Mt> + pulses']}}\n"
    rules = rules_folder.load(tmp_path, deal=gate)
    assert is_near(story("Pulses: 5m tonnes sought"), rules)
    assert not is_near(story("Pulses: 4m tonnes sought"), rules)


def test_each_of_two_deals_keeps_its_own_way(tmp_path: Path) -> None:
    gate = f"{rules_folder.PARTIES}id: deal\nname: A deal\ngate: {{any: [pulses]}}\n"
    other = f"id: tea\nname: Tea\n{rules_folder.PARTIES}"
    tea = rules_folder.TALKS.replace("id: talks", "id: cups").replace("(call|talks)", "cups")
    root = rules_folder.write(tmp_path, deal=gate)
    (root / "tea").mkdir()
    (root / "tea" / "deal.yaml").write_text(other, encoding="utf-8")
    (root / "tea" / "cups.yaml").write_text(tea.replace("China holds talks", "China holds cups"), encoding="utf-8")
    both = load_rulebook(root)
    assert near_deals(story("Of pulses and pans"), both) == {"deal"}
    assert near_deals(story("China sends cups"), both) == {"tea"}, "by a rule of the deal without a gate"
    assert near_deals(story("China sends cups of pulses"), both) == {"deal", "tea"}
    assert not is_near(story("China eyes soybeans"), both), "a rule of the deal with a gate brings nothing near"


FAR = table("gate", "far")


def test_the_shipped_gate_lets_stories_of_the_deal_through_and_stops_others() -> None:
    assert [title for title in table("gate", "near") if not is_near(story(title), shipped_rules.rulebook())] == []
    assert [title for title in FAR if is_near(story(title), shipped_rules.rulebook())] == []


def test_every_example_of_the_shipped_rules_that_is_about_a_commitment_stands_near_but_a_few() -> None:
    """Rules and gate are written apart; what the ones are about, the other lets through."""
    rules = shipped_rules.rulebook()
    about = [example for example in rules.examples if example.effect is not None]
    lost = [example.text for example in about if not is_near(story(example.text, example.summary), rules)]
    assert len(about) > 900
    assert len(lost) < len(about) / 100, lost
