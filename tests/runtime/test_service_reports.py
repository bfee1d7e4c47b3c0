"""A service manager is told when the program is ready, that it works, how it does and that it ends, on a real
socket."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from monitor.cli.run_commands import run_until_stopped
from monitor.config import load_settings
from monitor.errors import StoreError
from monitor.pipeline.health import VITAL_JOBS
from monitor.runtime.app import open_app
from monitor.runtime.health_reports import (
    RESTART_AFTER,
    HealthRecorder,
    ServiceManager,
    ServiceReports,
    service_manager,
)
from monitor.runtime.simulation import SimulatedClock
from tests.builders.databases import NOW, later
from tests.builders.spoken_processes import spoken
from tests.builders.working_folder import Desk, laid_out

LIMIT_S = 20.0
"""Only a broken program is waited for so long."""


@dataclass(slots=True)
class Manager:
    """A service manager: its socket, and what it was told."""

    address: str
    listener: socket.socket
    heard: list[str] = field(default_factory=list)

    def hears(self, fact: str) -> bool:
        """Waits until a message with this fact comes."""
        while not any(fact in message for message in self.heard):
            try:
                self.heard.append(self.listener.recv(4096).decode())
            except TimeoutError:
                return False
        return True

    def all_heard(self) -> list[str]:
        """All that has come until now."""
        self.listener.setblocking(False)
        try:
            while True:
                self.heard.append(self.listener.recv(4096).decode())
        except BlockingIOError:
            self.listener.settimeout(LIMIT_S)
            return self.heard


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    name = str(tmp_path / "notify") if request.param == "path" else f"\0deal-monitor-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name)
        listener.settimeout(LIMIT_S)
        yield Manager(name.replace("\0", "@"), listener)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return laid_out(tmp_path)


@pytest.fixture
def signs(desk: Desk) -> Iterator[HealthRecorder]:
    with desk.opened(SimulatedClock(NOW)) as app:
        yield HealthRecorder(app, NOW)


def reports(manager: Manager, signs: HealthRecorder, *, watchdog: float | None = None) -> ServiceReports:
    return ServiceReports(ServiceManager(manager.address, watchdog), signs, lambda: "2 sources:\n2 well")


def all_end_well(signs: HealthRecorder, at: datetime) -> None:
    signs.ended_well |= dict.fromkeys(VITAL_JOBS, at)


@pytest.mark.slow
@pytest.mark.parametrize("manager", ["path"], indirect=True)
def test_a_running_program_is_ready_once_its_jobs_run_and_tells_its_end(
    desk: Desk, manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
    monkeypatch.setenv("WATCHDOG_USEC", "2000000")
    desk.lay_database()
    app = open_app(load_settings(desk.config))
    program = threading.Thread(target=run_until_stopped, args=(app,))
    program.start()
    try:
        assert manager.hears("READY=1")
        assert manager.hears("STATUS=")
        assert manager.hears("WATCHDOG=1")
    finally:
        app.stop.set()
        program.join(LIMIT_S)
        app.close()
    assert manager.hears("STOPPING=1")
    assert any(message.startswith("STATUS=NO SOURCE HAS ANSWERED") for message in manager.heard)


@pytest.mark.slow
@pytest.mark.parametrize("manager", ["path"], indirect=True)
def test_a_restart_at_a_sighup_is_told_as_a_reload_and_not_as_the_end(
    desk: Desk, manager: Manager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
    with spoken("--config", desk.config, "run", terminal=False) as running:
        assert manager.hears("READY=1")
        running.process.send_signal(signal.SIGHUP)
        assert manager.hears("RELOADING=1")
        assert not any("STOPPING=1" in message for message in manager.heard)
        manager.heard.clear()
        assert manager.hears("READY=1")
        assert running.ends(signal.SIGTERM) == 0
    assert manager.hears("STOPPING=1")


def test_it_is_ready_only_once_and_not_before_a_job_has_ended(manager: Manager, signs: HealthRecorder) -> None:
    told = reports(manager, signs)
    told.turn(NOW, 0.0)
    assert manager.all_heard() == []
    all_end_well(signs, NOW)
    told.turn(NOW, 0.5)
    told.turn(NOW, 1.0)
    assert manager.all_heard() == ["READY=1", "STATUS=2 sources: 2 well"]


@pytest.mark.parametrize("manager", ["path"], indirect=True)
def test_the_watchdog_hears_four_signs_in_time_while_the_jobs_end_well(manager: Manager, signs: HealthRecorder) -> None:
    told = reports(manager, signs, watchdog=8.0)
    all_end_well(signs, NOW)
    for half_second in range(16):
        told.turn(later(seconds=half_second / 2), half_second / 2)
    assert manager.all_heard().count("WATCHDOG=1") == 4


@pytest.mark.parametrize("manager", ["path"], indirect=True)
@pytest.mark.parametrize("stuck", VITAL_JOBS)
def test_the_watchdog_hears_nothing_while_a_job_hangs(manager: Manager, signs: HealthRecorder, stuck: str) -> None:
    told = reports(manager, signs, watchdog=8.0)
    all_end_well(signs, NOW)
    late = NOW + 2 * RESTART_AFTER
    all_end_well(signs, late)
    signs.ended_well[stuck] = NOW
    told.turn(late, 0.0)
    assert "WATCHDOG=1" not in manager.all_heard()
    all_end_well(signs, late)
    told.turn(late, 5.0)
    assert "WATCHDOG=1" in manager.all_heard()


@pytest.mark.parametrize("manager", ["path"], indirect=True)
def test_a_database_out_of_order_is_told_as_the_state(manager: Manager, signs: HealthRecorder) -> None:
    def fail() -> str:
        raise StoreError("database x: the disk is full")

    all_end_well(signs, NOW)
    ServiceReports(ServiceManager(manager.address), signs, fail).turn(NOW, 0.0)
    assert manager.all_heard()[-1] == "STATUS=database x: the disk is full"


def test_without_a_manager_nothing_is_told_and_a_lost_one_stops_nothing(signs: HealthRecorder, tmp_path: Path) -> None:
    all_end_well(signs, NOW)
    for address in ("", str(tmp_path / "nobody"), "@nobody-listens-here", "x" * 300):
        told = ServiceReports(ServiceManager(address, 1.0), signs, lambda: "well")
        told.turn(NOW, 0.0)


def test_the_environment_names_the_manager() -> None:
    cases = [
        ({}, ServiceManager()),
        ({"NOTIFY_SOCKET": "/run/n"}, ServiceManager("/run/n")),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "120000000"}, ServiceManager("@n", 120.0)),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "9", "WATCHDOG_PID": "7"}, ServiceManager("@n", 9e-6)),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "9", "WATCHDOG_PID": "8"}, ServiceManager("@n")),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "soon"}, ServiceManager("@n")),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "0"}, ServiceManager("@n")),
    ]
    assert [(environ, service_manager(environ, 7)) for environ, _ in cases] == [
        (environ, manager) for environ, manager in cases
    ]
