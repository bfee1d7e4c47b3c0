"""A backup taken while a monitor works restores the same monitor elsewhere."""

import json
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select

from monitor.domain.model import Entry
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import recover_and_catch_up, run_reviews
from monitor.runtime.clock_watch import ClockWatch
from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.session import utc_now
from monitor.runtime.simulation import SimulatedClock
from monitor.store import open_store
from monitor.store.tables import PUBLISHED
from tests.builders.databases import NOW, later
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import HERALD, Desk, command, objects

FILE = "backup.tar.gz"


def statuses(folder: Path) -> list[dict[str, Any]]:
    """The output of `status` in a folder some days later."""
    config = folder / "config.toml"
    return objects(command("--config", config, "--now", later(days=3).isoformat(), "status", "--json").stdout)


def back_up(desk: Desk, *options: str) -> Path:
    file = desk.folder.parent / f"{desk.folder.name}-{FILE}"
    result = desk.run("--now", later(days=3).isoformat(), "backup", file, *options)
    assert result.exit_code == 0, result.stderr
    return file


def test_a_restored_monitor_has_the_same_statuses_and_rules(desk: Desk, tmp_path: Path, wording: GoldenWording) -> None:
    desk.hear(BUYS, CANCELS, TANKERS)
    (desk.folder / "outbox").mkdir()
    (desk.folder / "site.key").write_text("k" * 40, encoding="utf-8")
    file, new = back_up(desk), tmp_path / "new" / "place"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    result = command("restore", file, new)
    assert result.exit_code == 0, result.stderr
    assert statuses(new) == statuses(desk.folder)
    soy = Path("rules", "deal", "soy.yaml")
    assert (new / soy).read_text(encoding="utf-8") == (desk.folder / soy).read_text(encoding="utf-8")
    assert {path.name for path in new.iterdir()} == {"config.toml", "monitor.db", "rules"}
    assert stat.S_IMODE((new / "monitor.db").stat().st_mode) == 0o600
    wording(result.stdout)


def test_files_outside_the_folder_are_restored_beside_it_and_named(
    desk: Desk, tmp_path: Path, wording: GoldenWording
) -> None:
    desk.hear(BUYS)
    outside = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    (desk.folder / "rules").rename(outside)
    desk.edit('rules = "rules"', f"rules = {json.dumps(str(outside))}")
    result = command("restore", back_up(desk), tmp_path / "new")
    assert (tmp_path / "new" / "elsewhere" / "rules" / "deal" / "soy.yaml").is_file()
    wording(result.stdout, hide={str(outside): "OUTSIDE"})


@pytest.mark.slow
def test_a_backup_while_a_monitor_reads_and_decides_is_of_one_moment(desk: Desk, tmp_path: Path) -> None:
    """A thread ingests reports and decides on each, from before the backup until after it."""
    begun, stop = Event(), Event()
    clock = SimulatedClock(NOW)

    def work() -> None:
        with desk.opened(clock) as app:
            recover_and_catch_up(app)
            ingest(app.store, app.rulebook, HERALD, FetchedDocument(()), NOW)
            number = 0
            while number < 400 and not (stop.is_set() and number > 6):
                number += 1
                clock.move(NOW + timedelta(hours=number))
                page, title = f"https://herald.example/{number}", f"{(BUYS, CANCELS)[number % 2]}, report {number}"
                entry = Entry(page, title, page, clock.now, "", HERALD.publisher)
                ingest(app.store, app.rulebook, HERALD, FetchedDocument((entry,)), clock.now)
                run_reviews(app, settled=True)
                if number == 3:
                    begun.set()

    worker = Thread(target=work)
    worker.start()
    try:
        assert begun.wait(20)
        file = back_up(desk)
    finally:
        stop.set()
        worker.join()
    new = tmp_path / "new"
    assert command("restore", file, new).exit_code == 0
    recorded = select(PUBLISHED).order_by(PUBLISHED.c.commitment, PUBLISHED.c.version)
    histories = []
    for folder in (new, desk.folder):
        store = open_store(f"sqlite:///{folder / 'monitor.db'}")
        with store.read() as conn:
            histories.append({(row.commitment, row.version): row.body for row in conn.execute(recorded)})
        store.close()
    restored, now = histories
    assert restored
    assert restored.items() <= now.items(), "every verdict published before the backup, unchanged"
    newest = {commitment: json.loads(body) for (commitment, _), body in restored.items()}
    shown = {verdict["commitment"]: verdict["standing"] for verdict in statuses(new)}
    assert {name: verdict["standing"] for name, verdict in newest.items()} == {name: shown[name] for name in newest}


def test_a_damaged_backup_exits_with_1_and_restores_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.lay_database()
    file = back_up(desk)
    file.write_bytes(file.read_bytes()[:-2000])
    assert command("restore", file, tmp_path / "new").exit_code == 1
    assert not (tmp_path / "new").exists()


def test_a_folder_keeps_the_newest_backups_and_all_other_files(desk: Desk, tmp_path: Path) -> None:
    desk.lay_database()
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "deal-monitor-notes.tar.gz").write_text("mine", encoding="utf-8")
    for day in range(4):
        result = command("--config", desk.config, "--now", later(days=day).isoformat(), "backup", shelf, "--keep", "2")
        assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in shelf.iterdir()) == [
        "deal-monitor-20260304T090000Z.tar.gz",
        "deal-monitor-20260305T090000Z.tar.gz",
        "deal-monitor-notes.tar.gz",
    ]


def test_nothing_is_overwritten_and_nothing_written_without_a_folder(desk: Desk, wording: GoldenWording) -> None:
    desk.lay_database()
    file = back_up(desk)
    calls = (("backup", file), ("restore", file, desk.folder), ("backup", file, "--keep", "2"))
    results = [desk.run(*call) for call in (*calls, ("backup", desk.folder / "none" / FILE))]
    assert [result.exit_code for result in results] == [1, 2, 2, 1]
    wording((result.stderr for result in results), hide={str(file): FILE})


def test_a_database_on_a_server_is_left_to_its_own_tools(desk: Desk, wording: GoldenWording) -> None:
    desk.edit("sqlite:///monitor.db", "postgresql+psycopg://me@127.0.0.1:9/name")
    result = desk.run("backup", desk.folder / FILE)
    assert result.exit_code == 2
    wording(result.stderr)


def test_restore_warns_of_messages_that_may_be_sent_again(desk: Desk, tmp_path: Path, wording: GoldenWording) -> None:
    desk.hear(BUYS)
    wording(command("restore", back_up(desk), tmp_path / "new").stdout)


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
    assert values == {
        "ok": True,
        "workers": 0,
        "reasons": [],
        "polled_at": None,
        "decided_at": None,
        "held": 0,
        "standbys": 0,
        "clock": [],
        "model": [],
    }


def test_health_notes_a_jump_of_the_clock(desk: Desk) -> None:
    now = utc_now()
    with desk.opened(SimulatedClock(now)) as app:
        HealthRecorder(app, now).write()
        watch = ClockWatch(app.store)
        assert [watch.jumped(now + timedelta(hours=hours), 0.0, now) for hours in (0, 48)] == [False, True]
    result = desk.run("health")
    assert (result.exit_code, "note: the clock jumped 2 days, 0:00:00 ahead" in result.stdout) == (0, True)
    assert json.loads(desk.run("health", "--json").stdout)["clock"]


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
