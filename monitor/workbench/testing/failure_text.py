"""A failed test in words: what was expected, what came, and the words that decided."""

from __future__ import annotations

from monitor.rulebook.testing.examples import ExampleResult
from monitor.workbench.testing.scenario_runner import ScenarioResult

INDENT = " " * 5


def example_failure(result: ExampleResult) -> str:
    """What went wrong with one example."""
    lines = (
        f"FAIL {result.path}:{result.line} rule {result.rule} example {result.number}: "
        f"expected {result.expected}, got {result.got}",
        f"{INDENT}text:    {result.text}",
        *([f"{INDENT}decided: {result.decided}"] if result.decided else []),
        f"{INDENT}matched: {'; '.join(result.matched) or 'nothing'}",
        f"{INDENT}blocked: {'; '.join(result.blocked) or 'nothing'}",
    )
    return "\n".join(lines)


def scenario_failure(result: ScenarioResult) -> str:
    """What went wrong in one scenario, and what was read in its stories."""
    lines = [f"FAIL {result.path}:{result.line} scenario: {result.name}"]
    for fault in result.faults:
        lines.append(f"{INDENT}{result.path}:{fault.line} {fault.commitment}: expected {fault.expected}")
        lines += (f"{INDENT}{text}" for text in (f"got:     {fault.got}", *fault.words))
    lines += (f"{INDENT}read:    {line}" for line in result.read)
    return "\n".join(lines)
