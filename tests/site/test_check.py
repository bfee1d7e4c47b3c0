"""Whoever edits a template of the pages hears of a mistake before a reader meets it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from monitor.site.check import VIEW_MODELS, check_templates, renderings

from monitor.render.jinja_env import Templates
from tests.builders.rendered_messages import TEMPLATES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def marked(files: Iterator[Path]) -> dict[str, str]:
    """Writes a mark before each expression; returns the expressions by mark."""
    marks: dict[str, str] = {}
    for file in files:
        first, *parts = file.read_text(encoding="utf-8").split("{{")
        text = first
        for part in parts:
            mark = f"Q{len(marks)}Q"
            marks[mark] = f"{file.name}: {part.partition('}}')[0]}"
            text += f"{mark}{{{{{part}"
        file.write_text(text, encoding="utf-8")
    return marks


def test_the_check_prints_every_expression_of_every_template(folder: Path) -> None:
    marks = marked(iter(sorted((folder / "site").glob("*.j2"))))
    printed = ""
    for render in renderings(Templates(folder)):
        made = render()
        printed += made[1].decode() if isinstance(made, tuple) else ""
    missed = [text for mark, text in marks.items() if mark not in printed]
    assert missed == [], "\n".join(missed)


def test_every_template_of_a_page_is_checked(folder: Path) -> None:
    shared = {"layout.html.j2", "pieces.html.j2", "standing.html.j2"}
    assert {file.name for file in (folder / "site").glob("*.j2")} - shared == set(VIEW_MODELS)


def test_a_misspelt_name_is_an_error_with_file_and_line(folder: Path) -> None:
    file = folder / "site" / "sources.html.j2"
    file.write_text(
        file.read_text(encoding="utf-8").replace("{{ page.opening }}", "\n{{ page.openning }}"), encoding="utf-8"
    )
    (problem,) = check_templates(Templates(folder))
    assert "sources.html.j2:9:" in problem
    assert "openning" in problem


def test_a_missing_style_sheet_is_named(folder: Path) -> None:
    (folder / "site" / "site.css").unlink()
    (problem,) = check_templates(Templates(folder))
    assert "site.css cannot be read" in problem


def test_the_shipped_templates_have_no_mistake() -> None:
    assert check_templates(Templates(TEMPLATES)) == []
