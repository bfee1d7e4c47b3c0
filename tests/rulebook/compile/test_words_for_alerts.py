"""`topic` and `tells`: the words that a rule file gives to alerts."""

from pathlib import Path

import pytest

from monitor.domain.model import Effect
from monitor.errors import RuleError
from monitor.rulebook import load_rulebook
from tests.builders import small_rulebook
from tests.builders.small_rulebook import SOY


def edited(tells: str) -> str:
    first = "  - id: bought\n"
    assert first in SOY
    return SOY.replace(first, f"{first}    tells: {tells}\n").replace(
        "short: Soybeans\n", "short: Soybeans\ntopic: Beans\n"
    )


def test_words_for_alerts_are_read_say_who_does_what_and_are_no_part_of_a_version(tmp_path: Path) -> None:
    book = small_rulebook.rulebook(tmp_path, soy=edited("to buy beans"))
    assert book.commitments["soy"].topic == "Beans"
    assert (book.rules["soy/bought"].tells, book.rules["soy/bought"].effect) == ("to buy beans", Effect.PROGRESS)
    plain = small_rulebook.rulebook(tmp_path / "b")
    assert book.rules["soy/bought"].version == plain.rules["soy/bought"].version
    with pytest.raises(RuleError, match=r"soy.yaml:14:\d+: error\[value_error\]"):
        small_rulebook.rulebook(tmp_path / "b", soy=edited("buys beans"))


def test_the_words_of_an_act_take_names_from_the_vocabulary_and_an_unknown_kind_is_an_error(tmp_path: Path) -> None:
    rules = small_rulebook.write(tmp_path, soy=edited("to buy {grains*|grain} {grian|}"))
    names = rules / "vocabulary" / "names.yaml"
    names.write_text("names:\n  grains: {大豆: soybeans, 玉米: corn}\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"soy.yaml:14:\d+: error\[unknown_kind_of_names\].*'grian'"):
        load_rulebook(rules)
    names.write_text("names:\n  grains: {大豆: soybeans}\n  grian: {}\n", encoding="utf-8")
    assert load_rulebook(rules).rules["soy/bought"].names == {"grains": {"大豆": "soybeans"}, "grian": {}}
