"""rules/ read, checked and compiled: the only package that knows YAML.

`check_rulebook` collects every problem with its place; `load_rulebook` raises RuleError with all of them.
"""

from __future__ import annotations

from monitor.rulebook.examples import ExampleResult, test_rulebook
from monitor.rulebook.load import check_rulebook, load_rulebook
from monitor.rulebook.rendering import render_issue

__all__ = ["ExampleResult", "check_rulebook", "load_rulebook", "render_issue", "test_rulebook"]
