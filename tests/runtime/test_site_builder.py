"""The pages of a running program are built again after a change, and an error leaves the old ones."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import load_settings
from monitor.errors import RenderError
from monitor.runtime.app import App, open_app, recover_and_catch_up, run_digests
from monitor.runtime.simulation import SimulatedClock
from monitor.runtime.site_builder import SiteBuilder
from tests.builders.databases import NOW
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.working_folder import laid_out


@pytest.fixture
def app(tmp_path: Path, clock: SimulatedClock) -> Iterator[App]:
    desk = laid_out(tmp_path)
    shutil.copytree(TEMPLATES, desk.folder / "templates")
    desk.edit('templates = "', 'templates = "templates" # ')
    desk.lay_database()
    with closing(open_app(load_settings(desk.config), clock=clock)) as opened:
        recover_and_catch_up(opened)
        yield opened


def page(app: App, name: str = "about.html") -> str:
    return (app.settings.site_dir / name).read_text(encoding="utf-8")


def template(app: App, name: str = "about") -> Path:
    return app.settings.monitor.templates / "site" / f"{name}.html.j2"


def test_pages_are_built_once_until_something_changes(app: App, clock: SimulatedClock) -> None:
    builder = SiteBuilder(app)
    assert builder.build_if_changed()
    assert builder.build_if_changed() is None
    clock.move(NOW + timedelta(days=1))
    assert builder.build_if_changed(), "on another day the days to a date are counted again"


def test_an_edited_template_and_a_new_digest_are_published_at_once(app: App, clock: SimulatedClock) -> None:
    builder = SiteBuilder(app)
    clock.move(NOW + timedelta(days=8))
    builder.build_if_changed()
    layout = template(app, "layout")
    layout.write_text(layout.read_text(encoding="utf-8").replace("Skip to", "Jump to"), encoding="utf-8")
    assert builder.build_if_changed()
    assert "Jump to" in page(app)
    run_digests(app)
    assert builder.build_if_changed()
    assert "List “desk”" in page(app, "digests/index.html")


def test_a_broken_template_is_named_leaves_the_old_pages_and_is_retried_later(app: App, clock: SimulatedClock) -> None:
    builder = SiteBuilder(app)
    builder.build_if_changed()
    before = page(app)
    template(app).write_text("\n{{ page.nothing_of_that_name }}", encoding="utf-8")
    errors = []
    for minutes in (0, 0.5, 1):
        clock.move(NOW + timedelta(minutes=minutes))
        with pytest.raises(RenderError) as broken:
            builder.build_if_changed()
        assert "about.html.j2:2: " in str(broken.value)
        errors.append(broken.value)
    assert errors[0] is errors[1]
    assert errors[1] is not errors[2], "it was tried again"
    assert page(app) == before
    shutil.copy(TEMPLATES / "site" / "about.html.j2", template(app))
    assert builder.build_if_changed()
    assert builder.failed is None
