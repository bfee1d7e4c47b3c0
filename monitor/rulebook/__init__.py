"""Reads, checks and compiles rules/. This package alone knows YAML.

`load_rulebook` takes unchanged rules from the cache, and raises RuleError with every error; `check_rulebook` reads
every file and collects every issue with its place.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from monitor.rulebook.cache import checked_rulebook, load_rulebook

if TYPE_CHECKING:
    from monitor.rulebook.issue_format import render_issue
    from monitor.rulebook.load import check_rulebook
    from monitor.rulebook.testing.examples import ExampleResult, test_rulebook

__all__ = ["ExampleResult", "check_rulebook", "checked_rulebook", "load_rulebook", "render_issue", "test_rulebook"]

_ON_DEMAND = {
    "ExampleResult": "monitor.rulebook.testing.examples",
    "check_rulebook": "monitor.rulebook.load",
    "render_issue": "monitor.rulebook.issue_format",
    "test_rulebook": "monitor.rulebook.testing.examples",
}
"""Names that are imported on first use: a rulebook from the cache needs neither pydantic nor a YAML parser."""


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
