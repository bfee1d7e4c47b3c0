"""Each digest is kept as a page that a browser shows, and no trouble with the page keeps the message back."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.domain.messages.briefs import DigestBrief
from monitor.runtime.app import App, recover_and_catch_up, run_digests
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from tests.builders.databases import NOW, ask
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.working_folder import Desk, laid_out

CONFIG = """
routes = [
  {name = "desk", channel = "file", digest = "daily 08:00"},
  {name = "mail", channel = "email", to = "a/../../../../x@deals.example, b@deals.example", digest = "daily 08:00"},
]
"""
NEXT_DAY = NOW + timedelta(days=1)
SLOT = f"{NEXT_DAY:%Y-%m-%d}T0800.html"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return laid_out(tmp_path, CONFIG)


@pytest.fixture
def app(desk: Desk, clock: SimulatedClock) -> Iterator[App]:
    with desk.opened(clock) as opened:
        recover_and_catch_up(opened)
        clock.move(NEXT_DAY)
        yield opened


@pytest.fixture
def own_templates(desk: Desk) -> Path:
    desk.edit('templates = "', 'templates = "templates" # ')
    return Path(shutil.copytree(TEMPLATES, desk.folder / "templates"))


def pages(app: App) -> list[Path]:
    return sorted(path for path in (app.settings.monitor.data / "digests").rglob("*") if path.is_file())


def made(app: App) -> list[DigestBrief]:
    briefs = [from_json(row.payload) for row in ask(app.store, outbox_store.items)]
    return [brief for brief in briefs if isinstance(brief, DigestBrief)]


def test_a_digest_is_kept_as_a_page_whole_in_itself_by_route_and_slot(app: App) -> None:
    run_digests(app)
    page = app.settings.monitor.data / "digests" / "desk" / SLOT
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>")
    assert "cid:" not in html


def test_a_digest_knows_the_page_that_it_is_kept_as(app: App) -> None:
    run_digests(app)
    assert {brief.page for brief in made(app)} == {f"digests/desk/{SLOT}", f"digests/mail/{SLOT}"}
    assert all((app.settings.monitor.data / brief.page).is_file() for brief in made(app))


def test_nothing_half_written_is_left_beside_the_pages(app: App, clock: SimulatedClock) -> None:
    for _ in range(3):
        run_digests(app)
        clock.move(clock.now + timedelta(days=1))
    assert {page.suffix for page in pages(app)} == {".html"}
    assert len(pages(app)) == 6


def test_a_disk_that_takes_no_page_holds_no_digest_back(app: App) -> None:
    (app.settings.monitor.data / "digests").write_text("a file where the folder should be", encoding="utf-8")
    assert len(run_digests(app)) == 3
    assert [brief.page for brief in made(app)] == ["", "", ""], "what is not kept leads nowhere"


def test_a_template_that_makes_no_page_holds_no_digest_back(own_templates: Path, app: App) -> None:
    (own_templates / "digest.html.j2").write_text("{{ nothing.of.that.name }}", encoding="utf-8")
    assert len(run_digests(app)) == 3
    assert len(made(app)) == 3
    assert pages(app) == []
