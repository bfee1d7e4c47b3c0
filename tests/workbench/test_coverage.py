"""What no test exercises is listed with its place; what one does is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.workbench.coverage import CoverageItem, measure_coverage, rule_clauses
from tests.builders import rules_folder
from tests.builders.scenario_folder import loaded


def covered(folder: Path, **changed: str) -> list[CoverageItem]:
    root = rules_folder.write(folder, **changed)
    rules, scenarios = loaded(root)
    return measure_coverage(rules, scenarios)


def idle(found: list[CoverageItem], path: str) -> dict[str, list[str]]:
    """What is idle in one file, by kind."""
    own = [item for item in found if not item.exercised and item.path == path]
    return {kind: [item.text for item in own if item.kind == kind] for kind in dict.fromkeys(i.kind for i in own)}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[CoverageItem]:
    return covered(tmp_path_factory.mktemp("book"))


def test_what_stands_in_no_example_is_idle_with_its_line(found: list[CoverageItem]) -> None:
    listed = idle(found, "rules/deal/beans.yaml")
    assert listed["exclusion"] == ["(Brazil*|巴西)", "soybean oil"]
    assert "{us_beans} ..4 cargoes" in listed["pattern"]
    assert "{takes} ..8 {beans}" not in listed["pattern"]
    (item,) = [item for item in found if not item.exercised and item.text == "{us_beans} ..4 cargoes"]
    line = rules_folder.COMMITMENT.splitlines().index("  summary: ['{us_beans} ..4 cargoes']") + 1
    assert (item.path, item.line, item.owner) == ("rules/deal/beans.yaml", line, "beans/about")


def test_a_rule_that_decides_no_test_is_idle(tmp_path: Path) -> None:
    silent = rules_folder.BEANS_EXAMPLES.replace("China extended its soybean deadline", "A road")
    assert idle(covered(tmp_path, beans_examples=silent), "rules/deal/beans.yaml")["rule"] == ["beans/extended"]


def test_a_scenario_exercises_what_its_stories_say(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    (root / "tests").mkdir()
    (root / "tests" / "oil.yaml").write_text(
        "scenarios:\n  - name: Oil is no bean\n    start: 2025-11-01\n    quiet: [{until: 2025-11-05}]\n    stories:\n"
        "      - {at: 2025-11-02, source: Grain Daily, title: China buys soybean oil and American soybeans}\n"
        "    expect: [{at: 2025-11-03, commitment: beans, standing: unpledged}]\n",
        encoding="utf-8",
    )
    rules, scenarios = loaded(root)
    listed = idle(measure_coverage(rules, scenarios), "rules/deal/beans.yaml")
    assert "soybean oil" not in listed["exclusion"]


def test_only_the_selected_rules_count(tmp_path: Path) -> None:
    rules, scenarios = loaded(rules_folder.write(tmp_path))
    part = measure_coverage(rules, scenarios, "talks/")
    assert {item.path for item in part} == {"rules/deal/talks.yaml"}


def test_an_exclusion_from_the_defaults_is_one_clause(tmp_path: Path) -> None:
    shared = rules_folder.COMMITMENT.replace("acts:\n", "defaults: {not: {rumours: gossip}}\nacts:\n", 1)
    (topic,) = rules_folder.load(tmp_path, beans=shared).matcher.topics_of(["beans"])
    (clause,) = (clause for clause in rule_clauses(topic) if clause.pattern.source == "gossip")
    assert (clause.key, clause.pattern.line) == ("not", shared[: shared.index("defaults:")].count("\n") + 1)
