"""A small folder of rules with scenarios beside it, as the tests of the workbench use it."""

from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.rulebook import load_rulebook
from monitor.rulebook.testing.scenarios import Scenario, load_scenarios
from tests.builders.small_rulebook import write


def lay(folder: Path, scenarios: str = "", **commitments: str) -> Path:
    """The rules of the made-up deal (or of these commitments), and a file of scenarios if there is one."""
    root = write(folder / "rules", **commitments)
    if scenarios:
        (root / "deal" / "tests").mkdir()
        (root / "deal" / "tests" / "course.yaml").write_text(scenarios, encoding="utf-8")
    return root


def loaded(root: Path) -> tuple[Rulebook, tuple[Scenario, ...]]:
    rules = load_rulebook(root, examples=True)
    return rules, load_scenarios(root, rules)
