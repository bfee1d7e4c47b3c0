"""Templates are edited by people: mistakes are named with their place, and a template can reach nothing."""

import shutil
from pathlib import Path

import pytest

from monitor.domain.messages.action_links import LinkMaker
from monitor.domain.reading.question import QuestionBrief
from monitor.errors import RenderError
from monitor.render import Renderer
from monitor.render.jinja_env import Templates, unbroken_link
from monitor.render.reader_question import TEMPLATE
from monitor.render.sample_messages import filled, sample_messages
from tests.builders.rendered_messages import TEMPLATES, marked, part, read_mail
from tests.builders.sample_messages import ALERT_PARCEL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def renderer(folder: Path) -> Renderer:
    sender, site = "Deal monitor <monitor@deals.example>", "https://deals.example"
    links = LinkMaker(site, b"only for samples")
    return Renderer(folder, sender=sender, list_domain="deals.example", base_url=site, links=links)


def edited(folder: Path, name: str, text: str) -> Renderer:
    (folder / name).write_text(text, encoding="utf-8")
    return renderer(folder)


def test_the_check_prints_every_expression_of_every_template(folder: Path) -> None:
    marks, printed = marked(sorted(folder.glob("*.j2"))), ""
    for parcel in sample_messages():
        mail = read_mail(renderer(folder).mail(parcel))
        printed += part(mail, "plain") + part(mail, "html")
    printed += Templates(folder).render(TEMPLATE, {"question": filled(QuestionBrief)})
    assert [text for mark, text in marks.items() if mark not in printed.replace("\u200b", "")] == []


def test_a_misspelt_name_is_an_error_with_file_and_line(folder: Path) -> None:
    found = edited(folder, "alert.txt.j2", "{{ brief.subject }}\n{{ brief.frist_line }}\n").check()
    assert len(found) == 1
    assert "alert.txt.j2:2:" in found[0]
    assert "frist_line" in found[0]


def test_the_check_renders_the_question_of_a_reader_too(folder: Path) -> None:
    assert renderer(folder).check() == []
    (problem,) = edited(folder, "reader.txt.j2", "Read.\n{{ question.deels }}\n").check()
    assert "reader.txt.j2:2:" in problem
    assert "deels" in problem


def test_a_syntax_error_is_an_error_with_file_and_line(folder: Path) -> None:
    found = edited(folder, "digest.html.j2", "<p>\n{% for x in %}\n").check()
    assert len(found) == 1
    assert "digest.html.j2:2:" in found[0]


def test_a_missing_template_is_named(folder: Path) -> None:
    (folder / "digest.txt.j2").unlink()
    found = renderer(folder).check()
    assert len(found) == 1
    assert "there is no template digest.txt.j2; `templates` in config.toml names the folder" in found[0]


def test_a_missing_style_sheet_is_named(folder: Path) -> None:
    (folder / "mail.css").unlink()
    for problem in renderer(folder).check():
        assert "mail.css" in problem
        assert "`templates` in config.toml names the folder" in problem


@pytest.mark.parametrize(
    "text",
    [
        "{{ brief.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{% for n in range(999999999) %}{% endfor %}",
        "{% include '../../etc/passwd' %}",
    ],
)
def test_a_template_reaches_nothing_but_its_values(folder: Path, text: str) -> None:
    with pytest.raises(RenderError):
        edited(folder, "alert.txt.j2", text).text(ALERT_PARCEL)


@pytest.mark.parametrize(("length", "blanks"), [(60, 4), (96, 4), (97, 3), (100, 0), (101, 4), (300, 4)])
def test_a_link_is_never_broken_and_leaves_its_indent_only_where_that_makes_it_fit(length: int, blanks: int) -> None:
    url = "https://a.example/".ljust(length, "x")
    assert unbroken_link(url, 4) == " " * blanks + url


def test_html_templates_escape_and_text_templates_do_not(folder: Path) -> None:
    (folder / "alert.txt.j2").write_text("{{ 'a < b' }}", encoding="utf-8")
    made = edited(folder, "alert.html.j2", "<p>{{ 'a < b' }}</p>")
    assert made.text(ALERT_PARCEL) == "a < b\n"
    assert b"a &lt; b" in made.mail(ALERT_PARCEL)


def test_an_edited_template_is_compiled_again_and_one_elsewhere_is_no_stand_in(folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    said = [edited(folder, "alert.txt.j2", text).text(ALERT_PARCEL) for text in ("one", "two")]
    said.append(edited(other, "alert.txt.j2", "three").text(ALERT_PARCEL))
    said.append(renderer(folder).text(ALERT_PARCEL))
    assert [text.strip() for text in said] == ["one", "two", "three", "two"]
