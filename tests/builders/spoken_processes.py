"""The program as a process that is listened to, on a terminal or behind a pipe."""

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.builders.shipped_rules import ROOT

LIMIT_S = 30.0
"""Only a broken program is waited for so long."""


@dataclass(slots=True)
class Spoken:
    """A process at work. ours: our end of its terminal or pipe. text: all that it has said."""

    process: subprocess.Popen[bytes]
    ours: int
    text: str = ""

    def says(self, pattern: str) -> bool:
        """Listens until the text has the pattern, the process ends, or the limit is reached."""
        while not re.search(pattern, self.text, re.DOTALL) and select.select([self.ours], [], [], LIMIT_S)[0]:
            try:
                more = os.read(self.ours, 65536)
            except OSError:  # the other end of the terminal is gone
                more = b""
            if not more:
                break
            self.text += more.decode("utf-8", "replace")
        return re.search(pattern, self.text, re.DOTALL) is not None

    def ends(self, number: int | None = None) -> int:
        """The exit code, after this signal if one is given; listens to the end."""
        if number is not None:
            self.process.send_signal(number)
        self.says("(?!)")
        return self.process.wait(LIMIT_S)


@contextmanager
def spoken(*arguments: str | Path, terminal: bool, stdout: int | None = None) -> Iterator[Spoken]:
    """`deal-monitor` with these arguments; it is killed at the end. stdout: goes there and is not listened to."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=ROOT,
        stdin=theirs if terminal else subprocess.DEVNULL,
        stdout=theirs if stdout is None else stdout,
        stderr=theirs,
        env=environment | {"TERM": "xterm", "COLUMNS": "140"},
    )
    os.close(theirs)
    try:
        yield Spoken(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
