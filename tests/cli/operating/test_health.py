"""`health` says by its exit code whether the monitor does its work."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from monitor.runtime.liveness.signs_of_life import SignsOfLife
from monitor.runtime.session import utc_now
from monitor.runtime.simulation import SimulatedClock
from tests.builders.working_folder import Desk


def test_a_monitor_that_signs_is_well(desk: Desk) -> None:
    with desk.opened(SimulatedClock(utc_now())) as app:
        SignsOfLife(app, app.clock()).write()
    result = desk.run("health")
    assert (result.exit_code, result.stdout) == (0, "well: last poll never, last decision never\n")
    assert json.loads(desk.run("health", "--json").stdout) == {
        "ok": True,
        "reasons": [],
        "polled_at": None,
        "decided_at": None,
    }


def test_where_none_runs_the_reason_is_told_with_exit_code_1(desk: Desk) -> None:
    desk.lay_database()
    result = desk.run("health")
    assert (result.exit_code, result.stdout) == (1, "not well: no monitor has run on this database yet\n")
    assert json.loads(desk.run("health", "--json").stdout)["ok"] is False


def test_asking_makes_no_database(desk: Desk) -> None:
    result = desk.run("health")
    assert (result.exit_code, result.stdout) == (1, "not well: no monitor has run on this database yet\n")
    assert not desk.database.exists(), "one that root made could not be written by the user of the service"


def test_the_answer_waits_for_nobody_who_writes(desk: Desk) -> None:
    with desk.opened(SimulatedClock(utc_now())) as app:
        SignsOfLife(app, app.clock()).write()
    with closing(sqlite3.connect(desk.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert desk.run("health").exit_code == 0


def test_in_a_folder_that_was_just_laid_out_none_has_run_yet(desk: Desk) -> None:
    desk.edit('data = "."', 'data = "var"')
    desk.edit("monitor.db", "var/monitor.db")
    assert desk.run("health").stdout == "not well: no monitor has run on this database yet\n"
    assert not (desk.folder / "var").exists()
