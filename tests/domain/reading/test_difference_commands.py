"""A difference between readers and rules is recorded by a command, as an example of the act that ought to have read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Reading
from monitor.domain.reading.difference_commands import act_of, read_command
from monitor.domain.reading.drift import compare
from tests.builders.reading_values import read, reading
from tests.builders.rules_folder import story
from tests.builders.small_rulebook import BUYS, SOY, rulebook

SEEN = "China snaps up cargoes of soybeans"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    now = "    only_if: {published: {from: 2026-02-01}}\n    any: [buys]"
    yearly = SOY.replace("id: soy", "id: soy-yearly").replace("    any: [buys]", now)
    yearly = yearly.replace(
        '"China buys soybeans", effect: progress', '"China buys soybeans", effect: progress, published: 2026-03-01'
    )
    then = SOY.replace("    any: [buys]", "    only_if: {published: {until: 2026-01-31}}\n    any: [buys]")
    files = {"soy": then, "soy-yearly": yearly}
    return rulebook(tmp_path_factory.mktemp("rules"), **files)


def chosen(rules: Rulebook, title: str, said: Reading, day: str = "2025-11-03") -> tuple[str, str]:
    """The act that a difference is an example of, and the command that records it."""
    told = replace(story(title), published_at=datetime.fromisoformat(f"{day}T00:00Z"))
    (own,) = compare(told, rules, [said])
    return act_of(own, rules), read_command(own, rules)


def test_what_an_act_read_and_the_reader_does_not_see_is_a_near_miss_of_that_act(rules: Rulebook) -> None:
    assert chosen(rules, BUYS, reading()) == ("soy/bought", "deal-monitor inbox record s1 none")


def test_what_no_act_read_belongs_to_the_act_that_has_the_effect_when_simply_done(rules: Rulebook) -> None:
    assert chosen(rules, SEEN, reading(read("soy", "progress", "snaps up"))) == (
        "soy/bought",
        "deal-monitor inbox record s1 soy=progress",
    )
    assert chosen(rules, SEEN, reading(read("soy", "setback", "snaps up"))) == (
        "soy-yearly/cancelled",
        "deal-monitor inbox record s1 soy=setback",
    )


def test_an_act_that_does_not_count_on_the_day_gives_way_to_one_of_a_part_that_does(rules: Rulebook) -> None:
    said = reading(read("soy", "progress", "snaps up"))
    assert chosen(rules, SEEN, said, day="2026-03-03")[0] == "soy-yearly/bought"
