"""Of earlier results those stand that the rules of now would give again; only the other tests run."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from monitor.domain.matching.rules import Rulebook, RuleExample
from monitor.domain.model import Effect
from monitor.rulebook.cache import KeptTests
from monitor.rulebook.testing.examples import run_example
from monitor.rulebook.testing.scenarios import Scenario, load_scenarios
from monitor.workbench.testing.kept_results import StandingResults, standing_results
from monitor.workbench.testing.scenario_runner import run_scenario
from tests.builders.rule_edits import EDITS, edited
from tests.builders.rules_folder import load

TEXTS = (
    "China books ten cargoes of US soybeans",
    "China shuns US soybeans from two ports",
    "China bans soybeans from two US ports",
    "China cancels US soybeans at short notice",
    "Opinion: China cancels US soybeans",
    "China halts buying of US soybean oil after a long winter",
    "China denies it halts US soybeans",
    "Bessent says China buys soya after call with Washington",
    "China docks ships in two ports",
    "中国采购六船美国大豆 两个港口",
    "Brazil books US soybeans, oil and wheat",
    "A river festival draws record crowds",
)
COURSES = """\
scenarios:
  - name: Purchases are banned
    start: 2025-11-03
    stories: [{at: 2025-11-04T10:00Z, source: Commerce Ministry, title: China bans soybeans from two US ports}]
    expect: [{at: 2025-11-05, commitment: beans, status: at_risk}]
  - name: Purchases begin
    start: 2025-11-03
    standing: {beans: pledged}
    stories: [{at: 2025-11-04T10:00Z, source: Commerce Ministry, title: China books ten cargoes of US soybeans}]
    expect: [{at: 2025-11-05, commitment: beans, standing: in_progress}]
  - name: Talks are held
    start: 2025-11-03
    stories: [{at: 2025-11-04T10:00Z, source: Grain Daily, title: China holds talks with Washington}]
    expect: [{at: 2025-11-05, commitment: talks, standing: in_progress}]
"""


@cache
def rulebook(*edits: str) -> Rulebook:
    """The small rulebook with these edits, and every text as an example of both commitments."""
    with TemporaryDirectory() as folder:
        book = edited(Path(folder), edits)
    texts = tuple(
        RuleExample(f"{name}/{act}", name, number, text, Effect.PROGRESS, f"rules/deal/{name}.yaml", 9)
        for name, act in (("beans", "bought"), ("talks", "held"))
        for number, text in enumerate(TEXTS)
    )
    return replace(book, examples=(*book.examples, *texts))


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, ...]:
    folder = tmp_path_factory.mktemp("courses")
    book = load(folder)
    (folder / "rules" / "tests").mkdir()
    (folder / "rules" / "tests" / "courses.yaml").write_text(COURSES, encoding="utf-8")
    return load_scenarios(folder / "rules", book)


def clock() -> float:
    """A clock that stands still."""
    return 0.0


def all_run(book: Rulebook, scenarios: tuple[Scenario, ...]) -> StandingResults:
    """The results of every test, none of them kept from earlier."""
    results = standing_results(None, book, scenarios, clock)
    for example in book.examples:
        results.of_example(example)
    for scenario in scenarios:
        results.of_scenario(scenario)
    return results


def standing(old: Rulebook | None, results: StandingResults, new: Rulebook, *scenarios: Scenario) -> StandingResults:
    """What stands under a rulebook of results that went through a file."""
    kept = json.loads(json.dumps(results.as_json()))
    return standing_results(KeptTests(old, kept), new, scenarios, clock)


@pytest.mark.slow
@pytest.mark.parametrize("edit", EDITS)
def test_after_an_edit_each_result_is_that_of_a_run_of_its_test(edit: str, scenarios: tuple[Scenario, ...]) -> None:
    old, new = rulebook(), rulebook(edit)
    results = standing(old, all_run(old, scenarios), new, *scenarios)
    assert [results.of_example(e) for e in new.examples] == [run_example(e, new, clock) for e in new.examples]
    assert [results.of_scenario(s) for s in scenarios] == [run_scenario(s, new, clock) for s in scenarios]


def test_only_the_tests_with_a_changed_word_run_again(scenarios: tuple[Scenario, ...]) -> None:
    old, new = rulebook(), rulebook("a word in an act")
    results = standing(old, all_run(old, scenarios), new, *scenarios)
    for example in new.examples:
        results.of_example(example)
    assert results.ran == 5, (
        "a text with the new word and one with the rewritten pattern, each for both, and the act's own"
    )
    for scenario in scenarios:
        results.of_scenario(scenario)
    assert results.ran == 6, "the scenario of the rewritten pattern"


def test_a_scenario_runs_again_where_its_commitment_is_decided_otherwise(scenarios: tuple[Scenario, ...]) -> None:
    old, new = rulebook(), rulebook("a meaning by status")
    results = standing(old, all_run(old, scenarios), new, *scenarios)
    assert sorted(results.scenarios.values()) == [0.0], "the one of the talks stands"
    assert len(results.examples) == len({*all_run(old, ()).examples}), "what a text reads as does not depend on it"


def test_under_the_same_rules_nothing_runs(scenarios: tuple[Scenario, ...]) -> None:
    first = all_run(rulebook(), scenarios)
    results = standing(None, first, rulebook(), *scenarios)
    for example in rulebook().examples:
        results.of_example(example)
    for scenario in scenarios:
        results.of_scenario(scenario)
    assert first.ran > len(TEXTS) + len(scenarios)
    assert results.ran == 0


def test_a_test_that_says_something_else_runs_and_one_that_only_moved_does_not() -> None:
    first, *others = rulebook().examples
    before = all_run(rulebook(), ())
    moved = replace(first, line=first.line + 5, number=7)
    changed = replace(first, effect=Effect.BREACH)
    results = standing(None, before, replace(rulebook(), examples=(moved, changed, *others)))
    assert (results.of_example(moved).line, results.ran) == (first.line + 5, 0)
    assert (results.of_example(changed).passed, results.ran) == (False, 1)


def test_a_scenario_that_failed_runs_each_time(scenarios: tuple[Scenario, ...]) -> None:
    book = rulebook("a number of the policy")
    first = all_run(book, scenarios)
    failing = [scenario for scenario in scenarios if not run_scenario(scenario, book).passed]
    results = standing(None, first, book, *scenarios)
    assert [results.of_scenario(scenario).passed for scenario in failing] == [False] * len(failing)
    assert results.ran == len(failing) > 0
