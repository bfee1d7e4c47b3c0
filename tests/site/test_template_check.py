"""A mistake in a page template is found before readers see it."""

import shutil
from pathlib import Path

import pytest

from monitor.errors import RenderError
from monitor.render.jinja_env import Templates
from monitor.site.template_check import VALUES, check_templates, renderings
from tests.builders.rendered_messages import TEMPLATES, marked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def test_the_check_prints_every_expression_of_every_template(folder: Path) -> None:
    marks = marked(sorted((folder / "site").glob("*.j2")))
    made = list(renderings(Templates(folder)))
    printed = "".join(each.decode() for each in made if not isinstance(each, RenderError))
    missed = [text for mark, text in marks.items() if mark not in printed]
    assert missed == [], "\n".join(missed)


def test_every_template_of_a_page_is_checked(folder: Path) -> None:
    shared = {"layout.html.j2", "standing.html.j2"}
    assert {file.name for file in (folder / "site").glob("*.j2")} - shared == set(VALUES)


def test_a_misspelt_name_is_an_error_with_file_and_line(folder: Path) -> None:
    file = folder / "site" / "about.html.j2"
    file.write_text(
        file.read_text(encoding="utf-8").replace("{{ page.reading }}", "\n{{ page.readding }}", 1), encoding="utf-8"
    )
    (problem,) = check_templates(Templates(folder))
    assert "about.html.j2:12:" in problem
    assert "readding" in problem


def test_a_missing_style_sheet_is_named(folder: Path) -> None:
    (folder / "site" / "site.css").unlink()
    (problem,) = check_templates(Templates(folder))
    assert "site.css" in problem


def test_the_shipped_templates_have_no_mistake() -> None:
    assert check_templates(Templates(TEMPLATES)) == []
