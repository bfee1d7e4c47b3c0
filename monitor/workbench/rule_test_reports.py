"""Reports on tests of rules: a failure as text, and all results as the JUnit XML that CI systems read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

from monitor.domain.text.plain import xml_text
from monitor.rulebook.testing.examples import ExampleResult
from monitor.workbench.scenario_runner import ScenarioResult

INDENT = " " * 5


def example_failure(result: ExampleResult) -> str:
    """The failure of one example, with the act that decided and the other acts that matched or were blocked."""
    decided = result.decided.partition(": ")[0] if result.decided else ""
    others = [match for match in result.matched if match.partition(": ")[0] not in ("about", decided)]
    lines = [
        f"FAIL {result.path}:{result.line} rule {result.rule} example {result.number}: "
        f"expected {result.expected}, got {result.got}",
        f"{INDENT}text:    {result.text}",
        *([f"{INDENT}decided: {result.decided}"] if result.decided else []),
        *(f"{INDENT}matched: {match}" for match in (others if decided else result.matched or ["nothing"])),
        *(f"{INDENT}blocked: {act}" for act in result.blocked),
    ]
    return "\n".join(lines)


def scenario_failure(result: ScenarioResult) -> str:
    """The report on a failed scenario, with the readings of its stories."""
    lines = [f"FAIL {result.path}:{result.line} scenario: {result.name}"]
    for fault in result.faults:
        lines.append(f"{INDENT}{result.path}:{fault.line} {fault.commitment}: expected {fault.expected}")
        lines += (f"{INDENT}{text}" for text in (f"got:     {fault.got}", *fault.words))
    lines += (f"{INDENT}read:    {line}" for line in result.read)
    return "\n".join(lines)


# ---------------------------------------------------------------- JUnit


@dataclass(frozen=True, slots=True)
class JUnitCase:
    """One test. `message` is empty if it passed."""

    path: str
    line: int
    owner: str
    name: str
    seconds: float
    message: str = ""
    text: str = ""


def junit_report(examples: Iterable[ExampleResult], scenarios: Iterable[ScenarioResult]) -> str:
    """The report. Two runs of the same tests differ only in seconds."""
    cases = []
    for e in examples:
        message = "" if e.passed else f"expected {e.expected}, got {e.got}"
        name = f"example {e.number}: {e.text}"
        cases.append(JUnitCase(e.path, e.line, e.rule, name, e.seconds, message, example_failure(e)))
    for s in scenarios:
        message = "; ".join(f"expected {fault.expected}, got {fault.got}" for fault in s.faults)
        cases.append(JUnitCase(s.path, s.line, "scenarios", s.name, s.seconds, message, scenario_failure(s)))
    cases.sort(key=lambda case: (case.path, case.line, case.owner, case.name))
    root = ET.Element("testsuites", _counts("rules", cases))
    for path, own in groupby(cases, key=lambda case: case.path):
        in_file = list(own)
        suite = ET.SubElement(root, "testsuite", {**_counts(path, in_file), "file": path})
        for case in in_file:
            place = {"file": case.path, "line": str(case.line), "time": f"{case.seconds:.3f}"}
            element = ET.SubElement(suite, "testcase", {"classname": case.owner, "name": xml_text(case.name), **place})
            if case.message:
                failure = ET.SubElement(element, "failure", {"message": xml_text(case.message), "type": "unexpected"})
                failure.text = xml_text(case.text)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(name: str, cases: list[JUnitCase]) -> dict[str, str]:
    failed, seconds = sum(bool(case.message) for case in cases), sum(case.seconds for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failed), "errors": "0", "skipped": "0"}
    return {"name": name, **counts, "time": f"{seconds:.3f}"}
