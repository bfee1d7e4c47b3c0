"""Signs of life on standard error: what a command does, how far it is, how fast it goes. Standard output stays clean.

On a terminal one line is kept up to date and leaves nothing behind. Elsewhere, and where $CI is set, whole lines are printed, the
first after ten seconds and each next one after twice the time: the log of a build stays short.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, RLock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO, cast

from monitor.long_work import Step, listened_to_by

if TYPE_CHECKING:
    from rich.progress import Progress

TICK_SECONDS = 0.1
"""Between two looks of the line; ten a second look steady."""
QUIET_SECONDS = 0.4
"""A command that has ended by then shows nothing, an estimate: people begin to wonder after about a second."""
RATE_SECONDS = 2.0
"""Before a rate is told: earlier it says more of the start than of the work."""
FIRST_LINE_SECONDS = 10.0
"""Before the first whole line off a terminal."""
BAR_WIDTH = 24
ROOM_FOR_BAR = 100
"""Columns of a terminal from which on there is room for a bar beside all words."""
ERASE_LINE = "\r\x1b[2K"


@dataclass(eq=False)
class Work:
    """One piece of work, as far as it is told."""

    what: str
    total: int | None
    unit: str
    began: float
    done: int = 0

    def count(self, now: float) -> str:
        """ "1,200 of 5,000 stories, 310/s"; nothing where nothing is counted. now: seconds of the clock of `began`."""
        if not self.done and self.total is None:
            return ""
        much = f"{self.done:,}" if self.total is None else f"{self.done:,} of {self.total:,}"
        took = now - self.began
        rate = f", {self.done / took:,.0f}/s" if took >= RATE_SECONDS and self.done >= took else ""
        return f"{much} {self.unit}".rstrip() + rate


@contextmanager
def shown_progress() -> Iterator[None]:
    """Shows long work of this thread on standard error while the context lasts."""
    on_terminal = sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
    if not on_terminal:
        with listened_to_by(PlainLines(sys.stderr)):
            yield
        return
    line = TerminalLine(sys.stderr)
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (line.above(stream) if stream.isatty() else stream for stream in streams)
    try:
        with listened_to_by(line):
            yield
    finally:
        sys.stdout, sys.stderr = streams


class PlainLines:
    """Whole lines, seldom."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = monotonic) -> None:
        self._stream, self._clock = stream, clock

    @contextmanager
    def show(self, what: str, total: int | None, unit: str) -> Iterator[Step]:
        """Prints how far the work is after ten seconds, twenty, forty and so on."""
        work, after = Work(what, total, unit, self._clock()), FIRST_LINE_SECONDS

        def step(done: int) -> None:
            nonlocal after
            now = self._clock()
            if now - work.began >= after:
                after *= 2
                work.done = done
                self._stream.write(f"{what}: {work.count(now)}\n")
                self._stream.flush()

        yield step


@dataclass(eq=False)
class TerminalLine:
    """The last line of a terminal, for the innermost work that goes on. A thread keeps it up to date.

    started: seconds of the clock when the command began. by_itself: whether the thread is started; else whoever tests it calls `tick`.
    """

    stream: TextIO
    clock: Callable[[], float] = monotonic
    by_itself: bool = True
    _going: list[Work] = field(default_factory=list)
    _drawn: bool = False
    _mid_line: bool = False
    """Whether other output has left the cursor within a line: a question, say."""
    _lock: RLock = field(default_factory=RLock)
    _bar: Progress | None = None

    def __post_init__(self) -> None:
        self.started, self._process = self.clock(), os.getpid()

    @contextmanager
    def show(self, what: str, total: int | None, unit: str) -> Iterator[Step]:
        """Shows this work until the context ends. A forked process, which has inherited the listener, shows nothing."""
        work = Work(what, total, unit, self.clock())
        if os.getpid() != self._process:
            yield lambda _done: None
            return
        with self._ticking(), self._on_top(work):

            def step(done: int) -> None:
                work.done = done

            yield step

    @contextmanager
    def _on_top(self, work: Work) -> Iterator[None]:
        with self._lock:
            self._going.append(work)
        try:
            yield
        finally:
            with self._lock:
                self._going.remove(work)
                self._erase()

    @contextmanager
    def _ticking(self) -> Iterator[None]:
        """Keeps the line up to date while anything goes on."""
        if self._going or not self.by_itself:
            yield
            return
        ended = Event()

        def tick_on() -> None:
            while not ended.wait(TICK_SECONDS):
                self.tick()

        thread = Thread(target=tick_on, name="progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(timeout=1)

    def tick(self) -> None:
        """Draws the line anew, unless the command is young or other output stands in its place."""
        with self._lock:
            now = self.clock()
            if not self._going or self._mid_line or now - self.started < QUIET_SECONDS:
                return
            if now - self._going[-1].began < TICK_SECONDS:
                return
            self.stream.write(ERASE_LINE + self._text(self._going[-1], now))
            self.stream.flush()
            self._drawn = True

    def _text(self, work: Work, now: float) -> str:
        """The line: what is done, a bar where the end is known, how far it is, since when."""
        bar = self._bar = self._bar or _progress_bar(self.stream, self.clock)
        if not bar.tasks or bar.tasks[0].fields["work"] is not work:
            for task in bar.task_ids:
                bar.remove_task(task)
            bar.add_task(work.what, total=work.total, work=work, count="")
        # The work began before the bar knew of it.
        bar.tasks[0].start_time = work.began
        bar.update(bar.tasks[0].id, completed=work.done, count=work.count(now))
        with bar.console.capture() as captured:
            bar.console.print(bar.make_tasks_table(bar.tasks))
        return captured.get().splitlines()[0].rstrip()

    def _erase(self) -> None:
        if self._drawn:
            self.stream.write(ERASE_LINE)
            self.stream.flush()
            self._drawn = False

    def above(self, stream: TextIO) -> TextIO:
        """A stream to the same terminal, for which the line makes room."""
        return cast(TextIO, _Above(stream, self))

    def make_room(self, stream: TextIO, text: str) -> int:
        """Writes other output in the place of the line, which is drawn again below it."""
        with self._lock:
            self._erase()
            written = stream.write(text)
            if self._going:
                stream.flush()
            self._mid_line = not text.endswith("\n") if text else self._mid_line
        return written


class _Above:
    """A stream that writes through `TerminalLine.make_room` and is the given one in all else."""

    def __init__(self, stream: TextIO, line: TerminalLine) -> None:
        self._stream, self._line = stream, line

    def write(self, text: str) -> int:
        return self._line.make_room(self._stream, text)

    def writelines(self, lines: list[str]) -> None:
        self.write("".join(lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _progress_bar(stream: TextIO, clock: Callable[[], float]) -> Progress:
    """The columns of the line. rich is loaded here, so that a short command does without it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.table import Column

    class KnownEndColumn(BarColumn):
        """A bar for work whose end is known."""

        def render(self, task: Any) -> Any:
            return super().render(task) if task.total is not None else ""

    console = Console(file=stream, force_terminal=True, highlight=False)
    wide = console.width >= ROOM_FOR_BAR

    def text(template: str, most: int | None = None) -> ProgressColumn:
        return TextColumn(
            template, markup=False, table_column=Column(no_wrap=True, overflow="ellipsis", max_width=most)
        )

    spinner = SpinnerColumn("dots" if (stream.encoding or "").lower().startswith("utf") else "line")
    what, count = text("{task.description}", 40 if wide else 30), text("{task.fields[count]}")
    columns = (spinner, what, *([KnownEndColumn(BAR_WIDTH)] if wide else []), count, TimeElapsedColumn())
    return Progress(*columns, console=console, auto_refresh=False, get_time=clock)
