"""kill -9 of workers of a fleet, ten times, each of one that holds a job.

`python -m tests.faults.sweep_fleet [--count 10]`. Each job that was lost is rescued by the others, nothing is missing,
nothing comes twice to Slack, which can be searched, and no channel stands idle for more than a minute.
"""

# ruff: noqa: T201 - it prints what it finds

import argparse
import sys
import time
from contextlib import ExitStack

from tests.faults.claims_fleet import killed_in_a_job, rescues, searched, start
from tests.faults.ends import until
from tests.faults.load import binary


def sweep(kills: int) -> list[str]:
    began, faults = time.monotonic(), list[str]()
    with searched(goods=4 * kills + 4, limit=7000) as work, ExitStack() as started:
        running = start(work, started) | start(work, started) | start(work, started, "--only", "deliver")
        work.polled()
        for number in range(kills):
            before = rescues(work)
            killed_in_a_job(work, running)
            until(work.all_told, 120)
            if rescues(work) == before:
                faults.append(f"kill {number + 1}: no job was rescued")
            running |= start(work, started)
        until(work.program.settled, 120)
        counts, found = work.findings()
        twice = sum(count > 1 for count in work.chat.copies().values())
    faults += found + ([f"slack: {twice} messages came twice"] if twice else [])
    print(f"{kills} kills of workers in {time.monotonic() - began:.0f} s: {counts}", flush=True)
    return faults


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10, help="kills")
    if not binary("initdb"):
        sys.exit("PostgreSQL is not installed")
    sys.exit("\n".join(sweep(parser.parse_args().count)) or 0)
