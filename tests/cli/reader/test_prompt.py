"""`reader prompt`: what a model is asked, to be read by people, without a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.builders import second_deal
from tests.builders.working_folder import Desk, objects


def test_the_question_of_a_small_deal_reads_as_it_did(
    desk: Desk, tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    rules = second_deal.write(tmp_path / "second")
    shown = desk.run("model", "check", "--show-prompt", "--rules", rules)
    assert shown.exit_code == 0
    golden("second_deal.txt", shown.stdout)
    assert f"about {-(-len(shown.stdout) // 4)} tokens, 3 commitments" in shown.stderr


def test_json_has_version_length_commitments_and_text(desk: Desk, tmp_path: Path) -> None:
    rules = second_deal.write(tmp_path / "second")
    (line,) = objects(desk.run("model", "check", "--show-prompt", "--json", "--rules", rules).stdout)
    assert set(line) == {"version", "tokens", "commitments", "text"}
    assert line["version"] in desk.run("model", "check", "--show-prompt", "--rules", rules).stderr
    assert line["commitments"] == ["mercosur-beef-licences", "mercosur-beef", "mercosur-force"]


def test_configured_rules_that_tell_a_reader_nothing_are_refused(desk: Desk) -> None:
    refused = desk.run("model", "check", "--show-prompt")
    assert refused.exit_code == 2
    assert "no commitment says under `reads` what is about it" in refused.stderr
