"""Progress of long work on stderr: one live line on a terminal; elsewhere a plain line after 10, 20, 40 ... seconds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic
from typing import TextIO

from monitor.long_work import Step, listened_to_by

QUIET_SECONDS = 0.4
"""Shorter work shows nothing: people begin to wonder after about a second (estimate)."""
TICK_SECONDS = 0.1
FIRST_LINE_SECONDS = 10.0


@contextmanager
def shown_progress() -> Iterator[None]:
    """Shows the long work of this thread while the context lasts."""
    terminal = sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
    with listened_to_by(LiveLine() if terminal else PlainLines(sys.stderr)):
        yield


@dataclass(slots=True)
class Work:
    what: str
    total: int | None
    unit: str
    done: int = 0

    def count(self) -> str:
        """ "1,200 of 5,000 stories", "1,200 stories", or '' without a count."""
        if not self.done and self.total is None:
            return ""
        total = "" if self.total is None else f" of {self.total:,}"
        return f"{self.done:,}{total} {self.unit}".rstrip()


@dataclass(slots=True)
class PlainLines:
    """Prints few whole lines, so that the log of a build stays short."""

    stream: TextIO
    clock: Callable[[], float] = monotonic

    @contextmanager
    def show(self, what: str, total: int | None, unit: str) -> Iterator[Step]:
        work, began, wait = Work(what, total, unit), self.clock(), FIRST_LINE_SECONDS

        def step(done: int) -> None:
            nonlocal wait
            if self.clock() - began >= wait:
                wait *= 2
                work.done = done
                self.stream.write(f"{what}: {work.count()}\n")
                self.stream.flush()

        yield step


@dataclass(slots=True)
class LiveLine:
    """Keeps one line of the terminal up to date, for the innermost work. A thread of its own draws it."""

    works: list[Work] = field(default_factory=list)
    process: int = field(default_factory=os.getpid)

    @contextmanager
    def show(self, what: str, total: int | None, unit: str) -> Iterator[Step]:
        work = Work(what, total, unit)
        if os.getpid() != self.process:  # a forked process inherits the listener, not the thread
            yield lambda _done: None
            return

        def step(done: int) -> None:
            work.done = done

        ended, outermost = Event(), not self.works
        thread = Thread(target=self._draw, args=(ended,), name="progress", daemon=True)
        self.works.append(work)
        if outermost:
            thread.start()
        try:
            yield step
        finally:
            if outermost:
                ended.set()
                thread.join()
            self.works.remove(work)

    def _draw(self, ended: Event) -> None:
        """Draws until the work ends, then erases the line. rich is imported only for work that takes long."""
        if ended.wait(QUIET_SECONDS):
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = TextColumn("{task.description}", markup=False), TextColumn("{task.fields[count]}", markup=False)
        bar = Progress(
            SpinnerColumn(),
            columns[0],
            BarColumn(20),
            columns[1],
            TimeElapsedColumn(),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
            # Output of the command to the same terminal is printed above the line; a pipe or file is left alone.
            redirect_stdout=sys.stdout.isatty(),
        )
        with bar:
            shown, task = None, None
            while not ended.wait(TICK_SECONDS):
                work = self.works[-1]
                if work is not shown:
                    if task is not None:
                        bar.remove_task(task)
                    shown, task = work, bar.add_task(work.what, count="")
                assert task is not None
                bar.update(task, completed=work.done, total=work.total, count=work.count(), refresh=True)
