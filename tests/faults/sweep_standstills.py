"""What once stopped the whole program without a word: each row is brought about, and what happens is measured.

`python -m tests.faults.sweep_standstills [ROW ...]` prints a line a row, and fails if news is not told within a minute
after the cause has gone, if `health` finds nothing wrong or takes more than five seconds of an idle machine, if SIGTERM
takes more than ten, or if a repeat is not marked.
"""

# ruff: noqa: T201 - it prints what it finds

import os
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from benchmarks.measure import descendants
from tests.builders.silent_loss import silent_loss
from tests.faults.ends import pass_time, until
from tests.faults.load import Load, address, binary, load, log_lines
from tests.faults.program import Running

MOST_UNTOLD, MOST_HEALTH, MOST_END = 60.0, 5.0, 10.0
LOCKED_SECONDS = 24.0
"""Longer than the patience of a writer."""
WRITE_LOCK = "SELECT pg_advisory_xact_lock(hashtext('deal-monitor write'), hashtext(current_schema()))"


def told(work: Load, most: float = MOST_UNTOLD) -> str:
    """News is told; how long it took."""
    began = time.monotonic()
    work.show()
    until(work.all_told, most)
    return f"told after {time.monotonic() - began:.0f} s"


def health(work: Load, ahead: float = 0.0) -> str:
    """`health` finds something wrong, in time. ahead: asked as if so many seconds had passed."""
    now = (datetime.now(UTC) + timedelta(seconds=ahead)).isoformat()
    command, began = [sys.executable, "-m", "monitor", "--now", now, "health"], time.monotonic()
    environment = {**work.program._environment()}
    done = subprocess.run(command, cwd=work.program.folder, env=environment, capture_output=True, text=True, timeout=60)
    took, words = time.monotonic() - began, (done.stdout + done.stderr).strip().splitlines()
    assert done.returncode, "health finds nothing wrong"
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert took < MOST_HEALTH * busy, f"health took {took:.1f} s"
    return f'health after {took:.1f} s: "{words[0]}"'


def ended(run: Running) -> str:
    """SIGTERM ends the program in time."""
    began = time.monotonic()
    run.process.send_signal(signal.SIGTERM)
    run.process.wait(MOST_END)
    return f"SIGTERM obeyed after {time.monotonic() - began:.1f} s"


def log(work: Load) -> str:
    return "\n".join(log_lines(work.program.folder))


def findings(work: Load) -> str:
    counts, faults = work.findings()
    assert not faults, faults
    return counts


# ---------------------------------------------------------------- rows


def clock_set() -> Iterator[str]:
    """Clock an hour back, right again, two days ahead, right again."""
    with load("sqlite", goods=8, entry="tests.faults.injected") as work:
        work.first_poll()
        with work.program.running():
            yield f"right {told(work)}"
            for name, seconds in (("an hour back", -3600), ("right", 0), ("two days ahead", 172_800), ("right", 0)):
                (work.program.folder / "clock").write_text(str(seconds))
                yield f"{name}: {told(work)}"
        yield f"{log(work).count('the clock jumped')} jumps logged"
        counts, faults = work.findings()  # how long a channel was idle, no clock tells
        assert not [fault for fault in faults if "idle" not in fault], faults
        yield counts


def settlement() -> Iterator[str]:
    """SQLite locked by another program while a message is on its way."""
    with load("sqlite", goods=2) as work:
        work.first_poll()
        with work.program.running():
            work.chat.faults("slow=4:first=1")
            work.show()
            until(work.chat.posts)
            with closing(sqlite3.connect(work.program.folder / "monitor.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                pass_time(LOCKED_SECONDS)
            freed = time.monotonic()
            until(work.program.settled)
            yield f"recorded {time.monotonic() - freed:.0f} s after the lock was gone"
            yield told(work)
        yield findings(work)


def frozen_program() -> Iterator[str]:
    """The program frozen for ten minutes."""
    with load("sqlite", goods=2) as work:
        work.first_poll()
        with work.program.running() as run:
            yield told(work)
            run.process.send_signal(signal.SIGSTOP)
            yield f"two minutes later {health(work, 125)}"
            run.process.send_signal(signal.SIGCONT)
            yield f"then {told(work)}"
        yield findings(work)


def full_disk() -> Iterator[str]:
    """Disk full."""
    if os.getuid():
        yield "skipped: only root can make a small disk"
        return
    with load("sqlite:///disk/monitor.db", goods=3) as work, small_disk(work.program.folder / "disk") as disk:
        work.first_poll()
        with work.program.running():
            yield told(work)
            filler = disk / "filler"
            with filler.open("wb", 0) as file:
                try:
                    while file.write(b"x" * 4096):
                        pass
                except OSError:
                    work.show()
            pass_time(35)
            yield f"two minutes later {health(work, 125 - 35)}"
            filler.unlink()
            yield f"with space again {told(work)}"
        yield findings(work)


def deleted() -> Iterator[str]:
    """Database deleted, and the program started again."""
    with load("sqlite", goods=3) as work:
        work.first_poll()
        with work.program.running():
            yield told(work)
            (work.program.folder / "monitor.db").unlink()
            yield health(work)
        with work.program.running():
            until(lambda: "begins anew" in log(work))
            yield "the start warns that the database is gone"
            work.polled()
            yield f"then {told(work)}"


def silent_server() -> Iterator[str]:
    """PostgreSQL: the open connections silently drop all data."""
    with address("postgresql") as server, silent_loss(server) as way:
        port = server.rpartition(":")[2].partition("/")[0]
        with load(server.replace(port, str(way.port)), goods=3) as work:
            work.first_poll()
            with work.program.running() as run:
                yield told(work)
                way.lose()
                yield told(work, 2 * MOST_UNTOLD)
                way.lose()
                yield ended(run)
            yield findings(work)


def frozen_server() -> Iterator[str]:
    """PostgreSQL frozen."""
    with load("postgresql", goods=3) as work:
        work.first_poll()
        with work.program.running() as run:
            yield told(work)
            server = [pid for pid in descendants(os.getpid()) if Path(f"/proc/{pid}/comm").read_text() == "postgres\n"]
            lines = len(log(work).splitlines())
            for pid in server:
                os.kill(pid, signal.SIGSTOP)
            try:
                began = time.monotonic()
                yield health(work)
                until(lambda: len(log(work).splitlines()) > lines)
                yield f"logged after {time.monotonic() - began:.0f} s"
                yield ended(run)
            finally:
                for pid in server:
                    os.kill(pid, signal.SIGCONT)
        with work.program.running():
            yield f"restart with the server back: {told(work)}"
        yield findings(work)


def foreign_lock() -> Iterator[str]:
    """PostgreSQL: another session holds the write lock."""
    with load("postgresql", goods=3) as work:
        work.first_poll()
        with work.program.running():
            work.polled()
            lines = len(log(work).splitlines())
            with psycopg.connect(work.program.database) as other:
                other.execute(WRITE_LOCK)
                began = time.monotonic()
                until(lambda: len(log(work).splitlines()) > lines)
                yield f"logged after {time.monotonic() - began:.0f} s"
            yield f"freed: {told(work)}"
        with psycopg.connect(work.program.database) as other, work.program.running() as run:
            work.polled()
            other.execute(WRITE_LOCK)
            pass_time(3)
            yield ended(run)
        yield findings(work)


def cut_connections() -> Iterator[str]:
    """PostgreSQL: connections ended one after the other, also amid a send."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'monitor'"
    with load("postgresql", goods=12) as work:
        work.first_poll()
        with work.program.running():
            work.polled()
            work.chat.faults("slow=2:every=2")
            for _ in range(10):
                work.show()
                with psycopg.connect(work.program.database, autocommit=True) as other:
                    for _ in range(10):
                        other.execute(end + " LIMIT 1")
                        pass_time(0.3)
            yield told(work, 2 * MOST_UNTOLD)
            until(work.program.settled)
        text = log(work)
        assert "in use by a running instance" not in text, "its own threads compete for the lock"
        assert "Traceback" not in text, text[text.index("Traceback") - 500 :][:3000]
        yield findings(work)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of five megabytes."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


ROWS: tuple[Callable[[], Iterator[str]], ...] = (clock_set, settlement, frozen_program, full_disk, deleted)
SERVER_ROWS: tuple[Callable[[], Iterator[str]], ...] = (silent_server, frozen_server, foreign_lock, cut_connections)


def main() -> None:
    failed, asked = 0, sys.argv[1:]
    rows = [*ROWS, *(SERVER_ROWS if binary("initdb") else ())]
    for row in rows:
        if asked and row.__name__ not in asked:
            continue
        print(f"{row.__name__}: {row.__doc__}", flush=True)
        try:
            for measured in row():
                print(f"    {measured}", flush=True)
        except Exception as error:  # noqa: BLE001 - the other rows are measured too
            failed += 1
            print(f"    FAILED: {str(error) or traceback.format_exc()}", flush=True)
    if len(rows) == len(ROWS):
        print("PostgreSQL is not installed: its rows are skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
