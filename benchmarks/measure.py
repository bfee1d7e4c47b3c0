"""How a bench measures and what it gives: CPU time of whole process trees, medians, rows of the table.

A bench is a module with a function `measure(setup)` that yields rows and sections. `run` makes a command of it:

    python -m benchmarks.bench_match [--stories FILE] [--runs 5] [--smoke]

CPU time is user and system time of all processes of the program together; servers and peers are processes of their
own and counted apart. Ratios are taken within one run. Absolute times are also given at reference speed: the speed of
the machine whose imports took REFERENCE_IMPORTS.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from statistics import geometric_mean, median
from tempfile import TemporaryDirectory
from typing import IO, Any, Literal, TypeAlias

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks" / ".venv" / "bin" / "python"
SAMPLE = ROOT / "monitor" / "samples" / "year.jsonl"
CACHE = ROOT / "var" / "bench-cache"
REFERENCE_IMPORTS = {"sqlalchemy": 450.0, "sqlmodel": 750.0, "feedparser": 123.0, "aiohttp": 326.0}
"""Milliseconds of CPU that a fresh interpreter took to import each, on the machine at 2.5 GHz for which the bars are
set."""
RUNS = 5
LONG_RUN, VERY_LONG_RUN = 4.0, 10.0
"""Seconds of one run above which three runs, or one, stand for five: all benches together shall take eight minutes."""
SAMPLED_EVERY = 0.02
"""Seconds between two looks at the memory of a child."""
CORPUS = 10_000
"""Stories that an archive needs for the rows whose bar is set for a year of news."""


# ---------------------------------------------------------------- what a bench gives


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. values: one a run; least, most: the bar, None for none.

    scales: how an absolute value becomes one at reference speed; '' for ratios and sizes. skipped, failed: why there
    are no values.
    """

    name: str
    values: tuple[float, ...] = ()
    unit: str = ""
    least: float | None = None
    most: float | None = None
    scales: Literal["", "time", "rate"] = ""
    note: str = ""
    skipped: str = ""
    failed: str = ""

    def at_reference(self, speed: float) -> float:
        """The median on a machine that is `speed` times slower than this one."""
        middle = median(self.values)
        return middle * speed if self.scales == "time" else middle / speed if self.scales == "rate" else middle

    def verdict(self, speed: float) -> str:
        """'met', 'missed', 'skipped', 'failed', or '' where there is no bar."""
        if self.skipped or self.failed:
            return "**failed**" if self.failed else "skipped"
        if self.least is None and self.most is None:
            return ""
        value = self.at_reference(speed)
        holds = (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
        return "met" if holds else "**missed**"


@dataclass(frozen=True, slots=True)
class Section:
    """What the table has no room for: a heading and lines of Markdown below it."""

    title: str
    lines: tuple[str, ...]


Finding: TypeAlias = Row | Section

HEADINGS = ("bench", "median", "spread (runs)", "at reference speed", "bar", "verdict", "remarks")


def table(rows: Iterable[Row], speed: float) -> list[str]:
    """The rows as a table in Markdown."""
    lines = [f"| {' | '.join(HEADINGS)} |", "|" + "---|" * len(HEADINGS)]
    return lines + [f"| {' | '.join(cells(row, speed))} |" for row in rows]


def cells(row: Row, speed: float) -> tuple[str, ...]:
    bar = f"≥ {number(row.least)}" if row.least is not None else f"≤ {number(row.most)}" if row.most is not None else ""
    if row.skipped or row.failed:
        return row.name, "", "", "", bar, row.verdict(speed), row.failed or row.skipped
    spread = f"{number(min(row.values))} - {number(max(row.values))} ({len(row.values)})"
    reference = number(row.at_reference(speed)) if row.scales else ""
    value = f"{number(median(row.values))} {row.unit}".strip()
    return row.name, value, spread, reference, bar, row.verdict(speed), row.note


def number(value: float | None) -> str:
    """Three significant digits, and all of those before the point."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


# ---------------------------------------------------------------- what a bench is given


@dataclass(frozen=True)
class Setup:
    """What a bench works with. stories: an archive; work: an empty folder of its own; smoke: on inputs so small that
    the figures mean nothing; servers: where hostile_server.py lies, None if nowhere."""

    stories: Path
    work: Path
    runs: int = RUNS
    smoke: bool = False
    servers: Path | None = None
    known_speed: float | None = None

    @cached_property
    def speed(self) -> float:
        """How many times faster than the reference machine this one is."""
        return self.known_speed or speed_of(calibration(1 if self.smoke else 3))

    @property
    def peers(self) -> Path | None:
        """The interpreter that has the peers; None where they are not set up or not wanted."""
        return PEERS if PEERS.exists() and not self.smoke else None

    @cached_property
    def environment(self) -> dict[str, str]:
        """The variables of a child: this program, and the cache of compiled rules that all benches share."""
        return {"DEAL_MONITOR_CACHE": str(CACHE), **os.environ, "PYTHONPATH": str(ROOT)}

    def size(self, whole: int, smoke: int) -> int:
        return smoke if self.smoke else whole

    def command(self, *arguments: str | Path, **options: Any) -> Spent:
        """One `deal-monitor` command as a process of its own."""
        return child([sys.executable, "-m", "monitor", *map(str, arguments)], self.environment, **options)

    def repeated(self, once: Callable[[], float]) -> tuple[float, ...]:
        """The value of `runs` runs; of fewer where one takes long."""
        began = time.perf_counter()
        values = [once()]
        seconds = time.perf_counter() - began
        wanted = 1 if seconds > VERY_LONG_RUN or self.smoke else min(self.runs, 3 if seconds > LONG_RUN else self.runs)
        return (*values, *(once() for _ in range(wanted - 1)))


NO_PEERS = "goes without the peers: a smoke run, or one where they cannot be set up"


def too_few(stories: int, needed: int = CORPUS) -> str:
    """Why a row that needs an archive is skipped; '' if this one is large enough."""
    return "" if stories >= needed else f"needs an archive of {needed:,} stories; this one has {stories:,}"


# ---------------------------------------------------------------- processes


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process and those that it waited for took: seconds of CPU and of the clock, and the most megabytes
    that one of them held."""

    cpu: float
    wall: float
    peak_mb: float


def child(
    arguments: list[str],
    environment: Mapping[str, str],
    *,
    cwd: Path = ROOT,
    given: Path | None = None,
    output: Path | None = None,
    exits: tuple[int, ...] = (0,),
) -> Spent:
    """Run a process to its end. given, output: files for standard input and output. exits: codes that are no failure.

    Raises RuntimeError with what the process wrote to standard error.
    """
    with (
        open(given or os.devnull, "rb") as stdin,
        open(output or os.devnull, "wb") as stdout,
        TemporaryDirectory() as folder,
        (Path(folder) / "stderr").open("w+b") as stderr,
    ):
        began = time.perf_counter()
        process = subprocess.Popen(arguments, cwd=cwd, env=environment, stdin=stdin, stdout=stdout, stderr=stderr)
        ended, status, usage, peak = 0, 0, None, 0.0
        while not ended:
            # The peak that wait4 tells would be that of this process where it is larger than the child.
            peak = max([peak, *map(peak_of, (process.pid, *descendants(process.pid)))])
            time.sleep(SAMPLED_EVERY)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        assert usage is not None
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in exits:
            stderr.seek(0)
            text = stderr.read().decode(errors="replace")
            raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}:\n{text[-2000:]}")
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, peak)


class Driver:
    """A process that is told what to do by JSON lines on standard input, and answers each with a JSON line."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str]) -> None:
        self.arguments = " ".join(arguments)
        self.process = subprocess.Popen(
            arguments, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ready = self._answer()
        """What it says when it has started."""

    def ask(self, **what: Any) -> dict[str, Any]:
        _stream(self.process.stdin).write(json.dumps(what) + "\n")
        _stream(self.process.stdin).flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = _stream(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self.arguments} ended with {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


@contextmanager
def driver(module: str, *arguments: str | Path, setup: Setup, python: Path | None = None) -> Iterator[Driver]:
    """A module of this folder as a driver. It ends by itself when its input ends."""
    words = [str(python or sys.executable), "-m", module, *map(str, arguments)]
    running = Driver(words, setup.environment)
    try:
        yield running
    finally:
        _stream(running.process.stdin).close()
        try:
            running.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            running.process.kill()
            running.process.wait()
        _stream(running.process.stdout).close()


def cpu_of_this() -> float:
    """Seconds of CPU of this process, of its children that ended, and of those that run."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = sum(cpu_of(pid) for pid in descendants(os.getpid()))
    return time.process_time() + ended.ru_utime + ended.ru_stime + running


def cpu_of(pid: int) -> float:
    """Seconds of CPU of a running process and of its children that ended, to a hundredth; 0 if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """Megabytes that a process holds now, a page of several processes by its share (PSS), so that a sum counts each
    page once; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("Pss:")), 0.0)


def peak_of(pid: int) -> float:
    """The most megabytes that a process has held; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


def descendants(pid: int) -> list[int]:
    """The running processes that a process has started, and those that they have."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(word) for word in task.read_text().split()]
        except OSError:
            continue
        found += [name for one in children for name in (one, *descendants(one))]
    return found


# ---------------------------------------------------------------- the machine


def calibration(runs: int) -> dict[str, float]:
    """Milliseconds of CPU that a fresh interpreter takes to import each of REFERENCE_IMPORTS: the least of some runs,
    as other work on the machine only adds to it."""
    return {
        library: min(child([sys.executable, "-c", f"import {library}"], os.environ).cpu * 1000 for _ in range(runs))
        for library in REFERENCE_IMPORTS
    }


def speed_of(imports: Mapping[str, float]) -> float:
    """How many times faster than the reference machine these imports were: the geometric mean."""
    return geometric_mean(REFERENCE_IMPORTS[library] / took for library, took in imports.items())


# ---------------------------------------------------------------- a bench as a command


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that every bench has, and that `report` passes on."""
    add, stories = parser.add_argument, os.environ.get("BENCH_STORIES") or str(SAMPLE)
    add(
        "--stories", type=Path, default=Path(stories), help="JSON lines, also gzipped [$BENCH_STORIES, the sample year]"
    )
    servers = Path(os.environ["BENCH_SERVERS"]) if os.environ.get("BENCH_SERVERS") else None
    add("--servers", type=Path, default=servers, help="folder of hostile_server.py [$BENCH_SERVERS]")
    add("--runs", type=int, default=RUNS, help="runs of which the median is given, where one is short")
    add("--smoke", action="store_true", help="tiny inputs and no peers: does it work at all?")


def run(claim: str | None, measure: Callable[[Setup], Iterable[Finding]]) -> None:
    """The command line of a bench: prints its table and sections, or with --json a line for each."""
    parser = argparse.ArgumentParser(description=claim, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--json", action="store_true", help="a JSON line for each row and section")
    parser.add_argument("--speed", type=float, help="times faster than the reference machine [measured]")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="bench-") as folder:
        setup = Setup(asked.stories.resolve(), Path(folder), asked.runs, asked.smoke, asked.servers, asked.speed)
        for finding in measure(setup):
            if asked.json:
                print(json.dumps(asdict(finding), ensure_ascii=False), flush=True)
            elif isinstance(finding, Row):
                print(" | ".join(cell for cell in cells(finding, setup.speed) if cell), flush=True)
            else:
                print("", f"## {finding.title}", "", *finding.lines, sep="\n", flush=True)


def finding_of(line: str) -> Finding:
    """What a bench printed with --json."""
    values = json.loads(line)
    if "lines" in values:
        return Section(values["title"], tuple(values["lines"]))
    return Row(**{**values, "values": tuple(values["values"])})
