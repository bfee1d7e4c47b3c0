"""The program in a process of its own that goes by moments it is told: for waits that no test should sit out.

`python -m tests.faults.rounds CONFIG` reads a moment a line. At each it does what a running monitor does then (decide,
make digests, deliver), with the real sockets and database, and answers with what went out as a line of JSON.
"""

# ruff: noqa: T201 - it answers on standard output

import json
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

from monitor.config import load_settings
from monitor.logs import setup_logging
from monitor.runtime.app import App, deliver_due, open_app, recover_and_catch_up, run_digests, run_reviews
from monitor.runtime.simulation import SimulatedClock


def main() -> None:
    setup_logging(level="error")
    lines = (datetime.fromisoformat(line.strip()) for line in sys.stdin)
    clock = SimulatedClock(next(lines))
    with closing(open_app(load_settings(Path(sys.argv[1])), exclusive=True, clock=clock)) as app:
        recover_and_catch_up(app)
        print(json.dumps(done(app)), flush=True)
        for moment in lines:
            clock.move(moment)
            print(json.dumps(done(app)), flush=True)


def done(app: App) -> dict[str, object]:
    """What was done at this moment."""
    run_reviews(app, settled=True)
    digests = run_digests(app)
    report = deliver_due(app)
    return {"digests": digests, "sent": report.sent, "dead": report.dead, "broken": report.broken}


if __name__ == "__main__":
    main()
