"""A backup taken while a monitor works makes the same monitor elsewhere."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy import select

from monitor.domain.model import Entry
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import recover_and_catch_up, run_reviews
from monitor.runtime.backup.making import ABANDONED_S, STAGING
from monitor.runtime.simulation import SimulatedClock
from monitor.store import open_store
from monitor.store.tables import PUBLISHED
from tests.builders.databases import NOW, later
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import HERALD, Desk, command, objects

FILE = "backup.tar.gz"


def statuses(folder: Path) -> list[dict[str, Any]]:
    """What `status` says in a folder some days later."""
    config = folder / "config.toml"
    return objects(command("--config", config, "--now", later(days=3).isoformat(), "status", "--json").stdout)


def made(desk: Desk, *options: str) -> Path:
    """A backup of a folder, beside it."""
    file = desk.folder.parent / f"{desk.folder.name}-{FILE}"
    result = desk.run("backup", file, *options)
    assert result.exit_code == 0, result.stderr
    return file


def test_a_restored_monitor_has_the_same_statuses_rules_and_digests(desk: Desk, tmp_path: Path) -> None:
    desk.hear(BUYS, CANCELS, TANKERS)
    page = desk.folder / "digests" / "desk" / "2026-03-02T0800.html"
    page.parent.mkdir(parents=True)
    page.write_text("kept", encoding="utf-8")
    (desk.folder / "outbox").mkdir()
    file, new = made(desk), tmp_path / "new" / "place"
    result = command("restore", file, new)
    assert result.exit_code == 0, result.stderr
    assert f"Next: cd {new}" in result.stdout
    assert statuses(new) == statuses(desk.folder)
    assert (new / page.relative_to(desk.folder)).read_text(encoding="utf-8") == "kept"
    soy = Path("rules", "deal", "soy.yaml")
    assert (new / soy).read_text(encoding="utf-8") == (desk.folder / soy).read_text(encoding="utf-8")
    assert {path.name for path in new.iterdir()} == {"config.toml", "digests", "monitor.db", "rules", "templates"}
    assert "config.toml: monitor.templates now lead into this folder" in result.stdout


def test_a_backup_while_a_monitor_reads_and_decides_is_of_one_moment(desk: Desk, tmp_path: Path) -> None:
    """A thread takes in reports and decides on each, from before the backup until after it."""
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
        file = made(desk)
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
    assert restored.items() <= now.items(), "what was published until then, each verdict as it was"
    newest = {commitment: json.loads(body) for (commitment, _), body in restored.items()}
    told = {verdict["commitment"]: verdict["standing"] for verdict in statuses(new)}
    assert {name: verdict["standing"] for name, verdict in newest.items()} == {name: told[name] for name in newest}


def test_a_backup_is_this_users_alone_and_says_what_it_holds(desk: Desk) -> None:
    desk.hear(BUYS)
    file = made(desk)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    result = command("backup", "--check", file)
    assert result.exit_code == 0
    assert "2 commitments" in result.stdout
    assert json.loads(command("backup", "--check", file, "--json").stdout)["statuses"].keys() == {"soy", "ships"}
    assert {path.name for path in file.parent.iterdir()} >= {file.name}
    assert not list(file.parent.glob(f"{STAGING}*"))


def test_a_damaged_backup_exits_with_1_and_restores_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.lay_database()
    file = made(desk)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    new = tmp_path / "new"
    for arguments in (("backup", "--check", file), ("restore", file, new)):
        result = command(*arguments)
        assert result.exit_code == 1
        assert "Use another backup" in result.stderr
    assert not new.exists()


def test_secrets_are_in_a_backup_only_when_asked_for(desk: Desk, tmp_path: Path) -> None:
    desk.lay_database()
    (desk.folder / "keys").mkdir()
    (desk.folder / "keys" / "slack__token").write_text("xoxb-open-sesame", encoding="utf-8")
    (desk.folder / "keys" / "unrelated").write_text("not ours", encoding="utf-8")
    (desk.folder / "site.key").write_text("k" * 40, encoding="utf-8")
    desk.edit('data = "."', 'data = "."\nsecrets_dir = "keys"')
    new = tmp_path / "new"
    result = command("restore", made(desk, "--with-secrets"), new)
    assert "give the secrets" not in result.stdout
    private = (*(new / "keys").iterdir(), new / "site.key", new / "keys", new / "monitor.db")
    modes = {path.relative_to(new).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in private}
    assert modes == {"keys/slack__token": 0o600, "site.key": 0o600, "keys": 0o700, "monitor.db": 0o600}
    (tmp_path.parent / f"{tmp_path.name}-{FILE}").unlink()
    bare = tmp_path / "bare"
    result = command("restore", made(desk), bare)
    assert "give the secrets" in result.stdout
    assert not (bare / "keys").exists()
    assert not (bare / "site.key").exists()


def test_of_the_backups_in_a_folder_the_newest_are_kept_and_nothing_else_is_touched(desk: Desk, tmp_path: Path) -> None:
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
    assert "removed" in result.stdout


def test_what_a_killed_backup_left_is_removed_by_a_later_one(desk: Desk) -> None:
    desk.lay_database()
    killed, running = (desk.folder / f"{STAGING}{name}" for name in ("killed", "running"))
    for folder in (killed, running):
        folder.mkdir()
    long_ago = killed.stat().st_mtime - 2 * ABANDONED_S
    os.utime(killed, (long_ago, long_ago))
    assert desk.run("backup", desk.folder / FILE).exit_code == 0
    assert (killed.exists(), running.exists()) == (False, True)


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    desk.lay_database()
    file = made(desk)
    again = desk.run("backup", file)
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)
    result = command("restore", file, desk.folder)
    assert result.exit_code == 2
    assert "is not empty (config.toml, monitor.db, rules)" in result.stderr


def test_a_database_on_a_server_is_left_to_its_own_tools(desk: Desk) -> None:
    desk.edit("sqlite:///monitor.db", "postgresql+psycopg://me@127.0.0.1:9/name")
    result = desk.run("backup", desk.folder / FILE)
    assert result.exit_code == 2
    assert "pg_dump --format=custom" in result.stderr


def test_options_that_do_not_go_together_are_refused(desk: Desk) -> None:
    for arguments in (("--check", FILE, "--keep", "2"), (FILE, "--keep", "2"), ("--check", "none.tar.gz")):
        assert desk.run("backup", *arguments).exit_code == 2
    assert "create it first" in desk.run("backup", desk.folder / "none" / FILE).stderr


def test_messages_that_waited_are_told_as_they_go_out_again(desk: Desk, tmp_path: Path) -> None:
    desk.hear(BUYS)
    assert (
        "1 message waited to be sent when the backup was made"
        in command("restore", made(desk), tmp_path / "new").stdout
    )
