"""`rules lint`: remarks on the style of rule files."""

from __future__ import annotations

from pathlib import Path

from tests.builders import rules_folder
from tests.builders.working_folder import command, objects


def test_remarks_are_printed_with_their_place_and_what_to_write(tmp_path: Path) -> None:
    result = command("rules", "check", "--style", rules_folder.write(tmp_path))
    assert result.exit_code == 1
    assert "rules/deal/beans.yaml:" in result.stdout
    assert "warning[numbered_gap]: ..8 is a gap by number (write ...)" in result.stdout


def test_remarks_are_objects_for_programs(tmp_path: Path) -> None:
    remark = objects(command("rules", "check", "--style", rules_folder.write(tmp_path), "--json").stdout)[0]
    assert {"path", "line", "column", "code", "message", "hint"} == set(remark)
