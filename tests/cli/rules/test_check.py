"""`rules check` and `rules schema`: every problem at once, for people, programs and continuous integration."""

import json
import os
from pathlib import Path

import pytest

from tests.builders import rules_folder, second_deal, shipped_rules
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


def test_style_shows_remarks_instead(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path)
    result = command("rules", "check", "--style", rules)
    assert result.exit_code == 1
    assert "warning[numbered_gap]" in result.stdout
    remarks = objects(command("rules", "check", "--style", rules, "--json").stdout)
    assert {"path", "line", "column", "severity", "code", "message", "hint"} == set(remarks[0])


def test_the_style_of_a_shipped_file_that_nobody_changed_is_not_remarked_on(tmp_path: Path) -> None:
    root = shipped_rules.lay_foundations(tmp_path)
    new = command(
        "rules", "new", "--rules", root, "eu-in", *("--party", "eu", "--party", "in=India"), "--commitment", "vote"
    )
    assert new.exit_code == 0, new.stderr
    assert command("rules", "check", "--style", root).stdout == ""
    goods = root / "vocabulary" / "goods.yaml"
    goods.write_text(goods.read_text(encoding="utf-8") + "  corn: [corn, maize]\n", encoding="utf-8")
    remarks = objects(command("rules", "check", "--style", root, "--json").stdout)
    assert {remark["path"] for remark in remarks} == {"rules/vocabulary/goods.yaml"}


def test_github_gets_annotations_with_paths_from_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = rules_folder.write(tmp_path / "desk, one", beans=BROKEN)
    monkeypatch.chdir(tmp_path)
    lines = command("rules", "check", os.path.relpath(rules), "--github").stdout.splitlines()
    assert lines[-1].startswith("::error file=desk%2C one/rules/deal/beans.yaml,line=")
    monkeypatch.chdir(rules)
    assert "file=deal/beans.yaml," in command("rules", "check", ".", "--github").stdout


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


def test_control_characters_of_a_file_reach_no_terminal_and_no_annotation(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT.replace("short: Beans", '"sh\\x1b[2J%0A\\nort": Beans')
    for form in ((), ("--github",)):
        result = command("rules", "check", rules_folder.write(tmp_path, beans=text), *form)
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


# ---------------------------------------------------------------- schema


def test_schemas_are_printed_by_name_or_all_and_written_to_a_folder(tmp_path: Path) -> None:
    one = json.loads(command("rules", "schema", "commitment").stdout)
    every = json.loads(command("rules", "schema").stdout)
    assert one["title"] == "Commitment"
    assert every["commitment"] == one
    assert set(every) == {"commitment", "deal", "vocabulary", "sources", "policy", "scenarios", "reader-examples"}
    assert command("rules", "schema", "beans").exit_code == 2
    result = command("rules", "schema", "--write", tmp_path / "b" / ".schema")
    assert result.exit_code == 0
    assert len(list((tmp_path / "b" / ".schema").glob("*.json"))) == result.stdout.count("written  ") == 7
