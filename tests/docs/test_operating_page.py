"""The operating guide lists every check of `doctor` and every event of the log."""

import ast
import re
from pathlib import Path

import pytest

from monitor.cli.doctor import CHECKS
from monitor.pipeline.health import STALE_AFTER
from monitor.runtime.health_reports import NOTIFY_AFTER

LEVELS = ("error", "warning", "info")
TICKED = re.compile(r"(?<!`)`((?:[^`]|`(?!\s*[|·]))+)`(?=\s*[|·])")
"""A text in backticks up to a column or a dot; it may hold backticks itself."""


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "operating.md").read_text(encoding="utf-8")


def logged_events(root: Path) -> set[tuple[str, str]]:
    """Level and event of every line that the program's own code logs at a level which is shown."""
    calls = [
        node
        for path in (root / "monitor").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "log"
    ]
    events = [(call.func.attr, call.args[0]) for call in calls if isinstance(call.func, ast.Attribute)]
    assert all(isinstance(event, ast.Constant) for _, event in events), (
        "an event is a constant, so that it can be found"
    )
    return {(level, str(event.value)) for level, event in events if isinstance(event, ast.Constant)}


@pytest.mark.slow
def test_the_page_lists_each_event_of_the_log_with_its_level_and_no_other(root: Path, page: str) -> None:
    rows = re.findall(rf"^\| ({'|'.join(LEVELS)}) (\|.*)$", page, re.MULTILINE)
    listed = {(level, event) for level, row in rows for event in TICKED.findall(row.rpartition(" | ")[0] + " |")}
    assert listed == logged_events(root)


def test_the_page_describes_every_check_of_doctor(page: str) -> None:
    table = page[page.index("| check | what it covers |") : page.index("**Heartbeat.**")]
    named = set(re.findall(r"`([a-z]+)`", "".join(row.split(" | ")[0] for row in table.splitlines())))
    assert {name for names in CHECKS.values() for name in names} <= named


def test_the_page_states_the_limits_of_the_code(page: str) -> None:
    minutes = STALE_AFTER.seconds // 60
    assert f"no older than {minutes} minutes" in page
    assert f"within {minutes} minutes" in page
    assert {3: "after three in a row the owner is notified"}[NOTIFY_AFTER] in page
