"""`rules new`: a commitment that can be used as it is, and is good to go on from."""

from pathlib import Path

import pytest

from tests.builders import rules_folder, shipped_rules
from tests.builders.working_folder import command, objects

KINDS = ("quantity", "milestone", "standing", "series")


def passes(rules: Path) -> None:
    """The folder has no error and no warning, and every example passes."""
    checked = command("rules", "check", rules, "--json")
    assert objects(checked.stdout) == []
    tested = command("rules", "test", rules)
    assert tested.exit_code == 0, tested.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_commitment_passes_check_and_test_at_once(tmp_path: Path, kind: str) -> None:
    rules = tmp_path / "rules"
    result = command("rules", "new", "uk-india/steel-quota", "--kind", kind, "--rules", rules)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert [line.split()[-1] for line in result.stdout.splitlines() if line.startswith("written")] == [
        str(rules / name)
        for name in (
            "uk-india/steel-quota.yaml",
            "uk-india/steel-quota.examples",
            "uk-india/deal.yaml",
            "sources.yaml",
            "policy.yaml",
            "vocabulary/modality.yaml",
            "vocabulary/frames.yaml",
            "vocabulary/meanings.yaml",
        )
    ]
    passes(rules)


def test_it_joins_rules_with_a_vocabulary_of_their_own(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path)
    for kind in KINDS:
        result = command("rules", "new", f"deal/steel-{kind}", "--kind", kind, "--rules", rules)
        assert (result.exit_code, result.stderr) == (0, "")
        text = (rules / "deal" / f"steel-{kind}.yaml").read_text(encoding="utf-8")
        assert not text.startswith("# yaml-language-server")
    passes(rules)


def test_a_new_deal_teaches_has_a_gate_and_points_editors_to_its_schema(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    result = command("rules", "new", "uk-india/steel-quota", "--rules", rules)
    text = (rules / "uk-india" / "steel-quota.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../.schema/commitment.json\n")
    assert (rules / ".schema" / "commitment.json").exists()
    assert text.count("#") >= 12
    assert "rules check" in result.stdout
    assert "rules test" in result.stdout
    command("rules", "new", "uk-india/steel-quota", "--rules", tmp_path / "rules")
    files = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "rules" / "uk-india").iterdir()}
    assert "gate:\n  any: ['steel quota']\n" in files["deal"]
    assert "name: 'UK India'\n" in files["deal"]
    assert "name: 'Steel quota'\nshort: 'Steel quota'\n" in files["steel-quota"]
    assert "\nreads:\n" in files["steel-quota"]


def test_nothing_is_overwritten_and_names_are_checked(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path)
    before = {path: path.read_bytes() for path in rules.rglob("*.yaml")}
    for place in ("deal/beans", "other/beans"):
        result = command("rules", "new", place, "--rules", rules)
        assert result.exit_code == 2
    assert {path: path.read_bytes() for path in rules.rglob("*.yaml")} == before
    places = ("beans", "a/b/c", "A/beans", "a/b_c", "../a/b", "a/..", "/b", "a/", "vocabulary/beans", "a/deal")
    for place in places:
        assert command("rules", "new", place, "--rules", tmp_path / "b" / "rules").exit_code == 2, place
        assert not (tmp_path / "b" / "rules").exists()


def test_words_that_mean_something_to_the_vocabulary_are_told(tmp_path: Path) -> None:
    rules = rules_folder.write(tmp_path)
    result = command("rules", "new", "deal/steel-shares", "--rules", rules)
    assert result.exit_code == 0
    assert "expected progress, got none" in result.stderr


def test_the_shipped_rules_are_left_alone_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("rules", "new", "uk-india/tea").exit_code == 0
    assert (tmp_path / "rules" / "uk-india" / "tea.yaml").exists()
    assert not (shipped_rules.RULES / "uk-india").exists()


@pytest.mark.parametrize("asked", [True, False])
def test_in_a_deal_that_is_there_it_tells_a_reader_only_if_the_others_do(tmp_path: Path, asked: bool) -> None:
    beans = rules_folder.COMMITMENT.replace("criteria:", "reads: {about: beans}\ncriteria:" if asked else "criteria:")
    rules = rules_folder.write(tmp_path, beans=beans)
    command("rules", "new", "deal/steel", "--rules", rules)
    assert ("\nreads:\n" in (rules / "deal" / "steel.yaml").read_text(encoding="utf-8")) == asked
