"""The monitor as a driver: each `round` asks every feed once and does all that follows, as `poll` does in one process.

What is loaded at the start is left to the end, as `run` leaves it.

    python -m benchmarks.poll_driver CONFIG

Its answers say what a round took: seconds of CPU of this process and of its parser, what it brought, and the memory
of both.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from benchmarks.measure import cpu_of_this, descendants, memory_of
from monitor.cli.run_commands import use_one_heap
from monitor.config import load_settings
from monitor.feeds.worker import ParseWorker
from monitor.logs import setup_logging
from monitor.runtime.app import App, deliver_due, open_app, recover_and_catch_up, run_digests, run_reviews
from monitor.runtime.poller import poll


def main() -> None:
    setup_logging(level="error")
    use_one_heap()
    app = open_app(load_settings(Path(sys.argv[1])), exclusive=True)
    try:
        recover_and_catch_up(app)
        gc.collect()
        gc.freeze()
        with ParseWorker() as worker:
            answer({"feeds": len(app.feeds())})
            for line in sys.stdin:
                answer(measured(app, worker, **json.loads(line)))
    finally:
        app.close()


def answer(values: dict[str, Any]) -> None:
    print(json.dumps(values), flush=True)


def measured(app: App, worker: ParseWorker, *, rounds: int = 1) -> dict[str, Any]:
    """What some rounds took, one after the other."""
    before = cpu_of_this()
    reports = [report for _ in range(rounds) for report in one_round(app, worker)]
    took = cpu_of_this() - before
    children = sum(map(memory_of, descendants(os.getpid())))
    errors = [report.error for report in reports if report.error] + [text for one in reports for text in one.problems]
    return {
        "cpu": took,
        "polls": len(reports),
        "new": sum(report.new + report.outlets for report in reports),
        "errors": errors,
        "memory": memory_of(os.getpid()),
        "memory_of_children": children,
    }


def one_round(app: App, worker: ParseWorker) -> list[Any]:
    reports = poll(app, worker, everything=True)
    run_reviews(app, settled=True)
    run_digests(app)
    deliver_due(app)
    return list(reports)


if __name__ == "__main__":
    main()
