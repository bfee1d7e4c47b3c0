"""The exit code of `health` says whether the monitor works."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.session import utc_now
from monitor.runtime.simulation import SimulatedClock
from tests.builders.golden_wording import GoldenWording
from tests.builders.working_folder import Desk


def test_a_monitor_with_a_recent_sign_is_healthy_even_while_another_process_writes(
    desk: Desk, wording: GoldenWording
) -> None:
    with desk.opened(SimulatedClock(utc_now())) as app:
        HealthRecorder(app, app.clock()).write()
    with closing(sqlite3.connect(desk.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        result = desk.run("health")
    assert result.exit_code == 0
    wording(result.stdout)
    values = json.loads(desk.run("health", "--json").stdout)
    assert values == {"ok": True, "reasons": [], "polled_at": None, "decided_at": None}


def test_without_a_monitor_the_exit_code_is_1_and_no_database_is_created(desk: Desk, wording: GoldenWording) -> None:
    results = [desk.run("health")]
    assert not desk.database.exists(), "one that root made could not be written by the user of the service"
    desk.lay_database()
    results.append(desk.run("health"))
    assert json.loads(desk.run("health", "--json").stdout)["ok"] is False
    desk.edit('data = "."', 'data = "var"')
    desk.edit("monitor.db", "var/monitor.db")
    results.append(desk.run("health"))
    assert not (desk.folder / "var").exists()
    assert [result.exit_code for result in results] == [1, 1, 1]
    assert len({result.stdout for result in results}) == 1
    wording(results[0].stdout)
