"""Progress of long work on stderr: one live line on a terminal; elsewhere a plain line after 10, 20, 40 ... seconds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from monitor.long_work import Step

if TYPE_CHECKING:
    from rich.progress import Progress

QUIET_SECONDS = 0.4
"""Shorter work shows nothing: people begin to wonder after about a second (estimate)."""
TICK_SECONDS = 0.1
FIRST_LINE_SECONDS = 10.0


def count_text(done: int, total: int | None, unit: str) -> str:
    """ "1,200 of 5,000 stories", "1,200 stories", or '' without a count."""
    if not done and total is None:
        return ""
    return f"{done:,}{'' if total is None else f' of {total:,}'} {unit}".rstrip()


@dataclass
class PlainLines:
    """Prints few whole lines, so that the log of a build stays short."""

    stream: TextIO
    clock: Callable[[], float] = monotonic

    @contextmanager
    def show(self, what: str, total: int | None, unit: str) -> Iterator[Step]:
        began, wait = self.clock(), FIRST_LINE_SECONDS

        def step(done: int) -> None:
            nonlocal wait
            if self.clock() - began >= wait:
                wait *= 2
                self.stream.write(f"{what}: {count_text(done, total, unit)}\n")
                self.stream.flush()

        yield step


@dataclass
class LiveLine:
    """Keeps a line of the terminal up to date for each work in progress."""

    process: int = field(default_factory=os.getpid)
    bar: Progress | None = None

    @contextmanager
    def show(self, what: str, total: int | None, unit: str) -> Iterator[Step]:
        if os.getpid() != self.process:  # a forked process inherits the listener, not the thread that draws
            yield lambda _done: None
            return
        outer, bar = self.bar, self.bar or new_bar()
        begins = Timer(QUIET_SECONDS, bar.start)
        begins.daemon = True
        if outer is None:
            begins.start()
            self.bar = bar
        task, drawn = bar.add_task(what, total=total, count=""), 0.0

        def step(done: int) -> None:
            nonlocal drawn
            if (now := monotonic()) - drawn >= TICK_SECONDS:
                drawn = now
                bar.update(task, completed=done, count=count_text(done, total, unit))

        try:
            yield step
        finally:
            bar.remove_task(task)
            if outer is None:
                begins.cancel()
                begins.join()
                bar.stop()
                self.bar = None


def new_bar() -> Progress:
    """A line that is erased at the end. rich is imported only for work on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    what, count = TextColumn("{task.description}", markup=False), TextColumn("{task.fields[count]}", markup=False)
    return Progress(
        *(SpinnerColumn(), what, BarColumn(20), count, TimeElapsedColumn()),
        console=Console(stderr=True),
        transient=True,
        # Output of the command to the same terminal is printed above the line; a pipe or file is left alone.
        redirect_stdout=sys.stdout.isatty(),
    )
