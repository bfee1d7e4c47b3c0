"""What does it cost to start? CPU of each command, with the rules compiled before and without.

    python benchmarks/bench_start.py [--runs 5]

Each command is a process of its own in a fresh folder; user and system time together, the median of --runs. The last
column is the ratio to an empty Python process of the same run, which is the yardstick on any machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
STORY = '{"id": "1", "title": "China buys two cargoes of soybeans from the United States", "published": "2025-11-20"}\n'
COMMANDS = ("--help", "outbox list", "feeds list", "acts", "status", "match --json", "rules check")


def cpu(folder: Path, arguments: list[str], *, cache: str) -> float:
    """Seconds of CPU that one process takes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DEAL_MONITOR_CACHE": cache}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        input=STORY,
        text=True,
        check=True,
        capture_output=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=5)
    runs = asked.parse_args().runs
    with tempfile.TemporaryDirectory() as temporary:
        folder, kept = Path(temporary) / "laid out", str(Path(temporary) / "cache")
        cpu(Path(temporary), ["-m", "monitor", "init", str(folder)], cache="off")

        def measured(*arguments: str, cache: str = "off") -> float:
            return median(cpu(folder, list(arguments), cache=cache) for _ in range(runs))

        empty = measured("-c", "pass")
        rows = [("python -c pass", empty), ("import sqlmodel", measured("-c", "import sqlmodel"))]
        cpu(folder, ["-m", "monitor", "rules", "check"], cache=kept)
        rows += [(command, measured("-m", "monitor", *command.split(), cache=kept)) for command in COMMANDS]
        rows += [(f"{command}, no cache", measured("-m", "monitor", *command.split())) for command in COMMANDS[4:]]
    for name, seconds in rows:
        print(f"{name:<24} {seconds:6.3f} s {seconds / empty:8.1f} x")


if __name__ == "__main__":
    main()
