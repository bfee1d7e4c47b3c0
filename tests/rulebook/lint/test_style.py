from __future__ import annotations

from pathlib import Path

import pytest

from monitor.rulebook.lint.style import MAX_LINE
from monitor.rulebook.load import style_issues
from tests.builders import rules_folder


def codes(folder: Path, **changed: str) -> list[str]:
    return [issue.code for issue in style_issues(rules_folder.write(folder, **changed))]


@pytest.mark.parametrize(("gap", "hint"), [("..3", "write ..near, up to 4 words"), ("..12", "write ...")])
def test_a_gap_by_number_is_reported_with_the_named_window(tmp_path: Path, gap: str, hint: str) -> None:
    text = rules_folder.COMMITMENT.replace("{takes} ..8 {beans}", f"{{takes}} {gap} {{beans}}")
    line = text[: text.index(gap)].count("\n") + 1
    root = rules_folder.write(tmp_path, beans=text)
    found = [issue for issue in style_issues(root) if issue.path.endswith("beans.yaml") and issue.line == line]
    assert ("numbered_gap", hint) in [(issue.code, issue.hint) for issue in found]


def test_a_long_line_of_patterns_is_reported_but_not_of_publishers(tmp_path: Path) -> None:
    assert "long_line" not in codes(tmp_path / "plain")
    assert "long_line" in codes(tmp_path / "long", beans=rules_folder.COMMITMENT + "# " + "x" * MAX_LINE + "\n")
    assert max(map(len, rules_folder.SOURCES.splitlines())) > MAX_LINE


def test_a_folder_with_errors_shows_only_the_errors(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path, beans="id: beans\n")
    assert {issue.severity for issue in style_issues(root)} == {"error"}


def test_a_shared_set_without_use_is_reported(tmp_path: Path) -> None:
    words = rules_folder.VOCABULARY.replace("sets:\n", "sets:\n  corn: {en: [corn]}\n")
    (found,) = (i for i in style_issues(rules_folder.write(tmp_path / "plain", words=words)) if i.code == "unused_set")
    assert (found.path, found.line, found.column) == ("rules/vocabulary/words.yaml", 2, 3)
    used = rules_folder.COMMITMENT.replace("'soybean oil'", "'{corn}'")
    assert "unused_set" not in codes(tmp_path / "used", words=words, beans=used)
