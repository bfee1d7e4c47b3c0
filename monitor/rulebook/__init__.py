"""rules/ read, checked and compiled: the only package that knows YAML.

`load_rulebook` takes the compiled rules from the cache where they are unchanged, and raises RuleError with all that is wrong;
`check_rulebook` reads every file and collects every problem with its place.
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
"""What is imported once somebody names it: a rulebook from the cache needs neither pydantic nor a YAML parser."""


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
