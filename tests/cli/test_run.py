"""`run` as a real process: it shows what it sees, survives dead feeds, and ends in order when asked."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from monitor.cli.run import status_view
from tests.builders.shipped_rules import ROOT
from tests.builders.working_folder import Desk

LIMIT_S = 20.0
"""Only a broken program is waited for so long."""


@dataclass(slots=True)
class Running:
    """A monitor at work; `text` grows as it speaks."""

    process: subprocess.Popen[bytes]
    source: int
    text: str = ""
    changed: threading.Condition = field(default_factory=threading.Condition)

    def listen(self) -> None:
        while data := _some(self.source):
            with self.changed:
                self.text += data.decode("utf-8", "replace")
                self.changed.notify_all()

    def says(self, pattern: str) -> bool:
        """Waits until the output has the pattern."""
        with self.changed:
            return self.changed.wait_for(lambda: re.search(pattern, self.text, re.DOTALL) is not None, LIMIT_S)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(LIMIT_S)


def _some(source: int) -> bytes:
    try:
        return os.read(source, 65536)
    except OSError:  # the other end of a terminal is gone
        return b""


Start = Callable[..., Running]


@pytest.fixture
def start(desk: Desk) -> Iterator[Start]:
    """Starts `deal-monitor run`, off a terminal unless told otherwise; whatever still runs at the end is killed."""
    started: list[tuple[Running, threading.Thread]] = []

    def begin(*options: str, terminal: bool = False) -> Running:
        ours, theirs = pty.openpty() if terminal else os.pipe()
        environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "140"}
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", "--config", str(desk.config), "run", *options],
            cwd=desk.folder,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env=environment,
        )
        os.close(theirs)
        running = Running(process, ours)
        thread = threading.Thread(target=running.listen, daemon=True)
        thread.start()
        started.append((running, thread))
        return running

    yield begin
    for running, thread in started:
        running.process.kill()
        running.process.wait()
        thread.join(LIMIT_S)
        os.close(running.source)


@pytest.mark.slow
def test_off_a_terminal_the_table_is_printed_with_each_dead_feed_and_sigterm_ends_it(start: Start, desk: Desk) -> None:
    running = start()
    assert running.says(r"watching 2 feeds for 2 commitments")
    assert running.says(r"Soybeans.*PLEDGED")
    assert running.says(r"herald +│ failing │[^\n]*the connection was refused")
    assert running.says(r"ministry +│ failing │[^\n]*the connection was refused")
    assert "\x1b[" not in running.text, "no colours where nobody sees them"

    refused = desk.run("poll", "--once")
    assert refused.exit_code == 2
    assert f"in use by a running instance (process {running.process.pid})" in refused.stderr

    asked = time.monotonic()
    assert running.end() == 0
    assert time.monotonic() - asked < 10
    assert running.says("stopped")
    assert "Traceback" not in running.text
    assert desk.run("poll", "--once").exit_code == 0, "the database is free again"


@pytest.mark.slow
def test_on_a_terminal_the_table_is_kept_in_place_and_ctrl_c_ends_it(start: Start) -> None:
    running = start(terminal=True)
    assert running.says(r"Soybeans.*PLEDGED.*failing")
    assert running.end(signal.SIGINT) == 0
    assert running.says("stopped")
    assert "Traceback" not in running.text


@pytest.mark.slow
def test_a_feed_that_never_answers_does_not_hold_up_the_end(start: Start, desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        desk.edit("127.0.0.1:9/herald", f"127.0.0.1:{mute.getsockname()[1]}/herald")
        desk.edit("total_seconds = 3\ntimeout_seconds = 2", "total_seconds = 300\ntimeout_seconds = 200")
        running = start()
        mute.settimeout(LIMIT_S)
        connection, _ = mute.accept()
        with connection:
            assert running.says(r"herald +│ never"), "nor the first table"
            asked = time.monotonic()
            assert running.end() == 0
            assert time.monotonic() - asked < 10
    assert running.says("stopped")


def test_quiet_means_no_table(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for quiet in (False, True):
        news = threading.Event()
        news.set()
        with desk.opened() as app, status_view(app, quiet=quiet) as refresh:
            refresh(news)
        assert not news.is_set()
        shown.append(capsys.readouterr().out)
    assert "Commitments" in shown[0]
    assert shown[1] == ""
