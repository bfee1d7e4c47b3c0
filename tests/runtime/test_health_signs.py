"""A running program leaves a sign of life, by which others see that it works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.pipeline.health import ROUND, STALE_AFTER, VITAL_JOBS, Health, health
from monitor.runtime.app import App
from monitor.runtime.health_reports import HealthRecorder, record_round
from monitor.runtime.simulation import SimulatedClock
from monitor.store import problems_and_runs
from tests.builders.databases import NOW, ask, later
from tests.builders.golden_wording import GoldenWording
from tests.builders.working_folder import laid_out


@pytest.fixture
def app(tmp_path: Path, clock: SimulatedClock) -> Iterator[App]:
    with laid_out(tmp_path).opened(clock) as opened:
        yield opened


def health_of(app: App) -> Health:
    return ask(app.store, health, app.feeds(), app.clock())


def test_after_its_end_a_program_signs_no_more(app: App, clock: SimulatedClock) -> None:
    signs = HealthRecorder(app, NOW)
    signs.write()
    clock.move(later(minutes=1))
    signs.write(end=True)
    clock.move(later(minutes=2))
    signs.write()
    sign = health_of(app).sign
    assert sign is not None
    assert (sign.running, sign.seen_at) == (False, later(minutes=1))


def test_a_sign_names_the_vital_jobs_that_stand_still(app: App, clock: SimulatedClock, wording: GoldenWording) -> None:
    signs = HealthRecorder(app, NOW)
    clock.move(NOW + STALE_AFTER + (later(minutes=1) - NOW))
    signs.ended_well |= dict.fromkeys(VITAL_JOBS, clock())
    signs.ended_well["review"] = NOW
    signs.write()
    found = health_of(app)
    wording(found.reasons)


def test_a_round_is_recorded_and_old_ones_are_forgotten(app: App, clock: SimulatedClock) -> None:
    record_round(app, NOW)
    clock.move(later(days=31))
    record_round(app, later(days=31))
    (kept,) = ask(app.store, problems_and_runs.last_runs, ROUND, 9)
    assert kept.started_at == later(days=31)
    assert health_of(app).ok
