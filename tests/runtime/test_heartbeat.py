"""The outside check is called as long as all is well, and by nothing but that it is no longer called."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.pipeline.health import OUTSIDE_CHECK
from monitor.runtime.app import App
from monitor.runtime.health_reports import NOTIFY_AFTER, HealthRecorder, Heartbeat
from monitor.runtime.poller import Poller
from monitor.runtime.scheduler import start_jobs, stop_jobs
from monitor.runtime.session import utc_now
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store import problems_and_runs
from monitor.store.tables import Run
from tests.builders.databases import NOW, ask, do
from tests.builders.golden_wording import GoldenWording
from tests.builders.outside_check import OutsideCheck, outside_check
from tests.builders.working_folder import Desk, laid_out

PATH = "/ping/3f0c-secret"


@pytest.fixture
def check() -> Iterator[OutsideCheck]:
    with outside_check() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, check: OutsideCheck, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DEAL_MONITOR_HEARTBEAT__URL", check.url(PATH))
    return laid_out(tmp_path)


@pytest.fixture
def app(desk: Desk, clock: SimulatedClock) -> Iterator[App]:
    with desk.opened(clock) as opened:
        HealthRecorder(opened, NOW).write()
        yield opened


def calls(app: App) -> list[Run]:
    return list(ask(app.store, problems_and_runs.last_runs, OUTSIDE_CHECK, 9))


def test_while_all_is_well_the_check_is_called_and_one_row_says_so(app: App, check: OutsideCheck) -> None:
    heart = Heartbeat(app)
    assert [heart.beat(), heart.beat()] == ["called", "called"]
    assert check.calls == [PATH, PATH]
    (row,) = calls(app)
    assert (row.outcome, row.started_at) == ("called", NOW)


def test_a_monitor_that_is_not_well_calls_nobody(
    app: App, check: OutsideCheck, logged: io.StringIO, wording: GoldenWording
) -> None:
    do(app.store, outbox_store.open_circuit, "slack", "token_revoked", NOW, NOW)
    assert Heartbeat(app).beat() == "withheld"
    assert check.calls == []
    wording(calls(app)[0].detail)
    assert json.loads(logged.getvalue())["reason"] == calls(app)[0].detail


def test_a_failing_call_is_told_to_the_owner_once_and_never_shows_the_address(
    app: App, check: OutsideCheck, logged: io.StringIO, wording: GoldenWording
) -> None:
    check.status = 404
    heart = Heartbeat(app)
    assert {heart.beat() for _ in range(NOTIFY_AFTER + 2)} == {"failed"}
    for _ in range(NOTIFY_AFTER):
        Heartbeat(app).beat()  # as after a restart
    (notice,) = ask(app.store, outbox_store.items)
    assert "OUTSIDE CHECK NOT REACHED" in notice.payload
    (row,) = calls(app)
    wording(row.detail)
    (warning,) = (json.loads(line) for line in logged.getvalue().splitlines())
    assert (warning["level"], warning["event"]) == ("warning", "outside check could not be called")
    assert "3f0c-secret" not in logged.getvalue() + notice.payload + row.detail


def test_a_program_that_ends_before_its_first_interval_calls_nobody(app: App, check: OutsideCheck) -> None:
    app.clock = utc_now
    app.stop.set()
    started = utc_now()
    with Poller(app) as poller:
        scheduler = start_jobs(app, poller, HealthRecorder(app, started), lambda: None)
        first = scheduler.get_job("heartbeat").next_run_time
        assert stop_jobs(scheduler, 5)
    assert first - started >= timedelta(seconds=app.settings.heartbeat.seconds)
    assert check.calls == []


def test_a_round_calls_at_its_end_and_a_rehearsal_never(desk: Desk, check: OutsideCheck) -> None:
    desk.run("--now", "2026-03-02T09:00Z", "poll")
    assert check.calls == []
    desk.database.unlink()
    desk.run("poll")
    assert check.calls == [PATH], "a first failure of all sources may pass"
