"""`rules check` and `rules schema`: every problem at once."""

from pathlib import Path

import pytest

from monitor.cli.rules.check_command import MAX_SOURCE_LINE, render_issue
from monitor.errors import Issue
from tests.builders import rules_folder, second_deal
from tests.builders.golden_wording import GoldenWording
from tests.builders.working_folder import command, objects

BROKEN = rules_folder.COMMITMENT.replace("polarity: bad\n", "polarity: baad\n").replace("short: Beans", "shrt: Beans")
TRAP = rules_folder.COMMITMENT.replace("[buy*, bought, book*]", "[buy*, bought, buy*]")


def test_every_problem_is_printed_at_once_with_its_line_and_a_caret(tmp_path: Path, wording: GoldenWording) -> None:
    result = command("rules", "check", rules_folder.write(tmp_path, beans=BROKEN, policy="settle: 3\n"))
    assert result.exit_code == 1
    wording(result.stdout)
    wording(result.stderr)


def test_the_caret_is_under_the_word_inside_a_folded_text(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT.replace(
        "{oil: 'soybean oil'}", "\n      oil:\n      - >-\n        大豆 ..4\n        {us_bean}"
    )
    lines = command("rules", "check", rules_folder.write(tmp_path, beans=text)).stdout.splitlines()
    assert "error[unknown_set]" in lines[0]
    assert lines[1].index("{us_bean}") == lines[2].index("^")


def test_warnings_fail_only_a_strict_check(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path, beans=TRAP)
    result = command("rules", "check", rules)
    assert result.exit_code == 0
    assert "warning[duplicate_pattern]" in result.stdout
    assert command("rules", "check", rules, "--strict").exit_code == 1
    (issue,) = objects(command("rules", "check", rules, "--json").stdout)
    assert (issue["path"], issue["line"], issue["column"]) == ("rules/deal/beans.yaml", 15, 30)
    assert command("rules", "check", second_deal.write(tmp_path / "b"), "--strict").exit_code == 0


def test_a_question_too_long_for_a_small_model_is_a_warning_at_its_deal(tmp_path: Path) -> None:
    wordy = second_deal.FORCE.replace("elections", ", ".join(f"elections of the year {year}" for year in range(400)))
    result = command("rules", "check", second_deal.write(tmp_path, mercosur_force=wordy))
    assert result.exit_code == 0
    assert (
        "rules/eu-mercosur/deal.yaml:1:1: warning[long_question]: the question to a model has about " in result.stdout
    )
    assert "over a quarter of a small model's context of 8,192" in result.stdout


def test_faults_of_scenarios_are_reported_too(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path)
    (rules / "deal" / "tests").mkdir()
    text = (
        "scenarios:\n  - name: x\n    start: 2026-01-01\n    expect: [{at: 2026-01-02, commitment: beens, "
        "status: met}]\n"
    )
    (rules / "deal" / "tests" / "one.yaml").write_text(text, encoding="utf-8")
    result = command("rules", "check", rules)
    assert result.exit_code == 1
    assert "rules/deal/tests/one.yaml:4:43: error[unknown_commitment]" in result.stdout


def test_control_characters_of_a_file_reach_no_terminal(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT.replace("short: Beans", '"sh\\x1b[2J%0A\\nort": Beans')
    result = command("rules", "check", rules_folder.write(tmp_path, beans=text))
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert all("rules" in line or line.startswith("  ") for line in result.stdout.splitlines())


def test_without_a_folder_the_configured_rules_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules_folder.write(tmp_path / "desk", beans=BROKEN)
    (tmp_path / "desk" / "rules").rename(tmp_path / "desk" / "regeln")
    config = tmp_path / "desk" / "config.toml"
    config.write_text('[monitor]\nrules = "regeln"\nnonsense = 1\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = command("--config", config, "rules", "check")
    assert result.exit_code == 1, "even if another setting is invalid"
    assert "regeln/deal/beans.yaml:" in result.stdout
    assert command("--config", tmp_path / "gone.toml", "rules", "check").exit_code == 2


# ---------------------------------------------------------------- an issue as text


def issue(column: int, source: str, message: str = "m") -> Issue:
    return Issue("rules/a.yaml", 6, column, "error", "code", message, "", source)


def test_an_issue_is_rendered_with_its_line_and_a_caret() -> None:
    message, hint = "'baad' is not known here", "did you mean 'bad'?"
    told = Issue("rules/a.yaml", 6, 11, "error", "unknown_value", message, hint, "polarity: baad")
    assert render_issue(told) == (
        "rules/a.yaml:6:11: error[unknown_value]: 'baad' is not known here (did you mean 'bad'?)\n"
        "     6 | polarity: baad\n"
        "       |           ^"
    )


def test_the_caret_is_under_the_fault_whatever_the_line() -> None:
    cases = [("中国x", 3, "    "), ("a\u0301bx", 4, "  "), ("ａx", 2, "  "), ("\tx", 2, "\t"), ("a\u200bx", 3, " ")]
    for source, column, lead in cases:
        assert render_issue(issue(column, source)).splitlines()[-1] == f"       | {lead}^", source
    for column in (1, 5, 400, 799, 800):
        source = "." * (column - 1) + "X" + "." * (800 - column)
        line, caret = render_issue(issue(column, source)).splitlines()[1:]
        assert line[caret.index("^")] == "X"
        assert len(line) <= MAX_SOURCE_LINE + 20
    shown = render_issue(issue(1, "a\x1b[2Jb", "the key '\x1b[31m'"))
    assert "\x1b" not in shown


# ---------------------------------------------------------------- schema


def test_the_schema_of_each_kind_of_file_is_written(tmp_path: Path) -> None:
    result = command("rules", "schema", tmp_path / "b" / ".schema")
    assert result.exit_code == 0
    written = {path.stem for path in (tmp_path / "b" / ".schema").glob("*.json")}
    assert written == {"commitment", "deal", "vocabulary", "sources", "policy", "scenarios", "reader-examples"}
    assert result.stdout.count("written  ") == 7
