"""The pages of a running program are built anew when something has changed, and a mistake leaves those of before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from monitor.runtime.site.builder import SiteBuilder
from structlog.testing import capture_logs

from monitor.config import load_settings
from monitor.errors import RenderError
from monitor.runtime.app import App, open_app, recover_and_catch_up, run_digests
from monitor.runtime.shipped import bundled
from monitor.runtime.simulation import SimulatedClock
from tests.builders.databases import NOW
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.working_folder import laid_out


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def app(tmp_path: Path, clock: SimulatedClock) -> Iterator[App]:
    desk = laid_out(tmp_path)
    shutil.copytree(TEMPLATES, desk.folder / "templates")
    desk.edit('templates = "', 'templates = "templates" # ')
    desk.lay_database()
    with closing(open_app(load_settings(desk.config), clock=clock)) as opened:
        recover_and_catch_up(opened)
        yield opened


def page(app: App, name: str = "sources.html") -> str:
    return (app.settings.site_dir / name).read_text(encoding="utf-8")


def break_template(app: App) -> None:
    (app.settings.templates / "site" / "sources.html.j2").write_text(
        "\n{{ page.nothing_of_that_name }}", encoding="utf-8"
    )


def test_pages_are_built_once_until_something_changes(app: App, clock: SimulatedClock) -> None:
    builder = SiteBuilder(app)
    assert builder.build_if_changed()
    assert builder.build_if_changed() is None
    clock.move(NOW + timedelta(days=1))
    assert builder.build_if_changed(), "another day: days to a date are counted anew"


def test_an_edited_template_shows_at_once(app: App) -> None:
    builder = SiteBuilder(app)
    builder.build_if_changed()
    layout = app.settings.templates / "site" / "layout.html.j2"
    layout.write_text(
        layout.read_text(encoding="utf-8").replace("Skip to the content", "To the content"), encoding="utf-8"
    )
    assert builder.build_if_changed()
    assert "To the content" in page(app)


def test_a_new_digest_is_a_new_page(app: App, clock: SimulatedClock) -> None:
    builder = SiteBuilder(app)
    clock.move(NOW + timedelta(days=8))
    builder.build_if_changed()
    run_digests(app)
    assert builder.build_if_changed()
    assert "Route “desk”" in page(app, "digests/index.html")


def test_a_broken_template_is_named_and_leaves_the_pages_of_before(app: App) -> None:
    builder = SiteBuilder(app)
    builder.build_if_changed()
    before = page(app)
    break_template(app)
    with pytest.raises(RenderError, match=r"sources\.html\.j2:2: .*nothing_of_that_name"):
        builder.build_if_changed()
    assert page(app) == before


def test_what_failed_is_tried_again_after_a_wait_or_a_change(app: App, clock: SimulatedClock) -> None:
    builder = SiteBuilder(app)
    break_template(app)
    for minutes, times in ((0, 1), (0.5, 1), (1, 2), (2.5, 2), (3, 3)):
        clock.move(NOW + timedelta(minutes=minutes))
        with pytest.raises(RenderError):
            builder.build_if_changed()
        assert builder.failed is not None
        assert builder.failed.times == times, f"after {minutes} minutes"
    shutil.copy(TEMPLATES / "site" / "sources.html.j2", app.settings.templates / "site")
    assert builder.build_if_changed()
    assert builder.failed is None


def test_a_folder_of_templates_without_pages_gets_the_shipped_ones(app: App) -> None:
    shutil.rmtree(app.settings.templates / "site")
    with capture_logs() as logs:
        builder = SiteBuilder(app)
        assert builder.build_if_changed()
    assert next(entry["event"] for entry in logs) == "the pages are made with the shipped templates"
    assert "Sources and their health" in page(app)
    assert Path(bundled("templates")) == TEMPLATES
