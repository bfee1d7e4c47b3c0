"""A small site, whole: every link and anchor leads somewhere, every page is framed, readable and does nothing by
itself."""

from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta

import pytest

from monitor.config import load_settings
from monitor.runtime.app import open_app, run_digests
from monitor.runtime.simulation import SimulatedClock
from monitor.runtime.site_builder import build_site
from monitor.site.page_templates import CONTENT_SECURITY_POLICY
from tests.builders.databases import NOW
from tests.builders.web_pages import WebPage, broken_links, read_page
from tests.builders.working_folder import laid_out

BASE = "https://deals.example/board"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The site of a monitor that heard two reports and made a digest."""
    desk = laid_out(tmp_path_factory.mktemp("site"))
    desk.hear("China books soybeans <b>now</b>", "China books soybeans again")
    desk.edit("[poll]", f'[site]\nbase_url = "{BASE}"\n[poll]')
    with closing(open_app(load_settings(desk.config), clock=SimulatedClock(NOW + timedelta(days=8)))) as app:
        assert run_digests(app) == ["desk"]
        build_site(app)
    root = desk.folder / "site"
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def pages(files: Mapping[str, bytes]) -> Mapping[str, WebPage]:
    return {name: read_page(data.decode()) for name, data in files.items() if name.endswith(".html")}


def test_every_link_and_anchor_leads_somewhere(files: Mapping[str, bytes], pages: Mapping[str, WebPage]) -> None:
    # A server shows the page for what is not found at any depth, so its links begin at the root of the address that
    # people use.
    below_base = {name: page for name, page in pages.items() if name != "404.html"}
    assert len(below_base) >= 4
    assert list(broken_links(files, below_base)) == []
    inner = [link.target for link in pages["404.html"].links if link.target != "#main"]
    assert all(target.startswith("/board/") and target.removeprefix("/board/") in files for target in inner)


def test_no_page_can_do_anything_by_itself(pages: Mapping[str, WebPage]) -> None:
    for name, page in pages.items():
        assert page.metas["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, name
        assert page.tags["script"] == (name in ("index.html", "timeline.html")), "filter.js alone"
        assert not {"style", "iframe", "object", "embed", "form", "base"} & set(page.tags), name
        assert not {said for said in page.attributes if said == "style" or said.startswith("on")}, name


def test_what_leads_out_of_the_site_is_a_web_address_and_tells_nobody_where_from(pages: Mapping[str, WebPage]) -> None:
    for name, page in pages.items():
        for link in page.links:
            if ":" in link.target and not link.target.startswith("data:image/"):
                assert link.target.startswith(("https://", "http://")), name
                assert {"noreferrer", "noopener"} <= set(link.rel.split()), name


def test_every_page_has_a_language_one_heading_and_its_landmarks(pages: Mapping[str, WebPage]) -> None:
    for name, page in pages.items():
        assert page.language == "en", name
        assert [page.tags[tag] for tag in ("h1", "main", "header", "footer")] == [1] * 4, name
        assert page.tags["nav"] >= 1, name
        assert [key for key, count in page.ids.items() if count > 1] == [], name
        assert "viewport" in page.metas, name


def test_a_digest_is_a_page_with_a_way_back(files: Mapping[str, bytes], pages: Mapping[str, WebPage]) -> None:
    (address,) = [name for name in pages if name.startswith("digests/desk/")]
    assert "../../index.html" in [link.target for link in pages[address].links]
    assert address.removeprefix("digests/") in [
        link.target.removeprefix("../digests/") for link in pages["digests/index.html"].links
    ]


def test_the_style_sheet_is_one_and_loads_nothing(files: Mapping[str, bytes]) -> None:
    sheet = files["site.css"].decode()
    assert "prefers-color-scheme: dark" in sheet
    assert "@media print" in sheet
    assert "url(" not in sheet
    assert "@import" not in sheet
