"""Each digest is a page of the site, shared by all recipients of its route."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.pipeline.site_material import read_digests
from monitor.runtime.app import App, recover_and_catch_up, run_digests
from monitor.runtime.simulation import SimulatedClock
from tests.builders.databases import NOW
from tests.builders.working_folder import Desk, laid_out

CONFIG = """
owner = {route = "desk"}
routes = [
  {name = "desk", channel = "file", digest = "daily 08:00"},
  {name = "mail", channel = "email", to = "a/../../../../x@deals.example, b@deals.example", digest = "daily 08:00"},
  {name = "press", channel = "file", digest = "daily 08:00", approval = true},
]
"""
NEXT_DAY = NOW + timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return laid_out(tmp_path, CONFIG)


@pytest.fixture
def app(desk: Desk, clock: SimulatedClock) -> Iterator[App]:
    with desk.opened(clock) as opened:
        recover_and_catch_up(opened)
        clock.move(NEXT_DAY)
        yield opened


def test_a_digest_is_a_page_by_route_and_slot_unless_an_editor_decides_on_it(app: App) -> None:
    assert len(run_digests(app)) == 4
    with app.store.read() as conn:
        found = read_digests(conn)
    slot = f"{NEXT_DAY:%Y-%m-%d}T0800.html"
    assert {address: brief.page for address, brief in found.items()} == {
        f"digests/{route}/{slot}": f"digests/{route}/{slot}" for route in ("desk", "mail")
    }
