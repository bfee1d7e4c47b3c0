"""The report for CI systems: a suite a file, a case a test, safe for any text."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from monitor.rulebook import ExampleResult
from monitor.workbench.rule_test_reports import junit_report
from monitor.workbench.scenario_checks import FailedExpectation
from monitor.workbench.scenario_runner import ScenarioResult

PASSED = ExampleResult(
    "rules/deal/soy.yaml", 12, "soy/bought", 1, "China buys soybeans", "progress", "progress", passed=True, seconds=0.25
)
FAILED = replace(
    PASSED, line=13, number=2, text='"Beans" <& peas>', got="none", passed=False, blocked=("frame: opinion",)
)
COURSE = ScenarioResult(
    "rules/tests/course.yaml",
    3,
    "Orders are placed",
    ("soy",),
    (FailedExpectation(9, "soy", "status met at 2026-01-09", "pledged", ("why: nothing",)),),
    ("2026-01-09 Herald: none",),
    0.5,
)


def parsed(*examples: ExampleResult, scenarios: tuple[ScenarioResult, ...] = ()) -> ET.Element:
    return ET.fromstring(junit_report(examples, scenarios))


def test_each_file_is_a_suite_that_counts_its_cases() -> None:
    root = parsed(PASSED, FAILED, scenarios=(COURSE,))
    counted = {suite.get("name"): (suite.get("tests"), suite.get("failures")) for suite in root}
    assert counted == {"rules/deal/soy.yaml": ("2", "1"), "rules/tests/course.yaml": ("1", "1")}
    assert (root.get("tests"), root.get("failures")) == ("3", "2")
    case, *_ = root.iter("testcase")
    assert (case.get("classname"), case.get("name")) == ("soy/bought", "example 1: China buys soybeans")
    assert (case.get("file"), case.get("line"), case.get("time")) == ("rules/deal/soy.yaml", "12", "0.250")
    assert list(case) == []


def test_a_failure_says_what_was_wanted_and_the_words_that_decided() -> None:
    (failure,) = parsed(FAILED).iter("failure")
    assert failure.get("message") == "expected progress, got none"
    assert "frame: opinion" in (failure.text or "")
    (failure,) = parsed(scenarios=(COURSE,)).iter("failure")
    assert failure.get("message") == "expected status met at 2026-01-09, got pledged"
    assert "rules/tests/course.yaml:9" in (failure.text or "")


def test_any_text_gives_xml_that_can_be_read_back() -> None:
    cases = {
        '"<&>]]>': '"<&>]]>',
        "a\x00b\x0b": "ab",
        "half \ud83d character": "half \ufffd character",
        "稀土 🚢": "稀土 🚢",
    }
    for text, shown in cases.items():
        report = junit_report([replace(FAILED, text=text)], [replace(COURSE, name=text)])
        names = [case.get("name") for case in ET.fromstring(report.encode("utf-8")).iter("testcase")]
        assert names == [f"example 2: {shown}", shown]


def test_the_report_does_not_depend_on_the_order_of_the_results() -> None:
    assert junit_report([PASSED, FAILED], [COURSE]) == junit_report([FAILED, PASSED], [COURSE])
