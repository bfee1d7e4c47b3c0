"""Run every bench and write what came out, with the machine, into benchmarks/README.md.

    python -m benchmarks.report [--stories FILE] [--only match,replay] [--output FILE]

Each bench is a process of its own. A bench that fails is named in the table, and so is a row that lacks its archive,
its servers or its peer; the exit code is then 1, but not for a row that a smoke run skips. A bar that is missed is a
result, not a failure.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import (
    PEERS,
    REFERENCE_IMPORTS,
    ROOT,
    Finding,
    Row,
    Section,
    add_options,
    calibration,
    finding_of,
    number,
    speed_of,
    table,
)

BENCHES = {
    "start": "Start of commands",
    "match": "Matching an archive",
    "replay": "Replaying an archive",
    "diff": "Comparing two rulebooks",
    "rules": "A thousand rules against a loop of regular expressions",
    "frames": "A thousand role frames",
    "phrases": "Ten to ten thousand phrases",
    "poll": "Polling, beside `reader`",
    "hostile": "Good feeds beside hostile ones",
    "feeds": "A hundred to two thousand feeds",
    "history": "One month to a year of history",
    "commitments": "One to a thousand commitments",
    "deals": "Fifty deals as large as the shipped one",
    "ingest": "Storing",
    "identify": "Near-duplicates, beside `datasketch`",
    "recall": "Altered copies that are recognised",
    "delivery": "Sending many messages",
}
"""Name of each bench -> its heading, in the order of the report. `bench_NAME.py` measures it."""
LIMIT_S = 600
"""Seconds after which a bench is ended: the longest takes 75 on an idle machine, and all together eight minutes."""

HOW_TO_READ = """\
CPU time is user and system time of all processes of the program; feed servers and peers are processes of their own and
are not in it. Each figure is the median of the runs in brackets: five, three where one takes over four seconds, one
where it takes over ten. Ratios are taken within one run and hold on any machine. A bar that is a time or a rate is set
for the reference machine: the column *at reference speed* is the median divided or multiplied by the speed of this
machine, and decides. A row without a bar is there for comparison."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one bench found, and how long it took by the clock, in seconds. failure: how it ended before its time, or
    ''."""

    name: str
    findings: tuple[Finding, ...]
    seconds: float
    failure: str = ""

    @property
    def rows(self) -> list[Row]:
        failed = [Row(f"bench_{self.name}", failed=self.failure)] if self.failure else []
        return [finding for finding in self.findings if isinstance(finding, Row)] + failed


def outcome(name: str, speed: float, asked: argparse.Namespace) -> Outcome:
    """Run one bench."""
    words = ["--json", "--speed", str(speed), "--stories", str(asked.stories.resolve()), "--runs", str(asked.runs)]
    words += ["--smoke"] if asked.smoke else []
    words += ["--servers", str(asked.servers.resolve())] if asked.servers else []
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.bench_{name}", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            timeout=LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return Outcome(name, (), time.perf_counter() - began, f"ended after {LIMIT_S} s")
    failure = f"failed with {done.returncode}; run it alone to see why" if done.returncode else ""
    findings = tuple(map(finding_of, done.stdout.splitlines()))
    return Outcome(name, findings, time.perf_counter() - began, failure)


def machine(imports: dict[str, float], load: tuple[float, ...], asked: argparse.Namespace) -> Iterator[str]:
    """What was measured on, as lines of a table."""
    name, cores = processor(), os.cpu_count()
    compared = ", ".join(
        f"{library} {took:.0f} ({REFERENCE_IMPORTS[library]:.0f})" for library, took in imports.items()
    )
    yield "| | |"
    yield "|---|---|"
    yield f"| processor | {name}, {cores} cores |"
    yield f"| Python | {platform.python_version()}, {platform.system()} {platform.release()} |"
    yield f"| date | {datetime.now(UTC):%Y-%m-%d %H:%M} UTC |"
    yield f"| load, 1 and 5 minutes, before and after | {', '.join(f'{value:.1f}' for value in load)} |"
    yield (
        f"| stories | "
        f"{asked.stories.name}{', very few of them: no figure below means anything' if asked.smoke else ''} |"
    )
    yield f"| imports, ms of CPU (reference) | {compared} |"
    yield f"| peers | {peers()} |"
    yield f"| speed | {speed_of(imports):.2f} times the reference machine |"


def peers() -> str:
    """Names and versions of the peers that are set up."""
    if not PEERS.exists():
        return "none are set up"
    words = "; ".join(f"print('{name}', version('{name}'))" for name in ("reader", "datasketch"))
    told = subprocess.run(
        [PEERS, "-c", f"from importlib.metadata import version; {words}"], stdout=subprocess.PIPE, text=True
    )
    return ", ".join(told.stdout.splitlines())


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def page(outcomes: list[Outcome], facts: list[str], speed: float) -> str:
    """The whole of README.md."""
    rows = [row for outcome in outcomes for row in outcome.rows]
    verdicts = [row.verdict(speed).strip("*") for row in rows]
    counted = ", ".join(f"{verdicts.count(word)} {word}" for word in ("met", "missed", "skipped", "failed"))
    seconds = sum(outcome.seconds for outcome in outcomes)
    lines = ["# How fast it is", "", "Written by `make bench`; CONTRIBUTING.md says how to run one bench alone.", ""]
    lines += [*facts, "", HOW_TO_READ, "", f"Bars: {counted}. All benches took {seconds:.0f} seconds.", ""]
    for one in outcomes:
        lines += [f"## {BENCHES[one.name]}", "", f"`bench_{one.name}.py`, {number(one.seconds)} s", ""]
        lines += [*table(one.rows, speed), ""] if one.rows else []
        for section in one.findings:
            if isinstance(section, Section):
                lines += [f"### {section.title}", "", *section.lines, ""]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int | str:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--only", default="", metavar="NAMES", help=f"of {', '.join(BENCHES)}; commas between them")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks" / "README.md")
    asked = parser.parse_args()
    names = [name for name in asked.only.split(",") if name] or list(BENCHES)
    if unknown := [name for name in names if name not in BENCHES]:
        parser.error(f"no such bench: {', '.join(unknown)}")
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    before, imports = os.getloadavg()[:2], calibration(1 if asked.smoke else 9)
    speed, outcomes = speed_of(imports), []
    for name in names:
        print(f"== {name}", file=sys.stderr, flush=True)
        outcomes.append(outcome(name, speed, asked))
        print("\n".join(table(outcomes[-1].rows, speed)), flush=True)
    facts = list(machine(imports, (*before, *os.getloadavg()[:2]), asked))
    asked.output.write_text(page(outcomes, facts, speed), encoding="utf-8")
    failed = [f"bench_{one.name} {one.failure}" for one in outcomes if one.failure]
    skipped = [row for one in outcomes for row in one.rows if row.skipped and not asked.smoke]
    failed += [f"not measured: {row.name}: {row.skipped}" for row in skipped]
    return "\n".join(("", "FAILED:", *failed)) if failed else 0


if __name__ == "__main__":
    sys.exit(main())
