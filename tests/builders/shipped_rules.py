"""The rules that come with the program, loaded once however many tests use them."""

import fcntl
import os
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.errors import Issue
from monitor.rulebook import checked_rulebook
from monitor.rulebook.cache import VARIABLE
from monitor.rulebook.testing.scenarios import Scenario, load_scenarios

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
YEAR = ROOT / "monitor" / "samples" / "year.jsonl"


@cache
def checked() -> tuple[Rulebook, Sequence[Issue]]:
    """The rulebook, and all that `rules check` says of it. One worker of the tests compiles it, the others read the
    cache."""
    with (Path(os.environ[VARIABLE]) / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        loaded, issues = checked_rulebook(RULES)
    assert loaded is not None, issues
    return loaded, issues


def rulebook() -> Rulebook:
    return checked()[0]


@cache
def scenarios() -> tuple[Scenario, ...]:
    """The scenarios of all deals."""
    return load_scenarios(RULES, rulebook())


def lay_foundations(folder: Path) -> Path:
    """The folder `rules` with what all shipped deals stand on, their sources, policy and vocabulary, and no deal."""
    root = folder / "rules"
    shutil.copytree(RULES / "vocabulary", root / "vocabulary")
    for name in ("sources.yaml", "policy.yaml"):
        shutil.copy(RULES / name, root)
    return root
