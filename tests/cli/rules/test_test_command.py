"""`rules test` as a person and a CI system run it."""

import shutil
from pathlib import Path

from click.testing import Result

from tests.builders import rules_folder
from tests.builders.golden_wording import GoldenWording
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


def rules_test(folder: Path, *arguments: str | Path, course: str = "in_progress", soy: str = SOY) -> Result:
    return command("rules", "test", lay(folder, COURSE % course, soy=soy), *arguments)


def test_passing_tests_are_counted_and_files_with_faults_named(tmp_path: Path) -> None:
    result = rules_test(tmp_path)
    assert result.exit_code == 0
    assert result.stdout == "2 rules, 4 examples, 1 scenario: 5 passed, 0 failed\n"
    root = lay(tmp_path / "b", COURSE % "in_force, statsu: met")
    result = command("rules", "test", root)
    assert result.exit_code == 2
    assert "rules/deal/tests/course.yaml:7:" in result.stderr


def test_a_failed_test_shows_its_line_and_the_reasons(tmp_path: Path, wording: GoldenWording) -> None:
    root = lay(tmp_path, COURSE % "in_progress", soy=SOY)
    examples = root / "deal" / "soy.examples"
    examples.write_text(examples.read_text(encoding="utf-8").replace("progress |", "pledge |", 1), encoding="utf-8")
    result = command("rules", "test", root)
    assert result.exit_code == 1
    wording(result.stdout)
    result = rules_test(tmp_path / "b", course="met")
    assert result.exit_code == 1
    wording(result.stdout)


def test_a_pattern_chooses_rules_commitments_scenarios_or_files(tmp_path: Path) -> None:
    one_rule, course = "1 rule, 2 examples, 0 scenarios", "0 rules, 0 examples, 1 scenario"
    cases = {"soy/bought": one_rule, "*/cancelled": one_rule, "soy": "2 rules, 4 examples, 1 scenario"}
    for only, counted in (cases | {"orders are*": course, "course": course}).items():
        assert rules_test(tmp_path / "rules", "--only", only).stdout.startswith(counted)
        shutil.rmtree(tmp_path / "rules")
    assert rules_test(tmp_path, "--only", "corn*").exit_code == 2


def test_headlines_of_a_deal_belong_to_one_commitment_whichever_act_reads_them(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    headlines = """\
[beans]
progress | | China books cargoes of US soybeans
none | | A concert is cancelled
none | | China's soybean crop grows
breach | | China holds talks with Washington
[talks]
progress | | China holds talks with Washington, buys US soybeans
progress | | China bans soybeans from two US ports, holds talks with China
[beans]
setback | | China bans soybeans from two US ports, holds talks with China
"""
    (root / "deal" / "deal.examples").write_text(headlines, encoding="utf-8")
    result = command("rules", "test", root, "--only", "deal.examples", "--json")
    lines = objects(result.stdout)
    wrong = {line["line"]: (line["expected"], line["got"]) for line in lines if not line["passed"]}
    assert wrong == {
        5: ("breach", "not_about, and progress of talks"),
        7: ("progress", "progress, and progress of beans"),
    }
    assert result.exit_code == 1


def test_a_headline_of_two_commitments_is_a_line_in_both_sections(tmp_path: Path, wording: GoldenWording) -> None:
    root = rules_folder.write(tmp_path)
    headlines = root / "deal" / "deal.examples"
    line = "progress | | China holds talks with Washington, buys US soybeans\n"
    headlines.write_text(f"[talks]\n{line}", encoding="utf-8")
    wording(command("rules", "test", root, "--only", "deal.examples").stdout)
    headlines.write_text(f"[talks]\n{line}[beans]\n{line}", encoding="utf-8")
    result = command("rules", "test", root, "--only", "deal.examples")
    assert (result.exit_code, result.stdout) == (0, "2 rules, 2 examples, 0 scenarios: 2 passed, 0 failed\n")


def test_a_headline_of_no_commitment_is_a_fault(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    (root / "deal" / "deal.examples").write_text("[beens]\nnone | | A\n", encoding="utf-8")
    (issue,) = objects(command("rules", "check", root, "--json").stdout)
    assert (issue["line"], issue["code"], issue["hint"]) == (1, "unknown_commitment", "did you mean 'beans'?")


def test_json_has_a_line_for_each_test_with_its_reasons(tmp_path: Path) -> None:
    lines = objects(rules_test(tmp_path, "--json", course="met").stdout)
    assert [line["test"] for line in lines] == ["example"] * 4 + ["scenario"]
    assert {"rule", "text", "expected", "got", "passed", "decided", "matched", "blocked"} <= lines[0].keys()
    assert lines[-1]["faults"] == [
        {
            "line": 7,
            "commitment": "soy",
            "expected": "standing met at 2026-01-09",
            "got": "in_progress",
            "words": lines[-1]["faults"][0]["words"],
        }
    ]
