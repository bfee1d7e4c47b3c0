"""Acts whose words take a completion for granted: evidence beside what a story reports."""

from pathlib import Path

import pytest

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Signal
from tests.builders import rules_folder

PRESUMING = """\
  - id: taken-as-bought
    presumes: true
    any: ['(since|after|with) ..4 !purchases of ..4 {beans}']
"""
TAKEN = "beans/taken-as-bought"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rules_folder.load(tmp_path_factory.mktemp("rules"), beans=rules_folder.COMMITMENT + PRESUMING)


def read(rules: Rulebook, title: str, summary: str = "") -> Signal:
    return rules_folder.only(match(rules_folder.story(title, summary), rules))


@pytest.mark.parametrize(
    "title",
    [
        "Farmers rest after Chinese purchases of US soybeans",
        "What has changed for farmers since Chinese purchases of US soybeans?",
        "Why ports are calm after Chinese purchases of US soybeans",
    ],
)
def test_what_a_report_or_a_question_takes_for_granted_is_read_without_an_effect(rules: Rulebook, title: str) -> None:
    signal = read(rules, title)
    assert (signal.effect, signal.rule, signal.presumed) == (Effect.NONE, TAKEN, TAKEN)


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("US soybeans wait", "China may agree after no purchases of US soybeans"),
        ("US soybeans: a column", "Opinion: calm after purchases of US soybeans"),
        ("China bans US soybeans", "Farmers rest after purchases of US soybeans"),
    ],
    ids=["negated", "opinion", "another sentence"],
)
def test_a_denial_an_opinion_and_another_sentence_presume_nothing(rules: Rulebook, title: str, summary: str) -> None:
    assert not read(rules, title, summary).presumed


def test_the_reported_act_stays_what_it_is_and_its_sentence_may_presume(tmp_path: Path, rules: Rulebook) -> None:
    title = "China buys corn with purchases of US soybeans in store"
    plain = read(rules_folder.load(tmp_path), title)
    signal = read(rules, title)
    assert (signal.effect, signal.rule) == (plain.effect, plain.rule) == (Effect.PROGRESS, "beans/bought")
    assert (plain.presumed, signal.presumed) == ("", TAKEN)
