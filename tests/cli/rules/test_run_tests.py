"""`rules test` as a person and a CI system run it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import Result

from tests.builders.scenario_folder import lay
from tests.builders.small_rulebook import SOY
from tests.builders.working_folder import command, objects

COURSE = """\
scenarios:
  - name: Orders are placed
    start: 2026-01-05
    standing: {soy: pledged}
    stories: [{at: 2026-01-09T10:00Z, source: Herald Wire, title: China buys soybeans}]
    expect:
      - {at: 2026-01-09, commitment: soy, standing: %s}
"""
WRONG = SOY.replace('{text: "China buys wheat", effect: not_about}', '{text: "China buys wheat", effect: progress}')


def rules_test(folder: Path, *arguments: str | Path, course: str = "in_progress", soy: str = SOY) -> Result:
    return command("rules", "test", lay(folder, COURSE % course, soy=soy), *arguments)


def test_examples_and_scenarios_that_pass_are_counted(tmp_path: Path) -> None:
    result = rules_test(tmp_path)
    assert result.exit_code == 0
    assert result.stdout == "2 rules, 4 examples, 1 scenario: 5 passed, 0 failed\n"


def test_a_failed_example_shows_its_line_what_came_and_the_words_that_decided(tmp_path: Path) -> None:
    lying = SOY.replace(
        '{text: "China buys soybeans", effect: progress}', '{text: "China buys soybeans", effect: pledge}'
    )
    result = rules_test(tmp_path, soy=lying)
    assert result.exit_code == 1
    line = lying.splitlines().index('      - {text: "China buys soybeans", effect: pledge}') + 1
    assert result.stdout.splitlines()[:4] == [
        f"FAIL rules/deal/soy.yaml:{line} rule soy/bought example 1: expected pledge, got progress",
        "     text:    China buys soybeans",
        "     decided: soy/bought: buys (plain)",
        "     matched: about: soybeans; soy/bought: buys (plain)",
    ]


def test_a_failed_scenario_shows_what_was_expected_what_came_and_what_was_read(tmp_path: Path) -> None:
    result = rules_test(tmp_path, course="met")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:4] == [
        "FAIL rules/tests/course.yaml:2 scenario: Orders are placed",
        "     rules/tests/course.yaml:7 soy: expected standing met at 2026-01-09",
        "     got:     in_progress",
        "     why: China buys soybeans",
    ]
    assert "“China buys soybeans”: progress, says press [soy/bought]" in result.stdout


@pytest.mark.parametrize(
    ("only", "counted"),
    [
        ("soy/bought", "1 rule, 2 examples, 0 scenarios"),
        ("*/cancelled", "1 rule, 2 examples, 0 scenarios"),
        ("soy", "2 rules, 4 examples, 1 scenario"),
        ("orders are*", "0 rules, 0 examples, 1 scenario"),
        ("course", "0 rules, 0 examples, 1 scenario"),
    ],
)
def test_a_pattern_chooses_rules_commitments_scenarios_or_files(tmp_path: Path, only: str, counted: str) -> None:
    assert rules_test(tmp_path, "--only", only).stdout.startswith(counted)


def test_a_pattern_that_means_nothing_is_wrong_usage(tmp_path: Path) -> None:
    result = rules_test(tmp_path, "--only", "corn*")
    assert result.exit_code == 2
    assert "no rule and no scenario is called 'corn*'" in result.stderr


def test_json_has_a_line_for_each_test_with_its_reasons(tmp_path: Path) -> None:
    lines = objects(rules_test(tmp_path, "--json", course="met").stdout)
    assert [line["test"] for line in lines] == ["example"] * 4 + ["scenario"]
    assert lines[0].keys() == {
        "test",
        "path",
        "line",
        "rule",
        "text",
        "expected",
        "got",
        "passed",
        "decided",
        "matched",
        "blocked",
    }
    assert lines[-1]["faults"] == [
        {
            "line": 7,
            "commitment": "soy",
            "expected": "standing met at 2026-01-09",
            "got": "in_progress",
            "words": lines[-1]["faults"][0]["words"],
        }
    ]


def test_coverage_lists_what_no_test_has_and_counts_by_file(tmp_path: Path) -> None:
    more = SOY.replace("any: [buys]", "any: [buys, imports]").replace("about: {any:", "about: {never: [sauce], any:")
    result = rules_test(tmp_path, "--coverage", soy=more)
    assert result.exit_code == 0
    line = more.splitlines().index("    any: [buys, imports]") + 1
    assert f"rules/deal/soy.yaml:{line}: soy/bought: pattern 'imports' is in no test" in result.stdout
    assert "soy/about: exclusion 'sauce' is in no test" in result.stdout
    (row,) = [line for line in result.stdout.splitlines() if line.startswith("rules/deal/soy.yaml  ")]
    assert row.split()[1:] == ["2", "of", "2", "3", "of", "4", "0", "of", "1", "-"]


def test_coverage_in_json_has_a_line_for_each_thing_that_is_idle(tmp_path: Path) -> None:
    more = SOY.replace("any: [buys]", "any: [buys, imports]")
    idle = [
        one
        for one in objects(rules_test(tmp_path, "--coverage", "--json", soy=more).stdout)
        if one["test"] == "coverage"
    ]
    assert ("pattern", "soy/bought", "imports") in [(one["kind"], one["owner"], one["text"]) for one in idle]


def test_totals_in_json_come_last(tmp_path: Path) -> None:
    *_, coverage, mutation = [
        line
        for line in objects(rules_test(tmp_path, "--coverage", "--mutation", "--json").stdout)
        if line["test"].endswith("_total")
    ]
    assert coverage["files"]["rules/deal/soy.yaml"]["rule"] == [2, 2]
    assert (coverage["share"], mutation["kinds"]["polarity"]) == (pytest.approx(0.71, abs=0.01), [2, 2])


def test_mutation_names_the_clauses_that_no_test_holds(tmp_path: Path) -> None:
    more = SOY.replace("any: [buys]", "any: [buys, imports]")
    result = rules_test(tmp_path, "--mutation", soy=more)
    assert result.exit_code == 0, "survivors are news, not a failure"
    assert "soy/bought: dropping 'imports' of any fails no test (none has it)" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("polarity 2 of 2")


@pytest.mark.parametrize(("least", "code"), [("10", 0), ("99", 1)])
def test_a_bar_for_mutation_fails_the_run_below_it(tmp_path: Path, least: str, code: int) -> None:
    more = SOY.replace("any: [buys]", "any: [buys, imports]")
    result = rules_test(tmp_path, "--mutation", "--fail-under", least, soy=more)
    assert result.exit_code == code
    assert ("fewer than 99%" in result.stderr) == bool(code)


def test_a_bar_without_mutation_is_wrong_usage(tmp_path: Path) -> None:
    assert rules_test(tmp_path, "--fail-under", "50").exit_code == 2


def test_the_report_for_a_ci_system_is_written_beside_the_text(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    result = rules_test(tmp_path, "--junit", report, course="met")
    assert result.exit_code == 1
    root = ET.fromstring(report.read_text(encoding="utf-8"))
    assert (root.get("tests"), root.get("failures")) == ("5", "1")


def test_a_report_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    result = rules_test(tmp_path, "--junit", tmp_path / "nowhere" / "report.xml")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_a_scenario_file_with_faults_is_named_with_all_of_them(tmp_path: Path) -> None:
    root = lay(tmp_path, COURSE % "in_force, statsu: met")
    result = command("rules", "test", root)
    assert result.exit_code == 2
    assert "rules/tests/course.yaml:7:" in result.stderr
    assert "unknown key 'statsu'" in result.stderr


# ---------------------------------------------------------------- results that are kept


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rules that is large enough to be kept, with a failing example. The cache lies beside it."""
    monkeypatch.setenv("DEAL_MONITOR_CACHE", str(tmp_path / "cache"))
    lying = SOY.replace('"China buys soybeans", effect: progress', '"China buys soybeans", effect: pledge')
    folder = lay(tmp_path, COURSE % "in_progress", soy=lying)
    with (folder / "policy.yaml").open("a", encoding="utf-8") as stream:
        stream.write("\n" + "# nothing but its length\n" * 1_000)
    return folder


def outcome(folder: Path, *arguments: str) -> tuple[int, str, str]:
    result = command("rules", "test", folder, *arguments)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("arguments", [(), ("--json",), ("--only", "soy/bought")])
def test_what_is_kept_is_shown_as_if_it_had_run(
    kept: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = outcome(kept, *arguments), outcome(kept, *arguments)
    monkeypatch.setenv("DEAL_MONITOR_CACHE", "off")
    assert first == again == outcome(kept, *arguments)
    assert first[0] == 1


def test_a_run_of_one_rule_keeps_the_results_of_the_others(kept: Path, tmp_path: Path) -> None:
    outcome(kept)
    (file,) = (tmp_path / "cache").glob("*.tests")
    whole = file.read_bytes()
    with (kept / "deal" / "soy.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# another key\n")
    outcome(kept, "--only", "soy/bought")
    assert len(file.read_bytes()) == len(whole)


def test_an_edit_is_seen_at_the_next_run(kept: Path) -> None:
    outcome(kept)
    (kept / "deal" / "soy.yaml").write_text(SOY, encoding="utf-8")
    assert outcome(kept)[0] == 0
    (kept / "deal" / "soy.yaml").write_text(SOY.replace("any: [cancels]", "any: [drops]"), encoding="utf-8")
    code, text, _ = outcome(kept)
    assert (code, "expected setback, got none" in text) == (1, True)
