"""The n-th call fails: forty calls of each kind (network, database, clock, file) on each database, drawn by chance.

`python -m tests.faults.sweep_calls [--count 40] [--database sqlite]`. A call raises, times out, finds the
disk full or the database locked, fails although it was made, or the process dies in it (`injected`). A program that has
ended is started again, as a service manager does. Nothing is missing, each repeat is marked, and no channel stands idle
for more than a minute.
"""

# ruff: noqa: T201 - it prints what it finds, and chance is enough to draw a call

import json
import random
import time
from itertools import cycle, islice

from tests.faults.ends import pass_time
from tests.faults.injected import FAULTS
from tests.faults.load import Load, load, log_lines, main_of

GAPS = {"network": 30, "database": 150, "clock": 60, "file": 300}
"""The most calls between two faults: the calls of about five seconds, so that starts and work are hit alike."""
NEWS_SECONDS = 4.0
MOST_SECONDS = 900.0
"""How long all faults of a kind may take to come."""
GOODS = 150


def sweep(database: str, calls: int) -> list[str]:
    return [f"{kind}: {fault}" for kind in GAPS for fault in of_kind(database, kind, calls)]


def of_kind(database: str, kind: str, calls: int) -> list[str]:
    chance, began = random.Random(calls), time.monotonic()
    faults = list(islice(cycle((*FAULTS[kind], "die")), calls))
    chance.shuffle(faults)
    plan = [(fault, chance.randint(1, GAPS[kind])) for fault in faults]
    with load(database, goods=GOODS) as work:
        work.first_poll()
        (work.program.folder / "faults.json").write_text(json.dumps([kind, plan]))
        starts, until_then = 0, began + MOST_SECONDS
        work.program.entry = "tests.faults.injected"
        while came(work) < calls and time.monotonic() < until_then:
            starts += 1
            with work.program.running() as run:
                while run.process.poll() is None and came(work) < calls and time.monotonic() < until_then:
                    work.show()
                    pass_time(NEWS_SECONDS)
                pass_time(1.0)  # a program that dies in the last call is still ending
        work.program.entry = "monitor"
        work.settles()
        counts, wrong = work.findings()
        log = "\n".join(log_lines(work.program.folder))
        left = calls - came(work)
    told = f"{calls} calls of {kind} on {database}, {starts} starts in {time.monotonic() - began:.0f} s"
    print(f"{told}: {counts}; {log.count('Traceback')} tracebacks", flush=True)
    return [*wrong, *([f"{left} faults did not come"] if left else [])]


def came(work: Load) -> int:
    """How many faults have come so far."""
    log = work.program.folder / "faults.log"
    return len(log.read_text().splitlines()) if log.exists() else 0


if __name__ == "__main__":
    main_of(__doc__, sweep, 40, "calls of each kind")
