"""kill -9 of the working program, a hundred times on each database, while Slack and the mail server have faults too.

`python -m tests.faults.sweep_kills [--count 100] [--database sqlite]`. Nothing is missing, each repeat is marked, and
no channel stands idle for more than a minute. A kill comes at a moment drawn by chance, while the program starts or
works.
"""

# ruff: noqa: T201 - it prints what it finds, and chance is enough for a moment

import random
import time

from tests.faults.ends import pass_time, until
from tests.faults.load import Load, load, log_lines, main_of

SLACK_FAULTS = ("slow=3:every=11", "lost:every=13", "429:every=17:retry=1", "reset:p=0.02")
MAIL_FAULTS = ("lost:every=13", "slow=4:every=17", "data=451:every=11", "reset:p=0.02")
"""Seldom several in a row: after each an address waits twice as long."""
AT_START, MOST_LIFE = 0.25, 6.0
"""The share of kills counted from the start, the others from when the program works, which takes two seconds on an idle
machine; and the most seconds until a kill."""
GOODS_A_LIFE = 2


def sweep(database: str, kills: int) -> list[str]:
    chance, began = random.Random(kills), time.monotonic()
    goods = kills * GOODS_A_LIFE
    with load(database, goods=goods, slack_faults=SLACK_FAULTS, mail_faults=MAIL_FAULTS, limit=7000) as work:
        work.first_poll()
        for _ in range(kills):
            with work.program.running() as run:
                work.show(GOODS_A_LIFE)
                starts = working(work)
                if chance.random() > AT_START:
                    until(lambda: run.process.poll() is not None or working(work) > starts)  # noqa: B023 - called here
                pass_time(chance.uniform(0.0, MOST_LIFE))
                run.kill()
        work.chat.faults()
        work.settles()
        counts, faults = work.findings()
    print(f"{kills} kills on {database} in {time.monotonic() - began:.0f} s: {counts}", flush=True)
    return faults


def working(work: Load) -> int:
    """How often the program has begun to work."""
    return sum(line.startswith("watching") for line in log_lines(work.program.folder))


if __name__ == "__main__":
    main_of(__doc__, sweep, 100, "kills")
