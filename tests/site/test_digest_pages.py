"""Every kept digest is a page of the site, by route and slot; other files are ignored."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import RenderError
from monitor.render.jinja_env import Templates
from monitor.site.digest_pages import digest_files
from monitor.site.page_templates import PageTemplates, frame_values
from tests.builders.message_values import commitment, context
from tests.builders.published_material import material
from tests.builders.rendered_messages import TEMPLATES

PAGES = PageTemplates(Templates(TEMPLATES), frame_values(material()))


def keep(folder: Path, name: str, subject: str = "A digest", body: str = "<h1>What moved</h1>") -> None:
    file = folder / "digests" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    html = f"<html><head><title>{subject}</title></head><body>{body}</body></html>"
    file.write_text(html, encoding="utf-8", errors="replace")


def made(folder: Path) -> dict[str, str]:
    found = digest_files(PAGES, folder / "digests", lambda text: text.replace("Ann Lee", "a person"), material())
    return {address: page.decode() for address, page in found}


def test_without_a_digest_the_list_says_so(tmp_path: Path) -> None:
    assert "There are no digests yet" in made(tmp_path)["digests/index.html"]


def test_each_route_has_its_list_and_each_digest_its_page(tmp_path: Path) -> None:
    for name in ("desk/2026-03-02T0800.html", "desk/2026-03-09T0800.html", "boss/2026-03-09T1700.html"):
        keep(tmp_path, name)
    pages = made(tmp_path)
    names = ["index", "boss/2026-03-09T1700", "desk/2026-03-09T0800", "desk/2026-03-02T0800"]
    assert list(pages) == [f"digests/{name}.html" for name in names]
    assert "Earlier: <time" in pages["digests/desk/2026-03-09T0800.html"]
    assert "Later: <time" in pages["digests/desk/2026-03-02T0800.html"]


def test_what_is_no_kept_digest_is_left_alone(tmp_path: Path) -> None:
    names = "desk/preview.html, desk/2026-02-30T0800.html, desk/2026-03-09T0800.txt, 2026-03-09T0800.html"
    for name in (*names.split(", "), "a b/2026-03-09T0800.html", "desk/.writing-x/2026-03-09T0800.html"):
        keep(tmp_path, name)
    assert list(made(tmp_path)) == ["digests/index.html"]


def test_a_digest_that_is_written_again_is_read_again(tmp_path: Path) -> None:
    keep(tmp_path, "desk/2026-03-09T0800.html", "First words")
    assert "First words" in made(tmp_path)["digests/index.html"]
    keep(tmp_path, "desk/2026-03-09T0800.html", "Other words, pinned by Ann Lee")
    assert "Other words, pinned by a person" in made(tmp_path)["digests/index.html"]


def test_a_digest_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "digests" / "desk" / "2026-03-09T0800.html").mkdir(parents=True)
    with pytest.raises(RenderError, match=r"2026-03-09T0800\.html cannot be read"):
        made(tmp_path)


def test_a_name_links_to_its_commitment_unless_several_share_it(tmp_path: Path) -> None:
    names = {"a": "Soy", "b": "Ore", "c": "Ore"}
    of = context(commitments={key: commitment(key, short=name) for key, name in names.items()})
    keep(tmp_path, "desk/2026-03-09T0800.html", body="<p><strong>Soy</strong></p><p><strong>Ore</strong></p>")
    _, (_, page) = digest_files(PAGES, tmp_path / "digests", str, replace(material(), context=of))
    assert b'<p><a href="../../c/a.html"><strong>Soy</strong></a></p><p><strong>Ore</strong></p>' in page
