"""Reports on tests of rules: a failure as text, and all results as the JUnit XML that CI systems read."""

from __future__ import annotations

from collections.abc import Iterable
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


def junit_report(examples: Iterable[ExampleResult], scenarios: Iterable[ScenarioResult]) -> str:
    """The results as JUnit XML, one suite for each file. Two runs of the same tests differ only in seconds."""
    suites: dict[str, ET.Element] = {}
    results: list[ExampleResult | ScenarioResult] = [*examples, *scenarios]
    for result in sorted(results, key=lambda result: (result.path, result.line)):
        if isinstance(result, ScenarioResult):
            owner, name, text = "scenarios", result.name, scenario_failure(result)
            message = "; ".join(f"expected {fault.expected}, got {fault.got}" for fault in result.faults)
        else:
            owner, name, text = result.rule, f"example {result.number}: {result.text}", example_failure(result)
            message = f"expected {result.expected}, got {result.got}"
        suite = suites.setdefault(result.path, ET.Element("testsuite", {"name": result.path, "file": result.path}))
        place = {"file": result.path, "line": str(result.line), "time": f"{result.seconds:.3f}"}
        case = ET.SubElement(suite, "testcase", {"classname": owner, "name": xml_text(name), **place})
        if not result.passed:
            failure = ET.SubElement(case, "failure", {"message": xml_text(message), "type": "unexpected"})
            failure.text = xml_text(text)
    root = ET.Element("testsuites", {"name": "rules"})
    root.extend(suites.values())
    for element in (*suites.values(), root):
        element.set("tests", str(len(element.findall(".//testcase"))))
        element.set("failures", str(len(element.findall(".//failure"))))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
