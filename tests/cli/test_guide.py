"""`guide` lists and shows the guides that come with the program."""

from __future__ import annotations

import pytest

from monitor.cli.common import bundled
from tests.builders.shipped_rules import ROOT
from tests.builders.working_folder import command, objects


def test_every_page_of_the_documentation_is_a_guide_with_its_title() -> None:
    result = command("guide", "--json")
    assert result.exit_code == 0
    guides = {one["path"]: one for one in objects(result.stdout)}
    assert set(guides) == {str(path) for path in (ROOT / "docs").rglob("*.md")}
    rules = guides[str(ROOT / "docs" / "rules.md")]
    assert (rules["name"], rules["title"]) == ("rules", "Writing rules")


def test_the_list_has_a_line_a_guide_and_says_where_the_files_are() -> None:
    *lines, blank, where = command("guide").stdout.splitlines()
    assert len(lines) == len(list((ROOT / "docs").rglob("*.md")))
    assert (blank, where) == ("", f"The files are in {bundled('docs')}")
    assert any(line.split() == ["rules", "Writing", "rules"] for line in lines)


@pytest.mark.parametrize("name", ["rules", "docs/rules.md", "Rules"])
def test_a_guide_is_printed_as_it_is_by_its_name_or_its_file(name: str) -> None:
    assert command("guide", name).stdout == (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


def test_the_guides_of_a_folder_go_by_its_name() -> None:
    assert command("guide", "decisions").stdout.startswith("# Decisions")
    assert command("guide", "decisions/outbox").stdout.startswith("# The outbox")


def test_the_first_guide_listed_is_the_index_of_all() -> None:
    assert command("guide").stdout.split()[0] == "index"
    assert command("guide", "index").stdout == command("guide", "docs/README.md").stdout
    assert command("guide", "index").stdout.startswith("# Guides")


def test_a_misspelt_guide_is_answered_with_the_near_one() -> None:
    result = command("guide", "rulse")
    assert result.exit_code == 2
    assert "did you mean 'rules'?" in result.stderr
