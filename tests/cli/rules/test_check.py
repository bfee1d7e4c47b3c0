"""`rules check` and `rules schema`: every problem at once, for people, programs and continuous integration."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.builders import rules_folder, second_deal
from tests.builders.working_folder import command, objects

BROKEN = rules_folder.COMMITMENT.replace("polarity: bad\n", "polarity: baad\n").replace("short: Beans", "shrt: Beans")
TRAP = rules_folder.COMMITMENT.replace("[buy*, bought, book*]", "[buy*, buys, book*]")
SOUND = rules_folder.VOCABULARY.replace("[not, no,", "[not, 'no',")


def folder(work: Path, **changed: str) -> Path:
    return rules_folder.write(work, **{"words": SOUND, **changed})


def test_every_problem_is_printed_at_once_with_its_line_and_a_caret(tmp_path: Path) -> None:
    result = command("rules", "check", folder(tmp_path, beans=BROKEN, policy="settle: 3\n"))
    assert result.exit_code == 1
    assert (
        "rules/deal/beans.yaml:40:15: error[unknown_value]: 'baad' is not known here (did you mean 'bad'?)\n"
        in result.stdout
    )
    assert "    40 |     polarity: baad\n       |               ^\n" in result.stdout
    assert (
        "rules/deal/beans.yaml:3:1: error[unknown_key]: unknown key 'shrt' (did you mean 'short'?)\n" in result.stdout
    )
    assert "rules/policy.yaml:1:1: error[unknown_key]" in result.stdout
    assert "3 errors, 0 warnings" in result.stderr


def test_a_caret_stands_under_the_word_inside_a_folded_text(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT.replace(
        "none: ['soybean oil']", "none:\n      - >-\n        大豆 ..4\n        {us_bean}"
    )
    lines = command("rules", "check", folder(tmp_path, beans=text)).stdout.splitlines()
    assert lines[0].startswith("rules/deal/beans.yaml:28:9: error[unknown_set]: there is no set 'us_bean'")
    assert lines[1].index("{us_bean}") == lines[2].index("^")


def test_warnings_alone_pass_unless_they_are_taken_strictly(tmp_path: Path) -> None:
    rules = folder(tmp_path, beans=TRAP)
    result = command("rules", "check", rules)
    assert result.exit_code == 0
    assert "rules/deal/beans.yaml:14:22: warning[shadowed]" in result.stdout
    assert "0 errors, 3 warnings; 2 commitments" in result.stderr  # two files are in the older syntax
    assert command("rules", "check", rules, "--strict").exit_code == 1
    assert command("rules", "check", second_deal.write(tmp_path / "b"), "--strict").exit_code == 0


@pytest.mark.parametrize("option", [("--json",), ("--format", "json")])
def test_programs_get_an_object_an_issue(tmp_path: Path, option: tuple[str, ...]) -> None:
    found = objects(command("rules", "check", folder(tmp_path, beans=TRAP), *option).stdout)
    assert [issue for issue in found if issue["code"] != "old_syntax"] == [
        {
            "path": "rules/deal/beans.yaml",
            "line": 14,
            "column": 22,
            "severity": "warning",
            "code": "shadowed",
            "message": "'buys' adds nothing to 'buy*'",
            "hint": "delete it",
        }
    ]


def test_github_gets_annotations_with_paths_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = folder(tmp_path / "desk, one", beans=BROKEN)
    monkeypatch.chdir(tmp_path)
    lines = command("rules", "check", os.path.relpath(rules), "--format", "github").stdout.splitlines()
    assert lines[-1] == (
        "::error file=desk%2C one/rules/deal/beans.yaml,line=40,col=15,title=unknown_value::"
        "'baad' is not known here (did you mean 'bad'?)"
    )
    monkeypatch.chdir(rules)
    assert "file=deal/beans.yaml," in command("rules", "check", ".", "--format", "github").stdout


def test_faults_of_scenarios_are_told_too(tmp_path: Path) -> None:
    rules = folder(tmp_path)
    (rules / "tests").mkdir()
    text = "scenarios:\n  - name: x\n    start: 2026-01-01\n    expect: [{at: 2026-01-02, commitment: beens, status: met}]\n"
    (rules / "tests" / "one.yaml").write_text(text, encoding="utf-8")
    result = command("rules", "check", rules)
    assert result.exit_code == 1
    assert "rules/tests/one.yaml:4:43: error[unknown_commitment]: there is no commitment 'beens'" in result.stdout


def test_what_stands_in_a_file_cannot_reach_the_terminal_or_the_annotations(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT.replace("short: Beans", '"sh\\x1b[2J%0A\\nort": Beans')
    for form in ("text", "github"):
        result = command("rules", "check", folder(tmp_path, beans=text), "--format", form)
        assert result.exit_code == 1
        assert "\x1b" not in result.stdout
        assert all("rules" in line or line.startswith("  ") for line in result.stdout.splitlines())


# ---------------------------------------------------------------- schema


def test_a_schema_is_printed_by_its_name_and_all_of_them_without() -> None:
    one = json.loads(command("rules", "schema", "commitment").stdout)
    every = json.loads(command("rules", "schema").stdout)
    assert one["title"] == "Commitment"
    assert every["commitment"] == one
    assert set(every) == {"commitment", "deal", "vocabulary", "sources", "policy", "scenarios", "reader-examples"}


def test_schemas_are_written_where_editors_look(tmp_path: Path) -> None:
    result = command("rules", "schema", "--write", tmp_path / ".schema")
    assert result.exit_code == 0
    written = sorted(path.name for path in (tmp_path / ".schema").iterdir())
    assert written == [
        "commitment.json",
        "deal.json",
        "policy.json",
        "reader-examples.json",
        "scenarios.json",
        "sources.json",
        "vocabulary.json",
    ]
    assert result.stdout.count("written  ") == len(written)


def test_an_unknown_kind_of_file_is_wrong_usage() -> None:
    assert command("rules", "schema", "beans").exit_code == 2


def test_without_a_folder_the_rules_of_the_configuration_are_meant_wherever_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path / "desk", beans=BROKEN)
    (tmp_path / "desk" / "rules").rename(tmp_path / "desk" / "regeln")
    config = tmp_path / "desk" / "config.toml"
    config.write_text('[monitor]\nrules = "regeln"\nnonsense = 1\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = command("--config", config, "rules", "check")
    assert result.exit_code == 1, "beside a setting that is refused, too"
    assert "regeln/deal/beans.yaml:40:15: error[unknown_value]" in result.stdout
    gone = command("--config", tmp_path / "gone.toml", "rules", "check")
    assert gone.exit_code == 2
    assert "gone.toml: the rules that it names cannot be known" in gone.stderr
