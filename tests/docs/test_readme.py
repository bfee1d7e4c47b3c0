"""What the README shows works as shown: its rule, its commands, its pictures."""

import re
import shutil
from pathlib import Path

import pytest

from monitor import rulebook
from monitor.cli.rules.test_command import example_failure, scenario_failure
from monitor.rulebook import checked_rulebook
from monitor.rulebook.testing.examples import ExampleResult, run_examples
from monitor.rulebook.testing.scenarios import load_scenarios
from monitor.workbench.scenario_runner import run_scenario
from tests.builders import shipped_rules

PLEDGE = "pledge | | China may buy more US soybeans this spring"


@pytest.fixture
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def pasted(readme: str, rules: Path) -> Path:
    """The README's rule put first among the acts of the soybean file in a copy of the rules, and its examples at the
    head of theirs."""
    path = rules / "us-china-busan" / "soybean-purchases.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nacts:\n", f"\nacts:\n{shown_rule(readme)}", 1), encoding="utf-8")
    beside = path.with_suffix(".examples")
    others = beside.read_text(encoding="utf-8") if beside.exists() else ""
    beside.write_text(shown_examples(readme) + others, encoding="utf-8")
    return rules


def run_with(readme: str, folder: Path) -> list[ExampleResult]:
    """What the README's rule makes of its own examples among the commitments of its deal; other examples stay away."""
    rules = shipped_rules.lay_foundations(folder)
    deal = rules / "us-china-busan"
    deal.mkdir()
    for path in (shipped_rules.RULES / deal.name).glob("*.yaml"):
        shutil.copy(path, deal)
    results = run_examples(rulebook.load_rulebook(pasted(readme, rules), examples=True))
    return [result for result in results if result.rule.endswith("/cargo-bought")]


def shown_rule(readme: str) -> str:
    found = re.search(r"```yaml\nacts:\n(.*?)```", readme, re.DOTALL)
    assert found is not None
    return found[1]


def shown_examples(readme: str) -> str:
    found = re.search(r"```text\n(\[cargo-bought\]\n.*?)```", readme, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_the_rule_of_the_readme_passes_its_examples_and_a_wrong_one_fails_as_shown(readme: str, tmp_path: Path) -> None:
    assert len([*shown_rule(readme).splitlines(), *shown_examples(readme).splitlines()]) <= 15
    wrong = readme.replace(PLEDGE, PLEDGE.replace("pledge", "progress"))
    assert wrong != readme
    results = run_with(wrong, tmp_path)
    (failed,) = [result for result in results if not result.passed]
    assert len(results) == 3
    assert example_failure(failed) in readme
    assert failed.got == "pledge", "what the README's own example expects"


@pytest.mark.slow
def test_the_shipped_tests_pass_with_the_rule_of_the_readme_where_it_says(readme: str, tmp_path: Path) -> None:
    rules = pasted(readme, Path(shutil.copytree(shipped_rules.RULES, tmp_path / "rules")))
    loaded, issues = checked_rulebook(rules)
    assert loaded is not None
    assert issues == ()
    assert [example_failure(result) for result in run_examples(loaded) if not result.passed] == []
    played = [run_scenario(scenario, loaded) for scenario in load_scenarios(rules, loaded)]
    assert played
    assert [scenario_failure(result) for result in played if not result.passed] == []


def test_the_readme_can_be_read_in_one_go(readme: str) -> None:
    assert len(readme.splitlines()) < 180


def test_every_picture_and_page_that_the_readme_links_is_there(readme: str, root: Path) -> None:
    linked = re.findall(r"\]\(([^)]+)\)", readme)
    assert linked
    assert not [target for target in linked if not (root / target.partition("#")[0]).exists()]


def test_the_list_of_guides_names_every_guide_and_no_other(root: Path) -> None:
    docs = root / "docs"
    linked = set(re.findall(r"\]\(([^)#]+)\)", (docs / "README.md").read_text(encoding="utf-8"))) - {
        "decisions/README.md"
    }
    assert linked == {
        path.relative_to(docs).as_posix() for path in (*docs.glob("*.md"), *docs.glob("reference/*.md"))
    } - {"README.md"}
