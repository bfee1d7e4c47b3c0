"""What the README shows works as shown: its rule, its commands, its pictures."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from monitor import rulebook
from monitor.cli import COMMANDS
from monitor.rulebook import ExampleResult
from tests import shipped

PLEDGE = '{text: "China may buy more US soybeans this spring", effect: pledge}'


@pytest.fixture
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def run_with(rule: str, folder: Path) -> list[ExampleResult]:
    """The README's rule put first among the acts of the shipped soybean file."""
    rules = shipped.lay_foundations(folder)
    deal = rules / "us-china-busan"
    deal.mkdir()
    for name in ("deal.yaml", "soybean-purchases.yaml", "soybean-purchases-annual.yaml"):
        shutil.copy(shipped.RULES / deal.name / name, deal)
    path = deal / "soybean-purchases.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nacts:\n", f"\nacts:\n{rule}", 1), encoding="utf-8")
    return [result for result in rulebook.test_rulebook(rules) if result.rule.endswith("/cargo-bought")]


def shown_rule(readme: str) -> str:
    found = re.search(r"```yaml\nacts:\n(.*?)```", readme, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_rule_of_the_readme_passes_its_examples_and_a_wrong_one_fails_as_shown(readme: str, tmp_path: Path) -> None:
    rule = shown_rule(readme)
    assert len(rule.splitlines()) <= 15
    wrong = rule.replace(PLEDGE, PLEDGE.replace("pledge", "progress"))
    assert wrong != rule
    results = run_with(wrong, tmp_path)
    (failed,) = [result for result in results if not result.passed]
    assert len(results) == 3
    shown = f"rule {failed.rule} example {failed.number}: expected {failed.expected}, got {failed.got}"
    assert shown in readme
    assert failed.text in readme
    assert failed.got == "pledge", "what the README's own example expects"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str, readme: str) -> None:
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", readme)


def test_every_picture_and_page_that_the_readme_links_is_there(readme: str, root: Path) -> None:
    linked = re.findall(r"\]\(([^)]+)\)", readme)
    assert linked
    assert not [target for target in linked if not (root / target).exists()]
